"""Queries that go straight to a worker: the same answers, limits and traces as by the whole way."""

from __future__ import annotations

import io
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from api.lanes import Lanes, Learned
from api.operations.logs import configure
from api.replays import Recording
from api.state import CHECK_EVERY
from kg.revisions import Revision, RevisionStore
from kg.settings import Settings
from kg.workers import demotion
from tests.api.operations.test_logs import lines, written
from tests.api.operations.test_replays import (
    LABELS,
    Reply,
    Served,
    publish_label,
    replay_of,
    reply,
    request,
    serving,
    vars_of,
)
from tests.reliability.processes import tree

__all__ = ["written"]

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
WHOLE_WAY = "Cookie: makes=it-one-of-its-own"
JSON = "Accept: application/sparql-results+json"


def query(text: str) -> str:
    return "/sparql?query=" + quote(text, safe="")


def learn(served: Served, wire: socket.socket, *headers: str) -> None:
    """Have the server know how queries with these headers are answered."""
    first = served.ask(wire, query(f"SELECT * {{ VALUES ?n {{ {time.monotonic_ns()} }} }}"), *headers)
    assert first.status == 200, first.body


def answered(served: Served) -> int:
    return int(served.app.state.operations.lanes.answered)


def same(one: Reply, other: Reply) -> bool:
    """Tell whether two answers are the same but for the id of the request and the date, and the order of headers."""
    (head, body), (other_head, other_body) = one.lasting, other.lasting
    return (sorted(head.split("\r\n")), body) == (sorted(other_head.split("\r\n")), other_body)


@pytest.fixture(scope="module")
def served(settings: Settings, revision: Revision) -> Iterator[Served]:
    with serving(settings, revision) as found:
        yield found


@pytest.mark.parametrize(
    ("accept", "text"),
    [
        ("application/sparql-results+json", "SELECT ?s ?l { ?s a pkg:Sector ; rdfs:label ?l } ORDER BY ?s ?l"),
        ("application/sparql-results+json", "ASK { ?s rdfs:label '医疗'@zh }"),
        ("application/sparql-results+xml", "SELECT ?s { ?s rdfs:label '医疗'@zh }"),
        ("text/csv", "SELECT ?s { ?s rdfs:label ?l FILTER(CONTAINS(?l, '100%')) } # %41 + &"),
        ("text/csv, application/sparql-results+json;q=0.5", "SELECT ?s { ?s a pkg:Theme }"),
        ("text/turtle", "CONSTRUCT { ?s rdfs:label ?l } { ?s a pkg:Theme ; rdfs:label ?l }"),
        ("*/*", "DESCRIBE <https://w3id.org/policy-kg/id/sector/healthcare>"),
        ("*/*", "SELECT * { ?s ?p '" + "长" * 1000 + "' }"),
        ("text/csv", "SELECT * FROM <https://w3id.org/policy-kg/graph/ontology> { ?s a owl:Ontology }"),
    ],
    ids=range(9),
)  # fmt: skip
def test_the_answer_is_that_of_the_whole_way(served: Served, accept: str, text: str) -> None:
    with served.connect() as wire:
        header = f"Accept: {accept}"
        kind = (
            "CONSTRUCT { ?s a owl:Ontology } { ?s a owl:Ontology }"
            if "turtle" in accept
            else "SELECT ?s { ?s a pkg:Sector }"
        )
        assert served.ask(wire, query(f"{kind} # {time.monotonic_ns()}"), header).status == 200
        whole, before = served.ask(wire, query(text), header, WHOLE_WAY), answered(served)
        assert whole.status == 200
        found = served.ask(wire, query(text), header)
        assert answered(served) == before + 1
        assert same(found, whole)
        again, sent = served.ask(wire, query(text), header), served.sent
        assert same(again, whole)
        assert sent >= 1
        assert answered(served) == before + 1, "what was answered once is sent again"
        unchanged = served.ask(wire, query(text), header, f"If-None-Match: {found.header('etag')}")
        assert unchanged.status == 304


