"""What is a match: the very name, or nearly that; and never a thing instead of one that is not there."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.reconcile.data import id_of
from api.reconcile.matching import NEAR, Candidate, certain
from api.state import Snapshots
from kg.iris import Iris
from kg.lookup import Reference
from kg.revisions import Revision
from kg.search import EXACT_WAYS, HOWS, Match, SearchIndex
from kg.settings import Settings


@pytest.fixture(scope="module")
def index(settings: Settings, revision: Revision) -> SearchIndex:
    snapshots: Snapshots = create_app(settings, revision).state.snapshots
    return snapshots.current().search


def candidate(id: str, alike: float, how: str, *met: bool) -> Candidate:
    iri = Iris("https://w3id.org/policy-kg/").mint("sector", id)
    reference = Reference(id, iri, "sector", {"en": id})
    return Candidate(reference, alike, how, tuple((f"property{number}", one) for number, one in enumerate(met)))


def test_the_ways_are_those_of_the_index() -> None:
    assert set(HOWS) - EXACT_WAYS - NEAR == {"initials", "part"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], None),
        ([candidate("a", 1, "label")], "a"),
        ([candidate("a", 1, "label"), candidate("b", 0.97, "typo")], "a"),
        ([candidate("a", 1, "label"), candidate("b", 0.98, "script")], None),
        ([candidate("a", 1, "label", True), candidate("b", 1, "alias", False)], "a"),
        ([candidate("a", 1, "label", False)], None),
        ([candidate("a", 1, "label", False), candidate("b", 0.97, "typo", True)], None),
        ([candidate("a", 0.93, "pinyin")], "a"),
        ([candidate("a", 0.9, "typo"), candidate("b", 0.7, "part")], "a"),
        ([candidate("a", 0.89, "typo")], None),
        ([candidate("a", 0.95, "typo"), candidate("b", 0.86, "part")], None),
        ([candidate("a", 0.95, "typo", False), candidate("b", 0.92, "typo", True)], "b"),
        ([candidate("a", 0.95, "typo", True, False)], None),
        ([candidate("a", 0.96, "part")], None),
        ([candidate("a", 0.95, "initials")], None),
        ([candidate("a", 1, "", True)], None),
    ],
)
def test_certain(found: list[Candidate], expected: str | None) -> None:
    match = certain(found)
    assert (match.reference.id if match else None) == expected


def judged(found: list[Match]) -> Candidate | None:
    return certain([Candidate(item.reference, item.score, item.matched.how, ()) for item in found])


def test_no_thing_is_taken_for_one_that_is_not_there(index: SearchIndex) -> None:
    """Without a thing, none of its names is a match of another one, unless that bears the very name."""
    names = [(thing.reference, name.text) for thing in index.things for name in thing.names]
    assert len(names) > 700
    wrong = []
    for own, name in names:
        match = judged([item for item in index.search(name, limit=25) if item.reference != own])
        if match is not None and match.how not in EXACT_WAYS:
            wrong.append((id_of(own), name, id_of(match.reference), match.how, match.alike))
    assert wrong == []


def test_every_name_is_a_match_or_one_of_several(index: SearchIndex) -> None:
    for thing in index.things:
        for name in thing.names:
            found = index.search(name.text, limit=25)
            bearing = [item.reference for item in found if item.matched.how in EXACT_WAYS]
            assert thing.reference in bearing
            match = judged(list(found))
            assert (match.reference if match else None) == (thing.reference if len(bearing) == 1 else None), name.text


def test_one_wrong_character_in_a_long_name_is_a_match(index: SearchIndex) -> None:
    """Two neighbouring letters or characters turned round in the middle: mostly a match, and never of another thing."""
    tried = right = 0
    for thing in index.things:
        for name in (name.text for name in thing.names if len(name.text) >= 12):
            place = len(name) // 2
            turned = f"{name[: place - 1]}{name[place]}{name[place - 1]}{name[place + 1 :]}"
            if not turned.isalnum() or turned == name or index.search(turned, limit=1)[:1] == ():
                continue
            match = judged(list(index.search(turned, limit=25)))
            tried += 1
            right += match is not None and match.reference == thing.reference
            assert match is None or match.reference == thing.reference, (name, turned)
    assert tried > 50
    assert right / tried > 0.7
