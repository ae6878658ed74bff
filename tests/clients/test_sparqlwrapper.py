"""SPARQLWrapper, as its users write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from rdflib import RDFS, Graph, Literal, URIRef
from rdflib.namespace import SKOS as SKOS_
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, Unauthorized

from tests.clients import facts
from tests.clients.conftest import Service

pytestmark = [
    pytest.mark.xdist_group("clients"),
    # SPARQLWrapper, and rdflib's reader of JSON-LD, are not up to date with rdflib
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]


def client(service: Service, query: str, format: str = JSON) -> SPARQLWrapper:
    wrapper = SPARQLWrapper(service.sparql)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(format)
    return wrapper


def converted(wrapper: SPARQLWrapper) -> Any:
    return wrapper.query().convert()


def by_get(wrapper: SPARQLWrapper) -> None:
    wrapper.setMethod(GET)


def by_form(wrapper: SPARQLWrapper) -> None:
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(URLENCODED)


def directly(wrapper: SPARQLWrapper) -> None:
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(POSTDIRECTLY)


@pytest.mark.parametrize("send", [by_get, by_form, directly])
def test_select_as_json(service: Service, send: Callable[[SPARQLWrapper], None]) -> None:
    wrapper = client(service, facts.SELECT_LABELS)
    send(wrapper)
    found = converted(wrapper)
    assert found["head"]["vars"] == ["label"]
    labels = [row["label"] for row in found["results"]["bindings"]]
    assert {(label["value"], label["xml:lang"]) for label in labels} == facts.LABELS
    assert {label["type"] for label in labels} == {"literal"}


def test_select_as_xml(service: Service) -> None:
    document = converted(client(service, facts.SELECT_LABELS, XML))
    literals = document.getElementsByTagName("literal")
    assert {(each.firstChild.data, each.getAttribute("xml:lang")) for each in literals} == facts.LABELS
    document.unlink()


@pytest.mark.parametrize(("format", "delimiter", "header"), [(CSV, ",", "label"), (TSV, "\t", "?label")])
def test_select_as_csv_and_tsv(service: Service, format: str, delimiter: str, header: str) -> None:
    text = converted(client(service, facts.SELECT_LABELS, format)).decode("utf-8")
    first, *rows = csv.reader(io.StringIO(text), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    assert first == [header]
    expected = {value if format == CSV else f'"{value}"@{language}' for value, language in facts.LABELS}
    assert {row[0] for row in rows} == expected


def test_number_keeps_value_and_type(service: Service) -> None:
    (row,) = converted(client(service, facts.NUMBER))["results"]["bindings"]
    assert row["value"]["datatype"] == f"{facts.XSD}decimal"
    assert float(row["value"]["value"]) == 60


@pytest.mark.parametrize(("query", "expected"), [(facts.ASK_TRUE, True), (facts.ASK_FALSE, False)])
def test_ask(service: Service, query: str, expected: bool) -> None:
    assert converted(client(service, query))["boolean"] is expected
    document = converted(client(service, query, XML))
    assert document.getElementsByTagName("boolean")[0].firstChild.data == str(expected).lower()
    document.unlink()


@pytest.mark.parametrize("format", [TURTLE, RDFXML, JSONLD, N3])
def test_construct(service: Service, format: str) -> None:
    found = converted(client(service, facts.CONSTRUCT, format))
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    sector = URIRef(facts.HEALTHCARE)
    expected = {(sector, RDFS.label, Literal(value, lang=language)) for value, language in facts.LABELS}
    assert set(graph) == {*expected, (sector, SKOS_.broader, URIRef(facts.LIVELIHOOD))}


def test_describe(service: Service) -> None:
    graph = Graph().parse(data=converted(client(service, f"DESCRIBE <{facts.HEALTHCARE}>", TURTLE)), format="turtle")
    assert (URIRef(facts.HEALTHCARE), RDFS.label, Literal("医疗", lang="zh")) in graph


def test_dataset_parameters(service: Service) -> None:
    wrapper = client(service, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    whole = converted(wrapper)["results"]["bindings"][0]["n"]["value"]
    wrapper.addDefaultGraph(facts.VOCABULARIES)
    part = converted(wrapper)["results"]["bindings"][0]["n"]["value"]
    assert 0 < int(part) < int(whole)
    ask = client(service, f"ASK {{ GRAPH <{facts.VOCABULARIES}> {{ ?s ?p ?o }} FILTER NOT EXISTS {{ ?a ?b ?c }} }}")
    ask.addNamedGraph(facts.VOCABULARIES)
    assert converted(ask)["boolean"] is True


def test_syntax_error_says_where(service: Service) -> None:
    with pytest.raises(QueryBadFormed, match="QueryBadFormed") as caught:
        client(service, facts.BROKEN).query()
    said = str(caught.value)
    assert "query-syntax" in said
    assert "Line 3, column" in said


def updating(service: Service, text: str) -> SPARQLWrapper:
    wrapper = client(service, text)
    wrapper.setMethod(POST)
    return wrapper


@pytest.mark.parametrize("send", [by_form, directly])
def test_update_with_token(service: Service, send: Callable[[SPARQLWrapper], None]) -> None:
    graph = facts.graph_of_test(f"wrapper-{send.__name__}")
    insertion = updating(
        service, f'INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <{facts.RDFS}comment> "注 + & %20"@zh }} }}'
    )
    insertion.addCustomHttpHeader("Authorization", f"Bearer {service.token}")
    send(insertion)
    assert insertion.isSparqlUpdateRequest()
    insertion.query()
    (row,) = converted(client(service, f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"))["results"]["bindings"]
    assert row["o"] == {"type": "literal", "value": "注 + & %20", "xml:lang": "zh"}


def test_update_without_token_is_refused(service: Service) -> None:
    graph = facts.graph_of_test("wrapper-refused")
    with pytest.raises(Unauthorized):
        updating(service, f'INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <{facts.RDFS}comment> "no" }} }}').query()
    assert converted(client(service, f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"))["boolean"] is False
