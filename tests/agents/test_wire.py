"""The library's own client over both transports: real processes, the real seeds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import CallToolResult, ListToolsResult

from kg.agents import INSTRUCTIONS, TOOLS
from kg.revisions import Revision
from kg.settings import Settings
from tests.agents.asking import PRODUCT, over_stdio, text_of, with_client
from tests.agents.test_tools import SECTORS
from tests.reliability.serving import serving

pytestmark = pytest.mark.xdist_group("wire")


@pytest.fixture(scope="module")
def url(settings: Settings, revision: Revision, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert revision.id
    with serving(settings.directory, tmp_path_factory.mktemp("log") / "log", {"KG_QUERY_TIMEOUT": "2"}) as server:
        yield server.url


@pytest.fixture(params=["http", "stdio"])
def server(request: pytest.FixtureRequest, url: str, settings: Settings) -> str | StdioServerParameters:
    return f"{url}/mcp" if request.param == "http" else over_stdio(settings.directory, KG_QUERY_TIMEOUT="2")


def structured(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, text_of(result)
    data: dict[str, Any] = result.structured_content
    return data


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_are_listed_with_their_schemas_and_are_said_to_read_only(
    server: str | StdioServerParameters, mode: str
) -> None:
    async def work(client: Client) -> tuple[ListToolsResult, str | None]:
        return await client.list_tools(), client.instructions

    listed, instructions = with_client(server, work, mode=mode)
    assert instructions == INSTRUCTIONS
    assert [tool.name for tool in listed.tools] == [tool.name for tool in TOOLS]
    for declared, tool in zip(listed.tools, TOOLS, strict=True):
        assert declared.input_schema == tool.input
        assert declared.output_schema == tool.output
        assert declared.description == f"{tool.en}\n{tool.zh}"
        assert declared.annotations is not None
        assert declared.annotations.read_only_hint is True


def test_each_tool_answers_over_each_transport(server: str | StdioServerParameters, revision: Revision) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("search", {"query": "helthcare"}),
        ("describe", {"thing": "医疗"}),
        ("measures_touching", {"sector": "healthcare"}),
        ("targets", {"deadline": "2025"}),
        ("compare", {"left": "gd-ai45-compute-2025", "right": "gd-ai45-compute-2027"}),
        ("schema", {"about": "appliesToSector"}),
        ("query", {"query": "SELECT ?m ?s { ?m pkg:appliesToSector ?s } ORDER BY ?m ?s", "limit": 2}),
        ("questions", {"slug": "measures-touching-sector"}),
    ]

    async def work(client: Client) -> list[CallToolResult]:
        return [await client.call_tool(name, arguments) for name, arguments in calls]

    results = with_client(server, work)
    data = {name: structured(result) for (name, _), result in zip(calls, results, strict=True)}
    texts = {name: text_of(result) for (name, _), result in zip(calls, results, strict=True)}
    assert {item["revision"] for item in data.values()} == {revision.id}
    assert data["search"]["items"][0]["id"] == "healthcare"
    assert texts["describe"].startswith("医疗 [sector/healthcare]")
    assert "“建设智慧医院” (dayoo-20240607, line 17, " in texts["measures_touching"]
    assert {item["value"] for item in data["targets"]["items"]} == {40, 3000}
    assert data["compare"]["left"]["id"] == "gd-ai45-compute-2025"
    assert data["schema"]["properties"][0]["term"] == "pkg:appliesToSector"
    assert len(data["query"]["rows"]) == 2
    assert data["query"]["omitted"] == data["query"]["total"] - 2
    assert all(row["evidence"][0]["url"].startswith("https://") for row in data["query"]["rows"])
    assert data["questions"]["rows"][0]["evidence"]


def test_measures_touching_are_those_of_the_json_api(url: str) -> None:
    async def work(client: Client) -> list[CallToolResult]:
        return [await client.call_tool("measures_touching", {"sector": name, "limit": 200}) for _, name in SECTORS]

    for (sector, name), result in zip(SECTORS, with_client(f"{url}/mcp", work), strict=True):
        data = structured(result)
        page = httpx2.get(f"{url}/api/v1/measures?touches={quote(name)}&limit=1000").json()
        assert data["sector"]["id"] == sector
        assert data["total"] == page["total"] == len(page["items"]) > 0
        assert [item["iri"] for item in data["items"]] == [item["iri"] for item in page["items"]]
        assert [_bare(item["touches"]) for item in data["items"]] == [_bare(item["touches"]) for item in page["items"]]


def _bare(value: Any) -> Any:
    """Leave out what a language adds for display."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return {key: _bare(item) for key, item in value.items() if key != "display"} if isinstance(value, dict) else value


def test_mistakes_are_results_that_a_model_can_read(server: str | StdioServerParameters) -> None:
    async def work(client: Client) -> list[CallToolResult]:
        return [
            await client.call_tool("query", {"query": "SELECT ?m { ?m pkg:apliesToSector ?s }"}),
            await client.call_tool("query", {"query": "INSERT DATA { <urn:a> <urn:b> 1 }"}),
            await client.call_tool("query", {"query": "ASK { <urn:a> ?p ?o }"}),
            await client.call_tool("targets", {"dedline": 2027}),
        ]

    term, update, after, argument = with_client(server, work)
    assert term.is_error
    assert "Did you mean pkg:appliesToSector?" in text_of(term)
    assert term.structured_content["error"]["code"] == "unknown-term"
    assert update.is_error
    assert text_of(update).startswith("This is an update. This tool only reads")
    assert structured(after)["boolean"] is False
    assert argument.is_error
    assert "did you mean deadline?" in text_of(argument)


def test_a_tool_that_there_is_not_is_an_error_of_the_protocol(server: str | StdioServerParameters) -> None:
    async def work(client: Client) -> str:
        with pytest.raises(MCPError) as caught:
            await client.call_tool("measure_touching", {})
        return str(caught.value)

    assert "Did you mean measures_touching?" in with_client(server, work)


def test_a_hostile_query_ends_by_the_deadline_of_the_server(server: str | StdioServerParameters) -> None:
    async def work(client: Client) -> tuple[CallToolResult, float, CallToolResult]:
        await client.call_tool("query", {"query": "ASK {}"})  # the first call opens the revision
        began = time.monotonic()
        hostile = await client.call_tool("query", {"query": PRODUCT, "timeout": 60})
        spent = time.monotonic() - began
        return hostile, spent, await client.call_tool("query", {"query": "ASK { ?s a pkg:Policy }"})

    hostile, spent, after = with_client(server, work)
    assert hostile.is_error
    assert hostile.structured_content["error"]["limit"] == {"name": "time", "value": 2.0, "unit": "seconds"}
    assert "its limit of time is 2 seconds" in text_of(hostile)
    assert spent < 4
    assert structured(after)["boolean"] is True


def test_standard_output_has_nothing_but_the_protocol(settings: Settings, revision: Revision, tmp_path: Path) -> None:
    """A store that is built first says so on standard error."""
    assert settings.store != tmp_path
    new = over_stdio(tmp_path / "store")

    async def work(client: Client) -> CallToolResult:
        return await client.call_tool("search", {"query": "医疗"})

    assert structured(with_client(new, work))["revision"] == revision.id
