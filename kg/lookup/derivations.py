"""Reading how something follows: the derivations of triples, down to the facts that they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from kg.engine import Term
from kg.lookup.reader import Key, Reader, values_of
from kg.terms import INFERRED, RDF

Fact = tuple[str, str, Term]
"""Subject and predicate by their IRIs, and the object."""

MOST_WAYS: Final = 50
"""How many ways to one conclusion are told."""

MOST_STEPS: Final = 20_000
"""How many steps are gone for the ways of one answer, those that it tells included."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """One way in which a triple follows: the IRI of the rule, and the premises, each going on from the one before."""

    rule: str
    premises: tuple[Fact, ...]


Derivations = Mapping[Fact, Sequence[Derivation]]
"""The derivations of each triple that follows."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a conclusion: the rule that concludes it, and the facts that it rests on, but for classes of things.

    `length` counts these facts. Where an answer has no room for them, there are none, and it counts them all the same.
    """

    rule: str
    facts: tuple[Fact, ...]
    length: int

    @property
    def order(self) -> tuple[int, tuple[Key, ...], str]:
        """The key by which ways are sorted: the shortest first."""
        return self.length, tuple((s, p, o.value) for s, p, o in self.facts), self.rule


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to a conclusion that are told, the shortest first; `omitted` where there may be others."""

    told: tuple[Way, ...]
    omitted: bool


def derivations(reader: Reader, wanted: str) -> Derivations:
    """Return the derivations of the inferred statements that a pattern over `?statement` gives, and of their premises.

    Each premise that follows itself is among the keys. They are read from the graph that the store alone writes, so
    that nobody's update makes up a reason.
    """
    graph = reader.iris.graph(INFERRED)
    found: dict[Fact, list[Derivation]] = {}
    seen: set[str] = set()
    while wanted:
        rows = reader.select(
            f"""SELECT ?statement ?s ?p ?o ?derivation ?rule ?premise ?class ?ps ?pp ?po WHERE {{
              GRAPH <{graph}> {{
                {wanted} ?statement a pkg:InferredStatement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
                ?derivation pkg:derives ?statement ; pkg:byRule ?rule ; prov:wasDerivedFrom ?premise .
              }}
              ?premise a ?class ; rdf:subject ?ps ; rdf:predicate ?pp ; rdf:object ?po .
              FILTER(?class IN (pkg:Statement, pkg:InferredStatement, pkg:PlainStatement))
            }} ORDER BY ?derivation ?premise"""
        )
        premises: dict[tuple[Fact, str, str], dict[Fact, None]] = {}
        following: set[str] = set()
        for row in rows:
            seen.add(row["statement"].value)
            key = (row["s"].value, row["p"].value, row["o"])
            derivation = premises.setdefault((key, row["derivation"].value, row["rule"].value), {})
            derivation[row["ps"].value, row["pp"].value, row["po"]] = None
            if row["class"].value.endswith("#InferredStatement"):
                following.add(row["premise"].value)
        for (key, _, rule), facts in premises.items():
            found.setdefault(key, []).append(Derivation(rule, _in_order(key[0], facts)))
        wanted = values_of("statement", sorted(following - seen)) if following - seen else ""
    return found


def leaves(known: Derivations, fact: Fact) -> list[Fact]:
    """Return the facts that one rests on, by whatever ways, each once: those that follow from no other."""
    seen: set[Fact] = set()
    open_ = [fact]
    found = []
    while open_:
        at = open_.pop()
        if at in seen:
            continue
        seen.add(at)
        if at in known:
            open_ += [premise for each in reversed(known[at]) for premise in reversed(each.premises)]
        else:
            found.append(at)
    return found


def ways_to(known: Derivations, conclusions: Iterable[Fact]) -> dict[Fact, Ways]:
    """Return the ways to conclusions down to facts that do not follow; none goes through the same triple twice.

    There may be very many: where the tree of sectors forks and joins again, twice as many at every fork. So the
    shortest ones are told, of each conclusion one before any has a second, as long as there is room in an answer.
    """
    search = _Search(known)
    ordered = sorted(
        (fact for fact in conclusions if fact in search.least),
        key=lambda fact: (search.least[fact], fact[0], fact[1], fact[2].value),
    )
    runs = {fact: _Run(search, fact) for fact in ordered}
    told = {fact: [run.next() or search.unsaid(fact)] for fact, run in runs.items()}
    for fact, run in runs.items():
        while len(told[fact]) < MOST_WAYS and (way := run.next()):
            told[fact].append(way)
    return {
        fact: Ways(tuple(sorted(dict.fromkeys(told[fact]), key=lambda way: way.order)), bool(run.heap))
        for fact, run in runs.items()
    }


