"""From the solutions of a query to rows, each with the clauses that state it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from kg.engine import Term
from kg.engine.interface import Row as Solution
from kg.iris import is_iri
from kg.lookup import Citation, Lookup, Touch
from kg.lookup.citing import Cited
from kg.lookup.derivations import Derivation, Derivations, Fact, derivations, leaves
from kg.lookup.reader import Citations, Key, values_of
from kg.lookup.things import Labels
from kg.lookup.touches import ways_of_touching
from kg.questions.answers import value_of
from kg.resolve.model import Answer, Reading, Row, strongest
from kg.resolve.queries import CALLED, FOLLOWING
from kg.terms import TOUCHES_SECTOR

MOST_ROWS: Final = 500
"""How many rows an answer shows at most; the others are counted."""

ROWS: Final = 100
"""How many it shows where nothing else is asked for."""


def answer(lookup: Lookup, reading: Reading, sparql: str, rows: int = ROWS) -> Answer:
    """Run the query of a reading, and return its first rows in order, one for each value of the form's item."""
    solutions = lookup.reader.engine.select(sparql)
    groups = _groups(solutions, reading)
    shown = groups[:rows]
    maker = _Rows(lookup, reading, shown)
    return Answer(tuple(maker.row(group) for group in shown), len(groups), len(groups) if reading.form.counts else None)


def _groups(solutions: Sequence[Solution], reading: Reading) -> list[list[Solution]]:
    item = reading.form.item
    if not item:
        return [[solution] for solution in solutions]
    alike: dict[tuple[Any, ...], list[Solution]] = {}
    for solution in solutions:
        if item in solution:
            key = (
                (solution[item], solution.get("relation"), solution.get("direction"))
                if item == "value"
                else (solution[item],)
            )
            alike.setdefault(key, []).append(solution)
    return list(alike.values())


