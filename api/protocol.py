"""What a client sends to `/sparql`: SPARQL 1.1 Protocol (W3C Recommendation 2013), sections 2.1 and 2.2."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from api.errors import (
    ApiError,
    BodyTooLarge,
    ClientGone,
    MalformedRequest,
    SlowBody,
    TooManyParameters,
    UnsupportedBody,
)
from api.exchange import REPEATED
from api.operations.requests import MAX_PARAMETERS
from kg.engine import QueryRequest
from kg.errors import BadParameter
from kg.settings import Settings

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
BODY_SECONDS: Final = 60.0
"""How long a body may take to arrive."""

_SHORT: Final = 1 << 14
"""Characters of a form that are decoded at once; a longer one is decoded in a thread, so that nobody waits for it."""

_FORM_SLACK: Final = 8
"""A character of a query may take so many bytes in a form, with four bytes in UTF-8, and a little more for the rest."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent: the parameters of URL and form together, and the text of a body that is one operation."""

    parameters: tuple[tuple[str, str], ...]
    body: Literal["query", "update"] | None = None
    text: str = ""
    form: bool = False

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of a parameter, in order."""
        return tuple(value for key, value in self.parameters if key == name)

    def one(self, name: str) -> str | None:
        """Return the value of a parameter that may be given once, or None.

        Raises:
            BadParameter: it is given more than once.
        """
        values = self.all(name)
        if len(values) > 1:
            raise BadParameter(name, values[1], *REPEATED)
        return values[0] if values else None


async def _sent(request: Request) -> Sent:
    """Read the request.

    Raises:
        UnsupportedBody, MalformedRequest: the body is not one of the three that there are.
        BodyTooLarge, SlowBody, TooManyParameters: it is too much.
        ApiError: it is an update, and the client has no right to write.
    """
    try:
        unquote_to_bytes(request.scope["query_string"]).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8() from error
    inline = tuple(request.query_params.multi_items())
    if request.method != "POST":
        return Sent(inline)
    settings: Settings = request.app.state.settings
    header = request.headers.get("content-type", "")
    kind, charset = media_type_of(header)
    if kind not in {FORM, QUERY, UPDATE} or charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedBody(header, [FORM, QUERY, UPDATE])
    if kind == UPDATE:
        request.app.state.writes.author(request)  # before much is read
    longest = _FORM_SLACK * settings.max_query_length + 1024
    writes = kind == UPDATE or (kind == FORM and _may_write(request))
    text = _decoded(await read_body(request, max(longest, settings.max_upload) if writes else longest))
    if kind != FORM:
        return Sent(inline, "query" if kind == QUERY else "update", text)
    if text.count("&") >= MAX_PARAMETERS:
        raise TooManyParameters(MAX_PARAMETERS)
    pairs = _pairs(text) if len(text) <= _SHORT else await asyncio.to_thread(_pairs, text)
    return Sent((*inline, *pairs), form=True)


SentDep = Annotated[Sent, Depends(_sent)]


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict")
    except ValueError as error:
        raise _not_utf8() from error


def _may_write(request: Request) -> bool:
    """Tell whether a form may be an update, which may be long; what it is will only be known when it has been read."""
    try:
        request.app.state.writes.author(request)
    except ApiError:
        return False
    return True


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body of a request.

    Raises:
        BodyTooLarge: it has more bytes than the limit.
        SlowBody: it does not arrive in time.
        ClientGone: the client closed the connection meanwhile.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise BodyTooLarge(limit)
    except TimeoutError:
        raise SlowBody(BODY_SECONDS) from None
    except ClientDisconnect:
        raise ClientGone from None
    return bytes(body)


def query_of(sent: Sent) -> QueryRequest | None:
    """Return the query that was sent, with its dataset; None where none was.

    Raises:
        MalformedRequest: there are several queries, or a query with an update.
        BadParameter: a graph is not named by an IRI.
    """
    text = _only(sent, "query")
    if text is None:
        return None
    if sent.all("update") or sent.body == "update":
        raise MalformedRequest("There may be a query or an update, not both.", "查询和更新不能同时出现。")
    default, named = sent.all("default-graph-uri"), sent.all("named-graph-uri")
    check_iris("default-graph-uri", default)
    check_iris("named-graph-uri", named)
    return QueryRequest(text, default, named)


def update_of(sent: Sent) -> str | None:
    """Return the update that was sent; None where none was.

    Raises:
        MalformedRequest: there are several.
    """
    return _only(sent, "update")


def seconds_of(sent: Sent) -> float | None:
    """Return the deadline that `timeout=` asks for, in seconds.

    Raises:
        BadParameter: it is not a positive number.
    """
    text = sent.one("timeout")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise BadParameter("timeout", text, "must be a number of seconds above 0", "应为大于 0 的秒数")
    return seconds


def check_iris(name: str, iris: Iterable[str]) -> None:
    """Refuse what is no absolute IRI.

    Raises:
        BadParameter: one is not.
    """
    for iri in iris:
        if not is_absolute(iri):
            raise BadParameter(name, iri, "is not an absolute IRI", "不是绝对 IRI")


def is_absolute(iri: str) -> bool:
    """Tell whether a text is an absolute IRI."""
    try:
        scheme = urlsplit(iri).scheme
    except ValueError:
        return False
    return bool(scheme) and not any(character in ' <>"{}|\\^`' or character < " " for character in iri)


def media_type_of(header: str) -> tuple[str, str]:
    """Return the media type of a Content-Type and its charset, both in lower case; empty where there is none."""
    kind, *parameters = header.split(";")
    charset = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return kind.strip().lower(), charset


def _only(sent: Sent, operation: Literal["query", "update"]) -> str | None:
    texts = (*sent.all(operation), *((sent.text,) if sent.body == operation else ()))
    if len(texts) > 1:
        raise MalformedRequest(f"There may be one {operation} only.", f"只能有一个 {operation}。")
    return texts[0] if texts else None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8() from error


def _not_utf8() -> MalformedRequest:
    return MalformedRequest("The request is not UTF-8.", "请求不是 UTF-8 编码。")
