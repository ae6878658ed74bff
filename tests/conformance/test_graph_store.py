"""The SPARQL 1.1 Graph Store HTTP Protocol, case by case."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from rdflib import Graph, Literal, URIRef

from tests.conformance.asking import OBJECTS, assert_problem, held, objects
from tests.conformance.client import Headers, Reply, Target

pytestmark = [
    pytest.mark.xdist_group("protocol"),
    # rdflib's reader of JSON-LD is itself not up to date with rdflib
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]

G1, NEW = "urn:g:1", "http://example.org/graph?x=1&y=%20#注"
TURTLE = ("Content-Type", "text/turtle")
BODY = '<urn:s> <urn:p> "new", "注"@zh .'.encode()


@pytest.fixture
def target(target: Target) -> Target:
    """What a test writes is replaced before the next one."""
    target.loaded = None
    return target


def at(graph: str) -> str:
    return f"/store?graph={quote(graph, safe='')}"


def put(target: Target, path: str, body: bytes = BODY, header: tuple[str, str] = TURTLE) -> Reply:
    return target.send("PUT", path, [header, *target.authorization], body)


def post(target: Target, path: str, body: bytes = BODY, header: tuple[str, str] = TURTLE) -> Reply:
    return target.send("POST", path, [header, *target.authorization], body)


def read(target: Target, path: str) -> set[str]:
    reply = target.send("GET", path, [("Accept", "application/n-triples")])
    assert reply.status == 200, reply.text
    return {str(o) for o in Graph().parse(data=reply.body, format="nt").objects()}


def test_read_a_named_graph_and_the_default_graph(target: Target) -> None:
    assert read(target, at(G1)) == {"one"}
    assert read(target, "/store?default") == {"default"}
    assert read(target, "/store?default=") == {"default"}


@pytest.mark.parametrize(
    ("accept", "media_type", "format"),
    [
        (None, "text/turtle", "turtle"),
        ("*/*", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("application/ld+json, text/turtle;q=0.9", "application/ld+json", "json-ld"),
    ],
)
def test_formats_of_a_graph(target: Target, accept: str | None, media_type: str, format: str) -> None:
    reply = target.send("GET", at(G1), [] if accept is None else [("Accept", accept)])
    assert (reply.status, reply.media_type) == (200, media_type)
    found = set(Graph().parse(data=reply.body, format=format))
    assert found == {(URIRef("urn:s"), URIRef("urn:p"), Literal("one"))}
    assert "accept" in reply.headers["vary"].lower()
    assert reply.headers["etag"]


def test_a_format_that_there_is_not_is_406(target: Target) -> None:
    assert target.send("GET", at(G1), [("Accept", "text/csv")]).status == 406


@pytest.mark.parametrize("path", [at(G1), "/store?default", at("urn:g:absent")])
def test_head_is_get_without_the_body(target: Target, path: str) -> None:
    got, head = (target.send(method, path) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (got.status, b"")
    names = {"content-type", "etag", "vary", "x-revision"} & got.headers.keys()
    assert {name: head.headers.get(name) for name in names} == {name: got.headers[name] for name in names}
    assert head.headers["content-length"] == str(len(got.body))


def test_a_graph_that_there_is_not_is_404(target: Target) -> None:
    reply = target.send("GET", at("urn:g:absent"))
    assert reply.status == 404
    reply.problem()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "query",
    [
        f"?default&graph={G1}",
        f"?graph={G1}&graph=urn:g:2",
        "?default&default",
        "?graph=relative",
        "?graph=",
        "?graph=..%2Frelative",
        "?graph=urn:g:1%3E%20%7B%7D",
        "?grpah=urn:g:1",
    ],
)
def test_the_graph_must_be_named_once_and_by_an_absolute_iri(target: Target, method: str, query: str) -> None:
    headers = [TURTLE, *target.authorization]
    reply = target.send(method, f"/store{query}", headers, BODY if method == "PUT" else None)
    assert reply.status == 400, reply.text
    reply.problem()
    assert objects(target.query(OBJECTS)) == {"default"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_graph_is_named(target: Target, method: str) -> None:
    reply = target.send(method, "/store", [TURTLE, *target.authorization], BODY if method == "PUT" else None)
    assert reply.status == 400, reply.text
    reply.problem()


def test_put_makes_and_replaces(target: Target) -> None:
    assert put(target, at(NEW)).status == 201
    assert read(target, at(NEW)) == held(target, NEW.replace("注", "\\u6CE8")) == {"new", "注"}
    again = put(target, at(NEW), b'<urn:s> <urn:p> "newer" .')
    assert (again.status, again.body) == (204, b"")
    assert read(target, at(NEW)) == {"newer"}
    assert read(target, at(G1)) == {"one"}


def test_post_makes_and_adds(target: Target) -> None:
    assert post(target, at(NEW)).status == 201
    assert post(target, at(NEW), b'<urn:s> <urn:p> "more" .').status == 204
    assert read(target, at(NEW)) == {"new", "注", "more"}


def test_put_and_post_to_the_default_graph(target: Target) -> None:
    assert post(target, "/store?default").status == 204
    assert read(target, "/store?default") == {"default", "new", "注"}
    assert put(target, "/store?default", b'<urn:s> <urn:p> "only" .').status == 204
    assert read(target, "/store?default") == {"only"}
    assert read(target, at(G1)) == {"one"}


def test_delete_and_then_there_is_none(target: Target) -> None:
    assert target.send("DELETE", at(G1), target.authorization).status in {200, 204}
    assert target.send("GET", at(G1)).status == 404
    assert target.send("HEAD", at(G1)).status == 404
    gone = target.send("DELETE", at(G1), target.authorization)
    assert gone.status == 404
    gone.problem()
    assert held(target, "urn:g:2") == {"two"}


def test_delete_the_default_graph(target: Target) -> None:
    assert target.send("DELETE", "/store?default", target.authorization).status in {200, 204}
    assert read(target, "/store?default") == set()
    assert read(target, at(G1)) == {"one"}


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle; charset=utf-8", BODY),
        ("Text/Turtle", BODY),
        ("application/n-triples", '<urn:s> <urn:p> "new" .\n<urn:s> <urn:p> "注"@zh .\n'.encode()),
        (
            "application/rdf+xml",
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:"><rdf:Description '
            b'rdf:about="urn:s"><u:p>new</u:p><u:p xml:lang="zh">'
            + "注".encode()
            + b"</u:p></rdf:Description></rdf:RDF>",
        ),
        (
            "application/ld+json",
            '{"@id": "urn:s", "urn:p": ["new", {"@value": "注", "@language": "zh"}]}'.encode(),
        ),
    ],
)
def test_formats_of_a_body(target: Target, media_type: str, body: bytes) -> None:
    assert put(target, at(NEW), body, ("Content-Type", media_type)).status == 201
    assert read(target, at(NEW)) == {"new", "注"}


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "text/csv", "application/json", "text/turtle; charset=latin-1"]
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_other_media_types_are_415(target: Target, media_type: str, method: str) -> None:
    headers: Headers = [*([("Content-Type", media_type)] if media_type else []), *target.authorization]
    assert_problem(target.send(method, at(NEW), headers, BODY), 415, "unsupported-body")
    assert target.send("GET", at(NEW)).status == 404


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle", b"<urn:s> <urn:p> ."),
        ("text/turtle", b'<urn:s> <urn:p> "\xff" .'),
        ("application/n-triples", b"<urn:s> <urn:p> <relative> ."),
        ("application/rdf+xml", b"<rdf:RDF>"),
        ("application/ld+json", b"{"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_400(target: Target, media_type: str, body: bytes) -> None:
    reply = put(target, at(G1), body, ("Content-Type", media_type))
    assert reply.status == 400, reply.text
    reply.problem()
    assert read(target, at(G1)) == {"one"}


def test_a_remote_context_is_not_fetched(target: Target) -> None:
    body = b'{"@context": "http://127.0.0.1:9/context.jsonld", "@id": "urn:s", "p": "new"}'
    reply = put(target, at(NEW), body, ("Content-Type", "application/ld+json"))
    assert reply.status in {400, 403}, reply.text
    reply.problem()


def test_relative_iris_are_relative_to_the_graph(target: Target) -> None:
    assert put(target, at("http://example.org/a/b"), b'<c> <#d> "x" .').status == 201
    reply = target.send("GET", at("http://example.org/a/b"), [("Accept", "application/n-triples")])
    assert reply.text.strip() == '<http://example.org/a/c> <http://example.org/a/b#d> "x" .'


def test_blank_nodes_of_two_bodies_are_different(target: Target) -> None:
    for _ in range(2):
        assert post(target, at(NEW), b'_:same <urn:p> "x" .').status in {201, 204}
    reply = target.query(f'SELECT (COUNT(?s) AS ?o) {{ GRAPH <{NEW}> {{ ?s <urn:p> "x" }} }}'.replace("注", "\\u6CE8"))
    assert objects(reply) == {"2"}


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_write_needs_the_token(target: Target, method: str) -> None:
    for headers in ([TURTLE], [TURTLE, ("Authorization", "Bearer wrong-token-0123456789")]):
        reply = target.send(method, at(G1), headers, BODY)
        assert reply.status == 401, reply.text
        assert reply.headers["www-authenticate"].startswith("Bearer")
        reply.problem()
    assert read(target, at(G1)) == {"one"}


def test_other_methods_are_405(target: Target) -> None:
    reply = target.send("PATCH", at(G1), [TURTLE, *target.authorization], BODY)
    assert_problem(reply, 405, "wrong-method")
    allowed = set(reply.headers["allow"].replace(" ", "").split(",")) - {"OPTIONS"}
    assert allowed == {"GET", "HEAD", "PUT", "POST", "DELETE"}


def test_lost_updates_are_prevented(target: Target) -> None:
    tag = target.send("GET", at(G1)).headers["etag"]
    conditional = [TURTLE, *target.authorization, ("If-Match", tag)]
    assert target.send("PUT", at(G1), conditional, b'<urn:s> <urn:p> "first" .').status == 204
    late = target.send("PUT", at(G1), conditional, b'<urn:s> <urn:p> "second" .')
    assert_problem(late, 412, "precondition-failed")
    assert read(target, at(G1)) == {"first"}
    only_new = [TURTLE, *target.authorization, ("If-None-Match", "*")]
    assert target.send("PUT", at(G1), only_new, BODY).status == 412
    assert target.send("PUT", at(NEW), only_new, BODY).status == 201
