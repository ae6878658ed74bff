"""Queries as people ask them of this ontology: those of the benchmark, the competency questions, and some more."""

from __future__ import annotations

import pytest

from bench.mixes import mixes
from kg.engine import EmbeddedEngine
from tests.columns.comparing import Both, differing
from tests.conftest import ROOT

QUESTIONS = sorted((ROOT / "ontology" / "questions").glob("*.rq"))

ANALYSES = (
    "SELECT ?indicator (AVG(?v) AS ?mean) (MIN(?v) AS ?least) (SUM(?v) AS ?sum) { ?t pkg:hasIndicator ?indicator ;"
    " pkg:quantity/qudt:numericValue ?v } GROUP BY ?indicator",
    "SELECT ?sector (AVG(?v) AS ?mean) (COUNT(*) AS ?n) { ?m pkg:appliesToSector ?sector ; pkg:hasTarget ?t ."
    " ?t pkg:normalizedQuantity/qudt:numericValue ?v FILTER(?v > 100) } GROUP BY ?sector",
    "SELECT ?policy (COUNT(DISTINCT ?s) AS ?sectors) { ?m pkg:inPolicy ?policy ; pkg:appliesToSector/skos:broader* ?s }"
    " GROUP BY ?policy HAVING (COUNT(DISTINCT ?s) > 2) ORDER BY DESC(?sectors) ?policy LIMIT 7",
    "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n) ?c",
    "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?la (COUNT(*) AS ?n) { ?s rdfs:label ?l } GROUP BY (LANG(?l) AS ?la)",
    "SELECT ?y (COUNT(?p) AS ?n) { ?p dcterms:issued ?d FILTER(?d >= '2020-01-01'^^xsd:date) }"
    " GROUP BY (YEAR(?d) AS ?y)",
    "SELECT ?p ?r (COUNT(DISTINCT ?e) AS ?n) { ?e oa:hasBody ?st ; pkg:reading ?r ; oa:hasTarget ?c ."
    " ?st rdf:predicate ?p ; rdf:subject/a ?type } GROUP BY ?p ?r",
    "SELECT ?src (AVG(?e - ?s) AS ?length) (MAX(?e) AS ?most) { ?c oa:start ?s ; oa:end ?e ."
    " ?t oa:hasSelector ?c ; oa:hasSource ?src } GROUP BY ?src",
    "SELECT ?x (COUNT(?l) AS ?n) { ?x a pkg:Measure OPTIONAL { ?x pkg:hasTarget ?t . ?t rdfs:label ?l"
    " FILTER(LANG(?l) = 'en') } } GROUP BY ?x",
    "SELECT ?label (COUNT(DISTINCT ?m) AS ?n) { ?m pkg:appliesToSector ?s . ?s skos:broader+ ?top ."
    " ?top skos:prefLabel ?label FILTER(LANG(?label) = 'zh') } GROUP BY ?label",
    "SELECT ?kind (AVG(?n) AS ?mean) { ?m pkg:measureKind ?kind { SELECT ?m (COUNT(?e) AS ?n) { ?st rdf:subject ?m ."
    " ?e oa:hasBody ?st } GROUP BY ?m } } GROUP BY ?kind",
    "SELECT ?p (COUNT(?m) AS ?n) { ?m pkg:inPolicy ?p FILTER NOT EXISTS { ?m pkg:hasTarget ?t } } GROUP BY ?p",
    "SELECT ?s (COUNT(?m) AS ?n) { ?m pkg:touchesSector ?s MINUS { ?m pkg:appliesToSector ?s } } GROUP BY ?s",
    "SELECT DISTINCT ?top { ?s a pkg:Sector ; skos:broader* ?top }",
    "SELECT ?unit (MAX(?v) AS ?most) { { ?t pkg:quantity ?q } UNION { ?t pkg:normalizedQuantity ?q }"
    " ?q qudt:numericValue ?v ; qudt:hasUnit ?unit FILTER(?v >= 0.5) } GROUP BY ?unit",
)


@pytest.mark.parametrize("query", ANALYSES, ids=range(len(ANALYSES)))
def test_an_analysis_is_answered_as_oxigraph_does(both: Both, query: str) -> None:
    assert both.difference(query) == ""


def test_the_benchmarks_queries_are_answered_as_oxigraph_does(both: Both) -> None:
    taken = 0
    for mix in mixes(both.engine).values():
        for query in mix.queries:
            difference = both.difference(query)
            assert not difference, f"{query}\n{difference}"
            taken += difference is not None
            found = both.whatever(query)
            assert found is None or differing(found, both.expected(query)) == "", query
    assert taken >= 90


def test_competency_questions_are_answered_as_oxigraph_does(engine: EmbeddedEngine) -> None:
    both, taken, read = Both.of(engine), 0, 0
    assert len(QUESTIONS) >= 40
    for path in QUESTIONS:
        query = path.read_text(encoding="utf-8")
        difference = both.difference(query)
        assert not difference, f"{path.name}: {difference}"
        taken += difference is not None
        found = both.whatever(query)
        assert found is None or differing(found, both.expected(query)) == "", path.name
        read += found is not None
    assert taken >= 9, "of those with aggregates or paths of any length"
    assert read >= 23
