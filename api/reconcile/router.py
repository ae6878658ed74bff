"""The paths of reconciliation, once by `lang` and Accept-Language, once below `/reconcile/zh` and `/reconcile/en`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.described import json_answer, problems, typed_answer
from api.exchange import HTML, once_each
from api.parameters import Parameters
from api.reconcile import models
from api.reconcile.asked import Asked, asked_in
from api.reconcile.endpoint import add_endpoint
from api.reconcile.extending import proposals
from api.reconcile.manifest import PREFIX
from api.reconcile.parameters import IdParameters, ProposeParameters, SuggestParameters, ThingParameters
from api.reconcile.previews import FRAMED, Previews
from api.reconcile.properties import kind_named
from api.reconcile.suggesting import entities, properties, types
from api.words import Language


def reconcile_router(language: Language | None = None) -> APIRouter:
    """Return the router of reconciliation: in a language, or in that which a client asks for."""
    router = APIRouter(
        prefix=f"{PREFIX}/{language}" if language else PREFIX,
        tags=["reconcile"],
        dependencies=[Depends(once_each)],
        include_in_schema=language is None,
    )
    asked = asked_in(language)
    add_endpoint(router, asked)
    _add_suggestions(router, asked)
    _add_flyouts(router, asked)
    _add_preview(router, asked)
    _add_proposals(router, asked)
    return router


def _suggested(found: Sequence[Mapping[str, Any]], more: bool, parameters: SuggestParameters) -> dict[str, Any]:
    following = {"cursor": parameters.cursor + len(found)} if more else {}
    return {"result": list(found), **following}


def _add_suggestions(router: APIRouter, asked_in: Any) -> None:
    def suggest_entity(asked: Asked, parameters: SuggestParameters) -> Response:
        """Suggest things whose names begin with a text, or are like it."""
        found = (asked.data, parameters.prefix, parameters.kinds, asked.language, parameters.cursor, parameters.limit)
        return asked.json(lambda: _suggested(*entities(*found), parameters))

    def suggest_property(asked: Asked, parameters: SuggestParameters) -> Response:
        """Suggest properties whose names have a text."""
        found = (parameters.prefix, parameters.kinds, asked.language, parameters.cursor, parameters.limit)
        return asked.json(lambda: _suggested(*properties(*found), parameters))

    def suggest_type(asked: Asked, parameters: SuggestParameters) -> Response:
        """Suggest types whose names have a text."""
        found = (parameters.prefix, asked.language, parameters.cursor, parameters.limit)
        return asked.json(lambda: _suggested(*types(*found), parameters))

    suggested: dict[str, tuple[Callable[..., Response], Any]] = {
        "entity": (suggest_entity, models.SuggestedEntities),
        "property": (suggest_property, models.SuggestedProperties),
        "type": (suggest_type, models.SuggestedTypes),
    }
    for what, (function, model) in suggested.items():
        _add(router, f"/suggest/{what}", function, asked_in, SuggestParameters, json_answer(model, 400))


def _add_flyouts(router: APIRouter, asked_in: Any) -> None:
    previews = Previews()

    def flyout_entity(asked: Asked, parameters: ThingParameters) -> Response:
        """Return a piece of HTML about a thing."""
        thing = asked.thing(parameters.id)
        return asked.json(lambda: {"id": parameters.id, "html": previews.entity(thing, asked.language)})

    def flyout_property(asked: Asked, parameters: IdParameters) -> Response:
        """Return a piece of HTML about a property."""
        return asked.json(lambda: {"id": parameters.id, "html": previews.property(parameters.id, asked.language)})

    def flyout_type(asked: Asked, parameters: IdParameters) -> Response:
        """Return a piece of HTML about a type."""
        return asked.json(lambda: {"id": parameters.id, "html": previews.type(parameters.id, asked.language)})

    answers = json_answer(models.Flyout, 400)
    _add(router, "/flyout/entity", flyout_entity, asked_in, ThingParameters, {**answers, **problems(404)})
    _add(router, "/flyout/property", flyout_property, asked_in, IdParameters, answers)
    _add(router, "/flyout/type", flyout_type, asked_in, IdParameters, answers)


def _add_preview(router: APIRouter, asked_in: Any) -> None:
    previews = Previews()

    def preview(asked: Asked, parameters: ThingParameters) -> Response:
        """Return a small page about a thing, for a frame."""
        thing = asked.thing(parameters.id)
        headers = {"Content-Language": asked.language, "Content-Security-Policy": FRAMED}
        return asked.exchange.answer(
            HTML,
            lambda: previews.page(asked.exchange, thing, asked.language).encode(),
            variant=asked.language,
            headers=headers,
        )

    _add(router, "/preview", preview, asked_in, ThingParameters, typed_answer(["text/html"], 400, 404))


def _add_proposals(router: APIRouter, asked_in: Any) -> None:
    def propose(asked: Asked, parameters: ProposeParameters) -> Response:
        """Propose properties that things of a type have."""
        kinds = [kind_named(parameters.type, "type")] if parameters.type else []
        echoed = {"type": parameters.type, "limit": parameters.limit}
        return asked.json(
            lambda: {
                **{name: value for name, value in echoed.items() if value is not None},
                "properties": proposals(kinds, parameters.limit, asked.language),
            }
        )

    _add(router, "/extend/propose", propose, asked_in, ProposeParameters, json_answer(models.Proposals, 400))


def _add(
    router: APIRouter,
    path: str,
    function: Callable[..., Response],
    asked_in: Any,
    parameters: type[Parameters],
    responses: dict[int | str, dict[str, Any]],
) -> None:
    """Add a path; FastAPI reads from the annotations of its function what the path takes."""
    function.__annotations__ |= {"asked": asked_in, "parameters": Annotated[parameters, Query()]}
    summary = (function.__doc__ or "").strip().rstrip(".")
    router.add_api_route(path, function, methods=["GET"], summary=summary, responses=responses)
