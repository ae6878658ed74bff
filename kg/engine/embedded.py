"""The engine inside the process: Oxigraph, over an immutable directory or in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph as ox

from kg.engine.admission import IN_PROCESS, admit
from kg.engine.digest import quads_of
from kg.engine.dumping import lines_of
from kg.engine.interface import Answer, GraphFormat, QueryRequest, ResultFormat, Row, Term
from kg.engine.output import Limited
from kg.engine.syntax import failure, query_error
from kg.engine.union import LARGE, union_beside
from kg.engine.view import reported
from kg.errors import QueryError, QuerySyntaxError, UnsupportedFormat
from kg.terms import PREFIXES, XSD

RESULT_FORMATS: Final = {
    ResultFormat.JSON: ox.QueryResultsFormat.JSON,
    ResultFormat.XML: ox.QueryResultsFormat.XML,
    ResultFormat.CSV: ox.QueryResultsFormat.CSV,
    ResultFormat.TSV: ox.QueryResultsFormat.TSV,
}
_GRAPH_FORMATS: Final = {
    GraphFormat.TURTLE: ox.RdfFormat.TURTLE,
    GraphFormat.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    GraphFormat.JSON_LD: ox.RdfFormat.JSON_LD,
    GraphFormat.RDF_XML: ox.RdfFormat.RDF_XML,
    GraphFormat.N_QUADS: ox.RdfFormat.N_QUADS,
    GraphFormat.TRIG: ox.RdfFormat.TRIG,
}
_DATASET_FORMATS: Final = {GraphFormat.N_QUADS, GraphFormat.TRIG, GraphFormat.JSON_LD}
_CHUNK: Final = 1 << 16
_FEW: Final = 64

UNMERGED: Final = 2_000_000
"""Up to how many quads what has no merge beside it is read into memory, unless nothing is to be."""


class EmbeddedEngine:
    """An Oxigraph store that is only read."""

    def __init__(self, store: ox.Store, merged: ox.Store | None) -> None:
        """Read a store.

        Oxigraph up to 0.5 counts a triple of the union once for each graph that has it (oxigraph/oxigraph issue 1919),
        which makes aggregates wrong. Queries over the union therefore run over `merged`, where there is one: the same
        graphs, and a default graph that is the merge of them all.
        """
        self._data = store
        self._merged = merged

    @classmethod
    def open(cls, path: Path, *, in_memory_up_to: int = LARGE) -> EmbeddedEngine:
        """Open the directory of a revision; up to a number of quads it is copied into memory, which is faster to read.

        A larger one is read from disk, and queries over the union from the merge beside it. One that has none is read
        into memory up to `UNMERGED` quads, unless the number is 0; see `counts_rightly`.

        Raises:
            StoreError: the directory is not a store.
        """
        with reported(path, "opened"):
            store = ox.Store.read_only(str(path))
            if _is_small(path, store, in_memory_up_to):
                return cls(store, _merged(store))
            union = union_beside(path)
            return cls(store, ox.Store.read_only(str(union)) if union.is_dir() else None)

    @classmethod
    def on_disk(cls, path: Path, *, union: bool) -> EmbeddedEngine:
        """Open a directory for one reading of the default graph, as `in_memory` has it, without reading it whole.

        Raises:
            StoreError: the directory is not a store.
        """
        with reported(path, "opened"):
            beside = union_beside(path)
            if not union or not beside.is_dir():
                return cls(ox.Store.read_only(str(path)), None)
            store = ox.Store.read_only(str(beside))
            return cls(store, store)

    @classmethod
    def in_memory(cls, path: Path, *, union: bool, up_to: int) -> EmbeddedEngine | None:
        """Return an engine over a copy of a directory in memory, or None where it has more quads than `up_to`.

        The directory is closed again. The engine is for one reading of the default graph: that of all graphs merged,
        or the dataset's own.

        Raises:
            StoreError: the directory is not a store.
        """
        with reported(path, "opened"):
            store = ox.Store.read_only(str(path))
            if not _is_small(path, store, up_to):
                return None
            copy = _copied(store)
            del store  # it is closed, and what it took is there for the merge
            return cls(_with_merge(copy), copy) if union else cls(copy, None)

    @classmethod
    def of_graphs(cls, graphs: Iterable[tuple[str, bytes]]) -> EmbeddedEngine:
        """Return an engine in memory over named graphs given as N-Triples."""
        store = ox.Store()
        for iri, content in graphs:
            store.bulk_load(content, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(iri))
        return cls(store, _merged(store))

    def select(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT query."""
        results = self._evaluate(QueryRequest(query))
        try:
            if not isinstance(results, ox.QuerySolutions):
                raise QuerySyntaxError("this is not a SELECT query")
            names = [variable.value for variable in results.variables]
            return [
                {name: _term(value) for name in names if (value := solution[name]) is not None} for solution in results
            ]
        except (OSError, RuntimeError, ValueError) as error:
            raise failure(error) from error
        finally:
            del results  # a traceback would keep it, and it may be dropped on the thread that made it only

    def answer(
        self, request: QueryRequest, results: ResultFormat | None = None, graph: GraphFormat | None = None
    ) -> Answer:
        """Evaluate a query, if it is admitted, and serialise its answer."""
        output = io.BytesIO()
        admitted = admit(request, self.graph_names(), IN_PROCESS).request
        head = self.write_answer(admitted, results, graph, Limited(output))
        return Answer(head.kind, output.getvalue(), head.media_type)

    def write_answer(
        self, request: QueryRequest, results: ResultFormat | None, graph: GraphFormat | None, output: Limited
    ) -> Answer:
        """Evaluate a query that was admitted, write its answer, and return what kind it is, without content.

        Raises:
            LimitExceeded: the answer is larger than the output takes.
            QuerySyntaxError, UnsupportedFormat, QueryError: as `answer`.
        """
        found = self._evaluate(request)
        try:
            if isinstance(found, ox.QueryTriples):
                return write_graph(found, graph, output)
            if results is None:
                raise UnsupportedFormat("a graph format", [item.short for item in ResultFormat])
            boolean = isinstance(found, ox.QueryBoolean)
            if boolean and results in {ResultFormat.CSV, ResultFormat.TSV}:
                raise UnsupportedFormat(f"{results.short} for an ASK query", ["json", "xml"])
            if not boolean:
                output.count_rows_of(results)
            found.serialize(cast("IO[bytes]", output), RESULT_FORMATS[results])
            return Answer("boolean" if boolean else "solutions", b"", results.media_type)
        except (OSError, RuntimeError) as error:
            raise failure(error) from error
        finally:
            del found  # a traceback would keep it, and it may be dropped on the thread that made it only

    def dump(self, format: GraphFormat, graph: str | None = None, *, leave: str = "") -> Iterator[bytes]:
        """Yield the dataset without the graph `leave`, or one graph, in chunks; line formats come sorted."""
        if graph is not None:
            found = self._data.quads_for_pattern(None, None, None, ox.NamedNode(graph))
            return dumped(found, format, one=True)
        return dumped(quads_of(self._data, leave), format)

    def merged_lines(self) -> Iterator[bytes] | None:
        """Return the merge of all graphs as lines of N-Triples, each once; None where there is none to read it from."""
        return lines_of(self._merged, [ox.DefaultGraph()]) if self._merged is not None else None

    def count_merged(self) -> int | None:
        """Return how many triples the merge of all graphs has; None where there is none to count."""
        if self._merged is None:
            return None
        (row,) = self.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        return int(row["n"].value)

    @property
    def counts_rightly(self) -> bool:
        """Whether a triple that several graphs state counts once in queries over the union."""
        return self._merged is not None

    def graph_names(self) -> Sequence[str]:
        """Return the names of all named graphs, sorted."""
        return sorted(name.value for name in self._data.named_graphs() if isinstance(name, ox.NamedNode))

    def has_graph(self, name: str) -> bool:
        """Tell whether there is a named graph of this name."""
        try:
            return self._data.contains_named_graph(ox.NamedNode(name))
        except ValueError:  # no IRI
            return False

    def count(self) -> int:
        """Return how many quads there are."""
        return len(self._data)

    def _evaluate(self, request: QueryRequest) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
        default = [ox.NamedNode(iri) for iri in request.default_graphs]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in request.named_graphs]
        given = bool(default or named)
        union = request.union_default_graph and not given
        try:
            store = self._merged if union and self._merged is not None else self._data
            if len(set(default)) > 1:
                store, default = self._merge_of(default, named), [ox.DefaultGraph()]
            query = partial(
                store.query,
                request.text,
                base_iri=request.base or None,
                use_default_graph_as_union=union and self._merged is None,
                default_graph=default if given else None,
                named_graphs=named if given else None,
            )
            try:
                return query()  # most texts declare what they use, and to be given all prefixes takes its time
            except SyntaxError:
                return query(prefixes=dict(PREFIXES))
        except SyntaxError as error:
            raise query_error(error, request.text) from error
        except ValueError as error:
            raise QueryError(str(error)) from error
        except (OSError, RuntimeError) as error:
            raise failure(error) from error

    def _merge_of(
        self,
        default: Iterable[ox.NamedNode | ox.BlankNode | ox.DefaultGraph],
        named: Iterable[ox.NamedNode | ox.BlankNode],
    ) -> ox.Store:
        """Return a dataset whose default graph is the merge of some graphs (SPARQL 1.1 Query, section 13.2.1).

        Oxigraph takes several default graphs too, but counts a triple once for each that has it.
        """
        merged = ox.Store()
        for graph in default:
            quads = self._data.quads_for_pattern(None, None, None, graph)
            merged.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
        for graph in named:
            merged.add_graph(graph)
            merged.bulk_extend(self._data.quads_for_pattern(None, None, None, graph))
        return merged


