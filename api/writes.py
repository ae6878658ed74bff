"""From an authorised request to a published revision: who writes, what it was to be based on, and what is answered."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answering import note
from api.exchange import JSON, json_bytes
from api.operations.metrics import Metrics
from api.state import Snapshots
from api.tokens import Tokens
from kg.errors import (
    BadParameter,
    KgError,
    LimitExceeded,
    NotFound,
    OperationFailed,
    Overloaded,
    PreconditionFailed,
    QueryRefused,
    QuerySyntaxError,
    RevisionNotFound,
    RevisionPruned,
    StoreError,
    Unsortable,
    UnsupportedFormat,
    ValidationFailed,
)
from kg.federation import RemoteFailure
from kg.writing import Write, WriteResult
from kg.writing.writer import Writer

WRITTEN: Final = {
    JSON: {
        "schema": {
            "type": "object",
            "properties": {
                "revision": {"type": "string"},
                "seq": {"type": "integer"},
                "changed": {"type": "boolean"},
                "added": {"type": "integer"},
                "removed": {"type": "integer"},
                "existed": {"type": "boolean"},
            },
        }
    }
}
"""How OpenAPI describes the answer to a write."""

MAX_NOTE: Final = 1000
"""Characters of the note of a write, which stays in the history for good."""

NOTE: Final = {
    "name": "note",
    "in": "query",
    "required": False,
    "description": "Why, for the history.",
    "schema": {"type": "string", "maxLength": MAX_NOTE},
}
"""How OpenAPI describes the note of a write."""

_OUTCOMES: Final[tuple[tuple[type[KgError], str], ...]] = (
    (ValidationFailed, "invalid"),
    (PreconditionFailed, "precondition"),
    (QuerySyntaxError, "syntax"),
    (QueryRefused, "refused"),
    (OperationFailed, "operation"),
    (Unsortable, "sorting"),
    (Overloaded, "overloaded"),
    (RemoteFailure, "remote"),
    (UnsupportedFormat, "format"),
    (BadParameter, "parameter"),
    (NotFound, "missing"),
    (RevisionNotFound, "missing"),
    (RevisionPruned, "missing"),
    (StoreError, "store"),
)
"""How a write ended, by its error; the limits are named by what was exceeded."""

_TAGS: Final = re.compile(r'(?:W/)?"([^"]*)"')
_REVISION: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(slots=True)
class Watched:
    """What came of a write; empty while that is open."""

    outcome: str = ""


class Writes:
    """Carries out writes, one after the other."""

    def __init__(self, app: FastAPI) -> None:
        """Use the tokens and the snapshots that hang on an app."""
        self._writer = Writer(app.state.settings)
        self._tokens: Tokens = app.state.tokens
        self._snapshots: Snapshots = app.state.snapshots
        self._metrics: Metrics = app.state.metrics

    def check(self) -> None:
        """See that writes can be validated, where they are possible at all; the process for them starts with the first.

        Raises:
            SourceError: there are no shapes.
        """
        if self._tokens.enabled:
            self._writer.check()

    def close(self) -> None:
        """End the processes that write."""
        self._writer.close()

    def author(self, request: Request) -> str:
        """Return the name of who writes.

        Raises:
            ApiError: the request has no token, a wrong one, or writes are not enabled here.
        """
        return self._tokens.author(request.headers.get("authorization"))

    async def write(self, request: Request, write: Write) -> WriteResult:
        """Carry out a write; when this returns, its revision is on disk and is what is served.

        Raises:
            ValidationFailed, PreconditionFailed, QueryError, StoreError: nothing was changed.
        """
        with self.watched(request, write.author, write.operation) as watched:
            result = await self._writer.write(write)
            watched.outcome = "published" if result.changed else "unchanged"
            await run_in_threadpool(self._snapshots.refreshed)
            return result

    @contextlib.contextmanager
    def watched(self, request: Request, author: str, operation: str) -> Iterator[Watched]:
        """Count what a block writes, and note it in the log; what came of it is for the block to say, or its error."""
        began, watched = time.monotonic(), Watched()
        try:
            yield watched
        except asyncio.CancelledError:
            watched.outcome = watched.outcome or "cancelled"
            raise
        except KgError as error:
            watched.outcome = watched.outcome or _outcome(error)
            raise
        finally:
            outcome = watched.outcome or "failed"
            self._metrics.write(outcome, time.monotonic() - began)
            note(request, outcome=outcome, author=author, operation=operation)

    async def respond(self, request: Request, write: Write) -> Response:
        """Carry out a write, and answer with what it led to."""
        result = await self.write(request, write)
        return Response(json_bytes(asdict(result)), media_type=JSON, headers=headers_of(result.revision))


def checked_note(text: str | None) -> str:
    """Return the note of a write, empty where there is none.

    Raises:
        BadParameter: it is too long.
    """
    if text is not None and len(text) > MAX_NOTE:
        said = (f"may have {MAX_NOTE} characters, not {len(text)}", f"最多 {MAX_NOTE} 个字符，现有 {len(text)} 个")
        raise BadParameter("note", f"{text[:20]}…", *said)
    return text or ""


def headers_of(revision: str) -> dict[str, str]:
    """Return the headers of an answer to a write that led to a revision."""
    return {"ETag": f'"{revision}"', "X-Revision": revision, "Cache-Control": "no-store"}


def expected_of(request: Request, current: str, tags: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the revisions one of which If-Match says is the current one; none where it says nothing.

    A revision is named by its id, or by an entity tag: `tags` are those of the resource in the `current` revision.

    Raises:
        PreconditionFailed: it names none that there is or was.
    """
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return ()
    known = set(tags)
    named = _TAGS.findall(header)
    found = [current if f'"{name}"' in known else name for name in named]
    revisions = tuple(name for name in found if _REVISION.fullmatch(name))
    if not revisions:
        raise PreconditionFailed(current)
    return revisions


def _outcome(error: KgError) -> str:
    """Return in one word how a write ended; docs/operations.md lists the words."""
    if isinstance(error, LimitExceeded):
        return "timeout" if error.name == "time" else error.name
    return next((name for kind, name in _OUTCOMES if isinstance(error, kind)), "failed")
