"""From facts to triples: what a target, a relation and its evidence become."""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD

from kg.build import NamedGraph, Ontology, build_graphs
from kg.build.compile import compile_seed
from kg.facts import Seed
from kg.iris import Iris
from kg.terms import OA, PKG, QUDT

MINT = Iris().mint


def source_graph(graphs: tuple[NamedGraph, ...]) -> Graph:
    return next(graph.graph for graph in graphs if "/graph/source/" in graph.iri)


def test_a_target_has_its_value_as_stated_and_normalised(graphs: tuple[NamedGraph, ...]) -> None:
    graph = source_graph(graphs)
    target = URIRef(MINT("target", "gd-ai45-core-industry-2027"))
    stated = graph.value(target, URIRef(PKG + "quantity"))
    normalized = graph.value(target, URIRef(PKG + "normalizedQuantity"))
    value = URIRef(QUDT + "numericValue")
    assert graph.value(stated, value) == Literal("4400", datatype=XSD.decimal)
    assert graph.value(stated, URIRef(QUDT + "hasUnit")) == URIRef(MINT("unit", "yi-yuan"))
    assert graph.value(normalized, value) == Literal(4.4e11)
    assert graph.value(normalized, URIRef(QUDT + "hasUnit")) == URIRef("http://qudt.org/vocab/unit/CCY_CNY")


def test_a_relation_has_a_statement_with_evidence_and_clause(graphs: tuple[NamedGraph, ...]) -> None:
    graph = source_graph(graphs)
    measure, sector = URIRef(MINT("measure", "gd-ai45-medical-service-capacity")), URIRef(MINT("sector", "healthcare"))
    applies = URIRef(PKG + "appliesToSector")
    assert (measure, applies, sector) in graph
    statements = [
        node
        for node in graph.subjects(RDF.subject, measure)
        if (node, RDF.predicate, applies) in graph and (node, RDF.object, sector) in graph
    ]
    assert len(statements) == 1
    evidence = graph.value(None, URIRef(OA + "hasBody"), statements[0])
    clause = graph.value(evidence, URIRef(OA + "hasTarget"))
    quotes = [
        graph.value(selector, URIRef(OA + "exact")) for selector in graph.objects(clause, URIRef(OA + "hasSelector"))
    ]
    assert "提升医疗服务能力" in {str(quote) for quote in quotes if quote is not None}


def test_the_same_seed_gives_the_same_bytes(ontology: Ontology, seeds: tuple[Seed, ...]) -> None:
    first, second = (NamedGraph("g", compile_seed(seeds[0], ontology)).ntriples() for _ in range(2))
    assert first == second
    assert first.count(b"\n") > 5000


def test_every_source_has_its_graph(graphs: tuple[NamedGraph, ...], seeds: tuple[Seed, ...]) -> None:
    names = [graph.iri for graph in graphs]
    assert names[:2] == [Iris().graph("ontology"), Iris().graph("vocabularies")]
    assert names[2:-1] == [Iris().graph("source", seed.source.id) for seed in seeds]
    assert names[-1] == Iris().graph("inferred")


def test_there_are_no_blank_nodes(graphs: tuple[NamedGraph, ...]) -> None:
    assert not [line for graph in graphs for line in graph.ntriples().splitlines() if b"_:" in line.split(b'"')[0]]


def test_progress_is_told_each_source(ontology: Ontology, seeds: tuple[Seed, ...]) -> None:
    told: list[str] = []
    build_graphs(ontology, seeds, told.append)
    assert told == [seed.source.id for seed in seeds]
