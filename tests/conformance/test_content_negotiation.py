"""Which format an answer has, by the Accept header: each case has a name."""

from __future__ import annotations

import pytest

from tests.conformance.asking import OBJECTS, assert_problem, get, path_of
from tests.conformance.client import Headers, Target

pytestmark = pytest.mark.xdist_group("protocol")

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
TURTLE, NTRIPLES, RDFXML, JSONLD = "text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
ASK = "ASK {}"

SELECT_CASES: dict[str, tuple[str | None, str]] = {
    "none": (None, JSON),
    "empty": ("", JSON),
    "star": ("*/*", JSON),
    "nothing that can be read": ("nonsense", JSON),
    "sub star": ("application/*", JSON),
    "text star": ("text/*", CSV),
    "json": (JSON, JSON),
    "xml": (XML, XML),
    "csv": (CSV, CSV),
    "tsv": (TSV, TSV),
    "plain json": ("application/json", "application/json"),
    "explicit priority": (f"{CSV};q=0.5, {XML};q=0.9, {JSON};q=0.7", XML),
    "explicit before star": (f"*/*;q=0.9, {TSV}", TSV),
    "star with refusal": (f"*/*, {JSON};q=0", XML),
    "most specific wins": (f"application/*;q=0.9, {JSON};q=0.1", XML),
    "equal quality keeps our order": (f"{XML}, {JSON}", JSON),
    "default quality is one": (f"{CSV}, {JSON};q=0.999", CSV),
    "three decimals": (f"{CSV};q=0.001, {TSV};q=0.002", TSV),
    "quality of zero point zero": (f"{CSV};q=0.000, {TSV};q=0.1", TSV),
    "other parameters": (f"{XML}; charset=utf-8", XML),
    "quoted parameter with comma": (f'text/x;a="b,{CSV}", {TSV}', TSV),
    "upper case": ("TEXT/CSV", CSV),
    "upper case q": (f"{CSV};Q=0.1, {TSV};Q=0.2", TSV),
    "white space": (f"  {CSV} ; q=0.1 ,\t{TSV} ; q=0.2 ", TSV),
    "empty elements": (f",, {CSV} ,", CSV),
    "unreadable quality is not wanted": (f"{CSV};q=high, {TSV};q=0.1", TSV),
    "unknown beside known": (f"image/png, {CSV};q=0.1", CSV),
    "graph formats beside": (f"{TURTLE}, {CSV};q=0.1", CSV),
    "jena": (
        f"{JSON}, {XML};q=0.9, {TSV};q=0.7, {CSV};q=0.5, application/json;q=0.2, application/xml;q=0.2, */*;q=0.1",
        JSON,
    ),
    "rdflib": (f"{XML}, application/rdf+xml", XML),
}

CONSTRUCT_CASES: dict[str, tuple[str | None, str]] = {
    "none": (None, TURTLE),
    "star": ("*/*", TURTLE),
    "turtle": (TURTLE, TURTLE),
    "n-triples": (NTRIPLES, NTRIPLES),
    "rdf/xml": (RDFXML, RDFXML),
    "json-ld": (JSONLD, JSONLD),
    "explicit priority": (f"{TURTLE};q=0.1, {RDFXML};q=0.3, {JSONLD};q=0.2", RDFXML),
    "star with refusal": (f"*/*, {TURTLE};q=0", NTRIPLES),
    "result formats beside": (f"{JSON}, {NTRIPLES};q=0.1", NTRIPLES),
}


def accepting(accept: str | None) -> Headers:
    return [] if accept is None else [("Accept", accept)]


@pytest.mark.parametrize(("accept", "expected"), SELECT_CASES.values(), ids=SELECT_CASES.keys())
def test_select(target: Target, accept: str | None, expected: str) -> None:
    reply = get(target, ("query", OBJECTS), headers=accepting(accept))
    assert (reply.status, reply.media_type) == (200, expected), reply.text
    assert "default" in reply.text
    assert "accept" in reply.headers["vary"].lower()


