"""What a look-up returns: things with their relations, each number and relation with the citations that state it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    """One step of the way by which a measure touches a sector: a triple, and what states it."""

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
class Touch:
    """That a measure touches a sector, and why: `direct` where the source says it of this very sector."""

    sector: Reference
    direct: bool
    via: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the touch as JSON; its evidence is that of its steps."""
        evidence = {citation.iri: citation for step in self.via for citation in step.evidence}
        return {
            "sector": self.sector.to_json(),
            "direct": self.direct,
            "via": [step.to_json() for step in self.via],
            "evidence": [citation.to_json() for citation in evidence.values()],
        }


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing with all that the graph says of it.

    `values` has what is particular to its kind (a target's number, a policy's declared counts); `links` has its
    relations by key, every key of its kind being there, empty or not.
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
            result["measure"] = result["measures"][0] if len(result["measures"]) == 1 else None
        if self.touches is not None:
            result["touches"] = [touch.to_json() for touch in self.touches]
        result["evidence"] = [citation.to_json() for citation in self.evidence]
        return result


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: `total` counts the whole list, `next` is the cursor of the next part or None."""

    items: tuple[Thing, ...]
    total: int
    next: str | None
