"""What a source folder holds: `source.yaml` and `facts.yaml` as pydantic models, the format that curators write.

Every relation and every number carries evidence: the locator (line from 1; start and end in Unicode code points within the line,
end exclusive) and the shortest clause that states it.
"""

from __future__ import annotations

import datetime
import unicodedata
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
"""The last part of an IRI: lower-case letters, digits and single hyphens."""

TypedId = Annotated[str, StringConstraints(pattern=r"^[a-z-]+/[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
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


Plain = StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)
Chinese = Annotated[str, Plain, BeforeValidator(_chinese)]
English = Annotated[str, Plain, BeforeValidator(_english)]


class Model(BaseModel):
    """Base: unknown keys are refused, values are not coerced, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Model):
    """One text in both languages."""

    zh: Chinese
    en: English


class Aliases(Model):
    """Other names in both languages."""

    zh: list[Chinese] = []
    en: list[English] = []


class Evidence(Model):
    """Where the source states a fact, and the shortest clause that does."""

    line: int = Field(ge=1, description="Line of the source's text, from 1")
    start: int = Field(ge=0, description="First code point of the clause within the line, from 0")
    end: int = Field(ge=1, description="Code point after the last one of the clause")
    clause: str = Field(min_length=1, max_length=200, description="The shortest clause that states the fact, to the letter")
    reading: Literal["stated", "name", "context"] = "stated"

    @model_validator(mode="after")
    def _span_fits_clause(self) -> Self:
        if self.end - self.start != len(self.clause):
            raise ValueError(
                f"start {self.start} and end {self.end} span {self.end - self.start} code points, but the clause has "
                f"{len(self.clause)}: end would be {self.start + len(self.clause)}"
            )
        return self


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


EvidenceList = Annotated[list[Evidence], BeforeValidator(_as_list), Field(min_length=1)]
"""One clause or several."""


class Relation(Model):
    """A relation to another thing: its id (the last part), with the clause that states the relation."""

    to: Id
    evidence: EvidenceList


class ScopeRelation(Model):
    """A relation to a thing of one of several kinds: its id with the kind in front."""

    to: TypedId
    evidence: EvidenceList


class StatedText(Text):
    """A text in both languages with the clause that states it."""

    evidence: EvidenceList


class StatedDate(Model):
    """A date with the clause that states it."""

    date: datetime.date
    evidence: EvidenceList


class StatedCount(Model):
    """A count with the clause that states it."""

    count: int = Field(ge=1)
    evidence: EvidenceList


class Deadline(Model):
    """The year by which a target is due, read as its last day."""

    year: int = Field(ge=1949, le=2199)
    evidence: EvidenceList


class Value(Model):
    """The number of a quantitative target as the source states it; `unit` is the symbol that stands in the text."""

    comparator: Literal["gt", "ge", "eq", "le", "lt", "approx"]
    number: Annotated[float, Field(strict=False, allow_inf_nan=False)]
    unit: str = Field(min_length=1, description="Symbol of a unit in ontology/vocabularies/units.ttl, such as 亿元")
    evidence: EvidenceList


class Outcome(Model):
    """The outcome of a qualitative target: the clause is its wording, the label says it in both languages."""

    evidence: EvidenceList


class Named(Model):
    """A thing that a source names: `id` and `label` where it is new, `ref` where another file has defined it."""

    id: Id | None = None
    ref: Id | None = None
    label: Text | None = None
    aliases: Aliases = Aliases()
    description: Text | None = None
    evidence: EvidenceList

    @model_validator(mode="after")
    def _defined_or_referred_to(self) -> Self:
        if (self.id is None) == (self.ref is None):
            raise ValueError("needs either id (a new thing) or ref (one that is defined elsewhere)")
        if self.id is not None and self.label is None:
            raise ValueError("a new thing (id) needs a label in zh and en")
        if self.ref is not None and self.label is not None:
            raise ValueError("a thing that is defined elsewhere (ref) keeps the label that it has there; drop label")
        return self

    @property
    def key(self) -> str:
        """The id, whether the thing is defined or referred to."""
        return self.id or self.ref or ""


class Concept(Model):
    """A concept of a vocabulary that the source names, with what it says of it."""

    ref: Id
    evidence: EvidenceList
    broader: list[Relation] = []

    @property
    def key(self) -> str:
        """The id of the concept."""
        return self.ref


class ProductConcept(Concept):
    """A product of the vocabulary."""

    serves_sectors: list[Relation] = []


class Unit(Model):
    """A unit that the source explains; `ref` is its symbol."""

    ref: str = Field(min_length=1)
    evidence: EvidenceList


class Policy(Named):
    """A policy."""

    published: StatedDate | None = None
    declared_measures: StatedCount | None = None
    declared_aspects: StatedCount | None = None
    purposes: list[StatedText] = []
    jurisdictions: list[Relation] = []
    themes: list[Relation] = []


class Indicator(Named):
    """What targets are about."""


class Place(Named):
    """A place, or a pilot zone."""

    type: Literal["place", "pilot-zone"] = "place"
    positioning: StatedText | None = None
    located_in: list[Relation] = []
    associated_sectors: list[Relation] = []


class Organization(Named):
    """A body."""

    located_in: list[Relation] = []
    associated_sectors: list[Relation] = []


class Platform(Named):
    """A platform; `compute-platform` where it supplies computing power."""

    type: Literal["platform", "compute-platform"]
    positioning: StatedText | None = None
    kinds: list[Relation] = []
    developed_by: list[Relation] = []
    operated_by: list[Relation] = []
    located_in: list[Relation] = []
    serves_products: list[Relation] = []


class Measure(Named):
    """A measure: `titled` where the source names it in its list of measures, `provision` where it states a detail."""

    kind: Literal["titled", "provision"]
    policy: Id
    part_of: list[Relation] = []
    themes: list[Relation] = []
    sectors: list[Relation] = []
    products: list[Relation] = []
    platforms: list[Relation] = []
    organizations: list[Relation] = []
    places: list[Relation] = []


class Target(Model):
    """A target: quantitative with `value`, qualitative with `outcome`."""

    id: Id
    label: Text
    aliases: Aliases = Aliases()
    description: Text | None = None
    policy: Id
    indicator: Id
    value: Value | None = None
    outcome: Outcome | None = None
    deadline: Deadline
    scope_categories: StatedCount | None = None
    scope: list[ScopeRelation] = []
    measures: list[Relation] = []
    themes: list[Relation] = []

    @model_validator(mode="after")
    def _quantitative_or_qualitative(self) -> Self:
        if (self.value is None) == (self.outcome is None):
            raise ValueError("needs either value (a number) or outcome (no number)")
        return self

    @property
    def key(self) -> str:
        """The id."""
        return self.id

    @property
    def evidence(self) -> list[Evidence]:
        """The clause that states the value or the outcome."""
        stated = self.value or self.outcome
        return stated.evidence if stated else []


class Facts(Model):
    """The whole of a `facts.yaml`."""

    policies: list[Policy] = []
    themes: list[Concept] = []
    units: list[Unit] = []
    sectors: list[Concept] = []
    products: list[ProductConcept] = []
    indicators: list[Indicator] = []
    places: list[Place] = []
    organizations: list[Organization] = []
    platforms: list[Platform] = []
    measures: list[Measure] = []
    targets: list[Target] = []


class Source(Model):
    """The whole of a `source.yaml`: the document that the facts are quoted from."""

    id: Id
    title: Text
    publisher: Text
    authors: list[str] = []
    language: Literal["zh", "en"]
    published: datetime.date
    url: HttpUrl
    lines: int = Field(ge=1, description="How many lines the text has")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
