"""The terms: Turtle parses, nothing is undeclared or redefined, all is labelled and defined in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.build import NamedGraph
from kg.build.ontology import read_turtle
from kg.terms import PKG, QUDT

ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology"
VOCABULARIES = sorted((ONTOLOGY / "vocabularies").glob("*.ttl"))
BUILT_IN = (str(RDF), str(RDFS), str(OWL), str(XSD))
ALLOWED = {RDF.type, RDFS.isDefinedBy, RDFS.label, URIRef(QUDT + "symbol")}


def languages(graph: Graph, thing: Node, predicate: URIRef) -> list[str]:
    return sorted(text.language or "" for text in graph.objects(thing, predicate) if isinstance(text, Literal))


def test_files_parse_and_have_no_blank_nodes() -> None:
    files = [ONTOLOGY / "policy.ttl", ONTOLOGY / "reused.ttl", *VOCABULARIES]
    assert len(files) >= 10
    for path in files:
        assert not [term for triple in read_turtle(path) for term in triple if isinstance(term, BNode)]


def test_every_term_in_use_is_declared(graphs: tuple[NamedGraph, ...]) -> None:
    declared = set(graphs[0].graph.subjects(RDFS.isDefinedBy))
    used: set[Node] = set()
    for named in graphs:
        used |= set(named.graph.predicates()) | set(named.graph.objects(predicate=RDF.type))
        for literal in named.graph.objects():
            if isinstance(literal, Literal) and literal.datatype is not None:
                used.add(literal.datatype)
    for relation in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range):
        used |= set(graphs[0].graph.objects(predicate=relation))
    assert {str(term) for term in used - declared if not str(term).startswith(BUILT_IN)} == set()


def test_every_reused_term_is_in_use(graphs: tuple[NamedGraph, ...]) -> None:
    reused = {term for term in read_turtle(ONTOLOGY / "reused.ttl").subjects() if not str(term).startswith(PKG)}
    shapes = [read_turtle(path) for path in sorted((ONTOLOGY / "shapes").glob("*.ttl"))]
    used: set[Node] = set()
    for graph in (read_turtle(ONTOLOGY / "policy.ttl"), *(named.graph for named in graphs[1:]), *shapes):
        used |= {term for triple in graph for term in triple}
    declarations = set(read_turtle(ONTOLOGY / "reused.ttl").objects(predicate=RDF.type))
    assert {str(term) for term in reused - used - declarations} == set()


def test_reused_terms_are_not_redefined() -> None:
    graph = read_turtle(ONTOLOGY / "reused.ttl")
    for term in set(graph.subjects()):
        assert not str(term).startswith(PKG)
        assert set(graph.predicates(term)) <= ALLOWED
        assert len(set(graph.objects(term, RDF.type))) == 1
        assert len(set(graph.objects(term, RDFS.isDefinedBy))) == 1
        symbols = set(graph.objects(term, URIRef(QUDT + "symbol")))
        is_unit = (term, RDF.type, URIRef(QUDT + "Unit")) in graph
        assert languages(graph, term, RDFS.label) == (["en", "zh"] if is_unit else [])
        assert len(symbols) == (1 if is_unit else 0)
    others = {term for term in read_turtle(ONTOLOGY / "policy.ttl").subjects() if not str(term).startswith(PKG)}
    assert {str(term) for term in others} == {PKG.rstrip("#")}


def test_every_term_has_label_and_definition_in_both_languages() -> None:
    graph = read_turtle(ONTOLOGY / "policy.ttl")
    terms = {term for term in graph.subjects() if str(term).startswith(PKG)}
    assert len(terms) >= 55
    for term in terms:
        assert languages(graph, term, RDFS.label) == ["en", "zh"]
        assert languages(graph, term, SKOS.definition) == ["en", "zh"]


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.stem)
def test_every_concept_has_label_and_definition_in_both_languages(path: Path) -> None:
    graph = read_turtle(path)
    concepts = set(graph.subjects(SKOS.inScheme)) | set(graph.subjects(RDF.type, SKOS.ConceptScheme))
    assert len(concepts) >= 3
    for concept in concepts:
        assert languages(graph, concept, SKOS.prefLabel) == ["en", "zh"]
        assert languages(graph, concept, SKOS.definition) == ["en", "zh"]


def test_every_sector_has_aliases() -> None:
    graph = read_turtle(ONTOLOGY / "vocabularies" / "sectors.ttl")
    sectors = set(graph.subjects(RDF.type, URIRef(PKG + "Sector")))
    assert len(sectors) >= 26
    for sector in sectors:
        assert languages(graph, sector, SKOS.altLabel), f"{sector} has no alias"


def test_healthcare_answers_to_the_names_that_people_use() -> None:
    graph = read_turtle(ONTOLOGY / "vocabularies" / "sectors.ttl")
    names = {
        str(name).lower() for predicate in (SKOS.prefLabel, SKOS.altLabel) for name in graph.objects(None, predicate)
    }
    assert {"医疗", "卫生健康", "healthcare", "medical"} <= names
