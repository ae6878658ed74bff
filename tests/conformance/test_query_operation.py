"""The query operation of the SPARQL 1.1 Protocol (section 2.1), case by case."""

from __future__ import annotations

import json

import pytest

from tests.conformance.asking import FORM, NAMED, OBJECTS, QUERY, assert_problem, form, get, objects, path_of
from tests.conformance.client import Headers, Target

pytestmark = pytest.mark.xdist_group("protocol")

G1, G2 = "urn:g:1", "urn:g:2"
DEFAULT, NAMED_GRAPH = "default-graph-uri", "named-graph-uri"


def test_query_by_get_by_form_and_directly(target: Target) -> None:
    text = 'SELECT ?o { ?s ?p ?o FILTER(?o != "% + & é 注") }'
    answers = [
        get(target, ("query", text)),
        target.send("POST", path_of(target), [FORM], form(("query", text))),
        target.send("POST", path_of(target), [QUERY], text.encode()),
    ]
    assert [objects(answer) for answer in answers] == [{"default"}] * 3
    assert len({answer.body for answer in answers}) == 1


@pytest.mark.parametrize(
    ("dataset", "query", "expected"),
    [
        ([], OBJECTS, {"default"}),
        ([], NAMED, {"one", "two"}),
        ([(DEFAULT, G1)], OBJECTS, {"one"}),
        ([(DEFAULT, G1)], NAMED, set()),
        ([(DEFAULT, G1), (DEFAULT, G2)], OBJECTS, {"one", "two"}),
        ([(NAMED_GRAPH, G1)], OBJECTS, set()),
        ([(NAMED_GRAPH, G1)], NAMED, {"one"}),
        ([(NAMED_GRAPH, G1), (NAMED_GRAPH, G2)], NAMED, {"one", "two"}),
        ([(DEFAULT, G1), (NAMED_GRAPH, G2)], OBJECTS, {"one"}),
        ([(DEFAULT, G1), (NAMED_GRAPH, G2)], NAMED, {"two"}),
        ([(DEFAULT, "urn:g:absent")], OBJECTS, set()),
        ([], f"SELECT ?o FROM <{G1}> {{ ?s ?p ?o }}", {"one"}),
        ([], f"SELECT ?o FROM <{G1}> FROM <{G2}> {{ ?s ?p ?o }}", {"one", "two"}),
        ([], f"SELECT ?o FROM NAMED <{G2}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", {"two"}),
        ([], f"SELECT ?o FROM NAMED <{G2}> {{ ?s ?p ?o }}", set()),
        ([(DEFAULT, G2)], f"SELECT ?o FROM <{G1}> {{ ?s ?p ?o }}", {"two"}),
        ([(NAMED_GRAPH, G2)], f"SELECT ?o FROM <{G1}> {{ ?s ?p ?o }}", set()),
        ([(DEFAULT, G2)], f"SELECT ?o FROM NAMED <{G1}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", set()),
    ],
)
def test_dataset_by_every_way(target: Target, dataset: list[tuple[str, str]], query: str, expected: set[str]) -> None:
    both = [("query", query), *dataset]
    assert objects(get(target, *both)) == expected
    assert objects(target.send("POST", path_of(target), [FORM], form(*both))) == expected
    assert objects(target.send("POST", path_of(target, *dataset), [FORM], form(("query", query)))) == expected
    assert objects(target.send("POST", path_of(target, *dataset), [QUERY], query.encode())) == expected


def test_two_default_graphs_are_merged_without_doubles(target: Target) -> None:
    target.loaded = None
    assert target.update(f'INSERT DATA {{ GRAPH <{G2}> {{ <urn:s> <urn:p> "one" }} }}').status == 200
    query = "SELECT (COUNT(*) AS ?o) { ?s ?p ?o }"
    assert objects(get(target, ("query", query), (DEFAULT, G1), (DEFAULT, G2))) == {"2"}


@pytest.mark.parametrize("name", [DEFAULT, NAMED_GRAPH])
@pytest.mark.parametrize("iri", ["relative", "", "urn:g:1> {} #", "http://exa mple/"])
def test_graphs_are_named_by_absolute_iris(target: Target, name: str, iri: str) -> None:
    problem = assert_problem(get(target, ("query", OBJECTS), (name, iri)), 400, "bad-parameter")
    assert problem["parameter"] == name


def test_a_graph_on_the_web_is_not_fetched(target: Target) -> None:
    for pairs in (
        [("query", OBJECTS), (DEFAULT, "http://127.0.0.1:9/g")],
        [("query", "SELECT ?o FROM <http://127.0.0.1:9/g> { ?s ?p ?o }")],
    ):
        assert get(target, *pairs).status == 403


def test_several_queries_are_refused(target: Target) -> None:
    twice = [("query", OBJECTS), ("query", NAMED)]
    assert_problem(get(target, *twice), 400, "malformed-request")
    assert_problem(target.send("POST", path_of(target), [FORM], form(*twice)), 400, "malformed-request")
    here_and_there = target.send("POST", path_of(target, twice[0]), [FORM], form(twice[1]))
    assert_problem(here_and_there, 400, "malformed-request")
    assert_problem(target.send("POST", path_of(target, twice[0]), [QUERY], NAMED.encode()), 400, "malformed-request")


