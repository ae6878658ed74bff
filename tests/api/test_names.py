"""Names of several things over HTTP: the value of a parameter is 400, a path is 404, and both are told the ids."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.build import NamedGraph
from kg.revisions import store_of
from tests.api.helpers import assert_problem
from tests.conftest import Placed
from tests.inference.stating import more
from tests.lookup.test_finder import ALL, NAME, SECTORS, twins

V1 = "/api/v1"
MCP = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


@pytest.fixture(scope="module")
def client(placed: Placed, graphs: tuple[NamedGraph, ...]) -> Iterator[TestClient]:
    """The service over the real graph, and two sectors and a product that have the same name."""
    settings = placed("twins")
    content = [(graph.iri, graph.ntriples()) for graph in more(graphs, twins())]
    revision = store_of(settings).publish(content, {"base_iri": settings.base_iri, "triples": 1})
    with TestClient(create_app(settings, revision), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "parameters", "name", "ids"),
    [
        ("/measures", {"touches": NAME}, "touches", SECTORS),
        ("/targets", {"sector": NAME}, "sector", SECTORS),
        ("/questions/measures-touching-sector", {"sector": NAME}, "sector", SECTORS),
        ("/questions/facts-behind-thing", {"thing": NAME}, "thing", ALL),
        ("/explain", {"subject": NAME, "predicate": "skos:altLabel", "object": "孪生之一"}, "subject", sorted(ALL)),
        ("/graph", {"root": NAME}, "root", sorted(ALL)),
        ("/paths", {"from": NAME, "to": "医疗"}, "from", sorted(ALL)),
    ],
)
def test_a_parameter_is_told_the_ids_of_what_it_may_mean(
    client: TestClient, path: str, parameters: dict[str, str], name: str, ids: list[str]
) -> None:
    for language in ("en", "zh"):
        answer = client.get(V1 + path, params={**parameters, "lang": language})
        problem = assert_problem(answer, 400, "bad-parameter")
        assert (problem["parameter"], problem["value"]) == (name, NAME)
        assert ", ".join(ids) in str(problem["allowed"])
        assert ", ".join(ids) in problem["detail"]


@pytest.mark.parametrize("path", [f"{V1}/sectors/{NAME}", f"{V1}/sectors/{NAME}/measures", f"/doc/sector/{NAME}"])
def test_a_path_is_told_the_ids_of_where_it_may_lead(client: TestClient, path: str) -> None:
    problem = assert_problem(client.get(path), 404, "not-found")
    assert (problem["kind"], problem["wanted"], problem["nearest"]) == ("sector", NAME, ["twin-a", "twin-b"])
    assert client.get(path.replace(NAME, "twin-a")).status_code == 200


def test_agents_are_told_the_ids(client: TestClient) -> None:
    for tool, arguments, ids in (
        ("describe", {"thing": NAME}, ALL),
        ("measures_touching", {"sector": NAME}, SECTORS),
        ("questions", {"slug": "facts-behind-thing", "parameters": {"thing": NAME}}, ALL),
    ):
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        result = client.post("/mcp", json=message, headers=MCP).json()["result"]
        assert result["isError"], tool
        error = result["structuredContent"]["error"]
        assert error["code"] == "bad-argument", tool
        assert ", ".join(ids) in error["message"], tool
