"""`/api/v1/questions`: the canned questions, each answered as JSON, CSV and XLSX with the SPARQL that was run."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answering import Answering, Wanted
from api.described import Responses, json_answer
from api.errors import NotAcceptable, UnknownParameter
from api.exchange import JSON, Exchange, ExchangeDep, displayed, json_bytes, once_each
from api.negotiation import Offer, acceptable
from api.operations.clients import client_of
from api.operations.turns import Turns
from api.parameters import Lang, LanguageParameters
from api.protocol import QUERY, Sent, seconds_of
from api.questions import QuestionAnswer, QuestionList
from kg.engine import QueryRequest, ResultFormat
from kg.engine.interface import Row
from kg.errors import BadParameter, LimitExceeded
from kg.kinds import KIND_BY_NAME
from kg.lookup import Lookup
from kg.lookup.citing import asked_again, cite, read_again
from kg.lookup.patterns import Selected
from kg.questions import (
    MOST_CITED,
    RESERVED,
    WORKBOOK,
    Asked,
    Parameter,
    Question,
    QuestionFolder,
    Questions,
    Table,
    ask,
    choices_of,
    default_of,
    table_of,
    workbook,
)
from kg.workers.pool import Answered

T = TypeVar("T")
PREFIX: Final = "/api/v1/questions"
MOST_ALLOWED: Final = 50
"""How many allowed values of a parameter are listed; those of a longer list are in its collection."""

CONVERTED: Final = 16 << 20
"""Bytes of SPARQL JSON that are turned into JSON of ours, or into a workbook; CSV goes up to the limit of queries."""

Format = Literal["json", "csv", "xlsx", "rq"]
FORMATS: Final[dict[str, Format]] = {"json": "json", "csv": "csv", "xlsx": "xlsx", "rq": "rq"}
OFFERS: Final[tuple[Offer[Format], ...]] = (
    Offer("json", JSON),
    Offer("csv", "text/csv"),
    Offer("xlsx", WORKBOOK),
    Offer("rq", QUERY),
)
_BOM: Final = b"\xef\xbb\xbf"
_CSV: Final = "text/csv; charset=utf-8"


def questions_router() -> APIRouter:
    """Return the router of the questions."""
    router = APIRouter(tags=["questions"], dependencies=[Depends(once_each)])

    @router.get(PREFIX, summary="List questions", responses=json_answer(QuestionList, 400))
    def questions(exchange: ExchangeDep, _parameters: Annotated[LanguageParameters, Query()]) -> Response:
        """Return the questions with their parameters: kind, default and allowed values."""
        found = _folder(exchange).current()
        return exchange.json(lambda: _listed(exchange, found), variant=found.digest)

    @router.get(
        f"{PREFIX}/{{slug}}",
        summary="Answer a question",
        responses=_answers(),
        openapi_extra={"parameters": [_VALUES]},
    )
    async def question(
        exchange: ExchangeDep,
        slug: Annotated[
            str,
            Path(
                description="Name of the question; `.json`, `.csv`, `.xlsx` or `.rq` after it is a format.",
                examples=["measures-touching-sector"],
            ),
        ],
        format: Annotated[
            str | None, Query(description=f"Wins over an extension and Accept: {', '.join(FORMATS)}.")
        ] = None,
        bom: Annotated[str | None, Query(description="`true`: CSV begins with a byte order mark.")] = None,
        timeout: Annotated[str | None, Query(description="Seconds; may only lower the limit.")] = None,
        lang: Lang = None,  # noqa: ARG001 - the exchange has it
    ) -> Response:
        """Answer a question with the values that are given for its parameters; those not given have their defaults.

        Things are named by id, IRI, or exact label or alias in either language.
        """
        name, _, extension = slug.rpartition(".")
        name, extension = (name, extension) if extension in FORMATS and name else (slug, "")
        seconds = seconds_of(Sent((("timeout", timeout),) if timeout is not None else ()))
        mark = _flag("bom", bom)
        wanted = _format(exchange, format, extension)
        asked = await _aside(exchange, lambda: _asked(exchange, name))
        if wanted == "rq":
            return exchange.answer(QUERY, asked.sparql.encode, links=_links(exchange, asked), variant=asked.sparql)
        if wanted == "csv" and not mark:
            return await _csv(exchange, asked, seconds)
        return await _converted(exchange, asked, wanted, seconds)

    return router


_VALUES: Final[dict[str, Any]] = {
    "name": "values",
    "in": "query",
    "required": False,
    "style": "form",
    "explode": True,
    "description": "The parameters of the question, each by its own name; the list says which there are.",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}, "example": {"sector": "教育"}},
}


def _answers() -> Responses:
    found = json_answer(QuestionAnswer, 400, 404, 406, 422, 504)
    found[200]["content"] = {
        media_type: {"schema": {"type": "string", **({"format": "binary"} if media_type == WORKBOOK else {})}}
        for media_type in ("text/csv", WORKBOOK, QUERY)
    }
    return found


def _folder(exchange: Exchange) -> QuestionFolder:
    folder: QuestionFolder = exchange.request.app.state.questions
    return folder


def _listed(exchange: Exchange, questions: Questions) -> dict[str, Any]:
    allowed: dict[str, list[dict[str, Any]] | None] = {}
    lookup = exchange.snapshot.lookup

    def parameter_json(parameter: Parameter) -> dict[str, Any]:
        if parameter.kind not in allowed:
            things = choices_of(parameter, lookup, MOST_ALLOWED)
            allowed[parameter.kind] = [thing.to_json() for thing in things] if things is not None else None
        kind = KIND_BY_NAME.get(parameter.kind)
        return {
            "name": parameter.name,
            "kind": parameter.kind,
            "label": dict(parameter.label),
            "default": default_of(parameter, lookup).to_json(),
            "allowed": allowed[parameter.kind],
            "collection": exchange.path(f"/api/v1/{kind.collection}") if kind else None,
        }

    items = [
        {
            **question.to_json(),
            "parameters": [parameter_json(parameter) for parameter in question.parameters],
            "links": _addresses(exchange, question, ""),
        }
        for question in questions.by_slug.values()
    ]
    return {"items": items, "total": len(items)}


def _addresses(exchange: Exchange, question: Question, query: str) -> dict[str, str]:
    path = exchange.path(f"{PREFIX}/{quote(question.slug)}")
    ends = {"json": "", "csv": ".csv", "xlsx": ".xlsx", "sparql": ".rq"}
    return {name: f"{path}{end}{query}" for name, end in ends.items()}


def _asked(exchange: Exchange, slug: str) -> Asked:
    """Return the question as it is asked.

    Raises:
        NotFound: there is no such question, or a value is no thing.
        UnknownParameter: the question has no such parameter.
        BadParameter: a value is none of its kind.
    """
    question = _folder(exchange).current().get(slug)
    given = {name: value for name, value in exchange.request.query_params.items() if name not in RESERVED}
    known = [*(parameter.name for parameter in question.parameters), *sorted(RESERVED)]
    for name in given:
        if name not in known:
            raise UnknownParameter(name, known, difflib.get_close_matches(name, known, n=1))
    lookup: Lookup = exchange.snapshot.lookup
    return ask(question, given, lookup)


def _format(exchange: Exchange, name: str | None, extension: str) -> Format:
    if name is not None:
        if name not in FORMATS:
            known = ", ".join(FORMATS)
            raise BadParameter("format", name, f"may be {known}", f"可为 {known}")
        return FORMATS[name]
    if extension:
        return FORMATS[extension]
    accepted = acceptable(exchange.request.headers.get("accept"), OFFERS)
    if not accepted:
        raise NotAcceptable([offer.media_type for offer in OFFERS])
    return accepted[0].value


def _flag(name: str, text: str | None) -> bool:
    if text not in {None, "true", "false"}:
        raise BadParameter(name, text or "", "may be true or false", "可为 true 或 false")
    return text == "true"


def _given(exchange: Exchange) -> str:
    """Return the values of the request as the query of a link."""
    pairs = [pair for pair in exchange.request.query_params.multi_items() if pair[0] not in RESERVED - {"lang"}]
    return f"?{urlencode(pairs)}" if pairs else ""


def _links(exchange: Exchange, asked: Asked) -> list[str]:
    found = _addresses(exchange, asked.question, _given(exchange))
    types = {"json": JSON, "csv": "text/csv", "xlsx": WORKBOOK, "sparql": QUERY}
    return [f'<{url}>; rel="alternate"; type="{types[name]}"' for name, url in found.items()]


def _request(asked: Asked) -> QueryRequest:
    return QueryRequest(asked.sparql, union_default_graph=True)


def _attachment(asked: Asked, extension: str) -> str:
    return f'attachment; filename="{asked.question.slug}.{extension}"'


async def _csv(exchange: Exchange, asked: Asked, seconds: float | None) -> Response:
    """Answer with the CSV of the engine (SPARQL 1.1 Query Results CSV, which is RFC 4180), sent as it is written."""
    answering: Answering = exchange.request.app.state.answering
    wanted = Wanted((Offer(ResultFormat.CSV, "text/csv"),), ())
    response = await answering.respond_as_it_is(exchange, _request(asked), wanted, seconds)
    response.headers["Content-Disposition"] = _attachment(asked, "csv")
    response.headers["Link"] = ", ".join(_links(exchange, asked))
    return response


async def _converted(exchange: Exchange, asked: Asked, wanted: Format, seconds: float | None) -> Response:
    links = _links(exchange, asked)
    shown = f"{exchange.display} {exchange.reads_html} {exchange.asked}"
    tag = exchange.tag(asked.sparql, repr(asked.words), wanted, shown)
    if exchange.is_known(tag):
        return exchange.not_modified(tag, links)
    answering: Answering = exchange.request.app.state.answering
    format = ResultFormat.CSV if wanted == "csv" else ResultFormat.JSON
    answer = await answering.answered(exchange, _request(asked), format, seconds)
    content = await run_in_threadpool(_content, answer)
    kept = not answer.volatile
    if wanted == "json":
        table = await _aside(exchange, lambda: table_of(content))
        query, found = await _asked_again(exchange, asked, table, seconds)
        kept = kept and (query is None or found is not None)  # its clauses may be there another time
        media_type = JSON
        written = await _aside(exchange, lambda: _json(exchange, asked, table, query, found))
    else:
        media_type, written = await _aside(exchange, lambda: _written(exchange, asked, wanted, content))
    headers = exchange.headers(tag if kept else None, links)
    if wanted != "json":
        headers["Content-Disposition"] = _attachment(asked, wanted)
    return Response(written, media_type=media_type, headers=headers)


async def _aside(exchange: Exchange, work: Callable[[], T]) -> T:
    """Return what some work in this process gives, when a turn of the client comes; queries have turns of their own.

    Raises:
        Overloaded: no turn came in time.
    """
    turns: Turns = exchange.request.app.state.operations.turns
    return await turns.take(client_of(exchange.request.scope), work)


async def _asked_again(
    exchange: Exchange, asked: Asked, table: Table, seconds: float | None
) -> tuple[Selected | None, list[Row] | None]:
    """Return the query whose patterns the rows stand for, and its solutions for them; none where it takes too much.

    It has everybody's limits; an answer that is there already is given without the clauses that it could not have.
    """
    query, again = await _aside(exchange, lambda: read_again(asked.sparql, table.solutions[:MOST_CITED]))
    answering: Answering = exchange.request.app.state.answering

    async def solutions(text: str, left: float) -> tuple[Sequence[Row], int]:
        request = QueryRequest(text, union_default_graph=True)
        answer = await answering.answered(exchange, request, ResultFormat.JSON, left)
        content = await run_in_threadpool(_content, answer)
        return (await _aside(exchange, lambda: table_of(content))).solutions, answer.size

    return query, await asked_again(again, solutions, seconds)


def _content(answer: Answered) -> bytes:
    """Return the bytes of an answer, which is closed.

    Raises:
        LimitExceeded: it is too large to be written anew.
    """
    try:
        if answer.size > CONVERTED:
            raise LimitExceeded("bytes", CONVERTED, "bytes")
        return answer.content if answer.descriptor < 0 else os.pread(answer.descriptor, answer.size, 0)
    finally:
        answer.close()


def _json(exchange: Exchange, asked: Asked, table: Table, query: Selected | None, found: Sequence[Row] | None) -> bytes:
    """Return an answer as JSON, each row with its clauses."""
    lookup = exchange.snapshot.lookup
    cited = cite(lookup.reader, table.solutions[:MOST_CITED], query, found)
    value: Any = {
        "slug": asked.question.slug,
        "question": dict(asked.words),
        "parameters": {choice.parameter.name: choice.to_json() for choice in asked.choices},
        **table.to_json(lookup, cited),
        "sparql": asked.sparql,
        "links": _addresses(exchange, asked.question, _given(exchange)),
        "revision": exchange.snapshot.revision.id,
    }
    return json_bytes(displayed(value, exchange.display) if exchange.display else value, pretty=exchange.reads_html)


def _written(exchange: Exchange, asked: Asked, wanted: Format, content: bytes) -> tuple[str, bytes]:
    """Return an answer as CSV with a byte order mark, or as a workbook, with its media type."""
    if wanted == "csv":
        return _CSV, _BOM + content
    return WORKBOOK, workbook(table_of(content), asked, exchange.snapshot.revision.id)
