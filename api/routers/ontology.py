"""`/ontology`, `/shapes`, `/context/v1.jsonld`, `/download/…`: what the graph is made of, and all of it as a file."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.context import context_document
from api.described import problems, typed_answer
from api.downloads import Downloads
from api.errors import NoSuchPath, NotAcceptable
from api.exchange import CONTEXT_PATH, ExchangeDep, etag, json_bytes, matches, once_each
from api.formats import DATASET_EXTENSIONS, EXTENSIONS, GRAPH_OFFERS, content_type
from api.negotiation import Offer, acceptable
from api.pages.ontology import ontology_page
from api.parameters import LanguageParameters, NoParameters
from api.shapes import Shapes
from api.spool import SpoolResponse
from kg import __version__
from kg.engine import GraphFormat
from kg.settings import Settings

ONTOLOGY_OFFERS: Final[tuple[Offer[GraphFormat | None], ...]] = (
    Offer(None, "text/html"),
    Offer(None, "application/xhtml+xml", 0.9),
    *GRAPH_OFFERS,
)
RDF_TYPES: Final = [offer.media_type for offer in GRAPH_OFFERS[:4]]
Extension = Annotated[str, Path(description=f"One of {', '.join(EXTENSIONS)}.", examples=["ttl"])]
CONTEXT_TYPE: Final = 'application/ld+json; profile="http://www.w3.org/ns/json-ld#context"'


def ontology_router() -> APIRouter:
    """Return the router of the ontology, the shapes, the context and the downloads."""
    router = APIRouter(tags=["ontology"], dependencies=[Depends(once_each)])
    _add_ontology(router)
    _add_shapes(router)
    _add_context(router)
    _add_download(router)
    return router


def _add_ontology(router: APIRouter) -> None:
    @router.get("/ontology", summary="The ontology", responses=typed_answer(["text/html", *RDF_TYPES], 400, 406))
    def ontology(exchange: ExchangeDep, _parameters: Annotated[LanguageParameters, Query()]) -> Response:
        """Return classes and properties: as a page, or as RDF."""
        accepted = acceptable(exchange.request.headers.get("accept"), ONTOLOGY_OFFERS)
        if not accepted:
            raise NotAcceptable(["text/html", *RDF_TYPES])
        offer = accepted[0]
        links = [
            f'<{exchange.path("/ontology")}.{extension}>; rel="alternate"; type="{graph.media_type.partition(";")[0]}"'
            for extension, graph in EXTENSIONS.items()
        ]
        if offer.value is None:
            return exchange.html(lambda: ontology_page(exchange), links=links)
        content = _ontology_graph(exchange, offer.value)
        return exchange.answer(content_type(offer.value, offer.media_type), lambda: content, links=links)

    @router.get("/ontology.{extension}", summary="The ontology as a file", responses=typed_answer(RDF_TYPES, 400, 404))
    def ontology_file(
        exchange: ExchangeDep, extension: Extension, _parameters: Annotated[NoParameters, Query()]
    ) -> Response:
        """Return the ontology in the syntax of the extension."""
        if extension not in EXTENSIONS:
            raise NoSuchPath(f"/ontology.{extension}", [f"/ontology.{known}" for known in EXTENSIONS])
        format = EXTENSIONS[extension]
        return exchange.answer(format.media_type, lambda: _ontology_graph(exchange, format))


def _ontology_graph(exchange: ExchangeDep, format: GraphFormat) -> bytes:
    return b"".join(exchange.snapshot.engine.dump(format, exchange.snapshot.iris.graph("ontology")))


def _add_shapes(router: APIRouter) -> None:
    @router.get("/shapes", summary="The shapes (SHACL)", responses=typed_answer(RDF_TYPES, 400, 406))
    def shapes(exchange: ExchangeDep, _parameters: Annotated[NoParameters, Query()]) -> Response:
        """Return the shapes that every revision conforms to."""
        accepted = acceptable(exchange.request.headers.get("accept"), GRAPH_OFFERS)
        if not accepted:
            raise NotAcceptable(RDF_TYPES)
        offer = accepted[0]
        known: Shapes = exchange.request.app.state.shapes
        return exchange.computed(content_type(offer.value, offer.media_type), known.written(offer.value))

    @router.get("/shapes.{extension}", summary="The shapes as a file", responses=typed_answer(RDF_TYPES, 400, 404))
    def shapes_file(
        exchange: ExchangeDep, extension: Extension, _parameters: Annotated[NoParameters, Query()]
    ) -> Response:
        """Return the shapes in the syntax of the extension."""
        if extension not in EXTENSIONS:
            raise NoSuchPath(f"/shapes.{extension}", [f"/shapes.{known}" for known in EXTENSIONS])
        known: Shapes = exchange.request.app.state.shapes
        return exchange.computed(EXTENSIONS[extension].media_type, known.written(EXTENSIONS[extension]))


def _add_context(router: APIRouter) -> None:
    @router.get(
        CONTEXT_PATH,
        summary="The JSON-LD context",
        responses={200: {"description": "The context.", "content": {"application/ld+json": {}}}, **problems(400)},
    )
    def context(request: Request, _parameters: Annotated[NoParameters, Query()]) -> Response:
        """Return the context by which the JSON of a thing is RDF."""
        settings: Settings = request.app.state.settings
        content = json_bytes(context_document(settings.iris), pretty=True)
        headers = {"ETag": etag(__version__, content.decode()), "Cache-Control": "public, max-age=86400"}
        if matches(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=CONTEXT_TYPE, headers=headers)


def _add_download(router: APIRouter) -> None:
    types = [item.media_type.partition(";")[0] for item in DATASET_EXTENSIONS.values()]

    @router.get(
        "/download/graph.{extension}", summary="The whole graph as a file", responses=typed_answer(types, 400, 404)
    )
    def download(
        exchange: ExchangeDep,
        extension: Annotated[str, Path(description=f"One of {', '.join(DATASET_EXTENSIONS)}.", examples=["trig"])],
        _parameters: Annotated[NoParameters, Query()],
    ) -> Response:
        """Return the current revision; nq, trig and jsonld keep the named graphs, the others are their union.

        What `/.well-known/void` describes, and counts, is this: the description itself is left out.
        """
        if extension not in DATASET_EXTENSIONS:
            raise NoSuchPath(
                f"/download/graph.{extension}", [f"/download/graph.{known}" for known in DATASET_EXTENSIONS]
            )
        format = DATASET_EXTENSIONS[extension]
        filename = f"policy-kg-{exchange.snapshot.revision.id}.{extension}"
        tag = exchange.tag("download", extension)
        if exchange.is_known(tag):
            return exchange.not_modified(tag)
        downloads: Downloads = exchange.request.app.state.downloads
        file = downloads.open(exchange.snapshot, format, exchange.snapshot.iris.graph("metadata"))
        headers = {**exchange.headers(tag), "Content-Disposition": f'attachment; filename="{filename}"'}
        return SpoolResponse(file, format.media_type, headers, exchange.patience)
