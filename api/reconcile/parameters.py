"""The query parameters of the paths of reconciliation, as models: what OpenAPI shows, and what is refused."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from api.parameters import LanguageParameters
from api.reconcile.properties import kind_named
from api.reconcile.suggesting import DEFAULT, MAX_CURSOR, MAX_SUGGESTED

ASKED: Final = ("queries", "query", "extend")
EXAMPLE: Final = '{"q0": {"query": "医疗", "type": "sector"}}'
_EXTEND_EXAMPLE: Final = '{"ids": ["sector/healthcare"], "properties": [{"id": "measures"}]}'
TEXTS: Final = {
    "queries": "A batch of queries in JSON.",
    "query": "One query: a name, or an object in JSON.",
    "extend": "Things and properties whose values are asked for, in JSON.",
}


class AskParameters(LanguageParameters):
    """The parameters of the endpoint; without one of them it answers with the manifest."""

    queries: Annotated[str | None, Field(description=TEXTS["queries"], examples=[EXAMPLE])] = None
    query: Annotated[str | None, Field(description=TEXTS["query"], examples=["医疗"])] = None
    extend: Annotated[str | None, Field(description=TEXTS["extend"], examples=[_EXTEND_EXAMPLE])] = None


class SuggestParameters(LanguageParameters):
    """The parameters of suggestions, and those that OpenRefine's own widget sends besides, which change nothing."""

    prefix: Annotated[str, Field(description="What has been typed so far.", examples=["医"])] = ""
    cursor: Annotated[int, Field(ge=0, le=MAX_CURSOR, description="How many suggestions to skip.")] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_SUGGESTED, description="How many suggestions at most.")] = DEFAULT
    type: Annotated[str | None, Field(description="Only things, or properties, of this type.")] = None
    type_strict: str | None = None
    all_types: str | None = None
    key: str | None = None
    filter: str | None = None
    spell: str | None = None
    exact: str | None = None
    scoring: str | None = None
    prefixed: str | None = None
    stemmed: str | None = None
    format: str | None = None
    mql_output: str | None = None
    output: str | None = None

    @property
    def kinds(self) -> list[str]:
        """The kinds that are asked for, none where it may be any."""
        return [kind_named(self.type, "type")] if self.type else []


class IdParameters(LanguageParameters):
    """The parameters of what is about one thing, property or type."""

    id: Annotated[str, Field(description="Id as in answers; of a thing also its IRI.", max_length=1000)]


class ThingParameters(LanguageParameters):
    """The parameters of what is about one thing."""

    id: Annotated[str, Field(description="Id `kind/id`, or IRI.", max_length=1000, examples=["sector/healthcare"])]


class ProposeParameters(LanguageParameters):
    """The parameters of proposals."""

    type: Annotated[str | None, Field(description="Type of the things; without one, all properties are proposed.")] = (
        None
    )
    limit: Annotated[int | None, Field(ge=1, le=1000, description="How many properties at most.")] = None