Chain = tuple[Fact, "Chain"] | None
"""A list that begins with its last element, so that many lists may share how they began."""
Open = tuple[Fact, Chain, "Open"] | None
"""The premises that are still to be followed down, each with the triples above it."""


class _Search:
    """What all runs share: how long the shortest way to each conclusion is, and how many steps may still be gone."""

    def __init__(self, known: Derivations) -> None:
        self.known = known
        self.room = MOST_STEPS
        self.least: dict[Fact, int] = {}
        self.first: dict[Fact, Derivation] = {}
        self._settle()

    def _settle(self) -> None:
        """Find the shortest ways, from the facts up: Knuth's generalisation of Dijkstra's algorithm.

        The first derivation of each conclusion rests on conclusions that were settled before it, and so on no cycle.
        """
        every = [(fact, each) for fact, found in self.known.items() for each in found]
        needing: dict[Fact, list[int]] = {}
        missing: list[int] = []
        heap: list[tuple[int, int]] = []
        for number, (_, each) in enumerate(every):
            premises = [premise for premise in each.premises if premise in self.known]
            missing.append(len(premises))
            for premise in premises:
                needing.setdefault(premise, []).append(number)
            if not premises:
                heappush(heap, (self.length(each), number))
        while heap:
            length, number = heappop(heap)
            fact, derivation = every[number]
            if fact in self.least:
                continue
            self.least[fact], self.first[fact] = length, derivation
            for other in needing.get(fact, ()):
                missing[other] -= 1
                if not missing[other]:
                    heappush(heap, (self.length(every[other][1]), other))

    def length(self, derivation: Derivation) -> int:
        """Return how long a way by a derivation is at least."""
        return sum(
            self.least[premise] if premise in self.known else premise[1] != RDF + "type"
            for premise in derivation.premises
        )

    def unsaid(self, fact: Fact) -> Way:
        """Return the shortest way to a conclusion without the facts that it rests on."""
        return Way(self.first[fact].rule, (), self.least[fact])


class _Run:
    """The ways to one conclusion, the shortest first, found as they are asked for (A*)."""

    def __init__(self, search: _Search, fact: Fact) -> None:
        self._search = search
        self._pushed = 0
        self.heap: list[tuple[int, int, str, Chain, Open]] = []
        """How long a way is at least, the last one made before others, its rule, its facts so far, what is open."""
        self._fork(fact, None, 0, "", None, None)

    def next(self) -> Way | None:
        """Return the next way, or None where there is no other, or no more room."""
        while self.heap and self._search.room > 0:
            length, _, rule, done, open_ = heappop(self.heap)
            while open_ and open_[0] not in self._search.known:
                fact, _, open_ = open_
                done = (fact, done) if fact[1] != RDF + "type" else done
            if open_:
                fact, above, after = open_
                self._search.room -= len(self._search.known[fact])
                self._fork(fact, above, length - self._search.least[fact], rule, done, after)
                continue
            facts = []
            while done:
                facts.append(done[0])
                done = done[1]
            self._search.room -= length
            return Way(rule, tuple(reversed(facts)), length)
        return None

    def _fork(self, fact: Fact, above: Chain, length: int, rule: str, done: Chain, after: Open) -> None:
        """Go on by each derivation of a conclusion: the first one is gone by first, of those that are as long."""
        search, here = self._search, (fact, above)
        for each in sorted(search.known[fact], key=lambda each: each is search.first[fact]):
            following = [premise for premise in each.premises if premise in search.known]
            if any(premise not in search.least or _within(premise, here) for premise in following):
                continue
            open_ = after
            for premise in reversed(each.premises):
                open_ = (premise, here, open_)
            self._pushed += 1
            heappush(self.heap, (length + search.length(each), -self._pushed, rule or each.rule, done, open_))


def _within(fact: Fact, chain: Chain) -> bool:
    while chain:
        if chain[0] == fact:
            return True
        chain = chain[1]
    return False


def _in_order(start: str, facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return premises as they are read: from the subject of the conclusion on, classes last."""
    left = sorted(facts, key=lambda fact: (fact[1] == RDF + "type", fact[0], fact[1], fact[2].value))
    reached, ordered = {start}, list[Fact]()
    while left:
        going_on = (fact for fact in left if fact[1] != RDF + "type" and {fact[0], fact[2].value} & reached)
        following = next(going_on, left[0])
        left.remove(following)
        ordered.append(following)
        reached |= {following[0], following[2].value}
    return tuple(ordered)
