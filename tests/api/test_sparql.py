from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import BROWSER, Page, assert_problem

ASK = "ASK { ?s a pkg:Policy }"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
ONTOLOGY = "https://w3id.org/policy-kg/graph/ontology"
SOURCE = "https://w3id.org/policy-kg/graph/source/dayoo-20240607"


def test_a_query_is_answered_by_get_form_and_body(client: TestClient) -> None:
    answers = [
        client.get("/sparql", params={"query": ASK}),
        client.post("/sparql", data={"query": ASK}),
        client.post("/sparql", content=ASK, headers={"content-type": QUERY}),
        client.post("/sparql", content=ASK, headers={"content-type": f"{QUERY}; charset=UTF-8"}),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"head": {}, "boolean": True}
        assert answer.headers["etag"]
        assert answer.headers["x-revision"]


def test_percent_and_plus_are_decoded_once(client: TestClient) -> None:
    query = "SELECT (STR(<http://example.com/a%20b>) AS ?iri) (1+1 AS ?sum) ('100%+' AS ?text) {}"
    expected = "iri,sum,text\r\nhttp://example.com/a%20b,2,100%+\r\n"
    assert client.get("/sparql", params={"query": query, "format": "csv"}).text == expected
    assert client.post("/sparql", data={"query": query, "format": "csv"}).text == expected


@pytest.mark.parametrize(
    ("format", "start"),
    [("json", '{"head"'), ("xml", "<?xml"), ("csv", "s\r\n"), ("tsv", "?s\n")],
)
def test_format_wins_over_accept(client: TestClient, format: str, start: str) -> None:
    parameters = {"query": "SELECT ?s { ?s a pkg:Policy }", "format": format}
    answer = client.get("/sparql", params=parameters, headers={"accept": "image/png"})
    assert answer.status_code == 200
    assert answer.text.startswith(start)


def test_a_format_that_cannot_hold_the_answer_is_406(client: TestClient) -> None:
    problem = assert_problem(client.get("/sparql", params={"query": ASK, "format": "ttl"}), 406, "unsupported-format")
    assert "json" in problem["supported"]


def test_an_unknown_format_is_400(client: TestClient) -> None:
    problem = assert_problem(client.get("/sparql", params={"query": ASK, "format": "xlsx"}), 400, "bad-parameter")
    assert problem["parameter"] == "format"


def test_a_syntax_error_says_line_and_column(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"})
    problem = assert_problem(response, 400, "query-syntax")
    assert problem["line"] == 2
    assert problem["column"] > 1
    chinese = client.get("/sparql", params={"query": "SELEC"}, headers={"accept-language": "zh"})
    assert assert_problem(chinese, 400, "query-syntax")["title"] == "查询语句有语法错误"


@pytest.mark.parametrize(
    "query", ["SELECT * { SERVICE <http://example.com/> { ?s ?p ?o } }", "ASK { \\u0053ervice ?s { ?s ?p ?o } }"]
)
def test_a_call_to_another_service_is_refused(client: TestClient, query: str) -> None:
    problem = assert_problem(client.get("/sparql", params={"query": query}), 403, "service-refused")
    assert problem["allowed"] == []


def test_a_graph_that_is_not_here_is_not_fetched(client: TestClient) -> None:
    query = "SELECT * FROM <http://example.com/graph> { ?s ?p ?o }"
    problem = assert_problem(client.get("/sparql", params={"query": query}), 403, "remote-graph-refused")
    assert problem["target"] == "http://example.com/graph"
    parameters = {"query": ASK, "named-graph-uri": "http://example.com/graph"}
    assert_problem(client.get("/sparql", params=parameters), 403, "remote-graph-refused")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("INSERT DATA { <urn:a> <urn:p> 1 }", 1, 1),
        ("# what for\nPREFIX a: <urn:a#>\n  delete where { ?s ?p ?o }", 3, 3),
        ("BASE <urn:x:> WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", 1, 15),
    ],
)
def test_an_update_that_is_sent_as_a_query_is_told_so(client: TestClient, text: str, line: int, column: int) -> None:
    problem = assert_problem(client.get("/sparql", params={"query": text}), 400, "query-syntax")
    assert (problem["line"], problem["column"]) == (line, column)
    assert "this is an update and no query: send it by POST as `update`, with a token" in problem["detail"]
    chinese = {"accept-language": "zh"}
    problem = assert_problem(client.get("/sparql", params={"query": text}, headers=chinese), 400, "query-syntax")
    assert f"第 {line} 行第 {column} 列：这是更新而不是查询" in problem["detail"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT", "此处不应出现该内容"),
        ("SELECT * { ?s a nope:Thing }", "前缀 nope: 未声明"),
        ("ASK { ?s ?p ?o", "此处"),
    ],
)
def test_what_is_wrong_with_a_query_is_said_in_chinese(client: TestClient, text: str, words: str) -> None:
    sent = client.get("/sparql", params={"query": text}, headers={"accept-language": "zh"})
    assert words in assert_problem(sent, 400, "query-syntax")["detail"]


