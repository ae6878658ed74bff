"""The engine inside the process: Oxigraph, over an immutable directory or in memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine.interface import Answer, GraphFormat, QueryRequest, ResultFormat, Row, Term
from kg.errors import QueryError, QueryRefused, QuerySyntaxError, StoreError, UnsupportedFormat
from kg.terms import PREFIXES, XSD

_RESULT_FORMATS: Final = {
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
_POSITION: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_CHUNK: Final = 1 << 16


class EmbeddedEngine:
    """An Oxigraph store that is only read."""

    def __init__(self, store: ox.Store, *, merge: bool = True) -> None:
        """Read a store.

        Oxigraph up to 0.5 counts a triple of the union once for each graph that has it (oxigraph/oxigraph issue 1919),
        which makes aggregates wrong. With `merge`, queries over the union therefore run over a copy in memory whose
        default graph is the merge of all graphs.
        """
        self._data = store
        self._merged = _merged(store) if merge else None

    @classmethod
    def open(cls, path: Path, *, in_memory_up_to: int = 2_000_000) -> EmbeddedEngine:
        """Open the directory of a revision; up to a number of quads it is copied into memory, which is faster to read.

        Raises:
            StoreError: the directory is not a store.
        """
        try:
            store = ox.Store.read_only(str(path))
            return cls(store, merge=len(store) <= in_memory_up_to)
        except (OSError, ValueError, RuntimeError) as error:
            raise StoreError(f"{path} cannot be opened as a store: {error}") from error

    @classmethod
    def of_graphs(cls, graphs: Iterable[tuple[str, bytes]]) -> EmbeddedEngine:
        """Return an engine in memory over named graphs given as N-Triples."""
        store = ox.Store()
        for iri, content in graphs:
            store.bulk_load(content, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(iri))
        return cls(store)

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
            raise QueryError(f"the query could not be evaluated: {error}") from error
        finally:
            del results  # a traceback would keep it, and it may be dropped on the thread that made it only

    def answer(
        self, request: QueryRequest, results: ResultFormat | None = None, graph: GraphFormat | None = None
    ) -> Answer:
        """Evaluate a query and serialise its answer."""
        check_size(request.text)
        found = self._evaluate(request)
        try:
            if isinstance(found, ox.QueryTriples):
                return _graph_answer(found, graph)
            if results is None:
                raise UnsupportedFormat("a graph format", [item.short for item in ResultFormat])
            if isinstance(found, ox.QueryBoolean):
                if results in {ResultFormat.CSV, ResultFormat.TSV}:
                    raise UnsupportedFormat(f"{results.short} for an ASK query", ["json", "xml"])
                return Answer("boolean", found.serialize(format=_RESULT_FORMATS[results]) or b"", results.media_type)
            return Answer("solutions", found.serialize(format=_RESULT_FORMATS[results]) or b"", results.media_type)
        except (OSError, RuntimeError) as error:
            raise QueryError(f"the query could not be evaluated: {error}") from error
        finally:
            del found  # a traceback would keep it, and it may be dropped on the thread that made it only

    def dump(self, format: GraphFormat, graph: str | None = None) -> Iterator[bytes]:
        """Yield the dataset, or one graph, in chunks; lines of the line formats are sorted."""
        content: bytes | None
        if graph is not None:
            name = ox.NamedNode(graph)
            content = ox.serialize(
                sorted((quad.triple for quad in self._data.quads_for_pattern(None, None, None, name)), key=str),
                format=_GRAPH_FORMATS[format],
                prefixes=dict(PREFIXES),
            )
        elif format in _DATASET_FORMATS:
            quads = sorted(self._data.quads_for_pattern(None, None, None, None), key=str)
            content = ox.serialize(quads, format=_GRAPH_FORMATS[format], prefixes=dict(PREFIXES))
        else:
            triples = sorted({quad.triple for quad in self._data.quads_for_pattern(None, None, None, None)}, key=str)
            content = ox.serialize(triples, format=_GRAPH_FORMATS[format], prefixes=dict(PREFIXES))
        for start in range(0, len(content or b""), _CHUNK):
            yield (content or b"")[start : start + _CHUNK]

    def graph_names(self) -> Sequence[str]:
        """Return the names of all named graphs, sorted."""
        return sorted(name.value for name in self._data.named_graphs() if isinstance(name, ox.NamedNode))

    def count(self) -> int:
        """Return how many quads there are."""
        return len(self._data)

    def _evaluate(self, request: QueryRequest) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        if calls_service(request.text):
            raise QueryRefused("SERVICE is refused: no query makes this server call another")
        given = bool(request.default_graphs or request.named_graphs)
        union = request.union_default_graph and not given
        try:
            return (self._merged if union and self._merged is not None else self._data).query(
                request.text,
                prefixes=dict(PREFIXES),
                use_default_graph_as_union=union and self._merged is None,
                default_graph=[ox.NamedNode(iri) for iri in request.default_graphs] if given else None,
                named_graphs=[ox.NamedNode(iri) for iri in request.named_graphs] if given else None,
            )
        except SyntaxError as error:
            raise _syntax_error(error, request.text) from error
        except ValueError as error:
            raise QueryError(str(error)) from error
        except (OSError, RuntimeError) as error:
            raise QueryError(f"the query could not be evaluated: {error}") from error


def write_store(path: Path, graphs: Iterable[tuple[str, bytes]]) -> str:
    """Write named graphs, given as N-Triples, into a new store directory, and return the digest of what it holds.

    Raises:
        StoreError: the directory cannot be written.
    """
    try:
        store = ox.Store(str(path))
        for iri, content in graphs:
            store.bulk_load(content, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(iri))
        store.flush()
        return canonical_digest(store)
    except (OSError, RuntimeError) as error:
        raise StoreError(f"the store at {path} cannot be written: {error}") from error


def digest_of(path: Path) -> str:
    """Return the canonical digest of a store directory.

    Raises:
        StoreError: the directory is not a store, or is damaged.
    """
    try:
        return canonical_digest(ox.Store.read_only(str(path)))
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{path} cannot be read as a store: {error}") from error


def canonical_digest(store: ox.Store) -> str:
    """Return the SHA-256, in hexadecimal, of the store's canonical N-Quads (RDFC-1.0, W3C Recommendation 2024)."""
    dataset = ox.Dataset(store.quads_for_pattern(None, None, None, None))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_256)
    digest = hashlib.sha256()
    for line in sorted(f"{quad} .\n" for quad in dataset):
        digest.update(line.encode())
    return digest.hexdigest()


