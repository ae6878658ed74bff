"""A revision that is larger by far than the seeds: what a query costs has a bound, and past it the answer says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.reconcile import allowance
from api.reconcile.data import MOST_UNNAMED, Data
from api.state import PerRevision, Snapshots
from kg.revisions import RevisionStore
from kg.settings import Settings
from tests.api.helpers import assert_problem
from tests.network.made import made_graphs

pytestmark = pytest.mark.xdist_group("reconcile-large")

APPLIES = {"pid": "sectors", "v": "sector/s1"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service over one measure more than may be compared, and some sectors and products."""
    settings = Settings(store=tmp_path_factory.mktemp("large"))
    graphs = made_graphs(MOST_UNNAMED + 1, 20, 30, 3_000)
    revision = RevisionStore(settings.directory).publish(graphs, {"base_iri": settings.base_iri, "triples": 1})
    with TestClient(create_app(settings, revision), raise_server_exceptions=False) as client:
        yield client


def asked(client: TestClient, query: dict[str, Any], **parameters: str) -> Any:
    return client.post("/reconcile", data={"queries": json.dumps({"q": query})}, params=parameters)


def test_a_query_without_a_name_goes_through_no_more_things_than_may_be(client: TestClient) -> None:
    for query, number in (
        ({"properties": [APPLIES], "type": "measure"}, MOST_UNNAMED + 1),
        ({"properties": [APPLIES]}, MOST_UNNAMED + 1 + 20 + 30),
    ):
        problem = assert_problem(asked(client, query), 400, "bad-parameter")
        assert problem["parameter"] == "queries.q"
        assert f"{number} things" in problem["detail"]
        assert f"{MOST_UNNAMED} may be compared" in problem["detail"]
        zh = assert_problem(asked(client, query, lang="zh"), 400, "bad-parameter")["detail"]
        assert f"{number} 个事物" in zh
        assert "请给出名称" in zh
    few = asked(client, {"properties": [{"pid": "label", "v": "sector 7"}], "type": ["sector", "product"]})
    assert [item["id"] for item in few.json()["q"]["result"]] == ["sector/s7"]
    named = asked(client, {"query": "measure 7", "properties": [APPLIES], "type": "measure"})
    assert "measure/m7" in [item["id"] for item in named.json()["q"]["result"]]


def test_what_takes_too_long_is_stopped_and_says_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = (
        {"queries": json.dumps({"q0": {"query": "measure 7"}, "q1": {"query": "measure 8"}})},
        {"query": json.dumps({"query": "measure 7", "properties": [APPLIES]})},
        {"extend": json.dumps({"ids": ["measure/m1"], "properties": [{"id": "label"}]})},
    )
    for data in requests:
        assert client.post("/reconcile", data=data).status_code == 200
    monkeypatch.setattr(allowance, "SECONDS", 0.0)
    for data in requests:
        problem = assert_problem(client.post("/reconcile", data=data), 504, "query-timeout")
        assert problem["limit"] == {"name": "time", "value": 0, "unit": "seconds"}
        assert "时限" in client.post("/reconcile/zh", data=data).json()["detail"]


def test_nothing_is_worked_out_of_a_thing_that_is_only_described(client: TestClient) -> None:
    app: Any = client.app
    data: PerRevision[Data] = app.state.reconciliation
    snapshots: Snapshots = app.state.snapshots
    thing = data.of(snapshots.current()).thing("measure/m1")
    assert thing is not None
    assert (thing.touches, dict(thing.follows)) == (None, {})