def test_a_plus_is_a_space(served: Served) -> None:
    with served.connect() as wire:
        learn(served, wire, JSON)
        before = answered(served)
        found = served.ask(wire, "/sparql?query=" + quote_plus("SELECT ('a b' AS ?x) ('c+d' AS ?y) {}"), JSON)
        assert {name: each["value"] for name, each in found.json["results"]["bindings"][0].items()} == {
            "x": "a b",
            "y": "c+d",
        }
        assert answered(served) == before + 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (query("SELECT nonsense"), 400),
        (query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), 403),
        (query("SELECT * " + "{" * 600 + "}" * 600), 400),
        (query("SELECT * FROM <http://127.0.0.1:9/graph> { ?s ?p ?o }"), 403),
        (query("INSERT DATA { <urn:a> <urn:b> <urn:c> }"), 400),
        ("/sparql?query=%FF", 400),
        ("/sparql?query=%E5%8C", 400),
        (query("SELECT * { ?s a pkg:Nothing }") + "%26x=1", 400),
        (query("SELECT * { ?s a pkg:Nothing }") + "&format=nonsense", 400),
    ],
    ids=range(9),
)  # fmt: skip
def test_an_error_is_that_of_the_whole_way(served: Served, path: str, status: int) -> None:
    with served.connect() as wire:
        learn(served, wire, JSON)
        whole = served.ask(wire, path, JSON, WHOLE_WAY)
        found = served.ask(wire, path, JSON)
        assert (found.status, whole.status) == (status, status)
        assert {**found.json, "log_id": ""} == {**whole.json, "log_id": ""}
        assert served.ask(wire, query("ASK {}"), JSON).json["boolean"] is True, "the connection goes on"


def test_a_random_number_is_another_one_each_time(served: Served) -> None:
    with served.connect() as wire:
        learn(served, wire, JSON)
        replies = [served.ask(wire, query("SELECT (RAND() AS ?r) {}"), JSON) for _ in range(3)]
        assert len({each.body for each in replies}) == 3


def test_what_csv_cannot_hold_comes_in_the_next_format(served: Served) -> None:
    with served.connect() as wire:
        accept = "Accept: text/csv, application/sparql-results+json;q=0.5"
        learn(served, wire, accept)
        found = served.ask(wire, query(f"ASK {{}} # {time.monotonic_ns()}"), accept)
        assert found.header("content-type") == "application/sparql-results+json"
        assert found.json["boolean"] is True


def test_a_large_answer_comes_whole(served: Served) -> None:
    with served.connect() as wire:
        learn(served, wire, JSON)
        rows = " ".join(f"(<http://e.org/{number:06}> '{'x' * 60}')" for number in range(900))
        text = f"SELECT * {{ VALUES (?a ?b) {{ {rows} }} VALUES ?c {{ 1 2 3 4 }} }}"
        found = served.ask(wire, query(text)[:60_000] if len(query(text)) > 60_000 else query(text), JSON)
        assert found.status in {200, 400}
        large = served.ask(wire, query("SELECT ?a ?b ?c { ?a ?b ?c } LIMIT 3000"), JSON)
        assert large.status == 200
        assert len(large.body) > 1 << 18
        assert len(large.json["results"]["bindings"]) == 3000


def test_the_deadline_holds(settings: Settings, revision: Revision) -> None:
    with serving(Settings(**{**vars_of(settings), "query_timeout": 0.6}), revision) as served, served.connect() as wire:
        learn(served, wire, JSON)
        began = time.monotonic()
        found = served.ask(wire, query(SLOW), JSON)
        assert found.status == 504
        assert found.json["limit"] == {"name": "time", "value": 0.6, "unit": "seconds"}
        assert 0.5 < time.monotonic() - began < 1.5, "it is not asked twice"
        assert served.app.state.pool.killed["time"] == 1
        assert served.ask(wire, query("ASK { ?s ?p ?o }"), JSON).json["boolean"] is True


