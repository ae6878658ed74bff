"""What the canned questions and their answers look like, as models for OpenAPI."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from api.models import Labels, Model, Reference
from kg.questions import MOST_CITED


class ParameterModel(Model):
    """What may be set of a question."""

    name: str
    kind: Annotated[str, Field(description="Kind of thing, `thing`, or year, date, integer, number, text.")]
    label: Labels
    default: Annotated[Reference | int | float | str | None, Field(description="null: all are meant.")]
    allowed: Annotated[list[Reference] | None, Field(description="null: any literal, or more things than are listed.")]
    collection: Annotated[str | None, Field(description="Where things of the kind are listed.")]


class QuestionModel(Model):
    """A question that may be asked."""

    slug: str
    question: Labels
    parameters: list[ParameterModel]
    links: dict[str, str]


class QuestionList(Model):
    """The questions."""

    items: list[QuestionModel]
    total: int
    revision: str


class ColumnModel(Model):
    """A column of an answer."""

    name: str
    kind: Annotated[str, Field(description="thing, text, integer, number, boolean, date, mixed or empty")]
    language: str | None


class QuestionAnswer(Model):
    """A question, what it was asked with, and its answer."""

    slug: str
    question: Annotated[Labels, Field(description="The question as it was asked, values named.")]
    parameters: dict[str, Reference | int | float | str | None]
    columns: list[ColumnModel]
    rows: Annotated[
        list[dict[str, JsonValue]],
        Field(
            description="Column → value; null where there is none. `evidence` has the clauses of the row, each with "
            f"what it `states`: fact, premise, shown or name; it is null for rows after the first {MOST_CITED}."
        ),
    ]
    total: int
    sparql: Annotated[str, Field(description="The query that was run; runs at `/sparql` as it is.")]
    links: dict[str, str]
    revision: str
