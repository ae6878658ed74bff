"""`/sparql`: query and update operations of the SPARQL 1.1 Protocol (W3C Recommendation 2013, sections 2.1 and 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answering import Answering, Wanted
from api.dataset import describedby
from api.described import typed_answer
from api.errors import MalformedRequest, NotAcceptable, WrongMethod
from api.exchange import Exchange, ExchangeDep
from api.formats import GRAPH_OFFERS, QUERY_FORMATS, RESULT_OFFERS, content_type, graph_named, named
from api.negotiation import Offer, acceptable
from api.pages.query import query_page
from api.protocol import FORM, QUERY, UPDATE, Sent, SentDep, check_iris, query_of, seconds_of, update_of
from api.service_description import service_description
from api.writes import NOTE, WRITTEN, Writes, checked_note, expected_of
from kg.engine import GraphFormat
from kg.errors import BadParameter
from kg.writing import Write

MEDIA_TYPES: Final = list(dict.fromkeys(offer.media_type for offer in (*RESULT_OFFERS[:4], *GRAPH_OFFERS[:4])))


def wanted_of(exchange: Exchange, sent: Sent) -> Wanted:
    """Return the formats that a client accepts: by `format`, or else by Accept.

    Raises:
        BadParameter: `format` is none.
        NotAcceptable: Accept names none of ours.
    """
    names = [name.strip() for value in sent.all("format") for name in value.split(",")]
    if not names:
        accept = exchange.request.headers.get("accept")
        wanted = Wanted(tuple(acceptable(accept, RESULT_OFFERS)), tuple(acceptable(accept, GRAPH_OFFERS)))
        if not wanted.results and not wanted.graphs:
            raise NotAcceptable(MEDIA_TYPES)
        return wanted
    # SPARQLWrapper sends all names of a format that it knows, one after the other.
    found = next((format for format in map(named, names) if format is not None), None)
    if found is None:
        known = ", ".join(QUERY_FORMATS)
        raise BadParameter("format", ", ".join(names), f"may be {known}", f"可为 {known}")
    result, graph = found
    return Wanted(
        (Offer(result, result.media_type.partition(";")[0]),) if result else (),
        (Offer(graph, graph.media_type.partition(";")[0]),) if graph else (),
    )


async def answer_query(exchange: Exchange, sent: Sent) -> Response | None:
    """Answer the query that was sent; None where none was."""
    query = query_of(sent)
    if query is None:
        return None
    answering: Answering = exchange.request.app.state.answering
    query = replace(query, base=exchange.here().partition("?")[0])
    return await answering.respond(exchange, query, wanted_of(exchange, sent), seconds_of(sent))


def answer_description(exchange: Exchange, sent: Sent) -> Response:
    """Answer a request without a query: with the service description, or with a page for a browser."""
    name = sent.one("format")
    graph = graph_named(name) if name else None
    if exchange.reads_html and graph is None:
        return query_page(exchange)
    offers: Sequence[Offer[GraphFormat]] = [Offer(graph, graph.media_type.partition(";")[0])] if graph else []
    accepted = offers or acceptable(exchange.request.headers.get("accept"), GRAPH_OFFERS)
    if not accepted:
        raise NotAcceptable([offer.media_type for offer in GRAPH_OFFERS[:4]])
    offer = accepted[0]
    content = service_description(exchange, offer.value)
    return exchange.computed(content_type(offer.value, offer.media_type), content, links=[describedby(exchange)])


async def update(exchange: Exchange, sent: Sent) -> Response:
    """Carry out the update that was sent.

    Raises:
        MalformedRequest: none was, or a query with it.
        BadParameter: a graph is not named by an IRI.
    """
    request, text = exchange.request, update_of(sent)
    if text is None:
        raise MalformedRequest(
            "There is neither a `query` nor an `update`.", "既没有 `query` 参数，也没有 `update` 参数。"
        )
    using, named_graphs = sent.all("using-graph-uri"), sent.all("using-named-graph-uri")
    check_iris("using-graph-uri", using)
    check_iris("using-named-graph-uri", named_graphs)
    writes: Writes = request.app.state.writes
    write = Write(
        "update",
        text=text,
        using_graphs=using,
        using_named_graphs=named_graphs,
        base=exchange.here().partition("?")[0],
        author=writes.author(request),
        note=checked_note(sent.one("note")),
        expected=expected_of(request, exchange.snapshot.revision.id),
    )
    return await writes.respond(request, write)


def _parameter(name: str, text: str, example: str, *, repeated: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "example": example}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": text,
        "schema": {"type": "array", "items": schema} if repeated else schema,
    }


_EXAMPLE: Final = "SELECT ?target ?label { ?target a pkg:Target ; rdfs:label ?label } LIMIT 5"
_UPDATE_EXAMPLE: Final = 'INSERT DATA { GRAPH <urn:example:notes> { <urn:example:a> rdfs:comment "A note." } }'
_GRAPH: Final = "https://w3id.org/policy-kg/graph/ontology"
_PARAMETERS: Final = [
    _parameter("query", "The query; the prefixes of the project need not be declared.", _EXAMPLE),
    _parameter("default-graph-uri", "Graph of the default graph; may be repeated.", _GRAPH, repeated=True),
    _parameter("named-graph-uri", "Named graph; may be repeated.", _GRAPH, repeated=True),
    _parameter("format", f"Wins over Accept: {', '.join(QUERY_FORMATS)}.", "csv"),
    _parameter("timeout", "Seconds after which the query is to be stopped; may only lower the limit.", "2.5"),
]
_STATUSES: Sequence[int] = (400, 403, 406, 422, 504)


def sparql_router() -> APIRouter:
    """Return the router of `/sparql`."""
    router = APIRouter(tags=["sparql"])

    @router.get(
        "/sparql",
        summary="Query by GET, or the service description",
        responses=typed_answer(MEDIA_TYPES, *_STATUSES),
        openapi_extra={"parameters": _PARAMETERS},
    )
    async def query_by_get(exchange: ExchangeDep, sent: SentDep) -> Response:
        """Answer a SPARQL query; without one, describe the service."""
        if sent.all("update"):
            raise WrongMethod(exchange.request.method, ["POST"])
        answer = await answer_query(exchange, sent)
        return answer if answer is not None else await run_in_threadpool(answer_description, exchange, sent)

    text = {"schema": {"type": "string"}, "example": _EXAMPLE}
    properties: dict[str, Any] = {name: {"type": "string"} for name in ("query", "update")}
    properties["note"] = NOTE["schema"]
    form = {"schema": {"type": "object", "properties": properties}, "example": {"query": _EXAMPLE}}
    change = {"schema": {"type": "string"}, "example": _UPDATE_EXAMPLE}
    body = {"required": True, "content": {QUERY: text, FORM: form, UPDATE: change}}
    answers = typed_answer(MEDIA_TYPES, *_STATUSES, 401, 412, 413, 415)
    answers[200] = {**answers[200], "content": {**answers[200]["content"], **WRITTEN}}

    @router.post(
        "/sparql",
        summary="Query or update by POST",
        responses=answers,
        openapi_extra={"requestBody": body, "parameters": [*_PARAMETERS[1:], NOTE], "security": [{}, {"token": []}]},
    )
    async def operation_by_post(exchange: ExchangeDep, sent: SentDep) -> Response:
        """Answer a query, or carry out an update (with a bearer token), that stands in a form or is the body."""
        answer = await answer_query(exchange, sent)
        return answer if answer is not None else await update(exchange, sent)

    return router