def test_a_long_query_lets_others_pass_and_its_worker_goes_on(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demotion, "DEMOTE_AFTER", 0.02)
    line, nursery = served.app.state.operations.replaying.line, served.app.state.snapshots.held().nursery
    long = "SELECT (COUNT(*) AS ?n) { ?a rdfs:label ?c . ?d a pkg:Measure FILTER(CONCAT(STR(?c), STR(?d)) != 'x') }"
    found: list[Reply] = []

    def ask(number: int) -> None:
        with served.connect() as wire:
            found.append(served.ask(wire, query(f"{long} # {number}"), JSON))

    with served.connect() as wire:
        learn(served, wire, JSON)
        ask(0)
        workers = tree(nursery.pid)
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, line.most + 3)]
        for thread in threads:
            thread.start()
        most = 0
        while any(thread.is_alive() for thread in threads):
            most = max(most, len(nursery.busy))
            assert line.running <= line.most
            time.sleep(0.005)
        assert most > line.most, "who has been asked for longer than a moment counts no more"
        assert [each.status for each in found] == [200] * len(found)
        assert len({each.body for each in found}) == 1
        assert tree(nursery.pid) >= workers, "a worker was thrown away"
        assert (line.running, served.app.state.pool.gate.inside) == (0, 0)


def test_the_query_of_who_has_gone_is_ended_and_others_do_not_wait(served: Served) -> None:
    pool = served.app.state.pool
    with served.connect() as other:
        learn(served, other, JSON)
        before = pool.killed["cancelled"]
        with served.connect() as wire:
            wire.sendall(request(query(SLOW), JSON))
            time.sleep(0.3)
            began = time.monotonic()
            assert served.ask(other, query(f"ASK {{}} # {began}"), JSON).status == 200
            assert time.monotonic() - began < 1
        deadline = time.monotonic() + 5
        while (pool.killed["cancelled"] == before or pool.gate.inside) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert pool.killed["cancelled"] == before + 1
        assert pool.counts()["busy"] + pool.counts()["demoted"] == 0
        assert pool.gate.inside == 0


def test_requests_that_come_meanwhile_are_answered_in_order(served: Served) -> None:
    with served.connect() as wire:
        learn(served, wire, JSON)
        numbers = [time.monotonic_ns() + index for index in range(5)]
        for number in numbers:
            wire.sendall(request(query(f"SELECT ({number} AS ?n) {{}}"), JSON))
        bodies = b""
        while bodies.count(b'"bindings"') < 5 or not bodies.endswith(b"}]}}"):
            bodies += wire.recv(1 << 16)
        places = [bodies.index(str(number).encode()) for number in numbers]
        assert places == sorted(places)


