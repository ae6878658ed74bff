"""The clauses of the rows of any query: those that state what a row tells, or else those that name the things in it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from kg.engine import Term
from kg.engine.interface import Row
from kg.errors import KgError
from kg.iris import is_iri
from kg.lookup.derivations import Derivations, Fact, derivations
from kg.lookup.pattern_reader import selected
from kg.lookup.patterns import MOST_SOLUTIONS, Selected, written
from kg.lookup.reader import Key, Reader
from kg.lookup.things import Citation

T = TypeVar("T")
States = Literal["shown", "fact", "premise", "name"]
"""What a clause is to a row: the query itself picks it; it states a triple of the row; it states what a triple of the
row follows from by the rules; or it only names a thing of the row, and says nothing of what else stands there."""

Ask = Callable[[str, float], Awaitable[tuple[Sequence[Row], int]]]
"""Returns the solutions of a query that has so many seconds, and how many bytes they came as. Raises KgError."""

MOST_SECONDS: Final = 10.0
MOST_BYTES: Final = 16 << 20
"""What all queries for the rows of one answer may take together."""

_MOST_FACTS: Final = 4000
_MOST_THINGS: Final = 4000
_LONGEST: Final = 2000
"""Characters of an IRI or a literal that is looked up; nothing that a clause states has more."""

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause of a row, and what it states of it."""

    citation: Citation
    states: States

    def to_json(self) -> dict[str, Any]:
        """Return the citation as JSON, with what it states."""
        return {**self.citation.to_json(), "states": self.states}


@dataclass(frozen=True, slots=True, eq=False)
class _Behind:
    """What stands behind rows that nothing tells apart: solutions, or the row itself, and the facts that they tell."""

    solutions: Sequence[Row]
    facts: Sequence[Fact] = ()


def read_again(text: str, rows: Sequence[Row]) -> tuple[Selected | None, list[str]]:
    """Return the SELECT whose patterns rows stand for, and the queries that show what they tell; none for any other."""
    query = selected(text)
    return query, list(query.again(rows)) if query else []


async def asked_again(queries: Iterable[str], ask: Ask, seconds: float | None = None) -> list[Row] | None:
    """Return the solutions of the queries of `read_again`; None where these fail, or take more than they may together.

    Where there are more than `MOST_SOLUTIONS`, some are left out. `seconds` may only lower the time.
    """
    found: list[Row] = []
    size, ends = 0, time.monotonic() + min(seconds or MOST_SECONDS, MOST_SECONDS)
    for text in queries:
        left = ends - time.monotonic()
        if left <= 0:
            return None
        try:
            solutions, length = await ask(text, left)
        except KgError:
            return None
        found += solutions
        size += length
        if size > MOST_BYTES:
            return None
        if len(found) > MOST_SOLUTIONS:
            break
    return found


def cite(
    reader: Reader, rows: Sequence[Row], query: Selected | None, found: Sequence[Row] | None
) -> list[tuple[Cited, ...]]:
    """Return the clauses of each row of a SELECT, those that the query picks first.

    `found` are the solutions of `query.again(rows)`; where there are none, or more than `MOST_SOLUTIONS`, things are
    named and nothing more is said.
    """
    places = query.solutions(rows, found) if query and found and len(found) <= MOST_SOLUTIONS else None
    if query is None or found is None or places is None:
        return _cited(reader, rows, [_Behind([row]) for row in rows])
    alike = {mine: _told(query, [found[place] for place in mine]) for mine in dict.fromkeys(places)}
    return _cited(
        reader, rows, [alike[mine] if mine else _Behind([row]) for mine, row in zip(places, rows, strict=True)]
    )


def cite_at_once(reader: Reader, text: str, rows: Sequence[Row]) -> list[tuple[Cited, ...]]:
    """Return the clauses of each row of a SELECT that nobody need be kept from asking: a file's, or one's own."""
    query, again = read_again(text, rows)
    return cite(reader, rows, query, [row for each in again for row in reader.select(each)])


def cite_triples(reader: Reader, rows: Sequence[Row]) -> list[tuple[Cited, ...]]:
    """Return the clauses of each triple of a graph, given as rows of `subject`, `predicate` and `object`."""
    triples = [(row["subject"], row["predicate"], row["object"]) for row in rows]
    return _cited(reader, rows, [_Behind([row], _facts([each])) for row, each in zip(rows, triples, strict=True)])


def _told(query: Selected, solutions: Sequence[Row]) -> _Behind:
    patterns = query.patterns
    return _Behind(solutions, _facts(t for each in solutions for pattern in patterns for t in pattern.triples(each)))


