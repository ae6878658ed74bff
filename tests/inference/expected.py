"""What is expected of “which measures touch a sector, and why”, read out of the seeds by hand.

`expected_touches.json` has the measures of four sectors, each with every way: the rule that concludes it, and the steps
from the measure on, each with where it leads and its clauses as `line:start-end quotation`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

Step = tuple[str, str, tuple[str, ...]]
Way = tuple[str, tuple[Step, ...]]
Touching = dict[str, set[Way]]
"""The ways of each measure, by its id."""

_READ: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parent / "expected_touches.json").read_text(encoding="utf-8")
)

NAMES: Final = {sector: (str(entry["zh"]), str(entry["en"])) for sector, entry in _READ.items()}
"""The names of each sector, zh and en."""

TOUCHES: Final[Mapping[str, Touching]] = {
    sector: {
        measure: {
            (way["rule"], tuple((key, end, tuple(clauses)) for key, end, clauses in way["steps"])) for way in ways
        }
        for measure, ways in entry["measures"].items()
    }
    for sector, entry in _READ.items()
}
"""The measures of each sector, with their ways."""


def ways_of(touches: Iterable[Mapping[str, Any]]) -> list[Way]:
    """Return the ways that `touches` of JSON has; each step must go on from where the one before led."""
    found: list[Way] = []
    for touch in touches:
        steps = touch["via"]
        for before, after in itertools.pairwise(steps):
            assert before["object"]["iri"] == after["subject"]["iri"]
        assert steps[-1]["object"]["iri"] == touch["sector"]["iri"]
        found.append((touch["rule"]["id"], tuple(map(_step, steps))))
    return found


def ways_of_tree(explanation: Mapping[str, Any]) -> list[Way]:
    """Return the ways that a tree of `explain` has."""
    return [(reason["rule"]["id"], steps) for reason in explanation["reasons"] for steps in _chains(reason["premises"])]


def touching(items: Iterable[Mapping[str, Any]]) -> Touching:
    """Return the ways of a list of measures in JSON; none has a way twice."""
    found: Touching = {}
    for item in items:
        ways = ways_of(item["touches"])
        assert len(ways) == len(set(ways))
        found[item["id"]] = set(ways)
    return found


def _chains(premises: Iterable[Mapping[str, Any]]) -> list[tuple[Step, ...]]:
    chains: list[tuple[Step, ...]] = [()]
    for premise in premises:
        if premise["predicate"] == "rdf:type":
            continue
        ends = [steps for _, steps in ways_of_tree(premise)] if premise["reasons"] else [(_step(premise),)]
        chains = [(*chain, *steps) for chain in chains for steps in ends]
    return chains


def _step(triple: Mapping[str, Any]) -> Step:
    end = triple["object"]
    return triple["predicate"], f"{end['type']}/{end['id']}", tuple(map(clause, triple["evidence"]))


def clause(citation: Mapping[str, Any]) -> str:
    """Return a citation as the expectations write it."""
    return f"{citation['line']}:{citation['start']}-{citation['end']} {citation['quote']}"
