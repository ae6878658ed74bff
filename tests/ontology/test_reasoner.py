"""The OWL 2 RL closure of ontology, vocabularies and data has no contradiction, and one that is planted is found."""

from __future__ import annotations

import owlrl
import pytest
from rdflib import Graph, Namespace, URIRef

from kg.build import NamedGraph
from kg.iris import Iris
from kg.terms import PKG, PREFIXES
from kg.validate.shapes import union

ERROR = Namespace("http://www.daml.org/2002/03/agents/agent-ont#")
EX = Iris().mint("example", "")
PLANTED = {
    "two disjoint classes": "ex:a a pkg:QuantitativeTarget , pkg:QualitativeTarget .",
    "comparator of a qualitative target": "ex:a a pkg:QualitativeTarget ; pkg:comparator ex:ge .",
    "nothing": "ex:a a owl:Nothing .",
}


def errors(graph: Graph) -> list[str]:
    """Return the contradictions of a graph's closure; the graph is expanded in place."""
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return sorted(str(message) for message in graph.objects(None, ERROR.error))


def test_real_graph_is_consistent(graphs: tuple[NamedGraph, ...]) -> None:
    graph = union(graphs)
    before = len(graph)
    assert errors(graph) == []
    assert len(graph) > before * 1.5, "the reasoner inferred nothing"


@pytest.mark.parametrize("turtle", PLANTED.values(), ids=PLANTED)
def test_planted_contradiction_is_found(turtle: str, graphs: tuple[NamedGraph, ...]) -> None:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in {**PREFIXES, "ex": EX}.items())
    graph = union(graphs[:1]).parse(data=prefixes + turtle, format="turtle")
    assert errors(graph)


def test_superclasses_and_superproperties_follow(graphs: tuple[NamedGraph, ...]) -> None:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in {**PREFIXES, "ex": EX}.items())
    graph = union(graphs[:1]).parse(data=prefixes + "ex:a pkg:appliesToSector ex:b .", format="turtle")
    assert errors(graph) == []
    measure, sector = URIRef(EX + "a"), URIRef(EX + "b")
    rdf_type = URIRef(PREFIXES["rdf"] + "type")
    assert (measure, URIRef(PREFIXES["dcterms"] + "subject"), sector) in graph
    assert (measure, rdf_type, URIRef(PREFIXES["prov"] + "Plan")) in graph
    assert (sector, rdf_type, URIRef(PREFIXES["skos"] + "Concept")) in graph
    assert (sector, rdf_type, URIRef(PKG + "Sector")) in graph
