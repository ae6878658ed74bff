"""What an RDF engine does for this project, whichever engine it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol


class ResultFormat(Enum):
    """A serialisation of SELECT and ASK results: its short name and its media type."""

    JSON = ("json", "application/sparql-results+json")
    XML = ("xml", "application/sparql-results+xml")
    CSV = ("csv", "text/csv; charset=utf-8")
    TSV = ("tsv", "text/tab-separated-values; charset=utf-8")

    def __init__(self, short: str, media_type: str) -> None:
        """Keep both names."""
        self.short = short
        self.media_type = media_type


class GraphFormat(Enum):
    """A serialisation of a graph or a dataset: its short name and its media type."""

    TURTLE = ("ttl", "text/turtle; charset=utf-8")
    N_TRIPLES = ("nt", "application/n-triples")
    JSON_LD = ("jsonld", "application/ld+json")
    RDF_XML = ("rdfxml", "application/rdf+xml")
    N_QUADS = ("nq", "application/n-quads")
    TRIG = ("trig", "application/trig; charset=utf-8")

    def __init__(self, short: str, media_type: str) -> None:
        """Keep both names."""
        self.short = short
        self.media_type = media_type


@dataclass(frozen=True, slots=True)
class Term:
    """An RDF term of a result row. `language` and `datatype` are empty where they do not apply."""

    kind: Literal["iri", "literal", "blank"]
    value: str
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        """Return the IRI, or the lexical form."""
        return self.value


Row = Mapping[str, Term]
"""One solution: variable without question mark → term; unbound variables are absent."""


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query, with the dataset that the protocol's parameters give (SPARQL 1.1 Protocol, section 2.1.4)."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    union_default_graph: bool = True
    """Whether a pattern outside GRAPH sees the merge of all graphs, where no dataset is given."""
    base: str = ""
    """What relative IRIs are relative to, where the text has no BASE: the address that the query was sent to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query as bytes: `kind` says which form of query it was."""

    kind: Literal["solutions", "boolean", "graph"]
    content: bytes
    media_type: str


class Engine(Protocol):
    """Answers queries over one revision; methods may be called from several threads."""

    def select(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT query in their order.

        Raises:
            QuerySyntaxError: the text is not a SPARQL SELECT query.
            QueryError: evaluation failed.
        """
        ...

    def answer(
        self, request: QueryRequest, results: ResultFormat | None = None, graph: GraphFormat | None = None
    ) -> Answer:
        """Evaluate any form of query and serialise its answer; None refuses that kind of answer.

        Raises:
            QuerySyntaxError: the text is not SPARQL.
            UnsupportedFormat: the query's kind of answer has no format.
            QueryError: evaluation failed.
        """
        ...

    def dump(self, format: GraphFormat, graph: str | None = None, *, leave: str = "") -> Iterator[bytes]:
        """Yield the dataset without the graph `leave`, or one graph of it, in chunks.

        Formats without graph names get the union of all graphs.
        """
        ...

    def graph_names(self) -> Sequence[str]:
        """Return the names of all named graphs, sorted."""
        ...

    def count(self) -> int:
        """Return how many quads there are."""
        ...
