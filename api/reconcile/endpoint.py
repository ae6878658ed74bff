"""The endpoint itself: the manifest, queries by GET, and queries that stand in a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.described import json_answer, problems
from api.errors import MalformedRequest, TooManyParameters, UnknownParameter, UnsupportedBody
from api.exchange import JSON, REPEATED, json_bytes
from api.operations.clients import client_of
from api.operations.requests import MAX_PARAMETERS
from api.operations.turns import Turns
from api.parameters import LanguageParameters
from api.protocol import FORM, media_type_of, read_body
from api.reconcile import models
from api.reconcile.allowance import Allowance
from api.reconcile.asked import Asked
from api.reconcile.extending import extend
from api.reconcile.manifest import manifest
from api.reconcile.matching import answer
from api.reconcile.parameters import ASKED, EXAMPLE, TEXTS, AskParameters
from api.reconcile.queries import batch_of, extend_of, query_of
from kg.errors import BadParameter

MAX_FORM: Final = 512 << 10
"""Bytes of a form."""


def add_endpoint(router: APIRouter, asked_in: Any) -> None:
    """Add the endpoint itself; `asked_in` is the annotation by which it is handed its requests."""

    def by_get(asked: Asked, parameters: AskParameters) -> Response:
        """Answer queries; without any, say what the service can do, and where."""
        given = {name: getattr(parameters, name) for name in ASKED if getattr(parameters, name) is not None}
        return _answered(asked, given) if given else _manifest(asked)

    async def by_post(asked: Asked, _parameters: LanguageParameters) -> Response:
        """Answer queries that stand in a form."""
        request = asked.exchange.request
        body = await _body(request)
        turns: Turns = request.app.state.operations.turns
        return await turns.take(client_of(request.scope), lambda: _answered(asked, _fields(body)))

    by_get.__annotations__ |= {"asked": asked_in, "parameters": Annotated[AskParameters, Query()]}
    by_post.__annotations__ |= {"asked": asked_in, "_parameters": Annotated[LanguageParameters, Query()]}
    fields = {name: {"type": "string", "description": TEXTS[name]} for name in ASKED}
    form = {"schema": {"type": "object", "properties": fields}, "example": {"queries": EXAMPLE}}
    body = {"requestBody": {"required": True, "content": {FORM: form}}}
    answers = json_answer(models.Answer, 400, 413, 504)
    router.add_api_route("", by_get, methods=["GET"], summary="Manifest, or queries by GET", responses=answers)
    router.add_api_route(
        "",
        by_post,
        methods=["POST"],
        summary="Queries, or values of properties, by POST",
        responses={**answers, **problems(415)},
        openapi_extra=body,
    )


def _manifest(asked: Asked) -> Response:
    # The address by which we are asked stands in the manifest, and may be another one behind the same path.
    host = str(asked.exchange.request.url)
    variant = f"{asked.language} {asked.chosen} {host}"
    pretty = asked.exchange.reads_html
    return asked.exchange.answer(
        JSON,
        lambda: json_bytes(manifest(asked.exchange, asked.language, chosen=asked.chosen), pretty=pretty),
        variant=f"{variant} {pretty}",
    )


async def _body(request: Request) -> bytes:
    """Return the form that is sent.

    Raises:
        UnsupportedBody: it is no form, or not in UTF-8.
        BodyTooLarge, SlowBody, ClientGone: as `read_body`.
    """
    header = request.headers.get("content-type", "")
    kind, charset = media_type_of(header)
    if kind != FORM or charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedBody(header, [FORM])
    return await read_body(request, MAX_FORM)


def _fields(body: bytes) -> dict[str, str]:
    """Return what a form says; a long one takes a while to read.

    Raises:
        MalformedRequest: it is not in UTF-8, or asks nothing.
        UnknownParameter, BadParameter, TooManyParameters: it has a field that is not known, or one twice, or too many.
    """
    if body.count(b"&") >= MAX_PARAMETERS:
        raise TooManyParameters(MAX_PARAMETERS)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise MalformedRequest("The request is not UTF-8.", "请求不是 UTF-8 编码。") from error
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in ASKED:
            raise UnknownParameter(name, ASKED)
        if name in given:
            raise BadParameter(name, value[:200], *REPEATED)
        given[name] = value
    if not given:
        raise MalformedRequest(
            "The form has none of `queries`, `query` and `extend`.", "表单中没有 `queries`、`query` 或 `extend`。"
        )
    return given


def _answered(asked: Asked, given: Mapping[str, str]) -> Response:
    if len(given) > 1:
        raise MalformedRequest(
            "There may be one of `queries`, `query` and `extend`.", "`queries`、`query` 与 `extend` 只能给出一个。"
        )
    (name, text), data, language, allowance = *given.items(), asked.data, asked.language, Allowance()
    if name == "extend":
        return asked.json(lambda: extend(data, extend_of(text), language, allowance))
    if name == "query":
        return asked.json(lambda: answer(data, query_of(text), language, "query", allowance))
    return asked.json(
        lambda: {
            key: answer(data, query, language, f"{name}.{key[:100]}", allowance)
            for key, query in allowance.each(batch_of(text).items())
        }
    )
