"""`/store`: the SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendation 2013).

A graph is named by `graph` or `default` (indirect identification), or is the address itself below `/store/` (direct).
"""

from __future__ import annotations

from typing import Any, Final, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import Answering, Wanted
from api.described import BEARER, problems, typed_answer
from api.errors import MalformedRequest, NotAcceptable, UnsupportedBody
from api.exchange import Exchange, ExchangeDep, once_each
from api.formats import GRAPH_OFFERS, graph_named
from api.negotiation import Offer, acceptable
from api.protocol import check_iris, media_type_of, read_body
from api.writes import NOTE, Writes, checked_note, expected_of, headers_of
from kg.engine import GraphFormat, QueryRequest
from kg.errors import BadParameter, GraphExists, GraphNotFound, PreconditionFailed
from kg.settings import Settings
from kg.writing import Write

READ_TYPES: Final = [offer.media_type for offer in GRAPH_OFFERS[:4]]
BODY_TYPES: Final = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
MULTIPART: Final = "multipart/form-data"
"""Several documents in one body (section 5.5)."""

_GRAPH: Final = {
    "name": "graph",
    "in": "query",
    "required": False,
    "description": "IRI of a named graph. Either this or `default`.",
    "schema": {"type": "string", "example": "https://w3id.org/policy-kg/graph/ontology"},
}
_DEFAULT: Final = {
    "name": "default",
    "in": "query",
    "required": False,
    "allowEmptyValue": True,
    "description": "The default graph. Either this or `graph`.",
    "schema": {"type": "string"},
}
_PARAMETERS: Final = [_GRAPH, _DEFAULT]
_PATH: Final = {
    "name": "path",
    "in": "path",
    "required": True,
    "description": "The rest of the address, which as a whole is the IRI of the graph.",
    "schema": {"type": "string", "example": "notes/1"},
}
_FORMAT: Final = {
    "name": "format",
    "in": "query",
    "required": False,
    "description": "Wins over Accept: ttl, nt, jsonld, rdfxml.",
    "schema": {"type": "string", "example": "ttl"},
}
_CHANGE: Final = (400, 401, 403, 412, 413, 415, 422, 504)


def graph_of(exchange: Exchange) -> str | None:
    """Return the graph that a request names; None for the default graph.

    Raises:
        MalformedRequest: it names none, or several (section 4.2).
        BadParameter: it is not named by an absolute IRI.
    """
    request = exchange.request
    once_each(request)
    parameters = request.query_params
    if request.path_params.get("path"):
        if "graph" in parameters or "default" in parameters:
            raise MalformedRequest("The address itself names the graph.", "地址本身已指明图。")
        return exchange.here().partition("?")[0]
    if ("graph" in parameters) == ("default" in parameters):
        raise MalformedRequest(
            "Name the graph: either `graph` with its IRI or `default`.",
            "请指明图：用 `graph` 给出其 IRI，或用 `default`。",
        )
    if "default" in parameters:
        return None
    check_iris("graph", [parameters["graph"]])
    return parameters["graph"]


def reading_of(graph: str | None) -> QueryRequest:
    """Return the query for all triples of a graph, whose IRI has been checked."""
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph is not None else "?s ?p ?o"
    return QueryRequest(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}")


async def read_graph(exchange: Exchange) -> Response:
    """Answer with a graph."""
    graph = graph_of(exchange)
    offers = _offers(exchange.request)
    if graph is not None and graph not in exchange.snapshot.graph_names:
        raise GraphNotFound(graph)
    answering: Answering = exchange.request.app.state.answering
    return await answering.respond(exchange, reading_of(graph), Wanted((), offers))


def _offers(request: Request) -> tuple[Offer[GraphFormat], ...]:
    name = request.query_params.get("format")
    if name is not None:
        format = graph_named(name)
        if format is None:
            raise BadParameter("format", name, "may be ttl, nt, jsonld, rdfxml", "可为 ttl、nt、jsonld、rdfxml")
        return (Offer(format, format.media_type.partition(";")[0]),)
    offers = tuple(acceptable(request.headers.get("accept"), GRAPH_OFFERS))
    if not offers:
        raise NotAcceptable(READ_TYPES)
    return offers


