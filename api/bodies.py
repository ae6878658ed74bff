"""Bodies of JSON, read with a bound, and only once it is known who sends them."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.errors import MalformedRequest, UnsupportedBody
from api.exchange import JSON
from api.protocol import media_type_of, read_body
from api.validation import bad_parameter
from kg.errors import KgError

M = TypeVar("M", bound=BaseModel)

MAX_JSON: Final = 64 << 10
"""Bytes of a body of JSON."""


async def json_body(request: Request, model: type[M]) -> M:
    """Return the body of a request; whether the client may send it at all is to be known before.

    Raises:
        UnsupportedBody, MalformedRequest, BadParameter: it is no JSON, or not what the model says.
        BodyTooLarge, SlowBody, ClientGone: as `read_body`.
    """
    header = request.headers.get("content-type", "")
    if media_type_of(header)[0] not in {"", JSON}:
        raise UnsupportedBody(header, [JSON])
    content = await read_body(request, MAX_JSON)
    try:
        return model.model_validate_json(content, strict=True)
    except ValidationError as error:
        raise _wrong(error, model) from None


def json_request(model: type[BaseModel]) -> dict[str, Any]:
    """Return how OpenAPI describes the body that `json_body` reads."""
    return {"requestBody": {"required": True, "content": {JSON: {"schema": model.model_json_schema()}}}}


def _wrong(error: ValidationError, model: type[BaseModel]) -> KgError:
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return MalformedRequest(f"The body is not JSON: {first['ctx']['error']}.", "请求体不是有效的 JSON。")
    if not first["loc"]:
        return MalformedRequest("The body must be a JSON object.", "请求体应为 JSON 对象。")
    return bad_parameter(first, members=", ".join(model.model_fields))
