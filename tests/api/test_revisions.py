"""The history over HTTP: whose bodies are read, and how much of them; what is counted of who goes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message

from api.app import create_app
from api.bodies import MAX_JSON
from kg.revisions import RevisionStore, store_of
from kg.settings import Settings
from tests.api.helpers import assert_problem
from tests.conftest import Placed

TOKEN = "correct-horse-battery-staple"
AUTH = {"authorization": f"Bearer {TOKEN}"}
ROLLBACK = "/api/v1/revisions/rollback"
PRUNE = "/api/v1/revisions/prune"
MIB = 1 << 20


@pytest.fixture(scope="module")
def settings(placed: Placed) -> Settings:
    return placed("revisions", write_token=TOKEN)


@pytest.fixture(scope="module")
def store(settings: Settings) -> RevisionStore:
    return store_of(settings)


@pytest.fixture(scope="module")
def published(store: RevisionStore) -> list[str]:
    """The ids of three revisions, the oldest first."""
    texts = [b"<urn:a> <urn:p> <urn:%d> .\n" % number for number in range(3)]
    return [
        store.publish([("urn:g", text)], {"base_iri": "https://w3id.org/policy-kg/", "triples": 1}).id for text in texts
    ]


@pytest.fixture(scope="module")
def app(settings: Settings, published: list[str]) -> FastAPI:
    assert len(set(published)) == 3
    return create_app(settings)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def posted_in_chunks(app: FastAPI, path: str, headers: dict[str, str], size: int) -> tuple[int, bytes, int]:
    """Post a body without a length; return status and content of the answer, and how many bytes were read."""
    chunk, read, status, content = b" " * (64 << 10), 0, 0, b""

    async def receive() -> Message:
        nonlocal read
        read += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": read < size}

    async def send(message: Message) -> None:
        nonlocal status, content
        status = message.get("status", status)
        content += message.get("body", b"")

    given = {"host": "testserver", "content-type": "application/json", "transfer-encoding": "chunked", **headers}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("192.0.2.1", 40000),
        "server": ("testserver", 80),
    }
    asyncio.run(app(scope, receive, send))
    return status, content, read


@pytest.mark.parametrize("path", [ROLLBACK, PRUNE])
@pytest.mark.parametrize(
    ("headers", "status", "most"),
    [({}, 401, 0), ({"authorization": "Bearer wrong"}, 401, 0), (AUTH, 413, 2 * MAX_JSON)],
)
def test_a_body_without_end_is_not_read(
    app: FastAPI, path: str, headers: dict[str, str], status: int, most: int
) -> None:
    found, content, read = posted_in_chunks(app, path, headers, 32 * MIB)
    assert (found, json.loads(content)["status"]) == (status, status)
    assert read <= most


@pytest.mark.parametrize(
    ("path", "body", "slug", "en", "zh"),
    [
        (ROLLBACK, b"{", "malformed-request", "The body is not JSON: ", "请求体不是有效的 JSON。"),
        (ROLLBACK, b"\xff", "malformed-request", "The body is not JSON: ", "请求体不是有效的 JSON。"),
        (ROLLBACK, b"[" * 60_000, "malformed-request", "The body is not JSON: ", "请求体不是有效的 JSON。"),
        (ROLLBACK, b"[]", "malformed-request", "The body must be a JSON object.", "请求体应为 JSON 对象。"),
        (ROLLBACK, b"{}", "bad-parameter", "revision= is required.", "参数 revision 的值“”无效：为必需参数。"),
        (
            ROLLBACK,
            b'{"revision": "0123456789abcdef", "why": "{x}"}',
            "bad-parameter",
            "why={x} is no member here; members are revision, note.",
            "参数 why 的值“{x}”无效：不是可用的成员；可用成员：revision, note。",
        ),
        (
            ROLLBACK,
            b'{"revision": 7}',
            "bad-parameter",
            "revision=7 must be a string.",
            "参数 revision 的值“7”无效：应为字符串。",
        ),
        (PRUNE, b'{"keep": true}', "bad-parameter", "keep=True must be a whole number.", "应为整数。"),
        (PRUNE, b'{"keep": "1"}', "bad-parameter", "keep=1 must be a whole number.", "应为整数。"),
        (PRUNE, b'{"keep": 0}', "bad-parameter", "keep=0 must be 1 or more.", "应不小于 1。"),
    ],
)
def test_what_is_wrong_with_a_body_is_said_in_both_languages(
    client: TestClient, published: list[str], path: str, body: bytes, slug: str, en: str, zh: str
) -> None:
    headers = {**AUTH, "content-type": "application/json"}
    english = assert_problem_with_braces(client, path, body, headers, slug)
    chinese = assert_problem_with_braces(client, path, body, {**headers, "accept-language": "zh"}, slug)
    assert english.startswith(en)
    assert chinese.endswith(zh)
    assert client.get("/health/ready").json()["revision"] in published


def assert_problem_with_braces(client: TestClient, path: str, body: bytes, headers: dict[str, str], slug: str) -> str:
    response = client.post(path, content=body, headers=headers)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"].endswith(f"/{slug}")
    return str(response.json()["detail"])


def test_a_body_of_another_kind_is_refused(client: TestClient) -> None:
    answer = client.post(PRUNE, content=b"keep=1", headers={**AUTH, "content-type": "text/plain"})
    assert assert_problem(answer, 415, "unsupported-body")["supported"] == ["application/json"]


def test_openapi_says_what_the_bodies_are(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, members in ((ROLLBACK, {"revision", "note"}), (PRUNE, {"keep"})):
        body = paths[path]["post"]["requestBody"]
        assert body["required"] is True
        assert set(body["content"]["application/json"]["schema"]["properties"]) == members


def test_a_comparison_is_tagged_with_the_current_revision(client: TestClient, published: list[str]) -> None:
    client.post(ROLLBACK, json={"revision": published[2]}, headers=AUTH)
    answer = client.get(f"/api/v1/revisions/{published[1]}/diff", params={"base": published[0]}, headers=AUTH)
    assert (answer.json()["base"], answer.json()["revision"]) == (published[0], published[1])
    assert answer.headers["x-revision"] == published[2]
    assert answer.headers["etag"] == f'"{published[2]}"'


def test_ids_may_be_shortened_and_what_is_pruned_is_gone(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    made = {"base_iri": "https://w3id.org/policy-kg/", "triples": 1}
    one, two, three = (
        store.publish([("urn:g", b"<urn:a> <urn:p> <urn:x%d> .\n" % number)], made).id for number in range(3)
    )
    with TestClient(create_app(Settings(store=tmp_path, write_token=TOKEN))) as client:
        assert client.get(f"/api/v1/revisions/{two[:9]}/diff", headers=AUTH).json()["revision"] == two
        assert client.post(ROLLBACK, json={"revision": one[:9]}, headers=AUTH).json()["revision"] == one
        assert client.post(ROLLBACK, json={"revision": three}, headers=AUTH).json()["kept"] is True
        assert set(client.post(PRUNE, json={"keep": 1}, headers=AUTH).json()["pruned"]) == {one, two}
        items = client.get("/api/v1/revisions", headers=AUTH).json()["items"]
        assert [(item["revision"], item["current"], item["kept"]) for item in items] == [
            *((three, True, True), (one, False, False), (three, True, True), (two, False, False), (one, False, False))
        ]
        for answer in (
            client.get(f"/api/v1/revisions/{one}/diff", headers=AUTH),
            client.post(ROLLBACK, json={"revision": one}, headers=AUTH),
            client.get(f"/api/v1/revisions/{three}/diff", params={"base": one[:10]}, headers=AUTH),
        ):
            assert f"Revision {one} was published here once" in assert_problem(answer, 410, "revision-pruned")["detail"]
        assert assert_problem(client.post(ROLLBACK, json={"revision": "0" * 16}, headers=AUTH), 404, "not-found")


def test_going_back_and_pruning_are_counted_and_logged(
    client: TestClient, app: FastAPI, published: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def counted(outcome: str) -> float:
        return app.state.metrics.registry.get_sample_value("kg_writes_total", {"outcome": outcome}) or 0

    before = {outcome: counted(outcome) for outcome in ("published", "precondition", "missing", "unchanged", "pruned")}
    with caplog.at_level("INFO", logger="api.requests"):
        good = client.post(ROLLBACK, json={"revision": published[1], "note": "a mistake"}, headers=AUTH)
        stale = {**AUTH, "if-match": f'"{published[0]}"'}
        late = client.post(ROLLBACK, json={"revision": published[1]}, headers=stale)
        none = client.post(ROLLBACK, json={"revision": "0" * 16}, headers=AUTH)
        kept = client.post(PRUNE, json={"keep": 50}, headers=AUTH)
    assert [answer.status_code for answer in (good, late, none, kept)] == [200, 412, 404, 200]
    after = {outcome: counted(outcome) - number for outcome, number in before.items()}
    assert after == {"published": 1, "precondition": 1, "missing": 1, "unchanged": 1, "pruned": 0}
    lines = [getattr(record, "fields", {}) for record in caplog.records]
    found = [(line["author"], line["operation"], line["outcome"]) for line in lines if "operation" in line]
    assert found == [
        ("token", "rollback", "published"),
        ("token", "rollback", "precondition"),
        ("token", "rollback", "missing"),
        ("token", "prune", "unchanged"),
    ]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("path", ["/sparql", "/store?default"])
def test_a_note_without_end_is_refused(client: TestClient, path: str) -> None:
    name = path.partition("?")[0]
    content = "INSERT DATA { <urn:a> <urn:p> 1 }" if name == "/sparql" else "<urn:a> <urn:p> 1 ."
    kind = {**AUTH, "content-type": "application/sparql-update" if name == "/sparql" else "text/turtle"}
    long = f"{path}{'&' if '?' in path else '?'}note={'x' * 1001}"
    problem = assert_problem(client.post(long, content=content, headers=kind), 400, "bad-parameter")
    assert "may have 1000 characters, not 1001" in problem["detail"]


def test_a_note_stands_in_the_history(client: TestClient) -> None:
    def newest() -> dict[str, Any]:
        history = client.get("/api/v1/revisions", params={"limit": 1}, headers=AUTH).json()
        return dict(history["items"][0])

    kind = {"content-type": "text/turtle", **AUTH}
    put = client.put(
        "/store", params={"graph": "urn:example:notes", "note": "新的图"}, content="<urn:a> <urn:p> 1 .", headers=kind
    )
    assert put.status_code == 201, put.text
    assert (newest()["kind"], newest()["note"]) == ("graph-store", "新的图")
    made = client.post("/store?note=mine", content="<urn:a> <urn:p> 2 .", headers=kind)
    assert made.status_code == 201, made.text
    assert newest()["note"] == "mine"
    here = made.headers["location"].removeprefix("http://testserver")
    assert client.delete(f"{here}?note=done", headers=AUTH).status_code == 204
    assert newest()["note"] == "done"
    twice = client.post("/store?note=a&note=b", content="<urn:a> <urn:p> 2 .", headers=kind)
    assert_problem(twice, 400, "bad-parameter")
    paths = client.get("/openapi.json").json()["paths"]
    for path, method in [("/sparql", "post"), *((f"/store{x}", y) for x in ("", "/{path}") for y in ("put", "delete"))]:
        assert "note" in {item["name"] for item in paths[path][method]["parameters"]}, (path, method)
