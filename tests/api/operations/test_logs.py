from __future__ import annotations

import io
import itertools
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from api.operations.logs import configure, redacted
from kg.settings import LogFormat
from tests.api.operations.conftest import Ask


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the process writes on standard error; logging is afterwards as it was."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("api", "kg", "uvicorn")}
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_id_and_without_its_query(written: io.StringIO, asking: Ask) -> None:
    configure("json", written)
    with asking(trusted_proxies="192.0.2.1") as client:
        written.truncate(0)
        written.seek(0)
        headers = {"x-request-id": "from-a-proxy-7", "x-forwarded-for": "198.51.100.9", "user-agent": "curious/1"}
        response = client.get("/test/item/three?lang=zh&secret=hunter2", headers=headers)
    assert response.headers["x-request-id"] == "from-a-proxy-7"
    (line,) = lines(written)
    assert line.pop("time").endswith("+00:00")
    assert 0 <= line.pop("seconds") < 5
    assert line == {
        "level": "info",
        "message": "request",
        "request_id": "from-a-proxy-7",
        "method": "GET",
        "path": "/test/item/three",
        "route": "/test/item/{name}",
        "status": 200,
        "bytes": len(response.content),
        "client": "198.51.100.9",
        "agent": "curious/1",
    }


@pytest.mark.parametrize(
    "given", ["", "short", "with space in it", "<script>alert(1)</script>", "x" * 65, "-leading-dash"]
)
def test_an_id_that_is_no_plain_word_is_not_taken(asking: Ask, given: str) -> None:
    with asking() as client:
        first, second = (client.get("/health/live", headers={"x-request-id": given}) for _ in range(2))
    ids = {first.headers["x-request-id"], second.headers["x-request-id"]}
    assert len(ids) == 2
    assert given not in ids


def test_what_a_head_request_is_stands_in_its_line(written: io.StringIO, asking: Ask) -> None:
    configure("json", written)
    with asking() as client:
        assert client.head("/test/item/one").content == b""
    line = lines(written)[-1]
    assert (line["method"], line["route"], line["bytes"]) == ("HEAD", "/test/item/{name}", 0)


def test_what_handlers_note_is_added(written: io.StringIO, asking: Ask) -> None:
    configure("json", written)
    with asking() as client:
        client.get("/sparql", params={"query": "SELECT * { ?s ?p 'hunter2' }"})
    line = lines(written)[-1]
    assert (line["route"], line["status"]) == ("/sparql", 503)  # the store has nothing yet
    assert "hunter2" not in written.getvalue()


def test_an_error_of_ours_has_the_id_of_its_request_and_its_traceback(written: io.StringIO, asking: Ask) -> None:
    configure("json", written)
    with asking() as client:
        response = client.get("/test/fails")
    assert response.status_code == 500
    error, request = lines(written)[-2:]
    assert error["level"] == "error"
    assert error["logger"] == "api.problems"
    assert response.json()["log_id"] in error["message"]
    assert error["request_id"] == request["request_id"] == response.headers["x-request-id"]
    assert (error["error"], request["status"]) == ("ValueError", 500)
    assert "in fails" in error["traceback"]
    assert "sesame-open-please" not in written.getvalue()


def test_a_client_that_went_away_is_499_and_no_error(written: io.StringIO, asking: Ask) -> None:
    configure("json", written)
    with asking() as client:
        client.get("/test/gone")
    assert [(line["status"], line["level"]) for line in lines(written) if line["message"] == "request"] == [
        (499, "info")
    ]
    assert all(line["level"] == "info" for line in lines(written) if line.get("logger") != "api.app")


SECRET = "s3cret-" + "Zx9._~+/" * 3 + "=="


FORMATS: tuple[LogFormat, ...] = ("json", "text")


def test_no_token_is_ever_written(written: io.StringIO, asking: Ask) -> None:
    with asking(write_token="right-" + SECRET) as client:
        for format, token in itertools.product(FORMATS, (SECRET, "right-" + SECRET)):
            configure(format, written)
            headers = {"authorization": f"Bearer {token}"}
            client.post("/sparql", headers=headers, data={"update": "CLEAR ALL"})
            client.put("/store?default", headers=headers, content=b"", params={"access_token": token})
            client.get("/test/fails", headers=headers | {"x-request-id": token})
    for format in FORMATS:
        configure(format, written)
        log = logging.getLogger("api.somewhere")
        log.warning("headers were %s", {"authorization": f"Bearer {SECRET}"})
        log.warning("headers were %s", [(b"authorization", f"bearer {SECRET}".encode())])
        log.warning("Authorization: Basic %s", SECRET)
        log.warning("Authorization=%s", SECRET)
        try:
            raise ValueError(f"cannot read 'Bearer {SECRET}'")
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    assert written.getvalue().count("cannot read") >= 2
    assert written.getvalue().count("/sparql") >= 4
    assert "s3cret" not in written.getvalue()
    assert "right-" not in written.getvalue()


def test_our_own_words_about_tokens_stay() -> None:
    said = 'The bearer token is not known; send Bearer tokens. WWW-Authenticate: Bearer realm="policy-kg"'
    assert redacted(said) == said


def test_text_is_one_line_whatever_a_stranger_sends(written: io.StringIO, asking: Ask) -> None:
    configure("text", written)
    with asking() as client:
        client.get("/test/item/a%0Ab%1B[31m%E2%80%A8c", headers={"user-agent": "x\ty z"})
    line = written.getvalue().splitlines()[-1]
    assert 'path="/test/item/a\\\\nb\\\\x1b[31m\\\\u2028c"' in line
    assert 'agent="x\\\\ty z"' in line
    assert " info    request request_id=" in line
    assert " method=GET " in line
    assert " status=400 " in line


def test_text_has_the_traceback_below_and_indented(written: io.StringIO, asking: Ask) -> None:
    configure("text", written)
    with asking() as client:
        client.get("/test/fails")
    after = written.getvalue().partition("error=ValueError")[2].splitlines()
    assert after[1] == "    Traceback (most recent call last):"


def test_none_writes_only_what_is_wrong(written: io.StringIO, asking: Ask) -> None:
    configure("none", written)
    with asking() as client:
        written.truncate(0)
        written.seek(0)
        client.get("/health/live")
        assert written.getvalue() == ""
        client.get("/test/fails")
    assert "error   " in written.getvalue()


def test_a_lone_surrogate_can_be_written(written: io.StringIO) -> None:
    configure("json", written)
    logging.getLogger("api").warning("odd: %s", "\ud800")
    assert lines(written)[0]["message"] == "odd: ?"


def test_an_app_alone_leaves_logging_as_it_is(make_app: Any) -> None:
    before = list(logging.getLogger().handlers)
    assert isinstance(make_app(), FastAPI)
    assert logging.getLogger().handlers == before
    assert sys.stderr not in {getattr(handler, "stream", None) for handler in logging.getLogger("api").handlers}
