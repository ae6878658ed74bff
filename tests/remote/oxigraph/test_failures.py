"""What comes of a service that refuses, hangs, breaks off or answers with errors: honest errors, and in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import assert_problem
from tests.remote.proxy import Mood, Proxy, proxied
from tests.remote.servers import Service

TOKEN = "correct-horse-battery-staple"
AUTH = {"authorization": f"Bearer {TOKEN}"}
_fresh = count()


@pytest.fixture(scope="module")
def proxy(service: Service) -> Iterator[Proxy]:
    with proxied(service.port) as running:
        yield running


@pytest.fixture(scope="module")
def shaky(settings: Settings, revision: Revision, proxy: Proxy, service: Service) -> Iterator[TestClient]:
    """Our server, with the proxy between it and the service."""
    address = str(settings.store).replace(f":{service.port}/", f":{proxy.port}/")
    update = service.update.replace(f":{service.port}/", f":{proxy.port}/")
    unsafe = replace(settings, store=address, store_update=update, query_timeout=2.0, write_token=TOKEN)
    with TestClient(create_app(unsafe), raise_server_exceptions=False) as client:
        assert client.get("/health/ready").json()["revision"] == revision.id
        yield client


@pytest.fixture(autouse=True)
def calm(proxy: Proxy) -> Iterator[None]:
    yield
    proxy.set("pass")


def settled(client: TestClient) -> str:
    """Wait until the server has seen that the service is there; return the revision that it serves."""
    for _ in range(30):
        answer = client.get("/health/ready")
        if answer.status_code == 200:
            return str(answer.json()["revision"])
        time.sleep(0.1)
    raise AssertionError(answer.text)


def ask(client: TestClient, **headers: str) -> Any:
    """Ask what was not asked before."""
    return client.get("/sparql", params={"query": f"ASK {{ ?s ?p {next(_fresh)} }}"}, headers=headers)


@pytest.mark.parametrize(
    ("mood", "status", "slug", "words"),
    [
        ("refuse", 503, "store-unreachable", "no connection"),
        ("reset", 503, "store-unreachable", "no connection"),
        ("busy", 503, "store-unreachable", "it is too busy (503)"),
        ("error", 502, "store-failed", "it answered with status 500"),
        ("break", 502, "store-failed", "its answer breaks off"),
        ("nonsense", 502, "store-failed", "it is no JSON"),
        ("hang", 504, "query-timeout", "limit of 2 seconds"),
    ],
)
def test_a_failure_of_the_service_is_said(
    shaky: TestClient, proxy: Proxy, mood: Mood, status: int, slug: str, words: str
) -> None:
    proxy.set(mood)
    began = time.monotonic()
    problem = assert_problem(ask(shaky), status, slug)
    assert words in problem["detail"]
    assert "secret" not in str(problem)
    assert time.monotonic() - began < 6  # the deadline of 2 s, and a look at the pointer before
    chinese = assert_problem(ask(shaky, **{"accept-language": "zh"}), status, slug)
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese["detail"])
    assert str(proxy.port) not in problem["detail"] + chinese["detail"], "where the service is, is nobody's business"


def test_look_ups_fail_as_queries_do(shaky: TestClient, proxy: Proxy) -> None:
    moods: tuple[tuple[Mood, int, str], ...] = (("refuse", 503, "store-unreachable"), ("error", 502, "store-failed"))
    for mood, status, slug in moods:
        proxy.set(mood)
        answer = shaky.get("/api/v1/measures", params={"q": f"nothing {next(_fresh)}"})
        assert_problem(answer, status, slug)
        if status == 503:
            assert int(answer.headers["retry-after"]) >= 1
    proxy.set("hang")
    assert_problem(shaky.get("/api/v1/measures", params={"q": f"nothing {next(_fresh)}"}), 504, "store-timeout")


@pytest.mark.parametrize(("mood", "turns"), [("refuse", 2), ("reset", 2), ("soon", 1)])
def test_a_query_is_asked_again_where_that_is_safe(shaky: TestClient, proxy: Proxy, mood: Mood, turns: int) -> None:
    settled(shaky)
    proxy.set(mood, turns)
    answer = ask(shaky)
    assert answer.status_code == 200, answer.text
    assert answer.json()["boolean"] in {True, False}
    assert proxy.seen > turns


def test_an_answer_that_breaks_off_is_not_asked_for_again(shaky: TestClient, proxy: Proxy) -> None:
    settled(shaky)
    proxy.set("break")
    assert_problem(ask(shaky), 502, "store-failed")
    assert proxy.seen <= 2  # the query, and maybe a look at the pointer


def test_what_is_known_is_answered_while_the_service_is_away(shaky: TestClient, proxy: Proxy) -> None:
    settled(shaky)
    query = {"query": "SELECT (COUNT(*) AS ?total) { ?s a pkg:Measure }"}
    known = shaky.get("/sparql", params=query)
    assert known.status_code == 200, known.text
    proxy.set("refuse")
    time.sleep(1.1)  # a look at the pointer is good for a second
    assert shaky.get("/sparql", params=query).json() == known.json()
    assert assert_problem(shaky.get("/health/ready"), 503, "store-unreachable")["detail"]
    assert shaky.get("/health/live").status_code == 200
    proxy.set("pass")
    settled(shaky)
    assert ask(shaky).status_code == 200


def test_a_write_that_the_service_does_not_take_changes_nothing(shaky: TestClient, proxy: Proxy) -> None:
    before = settled(shaky)
    moods: tuple[tuple[Mood, int], ...] = (("refuse", 503), ("error", 502))
    for mood, status in moods:
        proxy.set(mood)
        answer = shaky.post("/sparql", data={"update": "INSERT DATA { <urn:a> <urn:p> 'lost' }"}, headers=AUTH)
        assert answer.status_code == status, answer.text
        proxy.set("pass")
        assert settled(shaky) == before
    answer = shaky.post("/sparql", data={"update": "INSERT DATA { <urn:a> <urn:p> 'kept' }"}, headers=AUTH)
    assert answer.status_code == 200, answer.text
    assert shaky.get("/sparql", params={"query": "ASK { <urn:a> <urn:p> 'kept' }"}).json()["boolean"] is True
    assert shaky.get("/sparql", params={"query": "ASK { <urn:a> <urn:p> 'lost' }"}).json()["boolean"] is False
    back = shaky.post("/api/v1/revisions/rollback", json={"revision": before}, headers=AUTH)
    assert back.status_code == 200, back.text


def test_a_server_that_starts_without_its_service_says_so_and_comes_round(
    settings: Settings, revision: Revision, proxy: Proxy, service: Service
) -> None:
    address = str(settings.store).replace(f":{service.port}/", f":{proxy.port}/")
    proxy.set("refuse")
    with TestClient(create_app(replace(settings, store=address)), raise_server_exceptions=False) as client:
        assert_problem(client.get("/health/ready"), 503, "store-unreachable")
        assert_problem(client.get("/api/v1/policies"), 503, "store-unreachable")
        proxy.set("pass")
        assert client.get("/health/ready").json()["revision"] == revision.id
        assert client.get("/api/v1/policies").json()["total"] == 1
