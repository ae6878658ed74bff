"""Answers that are sent again: real sockets, the real app, the bytes that come."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.operations.clients import Proxies
from api.operations.connections import Connections
from api.operations.logs import configure
from api.replays import Recording, Replay, Replays, is_whole
from api.state import CHECK_EVERY
from kg.revisions import Revision, RevisionStore
from kg.settings import Settings
from tests.api.operations.conftest import listening
from tests.api.operations.test_logs import lines, written

__all__ = ["written"]

HEALTHCARE = "/api/v1/sectors/healthcare"
LABELS = "/sparql?query=" + quote("SELECT ?l { ?s rdfs:label ?l } ORDER BY ?l")
MANIFEST = {"base_iri": "https://w3id.org/policy-kg/", "triples": 1, "metadata": False, "versions": {}}


@dataclass
class Served:
    """An app behind a socket."""

    app: FastAPI
    port: int

    @property
    def sent(self) -> int:
        """How many answers have been sent again."""
        return int(self.app.state.operations.replays.sent)

    @contextlib.contextmanager
    def connect(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), 10) as wire:
            yield wire

    def look(self) -> None:
        """Have the server look at its store now: it does so once a second, and that request takes the whole way."""
        self.app.state.snapshots.refreshed()

    def ask(self, wire: socket.socket, path: str, *headers: str, look: bool = True) -> Reply:
        if look:
            self.look()
        wire.sendall(request(path, *headers))
        return reply(wire)

    def value(self, name: str, **labels: str) -> float:
        return self.app.state.operations.metrics.registry.get_sample_value(name, labels) or 0.0


@dataclass
class Reply:
    """An answer as it came."""

    head: str
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        found = re.search(rf"^{name}: (.*)$", self.head.replace("\r", ""), re.MULTILINE | re.IGNORECASE)
        return found.group(1) if found else ""

    @property
    def lasting(self) -> tuple[str, bytes]:
        """All of it but the id of the request and the date."""
        return re.sub(r"(?im)^(x-request-id|date): .*\r\n", "", self.head + "\r\n"), self.body


def request(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: graph.example", *headers, "", ""]).encode()


def reply(wire: socket.socket) -> Reply:
    found = b""
    while b"\r\n\r\n" not in found:
        part = wire.recv(1 << 16)
        assert part, found
        found += part
    head, _, body = found.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while len(body) < int(length.group(1) if length else 0):
        body += wire.recv(1 << 16)
    return Reply(head.decode(), body)


def publish_label(store: RevisionStore, text: str) -> None:
    """Publish a revision that has one label."""
    line = f'<https://w3id.org/policy-kg/id/x> <http://www.w3.org/2000/01/rdf-schema#label> "{text}" .\n'
    store.publish([("https://w3id.org/policy-kg/graph/a", line.encode())], MANIFEST)


@contextlib.contextmanager
def serving(settings: Settings, revision: Revision | None = None, proxies: str = "", **limits: Any) -> Iterator[Served]:
    app = create_app(settings, revision)
    connections = Connections(Proxies.parse(proxies), 60, **limits)
    with listening(app, connections, app.state.operations.replaying, lifespan="on", server_header=False) as port:
        yield Served(app, port)


@pytest.fixture(scope="module")
def served(settings: Settings, revision: Revision) -> Iterator[Served]:
    with serving(settings, revision) as found:
        yield found


@pytest.mark.parametrize(
    "path",
    [HEALTHCARE, LABELS, "/doc/sector/healthcare", "/api/v1/targets?deadline=2027", "/doc/sector/healthcare.ttl"],
)
def test_what_is_sent_again_is_what_was_sent(served: Served, path: str) -> None:
    with served.connect() as wire:
        first, sent = served.ask(wire, path), served.sent
        again = [served.ask(wire, path) for _ in range(3)]
    assert first.status == 200
    assert served.sent == sent + 3
    assert {each.lasting for each in again} == {first.lasting}
    ids = {each.header("x-request-id") for each in (first, *again)}
    assert len(ids) == 4
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)
    assert all(re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", each.header("date")) for each in again)


def test_that_nothing_has_changed_is_sent_again_too(served: Served) -> None:
    with served.connect() as wire:
        tag = f"If-None-Match: {served.ask(wire, HEALTHCARE).header('etag')}"
        first, sent = served.ask(wire, HEALTHCARE, tag), served.sent
        again = served.ask(wire, HEALTHCARE, tag)
        assert (first.status, again.status, again.body, served.sent) == (304, 304, b"", sent + 1)
        assert again.lasting == first.lasting
        assert served.ask(wire, HEALTHCARE).status == 200


def test_every_header_may_make_another_answer(served: Served) -> None:
    with served.connect() as wire:
        for _ in range(2):
            assert served.ask(wire, HEALTHCARE, "Accept-Language: zh").json["display"] == "医疗"
            assert served.ask(wire, HEALTHCARE, "Accept-Language: en").json["display"] == "Healthcare"
            assert served.ask(wire, LABELS, "Accept: text/csv").body.startswith(b"l\r\n")
            assert served.ask(wire, LABELS, "Accept: application/sparql-results+json").json["head"] == {"vars": ["l"]}


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/sparql?query=" + quote("SELECT (RAND() AS ?r) {}"), ()),
        ("/sparql?query=" + quote("SELECT (NOW() AS ?r) {}"), ()),
        (HEALTHCARE, ("Authorization: Bearer sesame-open-please",)),
        (HEALTHCARE, ("Cookie: a=b",)),
        (HEALTHCARE, ("X-Request-ID: one-of-a-client",)),
        (HEALTHCARE, ("Content-Length: 0",)),
        ("/api/v1/sectors/nothing", ()),
        ("/health/ready", ()),
        ("/sparql?query=SELECT", ()),
    ],
)
def test_what_the_data_do_not_determine_is_never_sent_again(
    served: Served, path: str, headers: tuple[str, ...]
) -> None:
    with served.connect() as wire:
        sent = served.sent
        statuses = {served.ask(wire, path, *headers).status for _ in range(3)}
        assert len(statuses) == 1
        assert served.sent == sent


def test_a_random_number_is_another_one_each_time(served: Served) -> None:
    path = "/sparql?query=" + quote("SELECT (RAND() AS ?r) {}")
    with served.connect() as wire:
        assert len({served.ask(wire, path).body for _ in range(3)}) == 3


def test_requests_that_come_together_or_in_parts_are_answered_in_order(served: Served) -> None:
    with served.connect() as wire:
        known = served.ask(wire, HEALTHCARE).lasting
        wire.sendall(request(HEALTHCARE) + request("/api/v1/sectors/education") + request(HEALTHCARE))
        found = b""
        while found.count(b"HTTP/1.1 200 OK") < 3 or not found.endswith(b"}\n"):
            found += wire.recv(1 << 16)
        assert re.findall(rb'"id":"(healthcare|education)","iri"', found)[0::1][:1] == [b"healthcare"]
        assert found.index(b'"id":"education"') < found.rindex(b'"id":"healthcare"')
        whole = request(HEALTHCARE)
        wire.sendall(whole[:30])
        time.sleep(0.05)
        wire.sendall(whole[30:])
        assert reply(wire).lasting == known


def test_another_revision_is_seen_when_it_is_published(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path / "store")
    publish_label(store, "one")
    with serving(Settings(store=tmp_path / "store")) as served, served.connect() as wire:
        json_of = "Accept: text/csv"
        assert [served.ask(wire, LABELS, json_of, look=False).body for _ in range(3)] == [b"l\r\none\r\n"] * 3
        assert served.sent >= 1
        publish_label(store, "two")
        time.sleep(CHECK_EVERY + 0.05)
        # The answers of the old revision may still come while one request opens the new one.
        seen = [served.ask(wire, LABELS, json_of, look=False).body for _ in range(20)]
        assert seen[-1] == b"l\r\ntwo\r\n"
        assert sorted(seen) == seen
        before = served.sent
        assert served.ask(wire, LABELS, json_of, look=False).body == b"l\r\ntwo\r\n"
        assert served.sent == before + 1


def test_an_answer_counts_as_any_other(settings: Settings, revision: Revision, written: io.StringIO) -> None:
    configure("json", written)
    with serving(settings, revision) as served, served.connect() as wire:
        replies = [served.ask(wire, LABELS, "User-Agent: curious/1") for _ in range(4)]
        replies += [served.ask(wire, HEALTHCARE) for _ in range(3)]
        assert served.sent == 5
        assert served.value("kg_http_requests_total", route="/sparql", method="GET", status="2xx") == 4
        route = "/api/v1/sectors/{id:path}"
        assert served.value("kg_http_requests_total", route=route, method="GET", status="2xx") == 3
        assert served.value("kg_queries_total", outcome="answered") == 4
        assert served.value("kg_replays_total") == 5
    logged = [line for line in lines(written) if line["message"] == "request"]
    assert [line["request_id"] for line in logged] == [each.header("x-request-id") for each in replies]
    assert [line.get("replayed", False) for line in logged] == [False, True, True, True, False, True, True]
    first, second = ({**logged[index]} for index in (0, 1))
    for line in (first, second):
        for name in ("time", "seconds", "request_id", "waited"):
            line.pop(name)
    assert second == {**first, "replayed": True}
    assert second["agent"] == "curious/1"
    assert second["client"] == "127.0.0.1"


def test_the_rate_of_a_client_holds(settings: Settings, revision: Revision) -> None:
    limited = Settings(**{**vars_of(settings), "rate_limit": 0.5})
    with serving(limited, revision) as served, served.connect() as wire:
        replies = [served.ask(wire, HEALTHCARE) for _ in range(8)]
        assert [each.status for each in replies] == [200] * 5 + [429] * 3
        assert replies[-1].json["limit"]["value"] == 0.5
        assert served.sent == 4
        assert served.app.state.operations.buckets.refused == 3


def test_what_a_proxy_says_is_believed_of_a_proxy_alone(settings: Settings, revision: Revision) -> None:
    said = ("X-Forwarded-Proto: https", "X-Forwarded-For: 198.51.100.9")
    trusting = Settings(**{**vars_of(settings), "trusted_proxies": "127.0.0.1", "rate_limit": 0.5})
    path = "/api/v1/measures?limit=1"
    with serving(trusting, revision, proxies="127.0.0.1") as served, served.connect() as wire:
        for _ in range(2):
            assert served.ask(wire, path, *said).json["next"].startswith("https://graph.example/")
        assert served.sent == 1
        others = [served.ask(wire, path, said[0], "X-Forwarded-For: 203.0.113.5").status for _ in range(7)]
        assert others == [200] * 5 + [429] * 2
        assert served.ask(wire, path, *said).status == 200, "another client has its own rate"
    strict = Settings(**{**vars_of(settings), "trusted_proxies": ""})
    with serving(strict, revision) as served, served.connect() as wire:
        for _ in range(2):
            assert served.ask(wire, path, *said).json["next"].startswith("http://graph.example/")


def test_a_connection_lives_on_and_ends_as_always(settings: Settings, revision: Revision) -> None:
    with serving(settings, revision, head_seconds=0.4) as served:
        with served.connect() as wire:
            served.ask(wire, HEALTHCARE)
        with served.connect() as wire:
            sent = served.sent
            served.ask(wire, HEALTHCARE)
            assert served.sent == sent + 1
            time.sleep(0.6)  # the time for a first head is over: it has come
            assert served.ask(wire, HEALTHCARE).status == 200
            wire.sendall(request(HEALTHCARE)[:20])
            assert reply(wire).status == 408


def test_none_is_kept_where_none_is_to_be(settings: Settings, revision: Revision) -> None:
    with serving(Settings(**{**vars_of(settings), "cache_bytes": 0}), revision) as served, served.connect() as wire:
        assert {served.ask(wire, HEALTHCARE).status for _ in range(3)} == {200}
        assert (served.sent, served.app.state.operations.replays.size) == (0, 0)


def vars_of(settings: Settings) -> dict[str, Any]:
    return {"store": settings.store, "base_iri": settings.base_iri, "ontology": settings.ontology}


def replay_of(size: int, until: float = float("inf")) -> Replay:
    return Replay(b"", b"", b"x" * size, 200, size, "/", "", "", {}, until)


def recording_of(name: str, snapshot: object) -> Recording:
    return Recording(name.encode(), forwarded=False, snapshot=snapshot)


def test_the_answers_asked_for_last_stay_within_the_room() -> None:
    snapshot = object()
    replays = Replays(10 * replay_of(1000).cost, lambda: snapshot, lambda: snapshot)
    for name in map(str, range(20)):
        replays.keep(recording_of(name, snapshot), replay_of(1000))
        assert replays.size <= replays.capacity
        assert replays.find(b"0", forwarded=False) is not None
    kept = [name for name in map(str, range(20)) if replays.find(name.encode(), forwarded=False)]
    assert kept == ["0", *map(str, range(12, 20))]
    assert replays.find(b"0", forwarded=True) is None
    replays.keep(recording_of("large", snapshot), replay_of(replays.capacity + 1))
    assert replays.find(b"large", forwarded=False) is None
    replays.keep(recording_of("old", object()), replay_of(10))
    assert replays.find(b"old", forwarded=False) is None
    replays.keep(recording_of("late", snapshot), replay_of(10, time.monotonic() - 1))
    assert replays.find(b"late", forwarded=False) is None
    size = replays.size
    replays.keep(recording_of("19", snapshot), replay_of(1000))
    assert replays.size == size
    replays.clear()
    assert (replays.size, replays.find(b"0", forwarded=False)) == (0, None)


def test_nothing_is_kept_of_a_snapshot_that_was_replaced() -> None:
    first, second = object(), object()
    served: list[object | None] = [first]
    replays = Replays(1 << 20, lambda: served[0], lambda: served[0] or first)
    replays.keep(recording_of("a", first), replay_of(10))
    served[0] = None
    assert replays.find(b"a", forwarded=False) is None, "it is time to look for another revision"
    served[0] = first
    assert replays.find(b"a", forwarded=False) is not None
    served[0] = second
    assert replays.find(b"a", forwarded=False) is None
    assert replays.size == 0


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", False),
        (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", False),
        (b"\r\nGET / HTTP/1.1\r\n\r\n", False),
        (b"GET /" + b"a" * (16 << 10) + b" HTTP/1.1\r\n\r\n", False),
        (b"", False),
    ],
)
def test_what_is_one_whole_request(data: bytes, whole: bool) -> None:
    assert is_whole(data) is whole