def dumped(quads: Iterable[ox.Quad], format: GraphFormat, *, one: bool = False) -> Iterator[bytes]:
    """Yield quads in a format, in chunks, sorted; `one` has them be one graph, whose name is not written."""
    content: bytes | None
    if one or format not in _DATASET_FORMATS:
        triples = sorted({quad.triple for quad in quads}, key=str)
        content = ox.serialize(triples, format=_GRAPH_FORMATS[format], prefixes=dict(PREFIXES))
    else:
        content = ox.serialize(sorted(quads, key=str), format=_GRAPH_FORMATS[format], prefixes=dict(PREFIXES))
    for start in range(0, len(content or b""), _CHUNK):
        yield (content or b"")[start : start + _CHUNK]


def write_graph(found: Iterable[ox.Triple], graph: GraphFormat | None, output: Limited) -> Answer:
    """Write the triples of an answer, and return what kind it is, without content.

    Raises:
        UnsupportedFormat: it is none for a graph.
        LimitExceeded: the answer is larger than the output takes.
    """
    try:
        if graph is None or graph in {GraphFormat.N_QUADS, GraphFormat.TRIG}:
            raise UnsupportedFormat("a table format", [item.short for item in GraphFormat][:4])
        triples: Iterable[ox.Triple] = _counted(found, output)
        if graph is GraphFormat.TURTLE:
            triples = sorted(triples, key=str)  # a subject stands once, with all that is said of it
        ox.serialize(triples, cast("IO[bytes]", output), _GRAPH_FORMATS[graph], prefixes=dict(PREFIXES))
        return Answer("graph", b"", graph.media_type)
    finally:
        del found  # as in `EmbeddedEngine.write_answer`


