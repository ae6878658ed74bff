"""The tests of the suite that are not passed, each with its reason; one that passes and stands here fails the run."""

from __future__ import annotations

from typing import Final

from tests.conformance.suite import Category

_ZERO_LENGTH: Final = (
    "a path of length zero from or to a term that the data does not mention: the engine (Oxigraph) finds the ends of "
    "such a path in the data alone"
)
_GRAPH_VARIABLE: Final = (
    "the engine (Oxigraph) does not evaluate GRAPH ?g graph by graph, but has ?g as one more variable of each pattern "
    "inside, so that aggregates, VALUES and MINUS see it otherwise"
)
_GROUP_CONCAT: Final = (
    "the engine (Oxigraph) keeps the language tag that all values of GROUP_CONCAT share; "
    "in SPARQL 1.1 it gives a plain string"
)

KNOWN: Final[dict[str, str]] = {
    "aggregates#agg-groupconcat-04": _GROUP_CONCAT,
    "aggregates#agg-groupconcat-06": _GROUP_CONCAT,
    "aggregates#agg-empty-group-count-graph": _GRAPH_VARIABLE,
    "bindings#graph": _GRAPH_VARIABLE,
    "negation#graph-minus": _GRAPH_VARIABLE,
    "functions#bnode01": (
        "BNODE(text) must give another blank node in each solution; the engine (Oxigraph) names the node by the text"
    ),
    "property-path#zero_or_more_set_start": _ZERO_LENGTH,
    "property-path#zero_or_more_set_end": _ZERO_LENGTH,
    "property-path#zero_or_one_set_start": _ZERO_LENGTH,
    "property-path#zero_or_one_set_end": _ZERO_LENGTH,
    "csv-tsv-res#csv03": "the engine (Oxigraph) keeps numbers by value: a double written 1.0E6 comes back as 1000000",
    "csv-tsv-res#tsv03": "the engine (Oxigraph) keeps numbers by value: xsd:negativeInteger comes back as xsd:integer",
    "service#service5": (
        "SERVICE ?variable is refused: which addresses a query calls is checked before any of it is evaluated"
    ),
}

OUT_OF_SCOPE: Final[dict[Category, str]] = {
    "entailment": (
        "the service promises simple entailment: what follows from the ontology is written into the graph when it is "
        "built, where each inferred statement names its rule, and not found anew by every query"
    ),
    "graph store (deprecated)": (
        "the suite itself marks these tests of http-rdf-update as deprecated in favour of graph-store-protocol, which "
        "is run; they are prose, and one of their bodies is not even Turtle"
    ),
}

LEAST: Final[dict[Category, int]] = {
    "query evaluation": 225,
    "query syntax": 111,
    "result formats": 10,
    "update evaluation": 94,
    "update syntax": 55,
    "federation": 10,
    "protocol": 34,
    "graph store": 13,
    "service description": 3,
    "entailment": 70,
    "graph store (deprecated)": 18,
}
"""How many tests each category has at least, so that none gets lost unnoticed."""
