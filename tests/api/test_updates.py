"""Writes over HTTP: SPARQL Update, the Graph Store Protocol, the history, and what they never do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from kg.build import NamedGraph
from kg.iris import Iris
from kg.metadata import Describing
from kg.revisions import store_of
from kg.settings import Settings
from kg.terms import PKG
from tests.api.helpers import assert_problem
from tests.conftest import ROOT, Placed
from tests.inference.stating import stated

pytestmark = pytest.mark.xdist_group("updates")

TOKEN = "correct-horse-battery-staple"
AUTH = {"authorization": f"Bearer {TOKEN}"}
UPDATE = "application/sparql-update"
TURTLE = "text/turtle"
NOTE = "<urn:example:a> <http://www.w3.org/2000/01/rdf-schema#comment> 'A note.'@en"
GRAPH = "urn:example:notes"
TARGET = "https://w3id.org/policy-kg/id/target/gd-ai45-compute-2027"
SOURCE = "https://w3id.org/policy-kg/graph/source/dayoo-20240607"


@pytest.fixture(scope="module")
def settings(placed: Placed) -> Settings:
    return placed("written", write_token=TOKEN, query_timeout=30)


@pytest.fixture(scope="module")
def first(settings: Settings, graphs: Sequence[NamedGraph]) -> str:
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    manifest = {"base_iri": settings.base_iri, "triples": 1}
    describe = Describing(settings.iris, ROOT / "ontology" / "questions")
    return store_of(settings).publish(content, manifest, describe=describe).id


@pytest.fixture(scope="module")
def serving(settings: Settings, first: str) -> Iterator[TestClient]:
    with TestClient(create_app(settings), follow_redirects=False, raise_server_exceptions=False) as client:
        assert client.get("/health/ready").json()["revision"] == first
        yield client


@pytest.fixture
def client(serving: TestClient, first: str) -> Iterator[TestClient]:
    """The service over the seeds; what a test has written is taken back."""
    yield serving
    answer = serving.post("/api/v1/revisions/rollback", json={"revision": first}, headers=AUTH)
    assert answer.status_code == 200, answer.text


def update(client: TestClient, text: str, **headers: str) -> Response:
    return client.post("/sparql", content=text, headers={"content-type": UPDATE, **AUTH, **headers})


def ask(client: TestClient, text: str) -> bool:
    return bool(client.post("/sparql", data={"query": text}).json()["boolean"])


def revision(client: TestClient) -> str:
    return str(client.get("/health/ready").json()["revision"])


def test_an_update_is_published_and_read_at_once(client: TestClient, first: str) -> None:
    answer = update(client, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {NOTE} }} }}")
    assert answer.status_code == 200, answer.text
    written = answer.json()
    assert written["changed"] is True
    assert (written["added"], written["removed"]) == (1, 0)
    assert written["revision"] != first
    assert answer.headers["etag"] == f'"{written["revision"]}"'
    assert revision(client) == written["revision"]
    assert ask(client, f"ASK {{ {NOTE} }}")
    assert ask(client, f"ASK {{ GRAPH <{GRAPH}> {{ {NOTE} }} }}")
    form = client.post("/sparql", data={"update": f"DELETE DATA {{ GRAPH <{GRAPH}> {{ {NOTE} }} }}"}, headers=AUTH)
    assert (form.json()["added"], form.json()["removed"]) == (0, 1)
    assert not ask(client, f"ASK {{ {NOTE} }}")


def test_an_update_that_changes_nothing_publishes_nothing(client: TestClient, first: str) -> None:
    answer = update(client, "DELETE DATA { <urn:no> <urn:such> <urn:triple> }")
    assert answer.json()["changed"] is False
    assert answer.json()["revision"] == revision(client) == first


@pytest.mark.parametrize(
    ("headers", "status", "slug", "said"),
    [({}, 401, "unauthorized", "Bearer"), ({"authorization": "Bearer wrong"}, 401, "invalid-token", "invalid_token")],
)
def test_without_the_token_nothing_is_written(
    client: TestClient, first: str, headers: dict[str, str], status: int, slug: str, said: str
) -> None:
    text = f"INSERT DATA {{ {NOTE} }}"
    answers = [
        client.post("/sparql", content=text, headers={"content-type": UPDATE, **headers}),
        client.post("/sparql", data={"update": text}, headers=headers),
        client.put(f"/store?graph={GRAPH}", content=f"{NOTE} .", headers={"content-type": TURTLE, **headers}),
        client.post(f"/store?graph={GRAPH}", content=f"{NOTE} .", headers={"content-type": TURTLE, **headers}),
        client.delete(f"/store?graph={SOURCE}", headers=headers),
        client.get("/api/v1/revisions", headers=headers),
        client.post("/api/v1/revisions/rollback", json={"revision": first}, headers=headers),
        client.post("/api/v1/revisions/prune", json={"keep": 1}, headers=headers),
    ]
    for answer in answers:
        assert_problem(answer, status, slug)
        assert said in answer.headers["www-authenticate"]
    assert revision(client) == first


@pytest.mark.usefixtures("first")
def test_a_service_without_a_token_only_reads(settings: Settings) -> None:
    with TestClient(create_app(Settings(store=settings.store))) as client:
        text = f"INSERT DATA {{ {NOTE} }}"
        for headers in ({}, AUTH):
            answer = client.post("/sparql", content=text, headers={"content-type": UPDATE, **headers})
            assert_problem(answer, 403, "writes-disabled")
        assert revision(client)


def test_a_write_that_violates_the_shapes_is_422_with_the_report_and_changes_nothing(
    client: TestClient, first: str
) -> None:
    answer = update(client, f"DELETE WHERE {{ GRAPH ?g {{ <{TARGET}> pkg:comparator ?c }} }}")
    problem = assert_problem(answer, 422, "validation-failed")
    assert problem["report"]
    assert any("comparator" in item["path"] for item in problem["report"])
    assert any("gd-ai45-compute-2027" in item["focus"] for item in problem["report"])
    assert revision(client) == first
    assert ask(client, f"ASK {{ <{TARGET}> pkg:comparator ?c }}")


def test_a_syntax_error_of_an_update_says_where(client: TestClient, first: str) -> None:
    problem = assert_problem(update(client, "INSERT DATA {\n <urn:a> <urn:b> }"), 400, "query-syntax")
    assert problem["line"] == 2
    assert revision(client) == first


def test_an_update_is_not_taken_for_a_query_nor_a_query_for_an_update(client: TestClient) -> None:
    assert_problem(client.get("/sparql", params={"query": f"INSERT DATA {{ {NOTE} }}"}), 400, "query-syntax")
    assert_problem(update(client, "SELECT * { ?s ?p ?o }"), 400, "query-syntax")
    wrong = client.get("/sparql", params={"update": f"INSERT DATA {{ {NOTE} }}"}, headers=AUTH)
    assert_problem(wrong, 405, "wrong-method")
    assert wrong.headers["allow"] == "POST"
    both = client.post("/sparql", data={"query": "ASK {}", "update": f"INSERT DATA {{ {NOTE} }}"}, headers=AUTH)
    assert_problem(both, 400, "malformed-request")


@pytest.mark.parametrize(
    "text", ["LOAD <http://127.0.0.1:9/x>", "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"]
)
def test_an_update_reaches_no_other_server(client: TestClient, first: str, text: str) -> None:
    answer = update(client, text)
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"].endswith(("load-refused", "service-refused"))
    assert revision(client) == first


def test_if_match_guards_against_lost_updates(client: TestClient, first: str) -> None:
    one = update(client, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {NOTE} }} }}", **{"if-match": f'"{first}"'})
    assert one.status_code == 200
    other = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:example:b> rdfs:comment 'Too late.'@en }} }}"
    problem = assert_problem(update(client, other, **{"if-match": f'"{first}"'}), 412, "precondition-failed")
    assert problem["current"] == one.json()["revision"]
    assert_problem(update(client, other, **{"if-match": '"nonsense"'}), 412, "precondition-failed")
    assert not ask(client, "ASK { <urn:example:b> ?p ?o }")
    again = update(client, other, **{"if-match": one.headers["etag"]})
    assert again.status_code == 200


def test_a_graph_is_made_read_replaced_extended_and_removed(client: TestClient) -> None:
    address = f"/store?graph={GRAPH}"

    def lines(response: Response) -> set[str]:
        assert response.status_code == 200, response.text
        return set(response.text.splitlines())

    read = {"accept": "application/n-triples"}
    assert_problem(client.get(address), 404, "graph-not-found")
    put = client.put(address, content="<a> <urn:p> 1 .", headers={"content-type": TURTLE, **AUTH})
    assert (put.status_code, put.content) == (201, b"")
    one = '<urn:a> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    assert len(lines(client.get(address, headers=read))) == 1
    absolute = client.put(address, content="<urn:a> <urn:p> 1 .", headers={"content-type": TURTLE, **AUTH})
    assert absolute.status_code == 204
    assert lines(client.get(address, headers=read)) == {one}
    more = "<urn:a> <urn:p> <urn:b> ."
    post = client.post(address, content=more, headers={"content-type": "application/n-triples", **AUTH})
    assert post.status_code == 204
    assert lines(client.get(address, headers=read)) == {one, more}
    head = client.head(address, headers=read)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(client.get(address, headers=read).content)
    assert client.delete(address, headers=AUTH).status_code == 204
    assert_problem(client.get(address), 404, "graph-not-found")
    assert_problem(client.delete(address, headers=AUTH), 404, "graph-not-found")


KEPT = ("metadata", "inferred")
"""The graphs that the service alone writes."""


@pytest.mark.parametrize("method", ["put", "post", "delete"])
@pytest.mark.parametrize("graph", KEPT)
def test_the_graphs_that_the_service_keeps_are_not_written_as_graphs(
    client: TestClient, first: str, graph: str, method: str
) -> None:
    content = None if method == "delete" else "<urn:a> <urn:p> 1 ."
    iri = Iris().graph(graph)
    answer = client.request(method, f"/store?graph={iri}", content=content, headers={**AUTH, "content-type": TURTLE})
    problem = assert_problem(answer, 403, "graph-kept-by-store")
    assert problem["graph"] == iri
    assert "is written by the store alone" in problem["detail"]
    assert revision(client) == first


@pytest.mark.parametrize("graph", KEPT)
@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA {{ GRAPH <{}> {{ <urn:a> <urn:p> 1 }} }}",
        "WITH <{}> INSERT {{ ?s <urn:p> 1 }} WHERE {{ ?s ?p ?o }}",
        f"COPY <{SOURCE}> TO <{{}}>",
        f"ADD <{SOURCE}> TO <{{}}>",
    ],
)
def test_the_graphs_that_the_service_keeps_are_not_written_by_updates(
    client: TestClient, first: str, graph: str, text: str
) -> None:
    iri = Iris().graph(graph)
    problem = assert_problem(update(client, text.format(iri)), 403, "graph-kept-by-store")
    assert problem["graph"] == iri
    zh = assert_problem(update(client, text.format(iri), **{"accept-language": "zh"}), 403, "graph-kept-by-store")
    assert zh["detail"].endswith("，只由本服务写入。")
    assert revision(client) == first


@pytest.mark.parametrize("graph", KEPT)
@pytest.mark.parametrize(
    "text", ["CLEAR GRAPH <{}>", "DROP GRAPH <{}>", "DELETE WHERE {{ GRAPH <{}> {{ ?s ?p ?o }} }}"]
)
def test_what_is_removed_from_the_graphs_that_the_service_keeps_comes_back(
    client: TestClient, first: str, graph: str, text: str
) -> None:
    iri = Iris().graph(graph)
    answer = update(client, text.format(iri))
    assert answer.status_code == 200, answer.text
    written = answer.json()
    assert (written["changed"], written["added"], written["removed"], written["revision"]) == (False, 0, 0, first)
    assert ask(client, f"ASK {{ GRAPH <{Iris().graph('inferred')}> {{ ?s pkg:touchesSector ?o }} }}")


def test_what_follows_follows_a_write_at_once(client: TestClient) -> None:
    measure, sector = Iris().mint("measure", "gd-ai45-ai-phones"), Iris().mint("sector", "healthcare")
    lines = stated(f"<{measure}>", f"<{PKG}appliesToSector>", f"<{sector}>")
    fact = f"GRAPH <{SOURCE}> {{ {' . '.join(lines)} }}"
    address = "/api/v1/measures?touches=healthcare&limit=1000"

    def touching() -> set[str]:
        return {item["id"] for item in client.get(address).json()["items"]}

    before = touching()
    assert "gd-ai45-ai-phones" not in before
    assert update(client, f"INSERT DATA {{ {fact} }}").status_code == 200
    assert touching() == before | {"gd-ai45-ai-phones"}
    assert update(client, f"DELETE DATA {{ {fact} }}").status_code == 200
    assert touching() == before


def test_what_nobody_states_derives_nothing_and_is_said_to_be_unstated(client: TestClient) -> None:
    measure, sector = Iris().mint("measure", "gd-ai45-ai-phones"), Iris().mint("sector", "healthcare")
    above = "/api/v1/measures?touches=livelihood&limit=1000"
    before = client.get(above).json()["items"]
    copy = f"<{measure}> pkg:touchesSector <{sector}>"
    assert update(client, f"INSERT DATA {{ {copy} }}").status_code == 200
    assert client.get(above).json()["items"] == before
    asked = {"subject": measure, "object": sector}
    found = client.get("/api/v1/explain", params=asked).json()
    assert (found["stands"], found["evidence"], found["reasons"]) == ("unstated", [], [])
    further = client.get("/api/v1/explain", params=asked | {"object": "sector/livelihood"})
    assert_problem(further, 404, "not-found")
    assert update(client, f"DELETE DATA {{ {copy} }}").status_code == 200


def test_conditions_on_a_graph(client: TestClient) -> None:
    address = f"/store?graph={GRAPH}"
    sent: dict[str, Any] = {"content": "<urn:a> <urn:p> 1 ."}
    kind = {"content-type": TURTLE, **AUTH}
    assert_problem(client.put(address, **sent, headers={**kind, "if-match": "*"}), 412, "precondition-failed")
    assert client.put(address, **sent, headers={**kind, "if-none-match": "*"}).status_code == 201
    assert_problem(client.put(address, **sent, headers={**kind, "if-none-match": "*"}), 412, "graph-exists")
    tag = client.get(address, headers={"accept": TURTLE}).headers["etag"]
    changed = client.put(address, content="<urn:a> <urn:p> 2 .", headers={**kind, "if-match": tag})
    assert changed.status_code == 204
    assert_problem(client.put(address, **sent, headers={**kind, "if-match": tag}), 412, "precondition-failed")
    assert "2" in client.get(address, headers={"accept": "application/n-triples"}).text


@pytest.mark.parametrize(
    ("method", "query"),
    [
        *((method, "") for method in ("GET", "PUT", "DELETE")),  # POST to none makes a new one
        *(
            (method, query)
            for method in ("GET", "PUT", "POST", "DELETE")
            for query in ("?graph=urn:a&default", "?graph=urn:a&graph=urn:b", "?graph=relative", "?graph=")
        ),
    ],
)
def test_the_graph_must_be_named_once_and_absolutely(client: TestClient, method: str, query: str) -> None:
    response = client.request(method, f"/store{query}", content=b"", headers={"content-type": TURTLE, **AUTH})
    assert response.status_code == 400, response.text
    assert response.json()["type"].endswith(("malformed-request", "bad-parameter"))


def test_bodies_that_are_not_rdf_are_refused(client: TestClient, first: str) -> None:
    address = f"/store?graph={GRAPH}"
    wrong = client.put(address, content="<urn:a> <urn:b>\n oops .", headers={"content-type": TURTLE, **AUTH})
    assert wrong.status_code == 400, wrong.text
    assert wrong.json()["line"] == 2
    kind = client.put(address, content="a,b", headers={"content-type": "text/csv", **AUTH})
    assert "text/turtle" in assert_problem(kind, 415, "unsupported-body")["supported"]
    assert revision(client) == first


def test_a_graph_whose_removal_breaks_the_rest_stays(client: TestClient, first: str) -> None:
    vocabularies = "https://w3id.org/policy-kg/graph/vocabularies"
    problem = assert_problem(client.delete(f"/store?graph={vocabularies}", headers=AUTH), 422, "validation-failed")
    assert len(problem["report"]) > 3
    assert revision(client) == first


def test_the_history_says_who_and_when_and_leads_back(client: TestClient, first: str) -> None:
    written = update(client, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {NOTE} }} }}").json()
    history = client.get("/api/v1/revisions", params={"limit": 2}, headers=AUTH).json()
    newest = history["items"][0]
    assert (newest["revision"], newest["parent"], newest["kind"], newest["author"]) == (
        written["revision"],
        first,
        "update",
        "token",
    )
    assert (newest["added"], newest["removed"]) == (1, 0)
    assert newest["published"].startswith("20")
    assert history["total"] >= 2
    assert client.get(history["next"], headers=AUTH).json()["items"][0]["seq"] < history["items"][-1]["seq"] or (
        history["next"] is None
    )
    diff = client.get(f"/api/v1/revisions/{written['revision']}/diff", headers=AUTH).json()
    assert diff["base"] == first
    assert len(diff["added"]) == diff["added_total"] == 1
    assert "A note." in diff["added"][0]
    assert diff["created"] == [GRAPH]
    back = client.post("/api/v1/revisions/rollback", json={"revision": first, "note": "a mistake"}, headers=AUTH).json()
    assert (back["revision"], back["note"], back["kind"]) == (first, "a mistake", "rollback")
    assert revision(client) == first
    assert not ask(client, f"ASK {{ {NOTE} }}")


def test_unknown_revisions_are_404(client: TestClient) -> None:
    back = client.post("/api/v1/revisions/rollback", json={"revision": "0" * 16}, headers=AUTH)
    assert_problem(back, 404, "not-found")
    assert_problem(client.get(f"/api/v1/revisions/{'0' * 16}/diff", headers=AUTH), 404, "not-found")


def test_reading_goes_on_while_writing(client: TestClient, settings: Settings) -> None:
    for number in range(3):
        update(client, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:example:a> <urn:example:n> {number} }} }}")
        count = client.get("/api/v1/measures", params={"touches": "healthcare"}).json()
        assert count["total"] > 3
        assert count["revision"] == revision(client)
    assert not list(Path(settings.store).glob(".new-*"))
