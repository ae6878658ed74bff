"""`/api/v1/graph`, `/api/v1/paths`, `/api/v1/analytics`: the graph as a network, as JSON and as files for other tools.

All of it is computed in this process, in a thread beside the event loop: what it costs is bounded beforehand by the
limits of `kg.network`, and the network of a revision is read once and shared. Processes that can be killed are for what
strangers write; here they would have to read the network anew for every request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.described import Responses, json_answer
from api.errors import NotAcceptable
from api.exchange import JSON, Exchange, ExchangeDep, once_each
from api.negotiation import Offer, acceptable
from api.networks import (
    AnalyticsModel,
    AnalyticsParameters,
    GraphModel,
    GraphParameters,
    PathsModel,
    PathsParameters,
    listed,
)
from api.routers.explaining import PATH as EXPLAIN
from api.state import PerRevision, Snapshot
from kg.errors import BadParameter, LimitExceeded
from kg.network import (
    EXTENSIONS,
    FORMATS,
    Answers,
    Centrality,
    Communities,
    Neighbourhood,
    Networks,
    Paths,
    file_of,
)
from kg.network.neighbourhood import MAX_SHOWN

GRAPH: Final = "/api/v1/graph"
PATHS: Final = "/api/v1/paths"
ANALYTICS: Final = "/api/v1/analytics"
OFFERS: Final = (
    Offer("json", JSON),
    Offer("cytoscape", FORMATS["cytoscape"]),
    Offer("graphml", FORMATS["graphml"]),
    Offer("gexf", FORMATS["gexf"]),
    Offer("dot", "text/vnd.graphviz"),
    Offer("csv", "text/csv"),
)
Json = Mapping[str, Any]


def networks_of(snapshot: Snapshot) -> Networks:
    """Return the networks of a revision, none of them read yet."""
    return Networks(snapshot.engine, snapshot.iris)


def graph_router() -> APIRouter:
    """Return the router of the network."""
    router = APIRouter(tags=["graph"], dependencies=[Depends(once_each)])

    @router.get(GRAPH, summary="Neighbourhood of a thing", responses=_answers(GraphModel, 404))
    def graph(exchange: ExchangeDep, parameters: Annotated[GraphParameters, Query()]) -> Response:
        """Return what is near a thing, breadth first, with the clauses of every edge, and counts of what is left out.

        Without `root`, it is the whole network.
        """

        def found() -> Neighbourhood:
            return _neighbourhood(exchange, parameters)

        def content() -> Json:
            return _explained(exchange, found().to_json())

        return _answer(exchange, parameters.format, "graph", content, partial(_written, found))

    @router.get(PATHS, summary="Shortest paths between two things", responses=_answers(PathsModel, 404))
    def paths(exchange: ExchangeDep, parameters: Annotated[PathsParameters, Query()]) -> Response:
        """Return the shortest paths between two things, each step with its triples and the clauses that state them."""

        def found() -> Paths:
            return _paths(exchange, parameters)

        def content() -> Json:
            return _explained(exchange, found().to_json())

        return _answer(exchange, parameters.format, "paths", content, partial(_written, found))

    @router.get(ANALYTICS, summary="Centrality and communities", responses=_answers(AnalyticsModel))
    def analytics(exchange: ExchangeDep, parameters: Annotated[AnalyticsParameters, Query()]) -> Response:
        """Return which measures, sectors and products are central, and which measures share sectors.

        Methods and their parameters are named; the same revision gives the same numbers.
        """
        return _answer(
            exchange,
            parameters.format,
            parameters.report or "analytics",
            lambda: _reports(exchange, parameters),
            lambda format: _report_written(exchange, parameters, format),
        )

    return router


def _answers(model: type[Any], *statuses: int) -> Responses:
    found = json_answer(model, 400, *statuses, 406, 422)
    types = dict.fromkeys(media_type.partition(";")[0] for media_type in FORMATS.values())
    found[200]["content"] = {media_type: {"schema": {"type": "string"}} for media_type in types}
    return found


def _networks(exchange: Exchange) -> Networks:
    networks: PerRevision[Networks] = exchange.request.app.state.networks
    return networks.of(exchange.snapshot)


def _answers_of(exchange: Exchange) -> Answers:
    snapshot = exchange.snapshot

    def nearest(text: str) -> list[str]:
        return [f"{match.reference.type}/{match.reference.id}" for match in snapshot.search.search(text, limit=5)]

    return Answers(snapshot.engine, snapshot.iris, nearest)


def _neighbourhood(exchange: Exchange, parameters: GraphParameters) -> Neighbourhood:
    if parameters.root is None:
        for name in ("depth", "direction", "limit"):
            if name in parameters.model_fields_set:
                words = "goes with root; without it, the whole network is given", "须与 root 同用；不给 root 则返回全图"
                raise BadParameter(name, str(getattr(parameters, name)), *words)
    return _answers_of(exchange).near(
        _networks(exchange).network(inferred=parameters.inferred),
        parameters.root,
        depth=parameters.depth,
        relations=listed(parameters.relation),
        kinds=listed(parameters.kind),
        direction=parameters.direction,
        limit=parameters.limit,
    )


def _paths(exchange: Exchange, parameters: PathsParameters) -> Paths:
    return _answers_of(exchange).paths(
        _networks(exchange).network(inferred=parameters.inferred),
        *parameters.ends,
        max_length=parameters.max_length,
        relations=listed(parameters.relation),
        kinds=listed(parameters.kind),
        limit=parameters.limit,
    )


def _explained(exchange: Exchange, value: dict[str, Any]) -> dict[str, Any]:
    """Return an answer in which each edge that follows has the address of its explanation."""
    steps = (step for path in value.get("paths", ()) for step in path["steps"])
    for edge in (edge for part in (value, *steps) for edge in part.get("edges", ())):
        asked = {"subject": edge["subject"], "predicate": edge["predicate"]["id"], "object": edge["object"]}
        edge["explain"] = f"{exchange.path(EXPLAIN)}?{urlencode(asked, safe=':/')}" if edge["inferred"] else None
    return value


def _centrality(exchange: Exchange) -> Centrality:
    return _networks(exchange).centrality()


def _communities(exchange: Exchange, parameters: AnalyticsParameters) -> Communities:
    return _networks(exchange).communities(parameters.resolution)


def _reports(exchange: Exchange, parameters: AnalyticsParameters) -> Json:
    content: dict[str, Any] = {"centrality": None, "communities": None}
    if parameters.report != "communities":
        central = _centrality(exchange)
        content["centrality"] = central.to_json(parameters.by, listed(parameters.kind), parameters.limit)
    if parameters.report != "centrality":
        content["communities"] = _communities(exchange, parameters).to_json()
    return content


def _written(found: Callable[[], Neighbourhood | Paths], format: str) -> bytes:
    return file_of(found(), format)


def _report_written(exchange: Exchange, parameters: AnalyticsParameters, format: str) -> bytes:
    if parameters.report == "communities":
        found = _communities(exchange, parameters)
        _check_shown(len(found.sectors), len(found.weights))
        return file_of(found, format)
    central = _centrality(exchange)
    _check_shown(len(central.scores), len(central.edges))
    communities = _communities(exchange, parameters) if parameters.report is None else None
    return file_of(central, format, communities)


def _check_shown(things: int, edges: int) -> None:
    """Refuse a file that has more of them than any other answer; the reports as JSON have their own limit.

    Raises:
        LimitExceeded: it has.
    """
    for count, unit in ((things, "things"), (edges, "edges")):
        if count > MAX_SHOWN:
            raise LimitExceeded(f"shown_{unit}", MAX_SHOWN, unit)


def _answer(
    exchange: Exchange, format: str | None, name: str, content: Callable[[], Json], written: Callable[[str], bytes]
) -> Response:
    """Answer in the format that is wanted; what is not wanted is not made."""
    wanted = _format(exchange, format)
    others = [f'<{exchange.here(format=other)}>; rel="alternate"; type="{FORMATS[other]}"' for other in FORMATS]
    if wanted == "json":
        return exchange.json(content, links=others)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{EXTENSIONS[wanted]}"'}
    return exchange.answer(FORMATS[wanted], lambda: written(wanted), links=others, variant=wanted, headers=headers)


def _format(exchange: Exchange, given: str | None) -> str:
    if given is not None:
        return given
    accepted = acceptable(exchange.request.headers.get("accept"), OFFERS)
    if not accepted:
        raise NotAcceptable([offer.media_type for offer in OFFERS])
    return accepted[0].value
