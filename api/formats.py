"""The formats of answers: their names in `format=` and extensions, and the media types they are asked for by."""

from __future__ import annotations

from typing import Final

from api.negotiation import Offer
from kg.engine import GraphFormat, ResultFormat

RESULT_OFFERS: Final = (
    Offer(ResultFormat.JSON, "application/sparql-results+json"),
    Offer(ResultFormat.XML, "application/sparql-results+xml"),
    Offer(ResultFormat.CSV, "text/csv"),
    Offer(ResultFormat.TSV, "text/tab-separated-values"),
    Offer(ResultFormat.JSON, "application/json", 0.9),
    Offer(ResultFormat.XML, "application/xml", 0.5),
    Offer(ResultFormat.XML, "text/xml", 0.5),
)
"""What tables and truth values come as; the weights below 1 are other names of the same."""

GRAPH_OFFERS: Final = (
    Offer(GraphFormat.TURTLE, "text/turtle"),
    Offer(GraphFormat.N_TRIPLES, "application/n-triples"),
    Offer(GraphFormat.JSON_LD, "application/ld+json"),
    Offer(GraphFormat.RDF_XML, "application/rdf+xml"),
    Offer(GraphFormat.TURTLE, "application/x-turtle", 0.9),
    Offer(GraphFormat.JSON_LD, "application/json", 0.8),
    Offer(GraphFormat.RDF_XML, "application/xml", 0.5),
    Offer(GraphFormat.RDF_XML, "text/xml", 0.5),
    Offer(GraphFormat.N_TRIPLES, "text/plain", 0.5),
)
"""What graphs come as."""

_RESULTS: Final = {item.short: item for item in ResultFormat}
_GRAPHS: Final = {
    "json": GraphFormat.JSON_LD,
    "xml": GraphFormat.RDF_XML,
    "ttl": GraphFormat.TURTLE,
    "turtle": GraphFormat.TURTLE,
    "n3": GraphFormat.TURTLE,
    "nt": GraphFormat.N_TRIPLES,
    "jsonld": GraphFormat.JSON_LD,
    "json-ld": GraphFormat.JSON_LD,
    "rdf": GraphFormat.RDF_XML,
    "rdfxml": GraphFormat.RDF_XML,
    "rdf+xml": GraphFormat.RDF_XML,
}
QUERY_FORMATS: Final = ("json", "xml", "csv", "tsv", "ttl", "nt", "jsonld", "rdfxml")
"""The values of `format=` that the documentation names; others are names that existing clients send."""

EXTENSIONS: Final = {
    "ttl": GraphFormat.TURTLE,
    "nt": GraphFormat.N_TRIPLES,
    "jsonld": GraphFormat.JSON_LD,
    "rdf": GraphFormat.RDF_XML,
}
"""The extensions of descriptions and of the ontology."""

DATASET_EXTENSIONS: Final = {**EXTENSIONS, "nq": GraphFormat.N_QUADS, "trig": GraphFormat.TRIG}
"""The extensions of the whole dataset."""


def named(name: str) -> tuple[ResultFormat | None, GraphFormat | None] | None:
    """Return what `format=` means for tables and for graphs, or None where it is no format.

    >>> named("csv")
    (<ResultFormat.CSV: ('csv', 'text/csv; charset=utf-8')>, None)
    """
    name = name.lower()
    for offers in (RESULT_OFFERS, GRAPH_OFFERS):
        if name in {offer.media_type for offer in offers}:
            return (
                next((offer.value for offer in RESULT_OFFERS if offer.media_type == name), None),
                next((offer.value for offer in GRAPH_OFFERS if offer.media_type == name), None),
            )
    found = (_RESULTS.get(name), _GRAPHS.get(name))
    return found if any(found) else None


def graph_named(name: str) -> GraphFormat | None:
    """Return the format of graphs that `format=` means, or None.

    >>> graph_named("ttl"), graph_named("csv")
    (<GraphFormat.TURTLE: ('ttl', 'text/turtle; charset=utf-8')>, None)
    """
    return (named(name) or (None, None))[1]


def content_type(format: ResultFormat | GraphFormat, media_type: str) -> str:
    """Return the Content-Type of an answer that was asked for by some name: that name, with a charset for text."""
    own = format.media_type
    if own.partition(";")[0] == media_type:
        return own
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
