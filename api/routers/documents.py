"""`/id/…` and `/doc/…`: dereferencing of the IRIs of things (Cool URIs for the Semantic Web, W3C Note 2008, section 4).

`/id/x` answers 303 to `/doc/x` for everyone: one redirect that caches may share; which representation it is then is
settled at `/doc/x` by Accept, by an extension, or by `format=`, and said in Content-Location.
"""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import RedirectResponse, Response

from api.described import problems, typed_answer
from api.descriptions import describe
from api.errors import NotAcceptable
from api.exchange import Exchange, ExchangeDep, once_each
from api.formats import EXTENSIONS
from api.negotiation import Offer, acceptable
from api.pages import Pages
from api.pages.thing import thing_content
from api.parameters import LINKS, DocumentParameters, LanguageParameters
from api.tables import MEDIA_TYPE as CSV
from api.tables import facts_csv
from kg.errors import NotFound
from kg.kinds import KIND_BY_NAME
from kg.lookup import Thing

OFFERS: Final = (
    Offer("html", "text/html"),
    Offer("ttl", "text/turtle"),
    Offer("nt", "application/n-triples"),
    Offer("jsonld", "application/ld+json"),
    Offer("rdf", "application/rdf+xml"),
    Offer("json", "application/json"),
    Offer("csv", "text/csv"),
    Offer("html", "application/xhtml+xml", 0.9),
    Offer("rdf", "application/xml", 0.5),
    Offer("nt", "text/plain", 0.5),
)
FORMATS: Final = {offer.value: offer.media_type for offer in reversed(OFFERS) if offer.weight == 1}
Kind = Annotated[str, Path(description="Kind of thing, as in its IRI.", examples=["measure", "target", "clause"])]
Local = Annotated[
    str, Path(description="The rest of the IRI; in `/doc/` an extension may follow.", examples=["gd-ai45"])
]


def documents_router() -> APIRouter:
    """Return the router of `/id` and `/doc`."""
    router = APIRouter(tags=["dereferencing"], dependencies=[Depends(once_each)])
    redirected = {303: {"description": "See `/doc/…` for the description."}, **problems(400, 404)}

    @router.get("/id/{kind}/{local:path}", summary="Dereference an IRI", status_code=303, responses=redirected)
    def dereference(
        exchange: ExchangeDep, kind: Kind, local: Local, _parameters: Annotated[LanguageParameters, Query()]
    ) -> Response:
        """Redirect from a thing to its description."""
        _find(exchange, kind, local, 1)
        query = exchange.request.url.query
        target = exchange.path(_address(kind, local)) + (f"?{query}" if query else "")
        headers = {"Vary": "Accept, Accept-Language", "X-Revision": exchange.snapshot.revision.id}
        return RedirectResponse(target, status_code=303, headers=headers)

    @router.get(
        "/doc/{kind}/{local:path}",
        summary="Description of anything that has an IRI",
        responses=typed_answer(list(FORMATS.values()), 400, 404, 406),
    )
    def document(
        exchange: ExchangeDep, kind: Kind, local: Local, parameters: Annotated[DocumentParameters, Query()]
    ) -> Response:
        """Describe a thing, a clause, a passage, a source, a statement: as a page, as RDF, as JSON, or as CSV."""
        local, extension = _split(local)
        format = parameters.format or extension or _negotiated(exchange)
        # A table has no place to say that something is left out; RDF is not made from the thing at all.
        thing = _find(exchange, kind, local, None if format == "csv" else LINKS)
        return _represent(exchange, thing, exchange.path(_address(kind, local)), format)

    return router


def _split(local: str) -> tuple[str, str]:
    stem, dot, extension = local.rpartition(".")
    return (stem, extension) if dot and extension in FORMATS else (local, "")


def _negotiated(exchange: Exchange) -> str:
    found = acceptable(exchange.request.headers.get("accept"), OFFERS)
    if not found:
        raise NotAcceptable(list(FORMATS.values()))
    return found[0].value


def _address(kind: str, local: str) -> str:
    return f"/doc/{quote(f'{kind}/{local}', safe='/-._~!$,;=:@')}"


def _find(exchange: Exchange, kind: str, local: str, most: int | None) -> Thing:
    """Return what the graph says of an IRI, with `most` links of each key at most.

    Raises:
        NotFound: nothing; `nearest` has ids where the kind is one of the collections.
    """
    lookup = exchange.snapshot.lookup
    thing = lookup.describe(exchange.snapshot.iris.mint(kind, *local.split("/")), most=most)
    if thing is not None:
        return thing
    if kind in KIND_BY_NAME:
        found = exchange.snapshot.iris.parse(lookup.resolve(kind, local))
        raise NotFound(kind, local, [found[1]] if found else [])
    raise NotFound(kind if local else "thing", local or kind)


def _page(pages: Pages, exchange: Exchange, thing: Thing, address: str) -> str:
    content = thing_content(exchange, thing, address)
    return pages.render("clause.html" if content["clause"] else "thing.html", exchange, **content)


def _represent(exchange: Exchange, thing: Thing, address: str, format: str) -> Response:
    links = [f'<{address}.{name}>; rel="alternate"; type="{kind}"' for name, kind in FORMATS.items() if name != format]
    links.append(f'<{thing.iri}>; rel="describes"')
    if format == "html":
        pages: Pages = exchange.request.app.state.pages
        response = exchange.html(lambda: _page(pages, exchange, thing, address), links=links)
    elif format == "json":
        response = exchange.json(thing.to_json, links=links)
    elif format == "csv":
        response = exchange.answer(CSV, lambda: facts_csv(thing), links=links)
    else:
        graph = EXTENSIONS[format]
        engine = exchange.snapshot.engine
        response = exchange.answer(graph.media_type, lambda: describe(engine, thing.iri, graph), links=links)
    if response.status_code == 200:
        response.headers["Content-Location"] = f"{address}.{format}"
    return response