def test_more_than_can_be_asked_at_once_are_all_answered(served: Served) -> None:
    found: list[int] = []

    def ask(start: int) -> None:
        with served.connect() as wire:
            for number in range(start, start + 20):
                answer = served.ask(wire, query(f"SELECT ({number} AS ?n) {{ ?s ?p ?o }} LIMIT 1"), JSON)
                found.append(int(answer.json["results"]["bindings"][0]["n"]["value"]))

    with served.connect() as wire:
        learn(served, wire, JSON)
    threads = [threading.Thread(target=ask, args=(index * 1000,)) for index in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == [index * 1000 + number for index in range(24) for number in range(20)]
    pool = served.app.state.pool
    assert (pool.gate.inside, pool.gate.waiting, served.app.state.operations.replaying.line.running) == (0, 0, 0)


def test_it_counts_as_any_other(settings: Settings, revision: Revision, written: io.StringIO) -> None:
    configure("json", written)
    with serving(settings, revision) as served, served.connect() as wire:
        learn(served, wire, JSON)
        replies = [served.ask(wire, query(f"SELECT ({number} AS ?n) {{}}"), JSON) for number in range(2)]
        assert answered(served) == 2
        assert served.value("kg_http_requests_total", route="/sparql", method="GET", status="2xx") == 3
        assert served.value("kg_queries_total", outcome="answered") == 3
        assert served.value("kg_query_seconds_count") == 3
    whole, *hurried = [line for line in lines(written) if line["message"] == "request"]
    assert [line["request_id"] for line in hurried] == [each.header("x-request-id") for each in replies]
    assert len({line["query"] for line in (whole, *hurried)}) == 3
    assert all("replayed" not in line and line["seconds"] > 0 for line in hurried)
    assert [set(line) for line in hurried] == [set(whole)] * 2


def test_the_rate_of_a_client_holds(settings: Settings, revision: Revision) -> None:
    limited = Settings(**{**vars_of(settings), "rate_limit": 0.5})
    texts = [
        "ASK {} # 1",
        "ASK {} # 2",
        "SELECT nonsense",
        "%FF",
        "SELECT (RAND() AS ?r) {}",
        "ASK {} # 3",
        "ASK {} # 4",
    ]
    with serving(limited, revision) as served, served.connect() as wire:
        paths = [f"/sparql?query={text}" if text == "%FF" else query(text) for text in texts]
        assert [served.ask(wire, path, JSON).status for path in paths] == [200, 200, 400, 400, 200, 429, 429]
        assert served.app.state.operations.buckets.refused == 2
        assert served.app.state.pool.killed.total() == 0, "who is refused has no worker ended"


def test_a_worker_that_was_ended_from_outside_is_nobodys_loss(settings: Settings, revision: Revision) -> None:
    with serving(settings, revision) as served, served.connect() as wire:
        learn(served, wire, JSON)
        nursery = served.app.state.snapshots.held().nursery
        workers = tree(nursery.pid) - {nursery.pid}
        assert len(workers) >= 2
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        replies = [served.ask(wire, query(f"SELECT ({number} AS ?n) {{}}"), JSON) for number in range(6)]
        assert [each.status for each in replies] == [200] * 6
        assert [each.json["results"]["bindings"][0]["n"]["value"] for each in replies] == list("012345")
        assert (nursery.users, served.app.state.operations.replaying.line.running) == (0, 0)
        assert served.app.state.pool.gate.inside == 0


def test_who_goes_away_is_counted_and_logged(settings: Settings, revision: Revision, written: io.StringIO) -> None:
    configure("json", written)
    with serving(settings, revision) as served:
        with served.connect() as wire:
            learn(served, wire, JSON)
            wire.sendall(request(query(SLOW), JSON))
            time.sleep(0.3)
        deadline = time.monotonic() + 5
        while not served.value("kg_queries_total", outcome="cancelled") and time.monotonic() < deadline:
            time.sleep(0.02)
        assert served.value("kg_queries_total", outcome="cancelled") == 1
        assert served.value("kg_http_requests_total", route="/sparql", method="GET", status="4xx") == 1
    (line,) = [line for line in lines(written) if line.get("status") == 499]
    assert (line["outcome"], line["path"], line["bytes"]) == ("cancelled", "/sparql", 0)
    assert 0.2 < line["seconds"] < 5


def test_no_revision_that_was_replaced_is_held() -> None:
    first, second = object(), object()
    served = [first]
    lanes = Lanes(lambda: served[0], lambda: served[0])
    asked = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n"
    recording = Recording(asked, forwarded=False, learned=Learned(first, b"{}", {}))  # type: ignore[arg-type]
    served[0] = second
    lanes.keep(recording, [], replay_of(1))
    served[0] = first
    assert lanes.find(asked, forwarded=False) is None
    lanes.keep(recording, [], replay_of(1))
    assert lanes.find(asked, forwarded=False) is not None


def test_another_revision_answers_when_it_is_published(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path / "store")
    publish_label(store, "one")
    with serving(Settings(store=tmp_path / "store")) as served, served.connect() as wire:
        found = [served.ask(wire, f"{LABELS}%20%23{number}", "Accept: text/csv", look=False) for number in range(4)]
        assert {each.body for each in found} == {b"l\r\none\r\n"}
        before = answered(served)
        assert before >= 2
        publish_label(store, "two")
        time.sleep(CHECK_EVERY + 0.05)
        found = [served.ask(wire, f"{LABELS}%20%23{number}", "Accept: text/csv", look=False) for number in range(4, 14)]
        assert found[-1].body == b"l\r\ntwo\r\n"
        assert found[-1].header("x-revision") == store.current_id()
        assert answered(served) > before


def test_a_server_that_is_told_to_end_answers_first(settings: Settings, revision: Revision) -> None:
    got: list[Reply] = []
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d a pkg:Measure . ?e a pkg:Theme }"
    with serving(settings, revision) as served:
        with served.connect() as wire:
            learn(served, wire, JSON)
        wire = socket.create_connection(("127.0.0.1", served.port), 20)
        wire.sendall(request(query(text), JSON))
        reader = threading.Thread(target=lambda: got.append(reply(wire)))
        reader.start()
        time.sleep(0.1)
    reader.join(20)
    assert got[0].status == 200
    assert wire.recv(10) == b"", "and then closes"
    wire.close()
