"""`/sparql`: the query operation of the SPARQL 1.1 Protocol (W3C Recommendation 2013, section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.described import typed_answer
from api.errors import BodyTooLarge, MalformedRequest, NotAcceptable, UnsupportedBody, UpdateRefused
from api.exchange import Exchange, ExchangeDep
from api.formats import GRAPH_OFFERS, QUERY_FORMATS, RESULT_OFFERS, content_type, named
from api.negotiation import Offer, acceptable
from api.pages import Pages
from api.service_description import service_description
from api.state import Snapshot
from kg.engine import Answer, GraphFormat, QueryRequest, ResultFormat
from kg.errors import BadParameter, UnsupportedFormat

MAX_BODY: Final = 1 << 20
FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
MEDIA_TYPES: Final = list(dict.fromkeys(offer.media_type for offer in (*RESULT_OFFERS[:4], *GRAPH_OFFERS[:4])))


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent: the query parameters of URL and form together, and the text of a body that is a query."""

    parameters: tuple[tuple[str, str], ...]
    text: str | None = None

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of a parameter, in order."""
        return tuple(value for key, value in self.parameters if key == name)


async def _sent(request: Request) -> Sent:
    """Read the request; only the framework may wait, so that the route itself runs in a thread.

    Raises:
        UnsupportedBody, BodyTooLarge, UpdateRefused, MalformedRequest: the body is not one of the three that there are.
    """
    inline = tuple(request.query_params.multi_items())
    if request.method != "POST":
        return Sent(inline)
    kind, charset = _media_type(request.headers.get("content-type", ""))
    if kind == UPDATE:
        raise UpdateRefused("updates are not taken here")
    if kind not in {FORM, QUERY} or charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedBody(request.headers.get("content-type", ""), [FORM, QUERY])
    text = _decoded(await _body(request))
    if kind == QUERY:
        return Sent(inline, text)
    try:
        form = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict")
    except ValueError as error:
        raise _not_utf8() from error
    return Sent((*inline, *form))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BodyTooLarge(MAX_BODY)
    return bytes(body)


def _media_type(header: str) -> tuple[str, str]:
    kind, _, rest = header.partition(";")
    charset = rest.strip().lower().removeprefix("charset=").strip('"') if "charset=" in rest.lower() else ""
    return kind.strip().lower(), charset


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8() from error


def _not_utf8() -> MalformedRequest:
    return MalformedRequest("The body is not UTF-8.", "请求体不是 UTF-8 编码。")


def request_of(sent: Sent) -> QueryRequest | None:
    """Return the query that was sent, with its dataset; None where none was.

    Raises:
        UpdateRefused: an update was sent.
        MalformedRequest: there are several queries.
        BadParameter: a graph is not named by an IRI.
    """
    if sent.all("update"):
        raise UpdateRefused("updates are not taken here")
    queries = (*sent.all("query"), *([sent.text] if sent.text is not None else []))
    if len(queries) > 1:
        raise MalformedRequest("There may be one query only.", "只能有一个查询。")
    if not queries:
        return None
    default, named_graphs = sent.all("default-graph-uri"), sent.all("named-graph-uri")
    for name, iris in (("default-graph-uri", default), ("named-graph-uri", named_graphs)):
        for iri in iris:
            if not urlsplit(iri).scheme or any(character in iri for character in ' <>"{}|\\^`'):
                raise BadParameter(name, iri, "is not an absolute IRI")
    return QueryRequest(queries[0], default, named_graphs)


def evaluate(
    snapshot: Snapshot, request: QueryRequest, results: ResultFormat | None, graph: GraphFormat | None
) -> Answer:
    """Evaluate a query: the one place where limits, workers and a cache come in."""
    return snapshot.engine.answer(replace(request, union_default_graph=snapshot.union_default_graph), results, graph)


def answer_query(exchange: Exchange, sent: Sent, query: QueryRequest) -> Response:
    """Evaluate a query and answer in the format that the client likes best among those that its kind of answer has."""
    results, graphs = _wanted(exchange, sent)
    if not results and not graphs:
        raise NotAcceptable(MEDIA_TYPES)
    graph, result = graphs[0] if graphs else None, results[0] if results else None

    def evaluated(result: Offer[ResultFormat] | None) -> Answer:
        return evaluate(exchange.snapshot, query, result.value if result else None, graph.value if graph else None)

    try:
        answer = evaluated(result)
    except UnsupportedFormat as error:
        # CSV cannot hold the answer of ASK, but the next format that the client accepts may.
        result = next((offer for offer in results[1:] if offer.value.short in error.supported), None)
        if result is None:
            raise
        answer = evaluated(result)
    chosen = graph if answer.kind == "graph" else result
    media_type = content_type(chosen.value, chosen.media_type) if chosen else answer.media_type
    return exchange.computed(media_type, answer.content)


def _wanted(exchange: Exchange, sent: Sent) -> tuple[list[Offer[ResultFormat]], list[Offer[GraphFormat]]]:
    wanted = sent.all("format")
    if not wanted:
        accept = exchange.request.headers.get("accept")
        return acceptable(accept, RESULT_OFFERS), acceptable(accept, GRAPH_OFFERS)
    found = named(wanted[0])
    if found is None:
        raise BadParameter("format", wanted[0], f"may be {', '.join(QUERY_FORMATS)}")
    result, graph = found
    return (
        [Offer(result, result.media_type.partition(";")[0])] if result else [],
        [Offer(graph, graph.media_type.partition(";")[0])] if graph else [],
    )


def answer_description(exchange: Exchange, sent: Sent) -> Response:
    """Answer a request without a query: with the service description, or with a form for a browser."""
    wanted = sent.all("format")
    graph = (named(wanted[0]) or (None, None))[1] if wanted else None
    if exchange.reads_html and graph is None:
        pages: Pages = exchange.request.app.state.pages
        return exchange.html(lambda: pages.sparql(exchange))
    found = [Offer(graph, graph.media_type.partition(";")[0])] if graph else []
    accepted = found or acceptable(exchange.request.headers.get("accept"), GRAPH_OFFERS)
    if not accepted:
        raise NotAcceptable([offer.media_type for offer in GRAPH_OFFERS[:4]])
    offer = accepted[0]
    endpoint = exchange.here().partition("?")[0]
    union = exchange.request.app.state.settings.default_graph == "union"
    content = service_description(exchange.snapshot.engine, endpoint, union=union, format=offer.value)
    return exchange.computed(content_type(offer.value, offer.media_type), content)


SentDep = Annotated[Sent, Depends(_sent)]


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
_GRAPH: Final = "https://w3id.org/policy-kg/graph/ontology"
_PARAMETERS: Final = [
    _parameter("query", "The query; the prefixes of the project need not be declared.", _EXAMPLE),
    _parameter("default-graph-uri", "Graph of the default graph; may be repeated.", _GRAPH, repeated=True),
    _parameter("named-graph-uri", "Named graph; may be repeated.", _GRAPH, repeated=True),
    _parameter("format", f"Wins over Accept: {', '.join(QUERY_FORMATS)}.", "csv"),
]
_STATUSES: Sequence[int] = (400, 403, 406)


def sparql_router() -> APIRouter:
    """Return the router of `/sparql`."""
    router = APIRouter(tags=["sparql"])

    @router.get(
        "/sparql",
        summary="Query by GET, or the service description",
        responses=typed_answer(MEDIA_TYPES, *_STATUSES),
        openapi_extra={"parameters": _PARAMETERS},
    )
    def query_by_get(exchange: ExchangeDep, sent: SentDep) -> Response:
        """Answer a SPARQL query; without one, describe the service."""
        query = request_of(sent)
        return answer_query(exchange, sent, query) if query else answer_description(exchange, sent)

    text = {"schema": {"type": "string"}, "example": _EXAMPLE}
    form = {"schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}}
    body = {"required": True, "content": {QUERY: text, FORM: {**form, "example": {"query": _EXAMPLE}}}}

    @router.post(
        "/sparql",
        summary="Query by POST",
        responses=typed_answer(MEDIA_TYPES, *_STATUSES, 413, 415),
        openapi_extra={"requestBody": body, "parameters": _PARAMETERS[1:]},
    )
    def query_by_post(exchange: ExchangeDep, sent: SentDep) -> Response:
        """Answer a SPARQL query that stands in a form or is the body."""
        query = request_of(sent)
        if query is None:
            raise MalformedRequest("The form has no `query`.", "表单中没有 `query`。")
        return answer_query(exchange, sent, query)

    return router
