"""Ways down to facts: all of them where they are few, the shortest where they are many, and never without an end."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice

import pytest

from kg.engine import Term
from kg.lookup import derivations
from kg.lookup.derivations import Derivation, Derivations, Fact, Ways, leaves, ways_to
from kg.terms import RDF


def fact(name: str, predicate: str = "urn:p") -> Fact:
    return f"urn:{name}", predicate, Term("iri", "urn:end")


def every_way(known: Derivations, wanted: Fact, above: frozenset[Fact] = frozenset()) -> Iterator[tuple[Fact, ...]]:
    """Yield the ways to a triple, by recursion over all of them."""
    if wanted not in known:
        yield (wanted,)
    elif wanted not in above:
        for each in known[wanted]:
            yield from every_way_of(known, each.premises, above | {wanted})


def every_way_of(known: Derivations, premises: tuple[Fact, ...], above: frozenset[Fact]) -> Iterator[tuple[Fact, ...]]:
    if not premises:
        yield ()
        return
    for before in every_way(known, premises[0], above):
        for after in every_way_of(known, premises[1:], above):
            yield (*before, *after)


def told(known: Derivations, wanted: Fact) -> set[tuple[str, tuple[Fact, ...]]]:
    """Return what is to be told of a conclusion where there is room for all of it."""
    return {
        (each.rule, tuple(fact for fact in way if fact[1] != RDF + "type"))
        for each in known[wanted]
        for way in every_way_of(known, each.premises, frozenset({wanted}))
    }


def made_by_chance(seed: int) -> dict[Fact, list[Derivation]]:
    """Return derivations with cycles, of one to three premises, such that some conclusions may rest on nothing."""
    chance = random.Random(seed)
    conclusions = [fact(f"c{number}") for number in range(chance.randrange(1, 5))]
    facts = [fact(f"f{number}") for number in range(5)] + [fact("t", RDF + "type")]
    return {
        conclusion: [
            Derivation(
                f"urn:rule{chance.randrange(2)}",
                tuple(chance.sample([*conclusions, *facts], chance.randrange(1, 3))),
            )
            for _ in range(chance.randrange(1, 4))
        ]
        for conclusion in conclusions
    }


def test_few_ways_are_all_told_and_of_many_the_shortest() -> None:
    whole = 0
    for seed in range(400):
        known = made_by_chance(seed)
        every = {conclusion: told(known, conclusion) for conclusion in known}
        found = ways_to(known, known)
        assert set(found) == {conclusion for conclusion, ways in every.items() if ways}
        for conclusion, ways in found.items():
            lengths = [way.length for way in ways.told]
            assert lengths == sorted(lengths) == [len(way.facts) for way in ways.told]
            mine = {(way.rule, way.facts) for way in ways.told}
            assert len(mine) == len(ways.told)
            assert mine <= every[conclusion]
            assert lengths[-1] <= sorted(len(facts) for _, facts in every[conclusion])[len(mine) - 1]
            assert ways.omitted or mine == every[conclusion]
            whole += not ways.omitted
    assert whole > 500


def test_leaves_are_those_of_all_ways() -> None:
    for seed in range(100):
        known = made_by_chance(seed)
        for conclusion in known:
            found = leaves(known, conclusion)
            assert len(found) == len(set(found))
            assert set(found) >= {leaf for way in every_way(known, conclusion) for leaf in way}
            assert not set(found) & known.keys()


def rungs(count: int, width: int = 2) -> dict[Fact, list[Derivation]]:
    """Return derivations of which each forks again: `width ** count` ways to the last one, all equally long."""
    known = {fact("0"): [Derivation("urn:first", (fact("given"),))]}
    for number in range(1, count + 1):
        below = fact(str(number - 1))
        known[fact(str(number))] = [
            Derivation("urn:rule", (below, fact(f"edge-{number}-{one}"))) for one in range(width)
        ]
    return known


def test_of_very_many_ways_some_are_told() -> None:
    known = rungs(300)
    begun = time.process_time()
    (found,) = ways_to(known, [fact("300")]).values()
    assert time.process_time() - begun < 5
    assert found.omitted
    assert len({way.facts for way in found.told}) == derivations.MOST_WAYS
    assert {way.length for way in found.told} == {301}


def test_a_long_way_is_told_whole_and_does_not_recur() -> None:
    known = rungs(5_000, width=1)
    (found,) = ways_to(known, [fact("5000")]).values()
    assert not found.omitted
    assert [len(way.facts) for way in found.told] == [5_001]
    assert len(leaves(known, fact("5000"))) == 5_001


def test_a_shorter_way_comes_first_however_many_longer_ones_there_are() -> None:
    known = rungs(100)
    known[fact("100")].append(Derivation("urn:short", (fact("50"), fact("shortcut"))))
    known[fact("100")].append(Derivation("urn:direct", (fact("said"),)))
    (found,) = ways_to(known, [fact("100")]).values()
    assert [(way.rule, way.length) for way in islice(found.told, 2)] == [("urn:direct", 1), ("urn:short", 52)]
    assert len(found.told) == derivations.MOST_WAYS
    assert {way.length for way in found.told[1:]} == {52}


def test_many_conclusions_have_one_way_each_before_any_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    known = rungs(12)
    monkeypatch.setattr(derivations, "MOST_STEPS", 150)
    found = ways_to(known, known)
    by_height = [found[fact(str(number))] for number in range(13)]
    assert all(ways.told for ways in by_height)
    assert [len(ways.told[0].facts) for ways in by_height[:8]] == list(range(1, 9))
    assert by_height[0] == Ways(by_height[0].told, omitted=False)
    assert sum(way.length for ways in by_height for way in ways.told if way.facts) <= 150 + 13
    farthest = by_height[-1]
    assert farthest.omitted
    assert [(way.rule, way.length) for way in farthest.told] == [("urn:rule", 13)]


def test_dead_ends_of_cycles_are_given_up() -> None:
    """Every two of many conclusions follow from each other; the ways that go through none twice are more than atoms."""
    names = [fact(str(number)) for number in range(40)]
    known = {one: [Derivation("urn:rule", (other, fact("edge"))) for other in names if other != one] for one in names}
    known[names[0]].append(Derivation("urn:first", (fact("given"),)))
    begun = time.process_time()
    found = ways_to(known, names)
    assert time.process_time() - begun < 5
    assert [found[one].told[0].length for one in names] == [1, *[2] * 39]
    assert all(found[one].omitted for one in names[1:])


def test_what_is_told_is_the_same_in_every_process() -> None:
    program = (
        "from tests.lookup.test_derivations import rungs, fact; from kg.lookup.derivations import ways_to;"
        "print(ways_to(rungs(60), [fact('60')]))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