def _counted(triples: Iterable[ox.Triple], output: Limited) -> Iterator[ox.Triple]:
    for triple in triples:
        output.count()
        yield triple


def _is_small(path: Path, store: ox.Store, most: int) -> bool:
    """Tell whether a store is to be read into memory, if so many quads are to be.

    One without a merge beside it is, up to `UNMERGED`: read from disk, its triples would be counted wrongly. One that
    has it is counted only where that may tell anything, since it takes its time.
    """
    if union_beside(path).is_dir():
        return most > LARGE and len(store) <= most
    return most > 0 and len(store) <= max(most, UNMERGED)


def _merged(store: ox.Store) -> ox.Store:
    """Return a copy in memory whose default graph is the merge of all graphs."""
    return _with_merge(_copied(store))


def _with_merge(store: ox.Store) -> ox.Store:
    """Have the default graph of a store in memory be the merge of all its graphs, and return the store."""
    # The engine copies within memory in a tenth of the time that it takes to read the quads from disk once more. What
    # one update adds is held twice until it is whole: of few graphs, each has an update of its own.
    graphs = sorted(store.named_graphs(), key=str)  # so that whoever copies them has the solutions in the same order
    try:
        for name in graphs if len(graphs) <= _FEW else ["?g"]:
            store.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}")
    except SyntaxError:  # a blank node, which is nothing that a query can name
        store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    return store


def _copied(store: ox.Store) -> ox.Store:
    copy = ox.Store()
    for graph in store.named_graphs():
        copy.add_graph(graph)  # one without triples is a graph too
    copy.bulk_extend(store.quads_for_pattern(None, None, None, None))
    return copy


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.Literal):
        datatype = "" if term.language or term.datatype.value == XSD + "string" else term.datatype.value
        return Term("literal", term.value, term.language or "", datatype)
    if isinstance(term, ox.BlankNode):
        return Term("blank", term.value)
    return Term("literal", str(term))
