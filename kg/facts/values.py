"""The parts of the facts format: ids, texts in two languages, evidence, and what is stated with it."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Id = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100),
    Field(examples=["smart-hospitals"]),
]
"""The last part of an IRI: lower-case letters, digits and single hyphens."""

SCOPE_KINDS: Final = ("place", "sector", "product")
"""The kinds of things that the scope of a target may name."""

TypedId = Annotated[
    str,
    StringConstraints(pattern=rf"^({'|'.join(SCOPE_KINDS)})/[a-z0-9]+(-[a-z0-9]+)*$", max_length=120),
    Field(examples=["sector/healthcare"]),
]
"""An id with its kind in front, such as `sector/healthcare`."""


def has_han(text: str) -> bool:
    """Tell whether a text has a Chinese character.

    >>> has_han("60EFLOPS"), has_han("算力")
    (False, True)
    """
    return any("CJK" in unicodedata.name(character, "") for character in text)


def _chinese(text: object) -> object:
    if isinstance(text, str) and text.strip() and not has_han(text) and " " in text.strip():
        raise ValueError("is in Latin script but stands under zh; write Chinese here and the English under en")
    return text


def _english(text: object) -> object:
    if isinstance(text, str) and has_han(text):
        raise ValueError("has Chinese characters but stands under en; write English here and the Chinese under zh")
    return text


def _visible(text: str) -> str:
    """Refuse what no reader can see, but what breaks XML or deceives the eye."""
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn"}:
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            raise ValueError(f"has the invisible character {name} (U+{ord(character):04X}); remove it")
    return text


Plain = StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)
Chinese = Annotated[str, Plain, AfterValidator(_visible), BeforeValidator(_chinese), Field(examples=["医疗"])]
English = Annotated[str, Plain, AfterValidator(_visible), BeforeValidator(_english), Field(examples=["Healthcare"])]


class Model(BaseModel):
    """Base: unknown keys are refused, values are not coerced, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Model):
    """One text in both languages."""

    zh: Chinese = Field(description="The text in Chinese")
    en: English = Field(description="The text in English")


class Aliases(Model):
    """Other names in both languages."""

    zh: list[Chinese] = Field(default=[], description="Other names in Chinese")
    en: list[English] = Field(default=[], description="Other names in English")


class Evidence(Model):
    """Where the source states a fact, and the shortest clause that does."""

    line: int = Field(ge=1, description="Line of the source’s text, counted from 1", examples=[2])
    start: int = Field(
        ge=0,
        description="First character (Unicode code point) of the clause in its line, counted from 0",
        examples=[16],
    )
    end: int = Field(ge=1, description="The character after the last one of the clause", examples=[30])
    clause: str = Field(
        min_length=1,
        max_length=200,
        description="The shortest clause that states the fact, to the letter",
        examples=["算力规模超过40EFLOPS"],
    )
    reading: Literal["stated", "name", "context"] = Field(
        default="stated",
        description="stated: the clause says it; name: it follows from a name in the clause; "
        "context: it follows from the sentence or paragraph around the clause",
    )

    @model_validator(mode="after")
    def _span_fits_clause(self) -> Self:
        if self.end - self.start != len(self.clause):
            raise ValueError(
                f"start {self.start} and end {self.end} span {self.end - self.start} characters, but the "
                f"clause has {len(self.clause)}; end would be {self.start + len(self.clause)}"
            )
        return self


def _as_list(value: object) -> object:
    return [value] if isinstance(value, Mapping | Evidence) else value


class _OneOrSeveral:
    """Tells a JSON Schema that an item may stand for a list of one."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


EvidenceList = Annotated[
    list[Evidence],
    Field(min_length=1, description="The clause that states it, or a list of clauses"),
    BeforeValidator(_as_list),
    _OneOrSeveral(),
]
"""One clause or several."""


class Relation(Model):
    """A relation to another thing: its id (the last part), with the clause that states the relation."""

    to: Id = Field(description="Id of the other thing")
    evidence: EvidenceList


class ScopeRelation(Model):
    """A relation to a thing of one of several kinds: its id with the kind in front."""

    to: TypedId = Field(description="Kind and id of the other thing: place/…, sector/… or product/…")
    evidence: EvidenceList


class StatedText(Text):
    """A text in both languages with the clause that states it."""

    evidence: EvidenceList


class StatedDate(Model):
    """A date with the clause that states it."""

    date: datetime.date = Field(description="The date, year-month-day", examples=["2024-06-06"])
    evidence: EvidenceList


class StatedCount(Model):
    """A count with the clause that states it."""

    count: int = Field(ge=1, description="The count", examples=[45])
    evidence: EvidenceList


class Deadline(Model):
    """The year by which a target is due, read as its last day."""

    year: int = Field(ge=1949, le=2199, description="The year", examples=[2027])
    evidence: EvidenceList


Comparator = Literal["gt", "ge", "eq", "le", "lt", "approx"]
"""The ids of the comparators."""


class Value(Model):
    """The number of a quantitative target, with the unit, as the source states them."""

    comparator: Comparator = Field(
        description="gt 超过 · ge 以上, 不低于, 达到 · eq an exact figure · le 不超过, 以内 · lt 低于 · approx 约, 左右"
    )
    number: float = Field(
        gt=0,
        allow_inf_nan=False,
        description="The number as the clause states it, without the unit",
        examples=[3000],
    )
    unit: str = Field(
        min_length=1, description="Symbol of a unit of ontology/vocabularies/units.ttl", examples=["亿元"]
    )
    evidence: EvidenceList


class Outcome(Model):
    """The outcome of a qualitative target: the clause is its wording, the label says it in both languages."""

    evidence: EvidenceList
