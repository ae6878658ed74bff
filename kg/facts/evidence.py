"""Proving evidence: every clause must stand in the source's text, to the letter, where its locator says."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kg.errors import Problem
from kg.facts.document import Place
from kg.facts.draft import walk
from kg.facts.load import Seed
from kg.facts.models import Facts
from kg.facts.text import split_lines
from kg.facts.values import Evidence

MAX_PLACES: Final = 10
"""How many places of a clause a problem lists; of more it says how many there are."""

ALIKE: Final = 0.4
"""Which share of a clause's pairs of characters must stand together for a place to be called near."""


@dataclass(frozen=True, slots=True, order=True)
class Locator:
    """A span of a text: line from 1, start and end in Unicode code points within the line, end exclusive."""

    line: int
    start: int
    end: int

    def __str__(self) -> str:
        """Return the locator as a facts file has it."""
        return f"line: {self.line}, start: {self.start}, end: {self.end}"


@dataclass(frozen=True)
class EvidenceReport:
    """What a text says of the evidence of a seed.

    `same_text` is false where the text is not the one that the locators were made with (its digest differs,
    says `warnings`); the clauses are held against it all the same.
    """

    total: int
    found: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    same_text: bool
    sha256: str
    lines: int

    @property
    def complete(self) -> bool:
        """Whether every clause stands where its locator says."""
        return self.found == self.total


class _Text:
    """A text by lines, with an index of its pairs of characters."""

    def __init__(self, text: str) -> None:
        self.lines = split_lines(text)

    def at(self, evidence: Evidence) -> str | None:
        """Return what stands at a locator, or None where there is no such line."""
        if evidence.line > len(self.lines):
            return None
        return self.lines[evidence.line - 1][evidence.start : evidence.end]

    def places(self, clause: str) -> Iterator[Locator]:
        """Yield every place of a clause."""
        for number, line in enumerate(self.lines, 1):
            start = line.find(clause)
            while start >= 0:
                yield Locator(number, start, start + len(clause))
                start = line.find(clause, start + 1)

    @cached_property
    def _pairs(self) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, line in enumerate(self.lines, 1):
            for at in range(len(line) - 1):
                found[line[at : at + 2]].append((number, at))
        return found

    def nearest(self, clause: str) -> Locator | None:
        """Return the place whose characters agree best with a clause that stands nowhere.

        Each pair of neighbouring characters votes for the places where the clause would have to begin.
        """
        votes: Counter[tuple[int, int]] = Counter()
        for offset in range(len(clause) - 1):
            for number, at in self._pairs.get(clause[offset : offset + 2], ()):
                votes[number, at - offset] += 1
        if not votes:
            return None
        (number, start), count = min(votes.items(), key=lambda item: (-item[1], item[0]))
        if count < ALIKE * (len(clause) - 1):
            return None
        start = max(start, 0)
        return Locator(number, start, min(start + len(clause), len(self.lines[number - 1])))


def locate(text: str, clause: str) -> tuple[Locator, ...]:
    r"""Return every place of a clause in a text, to the letter.

    >>> [str(place) for place in locate("教育和医疗，\n医疗", "医疗")]
    ['line: 1, start: 3, end: 5', 'line: 2, start: 0, end: 2']
    """
    return tuple(_Text(text).places(clause)) if clause else ()


def evidence_of(facts: Facts) -> Iterator[tuple[Place, Evidence]]:
    """Yield every evidence of a facts file with its path."""
    for path, model in walk(facts):
        if isinstance(model, Evidence):
            yield path, model


def check_evidence(seed: Seed, text: str) -> EvidenceReport:
    """Hold every clause of a seed against the text of its source."""
    lines = _Text(text)
    problems: list[Problem] = []
    total = 0
    for path, evidence in evidence_of(seed.facts):
        total += 1
        here = lines.at(evidence)
        if here != evidence.clause:
            instead = _instead(here, evidence, len(lines.lines))
            message = f"“{evidence.clause}” does not stand at {_span(evidence)}: {instead}"
            problems.append(seed.facts_document.problem(path, message, _really(evidence.clause, lines)))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    same, document = digest == seed.source.sha256, seed.source_document
    warnings = []
    if not same:
        message = f"the text has the digest {digest}, so it is not the one that the locators were made with"
        warnings.append(
            document.problem(("sha256",), message, "get the same text, or check every locator and change sha256")
        )
    if len(lines.lines) != seed.source.lines:
        message = f"the text has {len(lines.lines)} lines, not {seed.source.lines}"
        warnings.append(document.problem(("lines",), message))
    return EvidenceReport(
        total, total - len(problems), tuple(sorted(problems)), tuple(warnings), same, digest, len(lines.lines)
    )


def _span(evidence: Evidence) -> str:
    return f"line {evidence.line}, {evidence.start} to {evidence.end}"


def _instead(here: str | None, evidence: Evidence, lines: int) -> str:
    if here is None:
        return f"the text has {lines} line{'' if lines == 1 else 's'}"
    if not here:
        return f"line {evidence.line} ends before {evidence.start}"
    return f"there stands “{here}”"


def _really(clause: str, lines: _Text) -> str:
    """Return where a clause stands, or what is most like it."""
    places = list(lines.places(clause))
    if places:
        listed = " or ".join(f"{{{place}}}" for place in places[:MAX_PLACES])
        more = f" and {len(places) - MAX_PLACES} more places" if len(places) > MAX_PLACES else ""
        return f"it stands at {listed}{more}"
    near = lines.nearest(clause)
    if near is None:
        return "it stands nowhere, nor does anything like it"
    quote = lines.lines[near.line - 1][near.start : near.end]
    return f"it stands nowhere; the nearest is “{quote}” at {{{near}}}"
