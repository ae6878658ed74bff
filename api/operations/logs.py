"""What is written on standard error: one line an event, as JSON or as text, and never a token.

Only a process that serves calls `configure`; an app alone leaves logging as it finds it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from kg.settings import LogFormat

REQUESTS: Final = logging.getLogger("api.requests")
"""The logger that has one line a request; its fields are the record's `fields`."""

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The id of the request that is being answered; every line that is written meanwhile has it."""

_CREDENTIALS: Final = (
    re.compile(r"(?i)\b(bearer|basic)(\s+)(?!(?:tokens?|realm)\b)[A-Za-z0-9._~+/-]+=*"),
    re.compile(r"(?i)\b(authorization)(\W{1,6})(?!…)\w[^\s'\",;]*(?:\s+…)?"),
)
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNPRINTABLE: Final = re.compile(r"[\x7f-\x9f\u2028\u2029]")
_PLAIN: Final = re.compile(r"[\w./:%~+@*,()\[\]{}-]+")


def redacted(text: str) -> str:
    """Return a text without what could be a credential.

    >>> redacted("got Authorization: Bearer s3cret, and more")
    'got Authorization: …, and more'
    """
    for pattern in _CREDENTIALS:
        text = pattern.sub(r"\1\2…", text)
    return text


def configure(format: LogFormat, stream: TextIO | None = None) -> None:
    """Write the lines of this process on standard error; with `none`, only warnings and errors, as text."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if format == "json" else TextFormatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in ("api", "kg"):
        logging.getLogger(name).setLevel(logging.WARNING if format == "none" else logging.INFO)
    # It warns of every broken request, which `connections` tells in one line, and twice of every offer of HTTP/2.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    logging.captureWarnings(True)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        members = {
            name: redacted(value) if isinstance(value, str) else value for name, value in _members(record).items()
        }
        return _UNPRINTABLE.sub(_escaped, json.dumps(members, ensure_ascii=False, default=str))


class TextFormatter(logging.Formatter):
    """One line for people: time, level, message, and `name=value` for the rest."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record; a traceback follows it, indented."""
        members = _members(record)
        trace = str(members.pop("traceback", ""))
        head = f"{members.pop('time')} {members.pop('level'):7} {_one_line(str(members.pop('message')))}"
        rest = "".join(f" {name}={_shown(value)}" for name, value in members.items() if value not in {None, ""})
        lines = "".join(f"\n    {_one_line(line)}" for line in trace.splitlines())
        return redacted(f"{head}{rest}{lines}")


def _members(record: logging.LogRecord) -> dict[str, Any]:
    fields: Mapping[str, Any] = getattr(record, "fields", {})
    members: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "message": record.getMessage(),
    }
    if record.name != REQUESTS.name:
        members["logger"] = record.name
    request_id = REQUEST_ID.get()
    if request_id:
        members["request_id"] = request_id
    members |= {name: _safe(value) for name, value in fields.items()}
    if record.exc_info and record.exc_info[0] is not None:
        members["error"] = record.exc_info[0].__name__
        members["traceback"] = "".join(traceback.format_exception(*record.exc_info))
    return {name: _safe(value) for name, value in members.items()}


def _escaped(match: re.Match[str]) -> str:
    """Return a character as JSON escapes it."""
    return f"\\u{ord(match.group()):04x}"


def _safe(value: Any) -> Any:
    """Return a value that can be written as UTF-8."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _one_line(text: str) -> str:
    """Return a text without what ends a line or steers a terminal."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode_escape", "surrogatepass").decode(), text)


def _shown(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(_one_line(text), ensure_ascii=False)
