"""`/`, `/health/…`, `/problems`: the first page, whether the service lives, and what its errors mean."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.dataset import describedby
from api.described import json_answer, problems, typed_answer
from api.errors import NoSuchPath
from api.exchange import JSON, ExchangeDep, json_bytes, once_each
from api.models import Health
from api.negotiation import Offer, acceptable
from api.pages import Pages
from api.pages.home import home_content
from api.parameters import LanguageParameters, NoParameters
from api.problem_shapes import SHAPES, Shape
from api.state import Snapshots


def service_router() -> APIRouter:
    """Return the router of the first page, of health, and of the types of problems."""
    router = APIRouter(tags=["service"], dependencies=[Depends(once_each)])
    _add_home(router)
    _add_health(router)
    _add_problems(router)
    return router


def _add_home(router: APIRouter) -> None:
    @router.get("/", summary="The first page", responses=typed_answer(["text/html"], 400))
    def home(exchange: ExchangeDep, _parameters: Annotated[LanguageParameters, Query()]) -> Response:
        """Say what this is; a client that would rather read JSON is sent to `/api/v1`."""
        offers = (Offer("html", "text/html"), Offer("json", "application/json"))
        accepted = acceptable(exchange.request.headers.get("accept"), offers)
        if accepted and accepted[0].value == "json":
            return RedirectResponse(exchange.path("/api/v1"), status_code=303, headers={"Vary": "Accept"})
        pages: Pages = exchange.request.app.state.pages
        links = [f'<{exchange.path("/api/v1")}>; rel="alternate"; type="application/json"']
        links.append(f'<{exchange.path("/openapi.json")}>; rel="service-desc"; type="application/json"')
        return exchange.html(
            lambda: pages.render("home.html", exchange, **home_content(exchange)), links=[*links, describedby(exchange)]
        )


def _add_health(router: APIRouter) -> None:
    @router.get("/health/live", summary="Whether the process lives", responses={200: {"model": Health}, **problems()})
    async def live(request: Request, _parameters: Annotated[NoParameters, Query()]) -> Response:
        """Answer; nothing is looked at."""
        snapshots: Snapshots = request.app.state.snapshots
        content = json_bytes({"status": "ok", "revision": snapshots.opened})
        return Response(content, media_type=JSON, headers={"Cache-Control": "no-store"})

    @router.get("/health/ready", summary="Whether a revision is open", responses=json_answer(Health))
    async def ready(exchange: ExchangeDep, _parameters: Annotated[NoParameters, Query()]) -> Response:
        """Answer with the revision that is served; 503 until there is one, or while its store does not answer."""
        snapshots: Snapshots = exchange.request.app.state.snapshots
        if snapshots.failure is not None:
            raise snapshots.failure
        content = json_bytes({"status": "ok", "revision": exchange.snapshot.revision.id})
        return Response(content, media_type=JSON, headers={"Cache-Control": "no-store"})


def _shown(shape: Shape) -> dict[str, Any]:
    title = {"zh": shape.title.zh, "en": shape.title.en}
    return {"type": shape.type, "slug": shape.slug, "status": shape.status, "title": title}


def _add_problems(router: APIRouter) -> None:
    shapes = sorted(
        {shape.slug: shape for shape in SHAPES.values()}.values(), key=lambda shape: (shape.status, shape.slug)
    )
    answers = {**typed_answer(["application/json", "text/html"], 400), **problems(404)}

    @router.get("/problems", summary="The types of problems", responses=answers)
    def list_problems(exchange: ExchangeDep, _parameters: Annotated[LanguageParameters, Query()]) -> Response:
        """Return every `type` that an error may have."""
        pages: Pages = exchange.request.app.state.pages
        if exchange.reads_html:
            return exchange.html(lambda: pages.problems(exchange, shapes))
        return exchange.json(lambda: {"items": [_shown(shape) for shape in shapes], "total": len(shapes), "next": None})

    @router.get("/problems/{slug}", summary="One type of problem", responses=answers)
    def problem(
        exchange: ExchangeDep,
        slug: Annotated[str, Path(examples=["not-found"])],
        _parameters: Annotated[LanguageParameters, Query()],
    ) -> Response:
        """Return what a `type` means."""
        found = [shape for shape in shapes if shape.slug == slug]
        if not found:
            raise NoSuchPath(f"/problems/{slug}", [f"/problems/{shape.slug}" for shape in shapes])
        pages: Pages = exchange.request.app.state.pages
        if exchange.reads_html:
            return exchange.html(lambda: pages.problems(exchange, found))
        return exchange.json(lambda: _shown(found[0]))
