"""`/explore` without a script: what is near a thing as a table, things to start from, and what was not found."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.pages.explore import STARTS

HTML = {"accept": "text/html"}


def test_it_starts_with_the_policy_and_what_is_joined_most(client: TestClient) -> None:
    response = client.get("/explore", headers=HTML)
    assert response.status_code == 200
    page = response.text
    assert page.index("/explore?root=policy/gd-ai45") < page.index("/explore?root=place/guangdong")
    assert "Things with the most relations" in page
    assert 'data-thing="' not in page


@pytest.mark.parametrize("root", ["sector/healthcare", "healthcare", "医疗", "Healthcare"])
def test_the_neighbourhood_is_a_table_with_clauses(client: TestClient, root: str) -> None:
    page = client.get("/explore", params={"root": root, "lang": "zh"}, headers=HTML).text
    assert 'data-thing="sector/healthcare"' in page
    assert "针对行业" in page
    assert "“建设智慧医院”" in page
    assert "/doc/clause/dayoo-20240607/17/61-67?lang=zh" in page
    assert "/explore?root=measure/gd-ai45-smart-hospitals&amp;lang=zh" in page
    assert "9 / 9" in page


def test_steps_and_rules_widen_it(client: TestClient) -> None:
    def rows(**more: str) -> int:
        return client.get("/explore", params={"root": "healthcare", **more}, headers=HTML).text.count("<tr>")

    assert rows() < rows(depth="2") < rows(depth="2", inferred="true")
    page = client.get("/explore", params={"root": "healthcare", "depth": "2", "inferred": "true"}, headers=HTML).text
    assert "follows by a rule" in page
    assert "/explore?root=sector/livelihood&amp;inferred=true" in page


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is no thing “helthcare”"), ("zh", "图谱中没有“helthcare”")]
)
def test_what_is_not_there_has_neighbours(client: TestClient, language: str, words: str) -> None:
    response = client.get("/explore", params={"root": "helthcare", "lang": language}, headers=HTML)
    assert response.status_code == 404
    assert words in response.text
    assert f"/explore?root=sector/healthcare&amp;lang={language}" in response.text
    assert 'value="helthcare"' in response.text
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("query", ["x=1", "depth=5", "depth=0", "inferred=maybe", "root=a&root=b", "root=" + "a" * 201])
def test_what_it_does_not_know_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/explore?{query}", headers=HTML).status_code == 400


def test_where_to_start_is_found_once_a_revision(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get("/explore", headers=HTML).text
    network = app.state.networks.of(app.state.snapshots.current()).network()
    starts = app.state.starts.of(app.state.snapshots.current())
    assert [start.thing["type"] for start in starts][:2] == ["policy", "place"]
    degrees = [start.degree for start in starts[1:]]
    assert degrees == sorted(degrees, reverse=True)
    assert len(starts) == STARTS
    others = {node.id for node in network.nodes.values()} - {start.thing["id"] for start in starts}
    assert max(network.degree(id, network.chosen(())) for id in others) <= degrees[-1]
    monkeypatch.setattr("api.pages.explore.starts_of", None)
    monkeypatch.setattr("heapq.nsmallest", None)
    assert client.get("/explore", headers=HTML).text == page
