"""Paths through a graph, as far as shapes and their queries follow them."""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(Exception):
    """How far a shape looks cannot be told; only validation of everything is certain then."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step along a property, from subject to object or back; without a property: along any."""

    predicate: str | None
    inverse: bool = False

    def reversed(self) -> Step:
        """Return the step back."""
        return Step(self.predicate, not self.inverse)


Path = tuple[Step, ...]
ANY = Step(None)


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of the nodes that a path leads to from a focus node: triples, or whether they are of a class."""

    path: Path
    step: Step = ANY
    cls: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Triples that are read wherever they stand; a part that is None may be anything."""

    subject: str | None
    predicate: str | None
    value: str | None

    def matches(self, subject: str, predicate: str, value: str) -> bool:
        """Tell whether a triple of IRIs (of other terms, their texts) is one of these."""
        return self.subject in {None, subject} and self.predicate in {None, predicate} and self.value in {None, value}
