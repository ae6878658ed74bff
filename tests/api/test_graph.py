"""`/api/v1/graph`, `/api/v1/paths`, `/api/v1/analytics` over HTTP: JSON, files, what is left out, and mistakes."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from typing import Any

import networkx as nx
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.networks import AnalyticsModel, GraphModel, PathsModel
from api.routers import graph
from api.sharing import Sharing
from kg.iris import Iris
from kg.network import EXTENSIONS, FORMATS, Network, neighbourhood, reading
from kg.network import lazy as lazily
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import assert_problem

GRAPH, PATHS, ANALYTICS = "/api/v1/graph", "/api/v1/paths", "/api/v1/analytics"
ENDS: dict[str, Any] = {"from": "鹏城云脑", "to": "医疗"}
ALL: list[tuple[str, dict[str, Any]]] = [(GRAPH, {"root": "医疗"}), (GRAPH, {}), (PATHS, ENDS), (ANALYTICS, {})]


def get(client: TestClient, path: str, parameters: dict[str, Any]) -> dict[str, Any]:
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    value: dict[str, Any] = response.json()
    return value


def test_a_neighbourhood_has_evidence_and_counts_what_it_omits(client: TestClient, revision: Revision) -> None:
    value = get(client, GRAPH, {"root": "医疗", "depth": 2, "limit": 5, "kind": "measure, sector", "lang": "zh"})
    GraphModel.model_validate(value)
    assert value["revision"] == revision.id
    assert (value["root"]["id"], value["root"]["display"]) == ("sector/healthcare", "医疗")
    whole = get(client, GRAPH, {"root": "医疗", "depth": 2, "limit": 1000, "kind": "measure,sector"})
    ids = [node["id"] for node in whole["nodes"]]
    assert [node["id"] for node in value["nodes"]] == ids[:5] != ids
    left = [node["type"] for node in whole["nodes"][5:]]
    assert value["omitted"]["by_kind"] == {kind: left.count(kind) for kind in sorted(set(left))}
    assert value["omitted"]["things"] == len(left)
    assert (value["truncated"], whole["truncated"]) == (True, False)
    stated = [edge for edge in value["edges"] if edge["predicate"]["id"] == "pkg:appliesToSector"]
    assert stated
    assert all(edge["evidence"][0]["quote"] and edge["evidence"][0]["url"] for edge in stated)


def test_what_follows_is_followed_where_that_is_wanted(client: TestClient) -> None:
    measures = get(client, "/api/v1/sectors/livelihood/measures", {"limit": 1000})["total"]
    asked: dict[str, Any] = {
        "root": "sector/livelihood",
        "relation": "touches_sector",
        "direction": "in",
        "inferred": True,
    }
    value = get(client, GRAPH, {**asked, "limit": 1000})
    assert len(value["nodes"]) - 1 == measures > 5
    assert all(edge["inferred"] and edge["rule"] and edge["evidence"] for edge in value["edges"])
    problem = assert_problem(client.get(GRAPH, params={**asked, "inferred": False}), 400, "bad-parameter")
    assert "inferred=true" in problem["allowed"]


def test_paths_have_the_clauses_of_each_step(client: TestClient) -> None:
    value = get(client, PATHS, {**ENDS, "limit": 2})
    PathsModel.model_validate(value)
    assert (value["distance"], len(value["paths"]), value["more"], value["reason"]) == (4, 2, True, None)
    assert value["total"] > 2
    for path in value["paths"]:
        assert all(edge["evidence"] for step in path["steps"] for edge in step["edges"])
    far = get(client, PATHS, {**ENDS, "max_length": 1})
    assert (far["paths"], far["reason"]["code"]) == ([], "longer")
    PathsModel.model_validate(far)


def test_analytics_name_their_methods_and_give_reasons(client: TestClient) -> None:
    value = get(client, ANALYTICS, {"by": "pagerank", "limit": 3, "lang": "en"})
    AnalyticsModel.model_validate(value)
    central, communities = value["centrality"], value["communities"]
    assert [method["id"] for method in central["methods"]] == ["degree", "betweenness", "pagerank"]
    assert [method["id"] for method in communities["methods"]] == ["projection", "louvain"]
    assert communities["methods"][1]["parameters"]["seed"] == 0
    assert {kind: len(items) for kind, items in central["items"].items()} == {"measure": 3, "sector": 3, "product": 3}
    for item in communities["items"]:
        assert item["sectors"][0]["measures"] > 1
        assert item["sectors"][0]["sector"]["display"] in item["display"]
    one = get(client, ANALYTICS, {"report": "centrality", "kind": "sector", "limit": 1})
    assert one["communities"] is None
    assert list(one["centrality"]["items"]) == ["sector"]
    finer = get(client, ANALYTICS, {"report": "communities", "resolution": 3})
    assert finer["centrality"] is None
    assert finer["communities"]["methods"][1]["parameters"]["resolution"] == 3


@pytest.mark.parametrize(("path", "parameters"), ALL)
@pytest.mark.parametrize("format", FORMATS)
def test_every_path_comes_in_every_format(
    client: TestClient, path: str, parameters: dict[str, Any], format: str
) -> None:
    response = client.get(path, params={**parameters, "format": format})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == FORMATS[format]
    assert response.headers["content-disposition"].endswith(f'.{EXTENSIONS[format]}"')
    tag = response.headers["etag"]
    again = client.get(path, params={**parameters, "format": format}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    readers = {
        "graphml": lambda content: nx.read_graphml(io.BytesIO(content), force_multigraph=True),
        "gexf": lambda content: nx.read_gexf(io.BytesIO(content)),
        "cytoscape": lambda content: nx.cytoscape_graph(json.loads(content)),
    }
    if format in readers:
        assert "sector/healthcare" in readers[format](response.content)
    elif format.startswith("csv"):
        assert len(list(csv.reader(io.StringIO(response.text, newline="")))) > 5
    else:
        assert response.text.startswith('digraph "policy-kg" {')


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/gexf+xml", FORMATS["gexf"]),
        ("application/graphml+xml;q=0.5, text/vnd.graphviz", FORMATS["dot"]),
        ("application/vnd.cytoscape+json", FORMATS["cytoscape"]),
        ("text/csv", FORMATS["csv"]),
    ],
)
def test_accept_chooses_the_format(client: TestClient, accept: str, media_type: str) -> None:
    response = client.get(GRAPH, params={"root": "医疗"}, headers={"Accept": accept})
    assert response.headers["content-type"] == media_type
    assert "Accept" in response.headers["vary"]


def test_no_format_that_is_acceptable_is_406(client: TestClient) -> None:
    response = client.get(GRAPH, params={"root": "医疗"}, headers={"Accept": "image/png"})
    assert "application/gexf+xml" in assert_problem(response, 406, "not-acceptable")["supported"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("path", "parameters", "nearest"),
    [
        (GRAPH, {"root": "helthcare"}, "sector/healthcare"),
        (GRAPH, {"root": "pengcheng yunnao"}, "platform/pengcheng-cloud-brain"),
        (PATHS, {"from": "鹏程云脑", "to": "医疗"}, "platform/pengcheng-cloud-brain"),
        (PATHS, {"from": "鹏城云脑", "to": "醫療衛生"}, "sector/healthcare"),
    ],
)
def test_what_is_not_found_gets_near_names(
    client: TestClient, path: str, parameters: dict[str, str], nearest: str, lang: str
) -> None:
    problem = assert_problem(client.get(path, params={**parameters, "lang": lang}), 404, "not-found")
    assert nearest in problem["nearest"]
    assert ("没有" in problem["detail"]) == (lang == "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("path", "parameters", "name"),
    [
        (GRAPH, {"root": "医疗", "relation": "sectosr"}, "relation"),
        (GRAPH, {"root": "医疗", "kind": "planet"}, "kind"),
        (GRAPH, {"root": "医疗", "depth": "5"}, "depth"),
        (GRAPH, {"root": "医疗", "limit": "0"}, "limit"),
        (GRAPH, {"root": "医疗", "direction": "up"}, "direction"),
        (GRAPH, {"root": "医疗", "format": "vsdx"}, "format"),
        (GRAPH, {"depth": "2"}, "depth"),
        (PATHS, {"from": "医疗"}, "to"),
        (PATHS, {"to": "医疗"}, "from"),
        (PATHS, {**ENDS, "max_length": "11"}, "max_length"),
        (ANALYTICS, {"by": "beauty"}, "by"),
        (ANALYTICS, {"kind": "theme"}, "kind"),
        (ANALYTICS, {"resolution": "0"}, "resolution"),
        (ANALYTICS, {"resolution": "nan"}, "resolution"),
    ],
)
def test_an_impossible_value_is_told_in_both_languages(
    client: TestClient, path: str, parameters: dict[str, str], name: str, lang: str
) -> None:
    problem = assert_problem(client.get(path, params={**parameters, "lang": lang}), 400, "bad-parameter")
    assert problem["parameter"] == name
    assert any("\u4e00" <= character <= "\u9fff" for character in problem["detail"].replace("医疗", "")) == (
        lang == "zh"
    )


@pytest.mark.parametrize(
    ("path", "parameters", "en", "zh"),
    [
        (GRAPH, {"root": "医疗", "limit": "0"}, "must be 1 or more", "应不小于 1"),
        (GRAPH, {"root": "医疗", "depth": "9"}, "must be 4 or less", "应不大于 4"),
        (ANALYTICS, {"resolution": "0"}, "must be 0.1 or more", "应不小于 0.1"),
        (ANALYTICS, {"resolution": "11"}, "must be 10 or less", "应不大于 10"),
        ("/api/v1/search", {"q": "a", "limit": "0"}, "must be 1 or more", "应不小于 1"),
    ],
)
def test_whole_numbers_are_told_as_whole_numbers(
    client: TestClient, path: str, parameters: dict[str, str], en: str, zh: str
) -> None:
    for lang, words in (("en", en), ("zh", zh)):
        detail = client.get(path, params={**parameters, "lang": lang}).json()["detail"]
        assert words in detail
        assert ".0" not in detail


def test_a_parameter_that_there_is_not_is_refused(client: TestClient) -> None:
    problem = assert_problem(
        client.get(GRAPH, params={"root": "医疗", "relatoin": "sectors"}), 400, "unknown-parameter"
    )
    assert problem["nearest"] == ["relation"]
    assert_problem(client.get(f"{PATHS}?from=a&from=b&to=c"), 400, "bad-parameter")


def test_a_limit_that_is_exceeded_is_named_in_both_languages(
    settings: Settings, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_EDGES", 10)
    with TestClient(create_app(settings, revision)) as client:
        for lang, word in (("zh", "网络的边数"), ("en", "edges of the network")):
            response = client.get(GRAPH, params={"root": "医疗", "lang": lang})
            problem = assert_problem(response, 422, "limit-exceeded")
            assert problem["limit"] == {"name": "network_edges", "value": 10, "unit": "edges"}
            assert word in problem["detail"]


def test_a_file_has_no_more_in_it_than_any_other_answer(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, unit, most in (("shown_things", "things", 50), ("shown_edges", "edges", 140)):
        monkeypatch.setattr(graph, "MAX_SHOWN", most)
        for format in FORMATS:
            monkeypatch.setattr(client.app.state, "sharing", Sharing())  # type: ignore[attr-defined]
            response = client.get(ANALYTICS, params={"format": format})
            assert assert_problem(response, 422, "limit-exceeded")["limit"] == {
                "name": name,
                "value": most,
                "unit": unit,
            }
        get(client, ANALYTICS, {})
    monkeypatch.setattr(graph, "MAX_SHOWN", 20)
    response = client.get(ANALYTICS, params={"report": "communities", "format": "csv"})
    assert_problem(response, 422, "limit-exceeded")


def test_other_requests_are_answered_while_a_network_is_read(
    settings: Settings, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    real = reading.read_network

    def slow(*arguments: Any, **more: Any) -> Network:
        begun.set()
        assert go_on.wait(30)
        return real(*arguments, **more)

    monkeypatch.setattr(lazily, "read_network", slow)
    with TestClient(create_app(settings, revision)) as client:
        answers: list[int] = []
        asking = threading.Thread(target=lambda: answers.append(client.get(GRAPH, params={"root": "医疗"}).status_code))
        asking.start()
        assert begun.wait(30)
        asked = time.perf_counter()
        assert client.get("/health/live").status_code == 200
        assert time.perf_counter() - asked < 10
        assert answers == []
        go_on.set()
        asking.join(30)
    assert answers == [200]


def test_the_answer_is_that_of_the_library(client: TestClient, engine: Any) -> None:
    network = reading.read_network(engine, Iris())
    found = neighbourhood(network, "广州", depth=2, limit=30)
    value = get(client, GRAPH, {"root": "广州", "depth": 2, "limit": 30})
    assert [node["id"] for node in value["nodes"]] == list(found.distances)
    assert len(value["edges"]) == len(found.edges)
