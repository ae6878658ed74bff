"""`/links`: what a thing is related to in one way, page by page, where its own page has no room for all of it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from api.described import typed_answer
from api.exchange import Exchange, ExchangeDep, once_each
from api.pages.rendering import Pages
from api.parameters import LanguageParameters, LinkedParameters
from api.views import text_in
from api.words import key_words
from kg.lookup.parts import cursor_at

PATH: Final = "/links"
SHOWN: Final = 100
"""How many links a page lists."""


class LinksPageParameters(LanguageParameters, LinkedParameters):
    """The parameters of the page."""

    page: Annotated[int, Field(ge=1, le=1_000_000, description=f"Which {SHOWN} links are listed.")] = 1


def links_router() -> APIRouter:
    """Return the router of the lists of links."""
    router = APIRouter(tags=["pages"], dependencies=[Depends(once_each)])

    @router.get(PATH, summary="Browse what a thing is related to", responses=typed_answer(["text/html"], 400, 404))
    def page(exchange: ExchangeDep, parameters: Annotated[LinksPageParameters, Query()]) -> Response:
        """List what a thing is related to, each with the clauses that state it."""
        pages: Pages = exchange.request.app.state.pages
        return exchange.html(lambda: pages.render("links.html", exchange, **_content(exchange, parameters)))

    return router


def _content(exchange: Exchange, asked: LinksPageParameters) -> dict[str, Any]:
    """Return what the template shows; a page past the end is the last one."""
    lookup = exchange.snapshot.lookup
    total = lookup.links(asked.of, asked.key, limit=1).total
    pages = max(1, -(-total // SHOWN))
    page = min(asked.page, pages)
    start = (page - 1) * SHOWN
    found = lookup.links(asked.of, asked.key, limit=SHOWN, cursor=cursor_at(start) if start else None)
    thing = found.of.to_json()
    return {
        "asked": asked,
        "thing": thing,
        "called": key_words(asked.key, exchange.language),
        "title": text_in(thing["label"], exchange.language) or thing["id"],
        "links": [link.to_json() for link in found.items],
        "total": total,
        "first": start + 1,
        "page": page,
        "pages": pages,
    }