def _cited(reader: Reader, rows: Sequence[Row], behind: Sequence[_Behind]) -> list[tuple[Cited, ...]]:
    apart = list(dict.fromkeys(behind))
    facts = list(dict.fromkeys(fact for each in apart for fact in each.facts))
    if len(facts) > _MOST_FACTS:
        facts = []
    known = _derived(reader, facts)
    stated = _stated(reader, [*facts, *(p for found in known.values() for each in found for p in each.premises)])
    by_fact = {fact: _as(stated, [fact], "fact") for fact in facts}
    by_premise = {fact: _as(stated, _leaves(known, fact), "premise") for fact in facts if fact in known}
    clauses = _clauses(reader, apart)
    evidence: dict[_Behind, dict[str, Cited]] = {}
    for each in apart:
        found = {iri: Cited(clauses[iri], "shown") for iri in _values(each.solutions) if iri in clauses}
        for cited in (cited for by in (by_fact, by_premise) for fact in each.facts for cited in by.get(fact, ())):
            found.setdefault(cited.citation.iri, cited)
        evidence[each] = found
    names = _names(reader, rows, behind, evidence)
    return [tuple((evidence[each] or names[place]).values()) for place, each in enumerate(behind)]


def _as(stated: Mapping[Key, Sequence[Citation]], facts: Iterable[Fact], states: States) -> list[Cited]:
    return [Cited(citation, states) for fact in facts for citation in stated.get(_key(fact), ())]


def _values(solutions: Iterable[Row]) -> dict[str, None]:
    return dict.fromkeys(term.value for solution in solutions for term in solution.values())


def _clauses(reader: Reader, behind: Iterable[_Behind]) -> dict[str, Citation]:
    """Return the clauses that stand in solutions themselves."""
    kinds = {value: reader.iris.parse(value) for each in behind for value in _values(each.solutions)}
    wanted = sorted(iri for iri, kind in kinds.items() if kind and kind[0] == "clause" and len(iri) <= _LONGEST)
    found: dict[str, Citation] = {}
    for batch in _batches(wanted[:_MOST_THINGS]):
        found |= reader.clauses(batch)
    return found


def _names(
    reader: Reader, rows: Sequence[Row], behind: Sequence[_Behind], evidence: Mapping[_Behind, Mapping[str, Cited]]
) -> dict[int, dict[str, Cited]]:
    """Return for rows without a clause those that name their things, or else the things that their values are of."""
    of_rows = {place: _things(reader, [rows[place]]) for place, each in enumerate(behind) if not evidence[each]}
    of_values = {each: _things(reader, each.solutions) for each in dict.fromkeys(behind[place] for place in of_rows)}
    wanted = dict.fromkeys(iri for found in (of_rows, of_values) for things in found.values() for iri in things)
    known: dict[str, tuple[Citation, ...]] = {}
    for batch in _batches(list(wanted)[:_MOST_THINGS]):
        known |= reader.citations(batch)[0]
    named = {each: _named(things, known) for each, things in of_values.items()}
    return {place: _named(things, known) or named[behind[place]] for place, things in of_rows.items()}


def _named(things: Iterable[str], known: Mapping[str, Sequence[Citation]]) -> dict[str, Cited]:
    found: dict[str, Cited] = {}
    for citation in (each for iri in things for each in known.get(iri, ())):
        found.setdefault(citation.iri, Cited(citation, "name"))
    return found


def _things(reader: Reader, solutions: Iterable[Row]) -> list[str]:
    terms = dict.fromkeys(term for solution in solutions for term in solution.values())
    return [term.value for term in terms if _is_short_iri(term) and reader.iris.parse(term.value)]


def _facts(triples: Iterable[tuple[Term, Term, Term]]) -> list[Fact]:
    return list(
        dict.fromkeys(
            (subject.value, predicate.value, value)
            for subject, predicate, value in triples
            if _is_short_iri(subject) and _is_short_iri(predicate) and (value.kind == "literal" or _is_short_iri(value))
        )
    )


def _is_short_iri(term: Term) -> bool:
    return term.kind == "iri" and len(term.value) <= _LONGEST and is_iri(term.value)


def _key(fact: Fact) -> Key:
    return fact[0], fact[1], fact[2].value


def _derived(reader: Reader, facts: Sequence[Fact]) -> Derivations:
    found: dict[Fact, Any] = {}
    for batch in _batches(facts):
        rows = " ".join(f"(<{s}> <{p}> {text})" for s, p, o in batch if len(text := written(o)) <= _LONGEST)
        found |= derivations(reader, f"VALUES (?s ?p ?o) {{ {rows} }}")
    return found


def _stated(reader: Reader, facts: Iterable[Fact]) -> Mapping[Key, tuple[Citation, ...]]:
    """Return the clauses of each fact that a source states."""
    every = list(dict.fromkeys(facts))
    found: dict[Key, tuple[Citation, ...]] = {}
    for batch in _batches([_key(fact) for fact in every if fact[2].kind == "iri"]):
        found |= reader.citations_of_triples(batch)
    for subjects in _batches(sorted({fact[0] for fact in every if fact[2].kind == "literal"})):
        found |= reader.citations(subjects, objects=False)[1]
    return found


def _leaves(known: Derivations, fact: Fact) -> Iterable[Fact]:
    """Return the facts that one rests on, which follow from no other."""
    seen, open_ = {fact}, [fact]
    while open_:
        for premise in (premise for each in known.get(open_.pop(), ()) for premise in each.premises):
            if premise not in seen:
                seen.add(premise)
                open_.append(premise)
                if premise not in known:
                    yield premise


def _batches(items: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
