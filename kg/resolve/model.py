"""What the resolver speaks of: forms of questions, readings of a text, and the resolution that it gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from kg.lookup import Reference, Touch
from kg.lookup.citing import Cited, States
from kg.resolve.numbers import Amount, Month
from kg.resolve.texts import Language
from kg.resolve.words import Collection

Texts = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Slot:
    """What a slot of a form takes: things of some kinds, or a `year`, a `month`, an `amount`, a `collection`."""

    argument: str
    takes: tuple[str, ...]

    @property
    def is_thing(self) -> bool:
        """Whether things fill it."""
        return self.takes[0] not in {"year", "month", "amount", "collection"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form is asked with: the SPARQL, or a canned question and its parameters, by the names of the slots.

    `$x` in the text is the term of the slot `x`, `$tag` is what `choices` has for the tag of the row: see
    `kg.resolve.queries`.
    """

    sparql: str = ""
    question: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of question: how it is put in each language, and how it is answered.

    `words` say how it was read, by tag; they are also a question of this form. `item` is the variable whose values are
    the rows of the answer, `shown` are the other variables that a row shows. `follows` is the inferred relation that
    makes an item one of the answer.
    """

    name: str
    slots: Mapping[str, Slot]
    words: Mapping[str, Texts]
    rows: Mapping[Language, Sequence[str]]
    asked: Asked
    item: str = ""
    shown: tuple[str, ...] = ()
    follows: str = ""
    counts: bool = False

    def said(self, tag: str) -> Texts:
        """Return the words of a tag."""
        return self.words.get(tag) or self.words[""]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a part of a text may name; `sure` where the name leaves no doubt.

    `grade` tells names that are the graph's own from those that are only like one: see `kg.resolve.naming`.
    """

    reference: Reference
    score: float
    text: str
    language: str
    how: str
    sure: bool = True
    grade: int = 0

    @property
    def typed_id(self) -> str:
        """`kind/id`."""
        return f"{self.reference.type}/{self.reference.id}"

    def matched(self) -> dict[str, str]:
        """Return the name that matched, as JSON."""
        return {"text": self.text, "language": self.language, "how": self.how}


Value = Candidate | int | Month | Amount | Collection


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot with its value, and where that stands in the text that was given."""

    slot: Slot
    value: Value
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read a text: a form, its tag, and its slots by name."""

    form: Form
    tag: str
    language: Language
    filled: Mapping[str, Filled]

    @property
    def sure(self) -> bool:
        """Whether each thing is named beyond doubt."""
        return all(not isinstance(item.value, Candidate) or item.value.sure for item in self.filled.values())

    @property
    def variant(self) -> str | None:
        """How the form is asked, where it has several ways, and not in its plain one: `least`, `before`."""
        return self.tag or None

    @property
    def things(self) -> tuple[Candidate, ...]:
        """The things that it speaks of."""
        return tuple(item.value for item in self.filled.values() if isinstance(item.value, Candidate))

    def arguments(self) -> dict[str, Any]:
        """Return the arguments by name: things as references, years and numbers as such, a collection by its name."""
        found: dict[str, Any] = {}
        for item in self.filled.values():
            value = item.value
            if isinstance(value, Candidate):
                found[item.slot.argument] = value.reference.to_json()
            elif isinstance(value, Amount):
                found |= {item.slot.argument: value.number, "unit": value.unit}
            elif isinstance(value, Collection):
                found[item.slot.argument] = value.name
            elif isinstance(value, Month):
                found[item.slot.argument] = value.number
            else:
                found[item.slot.argument] = value
        return found

    def plain(self) -> dict[str, str]:
        """Return the arguments as texts, things by `kind/id`: what tells two readings apart."""
        found = {}
        for name, value in self.arguments().items():
            found[name] = f"{value['type']}/{value['id']}" if isinstance(value, dict) else str(value)
        return found


_STRENGTH: Final[Sequence[States]] = ("fact", "premise", "shown", "name")


def strongest(found: Iterable[Cited]) -> tuple[Cited, ...]:
    """Return clauses once each, in their order, with the most that each of them states."""
    best: dict[str, Cited] = {}
    for cited in found:
        known = best.setdefault(cited.citation.iri, cited)
        if _STRENGTH.index(cited.states) < _STRENGTH.index(known.states):
            best[cited.citation.iri] = cited
    return tuple(best.values())


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an answer: a thing, or values alone, with its clauses, each with what it states of the row."""

    thing: Reference | None
    values: Mapping[str, Any]
    evidence: tuple[Cited, ...]
    touches: tuple[Touch, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON."""
        return {
            "thing": self.thing.to_json() if self.thing else None,
            "values": dict(self.values),
            "touches": [touch.to_json() for touch in self.touches],
            "evidence": [cited.to_json() for cited in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a reading: rows, and `value` where a number was asked for; `total` counts all rows."""

    rows: tuple[Row, ...]
    total: int
    value: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON; `omitted` are the rows that are left out."""
        return {
            "value": self.value,
            "rows": [row.to_json() for row in self.rows],
            "total": self.total,
            "omitted": self.total - len(self.rows),
        }

    def evidence(self) -> list[dict[str, Any]]:
        """Return the clauses of all rows, each once."""
        return [cited.to_json() for cited in strongest(cited for row in self.rows for cited in row.evidence)]


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of the text, and a thing that it names."""

    text: str
    start: int
    end: int
    candidate: Candidate

    def to_json(self) -> dict[str, Any]:
        """Return the entity as JSON; `start` and `end` count Unicode code points."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "thing": self.candidate.reference.to_json(),
            "score": self.candidate.score,
            "matched": self.candidate.matched(),
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reading that may be meant: a question that can be sent, what form it has, and of which things it speaks."""

    question: Texts
    form: str
    arguments: Mapping[str, Any]
    variant: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the suggestion as JSON."""
        return {
            "question": dict(self.question),
            "form": self.form,
            "variant": self.variant,
            "arguments": dict(self.arguments),
        }


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A part of the text that names several things."""

    text: str
    start: int
    end: int
    candidates: tuple[Candidate, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the ambiguity as JSON."""
        found = [{"thing": item.reference.to_json(), "matched": item.matched()} for item in self.candidates]
        return {"text": self.text, "start": self.start, "end": self.end, "candidates": found}


Kind = Literal["name", "question", "unknown"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text was read as, and the answer; without a sure reading there are only the nearest ones."""

    query: str
    language: Language
    kind: Kind
    reading: Reading | None = None
    words: Texts | None = None
    entities: tuple[Entity, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    answer: Answer | None = None
    sparql: str | None = None
    alternatives: tuple[Suggestion, ...] = ()
    revision: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the resolution as JSON."""
        interpretation = None
        if self.reading is not None:
            interpretation = {
                "form": self.reading.form.name,
                "variant": self.reading.variant,
                "arguments": self.reading.arguments(),
                "words": dict(self.words or {}),
            }
        return {
            "query": self.query,
            "language": self.language,
            "kind": self.kind,
            "interpretation": interpretation,
            "entities": [entity.to_json() for entity in self.entities],
            "ambiguities": [ambiguity.to_json() for ambiguity in self.ambiguities],
            "answer": self.answer.to_json() if self.answer else None,
            "sparql": self.sparql,
            "evidence": self.answer.evidence() if self.answer else [],
            "alternatives": [suggestion.to_json() for suggestion in self.alternatives],
            "revision": self.revision,
        }
