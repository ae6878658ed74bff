"""`/mcp` as HTTP: who may ask, how much, and that it costs nothing until somebody does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from mcp import Client
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings
from tests.agents.asking import PRODUCT, with_client
from tests.api.helpers import assert_problem
from tests.api.operations.conftest import listening
from tests.reliability.conftest import linux
from tests.reliability.processes import busy_share, settled
from tests.reliability.serving import serving

HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


def message(tool: str, **arguments: Any) -> dict[str, Any]:
    parameters = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": parameters}


SCHEMA = message("schema", about="pkg:Measure")


@pytest.fixture(scope="module")
def app(settings: Settings, revision: Revision) -> FastAPI:
    return create_app(settings, revision)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_message_is_answered_as_json_without_a_session(client: TestClient, revision: Revision) -> None:
    response = client.post("/mcp", json=SCHEMA, headers=HEADERS)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in response.headers
    assert response.json()["result"]["structuredContent"]["revision"] == revision.id


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_are_no_streams_and_no_sessions(client: TestClient, method: str) -> None:
    problem = assert_problem(client.request(method, "/mcp", headers=HEADERS), 405, "wrong-method")
    assert problem["allowed"] == ["POST"]


def test_what_is_no_message_is_refused_by_the_protocol(client: TestClient) -> None:
    response = client.post("/mcp", content=b"{", headers={**HEADERS, "Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == -32700
    assert client.post("/mcp", content=b"{}", headers={**HEADERS, "Content-Type": "text/plain"}).status_code == 400


def test_a_message_that_is_too_long_is_refused(client: TestClient, settings: Settings) -> None:
    long = message("query", query="#" * (7 * settings.max_query_length))
    problem = assert_problem(client.post("/mcp", json=long, headers=HEADERS), 413, "too-large")
    assert problem["limit"]["value"] == 6 * settings.max_query_length + (64 << 10)
    error = client.post("/mcp", json=message("query", query="#" * 200_000), headers=HEADERS).json()["result"]
    assert error["isError"] is True
    assert error["structuredContent"]["error"]["limit"] == {"name": "length", "value": 100_000, "unit": "characters"}


def test_a_message_that_comes_slowly_or_not_at_all_is_not_waited_for(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("api.protocol.BODY_SECONDS", 0.5)
    head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
    with listening(app, lifespan="off") as port:
        with socket.create_connection(("127.0.0.1", port), 10) as wire:
            wire.sendall(head + b"Connection: close\r\n\r\n{")
            answer = wire.makefile("rb").read()
        with socket.create_connection(("127.0.0.1", port), 10) as wire:
            wire.sendall(head + b"\r\n{")
            time.sleep(0.2)
        time.sleep(0.2)
    assert answer.startswith(b"HTTP/1.1 408 ")
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert problem["limit"] == {"name": "arrival", "value": 0.5, "unit": "seconds"}
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:6274"),
        ("localhost:8000", "http://127.0.0.1:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("192.0.2.1:8000", "http://192.0.2.1:8000"),
        ("kg.example", None),
    ],
)
def test_programs_and_pages_of_this_machine_or_this_address_may_ask(
    client: TestClient, host: str, origin: str | None
) -> None:
    headers = {**HEADERS, "Host": host} | ({"Origin": origin} if origin else {})
    assert client.post("/mcp", json=SCHEMA, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "https://evil.example"),
        ("rebound.example:8000", "http://rebound.example:8000"),
        ("192.0.2.1:8000", "http://192.0.2.2:8000"),
        ("localhost:8000", "null"),
        ("localhost:8000", "http://localhost.evil.example"),
        ("localhost:8000", "http://[::1"),
    ],
)
def test_a_page_elsewhere_may_not_ask_even_by_a_name_that_leads_here(
    client: TestClient, host: str, origin: str
) -> None:
    response = client.post("/mcp", json=SCHEMA, headers={**HEADERS, "Host": host, "Origin": origin})
    assert assert_problem(response, 403, "foreign-origin")["origin"] == origin


def test_pages_of_the_public_address_may_ask_and_no_others(settings: Settings, revision: Revision) -> None:
    public = create_app(replace(settings, public_url="https://kg.example/policy"), revision)
    with TestClient(public) as client:
        own = {**HEADERS, "Origin": "https://kg.example"}
        assert client.post("/mcp", json=SCHEMA, headers=own).status_code == 200
        assert client.post("/policy/mcp", json=SCHEMA, headers=own).status_code == 200
        other = {**HEADERS, "Host": "192.0.2.1", "Origin": "http://192.0.2.1"}
        assert_problem(client.post("/mcp", json=SCHEMA, headers=other), 403, "foreign-origin")


def test_what_a_client_of_the_protocol_sends_is_allowed_to_scripts(client: TestClient) -> None:
    asked = {"Origin": "http://localhost:6274", "Access-Control-Request-Method": "POST"}
    allowed = client.options("/mcp", headers=asked).headers["access-control-allow-headers"].lower()
    assert {"content-type", "mcp-protocol-version", "mcp-session-id", "mcp-method", "mcp-name"} <= set(
        allowed.split(", ")
    )


def test_services_that_the_operator_allows_are_not_called_for_agents(settings: Settings, revision: Revision) -> None:
    allowing = create_app(replace(settings, service_allow="https://query.wikidata.org"), revision)
    call = message("query", query="ASK { SERVICE <https://query.wikidata.org/sparql> { ?a ?b ?c } }")
    with TestClient(allowing) as client:
        result = client.post("/mcp", json=call, headers=HEADERS).json()["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == "query-refused"


@pytest.mark.parametrize(
    "text",
    ["医疗", "醫療", "Ｈealth-care", "yi1 liao2", "smart hospital", "helthcare", "广州", "上海", "?!", "智能"],
)
@pytest.mark.parametrize("kind", [None, "product"])
def test_search_finds_the_same_as_the_api(client: TestClient, text: str, kind: str | None) -> None:
    arguments: dict[str, Any] = {"query": text, "limit": 20} | ({"kinds": [kind]} if kind else {})
    result = client.post("/mcp", json=message("search", **arguments), headers=HEADERS).json()["result"]
    parameters = {"q": text, "limit": "20"} | ({"type": kind} if kind else {})
    found = client.get("/api/v1/search", params=parameters).json()
    of_agents = [
        {name: value for name, value in item.items() if name not in {"display", "evidence", "evidence_omitted"}}
        for item in result["structuredContent"]["items"]
    ]
    assert of_agents == found["items"]
    assert result["structuredContent"]["revision"] == found["revision"]
    assert kind or bool(found["items"]) == (text not in {"上海", "?!"})


def test_the_limit_of_requests_holds(settings: Settings, revision: Revision) -> None:
    with TestClient(create_app(replace(settings, rate_limit=1), revision)) as client:
        responses = [client.post("/mcp", json=SCHEMA, headers=HEADERS) for _ in range(8)]
    assert [response.status_code for response in responses[:5]] == [200] * 5
    assert int(assert_problem(responses[-1], 429, "rate-limited")["limit"]["value"]) == 1
    assert int(responses[-1].headers["retry-after"]) >= 1


def test_where_nothing_is_published_a_tool_says_so(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(store=tmp_path / "none"))) as client:
        result = client.post("/mcp", json=message("search", query="医疗"), headers=HEADERS).json()["result"]
    assert result["isError"] is True
    assert result["content"][0]["text"] == "该存储中尚未发布任何版本。"


def test_queries_of_agents_are_counted_with_all_others(app: FastAPI, client: TestClient) -> None:
    def counted() -> float:
        found = app.state.metrics.registry.get_sample_value("kg_queries_total", {"outcome": "answered"})
        return float(found or 0)

    before = counted()
    client.post("/mcp", json=message("query", query="ASK { ?s a pkg:Policy }"), headers=HEADERS)
    assert counted() == before + 1


def test_a_server_that_no_agent_asks_does_not_load_the_protocol() -> None:
    program = """
