"""Hostile trees of sectors and places over HTTP: every path answers, in time, and says what it leaves out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.models import PAGES, THINGS
from api.networks import GraphModel
from api.routers.explaining import AnswerModel
from api.routers.resolve import ResolutionModel
from kg.build import NamedGraph
from kg.iris import Iris
from kg.revisions import store_of
from kg.terms import PKG, SKOS
from tests.api.helpers import BROWSER
from tests.conftest import Placed
from tests.inference.stating import ladder, more, stated

pytestmark = pytest.mark.xdist_group("many-ways-served")

LEVELS = 40
SECONDS = 30
MEASURE, PLATFORM = "gd-ai45-smart-hospitals", "hengqin-advanced-computing-centre"
MCP = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


@pytest.fixture(scope="module")
def client(placed: Placed, graphs: tuple[NamedGraph, ...]) -> Iterator[TestClient]:
    """The service over the real graph, with trees that fork and join again 40 times above a sector and a place."""
    mint = Iris().mint
    low = {kind: f"<{mint(kind, 'level-0-0')}>" for kind in ("sector", "place")}
    lines = [*ladder("sector", SKOS + "broader", LEVELS), *ladder("place", PKG + "locatedIn", LEVELS)]
    lines += stated(f"<{mint('sector', 'healthcare')}>", f"<{SKOS}broader>", low["sector"])
    lines += stated(f"<{mint('place', 'hengqin')}>", f"<{PKG}locatedIn>", low["place"])
    settings = placed("ladders")
    content = [(graph.iri, graph.ntriples()) for graph in more(graphs, lines)]
    revision = store_of(settings).publish(content, {"base_iri": settings.base_iri, "triples": 1})
    with TestClient(create_app(settings, revision), raise_server_exceptions=False) as client:
        yield client


def get(client: TestClient, path: str, **parameters: str) -> dict[str, Any]:
    begun = time.monotonic()
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text[:2000]
    assert time.monotonic() - begun < SECONDS
    value: dict[str, Any] = response.json()
    return value


def test_lists_and_things_are_answered(client: TestClient) -> None:
    page = get(client, "/api/v1/measures", touches=f"level-{LEVELS}-0")
    PAGES["measure"].model_validate(page)
    assert MEASURE in {item["id"] for item in page["items"]}
    for item in page["items"]:
        assert any(touch["ways_omitted"] for touch in item["touches"])
    assert all(item["touches"][0]["via"] for item in page["items"])
    thing = get(client, f"/api/v1/platforms/{PLATFORM}")
    THINGS["platform"].model_validate(thing)
    assert {item["place"]["id"] for item in thing["located_within"]} > {"hengqin", "level-0-0", f"level-{LEVELS}-1"}
    THINGS["measure"].model_validate(get(client, f"/api/v1/measures/{MEASURE}"))


def test_explanations_are_answered(client: TestClient) -> None:
    tree = get(client, "/api/v1/explain", subject=MEASURE, object=f"sector/level-{LEVELS}-0", lang="zh")
    AnswerModel.model_validate(tree)
    assert tree["reasons"]
    where = {"subject": PLATFORM, "predicate": "locatedWithin", "object": f"place/level-{LEVELS}-0"}
    AnswerModel.model_validate(get(client, "/api/v1/explain", **where))


def test_the_network_is_answered(client: TestClient) -> None:
    graph = get(client, "/api/v1/graph", root=f"measure/{MEASURE}", inferred="true", lang="en")
    GraphModel.model_validate(graph)
    assert any(edge.get("ways_omitted") for edge in graph["edges"])


@pytest.mark.parametrize(
    "question",
    [
        f"which measures touch level {LEVELS} 0",
        "哪些措施涉及医疗？",
        "describe hengqin",
        "which sectors does build smart hospitals touch",
        f"describe level {LEVELS} 1",
    ],
)
def test_questions_are_answered(client: TestClient, question: str) -> None:
    ResolutionModel.model_validate(get(client, "/api/v1/resolve", q=question))


def test_pages_and_tools_are_answered(client: TestClient) -> None:
    for path in (f"/doc/platform/{PLATFORM}", f"/doc/measure/{MEASURE}"):
        begun = time.monotonic()
        assert client.get(path, headers={"accept": BROWSER}).status_code == 200
        assert time.monotonic() - begun < SECONDS
    for tool, arguments in (
        ("measures_touching", {"sector": f"level-{LEVELS}-0"}),
        ("describe", {"thing": PLATFORM}),
        ("compare", {"left": f"platform/{PLATFORM}", "right": "platform/guangzhou-ai-public-computing-centre"}),
        ("query", {"query": f"SELECT ?m {{ ?m pkg:touchesSector <{Iris().mint('sector', f'level-{LEVELS}-0')}> }}"}),
    ):
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        begun = time.monotonic()
        answer = client.post("/mcp", json=message, headers=MCP)
        assert answer.status_code == 200, answer.text[:2000]
        assert not answer.json()["result"].get("isError"), answer.text[:2000]
        assert time.monotonic() - begun < SECONDS
