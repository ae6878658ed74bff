"""The Graph Store Protocol where the address itself is the graph, where it is to be a new one, and by forms."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from rdflib import Graph

from tests.conformance.asking import held, objects
from tests.conformance.client import Reply, Target

pytestmark = pytest.mark.xdist_group("protocol")

TURTLE = ("Content-Type", "text/turtle")
BODY = b'<urn:s> <urn:p> "new" . <#here> <urn:p> _:b .'
BOUNDARY = "a-boundary"


@pytest.fixture
def target(target: Target) -> Target:
    """What a test writes is replaced before the next one."""
    target.loaded = None
    return target


def send(target: Target, method: str, path: str, body: bytes | None = None) -> Reply:
    return target.send(method, path, [TURTLE, *target.authorization], body)


def values(target: Target, path: str) -> set[str]:
    reply = target.send("GET", path, [("Accept", "application/n-triples")])
    assert reply.status == 200, reply.text
    return {str(o) for s, _, o in Graph().parse(data=reply.body, format="nt") if str(s) == "urn:s"}


def test_an_address_below_the_store_is_a_graph(target: Target) -> None:
    path = "/store/notes/1"
    assert target.send("GET", path).status == 404
    assert send(target, "PUT", path, BODY).status == 201
    assert values(target, path) == {"new"}
    assert values(target, f"/store?graph={quote(target.url + path, safe='')}") == {"new"}
    assert objects(target.query("SELECT (STR(?s) AS ?o) { GRAPH ?g { ?s <urn:p> [] } FILTER(isIRI(?s)) }")) == {
        "urn:s",
        f"{target.url}{path}#here",
    }
    assert send(target, "POST", path, b'<urn:s> <urn:p> "more" .').status == 204
    assert held(target, target.url + path) >= {"new", "more"}
    head = target.send("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert send(target, "DELETE", path).status == 204
    assert target.send("GET", path).status == 404
    assert send(target, "DELETE", path).status == 404


@pytest.mark.parametrize("query", ["?default", "?graph=urn:g:1"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_address_and_a_parameter_are_one_too_many(target: Target, method: str, query: str) -> None:
    reply = send(target, method, f"/store/notes/1{query}", BODY if method == "PUT" else None)
    assert reply.status == 400
    reply.problem()
    assert held(target, "urn:g:1") == {"one"}


def test_post_to_the_store_makes_a_new_graph(target: Target) -> None:
    made = [send(target, "POST", "/store", BODY) for _ in range(2)]
    assert [reply.status for reply in made] == [201, 201]
    locations = [reply.headers["location"] for reply in made]
    assert len(set(locations)) == 2
    for location in locations:
        assert location.startswith(f"{target.url}/store/")
        assert values(target, location.removeprefix(target.url)) == {"new"}
        assert "new" in held(target, location)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/store/notes/1"), ("POST", "/store"), ("DELETE", "/store/x")])
def test_a_write_needs_the_token(target: Target, method: str, path: str) -> None:
    assert target.send(method, path, [TURTLE], BODY).status == 401
    assert target.send("GET", "/store/notes/1").status == 404


def multipart(*parts: tuple[str, bytes]) -> bytes:
    found = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n{header}\r\n'.encode()
        + body
        + b"\r\n"
        for header, body in parts
    )
    return found + f"--{BOUNDARY}--\r\n".encode()


def form(target: Target, body: bytes, media_type: str = f"multipart/form-data; boundary={BOUNDARY}") -> Reply:
    return target.send("POST", "/store?graph=urn:g:1", [("Content-Type", media_type), *target.authorization], body)


def test_the_documents_of_a_form_are_added(target: Target) -> None:
    body = multipart(
        ("Content-Type: text/turtle; charset=utf-8\r\n", '<urn:s> <urn:p> "注" . _:b <urn:p> "x" .'.encode()),
        ("Content-Type: application/n-triples\r\n", b'<urn:s> <urn:p> "two" .\r\n_:b <urn:p> "y" .'),
    )
    assert form(target, body).status == 204
    assert held(target, "urn:g:1") == {"one", "注", "two", "x", "y"}
    nodes = target.query("SELECT (COUNT(DISTINCT ?s) AS ?o) { GRAPH <urn:g:1> { ?s ?p ?x FILTER(isBlank(?s)) } }")
    assert objects(nodes) == {"2"}


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (multipart(("Content-Type: text/turtle\r\n", b"<urn:s> <urn:p> .")), None, 400),
        (multipart(("Content-Type: text/turtle\r\n", b""), ("Content-Type: text/turtle\r\n", b"nonsense")), None, 400),
        (b"nonsense", None, 400),
        (multipart(("Content-Type: text/turtle\r\n", b"")), "multipart/form-data", 400),
        (multipart(("Content-Type: image/png\r\n", b"x")), None, 400),
        (multipart(("", b"<urn:s> <urn:p> 1 .")), None, 400),
    ],
    ids=["no turtle", "second is none", "no form", "no boundary", "picture", "no type"],
)
def test_a_form_that_cannot_be_read_changes_nothing(
    target: Target, body: bytes, media_type: str | None, status: int
) -> None:
    reply = form(target, body, media_type or f"multipart/form-data; boundary={BOUNDARY}")
    assert reply.status == status, reply.text
    reply.problem()
    assert held(target, "urn:g:1") == {"one"}
