"""The service as an operator starts it: what it writes, what it says of itself, how it ends."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import assert_problem
from tests.reliability.processes import tree
from tests.reliability.serving import Serving, serving

pytestmark = pytest.mark.xdist_group("serving")

TOKEN = "sesame-open-0123456789"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(
    settings: Settings, revision: Revision, tmp_path_factory: pytest.TempPathFactory, metrics_port: int
) -> Iterator[Serving]:
    assert revision.path.is_dir()
    chosen = {
        "KG_METRICS_BIND": f"127.0.0.1:{metrics_port}",
        "KG_TRUSTED_PROXIES": "192.0.2.1",
        "KG_PUBLIC_URL": "https://kg.example/",
        "KG_WRITE_TOKEN": TOKEN,
    }
    with serving(settings.directory, tmp_path_factory.mktemp("log") / "log", chosen) as found:
        yield found


@pytest.fixture
def http(server: Serving) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        yield client


def lines(server: Serving) -> list[dict[str, Any]]:
    """Return what the log has; the two lines for the operator at the start are not of the log."""
    whole = server.said.rpartition("\n")[0]  # the last line may still be being written
    return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]


def test_nobody_is_told_what_runs_here_nor_believed_who_asks(server: Serving, http: httpx2.Client) -> None:
    headers = {"x-forwarded-for": "203.0.113.5", "x-forwarded-proto": "https", "forwarded": "for=203.0.113.6"}
    response = http.get("/api/v1/measures?limit=1", headers=headers | {"x-request-id": "spoofed-client"})
    assert "server" not in response.headers
    assert "x-powered-by" not in response.headers
    assert response.json()["next"].startswith("https://kg.example/api/v1/measures?limit=1&cursor=")
    deadline = time.monotonic() + 10
    # The line is written once the answer is out.
    while not (found := [line for line in lines(server) if line.get("request_id") == "spoofed-client"]):
        assert time.monotonic() < deadline, server.said
        time.sleep(0.05)
    (line,) = found
    assert line["client"] == "127.0.0.1"


def test_everything_in_the_log_is_json_and_nothing_is_secret(server: Serving, http: httpx2.Client) -> None:
    authorization = {"authorization": f"Bearer {TOKEN}"}
    http.post("/sparql", data={"query": "SELECT ('hidden-in-the-query' AS ?x) {}"}, headers=authorization)
    http.get("/sparql", params={"query": "SELECT ('hidden-in-the-query' AS ?x) {}"}, headers=authorization)
    http.post("/sparql", data={"update": "SYNTAX ERROR"}, headers=authorization)
    http.put("/store?default", content=b"x", headers={"authorization": "Bearer wrong-0123456789"})
    with socket.create_connection(("127.0.0.1", server.port), 10) as wire:
        wire.sendall(b"GARBAGE " + TOKEN.encode() + b"\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 400 ")
    found = lines(server)
    plain = [line for line in server.said.splitlines() if not line.startswith("{")]
    assert len(plain) <= 2
    assert {line["level"] for line in found} <= {"info", "warning"}
    assert [line for line in found if line.get("route") == "/sparql" and line.get("outcome") == "answered"]
    assert any("could not be read" in line["message"] for line in found)
    for secret in (TOKEN, "wrong-0123456789", "hidden-in-the-query"):
        assert secret not in server.said


def test_metrics_are_on_their_own_port_alone(http: httpx2.Client, metrics_port: int) -> None:
    assert http.get("/metrics").status_code == 404
    text = httpx2.get(f"http://127.0.0.1:{metrics_port}/metrics", timeout=10).text
    assert 'kg_workers{state="idle"}' in text
    assert "\nkg_connections " in text
    assert httpx2.get(f"http://127.0.0.1:{metrics_port}/sparql", timeout=10).status_code == 404


def test_a_long_address_and_many_headers_have_their_statuses(http: httpx2.Client, server: Serving) -> None:
    assert_problem(http.get("/limits", headers={f"x-{number}": "1" for number in range(120)}), 431, "headers-too-large")
    with socket.create_connection(("127.0.0.1", server.port), 10) as wire:
        wire.sendall(b"GET /sparql?query=" + b"x" * 90_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 414 ")


def test_a_server_that_is_told_to_end_lets_a_query_end(settings: Settings, revision: Revision, tmp_path: Path) -> None:
    assert revision.path.is_dir()
    answers: list[httpx2.Response] = []
    chosen = {"KG_QUERY_TIMEOUT": "2", "KG_LOG": "text"}
    ended = pytest.raises(AssertionError, match="the server ended by itself with -15")
    with ended, serving(settings.directory, tmp_path / "log", chosen) as server:
        assert httpx2.get(f"{server.url}/health/ready", timeout=20).status_code == 200

        def ask() -> None:
            answers.append(httpx2.get(f"{server.url}/sparql", params={"query": SLOW}, timeout=20))

        asking = threading.Thread(target=ask)
        asking.start()
        with socket.create_connection(("127.0.0.1", server.port), 10):
            time.sleep(0.7)
            began, processes = time.monotonic(), tree(server.pid)
            assert len(processes) > 1
            server.process.send_signal(signal.SIGTERM)
            asking.join(20)
            server.process.wait(10)
            assert time.monotonic() - began < 6
        assert_problem(answers[0], 504, "query-timeout")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), 1)
        while left := tree(server.pid):
            assert time.monotonic() - began < 10, f"{left} of {processes} are left behind"
            time.sleep(0.1)
        assert "path=/sparql route=/sparql status=504 " in server.said


def test_a_server_whose_metrics_cannot_be_served_does_not_start(settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(AssertionError, match=rf"KG_METRICS_BIND: cannot listen on 127\.0\.0\.1:{port}"),
            serving(settings.directory, tmp_path / "log", {"KG_METRICS_BIND": f"127.0.0.1:{port}"}) as server,
        ):
            server.process.wait(20)


def revisions(url: str) -> set[str]:
    """Return which revisions are served, by connections of their own, so that each server is asked."""
    found = [httpx2.get(f"{url}/api/v1/measures?limit=1", timeout=20) for _ in range(40)]
    assert {answer.status_code for answer in found} == {200}
    return {answer.headers["x-revision"] for answer in found}


def test_several_servers_listen_on_one_port(settings: Settings, revision: Revision, tmp_path: Path) -> None:
    store = shutil.copytree(settings.directory, tmp_path / "store")
    logs, port = [tmp_path / name for name in ("first", "second", "third")], ["--port", "0", "--reuse-port"]
    headers, token = {"authorization": f"Bearer {TOKEN}"}, {"KG_WRITE_TOKEN": TOKEN}
    with serving(store, logs[0], token, port=port) as first:
        port[1] = str(first.port)
        with serving(store, logs[1], token, port=port) as second:
            assert second.url == first.url
            assert revisions(first.url) == {revision.id}
            update = {"update": "INSERT DATA { GRAPH <urn:example:g> { <urn:example:a> <urn:example:b> 1 } }"}
            written = httpx2.post(f"{first.url}/sparql", data=update, headers=headers, timeout=60)
            assert written.status_code == 200, written.text
            deadline = time.monotonic() + 10
            while (found := revisions(first.url)) != {written.headers["x-revision"]}:
                assert time.monotonic() < deadline, f"one of them serves what was: {found}"
            assert revision.id not in found
            for each in (first, second):
                assert sum(line.get("route") == "/api/v1/measures" for line in lines(each)) > 10
            with pytest.raises(AssertionError, match=r"cannot listen on 127\.0\.0\.1"), contextlib.ExitStack() as stack:
                stack.enter_context(serving(store, logs[2], port=port[:2]))
        assert revisions(first.url) == found