@pytest.mark.parametrize(("accept", "expected"), CONSTRUCT_CASES.values(), ids=CONSTRUCT_CASES.keys())
def test_construct(target: Target, accept: str | None, expected: str) -> None:
    reply = get(target, ("query", CONSTRUCT), headers=accepting(accept))
    assert (reply.status, reply.media_type) == (200, expected), reply.text
    assert "default" in reply.text
    assert "accept" in reply.headers["vary"].lower()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [(None, JSON), (f"{CSV}, {XML};q=0.1", XML), ("text/*, */*;q=0.1", "text/xml"), (f"{TURTLE}, {JSON};q=0.2", JSON)],
)
def test_ask_passes_over_formats_that_cannot_hold_it(target: Target, accept: str | None, expected: str) -> None:
    reply = get(target, ("query", ASK), headers=accepting(accept))
    assert (reply.status, reply.media_type) == (200, expected)
    assert "true" in reply.text


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (OBJECTS, "image/png"),
        (OBJECTS, "text/html"),
        (OBJECTS, TURTLE),
        (OBJECTS, "*/*;q=0"),
        (CONSTRUCT, CSV),
        (CONSTRUCT, JSON),
        (ASK, CSV),
        (ASK, f"{TSV}, {TURTLE}"),
    ],
)
def test_what_cannot_be_given_is_406(target: Target, query: str, accept: str) -> None:
    reply = get(target, ("query", query), headers=[("Accept", accept)])
    assert reply.status == 406
    assert reply.problem()["supported"]


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0"])
def test_a_problem_is_told_whatever_is_accepted(target: Target, accept: str) -> None:
    reply = get(target, ("query", "SELEKT"), headers=[("Accept", accept)])
    assert reply.status in {400, 406}
    reply.problem()


@pytest.mark.parametrize(("name", "expected"), [("json", JSON), ("xml", XML), ("csv", CSV), ("tsv", TSV)])
def test_format_wins_over_accept(target: Target, name: str, expected: str) -> None:
    reply = get(target, ("query", OBJECTS), ("format", name), headers=[("Accept", "image/png")])
    assert (reply.status, reply.media_type) == (200, expected)


def test_an_unknown_format_is_refused(target: Target) -> None:
    problem = assert_problem(get(target, ("query", OBJECTS), ("format", "pdf")), 400, "bad-parameter")
    assert problem["parameter"] == "format"


@pytest.mark.parametrize("accept", [CSV, TSV, TURTLE])
def test_text_says_that_it_is_utf8(target: Target, accept: str) -> None:
    reply = get(target, ("query", CONSTRUCT if accept == TURTLE else OBJECTS), headers=[("Accept", accept)])
    assert reply.headers["content-type"].lower().replace(" ", "") == f"{accept};charset=utf-8"


def test_any_origin_may_read(target: Target) -> None:
    reply = get(target, ("query", OBJECTS), headers=[("Origin", "https://example.org")])
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    exposed = reply.headers["access-control-expose-headers"].lower()
    assert all(name in exposed for name in ("etag", "link", "location"))


def test_any_origin_may_read_problems(target: Target) -> None:
    reply = get(target, ("query", "SELEKT"), headers=[("Origin", "https://example.org")])
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (400, "*")


@pytest.mark.parametrize("path", ["/sparql", "/store"])
def test_preflight(target: Target, path: str) -> None:
    asked = [
        ("Origin", "https://example.org"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type, authorization"),
    ]
    reply = target.send("OPTIONS", path, asked)
    assert reply.status in {200, 204}
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "POST" in reply.headers["access-control-allow-methods"]
    assert {"content-type", "authorization"} <= {
        name.strip().lower() for name in reply.headers["access-control-allow-headers"].split(",")
    }
    assert "access-control-allow-credentials" not in reply.headers


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/sparql", {"GET", "HEAD", "POST", "OPTIONS"}), ("/store", {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"})],
)
def test_options_names_the_methods(target: Target, path: str, allowed: set[str]) -> None:
    reply = target.send("OPTIONS", path)
    assert reply.status in {200, 204}
    assert set(reply.headers["allow"].replace(" ", "").split(",")) == allowed
    assert path_of(target) == "/sparql"
