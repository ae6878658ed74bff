"""Look-ups take turns: what waits for a worker, or for a client that sends slowly, holds none meanwhile."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.operations.turns import AT_ONCE
from kg.revisions import Revision
from kg.settings import Settings
from kg.workers.gate import Gate
from tests.api.helpers import assert_problem
from tests.conftest import ROOT

SLOW = """# question.zh: 三元组的三元组有多少？
# question.en: How many triples of triples are there?

SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }
"""


@pytest.fixture
def app(tmp_path: Path, settings: Settings, revision: Revision) -> FastAPI:
    """An app that has a question more, which takes too long."""
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    (tmp_path / "ontology" / "questions" / "slow.rq").write_text(SLOW, encoding="utf-8")
    return create_app(Settings(store=settings.store, ontology=tmp_path / "ontology", query_timeout=6), revision)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_questions_that_take_long_keep_nobody_from_looking_things_up(app: FastAPI, client: TestClient) -> None:
    assert client.get("/api/v1/questions/coverage").status_code == 200
    with ThreadPoolExecutor(AT_ONCE) as threads:
        running = [threads.submit(client.get, "/api/v1/questions/slow") for _ in range(AT_ONCE)]
        time.sleep(0.5)
        assert client.get("/api/v1/sectors/healthcare").status_code == 200
        assert not any(future.done() for future in running), "the look-up waited for one of them"
        for future in running:
            assert_problem(future.result(), 504, "query-timeout")
    assert app.state.operations.turns.gate.inside == 0


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("POST", "/reconcile", {"query": "医疗"}),
        ("POST", "/reconcile/zh", {"extend": '{"ids": [], "properties": []}'}),
        ("GET", "/api/v1/questions/coverage", None),
    ],
)
def test_what_is_computed_here_takes_its_turn_all_the_same(
    app: FastAPI,
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    data: dict[str, str] | None,
) -> None:
    assert client.request(method, path, data=data).status_code == 200
    monkeypatch.setattr(app.state.operations.turns, "gate", Gate(0, per_client=0, waiting=0, patience=1))
    assert_problem(client.request(method, path, data=data), 503, "overloaded")
