"""What OpenAPI says of answers: the same headers and problems for every path, written once."""

from __future__ import annotations

from typing import Any, Final

from fastapi.security import HTTPBearer
from pydantic import BaseModel

from api.models import Problem

_HEADERS: Final = {
    "ETag": {"description": "Strong tag of this answer; send it as If-None-Match.", "schema": {"type": "string"}},
    "X-Revision": {"description": "The revision that the answer is from.", "schema": {"type": "string"}},
}
_WORDS: Final = {
    400: "A parameter is unknown, repeated, or has an impossible value.",
    401: "A bearer token is needed, and there is none, or one that is not known.",
    403: "What is asked for is not allowed here.",
    404: "There is no such thing; `nearest` has ids that look like it.",
    406: "The answer cannot be given in an acceptable format; `supported` can.",
    410: "The revision has been pruned.",
    412: "A condition (If-Match, If-None-Match) does not hold; nothing was changed.",
    413: "The body is too large.",
    415: "The body's media type is not read here.",
    422: "A limit was exceeded, or the write violates the shapes; `limit` or `report` says which.",
    504: "The time for it is over.",
    503: "No revision is open yet.",
}

BEARER: Final = HTTPBearer(scheme_name="token", description="A token of the operator.", auto_error=False)
"""What makes OpenAPI show that a path needs a token; whether there is one, and whose, `api.tokens` finds out."""

Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """Return the descriptions of problems by status; 503, and what else may happen, is always among them."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    found: Responses = {status: {"description": _WORDS[status], "content": content} for status in (*statuses, 503)}
    return {**found, "default": {"description": "Any other error.", "content": content}}


def json_answer(model: type[BaseModel], *statuses: int) -> Responses:
    """Return the descriptions of an answer in JSON and of its problems."""
    unchanged = {"description": "Not modified: the ETag still holds."}
    return {
        200: {"model": model, "description": "The answer.", "headers": _HEADERS},
        304: unchanged,
        **problems(*statuses),
    }


def typed_answer(media_types: list[str], *statuses: int) -> Responses:
    """Return the descriptions of an answer in one of several media types and of its problems."""
    content = {media_type: {"schema": {"type": "string"}} for media_type in media_types}
    found = {"description": "The answer.", "content": content, "headers": _HEADERS}
    return {200: found, 304: {"description": "Not modified: the ETag still holds."}, **problems(*statuses)}