class _Rows:
    """Makes the rows of one answer: reads names and clauses for all of them at once."""

    def __init__(self, lookup: Lookup, reading: Reading, groups: Sequence[Sequence[Solution]]) -> None:
        self._lookup = lookup
        self._form = reading.form
        self._asked = [thing.reference.iri for thing in reading.things]
        self._pairs = self._form.name == "compare"
        terms = {term for group in groups for solution in group for term in solution.values()}
        iris = sorted({term.value for term in terms if term.kind == "iri"})
        self._names = lookup.reader.names({*iris, *self._asked})
        self._iris = iris
        self._touches = self._touching(reading, iris)
        self._known = {} if self._touches else self._following()
        self._leaves = self._clauses_of(self._known)

    @cached_property
    def _citations(self) -> Citations:
        """The citations of the things of the rows, and of the statements between them; where a row needs one."""
        reader = self._lookup.reader
        things = {*(iri for iri in self._iris if self._lookup.iris.parse(iri)), *self._asked}
        if len(things) > MOST_ROWS * 2:
            return reader.citations(self._asked)
        # What a statement between them says, it says of one of them: others say things of a sector by the thousand.
        of_things, of_triples = reader.citations(sorted({*self._iris, *self._asked}), objects=False)
        return (
            {thing: found for thing, found in of_things.items() if thing in things},
            {key: found for key, found in of_triples.items() if key[0] in things or key[2] in things},
        )

    def row(self, group: Sequence[Solution]) -> Row:
        """Return one row."""
        first = group[0]
        term = first.get(self._form.item) if self._form.item else None
        thing = None
        if term is not None and term.kind == "iri" and self._lookup.iris.parse(term.value):
            thing = self._lookup.reader.reference(term.value, self._names)
        touches = self._touches.get(term.value, ()) if term is not None else ()
        return Row(thing, self._values(group), self._evidence(group, term, touches), touches)

    def _values(self, group: Sequence[Solution]) -> dict[str, Any]:
        if self._form.item == "value":
            return self._fact(group)
        found: dict[str, Any] = {}
        for name in self._form.shown:
            terms = list(dict.fromkeys(solution[name] for solution in group if name in solution))
            values = [self._value(term) for term in terms]
            found[name] = values[0] if len(values) == 1 else values or None
        return found

    def _fact(self, group: Sequence[Solution]) -> dict[str, Any]:
        """Return a fact about the things asked for: the relation, its direction, its value, and whose it is."""
        first = group[0]
        relation = first["relation"].value
        found: dict[str, Any] = {
            "relation": {"iri": relation, "label": dict(self._names.get(relation) or CALLED.get(relation, {}))},
            "direction": first["direction"].value,
            "value": self._value(first["value"]),
        }
        if self._pairs:
            whose = {solution["thing"].value for solution in group}
            found |= {"first": self._asked[0] in whose, "second": self._asked[1] in whose}
        return found

    def _value(self, term: Term) -> Any:
        if term.kind != "iri":
            value = value_of(term)
            return value.isoformat() if isinstance(value, datetime.date) else value
        if self._lookup.iris.parse(term.value):
            return self._lookup.reader.reference(term.value, self._names).to_json()
        names: Labels = self._names.get(term.value, {})
        return {"iri": term.value, "label": dict(names)}

    def _evidence(self, group: Sequence[Solution], term: Term | None, touches: Sequence[Touch]) -> tuple[Cited, ...]:
        """Return the clauses of a row: those of the triples among its things, or else those that only name its thing.

        A target is what the clauses that name it state.
        """
        found = [Cited(each, "premise") for touch in touches for step in touch.via for each in step.evidence]
        if not touches:
            found += self._stating(group)
        if term is None or term.kind != "iri" or (found and self._form.item != "target"):
            return strongest(found)
        own = self._citations[0].get(term.value, ())
        return strongest([*found, *(Cited(each, "fact" if self._form.item == "target" else "name") for each in own)])

    def _stating(self, group: Sequence[Solution]) -> list[Cited]:
        terms = list(dict.fromkeys(term for solution in group for term in solution.values()))
        iris = {term.value for term in terms if term.kind == "iri"}
        if self._form.item != "value":
            iris |= set(self._asked)
        texts = iris | {term.value for term in terms if term.kind == "literal"}
        found: list[Cited] = []
        if not self._form.item:  # the rows are clauses
            every = [citation for iri in self._asked for citation in self._citations[0].get(iri, ())]
            return [Cited(citation, "shown") for citation in every if citation.iri in iris]
        for (subject, predicate, value), citations in self._citations[1].items():
            if subject in iris and value in texts and (self._form.item != "value" or predicate in iris):
                found += [Cited(citation, "fact") for citation in citations]
        for fact in self._known:
            if fact[0] in iris and fact[2].value in iris and (self._form.item != "value" or fact[1] in iris):
                rests = (_key(leaf) for leaf in leaves(self._known, fact))
                found += [Cited(citation, "premise") for leaf in rests for citation in self._leaves.get(leaf, ())]
        return found

    def _touching(self, reading: Reading, measures: Sequence[str]) -> Mapping[str, tuple[Touch, ...]]:
        if self._form.follows != TOUCHES_SECTOR or self._form.item != "measure":
            return {}
        return ways_of_touching(self._lookup.reader, reading.things[0].reference.iri, measures)

    def _following(self) -> Derivations:
        """Return how what follows does so, for the things that are asked for."""
        wanted = (self._form.follows,) if self._form.follows else FOLLOWING if self._form.item == "value" else ()
        if not wanted or not self._asked:
            return {}
        # Of a sector very much follows: what follows of it and of something in a row that is shown is enough. Each end
        # and property in a query of its own: of several at once, the engine would look at all that follows of them.
        others = values_of("other", sorted({*self._iris, *self._asked}))
        known: dict[Fact, Sequence[Derivation]] = {}
        for predicate in wanted:
            for asked in filter(is_iri, self._asked):
                for ends in (
                    f"rdf:subject <{asked}> ; rdf:object ?other",
                    f"rdf:subject ?other ; rdf:object <{asked}>",
                ):
                    pattern = f"{others} ?statement {ends} ; rdf:predicate <{predicate}> ."
                    known.update(derivations(self._lookup.reader, pattern))
        return known

    def _clauses_of(self, known: Derivations) -> Mapping[Key, tuple[Citation, ...]]:
        """Return the clauses of what everything that follows rests on."""
        premises = {premise for found in known.values() for each in found for premise in each.premises}
        facts = [premise for premise in premises if premise not in known]
        found = {}
        if between := sorted({_key(fact) for fact in facts if fact[2].kind == "iri"}):
            found = self._lookup.reader.citations_of_triples(between)
        if others := sorted({fact[0] for fact in facts if fact[2].kind != "iri"}):
            found |= self._lookup.reader.citations(others, objects=False)[1]
        return found


def _key(fact: Fact) -> Key:
    return fact[0], fact[1], fact[2].value
