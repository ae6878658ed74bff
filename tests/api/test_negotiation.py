from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient

from api.formats import GRAPH_OFFERS, RESULT_OFFERS, named
from api.negotiation import Offer, acceptable, names, preferred_language
from tests.api.helpers import BROWSER

SELECT = "SELECT ?s { ?s a pkg:Policy }"
CONSTRUCT = "CONSTRUCT { ?s a pkg:Policy } WHERE { ?s a pkg:Policy }"
ASK = "ASK { ?s a pkg:Policy }"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"

CASES: list[tuple[str, str | None, str | None]] = [
    # query, Accept, Content-Type without its charset; None is 406
    (SELECT, None, JSON),
    (SELECT, "*/*", JSON),
    (SELECT, "application/sparql-results+xml", XML),
    (SELECT, "text/csv", "text/csv"),
    (SELECT, "text/tab-separated-values", "text/tab-separated-values"),
    (SELECT, "text/*", "text/csv"),
    (SELECT, "application/json", "application/json"),
    (SELECT, "application/xml", "application/xml"),
    (SELECT, BROWSER, JSON),
    (SELECT, "text/csv;q=0.4, application/sparql-results+xml;q=0.8", XML),
    (SELECT, "TEXT/CSV", "text/csv"),
    (SELECT, "text/csv; charset=utf-8; q=1.0", "text/csv"),
    (SELECT, "application/sparql-results+json;q=0, */*;q=0.1", XML),
    (SELECT, "application/*;q=0.2, text/csv;q=0.3", "text/csv"),
    (SELECT, "image/png", None),
    (SELECT, "text/turtle", None),
    (SELECT, "application/sparql-results+json;q=0", None),
    (SELECT, "nonsense", JSON),
    (ASK, "text/csv, application/sparql-results+xml;q=0.5", XML),
    (ASK, "text/csv", None),
    (CONSTRUCT, None, "text/turtle"),
    (CONSTRUCT, "*/*", "text/turtle"),
    (CONSTRUCT, "application/n-triples", "application/n-triples"),
    (CONSTRUCT, 'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded, x"', "application/ld+json"),
    (CONSTRUCT, "application/rdf+xml, text/turtle;q=0.9", "application/rdf+xml"),
    (CONSTRUCT, "application/json", "application/json"),
    (CONSTRUCT, BROWSER, "text/turtle"),
    (CONSTRUCT, "text/csv", None),
]


def test_the_table_has_enough_cases() -> None:
    assert len(CASES) >= 20
    assert len([case for case in CASES if case[2] is None]) >= 4


@pytest.mark.parametrize(("query", "accept", "expected"), CASES)
def test_sparql_answers_in_the_format_that_is_liked_best(
    client: TestClient, query: str, accept: str | None, expected: str | None
) -> None:
    response = client.get("/sparql", params={"query": query}, headers={"accept": accept or ""} if accept else {})
    if expected is None:
        assert response.status_code == 406
        assert response.json()["supported"]
    else:
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].partition(";")[0] == expected
        assert "Accept" in response.headers["vary"]


def test_the_most_specific_range_decides() -> None:
    offers = [Offer("a", "text/a"), Offer("b", "text/b")]
    assert [offer.value for offer in acceptable("text/*;q=0.9, text/a;q=0.1", offers)] == ["b", "a"]
    assert [offer.value for offer in acceptable("*/*, text/b;q=0", offers)] == ["a"]


def test_unreadable_qualities_are_refusals() -> None:
    assert acceptable("text/a;q=5, text/b;q=x", [Offer("a", "text/a"), Offer("b", "text/b")]) == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("fr", None),
        ("*", None),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("fr, en;q=0.2, zh;q=0.1", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("ZH-Hant", "zh"),
    ],
)
def test_the_language_is_the_one_of_ours_that_is_liked_best(header: str | None, expected: str | None) -> None:
    assert preferred_language(header) == expected


def test_a_browser_is_known_by_naming_html() -> None:
    assert names(BROWSER, "text/html")
    assert not names("*/*", "text/html")
    assert not names("text/html;q=0", "text/html")


@pytest.mark.parametrize(
    "name", ["json", "xml", "csv", "tsv", "ttl", "turtle", "nt", "jsonld", "rdf+xml", "text/turtle"]
)
def test_formats_go_by_the_names_that_clients_send(name: str) -> None:
    assert named(name) is not None


def test_every_format_has_an_offer() -> None:
    assert {offer.value.short for offer in RESULT_OFFERS} == {"json", "xml", "csv", "tsv"}
    assert {offer.value.short for offer in GRAPH_OFFERS} == {"ttl", "nt", "jsonld", "rdfxml"}


@pytest.mark.parametrize("name", ["accept", "accept-language"])
@pytest.mark.parametrize("path", ["/limits", "/api/v1", "/sparql"])
def test_no_header_takes_a_time_that_grows_with_its_square(client: TestClient, name: str, path: str) -> None:
    """Found by an attack: one header of 16 KB stopped everybody for nine seconds."""
    for value in ('"' + '\\"' * 8000, ";a=" * 5000, "a," * 8000, '"' * 16000, ";" * 16000, "; " * 8000 + "="):
        began = time.monotonic()
        client.get(path, headers={name: value})
        assert time.monotonic() - began < 2


def test_a_quoted_comma_is_no_end_of_an_element() -> None:
    offers = [Offer("ttl", "text/turtle"), Offer("json", "application/json")]
    header = 'text/turtle;profile="a,b\\"c";q=0.1, application/json;q=0.9'
    assert [offer.value for offer in acceptable(header, offers)] == ["json", "ttl"]
