"""`/explore`: the graph, to look at and to walk through; without a script, what is near a thing as a table."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from api.described import typed_answer
from api.exchange import CONTENT_SECURITY, HTML, Exchange, ExchangeDep, once_each
from api.networks import LONGEST
from api.pages.rendering import Pages
from api.parameters import FormParameters
from api.state import PerRevision
from kg.errors import BadParameter, LimitExceeded, NotFound
from kg.kinds import KIND_BY_NAME
from kg.network import Answers, Networks
from kg.network.neighbourhood import MAX_DEPTH
from kg.search.texts import MAX_TEXT

PATH: Final = "/explore"
SHOWN: Final = 100
"""How many things the page without a script shows."""
STARTS: Final = 16
"""How many well connected things are offered to start from."""
NEAREST: Final = 5

Json = Mapping[str, Any]


class ExploreParameters(FormParameters):
    """The parameters of the page; what a script changes in the view stands in the fragment."""

    root: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="The thing to start from: short id, `kind/id`, IRI, or exact name in either language.",
            examples=["sector/healthcare", "医疗"],
        ),
    ] = ""
    depth: Annotated[int, Field(ge=1, le=MAX_DEPTH, description="How many steps from it.")] = 1
    inferred: Annotated[bool, Field(description="Whether relations that follow by rules are shown too.")] = False


@dataclass(frozen=True, slots=True)
class Start:
    """A thing to start from, with how many relations it has."""

    thing: Json
    degree: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Why nothing is shown: the words for what is wrong with what was looked for, and what comes near."""

    detail: str
    nearest: Sequence[Json]


def explore_router() -> APIRouter:
    """Return the router of the page."""
    router = APIRouter(tags=["pages"], dependencies=[Depends(once_each)])

    @router.get(PATH, summary="Explore the graph", responses=typed_answer(["text/html"], 400, 404, 422))
    def page(exchange: ExchangeDep, parameters: Annotated[ExploreParameters, Query()]) -> Response:
        """Show the graph around a thing; without one, things to start from."""
        starts: PerRevision[Sequence[Start]] = exchange.request.app.state.starts
        wanted = parameters.root.strip()
        if not wanted:
            return exchange.html(lambda: _rendered(exchange, parameters, starts=starts.of(exchange.snapshot)))
        try:
            near = _near(exchange, wanted, parameters)
        except (NotFound, BadParameter) as error:
            if not exchange.reads_html:
                raise
            return _missing(exchange, parameters, wanted, error, starts.of(exchange.snapshot))
        return exchange.html(lambda: _rendered(exchange, parameters, near=near()))

    return router


def _rendered(exchange: Exchange, parameters: ExploreParameters, **found: Any) -> str:
    pages: Pages = exchange.request.app.state.pages

    def address(root: str, depth: int = 1) -> str:
        asked = {"root": root, **({"depth": depth} if depth != 1 else {})}
        asked |= {"inferred": "true"} if parameters.inferred else {}
        asked |= {"lang": exchange.language} if exchange.kept else {}
        return f"{exchange.path(PATH)}?{urlencode(asked, safe='/')}"

    values: dict[str, Any] = {"longest": MAX_TEXT, "near": None, "missing": None, "starts": (), **found}
    return pages.render(
        "explore.html", exchange, "explore", asked=parameters, address=address, depths=range(1, MAX_DEPTH + 1), **values
    )


def _network(exchange: Exchange, *, inferred: bool) -> Any:
    networks: PerRevision[Networks] = exchange.request.app.state.networks
    return networks.of(exchange.snapshot).network(inferred=inferred)


def _near(exchange: Exchange, wanted: str, parameters: ExploreParameters) -> Callable[[], Json]:
    """Return what makes the neighbourhood of a thing, with the label of each thing; the thing itself is found at once.

    Raises:
        NotFound: there is no such thing.
        BadParameter: the name means several things.
    """
    snapshot = exchange.snapshot
    network = _network(exchange, inferred=parameters.inferred)
    root = network.find("root", wanted)

    def near() -> Json:
        answers = Answers(snapshot.engine, snapshot.iris, lambda _: ())
        found = answers.near(
            network, root.id, depth=parameters.depth, relations=(), kinds=(), direction="both", limit=SHOWN
        ).to_json()
        labels = {node["id"]: node for node in found["nodes"]}
        edges = [
            {**edge, "subject": labels[edge["subject"]], "object": labels[edge["object"]]} for edge in found["edges"]
        ]
        relations = {predicate.key: dict(predicate.label) for predicate in network.predicates}
        total = len(labels) + found["omitted"]["things"]
        return {**found, "edges": edges, "total": total, "relations": relations}

    return near


def starts_of(networks: Networks) -> Sequence[Start]:
    """Return the policies, and then the things with the most relations; none where the network is too large."""
    try:
        network = networks.network()
    except LimitExceeded:
        return ()
    chosen = network.chosen(())
    found = ((network.degree(node.id, chosen), node) for node in network.nodes.values())
    first = heapq.nsmallest(STARTS, found, key=lambda pair: (pair[1].type != "policy", -pair[0], pair[1].id))
    return [Start(node.to_json(), degree) for degree, node in first]


def _missing(
    exchange: Exchange,
    parameters: ExploreParameters,
    wanted: str,
    error: NotFound | BadParameter,
    starts: Sequence[Start],
) -> Response:
    """Return the page that says that there is no such thing, or that a name means several, and what to start from."""
    zh = exchange.language == "zh"
    if isinstance(error, BadParameter):
        status, detail = 400, f"“{wanted}”{error.hint_zh}。" if zh else f"“{wanted}” {error.hint}."
    else:
        status, detail = 404, f"图谱中没有“{wanted}”。" if zh else f"There is no thing “{wanted}” in the graph."
    nearest = [match.reference.to_json() for match in exchange.snapshot.search.search(wanted, limit=NEAREST)]
    nearest = [{**item, "id": f"{item['type']}/{item['id']}"} for item in nearest if item["type"] in KIND_BY_NAME]
    missing = Missing(detail, nearest)
    content = _rendered(exchange, parameters, missing=missing, starts=starts).encode()
    headers = {**exchange.headers(None), "Content-Language": exchange.language}
    return Response(content, status, {**headers, "Content-Security-Policy": CONTENT_SECURITY}, media_type=HTML)