def test_query_and_update_together_are_refused(target: Target) -> None:
    both = [("query", OBJECTS), ("update", "DROP ALL")]
    reply = target.send("POST", path_of(target), [FORM, *target.authorization], form(*both))
    assert_problem(reply, 400, "malformed-request")
    assert objects(target.query(OBJECTS)) == {"default"}


@pytest.mark.parametrize("body", [b"", b"other=1", b"format=json"])
def test_a_form_without_query_is_refused(target: Target, body: bytes) -> None:
    assert_problem(target.send("POST", path_of(target), [FORM], body), 400, "malformed-request")


def test_an_empty_query_is_a_syntax_error(target: Target) -> None:
    assert_problem(get(target, ("query", "")), 400, "query-syntax")
    assert_problem(target.send("POST", path_of(target), [QUERY], b""), 400, "query-syntax")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Content-Type", "")],
        [("Content-Type", "text/plain")],
        [("Content-Type", "application/json")],
        [("Content-Type", "multipart/form-data; boundary=x")],
        [("Content-Type", "application/sparql-query; charset=utf-16")],
        [("Content-Type", "application/sparql-query; charset=latin-1")],
    ],
    ids=lambda headers: headers[0][1] if headers else "none",
)
def test_other_media_types_are_415(target: Target, headers: Headers) -> None:
    assert_problem(target.send("POST", path_of(target), headers, OBJECTS.encode()), 415, "unsupported-body")


@pytest.mark.parametrize(
    "media_type",
    [
        "application/sparql-query; charset=utf-8",
        'application/sparql-query;charset="UTF-8"',
        "Application/SPARQL-Query",
        "application/sparql-query ; profile=x; charset=utf-8",
    ],
)
def test_media_types_have_case_and_parameters(target: Target, media_type: str) -> None:
    reply = target.send("POST", path_of(target), [("Content-Type", media_type)], OBJECTS.encode())
    assert objects(reply) == {"default"}


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (QUERY, b'ASK { ?s ?p "\xff" }'),
        (QUERY, "ASK {}".encode("utf-16")),
        (FORM, b"query=ASK+%7B+%3Fs+%3Fp+%22%FF%22+%7D"),
    ],
)
def test_a_body_that_is_not_utf8_is_malformed(target: Target, header: tuple[str, str], body: bytes) -> None:
    assert_problem(target.send("POST", path_of(target), [header], body), 400, "malformed-request")


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("SELECT * WHERE {\n  ?s ?p\n}", 3),
        ("SELEKT * {}", 1),
        ("SELECT * {} \n\n extra", 3),
        ("# 注释\nSELECT ?x { FILTER(?x <> 注) }", 2),
        ("SELECT * { ?s nope:p ?o }", 1),
    ],
)
def test_a_syntax_error_says_where(target: Target, query: str, line: int) -> None:
    problem = assert_problem(get(target, ("query", query)), 400, "query-syntax")
    assert problem["line"] == line
    assert 1 <= problem["column"] <= len(query.split("\n")[line - 1]) + 1


def test_an_update_is_no_query(target: Target) -> None:
    assert_problem(get(target, ("query", "DROP ALL")), 400, "query-syntax")
    assert objects(target.query(OBJECTS)) == {"default"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_405(target: Target, method: str) -> None:
    reply = target.send(method, path_of(target, ("query", OBJECTS)), [QUERY], b"")
    assert_problem(reply, 405, "wrong-method")
    assert {"GET", "HEAD", "POST"} <= set(reply.headers["allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("pairs", [[("query", OBJECTS)], [("query", "SELEKT")], []])
def test_head_is_get_without_the_body(target: Target, pairs: list[tuple[str, str]]) -> None:
    got, head = (target.send(method, path_of(target, *pairs)) for method in ("GET", "HEAD"))
    assert head.status == got.status
    assert head.body == b""
    own = {"date", "x-request-id", "server-timing", "content-length"}
    assert {k: v for k, v in head.headers.items() if k not in own} == {
        k: v for k, v in got.headers.items() if k not in own
    }
    assert head.headers["content-length"] == str(len(got.body))


def test_an_answer_known_to_the_client_is_304(target: Target) -> None:
    tag = get(target, ("query", OBJECTS)).headers["etag"]
    again = get(target, ("query", OBJECTS), headers=[("If-None-Match", tag)])
    assert (again.status, again.body) == (304, b"")
    assert get(target, ("query", NAMED), headers=[("If-None-Match", tag)]).status == 200


@pytest.mark.parametrize("timeout", ["0", "-1", "soon", "nan", "inf", ""])
def test_a_deadline_is_a_number_above_0(target: Target, timeout: str) -> None:
    problem = assert_problem(get(target, ("query", OBJECTS), ("timeout", timeout)), 400, "bad-parameter")
    assert problem["parameter"] == "timeout"


def test_a_deadline_may_be_given(target: Target) -> None:
    assert objects(get(target, ("query", OBJECTS), ("timeout", "2.5"))) == {"default"}


def test_without_a_query_the_service_describes_itself(target: Target) -> None:
    reply = get(target)
    assert (reply.status, reply.media_type) == (200, "text/turtle")
    assert f"{target.url}{target.query_path}" in reply.text
    described = get(target, headers=[("Accept", "application/ld+json")])
    assert described.media_type == "application/ld+json"
    assert json.loads(described.body)
