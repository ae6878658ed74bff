"""The engine that asks a SPARQL service: every query is held to the graphs of one revision."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final, cast

import pyoxigraph as ox

from kg.engine.admission import IN_PROCESS, admit
from kg.engine.embedded import RESULT_FORMATS, dumped, write_graph
from kg.engine.interface import Answer, GraphFormat, QueryRequest, ResultFormat, Row
from kg.engine.output import Limited
from kg.engine.remote.names import HASH, NAMES, NOTHING, SIZE, Generation
from kg.engine.remote.results import (
    SOLUTIONS,
    TRIPLES,
    boolean_json,
    boolean_of,
    solutions_json,
    solutions_of,
    triples_of,
)
from kg.engine.remote.service import MOST, Reply, Service
from kg.engine.remote.timing import Call
from kg.engine.remote.translation import Translation, translate
from kg.engine.syntax import failure, query_error
from kg.errors import QueryError, QuerySyntaxError, RemoteGraphRefused, StoreFailed, StoreUnreachable, UnsupportedFormat
from kg.terms import PREFIXES

CONFIRMED: Final = 10.0
"""Seconds for which it is good to know that a service has a revision; it is left for longer before it goes."""

_DUMP_SECONDS: Final = 600.0
_WEB: Final = ("http://", "https://", "ftp://", "file:")


@dataclass(frozen=True, slots=True)
class Graph:
    """Where a service has a named graph, how many triples that has, and the hash of these."""

    iri: str
    size: int
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A revision as a service holds it: its generation, and its named graphs by their names."""

    generation: Generation
    graphs: Mapping[str, Graph]
    unnamed: int = 0
    """How many triples stand in no named graph."""