def test_a_deadline_may_be_lowered_and_holds(client: TestClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    response = client.get("/sparql", params={"query": query, "timeout": "0.3"})
    problem = assert_problem(response, 504, "query-timeout")
    assert problem["limit"] == {"name": "time", "value": 0.3, "unit": "seconds"}
    for wrong in ("0", "-1", "nan", "soon"):
        assert_problem(client.get("/sparql", params={"query": ASK, "timeout": wrong}), 400, "bad-parameter")


def test_what_is_too_much_says_which_limit(client: TestClient) -> None:
    deep = client.post("/sparql", data={"query": "SELECT * " + "{" * 600 + "}" * 600})
    assert assert_problem(deep, 400, "query-too-complex")["limit"] == {
        "name": "nesting",
        "value": 500,
        "unit": "levels",
    }
    long = client.post("/sparql", data={"query": "ASK {} #" + "x" * 100_000})
    assert assert_problem(long, 400, "query-too-complex")["limit"]["name"] == "length"
    many = client.get("/sparql", params={"query": "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 300000"})
    assert assert_problem(many, 422, "limit-exceeded")["limit"]["name"] in {"rows", "bytes"}


def test_a_function_that_there_is_not_is_named(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": "SELECT (<urn:no-such>(1) AS ?x) {}"})
    assert assert_problem(response, 400, "unknown-function")["function"] == "urn:no-such"


def test_a_format_that_is_fallen_back_to_is_not_kept_as_the_first(client: TestClient) -> None:
    query = "ASK { ?fallback a pkg:Measure }"
    one = client.get("/sparql", params={"query": query}, headers={"accept": "text/csv, application/xml;q=0.5"})
    assert one.headers["content-type"] == "application/xml"
    assert_problem(
        client.get("/sparql", params={"query": query}, headers={"accept": "text/csv"}), 406, "unsupported-format"
    )


def test_a_large_answer_is_whole(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "SELECT ?s ?p ?o { ?s ?p ?o }", "format": "csv"})
    assert int(answer.headers["content-length"]) == len(answer.content) > 1 << 20
    count = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"})
    assert len(list(csv.reader(io.StringIO(answer.text)))) == int(count.text.split()[1]) + 1


def test_a_repeated_query_is_answered_from_the_cache(app: FastAPI, client: TestClient) -> None:
    query = "SELECT (COUNT(*) AS ?cached) { ?s a pkg:Target }"
    first = client.get("/sparql", params={"query": query})
    hits = app.state.cache.hits
    again = client.get("/sparql", params={"query": query})
    assert app.state.cache.hits == hits + 1
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])


def test_there_is_one_query_only(client: TestClient) -> None:
    assert_problem(client.get(f"/sparql?query={ASK}&query={ASK}"), 400, "malformed-request")
    body = client.post(f"/sparql?query={ASK}", content=ASK, headers={"content-type": QUERY})
    assert_problem(body, 400, "malformed-request")


def test_a_form_without_a_query_is_400(client: TestClient) -> None:
    assert_problem(client.post("/sparql", data={"format": "json"}), 400, "malformed-request")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", f"{QUERY}; charset=latin-1"])
def test_a_body_of_another_type_is_415(client: TestClient, kind: str) -> None:
    problem = assert_problem(
        client.post("/sparql", content=ASK, headers={"content-type": kind}), 415, "unsupported-body"
    )
    assert problem["supported"] == [FORM, QUERY, "application/sparql-update"]


@pytest.mark.parametrize("kind", [FORM, QUERY])
def test_a_body_that_is_not_utf8_is_400(client: TestClient, kind: str) -> None:
    response = client.post("/sparql", content=b"query=ASK\xff", headers={"content-type": kind})
    assert_problem(response, 400, "malformed-request")
    escaped = client.post("/sparql", content=b"query=ASK%FF", headers={"content-type": FORM})
    assert_problem(escaped, 400, "malformed-request")


def test_a_body_that_is_too_large_is_413(client: TestClient) -> None:
    for kind in (QUERY, FORM):
        response = client.post("/sparql", content=b"#" * (2 << 20), headers={"content-type": kind})
        assert assert_problem(response, 413, "too-large")["limit"]["unit"] == "bytes"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_405_and_told_which_are_allowed(client: TestClient, method: str) -> None:
    response = client.request(method, "/sparql")
    assert assert_problem(response, 405, "wrong-method")["allowed"] == ["GET", "HEAD", "POST"]
    assert response.headers["allow"] == "GET, HEAD, POST"