import json, sys
from pathlib import Path
from api.app import create_app
from kg.settings import Settings
create_app(Settings(store=Path(sys.argv[1])))
print(json.dumps([name for name in sys.modules if name.split(".")[0] in {"mcp", "mcp_types"}]))
"""
    done = subprocess.run([sys.executable, "-c", program, "none"], capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout) == []


@linux
@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_the_query_of_a_client_that_goes_away_ends(
    settings: Settings, revision: Revision, tmp_path: Path, mode: str
) -> None:
    assert revision.id

    async def work(client: Client) -> str:
        assert (await client.call_tool("query", {"query": "ASK { ?s a pkg:Policy }"})).is_error is False
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(client.call_tool("query", {"query": PRODUCT}), 2)
            raise AssertionError("the query is not a long one")
        return str(client.protocol_version)

    with serving(settings.directory, tmp_path / "log", {"KG_QUERY_TIMEOUT": "60"}) as server:
        version = with_client(f"{server.url}/mcp", work, mode=mode)
        assert (version == mode) is (mode != "legacy")
        assert settled(lambda: busy_share(server.pid, 0.5) < 0.2, 10), "the query runs on"


def test_queries_of_agents_keep_nobody_from_looking_things_up(settings: Settings, revision: Revision) -> None:
    hostile = message("query", query=PRODUCT)
    app = create_app(replace(settings, query_timeout=3), revision)
    with TestClient(app) as client, ThreadPoolExecutor(8) as pool:
        client.post("/mcp", json=SCHEMA, headers=HEADERS)
        running = [
            pool.submit(client.post, "/mcp", json=hostile, headers={**HEADERS, "X-Forwarded-For": f"192.0.2.{number}"})
            for number in range(8)
        ]
        time.sleep(0.5)
        began = time.monotonic()
        assert client.get("/api/v1/sectors/healthcare").status_code == 200
        assert client.post("/mcp", json=SCHEMA, headers=HEADERS).json()["result"]["isError"] is False
        assert time.monotonic() - began < 1.5
        codes = {future.result().json()["result"]["structuredContent"]["error"]["code"] for future in running}
    assert codes <= {"query-timeout", "overloaded"}
    assert app.state.operations.turns.gate.inside == 0


@pytest.mark.parametrize("text", ["", " ", "\u3000\t\n", "\u200b\u200d", "x" * 201])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_search_for_nothing_is_refused_as_the_api_refuses_it(client: TestClient, text: str, language: str) -> None:
    result = client.post("/mcp", json=message("search", query=text, lang=language), headers=HEADERS).json()["result"]
    error = result["structuredContent"]["error"]
    assert result["isError"] is True
    assert (error["code"], error["argument"]) == ("bad-argument", "query")
    assert any("\u4e00" <= character <= "\u9fff" for character in error["message"]) is (language == "zh")
    assert_problem(client.get("/api/v1/search", params={"q": text}), 400, "bad-parameter")


def test_rows_of_a_question_have_the_same_clauses_as_in_the_api(client: TestClient) -> None:
    for slug in ("measures-touching-sector", "targets-due-by", "platforms-supported", "coverage", "sources"):
        result = client.post("/mcp", json=message("questions", slug=slug), headers=HEADERS).json()["result"]
        rows = client.get(f"/api/v1/questions/{slug}").json()["rows"]
        of_agents = [row["evidence"] for row in result["structuredContent"]["rows"]]
        assert of_agents == [row["evidence"][:8] for row in rows]
