"""The WHERE of an update as a query: its dataset, its solutions, and the quads that a template makes of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.engine.operations import Group
from kg.engine.syntax import failure
from kg.errors import QueryError
from kg.terms import PREFIXES

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Solution = Mapping[str, Term | None]
DefaultGraph = ox.NamedNode | ox.DefaultGraph

_COUNTING: Final = frozenset(
    {"AVG", "BNODE", "COUNT", "GROUP_CONCAT", "LIMIT", "OFFSET", "RAND", "SAMPLE", "STRUUID", "SUM", "UUID"}
)
"""Keywords that see how often there is a solution."""


@dataclass(frozen=True, slots=True)
class Where:
    """A pattern and its dataset.

    `default` are the graphs whose merge is the default graph, None for the store's own, or with `union` for all;
    `named` are those that GRAPH sees, None for all.
    """

    prologue: str
    group: Group
    default: Sequence[DefaultGraph] | None = None
    named: Sequence[ox.NamedNode] | None = None
    union: bool = False

    @property
    def merges(self) -> bool:
        """Whether several graphs are read as one."""
        return self.union if self.default is None else len(self.default) > 1


def solutions(store: ox.Store, where: Where, variables: Sequence[str], *, exact: bool, base: str) -> Iterator[Solution]:
    """Yield the solutions of a pattern as values of some variables; `exact` asks for the right number of each.

    Oxigraph up to 0.5 gives a solution once for each graph that has its triple, where several are read as one
    (oxigraph/oxigraph issue 1919). Where that could be seen, they are merged first, at a cost
    that grows with them.

    Raises:
        QueryError: evaluation failed.
    """
    selected = " ".join(f"?{name}" for name in variables) or "(0 AS ?nothing_of_this_name)"
    text = f"{where.prologue}SELECT {selected} WHERE {where.group.text}"
    default, named, union = where.default, where.named, where.union and where.default is None
    if where.merges and (exact or where.group.has_word(_COUNTING)):
        store, default, union = _merged(store, where), None, False
    try:
        found = store.query(
            text,
            base_iri=base or None,
            prefixes=dict(PREFIXES),
            use_default_graph_as_union=union,
            default_graph=None if default is None else list(default),
            named_graphs=None if named is None else list(named),
        )
        assert isinstance(found, ox.QuerySolutions)
        for solution in found:
            yield {name: solution[name] for name in variables}
    except SyntaxError as error:  # the whole was parsed before, so it was taken apart at a wrong place
        raise QueryError(
            f"the update cannot be read; write white space around < and >, and after keywords: {error}"
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise failure(error, "the update could not be evaluated") from error


def _merged(store: ox.Store, where: Where) -> ox.Store:
    """Return a dataset in memory whose default graph is the merge of those of a pattern's dataset."""
    merged = ox.Store()
    for graph in where.default if where.default is not None else (None,):
        quads = store.quads_for_pattern(None, None, None, graph)
        merged.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    if where.group.has_word(frozenset({"GRAPH"})):
        for name in where.named if where.named is not None else store.named_graphs():
            if store.contains_named_graph(name):
                merged.add_graph(name)
                merged.bulk_extend(store.quads_for_pattern(None, None, None, name))
    return merged


class Template:
    """The quads that an operation adds or removes for each solution."""

    def __init__(self, quads: Sequence[ox.Quad], variables: Mapping[str, str], default: DefaultGraph) -> None:
        """Be of quads in which IRIs stand for variables; what is in no graph is in the default one."""
        self._quads = quads
        self._names = variables
        self._default = default
        self.makes_blanks = any(map(_has_blank, quads))

    @property
    def variables(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(self._names.values())

    def filled(self, solution: Solution) -> Iterator[ox.Quad]:
        """Yield the quads of a solution; those that would not be RDF are left out (SPARQL 1.1 Update, 3.1.3)."""
        blanks: dict[str, ox.BlankNode] = {}
        for quad in self._quads:
            subject, predicate, object_ = (
                self._value(term, solution, blanks) for term in (quad.subject, quad.predicate, quad.object)
            )
            graph = (
                self._default
                if isinstance(quad.graph_name, ox.DefaultGraph)
                else self._value(quad.graph_name, solution, blanks)
            )
            if (
                isinstance(subject, ox.NamedNode | ox.BlankNode)
                and isinstance(predicate, ox.NamedNode)
                and object_ is not None
                and isinstance(graph, ox.NamedNode | ox.BlankNode | ox.DefaultGraph)
            ):
                yield ox.Quad(subject, predicate, object_, graph)

    def _value(self, term: Term, solution: Solution, blanks: dict[str, ox.BlankNode]) -> Term | None:
        if isinstance(term, ox.NamedNode):
            name = self._names.get(term.value)
            return term if name is None else solution[name]
        if isinstance(term, ox.BlankNode):
            return blanks.setdefault(term.value, ox.BlankNode())
        if not isinstance(term, ox.Triple):
            return term
        subject, predicate, object_ = (
            self._value(part, solution, blanks) for part in (term.subject, term.predicate, term.object)
        )
        if not (isinstance(subject, ox.NamedNode | ox.BlankNode) and isinstance(predicate, ox.NamedNode) and object_):
            return None
        return ox.Triple(subject, predicate, object_)


def _has_blank(triple: ox.Quad | ox.Triple) -> bool:
    return any(
        isinstance(term, ox.BlankNode) or (isinstance(term, ox.Triple) and _has_blank(term))
        for term in (triple.subject, triple.object)
    )
