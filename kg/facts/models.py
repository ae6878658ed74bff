"""What a source folder holds: `source.yaml` and `facts.yaml` as pydantic models: what curators write.

Every relation and every number carries evidence: the locator (line from 1; start and end in Unicode code
points within the line, end exclusive) and the shortest clause that states it.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, HttpUrl, StringConstraints, model_validator

from kg.facts.values import (
    Aliases,
    Deadline,
    Evidence,
    EvidenceList,
    Id,
    Model,
    Outcome,
    Relation,
    ScopeRelation,
    StatedCount,
    StatedDate,
    StatedText,
    Text,
    Value,
)


class Named(Model):
    """A thing that a source names: `id` and `label` where it is new, `ref` where another source has it."""

    id: Id | None = Field(default=None, description="Id of a new thing, unique within its kind over all sources")
    ref: Id | None = Field(default=None, description="Id of a thing that another source has defined")
    label: Text | None = Field(default=None, description="The name of a new thing")
    aliases: Aliases = Field(default=Aliases(), description="Other names, by which it is found")
    description: Text | None = Field(default=None, description="A sentence about it")
    evidence: EvidenceList

    @model_validator(mode="after")
    def _defined_or_referred_to(self) -> Self:
        if (self.id is None) == (self.ref is None):
            raise ValueError(
                "needs either id or ref; write id for a new thing, ref for one that another source defines"
            )
        if self.id is not None and self.label is None:
            raise ValueError("has an id but no label; a new thing needs label: {zh: …, en: …}")
        if self.ref is not None and self.label is not None:
            raise ValueError("has a ref and a label; drop label, for a thing keeps the one that it is defined with")
        return self

    @property
    def key(self) -> str:
        """The id, whether the thing is defined or referred to."""
        return self.id or self.ref or ""


class Concept(Model):
    """A concept of a vocabulary that the source names, with what it says of it."""

    ref: Id = Field(description="Id of the concept in ontology/vocabularies/")
    evidence: EvidenceList
    broader: list[Relation] = Field(default=[], description="Wider concepts that the source puts it under")

    @property
    def key(self) -> str:
        """The id of the concept."""
        return self.ref


class ProductConcept(Concept):
    """A product of the vocabulary."""

    serves_sectors: list[Relation] = Field(default=[], description="Sectors that the product serves")


class Unit(Model):
    """A unit that the source explains; `ref` is its symbol."""

    ref: str = Field(min_length=1, description="Symbol of the unit", examples=["EFLOPS"])
    evidence: EvidenceList

    @property
    def key(self) -> str:
        """The symbol."""
        return self.ref


class Policy(Named):
    """A policy."""

    published: StatedDate | None = Field(default=None, description="The day on which the policy was made public")
    declared_measures: StatedCount | None = Field(default=None, description="How many measures it says that it has")
    declared_aspects: StatedCount | None = Field(default=None, description="How many aspects it says that it has")
    purposes: list[StatedText] = Field(default=[], description="What the policy is for")
    jurisdictions: list[Relation] = Field(default=[], description="Places that the policy is in force in")
    themes: list[Relation] = Field(default=[], description="Themes that the policy groups its measures under")


class Indicator(Named):
    """What targets are about."""


class Place(Named):
    """A place, or a pilot zone."""

    type: Literal["place", "pilot-zone"] = Field(default="place", description="Whether it is a place or a pilot zone")
    positioning: StatedText | None = Field(default=None, description="What the source says that it is to be")
    located_in: list[Relation] = Field(default=[], description="Places that it lies in")
    associated_sectors: list[Relation] = Field(default=[], description="Sectors that the source ties it to")


class Organization(Named):
    """A body."""

    located_in: list[Relation] = Field(default=[], description="Places that it lies in")
    associated_sectors: list[Relation] = Field(default=[], description="Sectors that the source ties it to")


class Platform(Named):
    """A platform; `compute-platform` where it supplies computing power."""

    type: Literal["platform", "compute-platform"] = Field(
        description="compute-platform where it supplies computing power, otherwise platform"
    )
    positioning: StatedText | None = Field(default=None, description="What the source says that it is to be")
    kinds: list[Relation] = Field(default=[], description="Its kinds, from platform-kinds.ttl")
    developed_by: list[Relation] = Field(default=[], description="Bodies that develop it")
    operated_by: list[Relation] = Field(default=[], description="Bodies that run it")
    located_in: list[Relation] = Field(default=[], description="Places that it lies in")
    serves_products: list[Relation] = Field(default=[], description="Products that it serves")


class Measure(Named):
    """A measure, or a detail of one."""

    kind: Literal["titled", "provision"] = Field(
        description="titled where the source names it in its list of measures, provision where it is a detail"
    )
    policy: Id = Field(description="Id of the policy that it belongs to")
    part_of: list[Relation] = Field(default=[], description="Measures of the same policy that it is a part of")
    themes: list[Relation] = Field(default=[], description="Themes that it stands under")
    sectors: list[Relation] = Field(default=[], description="Sectors that it touches")
    products: list[Relation] = Field(default=[], description="Products that it develops, promotes or uses")
    platforms: list[Relation] = Field(default=[], description="Platforms that it supports")
    organizations: list[Relation] = Field(default=[], description="Bodies that it involves")
    places: list[Relation] = Field(default=[], description="Places that it is for")


class Target(Model):
    """A target: quantitative with `value`, qualitative with `outcome`."""

    id: Id = Field(description="Id of the target, unique over all sources")
    label: Text = Field(description="The target in one sentence, with its deadline")
    aliases: Aliases = Field(default=Aliases(), description="Other names, by which it is found")
    description: Text | None = Field(default=None, description="A sentence about it")
    policy: Id = Field(description="Id of the policy that sets it")
    indicator: Id = Field(description="Id of the indicator that it is about")
    value: Value | None = Field(default=None, description="The number, for a quantitative target")
    outcome: Outcome | None = Field(
        default=None, description="The clause that states the outcome, for a qualitative target"
    )
    deadline: Deadline = Field(description="The year by which it is due: {year: 2027, evidence: …}")
    scope_categories: StatedCount | None = Field(default=None, description="How many categories it is spread over")
    scope: list[ScopeRelation] = Field(default=[], description="Places, sectors and products that it is for")
    measures: list[Relation] = Field(default=[], description="Measures that it belongs to")
    themes: list[Relation] = Field(default=[], description="Themes that it stands under")

    @model_validator(mode="after")
    def _quantitative_or_qualitative(self) -> Self:
        if (self.value is None) == (self.outcome is None):
            raise ValueError("needs either value or outcome; write value for a number, outcome where there is none")
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

    policies: list[Policy] = Field(default=[], description="Policies that the source reports")
    themes: list[Concept] = Field(default=[], description="Themes of themes.ttl that the source names")
    units: list[Unit] = Field(default=[], description="Units of units.ttl that the source explains")
    sectors: list[Concept] = Field(default=[], description="Sectors of sectors.ttl that the source names")
    products: list[ProductConcept] = Field(default=[], description="Products of products.ttl that the source names")
    indicators: list[Indicator] = Field(default=[], description="What the targets are about")
    places: list[Place] = Field(default=[], description="Places and pilot zones")
    organizations: list[Organization] = Field(default=[], description="Bodies")
    platforms: list[Platform] = Field(default=[], description="Platforms")
    measures: list[Measure] = Field(default=[], description="Measures of the policies")
    targets: list[Target] = Field(default=[], description="Targets of the policies")


class Source(Model):
    """The whole of a `source.yaml`: the document that the facts are quoted from."""

    id: Id = Field(description="Id of the source; its folder has the same name", examples=["dayoo-20240607"])
    title: Text = Field(description="Title of the document")
    publisher: Id = Field(
        description="Id of the body that published the document, from the organizations of a facts file"
    )
    authors: list[Annotated[str, StringConstraints(min_length=1)]] = Field(
        default=[], description="Who wrote it", examples=[["杨朝露"]]
    )
    language: Literal["zh", "en"] = Field(description="Language of the document")
    published: datetime.date = Field(description="Day on which it was published", examples=["2024-06-07"])
    url: HttpUrl = Field(description="Where it was published", examples=["https://example.org/news/1.htm"])
    lines: int = Field(ge=1, description="How many lines the text has", examples=[22])
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="SHA-256 of the text’s bytes in lower-case hexadecimal digits, as sha256sum prints it"
    )
