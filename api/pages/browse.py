"""`/browse/{collection}`: the things of a kind by name, page by page; one may look for a part of a name."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from starlette.responses import Response

from api.described import typed_answer
from api.errors import NoSuchPath
from api.exchange import Exchange, ExchangeDep, once_each
from api.pages.rendering import Pages
from api.parameters import FormParameters
from api.words import COLLECTION_WORDS
from kg.kinds import KIND_BY_COLLECTION, KINDS

PATH: Final = "/browse"
SHOWN: Final = 100
"""How many things a page lists."""


class BrowseParameters(FormParameters):
    """The parameters of the page."""

    q: Annotated[str, Field(max_length=500, description="Text that a label or alias contains.", examples=["医"])] = ""
    kind: Annotated[
        Literal["titled", "provision"] | None,
        Field(description="Of measures: named by title, or stated in detail."),
    ] = None
    page: Annotated[int, Field(ge=1, le=1_000_000, description=f"Which {SHOWN} things are listed.")] = 1


def browse_router() -> APIRouter:
    """Return the router of the lists."""
    router = APIRouter(tags=["pages"], dependencies=[Depends(once_each)])

    @router.get(PATH + "/{collection}", summary="Browse a collection", responses=typed_answer(["text/html"], 400, 404))
    def page(
        exchange: ExchangeDep,
        collection: Annotated[str, Path(description="A collection of the API.", examples=["sectors"])],
        parameters: Annotated[BrowseParameters, Query()],
    ) -> Response:
        """List the things of a kind by name."""
        if collection not in KIND_BY_COLLECTION:
            raise NoSuchPath(f"{PATH}/{collection}", [f"{PATH}/{kind.collection}" for kind in KINDS])
        pages: Pages = exchange.request.app.state.pages

        def content() -> str:
            return pages.render("browse.html", exchange, **_content(exchange, collection, parameters))

        return exchange.html(content)

    return router


def _content(exchange: Exchange, collection: str, parameters: BrowseParameters) -> dict[str, Any]:
    """Return what the template shows; a page past the end is the last one.

    Raises:
        BadParameter: the kind of a measure was given for another collection.
    """
    kind = KIND_BY_COLLECTION[collection].name
    lookup = exchange.snapshot.lookup
    given = {"q": parameters.q.strip(), "kind": parameters.kind}
    filters = {name: value for name, value in given.items() if value}
    iris = lookup.finder.things(kind, filters)
    pages = max(1, -(-len(iris) // SHOWN))
    page = min(parameters.page, pages)
    shown = iris[(page - 1) * SHOWN : page * SHOWN]
    names = lookup.reader.names(shown)
    return {
        "asked": parameters,
        "collection": collection,
        "kind": kind,
        "title": COLLECTION_WORDS[collection].in_(exchange.language),
        "things": [lookup.reader.reference(iri, names).to_json() for iri in shown],
        "total": len(iris),
        "first": (page - 1) * SHOWN + 1,
        "page": page,
        "pages": pages,
        "others": [(other.collection, COLLECTION_WORDS[other.collection].in_(exchange.language)) for other in KINDS],
    }
