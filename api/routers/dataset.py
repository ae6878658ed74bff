"""`/.well-known/void`: what the dataset is and holds, and example queries (VoID, W3C Note 2011, section 7.2)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from api.dataset import WELL_KNOWN, DatasetDescription
from api.described import typed_answer
from api.errors import NoSuchPath, NotAcceptable
from api.exchange import Exchange, ExchangeDep, once_each
from api.formats import EXTENSIONS, GRAPH_OFFERS, content_type
from api.negotiation import acceptable
from api.parameters import NoParameters

_TYPES: Final = [offer.media_type for offer in GRAPH_OFFERS[:4]]


def dataset_router() -> APIRouter:
    """Return the router of the description of the dataset."""
    router = APIRouter(tags=["dataset"], dependencies=[Depends(once_each)])

    @router.get(WELL_KNOWN, summary="What the dataset holds", responses=typed_answer(_TYPES, 400, 406))
    def dataset(exchange: ExchangeDep, _parameters: Annotated[NoParameters, Query()]) -> Response:
        """Return VoID, DCAT and example queries; a browser, which asks for a page, gets Turtle."""
        accepted = acceptable(exchange.request.headers.get("accept"), GRAPH_OFFERS)
        if not accepted and not exchange.reads_html:
            raise NotAcceptable(_TYPES)
        offer = accepted[0] if accepted else GRAPH_OFFERS[0]
        described: DatasetDescription = exchange.request.app.state.dataset
        return exchange.answer(
            content_type(offer.value, offer.media_type),
            lambda: described.document(exchange, offer.value),
            links=_alternates(exchange),
        )

    @router.get(
        WELL_KNOWN + ".{extension}",
        summary="What the dataset holds, as a file",
        responses=typed_answer(_TYPES, 400, 404),
    )
    def dataset_file(
        exchange: ExchangeDep,
        extension: Annotated[str, Path(description=f"One of {', '.join(EXTENSIONS)}.", examples=["ttl"])],
        _parameters: Annotated[NoParameters, Query()],
    ) -> Response:
        """Return VoID, DCAT and example queries in the syntax of the extension."""
        if extension not in EXTENSIONS:
            raise NoSuchPath(f"{WELL_KNOWN}.{extension}", [f"{WELL_KNOWN}.{known}" for known in EXTENSIONS])
        format = EXTENSIONS[extension]
        described: DatasetDescription = exchange.request.app.state.dataset
        return exchange.answer(format.media_type, lambda: described.document(exchange, format))

    return router


def _alternates(exchange: Exchange) -> list[str]:
    return [
        f'<{exchange.path(WELL_KNOWN)}.{extension}>; rel="alternate"; type="{format.media_type.partition(";")[0]}"'
        for extension, format in EXTENSIONS.items()
    ]