def _graph_answer(found: ox.QueryTriples, graph: GraphFormat | None) -> Answer:
    try:
        if graph is None or graph in {GraphFormat.N_QUADS, GraphFormat.TRIG}:
            raise UnsupportedFormat("a table format", [item.short for item in GraphFormat][:4])
        triples = sorted(found, key=str) if graph is GraphFormat.TURTLE else found
        content = ox.serialize(triples, format=_GRAPH_FORMATS[graph], prefixes=dict(PREFIXES)) or b""
        return Answer("graph", content, graph.media_type)
    finally:
        del found  # as in `EmbeddedEngine.answer`


def _merged(store: ox.Store) -> ox.Store:
    """Return a copy in memory whose default graph is the merge of all graphs."""
    merged = ox.Store()
    merged.bulk_extend(store.quads_for_pattern(None, None, None, None))
    merged.bulk_extend(
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.DefaultGraph())
        for quad in store.quads_for_pattern(None, None, None, None)
    )
    return merged


_CODEPOINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_SERVICE: Final = re.compile(r"(?<![/#_?$:-])service", re.IGNORECASE)
_STRING: Final = re.compile(r'"[^"\n\r]*"')


def calls_service(query: str) -> bool:
    r"""Tell whether a query may have the keyword SERVICE; where that is in doubt, it counts as one.

    Oxigraph asks for no space around keywords and resolves codepoint escapes first (SPARQL 1.1, section 19.2), so the
    letters count wherever they stand, but in a variable, in a name after `:`, `/`, `#`, `-` or `_`, and in a string
    that cannot be mistaken: in double quotes on one line, in a query without single quotes, backslashes, long strings.

    >>> calls_service("SELECT * { \\u0053ERVICE <http://example.com/> { ?s ?p ?o } }")
    True
    >>> calls_service('SELECT ?service { ?service rdfs:label "Medical services"@en }')
    False
    """

    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code < 0x110000 else match.group()

    plain = not ("'" in query or "\\" in query or '"""' in query)
    text = _STRING.sub('""', query) if plain else query
    return _SERVICE.search(text) is not None or _SERVICE.search(_CODEPOINT.sub(character, text)) is not None


MAX_QUERY_LENGTH: Final = 10_000
MAX_QUERY_NESTING: Final = 200


def check_size(query: str) -> None:
    """Refuse a query whose parsing could exhaust the stack, which ends the process and not only the query.

    Raises:
        QueryRefused: the query is longer or nested deeper than is allowed.
    """
    if len(query) > MAX_QUERY_LENGTH:
        raise QueryRefused(f"the query has {len(query)} characters; at most {MAX_QUERY_LENGTH} are allowed")
    depth = deepest = 0
    for character in query:
        depth += (character in "{([") - (character in "})]")
        deepest = max(deepest, depth)
    if deepest > MAX_QUERY_NESTING:
        raise QueryRefused(f"the query is nested {deepest} deep; at most {MAX_QUERY_NESTING} are allowed")


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.Literal):
        datatype = "" if term.language or term.datatype.value == XSD + "string" else term.datatype.value
        return Term("literal", term.value, term.language or "", datatype)
    if isinstance(term, ox.BlankNode):
        return Term("blank", term.value)
    return Term("literal", str(term))


def _syntax_error(error: SyntaxError, query: str) -> QuerySyntaxError:
    match = _POSITION.search(str(error))
    if match is None:
        return QuerySyntaxError(str(error))
    line, column, message = int(match.group(1)), int(match.group(2)), match.group(3).strip()
    if "Prefix not found" in message:
        before = query.splitlines()[line - 1][: column - 1] if query.splitlines()[line - 1 : line] else ""
        name = re.search(r"([\w-]*):\S*$", before)
        message = f"the prefix {name.group(1)}: is not declared" if name else "a prefix is not declared"
    return QuerySyntaxError(message, line, column)
