"""What answers look like, as models for OpenAPI; answers are written as plain JSON and not run through these."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel

from api.models import Model


class Type(Model):
    """A type: one of the kinds of things."""

    id: str
    name: str
    description: str | None = None


class Feature(Model):
    """What a score is made of: a number, or whether something holds."""

    id: str
    value: bool | float


class CandidateAnswer(Model):
    """A thing that a query may mean."""

    id: str
    name: str
    description: str
    type: list[Type]
    score: float
    features: list[Feature]
    match: bool


class Result(Model):
    """The candidates of a query, the likeliest first."""

    result: list[CandidateAnswer]


class Results(RootModel[dict[str, Result]]):
    """The results of a batch, by the keys of its queries."""


class PropertyAnswer(Model):
    """A property by name."""

    id: str
    name: str
    description: str


class EntityAnswer(Model):
    """A thing by name."""

    id: str
    name: str
    description: str
    notable: list[Type]


class SuggestedEntities(Model):
    """Things; `cursor` is where there are more."""

    result: list[EntityAnswer]
    cursor: int | None = None


class SuggestedProperties(Model):
    """Properties; `cursor` is where there are more."""

    result: list[PropertyAnswer]
    cursor: int | None = None


class SuggestedTypes(Model):
    """Types; `cursor` is where there are more."""

    result: list[Type]
    cursor: int | None = None


class Flyout(Model):
    """A piece of HTML about what an id names."""

    id: str
    html: str


class Proposals(Model):
    """The properties that things of a type have."""

    type: str | None = None
    limit: int | None = None
    properties: list[PropertyAnswer]


class Meta(Model):
    """A column: a property, and the type of its values where these are things of one type."""

    id: str
    name: str
    type: Type | None = None


class Extension(Model):
    """The values of properties, by thing and property."""

    meta: list[Meta]
    rows: dict[str, dict[str, list[dict[str, Any]]]]


class Manifest(BaseModel):
    """What the service can do, and where."""

    model_config = ConfigDict(extra="allow")

    versions: list[str]
    name: str
    identifierSpace: str  # noqa: N815 - the name is that of the specification
    schemaSpace: str  # noqa: N815 - the name is that of the specification


class Answer(RootModel[Manifest | Results | Result | Extension]):
    """The manifest, the results of a batch or of a query, or the values of properties, as was asked."""