def test_the_dataset_of_the_protocol_replaces_the_default(client: TestClient) -> None:
    def count(pattern: str, **parameters: str | list[str]) -> int:
        query = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        answer = client.get("/sparql", params={"query": query, **parameters})
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    policy = "?s a pkg:Policy"
    assert count(policy) == 1
    assert count(policy, **{"default-graph-uri": ONTOLOGY}) == 0
    assert count(policy, **{"default-graph-uri": [ONTOLOGY, SOURCE]}) == 1
    assert count(policy, **{"named-graph-uri": SOURCE}) == 0
    assert count(f"GRAPH ?g {{ {policy} }}", **{"named-graph-uri": SOURCE}) == 1


def test_a_graph_that_is_no_iri_is_400(client: TestClient) -> None:
    for iri in ("relative", "http://a b"):
        response = client.get("/sparql", params={"query": ASK, "default-graph-uri": iri})
        assert assert_problem(response, 400, "bad-parameter")["parameter"] == "default-graph-uri"


def test_a_strict_default_graph_is_empty_but_look_ups_still_find(settings: Settings, revision: Revision) -> None:
    strict = replace(settings, default_graph="strict")
    with TestClient(create_app(strict, revision)) as client:
        assert client.get("/sparql", params={"query": ASK}).json()["boolean"] is False
        assert client.get("/sparql", params={"query": "ASK { GRAPH ?g { ?s a pkg:Policy } }"}).json()["boolean"] is True
        assert client.get("/api/v1/policies").json()["total"] == 1
        assert "UnionDefaultGraph" not in client.get("/sparql").text


def test_parameters_that_other_clients_add_are_let_pass(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": ASK, "output": "json", "results": "json", "timeout": "5"})
    assert answer.json()["boolean"] is True


def test_the_same_answer_has_the_same_etag(client: TestClient) -> None:
    first = client.get("/sparql", params={"query": ASK})
    again = client.get("/sparql", params={"query": ASK}, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    post = client.post("/sparql", data={"query": ASK}, headers={"if-none-match": first.headers["etag"]})
    assert post.status_code == 200


def test_answers_that_change_have_etags_that_change(client: TestClient) -> None:
    answers = [client.get("/sparql", params={"query": "SELECT (UUID() AS ?id) {}"}) for _ in range(2)]
    assert answers[0].headers["etag"] != answers[1].headers["etag"]


def test_without_a_query_the_service_describes_itself(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"accept": "text/turtle"})
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    for part in (
        "a sd:Service",
        "http://testserver/sparql",
        "SPARQL11Query",
        "UnionDefaultGraph",
    ):
        assert part in answer.text
    assert f"<{SOURCE}>" in answer.text
    assert client.get("/sparql", headers={"accept": "application/ld+json"}).json()
    assert (
        client.get("/sparql?format=nt", headers={"accept": BROWSER}).headers["content-type"] == "application/n-triples"
    )
    assert_problem(client.get("/sparql", headers={"accept": "image/png"}), 406, "not-acceptable")


def test_a_host_that_is_no_iri_does_not_get_into_the_description(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"accept": "text/turtle", "host": "a>.<urn:x> <urn:y> <urn:z> . <b"})
    assert "urn:x" not in answer.text


def test_a_browser_gets_a_form_that_works_without_script(client: TestClient) -> None:
    response = client.get("/sparql", headers={"accept": BROWSER})
    page = Page(response.text)
    assert ("form", {"action": "/sparql", "method": "get"}) in page.elements
    query = response.text.partition("required>")[2].partition("</textarea>")[0].replace("&#34;", '"')
    answer = client.get("/sparql", params={"query": query, "format": "json"})
    assert len(answer.json()["results"]["bindings"]) > 3


def test_a_token_that_is_none_does_not_let_a_form_be_longer(client: TestClient) -> None:
    """Found by an attack: any Authorization header did."""
    body = b"query=" + b"%41" * 1_000_000
    headers = {"content-type": FORM, "authorization": "Bearer of-nothing"}
    assert_problem(client.post("/sparql", content=body, headers=headers), 413, "too-large")


def test_a_query_that_is_not_utf8_is_400_by_get_too(client: TestClient) -> None:
    assert_problem(client.get("/sparql?query=SELECT%20(%22%E9%22%20AS%20?x)%20%7B%7D"), 400, "malformed-request")
