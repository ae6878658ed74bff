from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.errors import BodyTooLarge
from api.operations.requests import MAX_ADDRESS, MAX_HEADERS, FaultMiddleware, RequestLimitMiddleware, longest_body
from kg.settings import Settings
from tests.api.helpers import assert_problem
from tests.api.operations.conftest import Ask

LONG = f"/{'x' * (MAX_ADDRESS // 2)}"
LONG_QUERY = {"q": "x" * (MAX_ADDRESS // 2)}  # in two halves: a client of ours has a limit as well


@pytest.mark.parametrize(
    ("path", "headers", "status", "slug", "limit"),
    [
        (LONG, {}, 414, "address-too-long", "address"),
        (f"/limits?{'&x' * 1000}", {}, 400, "too-many-parameters", "parameters"),
        ("/limits", {"x-large": "x" * MAX_HEADERS}, 431, "headers-too-large", "headers"),
        ("/limits", {f"x-{number}": "" for number in range(100)}, 431, "headers-too-large", "headers"),
    ],
)
def test_what_is_too_large_is_refused_with_the_limit(
    asking: Ask, path: str, headers: dict[str, str], status: int, slug: str, limit: str
) -> None:
    with asking() as client:
        problem = assert_problem(
            client.get(path, headers=headers, params=LONG_QUERY if path == LONG else None), status, slug
        )
    assert problem["limit"]["name"] == limit
    assert str(problem["limit"]["value"]) in problem["detail"]


def test_a_body_that_says_it_is_too_large_is_not_read(asking: Ask) -> None:
    longest = longest_body(Settings())
    with asking() as client:
        headers = {"content-length": str(longest + 1), "content-type": "application/sparql-query"}
        problem = assert_problem(client.post("/sparql", headers=headers, content=b"ASK {}"), 413, "too-large")
        assert problem["limit"] == {"name": "body", "value": longest, "unit": "bytes"}
        for nonsense in ("9" * 30, "-1", "+5", "1_0"):
            headers["content-length"] = nonsense
            assert client.post("/sparql", headers=headers, content=b"ASK {}").status_code == 413


@pytest.mark.parametrize("started", [False, True])
def test_a_body_that_says_no_length_is_counted_as_it_comes(started: bool) -> None:
    settings, chunk, read = Settings(max_upload=1 << 20), b"x" * (64 << 10), 0

    async def endless() -> Message:
        nonlocal read
        read += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        if started:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            assert read < 100 << 20
        raise EOFError

    async def send(_message: Message) -> None:
        return

    limited = RequestLimitMiddleware(app, settings)
    with pytest.raises(EOFError if started else BodyTooLarge):
        asyncio.run(limited({"type": "http", "path": "/", "headers": []}, endless, send))
    assert longest_body(settings) < read <= longest_body(settings) + len(chunk)


@pytest.mark.parametrize("host", ['a"b', "a b", "[", "[::1", "x/y", "user@host", "a:99999999", "", "<x>", "a\u00e9"])
def test_what_is_no_host_is_refused_and_does_not_come_back(asking: Ask, host: str) -> None:
    with asking() as client:
        response = client.get("/limits", headers={b"host": host.encode("latin-1")})
        problem = assert_problem(response, 400, "malformed-request")
        assert problem["detail"] == "Host is not the name of a host."
        assert host not in {"a b", "x/y"} or host not in response.text
    with asking(public_url="https://kg.example") as client:
        assert client.get("/test/url", headers={b"host": host.encode("latin-1")}).json()["url"] == (
            "https://kg.example/test/url"
        )


@pytest.mark.parametrize("host", ["localhost", "kg.example:8000", "[::1]:8000", "192.0.2.1", "xn--fiqs8s"])
def test_hosts_as_they_are_pass(asking: Ask, host: str) -> None:
    with asking() as client:
        assert client.get("/test/url", headers={"host": host}).json()["url"] == f"http://{host}/test/url"


@pytest.mark.parametrize("path", ["/limits%0A", "/%0A", "/limits%00", "/limits%7F/x", "/limits%0D%0Ax"])
def test_control_characters_are_no_path(asking: Ask, path: str) -> None:
    """Found by fuzzing: a line feed at the end of a path was overlooked, and led to a redirect."""
    with asking() as client:
        problem = assert_problem(client.get(path), 400, "malformed-request")
        assert problem["detail"] == "The path has control characters."
        assert problem["instance"] == path


async def run(app: Any) -> list[Message]:
    """Return what an app sends through the middleware."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    await FaultMiddleware(app)({"type": "http", "path": "/", "headers": []}, receive, send)
    return sent


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), ValueError("ours")])
def test_an_answer_that_fails_midway_is_left_without_its_end(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise error

    sent = asyncio.run(run(app))
    assert [message.get("more_body") for message in sent] == [None, True]
    (record,) = caplog.records
    assert record.getMessage().startswith("the answer was broken off: ")
    assert bool(record.exc_info) is isinstance(error, ValueError)


def test_what_a_server_cancels_stays_cancelled() -> None:
    async def app(*_: object) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run(app))


def test_two_ways_to_say_where_a_body_ends_are_refused(asking: Ask) -> None:
    """A proxy before us may go by the other one."""
    with asking() as client:
        headers = {"content-length": "4", "transfer-encoding": "chunked"}
        assert_problem(client.post("/sparql", headers=headers), 400, "malformed-request")