class RemoteEngine:
    """Asks a service about one revision; methods may be called from several threads."""

    def __init__(
        self, service: Service, held: Held, is_whole: Callable[[], bool] = lambda: True, *, seconds: float = 10.0
    ) -> None:
        """Ask a service; a query of our own may take so many seconds.

        `is_whole` asks the service whether the revision may be read on; it has just been found to.
        """
        self.service = service
        self.held = held
        self._is_whole = is_whole
        self._seconds = seconds
        self._confirmed = time.monotonic()

    def select(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT query.

        Raises:
            StoreFailed: the service gave no usable answer; StoreUnreachable, StoreTimeout say how.
        """
        translation = translated(QueryRequest(query))
        if translation.form != "select":
            raise QuerySyntaxError("this is not a SELECT query")
        call = Call(time.monotonic() + self._seconds)
        reply = self._asked(translation, QueryRequest(query), call)
        return solutions_of(reply, translation.hidden).rows()

    def answer(
        self, request: QueryRequest, results: ResultFormat | None = None, graph: GraphFormat | None = None
    ) -> Answer:
        """Evaluate a query, if it is admitted, and serialise its answer."""
        output = io.BytesIO()
        admitted = admit(request, self.held.graphs, IN_PROCESS).request
        call = Call(time.monotonic() + self._seconds)
        head = self.write_answer(admitted, translated(admitted), (results, graph), Limited(output), call, MOST)
        return Answer(head.kind, output.getvalue(), head.media_type)

    def write_answer(
        self,
        request: QueryRequest,
        translation: Translation,
        formats: tuple[ResultFormat | None, GraphFormat | None],
        output: Limited,
        call: Call,
        most: int,
    ) -> Answer:
        """Have a query evaluated that was admitted, write its answer, and return what kind it is, without content.

        Raises:
            RemoteGraphRefused: the dataset is to have a graph from the web that the revision does not have.
            LimitExceeded: the answer is larger than the output takes, or than `most` bytes as the service writes it.
            UnsupportedFormat: the query's kind of answer has no format.
            StoreFailed: the service gave no usable answer.
        """
        results, graph = formats
        for name in (*request.default_graphs, *request.named_graphs):
            if name.startswith(_WEB) and name not in self.held.graphs:
                raise RemoteGraphRefused(name)
        if translation.form == "construct":
            if graph is None or graph in {GraphFormat.N_QUADS, GraphFormat.TRIG}:
                write_graph((), graph, output)  # which says that this is no format for it
            return write_graph(triples_of(self._asked(translation, request, call, most)), graph, output)
        if results is None:
            raise UnsupportedFormat("a graph format", [item.short for item in ResultFormat])
        if translation.form == "ask":
            if results in {ResultFormat.CSV, ResultFormat.TSV}:
                raise UnsupportedFormat(f"{results.short} for an ASK query", ["json", "xml"])
            _write(boolean_json(boolean_of(self._asked(translation, request, call, most))), results, output)
            return Answer("boolean", b"", results.media_type)
        reply = self._asked(translation, request, call, most, output.rows_checker())
        output.count_rows_of(results)
        _write(solutions_json(reply, translation.hidden), results, output)
        return Answer("solutions", b"", results.media_type)

    def dump(self, format: GraphFormat, graph: str | None = None, *, leave: str = "") -> Iterator[bytes]:
        """Yield the dataset without the graph `leave`, or one graph, in chunks; line formats come sorted.

        Raises:
            StoreFailed: the service gave no usable answer, or one that is not whole.
        """
        if graph is not None:
            return dumped(self.quads([graph]), format, one=True)
        return dumped(self.quads([name for name in self.held.graphs if name != leave], unnamed=True), format)

    def quads(self, graphs: Collection[str], *, unnamed: bool = False) -> Iterator[ox.Quad]:
        """Yield the quads of named graphs, and with `unnamed` those of none.

        Raises:
            StoreFailed: the service gave no usable answer, or another number of triples than it was sent.
        """
        if unnamed and self.held.unnamed:
            yield from self._quads(Graph(self.held.generation.unnamed, self.held.unnamed), ox.DefaultGraph())
        for name in graphs:
            if (held := self.held.graphs.get(name)) is not None and held.size:
                yield from self._quads(held, ox.NamedNode(name))

    def graph_names(self) -> Sequence[str]:
        """Return the names of all named graphs, sorted."""
        return sorted(self.held.graphs)

    def count(self) -> int:
        """Return how many quads there are."""
        return sum(graph.size for graph in self.held.graphs.values()) + self.held.unnamed

    def _quads(self, graph: Graph, name: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
        self.confirm()
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph.iri}> {{ ?s ?p ?o }} }}"
        reply = self.service.query([("query", text)], TRIPLES, Call(time.monotonic() + _DUMP_SECONDS))
        found = set(triples_of(reply))
        if len(found) != graph.size:
            raise StoreFailed(
                f"the SPARQL service that holds the data gave {len(found)} of the {graph.size} triples of a graph",
                f"存放数据的 SPARQL 服务只给出了图中 {graph.size} 条三元组里的 {len(found)} 条",
            )
        for triple in found:
            yield ox.Quad(triple.subject, triple.predicate, triple.object, name)

    def confirm(self) -> None:
        """Make sure that the service still has the revision, and will have it while a query that begins now runs.

        Raises:
            StoreUnreachable: it has not, or does not say; whoever asks again will ask about the current revision.
        """
        if time.monotonic() - self._confirmed < CONFIRMED:
            return
        now = time.monotonic()
        if not self._is_whole():
            raise StoreUnreachable(
                "the revision that was being read is not held any more by the SPARQL service that holds the data",
                "存放数据的 SPARQL 服务已不再保存正在读取的版本",
                retry_after=1,
            )
        self._confirmed = now

    def _asked(
        self,
        translation: Translation,
        request: QueryRequest,
        call: Call,
        most: int = MOST,
        passing: Callable[[bytes], None] = lambda _: None,
    ) -> Reply:
        """Ask the service, over the dataset of a request and nothing else that the service holds."""
        self.confirm()
        held, graphs = self.held, self.held.graphs
        given = bool(request.default_graphs or request.named_graphs)

        def where(name: str) -> str:
            return graphs[name].iri if name in graphs else held.generation.graph(name)

        if given:
            default = list(map(where, request.default_graphs)) or [NOTHING]
            named = list(map(where, request.named_graphs))
        else:
            default = [held.generation.everything if request.union_default_graph else held.generation.unnamed]
            named = list(map(where, graphs if translation.ranges else translation.constants))
        if translation.ranges:
            named.append(held.generation.names)
        text = translation.text_for(held.generation.names, [(name, where(name)) for name in translation.constants])
        pairs = [("query", text), *(("default-graph-uri", iri) for iri in dict.fromkeys(default))]
        pairs += [("named-graph-uri", iri) for iri in dict.fromkeys(named)]
        accept = TRIPLES if translation.form == "construct" else SOLUTIONS
        return self.service.query(pairs, accept, call, most=most, passing=passing)


def translated(request: QueryRequest) -> Translation:
    """Return the translation of a query whose dataset is resolved.

    Raises:
        QuerySyntaxError: it is not SPARQL.
        QueryError: it cannot be translated.
    """
    check(request.text, request.base)
    given = bool(request.default_graphs or request.named_graphs)
    found = translate(request.text, request.base, request.named_graphs if given else None)
    try:
        ox.Store().query(found.text)
    except (SyntaxError, ValueError) as error:  # our reading of the text is another one than the engine's
        raise QueryError(
            f"the query cannot be read; write white space around < and >, and after keywords: {error}"
        ) from error
    return found


def check(text: str, base: str = "") -> None:
    """Have the engine's parser read a query, so that what is wrong with it is told as for any store.

    Raises:
        QuerySyntaxError: it is not SPARQL.
        QueryError: it cannot be read.
    """
    try:
        ox.Store().query(text, base_iri=base or None, prefixes=dict(PREFIXES))
    except SyntaxError as error:
        raise query_error(error, text) from error
    except (ValueError, OSError, RuntimeError) as error:
        raise failure(error) from error


def held_in(service: Service, generation: Generation, unnamed: int, ends: float) -> Held:
    """Return a revision as a service holds it.

    Raises:
        StoreFailed: the service gave no usable answer.
    """
    text = (
        f"SELECT ?graph ?name ?size ?hash WHERE {{ GRAPH <{generation.names}> "
        f"{{ ?graph <{NAMES}> ?name ; <{SIZE}> ?size OPTIONAL {{ ?graph <{HASH}> ?hash }} }} }}"
    )
    rows = solutions_of(service.query([("query", text)], SOLUTIONS, Call(ends))).rows()
    graphs = {
        str(row["name"]): Graph(str(row["graph"]), int(row["size"].value), str(row.get("hash", ""))) for row in rows
    }
    return Held(generation, graphs, unnamed)


def _write(content: bytes, results: ResultFormat, output: Limited) -> None:
    """Write a result that is JSON in another format."""
    if results is ResultFormat.JSON:
        output.write(content)
        return
    found = ox.parse_query_results(content, ox.QueryResultsFormat.JSON)
    found.serialize(cast("IO[bytes]", output), RESULT_FORMATS[results])