async def change_graph(exchange: Exchange, operation: Literal["put", "post", "delete"]) -> Response:
    """Replace a graph, add to it, or remove it.

    Raises:
        ApiError: the request has no right to, or its body is not RDF that is read here.
        PreconditionFailed: If-Match or If-None-Match does not hold.
    """
    request = exchange.request
    writes: Writes = request.app.state.writes
    author = writes.author(request)  # before the body is read
    is_new = operation == "post" and not request.path_params.get("path") and not {*request.query_params} - {"note"}
    if is_new:
        once_each(request)
    here = exchange.here().partition("?")[0]
    graph = f"{here}/{uuid4()}" if is_new else graph_of(exchange)
    content, media_type = (b"", "") if operation == "delete" else await _body(request)
    write = Write(
        operation,
        graph=graph,
        content=content,
        media_type=media_type,
        base=graph or here,
        author=author,
        note=checked_note(request.query_params.get("note")),
        expected=_expected(exchange, graph),
    )
    result = await writes.write(request, write)
    status = 201 if not result.existed and operation != "delete" else 204
    headers = headers_of(result.revision)
    return Response(status_code=status, headers={**headers, "Location": str(graph)} if is_new else headers)


async def _body(request: Request) -> tuple[bytes, str]:
    settings: Settings = request.app.state.settings
    header = request.headers.get("content-type", "")
    kind, charset = media_type_of(header)
    if kind == MULTIPART:
        return await read_body(request, settings.max_upload), header
    if kind not in BODY_TYPES or charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedBody(header, BODY_TYPES)
    return await read_body(request, settings.max_upload), kind


def _expected(exchange: Exchange, graph: str | None) -> tuple[str, ...]:
    """Return the revisions that the conditions of a request allow (RFC 9110, section 13.1)."""
    current, request = exchange.snapshot.revision.id, exchange.request
    exists = graph is None or graph in exchange.snapshot.graph_names
    header = request.headers.get("if-none-match")
    must_be_absent = header is not None and header.strip() == "*"
    must_exist = request.headers.get("if-match", "").strip() == "*"
    if must_be_absent and exists:
        raise GraphExists(current)
    if must_exist and not exists:
        raise PreconditionFailed(current)
    if must_be_absent or must_exist:
        return (current,)
    answering: Answering = request.app.state.answering
    tags = [answering.tag(exchange, reading_of(graph), None, offer) for offer in GRAPH_OFFERS] if exists else []
    return expected_of(request, current, tags)


def store_router() -> APIRouter:
    """Return the router of `/store`."""
    router = APIRouter(tags=["graph store"])
    content = {media_type: {"schema": {"type": "string"}} for media_type in BODY_TYPES}
    with_body: dict[str, Any] = {
        "parameters": [*_PARAMETERS, NOTE],
        "requestBody": {"required": True, "content": content},
    }
    writing: dict[str, Any] = {"status_code": 204, "dependencies": [Depends(BEARER)]}
    changed = typed_answer([], *_CHANGE)
    changed[204] = {"description": "The graph was there before, and is now as asked for."}
    changed[201] = {"description": "The graph is new."}
    del changed[200], changed[304]
    reading = typed_answer(READ_TYPES, 400, 404, 406)

    @router.get(
        "/store", summary="Read a graph", responses=reading, openapi_extra={"parameters": [*_PARAMETERS, _FORMAT]}
    )
    async def get(exchange: ExchangeDep) -> Response:
        """Return the triples of a graph; in the union reading, the default graph is all graphs together."""
        return await read_graph(exchange)

    @router.put("/store", summary="Replace a graph", responses=changed, openapi_extra=with_body, **writing)
    async def put(exchange: ExchangeDep) -> Response:
        """Replace a graph by the triples of the body, if what comes of it is valid."""
        return await change_graph(exchange, "put")

    @router.post("/store", summary="Add to a graph", responses=changed, openapi_extra=with_body, **writing)
    async def post(exchange: ExchangeDep) -> Response:
        """Add the triples of the body to a graph, if what comes of it is valid; to none, they make a new one."""
        return await change_graph(exchange, "post")

    @router.delete(
        "/store",
        summary="Remove a graph",
        responses={**changed, **problems(404)},
        openapi_extra={"parameters": [*_PARAMETERS, NOTE]},
        **writing,
    )
    async def delete(exchange: ExchangeDep) -> Response:
        """Remove a graph, if what comes of it is valid."""
        return await change_graph(exchange, "delete")

    named: dict[str, Any] = {"parameters": [_PATH, NOTE]}
    told = "the graph that the address names"
    for operation, method, what, extra in (
        (get, "GET", "Read", {"responses": reading, "openapi_extra": {"parameters": [_PATH, _FORMAT]}}),
        (put, "PUT", "Replace", {"responses": changed, "openapi_extra": {**with_body, **named}, **writing}),
        (post, "POST", "Add to", {"responses": changed, "openapi_extra": {**with_body, **named}, **writing}),
        (delete, "DELETE", "Remove", {"responses": {**changed, **problems(404)}, "openapi_extra": named, **writing}),
    ):
        router.add_api_route("/store/{path:path}", operation, methods=[method], summary=f"{what} {told}", **extra)
    return router
