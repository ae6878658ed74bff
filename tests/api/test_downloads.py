"""The dataset as a file is written once, and does not hold up anybody else."""

from __future__ import annotations

import threading
import time

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.downloads import Downloads
from kg.engine import GraphFormat
from kg.errors import NoRoom
from tests.api.helpers import assert_problem


def test_a_download_is_the_dump_and_is_written_once(app: FastAPI, client: TestClient) -> None:
    snapshot = app.state.snapshots.current()
    leave = snapshot.iris.graph("metadata")
    expected = b"".join(snapshot.engine.dump(GraphFormat.N_QUADS, leave=leave))
    answers = [client.get("/download/graph.nq") for _ in range(3)]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.content == expected
        assert answer.headers["content-length"] == str(len(expected))
        assert answer.headers["content-disposition"].endswith('.nq"')
    known = client.get("/download/graph.nq", headers={"if-none-match": answers[0].headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    downloads: Downloads = app.state.downloads
    one, two = (downloads.open(snapshot, GraphFormat.N_QUADS, leave) for _ in range(2))
    assert one.descriptor != two.descriptor
    for download in (one, two):
        download.close()


def test_where_there_is_no_room_it_is_said(app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise NoRoom

    app.state.downloads.close()  # the service is shared by the tests: another may have asked for the file before
    monkeypatch.setattr("api.downloads._written", full)
    problem = client.get("/download/graph.rdf")
    assert_problem(problem, 503, "no-room")
    assert problem.headers["retry-after"]


def test_who_asks_for_much_leaves_turns_to_the_others(client: TestClient) -> None:
    """Health is answered at once, whatever else is computed."""
    slowest, over = 0.0, threading.Event()

    def ask() -> None:
        while not over.is_set():
            client.get("/api/v1/measures", params={"touches": "healthcare", "limit": "1000"})

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        began = time.monotonic()
        assert client.get("/health/live").json()["status"] == "ok"
        slowest = max(slowest, time.monotonic() - began)
    over.set()
    for thread in threads:
        thread.join()
    assert slowest < 2
