"""Runs the tests of the service description, which the suite describes in words alone."""

from __future__ import annotations

from typing import Final

from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from tests.conformance.client import Target
from tests.conformance.results import TURTLE
from tests.conformance.suite import Case
from tests.conformance.terms import parse_graph

SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")

# Subject and object of each property (SPARQL 1.1 Service Description, section 3.4); None where anything may stand.
_PROPERTIES: Final[dict[URIRef, tuple[URIRef, URIRef | None]]] = {
    SD.endpoint: (SD.Service, None),
    SD.feature: (SD.Service, None),
    SD.defaultEntailmentRegime: (SD.Service, None),
    SD.supportedEntailmentProfile: (SD.Service, None),
    SD.extensionFunction: (SD.Service, None),
    SD.extensionAggregate: (SD.Service, None),
    SD.languageExtension: (SD.Service, None),
    SD.supportedLanguage: (SD.Service, None),
    SD.propertyFeature: (SD.Service, None),
    SD.resultFormat: (SD.Service, None),
    SD.inputFormat: (SD.Service, None),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.availableGraphs: (SD.Service, SD.GraphCollection),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.GraphCollection, SD.NamedGraph),
    SD.name: (SD.NamedGraph, None),
    SD.graph: (SD.NamedGraph, SD.Graph),
    SD.entailmentRegime: (SD.NamedGraph, None),
    SD.supportedEntailment: (SD.NamedGraph, None),
}
_MEMBERS: Final = {
    SD.feature: {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery},
    SD.supportedLanguage: {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update},
}
_SUBCLASSES: Final = {SD.Dataset: SD.GraphCollection}


def run_description(case: Case, target: Target) -> str | None:
    """Ask the endpoint without a query, and return what is wrong with the answer, or None."""
    reply = target.send("GET", target.query_path, [("Accept", TURTLE)])
    if reply.status != 200 or reply.media_type != TURTLE:
        return f"expected RDF, got {reply.status} {reply.media_type}: {reply.text[:200]}"
    graph = parse_graph(reply.body, "turtle", target.url + target.query_path)
    name = case.id.rpartition("#")[2]
    if name == "returns-rdf":
        return None if len(graph) else "the description is empty"
    if name == "has-endpoint-triple":
        endpoint = URIRef(target.url + target.query_path)
        found = list(graph.objects(None, SD.endpoint))
        return None if endpoint in found else f"sd:endpoint is {found}, not {endpoint}"
    assert name == "conforms-to-schema", case.id
    return "; ".join(_violations(graph)) or None


def _violations(graph: Graph) -> list[str]:
    found = [] if (None, RDF.type, SD.Service) in graph else ["there is no sd:Service"]
    for s, p, o in graph:
        if not str(p).startswith(str(SD)):
            continue
        if p not in _PROPERTIES:
            found.append(f"{p} is no property of the vocabulary")
            continue
        domain, range_ = _PROPERTIES[URIRef(str(p))]
        if not _is_a(graph, s, domain):
            found.append(f"the subject of {p} is no {domain}")
        if range_ is not None and not _is_a(graph, o, range_):
            found.append(f"the object of {p} is no {range_}")
        if isinstance(o, Literal) or (range_ is None and isinstance(o, BNode)):
            found.append(f"the object of {p} is {o!r}")
        if str(o).startswith(str(SD)) and o not in _MEMBERS.get(URIRef(str(p)), ()):
            found.append(f"{o} is no value of {p}")
    return sorted(set(found))


def _is_a(graph: Graph, node: Node, wanted: URIRef) -> bool:
    kinds = set(graph.objects(node, RDF.type))
    return wanted in kinds or any(_SUBCLASSES.get(URIRef(str(kind))) == wanted for kind in kinds)
