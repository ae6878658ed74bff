"""`/api/v1/revisions`: who published what and when, what it changed, and the way back; for the holder of a token."""

from __future__ import annotations

import base64
import difflib
import itertools
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.bodies import json_body, json_request
from api.described import BEARER, json_answer
from api.exchange import JSON, json_bytes, once_each
from api.models import DiffAnswer, Pruned, Publication, Publications
from api.parameters import MAX_LIMIT, Parameters
from api.state import Snapshots
from api.writes import MAX_NOTE, Writes, expected_of, headers_of
from kg.errors import BadParameter, NotFound, RevisionNotFound
from kg.revisions import Revision, RevisionStore, store_of
from kg.settings import Settings

PREFIX: Final = "/api/v1/revisions"


class HistoryParameters(Parameters):
    """The parameters of the history."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many entries at most.")] = 100
    cursor: Annotated[str | None, Field(description="Where to go on; from `next` of the page before.")] = None


class DiffParameters(Parameters):
    """The parameters of a comparison."""

    base: Annotated[str, Field(description="Revision to compare with; the one before if not given.")] = ""
    limit: Annotated[int, Field(ge=0, le=100_000, description="How many lines each way at most.")] = MAX_LIMIT


class Rollback(BaseModel):
    """What a roll-back is asked by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    revision: Annotated[
        str,
        Field(description="Id of the revision to go back to, or its first characters.", examples=["0123456789abcdef"]),
    ]
    note: Annotated[str, Field(description="Why.", max_length=MAX_NOTE)] = ""


class Prune(BaseModel):
    """What pruning is asked by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep: Annotated[int, Field(ge=1, description="How many revisions to keep, the newest first.")]


def _author(request: Request) -> str:
    writes: Writes = request.app.state.writes
    return writes.author(request)


def _store(request: Request) -> RevisionStore:
    settings: Settings = request.app.state.settings
    return store_of(settings)


AuthorDep = Annotated[str, Depends(_author)]
StoreDep = Annotated[RevisionStore, Depends(_store)]
Id = Annotated[str, Path(description="Id of a revision, or its first characters.", examples=["0123456789abcdef"])]


def revisions_router() -> APIRouter:
    """Return the router of the revisions."""
    router = APIRouter(tags=["revisions"], dependencies=[Depends(once_each), Depends(BEARER)])

    @router.get(PREFIX, summary="History", responses=json_answer(Publications, 400, 401, 403))
    async def history(
        request: Request, _author: AuthorDep, store: StoreDep, parameters: Annotated[HistoryParameters, Query()]
    ) -> Response:
        """Return who published what and when, the newest first."""
        found = await run_in_threadpool(_history, request, store, parameters)
        return _answer(found, found["revision"])

    @router.get(
        PREFIX + "/{id}/diff",
        summary="What a revision changed",
        responses=json_answer(DiffAnswer, 400, 401, 403, 404, 410),
    )
    async def diff(
        _author: AuthorDep, store: StoreDep, id: Id, parameters: Annotated[DiffParameters, Query()]
    ) -> Response:
        """Return the triples, as N-Quads, that tell two revisions apart."""
        found = await run_in_threadpool(_diff, store, id, parameters)
        return _answer(found, await run_in_threadpool(store.current_id))

    @router.post(
        PREFIX + "/rollback",
        summary="Go back to a revision",
        responses=json_answer(Publication, 400, 401, 403, 404, 410, 412, 413, 415),
        openapi_extra=json_request(Rollback),
    )
    async def rollback(request: Request, author: AuthorDep, store: StoreDep) -> Response:
        """Make an earlier revision the current one; nothing is lost, the history gets one more entry."""
        body = await json_body(request, Rollback)  # the author is known by then
        return await _roll_back(request, author, store, body)

    @router.post(
        PREFIX + "/prune",
        summary="Remove old revisions",
        responses=json_answer(Pruned, 400, 401, 403, 413, 415),
        openapi_extra=json_request(Prune),
    )
    async def prune(request: Request, author: AuthorDep, store: StoreDep) -> Response:
        """Remove all but the newest revisions; never the current one, and none that is being read."""
        body = await json_body(request, Prune)
        writes: Writes = request.app.state.writes
        with writes.watched(request, author, "prune") as watched:
            pruned = await run_in_threadpool(store.prune, body.keep)
            watched.outcome = "pruned" if pruned else "unchanged"
        current = await run_in_threadpool(store.current_id)
        return _answer({"pruned": pruned, "revision": current}, current)

    return router


async def _roll_back(request: Request, author: str, store: RevisionStore, body: Rollback) -> Response:
    snapshots: Snapshots = request.app.state.snapshots
    writes: Writes = request.app.state.writes
    with writes.watched(request, author, "rollback") as watched:
        expected = expected_of(request, snapshots.opened or "")

        def back() -> Any:
            goal = _get(store, body.revision).id
            return store.rollback(goal, author=author, note=body.note, expected=expected)

        entry = await run_in_threadpool(back)
        watched.outcome = "published"
        await run_in_threadpool(snapshots.refreshed)
    (published,) = await run_in_threadpool(store.listed, [entry])
    return _answer(published, entry.revision)


def _answer(value: dict[str, Any], current: str) -> Response:
    return Response(json_bytes(value), media_type=JSON, headers=headers_of(current))


def _history(request: Request, store: RevisionStore, parameters: HistoryParameters) -> dict[str, Any]:
    before = _read_cursor(parameters.cursor)
    older = itertools.dropwhile(lambda entry: before and entry.seq >= before, store.history())
    found = list(itertools.islice(older, parameters.limit + 1))
    items, more = found[: parameters.limit], len(found) > parameters.limit
    newest = next(iter(store.history()), None)
    following = None
    if more:
        cursor = base64.urlsafe_b64encode(str(items[-1].seq).encode()).decode().rstrip("=")
        following = str(request.url.include_query_params(cursor=cursor))
    return {
        "items": store.listed(items),
        "total": newest.seq if newest else 0,
        "next": following,
        "revision": store.current_id(),
    }


def _read_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
    except ValueError as error:
        raise BadParameter("cursor", cursor, "must be one that `next` gave", "应为 `next` 给出的值") from error


def _get(store: RevisionStore, revision: str) -> Revision:
    try:
        return store.get(store.resolve(revision))
    except RevisionNotFound as error:
        raise NotFound("revision", revision, difflib.get_close_matches(revision, store.ids(), n=3)) from error


def _diff(store: RevisionStore, revision: str, parameters: DiffParameters) -> dict[str, Any]:
    after = _get(store, revision)
    base = parameters.base or after.manifest.get("parent")
    if not isinstance(base, str):
        raise BadParameter(
            "base", "", "must be given: this revision has none before it", "必须给出：该版本之前没有版本"
        )
    before = _get(store, base).id
    delta = store.difference(before, after.id)
    limit = parameters.limit
    lists = {"added": sorted(delta.added), "removed": sorted(delta.removed)}
    return {
        "base": before,
        "revision": after.id,
        **{f"{name}_total": len(lines) for name, lines in lists.items()},
        **{name: lines[:limit] for name, lines in lists.items()},
        "created": sorted(delta.created),
        "dropped": sorted(delta.dropped),
        "truncated": any(len(lines) > limit for lines in lists.values()),
    }
