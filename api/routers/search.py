"""`/api/v1/search`: things by whatever name a client has for them, each with its score and with what matched."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import ConfigDict, Field, JsonValue
from starlette.responses import Response

from api.described import json_answer
from api.exchange import ExchangeDep, once_each
from api.models import Model, Reference
from api.parameters import MAX_LIMIT, PartParameters
from kg.folding import VISIBLE
from kg.kinds import KindName
from kg.lookup.parts import part_of
from kg.search import CONFIDENT, How
from kg.search.texts import MAX_TEXT

PATH: Final = "/api/v1/search"
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "id": "pengcheng-cloud-brain",
    "iri": "https://w3id.org/policy-kg/id/platform/pengcheng-cloud-brain",
    "type": "platform",
    "label": {"zh": "鹏城云脑", "en": "Pengcheng Cloud Brain"},
    "score": 0.93,
    "matched": {"text": "鹏城云脑", "language": "zh", "how": "pinyin"},
}


class SearchParameters(PartParameters):
    """The parameters of a search."""

    q: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_TEXT,
            pattern=VISIBLE,
            description="A name, an id or an IRI, whole or in part, in any script or spelling.",
            examples=["鹏城云脑", "pengcheng yunnao", "Pengchen Cloud Brain"],
        ),
    ]
    type: Annotated[
        KindName | None,
        Field(description="Kind of thing to look among.", examples=["platform"]),
    ] = None
    names: Annotated[
        Literal["zh", "en"] | None, Field(description="Language of the names to look among; both, if not given.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many items at most.")] = 10


class SearchMatch(Model):
    """The name that matched."""

    text: Annotated[str, Field(description="The name as the graph has it.")]
    language: Annotated[str, Field(description="Its language; empty for an id.")]
    how: Annotated[How, Field(description="In which way it matched.")]


class SearchItem(Reference):
    """A thing that the text may mean."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    score: Annotated[
        float,
        Field(gt=0, le=1, description=f"1 for the very label or id; from {CONFIDENT} on, the text names the thing."),
    ]
    matched: SearchMatch


class SearchList(Model):
    """A part of what was found, the likeliest first; `total` counts all of it."""

    items: list[SearchItem]
    total: int
    next: str | None
    revision: str


def search_router() -> APIRouter:
    """Return the router of the search."""
    router = APIRouter(tags=["search"], dependencies=[Depends(once_each)])

    @router.get(PATH, summary="Find things by name", responses=json_answer(SearchList, 400))
    def search(exchange: ExchangeDep, parameters: Annotated[SearchParameters, Query()]) -> Response:
        """Return the things that a text may mean, the likeliest first.

        Names are found in either language and script, by pinyin and initials, in part, and mistyped; `matched` says
        which name it was, and how.
        """
        kinds = [parameters.type] if parameters.type else []
        found = exchange.snapshot.search.ranked(parameters.q, kinds=kinds, language=parameters.names)
        part, following = part_of(found, parameters.limit, parameters.cursor)
        url = exchange.here(cursor=following) if following else None
        return exchange.json(
            lambda: {"items": [match.to_json() for match in part], "total": len(found), "next": url},
            links=[f'<{url}>; rel="next"'] if url else [],
        )

    return router
