"""Queries over real HTTP: the columns answer what is theirs, and everything else is answered as without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.revisions import RevisionStore
from kg.settings import Settings
from tests.api.operations.test_replays import MANIFEST, Reply, Served, serving
from tests.columns.comparing import differing
from tests.columns.conftest import Graphs

MEAN = """SELECT ?indicator ?year (COUNT(?t) AS ?targets) (AVG(?value) AS ?mean) (MAX(?value) AS ?most) WHERE {
  ?t pkg:hasIndicator ?indicator ; pkg:deadline/time:inXSDgYear ?year ; pkg:normalizedQuantity/qudt:numericValue ?value
  FILTER(?year >= "2026"^^xsd:gYear) } GROUP BY ?indicator ?year ORDER BY ?indicator ?year"""
TREE = """SELECT ?measure ?top WHERE { ?measure pkg:appliesToSector ?sector . ?sector skos:broader* ?top }"""
TAKEN = (
    MEAN,
    TREE,
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c OPTIONAL { ?s rdfs:label ?l } } GROUP BY ?c HAVING (COUNT(?l) > 3)",
)
LEFT = (
    "SELECT ?s { ?s a pkg:Sector }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s a pkg:Sector } }",
    "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/policy-kg/graph/ontology> { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s rdfs:label ?l FILTER(REGEX(?l, 'a')) }",
    "SELECT (SAMPLE(?c) AS ?any) { ?s a ?c FILTER(?c = pkg:Sector) }",
    "SELECT (GROUP_CONCAT(?n) AS ?all) { ?s a pkg:Sector BIND(1 AS ?n) }",
    "ASK { ?s skos:broader+ ?t }",
    "CONSTRUCT { ?s skos:broader ?t } { ?s skos:broader+ ?t }",
)
COUNTER = "kg_columns_queries_total"


@dataclass(frozen=True)
class Asked:
    """A server with columns, and one without."""

    with_columns: Served
    without: Served


def get(served: Served, query: str, accept: str = "application/sparql-results+json, text/turtle") -> Reply:
    with served.connect() as wire:
        return served.ask(wire, f"/sparql?query={quote(query, safe='')}", f"Accept: {accept}")


@pytest.fixture(scope="module")
def asked(corpus: Graphs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder: Path = tmp_path_factory.mktemp("columns") / "store"
    revision = RevisionStore(folder).publish(corpus, MANIFEST)
    with (
        serving(Settings(store=folder, columns_quads=10_000, max_rows=5000), revision) as one,
        serving(Settings(store=folder, columns_quads=0, max_rows=5000), revision) as other,
    ):
        yield Asked(one, other)


@pytest.mark.parametrize("query", TAKEN, ids=range(len(TAKEN)))
def test_analytical_queries_are_answered_from_columns(asked: Asked, query: str) -> None:
    before = asked.with_columns.value(COUNTER, outcome="answered")
    found, expected = get(asked.with_columns, query), get(asked.without, query)
    assert (found.status, expected.status) == (200, 200)
    assert asked.with_columns.value(COUNTER, outcome="answered") == before + 1
    assert differing(found.body, expected.body) == ""
    assert found.header("content-type") == expected.header("content-type")
    assert asked.without.value(COUNTER, outcome="answered") == 0


@pytest.mark.parametrize("query", LEFT, ids=range(len(LEFT)))
def test_what_is_refused_is_answered_as_without_columns(asked: Asked, query: str) -> None:
    before = asked.with_columns.value(COUNTER, outcome="answered")
    found, expected = get(asked.with_columns, query), get(asked.without, query)
    assert (found.status, expected.status) == (200, 200)
    assert asked.with_columns.value(COUNTER, outcome="answered") == before
    assert asked.with_columns.value(COUNTER, outcome="failed") == 0
    assert sorted(found.body.split(b"},{")) == sorted(expected.body.split(b"},{"))


@pytest.mark.parametrize("media_type", ["text/csv", "text/tab-separated-values", "application/sparql-results+xml"])
def test_other_formats_are_the_engines(asked: Asked, media_type: str) -> None:
    before = asked.with_columns.value(COUNTER, outcome="answered")
    found, expected = get(asked.with_columns, TREE, media_type), get(asked.without, TREE, media_type)
    assert found.status == 200
    assert sorted(found.body.splitlines()) == sorted(expected.body.splitlines())
    assert asked.with_columns.value(COUNTER, outcome="answered") == before


def test_the_limit_of_rows_holds(asked: Asked) -> None:
    query = "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s"
    found, expected = get(asked.with_columns, query), get(asked.without, query)
    assert found.status == expected.status == 422
    assert found.json["limit"] == expected.json["limit"]
    assert get(asked.with_columns, TAKEN[2]).status == 200


def test_a_syntax_error_is_the_engines(asked: Asked) -> None:
    query = "SELECT ?x (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"
    found, expected = get(asked.with_columns, query), get(asked.without, query)
    assert found.status == expected.status == 400
    assert found.json["line"] == expected.json["line"]
