"""What a look-up returns: things with their relations, each number and relation with the citations that state it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from kg.kinds import SINGLE

Labels = Mapping[str, str]
"""Language → text; always has zh and en where the thing has labels at all."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause that states something: the quotation, and where it stands.

    `start` and `end` count Unicode code points within the line; `line` counts from 1.
    """

    iri: str
    quote: str
    source: str
    line: int
    start: int
    end: int
    reading: str
    title: Labels
    url: str

    def to_json(self) -> dict[str, Any]:
        """Return the citation as JSON."""
        return {
            "quote": self.quote,
            "source": self.source,
            "line": self.line,
            "start": self.start,
            "end": self.end,
            "reading": self.reading,
            "url": self.url,
            "iri": self.iri,
        }


@dataclass(frozen=True, slots=True)
class Reference:
    """Another thing, by name."""

    id: str
    iri: str
    type: str
    label: Labels

    def to_json(self) -> dict[str, Any]:
        """Return the reference as JSON."""
        return {"id": self.id, "iri": self.iri, "type": self.type, "label": dict(self.label)}


@dataclass(frozen=True, slots=True)
class Link:
    """A relation to another thing, with what states it; no citation where the vocabulary itself has the relation."""

    to: Reference
    evidence: tuple[Citation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the other thing with the evidence of the relation."""
        return {**self.to.to_json(), "evidence": [citation.to_json() for citation in self.evidence]}


@dataclass(frozen=True, slots=True)
class Stated:
    """A value that the source states (a date, a count, a text) with its citations."""

    value: Any
    evidence: tuple[Citation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the value with its evidence."""
        value = dict(self.value) if isinstance(self.value, Mapping) else self.value
        return {"value": value, "evidence": [citation.to_json() for citation in self.evidence]}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way by which something follows: a triple, and what states it."""

    subject: Reference
    predicate: str
    object: Reference
    evidence: tuple[Citation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON."""
        return {
            "subject": self.subject.to_json(),
            "predicate": self.predicate,
            "object": self.object.to_json(),
            "evidence": [citation.to_json() for citation in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows of a thing, and by which way: `direct` where one fact is enough for it.

    `rule` is the rule by which it follows from the steps: the last one, where it takes several. `ways_omitted` says
    that there may be other ways to the same end than those that are given; where there is no room even for the steps
    of this one, `via` is empty.
    """

    MEMBER: ClassVar[str] = "to"
    """What the other end is called in JSON."""

    to: Reference
    direct: bool
    via: tuple[Step, ...]
    rule: Reference
    ways_omitted: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the conclusion as JSON; its evidence is that of its steps."""
        evidence = {citation.iri: citation for step in self.via for citation in step.evidence}
        return {
            self.MEMBER: self.to.to_json(),
            "direct": self.direct,
            "rule": self.rule.to_json(),
            "via": [step.to_json() for step in self.via],
            "evidence": [citation.to_json() for citation in evidence.values()],
        } | ({"ways_omitted": True} if self.ways_omitted else {})


class Touch(Conclusion):
    """That a measure touches a sector, and why: `direct` where the source says it of this very sector."""

    __slots__ = ()
    MEMBER: ClassVar[str] = "sector"

    @property
    def sector(self) -> Reference:
        """The sector that is touched."""
        return self.to


class Within(Conclusion):
    """That a thing is within a place, and why: `direct` where the source locates it in this very place."""

    __slots__ = ()
    MEMBER: ClassVar[str] = "place"


@dataclass(frozen=True, slots=True)
class Due(Conclusion):
    """That a measure is due by a day, and why: never `direct`, for it takes a target of the measure."""

    MEMBER: ClassVar[str] = "deadline"

    date: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the conclusion as JSON, with the date of the day."""
        return {"date": self.date, **Conclusion.to_json(self)}


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing with all that the graph says of it.

    `values` has what is particular to its kind (a target's number, a policy's declared counts); `links` has its
    relations by key, every key of its kind being there, empty or not. `touches` and `follows` have what follows by
    rules, where it was asked for; `follows` by its key in JSON. `measures_touching` counts the measures that touch a
    sector, by whatever way. `omitted` counts the links that are left out, by key, where some are.
    """

    id: str
    iri: str
    type: str
    label: Labels
    aliases: Mapping[str, Sequence[str]]
    description: Labels | None
    values: Mapping[str, Any]
    links: Mapping[str, tuple[Link, ...]]
    evidence: tuple[Citation, ...]
    touches: tuple[Touch, ...] | None = field(default=None)
    follows: Mapping[str, tuple[Conclusion, ...]] = field(default_factory=dict)
    measures_touching: int | None = None
    omitted: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the thing as JSON: identity, values, relations, evidence, in this order."""
        result: dict[str, Any] = {
            "id": self.id,
            "iri": self.iri,
            "type": self.type,
            "label": dict(self.label),
            "aliases": {language: list(names) for language, names in self.aliases.items()},
            "description": dict(self.description) if self.description else None,
        }
        for key, value in self.values.items():
            result[key] = value.to_json() if hasattr(value, "to_json") else value
        for key, links in self.links.items():
            found = [link.to_json() for link in links]
            result[key] = (found[0] if found else None) if (self.type, key) in SINGLE else found
        if self.type == "target":
            alone = len(result["measures"]) == 1 and "measures" not in self.omitted
            result["measure"] = result["measures"][0] if alone else None
        if self.touches is not None:
            result["touches"] = [touch.to_json() for touch in self.touches]
        if self.measures_touching is not None:
            result["measures_touching"] = self.measures_touching
        for key, conclusions in self.follows.items():
            result[key] = [conclusion.to_json() for conclusion in conclusions]
        if self.omitted:
            result["omitted"] = dict(self.omitted)
        result["evidence"] = [citation.to_json() for citation in self.evidence]
        return result


@dataclass(frozen=True, slots=True)
class Links:
    """A part of what a thing is related to by a key: `total` counts all, `next` is the cursor of the next part."""

    of: Reference
    key: str
    items: tuple[Link, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: `total` counts the whole list, `next` is the cursor of the next part or None."""

    items: tuple[Thing, ...]
    total: int
    next: str | None
