"""`/targets`: the targets as a table and as a chart, to sort, filter, group and take along."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.described import typed_answer
from api.exchange import ExchangeDep, once_each
from api.pages.rendering import Pages
from api.parameters import LanguageParameters

PATH: Final = "/targets"


def targets_router() -> APIRouter:
    """Return the router of the page."""
    router = APIRouter(tags=["pages"], dependencies=[Depends(once_each)])

    @router.get(PATH, summary="Compare targets", responses=typed_answer(["text/html"], 400))
    def page(exchange: ExchangeDep, _parameters: Annotated[LanguageParameters, Query()]) -> Response:
        """Show the targets."""
        pages: Pages = exchange.request.app.state.pages
        return exchange.html(lambda: pages.render("targets.html", exchange, "targets"))

    return router
