"""The triples that a SELECT asks for, and the queries that bind all of their variables for some rows.

A row shows the variables that the query projects; which triples of the graph it tells, the others say as well. So the
pattern of the query is asked again, with the rows bound, and everything in it shown. It is only ever asked of a worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from kg.engine import Term
from kg.engine.interface import Row

MOST_SOLUTIONS: Final = 5000
"""How many solutions are looked at for the rows of one answer; where there are more, none is."""

MOST_PARTS: Final = 8
"""How many queries are asked for the rows of one answer; the rows that these have no room for are not asked about."""

MOST_STEPS: Final = 500_000
"""How many terms and triples of solutions are looked at for the rows of one answer, those of each row by themselves."""

_MOST_VALUES: Final = 40_000
_LONGEST_LITERAL: Final = 200

Node = str | Term
"""A variable by its name, or a term."""

Predicates = tuple[tuple[Node, bool], ...]
"""The predicates that a triple may have, each with whether it leads from the object."""

_Table = Mapping[tuple[str, ...], Mapping[tuple[Term, ...], Sequence[int]]]
"""Solutions by their places: by which variables they bind, then by the terms of these."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern: each predicate that may stand between its ends, and whether it leads from the object."""

    subject: Node
    predicates: Predicates
    object: Node

    def triples(self, solution: Row) -> Iterator[tuple[Term, Term, Term]]:
        """Yield the triples that it may stand for in a solution, none where that leaves an end open."""
        ends = (_bound(self.subject, solution), _bound(self.object, solution))
        for predicate, inverse in self.predicates:
            middle = _bound(predicate, solution)
            first, last = reversed(ends) if inverse else ends
            if first is not None and middle is not None and last is not None:
                yield first, middle, last


@dataclass(frozen=True, slots=True)
class Selected:
    """A SELECT that can be asked again: its triple patterns, and what is before, within and behind its pattern."""

    patterns: tuple[Pattern, ...]
    variables: frozenset[str]
    before: str
    group: str
    hidden: tuple[str, ...]
    behind: str

    def again(self, rows: Iterable[Row]) -> Iterator[str]:
        """Yield the queries that show all variables of the pattern for some rows, `MOST_PARTS` at most."""
        keys = list(dict.fromkeys(self.key(row) for row in rows))
        names = sorted({name for key in keys for name, _ in key})
        head = " ".join(f"?{name}" for name in names)
        optional = " ".join(f"OPTIONAL {{ {text} }}" for text in self.hidden)
        for part in islice(_parts(_line(dict(key), names) for key in keys), MOST_PARTS):
            values = f"VALUES ({head}) {{ {' '.join(part)} }}" if names else ""
            yield (
                f"{self.before} WHERE {{ {values} {self.group}\n{optional} }} LIMIT {MOST_SOLUTIONS + 1} {self.behind}"
            )

    def key(self, row: Row) -> tuple[tuple[str, Term], ...]:
        """Return what a row has of the pattern's variables, by which its solutions are found."""
        own = {name: term for name, term in row.items() if name in self.variables and term.kind != "blank"}
        things = {name: term for name, term in own.items() if term.kind == "iri"}
        short = {name: term for name, term in own.items() if len(term.value) <= _LONGEST_LITERAL}
        return tuple(sorted((things or short).items()))

    def solutions(self, rows: Sequence[Row], found: Sequence[Row]) -> list[tuple[int, ...]] | None:
        """Return for each row the places of its solutions among those found, as far as its terms tell them apart.

        None where they take more than `MOST_STEPS`: rows that show little have many solutions each.
        """
        bound = {name for solution in found for name in solution}
        triples = sum(len(pattern.predicates) for pattern in self.patterns)
        tables: dict[tuple[str, ...], _Table] = {}
        known: dict[tuple[object, ...], tuple[int, ...]] = {}
        result: list[tuple[int, ...]] = []
        steps = 0
        for row in rows:
            key = frozenset(name for name, _ in self.key(row))
            names = tuple(sorted(name for name in row if name in bound and row[name].kind != "blank"))
            own = tuple(row[name] for name in names)
            if (key, names, own) not in known:
                if names not in tables:
                    tables[names] = _table(names, found)
                    steps += len(found) * (1 + len(names))
                places = _agreeing(tables[names], key, dict(zip(names, own, strict=True)))
                steps += len(tables[names]) * (1 + len(names))
                steps += sum(triples + len(found[place]) for place in places)
                known[key, names, own] = places
            if steps > MOST_STEPS:
                return None
            result.append(known[key, names, own])
        return result


def written(term: Term) -> str:
    r"""Return a term as SPARQL has it.

    >>> written(Term("literal", 'a "b"\n', "en"))
    '"a \\"b\\"\\n"@en'
    """
    if term.kind == "iri":
        return f"<{term.value}>"
    text = term.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if term.language:
        return f'"{text}"@{term.language}'
    return f'"{text}"^^<{term.datatype}>' if term.datatype else f'"{text}"'


def _bound(node: Node, solution: Row) -> Term | None:
    return solution.get(node) if isinstance(node, str) else node


def _line(terms: Mapping[str, Term], names: Sequence[str]) -> str:
    return f"({' '.join(written(terms[name]) if name in terms else 'UNDEF' for name in names)})"


def _parts(lines: Iterable[str]) -> Iterator[list[str]]:
    part: list[str] = []
    length = 0
    for line in lines:
        if part and length + len(line) > _MOST_VALUES:
            yield part
            part, length = [], 0
        part.append(line)
        length += len(line)
    if part:
        yield part


def _table(names: Sequence[str], found: Sequence[Row]) -> _Table:
    table: dict[tuple[str, ...], dict[tuple[Term, ...], list[int]]] = {}
    for place, solution in enumerate(found):
        mine = tuple(name for name in names if name in solution)
        terms = tuple(solution[name] for name in mine)
        table.setdefault(mine, {}).setdefault(terms, []).append(place)
    return table


def _agreeing(table: _Table, key: frozenset[str], own: Mapping[str, Term]) -> tuple[int, ...]:
    """Return the places of the solutions that have all of a key, and the terms of a row as far as they bind them."""
    shapes = (shape for shape in table if key.issubset(shape))
    return tuple(sorted(place for shape in shapes for place in table[shape].get(tuple(own[n] for n in shape), ())))
