"""SERVICE over HTTP: refused to strangers, and for an operator's allow-list a call with limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import assert_problem
from tests.federation.servers import RESULTS, Remote, endless, redirect, results, running, say, trickle


@pytest.fixture
def remote() -> Iterator[Remote]:
    with running() as server:
        yield server


@pytest.fixture
def elsewhere() -> Iterator[Remote]:
    with running() as server:
        yield server


@contextmanager
def service(settings: Settings, revision: Revision, allow: str) -> Iterator[TestClient]:
    allowing = Settings(store=settings.store, service_allow=allow, query_timeout=3)
    with TestClient(create_app(allowing, revision), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(settings: Settings, revision: Revision, remote: Remote) -> Iterator[TestClient]:
    with service(settings, revision, remote.origin) as client:
        yield client


def query(remote: Remote, path: str = "/sparql", silent: str = "") -> str:
    return f"SELECT ?s ?policy {{ ?policy a pkg:Policy SERVICE {silent} <{remote.origin}{path}> {{ ?s ?p ?o }} }}"


def test_an_allowed_service_is_called_and_joined(client: TestClient, remote: Remote) -> None:
    remote.replies["/sparql"] = say(results("one", "two"))
    answer = client.get("/sparql", params={"query": query(remote), "format": "csv"})
    assert answer.status_code == 200, answer.text
    policy = "https://w3id.org/policy-kg/id/policy/gd-ai45"
    assert sorted(answer.text.split()[1:]) == [f"one,{policy}", f"two,{policy}"]
    assert answer.headers["cache-control"] == "public, no-cache"
    (seen,) = remote.seen
    assert b"?s ?p ?o" in seen.body
    assert "authorization" not in seen.headers
    client.get("/sparql", params={"query": query(remote), "format": "csv"})
    assert len(remote.seen) == 2, "what another service says is not kept"


def test_another_service_stays_refused(client: TestClient, remote: Remote, elsewhere: Remote) -> None:
    problem = assert_problem(client.get("/sparql", params={"query": query(elsewhere)}), 403, "service-refused")
    assert problem["allowed"] == [remote.origin]
    both = f"ASK {{ SERVICE <{remote.origin}/> {{ SERVICE <{elsewhere.origin}/> {{ ?s ?p ?o }} }} }}"
    assert_problem(client.get("/sparql", params={"query": both}), 403, "service-refused")
    remote.replies["/sparql"] = redirect(f"{elsewhere.origin}/sparql")
    problem = assert_problem(client.get("/sparql", params={"query": query(remote)}), 502, "service-failed")
    assert elsewhere.seen == []
    assert problem["reason"] == "redirect"


def test_a_service_that_fails_is_not_an_answer(client: TestClient, remote: Remote) -> None:
    remote.replies["/sparql"] = say(b"oops", "text/plain", 500)
    problem = assert_problem(client.get("/sparql", params={"query": query(remote)}), 502, "service-failed")
    assert problem["target"] == f"{remote.origin}/sparql"
    chinese = client.get("/sparql", params={"query": query(remote)}, headers={"accept-language": "zh"})
    assert "状态码" in chinese.json()["detail"]
    silent = client.get("/sparql", params={"query": query(remote, silent="SILENT"), "format": "csv"})
    assert silent.text.split() == ["s,policy", ",https://w3id.org/policy-kg/id/policy/gd-ai45"]


@pytest.mark.parametrize("reply", [trickle, endless])
def test_a_service_that_does_not_end_is_stopped(client: TestClient, remote: Remote, reply: object) -> None:
    remote.replies["/sparql"] = reply  # type: ignore[assignment]
    began = time.monotonic()
    response = client.get("/sparql", params={"query": query(remote), "timeout": "1"})
    assert time.monotonic() - began < 2.5
    assert response.status_code in {422, 502, 504}, response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_private_addresses_are_only_called_when_named(settings: Settings, revision: Revision, remote: Remote) -> None:
    named = f"http://localhost:{remote.port}"
    with service(settings, revision, f"{named}#private") as client:
        text = f"ASK {{ SERVICE <{named}/> {{ ?s ?p ?o }} }}"
        remote.replies["/"] = say(results("1"), RESULTS)
        assert client.get("/sparql", params={"query": text}).json()["boolean"] is True


def test_the_description_tells_of_federation(client: TestClient, settings: Settings, revision: Revision) -> None:
    assert "BasicFederatedQuery" in client.get("/sparql").text
    with service(settings, revision, "") as closed:
        assert "BasicFederatedQuery" not in closed.get("/sparql").text
