"""`/api/v1`: lists and things of every kind, made from the table of kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import RedirectResponse, Response

from api.described import json_answer
from api.exchange import Exchange, ExchangeDep, once_each
from api.models import PAGES, THINGS, Index, LinkList, Meta
from api.parameters import (
    LIST_PARAMETERS,
    MAX_LIMIT,
    LanguageParameters,
    LinksParameters,
    PageParameters,
    ThingParameters,
    TouchingParameters,
)
from api.words import KIND_WORDS
from kg.kinds import KINDS, Kind
from kg.lookup import Links, Page

PREFIX: Final = "/api/v1"
Id = Annotated[
    str, Path(description="Short id, `kind/id`, full IRI (URL-encoded), or exact label or alias in either language.")
]
EXAMPLES: Final = {
    "policy": "gd-ai45",
    "sector": "医疗",
    "platform": "粤商通",
    "organization": "鹏城实验室",
    "place": "guangdong",
    "product": "large-models",
    "theme": "ai-chips",
}


def things_router() -> APIRouter:
    """Return the router of `/api/v1`."""
    router = APIRouter(prefix=PREFIX, dependencies=[Depends(once_each)])
    _add_index(router)
    _add_links(router)
    _add_sector_measures(router)
    for kind in KINDS:
        _add_kind(router, kind)
    return router


def list_things(exchange: Exchange, kind: str, parameters: PageParameters, filters: dict[str, str]) -> Response:
    """Answer with a part of a list; the URL of the next part stands in the body and in `Link`."""
    return _in_parts(
        exchange,
        lambda: exchange.snapshot.lookup.things(
            kind,
            filters,
            limit=parameters.limit,
            cursor=parameters.cursor,
            transitive=getattr(parameters, "transitive", True),
            most=parameters.links,
        ),
    )


def _in_parts(exchange: Exchange, read: Callable[[], Page | Links]) -> Response:
    """Answer with a part of something that is read where it has to be made."""

    def content() -> dict[str, Any]:
        part = read()
        of = {"of": part.of.to_json(), "key": part.key} if isinstance(part, Links) else {}
        following = exchange.here(cursor=part.next) if part.next else None
        return {**of, "items": [item.to_json() for item in part.items], "total": part.total, "next": following}

    def leading(made: Mapping[str, Any]) -> list[str]:
        return [f'<{made["next"]}>; rel="next"'] if made["next"] else []

    return exchange.json(content, leading=leading)


def _add_index(router: APIRouter) -> None:
    @router.get("", summary="Where things are", tags=["service"], responses=json_answer(Index, 400))
    def index(exchange: ExchangeDep, _parameters: Annotated[LanguageParameters, Query()]) -> Response:
        """Return links to the collections and to everything else."""
        paths = {kind.collection: f"{PREFIX}/{kind.collection}" for kind in KINDS}
        names = ("links", "search", "resolve", "explain", "questions", "graph", "paths", "analytics", "meta")
        paths |= {name: f"{PREFIX}/{name}" for name in names}
        paths |= {"sparql": "/sparql", "ontology": "/ontology", "shapes": "/shapes"}
        paths |= {"context": "/context/v1.jsonld", "download": "/download/graph.ttl"}
        paths |= {"openapi": "/openapi.json", "docs": "/docs"}
        return exchange.json(lambda: {"links": {name: exchange.path(path) for name, path in paths.items()}})

    @router.get("/meta", summary="Revision, counts and coverage", tags=["service"], responses=json_answer(Meta, 400))
    def meta(exchange: ExchangeDep, _parameters: Annotated[LanguageParameters, Query()]) -> Response:
        """Return what the service answers from: revision, counts by kind, and how much of each policy is modelled."""
        manifest = exchange.snapshot.revision.manifest

        def content() -> dict[str, Any]:
            return {
                "published": manifest.get("published", ""),
                "base_iri": exchange.snapshot.iris.base,
                **exchange.snapshot.lookup.meta(),
                "versions": manifest.get("versions", {}),
                "limits": {"limit": MAX_LIMIT},
            }

        return exchange.json(content)


def _add_links(router: APIRouter) -> None:
    @router.get(
        "/links", summary="What a thing is related to", tags=["things"], responses=json_answer(LinkList, 400, 404)
    )
    def links(exchange: ExchangeDep, parameters: Annotated[LinksParameters, Query()]) -> Response:
        """Return a part of what a thing is related to by a key of its JSON, with the clauses that state each link."""
        return _in_parts(
            exchange,
            lambda: exchange.snapshot.lookup.links(
                parameters.of, parameters.key, limit=parameters.limit, cursor=parameters.cursor
            ),
        )


def _add_sector_measures(router: APIRouter) -> None:
    @router.get(
        "/sectors/{id:path}/measures",
        summary="Measures that touch a sector",
        tags=["sectors"],
        responses=json_answer(PAGES["measure"], 400, 404),
    )
    def sector_measures(
        exchange: ExchangeDep,
        id: Annotated[str, Path(description="Sector: short id, IRI, or exact label.", examples=["healthcare"])],
        parameters: Annotated[TouchingParameters, Query()],
    ) -> Response:
        """Return the measures that touch a sector, each with the ways by which it does, step by step."""
        sector = exchange.snapshot.lookup.resolve("sector", id)  # a path, and so 404 where it might lead to several
        return list_things(exchange, "measure", parameters, {"touches": sector})


def _add_kind(router: APIRouter, kind: Kind) -> None:
    plural = kind.collection
    router.add_api_route(
        f"/{plural}",
        _lister(kind),
        methods=["GET"],
        summary=f"List {plural}",
        name=f"list_{plural}",
        tags=[plural],
        responses=json_answer(PAGES[kind.name], 400, 404),
    )
    router.add_api_route(
        f"/{plural}/{{id:path}}",
        _getter(kind),
        methods=["GET"],
        summary=f"One {KIND_WORDS[kind.name].en}",
        name=f"get_{kind.name}",
        tags=[plural],
        responses=json_answer(THINGS[kind.name], 400, 404),
    )


def _lister(kind: Kind) -> Callable[..., Response]:
    def listing(exchange: ExchangeDep, parameters: PageParameters) -> Response:
        return list_things(exchange, kind.name, parameters, parameters.filters())

    # FastAPI reads the parameters of a path from the annotations of its function: here the table gives them.
    listing.__annotations__ = {
        "exchange": ExchangeDep,
        "parameters": Annotated[LIST_PARAMETERS[kind.name], Query()],
        "return": Response,
    }
    listing.__doc__ = f"Return a part of the list of {kind.collection}."
    return listing


def _getter(kind: Kind) -> Callable[..., Response]:
    def getting(exchange: ExchangeDep, id: str, parameters: ThingParameters) -> Response:
        if not id:
            return RedirectResponse(exchange.path(f"{PREFIX}/{kind.collection}"), status_code=308)

        def content() -> dict[str, Any]:
            return exchange.snapshot.lookup.thing(kind.name, id, most=parameters.links).to_json()

        def leading(made: Mapping[str, Any]) -> list[str]:
            page = f'<{exchange.page_of(made["iri"])}>; rel="alternate"; type="text/html"'
            return [page, f'<{made["iri"]}>; rel="canonical"']

        return exchange.json(content, leading=leading)

    example = Path(examples=[EXAMPLES[kind.name]]) if kind.name in EXAMPLES else Path()
    getting.__annotations__ = {
        "exchange": ExchangeDep,
        "id": Annotated[Id, example],
        "parameters": Annotated[ThingParameters, Query()],
        "return": Response,
    }
    getting.__doc__ = "Return a thing with its relations, and with the clauses that state each of them."
    return getting
