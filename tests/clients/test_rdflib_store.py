"""rdflib over our endpoint: a graph that lives there, to read and to write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rdflib import RDFS, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from tests.clients import facts
from tests.clients.conftest import Service

pytestmark = pytest.mark.xdist_group("clients")

HEALTHCARE = URIRef(facts.HEALTHCARE)
LABELS = {Literal(value, lang=language) for value, language in facts.LABELS}


@pytest.fixture(params=["GET", "POST", "POST_FORM"])
def graph(service: Service, request: pytest.FixtureRequest) -> Graph:
    return Graph(SPARQLStore(service.sparql, method=request.param))


def test_triples_and_values(graph: Graph) -> None:
    assert set(graph.objects(HEALTHCARE, RDFS.label)) == LABELS
    assert graph.value(HEALTHCARE, SKOS.broader) == URIRef(facts.LIVELIHOOD)
    assert (HEALTHCARE, SKOS.broader, URIRef(facts.LIVELIHOOD)) in graph
    assert (URIRef(facts.LIVELIHOOD), SKOS.broader, HEALTHCARE) not in graph


def test_select_ask_construct(graph: Graph) -> None:
    rows = graph.query("SELECT ?label { ?sector rdfs:label ?label }", initBindings={"sector": HEALTHCARE})
    assert {row[0] for row in rows if isinstance(row, tuple)} == LABELS
    assert graph.query(facts.ASK_TRUE).askAnswer is True
    assert graph.query(facts.ASK_FALSE).askAnswer is False
    constructed = graph.query(facts.CONSTRUCT).graph
    assert constructed is not None
    assert set(constructed.objects(HEALTHCARE, RDFS.label)) == LABELS
    assert len(constructed) == 3


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_each_result_format_is_read(service: Service, format: str) -> None:
    graph = Graph(SPARQLStore(service.sparql, returnFormat=format))
    rows = {str(row[0]) for row in graph.query(facts.SELECT_LABELS) if isinstance(row, tuple)}
    assert rows == {value for value, _ in facts.LABELS}


def test_length_counts_the_triples(service: Service) -> None:
    everything = Graph(SPARQLStore(service.sparql))
    one = Graph(SPARQLStore(service.sparql), identifier=URIRef(facts.VOCABULARIES))
    assert len(one) > 100
    assert len(everything) > len(one)


def test_a_named_graph_is_read_by_its_name(service: Service) -> None:
    vocabularies = Graph(SPARQLStore(service.sparql), identifier=URIRef(facts.VOCABULARIES))
    assert set(vocabularies.objects(HEALTHCARE, RDFS.label)) == LABELS
    elsewhere = Graph(SPARQLStore(service.sparql), identifier=URIRef(f"{facts.BASE}graph/ontology"))
    assert set(elsewhere.objects(HEALTHCARE, RDFS.label)) == set()


def test_graphs_are_listed(service: Service) -> None:
    names = {str(name) for name in SPARQLStore(service.sparql).contexts()}
    assert {facts.VOCABULARIES, f"{facts.BASE}graph/ontology"} <= names


@pytest.fixture
def notes(service: Service) -> Iterator[Graph]:
    store = SPARQLUpdateStore(
        service.sparql, service.sparql, headers={"Authorization": f"Bearer {service.token}"}, context_aware=True
    )
    graph = Graph(store, identifier=URIRef(facts.graph_of_test("rdflib")))
    yield graph
    graph.remove((None, None, None))
    graph.commit()
    assert len(graph) == 0


def test_update_store_adds_and_removes(service: Service, notes: Graph) -> None:
    subject, text = URIRef("urn:example:subject"), Literal('注 "quoted"\n\\ end', lang="zh")
    notes.add((subject, RDFS.comment, text))
    notes.add((subject, RDFS.label, Literal("plain")))
    notes.commit()
    assert set(notes) == {(subject, RDFS.comment, text), (subject, RDFS.label, Literal("plain"))}
    reader = Graph(SPARQLStore(service.sparql), identifier=notes.identifier)
    assert set(reader.objects(subject, RDFS.comment)) == {text}
    notes.remove((subject, RDFS.comment, None))
    notes.commit()
    assert set(reader) == {(subject, RDFS.label, Literal("plain"))}


def test_update_store_runs_updates(notes: Graph) -> None:
    notes.update("INSERT DATA { <urn:example:a> rdfs:label 'a' . <urn:example:b> rdfs:label 'b' }")
    notes.update("DELETE { ?s rdfs:label ?l } INSERT { ?s rdfs:label 'c' } WHERE { ?s rdfs:label ?l FILTER(?l = 'b') }")
    assert {str(label) for label in notes.objects(None, RDFS.label)} == {"a", "c"}
