"""Clauses as they are read: those of one line together, in the order of the source, with the gaps between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause in a quotation: what it adds to the text, and whether something of the source is left out before it."""

    clause: Json
    text: str
    after_gap: bool


def together(clauses: Iterable[Json]) -> list[Sequence[Piece]]:
    """Return the quotations that clauses make, one for each line; what stands within another clause adds nothing.

    >>> def clause(start, quote):
    ...     place = {"source": "s", "line": 2, "start": start, "end": start + len(quote)}
    ...     return {"quote": quote, "iri": f"urn:{start}", **place}
    >>> line, = together([clause(9, "超过60"), clause(0, "到2027年"), clause(3, "27"), clause(11, "60台")])
    >>> [(piece.text, piece.after_gap) for piece in line]
    [('到2027年', False), ('超过60', True), ('台', False)]
    """
    ordered = sorted(outermost(clauses), key=lambda each: (each["source"], each["line"], each["start"]))
    return [_joined(list(line)) for _, line in groupby(ordered, key=lambda each: (each["source"], each["line"]))]


def outermost(clauses: Iterable[Json]) -> list[Json]:
    """Return the clauses that do not stand within another of the same line, in the order of the line."""
    found: list[Json] = []
    for clause in sorted(clauses, key=lambda each: (each["source"], each["line"], each["start"], -each["end"])):
        last = found[-1] if found else None
        if last is None or not _within(clause, last):
            found.append(clause)
    return found


def _within(clause: Json, other: Json) -> bool:
    same = (clause["source"], clause["line"]) == (other["source"], other["line"])
    return bool(same and other["start"] <= clause["start"] and clause["end"] <= other["end"])


def _joined(clauses: Sequence[Json]) -> Sequence[Piece]:
    pieces = []
    end = clauses[0]["start"]
    for clause in clauses:
        pieces.append(Piece(clause, clause["quote"][max(0, end - clause["start"]) :], clause["start"] > end))
        end = clause["end"]
    return pieces
