"""Carries out SPARQL updates and Graph Store operations on the directory of a store, and tells exactly what changed.

The engine does not say what an update changes. So an update is taken apart into its operations, the engine evaluates
the WHERE of each as a query, and what its templates come to is removed and added here, quad by quad. That costs as much
as the query and the change, whatever the size of the store. Templates are read by the engine as well: with their
variables replaced by names, they are data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NoReturn

import pyoxigraph as ox

from kg.engine.digest import Node
from kg.engine.documents import read_document
from kg.engine.evaluating import DefaultGraph, Template, Where, solutions
from kg.engine.operations import Data, Group, Manage, Modify, Operation, position
from kg.engine.parsing import checked, fresh_iri
from kg.engine.recording import Change, GraphName, Recorder, opened
from kg.errors import (
    BadParameter,
    LoadRefused,
    OperationFailed,
    QueryError,
)
from kg.terms import PREFIXES

Load = Callable[[str], tuple[bytes, str]]
"""Gives the content of a document and its media type."""

_DEFAULT: Final = ox.DefaultGraph()
_ALONE: Final = (
    "cannot be given for an update that says USING or WITH itself",
    "更新中已有 USING 或 WITH 时不能给出该参数",
)


def refuse_load(iri: str) -> NoReturn:
    """Load nothing."""
    raise LoadRefused(iri)


def run_update(
    path: Path,
    text: str,
    *,
    base: str = "",
    using: Sequence[str] = (),
    using_named: Sequence[str] = (),
    union: bool = True,
    load: Load = refuse_load,
) -> Change:
    """Carry out an update, which has been admitted, on a store directory, and return what that changed.

    An error leaves the directory half changed: it is for a clone that is thrown away then. `using` and `using_named`
    are the dataset of each WHERE, as the protocol's parameters give it (SPARQL 1.1 Protocol, section 2.2.3); without
    one, `union` has a pattern outside GRAPH see the merge of all graphs.

    Raises:
        QuerySyntaxError: the text is not an update.
        BadParameter: the text names a dataset, and so do the parameters.
        OperationFailed: a graph is missing, or is there already.
        LoadRefused, DocumentSyntaxError, UnsupportedFormat: a document cannot be loaded.
        QueryError: evaluation failed.
        StoreError: the directory cannot be written.
    """
    operations = checked(text, base)
    given = (*using, *using_named)
    for operation in operations:
        if (
            given
            and isinstance(operation, Modify)
            and (operation.with_graph or operation.using or operation.using_named)
        ):
            raise BadParameter("using-graph-uri" if using else "using-named-graph-uri", given[0], *_ALONE)
    with opened(path) as recorder:
        update = _Update(recorder, text, base, load)
        update.dataset = (using, using_named) if given else None
        update.union = union
        for operation in operations:
            update.run(operation)
        return recorder.change()


class _Update:
    """One update under way."""

    def __init__(self, recorder: Recorder, text: str, base: str, load: Load) -> None:
        self._recorder = recorder
        self._text = text
        self._base = base
        self._load = load
        self.dataset: tuple[Sequence[str], Sequence[str]] | None = None
        self.union = True

    def run(self, operation: Operation) -> None:
        """Carry out an operation."""
        if isinstance(operation, Data):
            quads = self._data(operation.prologue, operation.quads.text)
            (self._recorder.add if operation.insert else self._recorder.remove)(quads)
        elif isinstance(operation, Modify):
            self._modify(operation)
        elif isinstance(operation, Manage):
            self._manage(operation)

    def _data(self, prologue: str, quads: str) -> list[ox.Quad]:
        """Return quads as they are written; each blank node is a new one."""
        store = ox.Store()
        store.update(f"{prologue}INSERT DATA {quads}", base_iri=self._base or None, prefixes=dict(PREFIXES))
        return list(store)

    def _modify(self, operation: Modify) -> None:
        default = (
            ox.NamedNode(self._iri(operation.prologue, operation.with_graph)) if operation.with_graph else _DEFAULT
        )
        delete = self._template(operation.prologue, operation.delete, default)
        insert = self._template(operation.prologue, operation.insert, default)
        variables = {*delete.variables, *insert.variables}
        gone: dict[ox.Quad, None] = {}
        come: dict[ox.Quad, None] = {}
        where = self._where(operation, default)
        for solution in solutions(
            self._recorder.store, where, sorted(variables), exact=insert.makes_blanks, base=self._base
        ):
            gone.update(dict.fromkeys(delete.filled(solution)))
            come.update(dict.fromkeys(insert.filled(solution)))
        self._recorder.remove(gone)
        self._recorder.add(come)

    def _where(self, operation: Modify, default: DefaultGraph) -> Where:
        """Return the pattern of an operation, over its dataset (SPARQL 1.1 Update, section 3.1.3)."""
        if self.dataset is not None:
            using, named = self.dataset
        elif operation.using or operation.using_named:
            using, named = (
                [self._iri(operation.prologue, name) for name in names]
                for names in (operation.using, operation.using_named)
            )
        else:
            graphs = [default] if operation.with_graph else None
            return Where(operation.prologue, operation.where, graphs, None, self.union)
        return Where(
            operation.prologue,
            operation.where,
            [ox.NamedNode(iri) for iri in dict.fromkeys(using)],
            [ox.NamedNode(iri) for iri in dict.fromkeys(named)],
        )

    def _template(self, prologue: str, group: Group | None, default: DefaultGraph) -> Template:
        if group is None:
            return Template([], {}, default)
        names: dict[str, str] = {}
        pieces, last = [], group.start
        for token in group.tokens:
            if token.kind == "var":
                iri = names.setdefault(token.text[1:], fresh_iri())
                pieces += [group.text[last - group.start : token.start - group.start], f" <{iri}> "]
                last = token.end
        pieces.append(group.text[last - group.start :])
        quads = self._data(prologue, "".join(pieces))
        return Template(quads, {iri: name for name, iri in names.items()}, default)

    def _iri(self, prologue: str, name: str) -> str:
        """Return the IRI that a name, as it is written, stands for."""
        quad = self._data(prologue, f"{{ {name} {name} {name} }}")[0]
        assert isinstance(quad.subject, ox.NamedNode)
        return quad.subject.value

    def _manage(self, operation: Manage) -> None:
        try:
            self._managed(operation)
        except LoadRefused:
            raise
        except (OperationFailed, QueryError):
            if not operation.silent:
                raise

    def _managed(self, operation: Manage) -> None:
        recorder, verb = self._recorder, operation.verb
        if verb == "LOAD":
            self._loaded(operation)
        elif verb == "CREATE":
            graph = self._named(operation, operation.source)
            if recorder.has(graph):
                self._fail(operation, "there is such a graph already")
            recorder.create(graph)
        elif verb in {"CLEAR", "DROP"}:
            for each in self._graphs(operation):
                (recorder.clear if verb == "CLEAR" else recorder.drop)(each)
        else:
            self._copy(operation)

    def _copy(self, operation: Manage) -> None:
        source, target = self._named(operation, operation.source), self._named(operation, operation.target)
        recorder = self._recorder
        if not recorder.has(source):
            self._fail(operation, f"there is no graph {source}")
        if source == target:
            return
        copies = dict.fromkeys(
            ox.Quad(quad.subject, quad.predicate, quad.object, target) for quad in recorder.quads(source)
        )
        if operation.verb != "ADD":
            recorder.remove([quad for quad in recorder.quads(target) if quad not in copies])
        recorder.create(target)
        recorder.add(copies)
        if operation.verb == "MOVE":
            recorder.drop(source)

    def _loaded(self, operation: Manage) -> None:
        iri = self._iri(operation.prologue, operation.source)
        graph = self._named(operation, operation.target)
        content, media_type = self._load(iri)
        # Whole, before anything is added: LOAD SILENT of half a document would be neither one nor the other.
        quads = list(read_document(content, media_type, iri, graph, loaded=True))
        self._recorder.create(graph)
        self._recorder.add(quads)

    def _graphs(self, operation: Manage) -> list[Node]:
        named: Iterable[GraphName] = list(self._recorder.store.named_graphs())
        if operation.source in {"NAMED", "ALL", "DEFAULT"}:
            return [
                *(named if operation.source != "DEFAULT" else ()),
                *((_DEFAULT,) if operation.source != "NAMED" else ()),
            ]
        graph = self._named(operation, operation.source)
        if not self._recorder.has(graph):
            self._fail(operation, "there is no such graph")
        return [graph]

    def _named(self, operation: Manage, name: str) -> DefaultGraph:
        return _DEFAULT if name == "DEFAULT" else ox.NamedNode(self._iri(operation.prologue, name))

    def _fail(self, operation: Manage, why: str) -> NoReturn:
        written = " ".join(self._text[operation.start : operation.end].split())
        raise OperationFailed(written, why, *position(self._text, operation.start))
