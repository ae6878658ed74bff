"""The targets to show first: put in order by the graph, before any of them is left out."""

from __future__ import annotations

import pytest

from kg.build import NamedGraph
from kg.errors import BadParameter, LimitExceeded, NotFound
from kg.lookup import Lookup, Targets, leading, leading_by_year
from tests.api.generated import of_measure, target
from tests.inference.stating import with_more


def made(graphs: tuple[NamedGraph, ...], lines: list[str]) -> Lookup:
    return with_more(graphs, [line.removesuffix(" .") for line in lines])


def ids(found: tuple[object, ...]) -> list[str]:
    return [str(thing.id) for thing in found]  # type: ignore[attr-defined]


def test_all_targets_with_a_number_come_first_whatever_the_source_names_first(lookup: Lookup) -> None:
    every = lookup.things("target", {"policy": "gd-ai45"}, limit=1000).items
    numbers = {thing.id for thing in every if thing.to_json()["quantitative"]}
    assert len(numbers) == 17
    first = leading(lookup, {"policy": "gd-ai45"}, 24)
    assert set(ids(first.things)[:17]) == numbers
    assert (len(first.things), first.total) == (24, len(every))
    years = [thing.to_json()["deadline_year"] for thing in first.things[:17]]
    assert years == sorted(years)
    in_order = [thing.id for thing in every if thing.id in numbers and thing.to_json()["deadline_year"] == 2027]
    assert [each for each in ids(first.things) if each in in_order] == in_order


def test_filters_are_those_of_lists(lookup: Lookup) -> None:
    for filters in ({"sector": "robotics"}, {"indicator": "compute-capacity"}, {"deadline": "2025"}):
        listed = lookup.things("target", filters, limit=1000)
        found = leading(lookup, filters, 1000)
        assert sorted(ids(found.things)) == sorted(ids(listed.items))
        assert found.total == listed.total > 0
    with pytest.raises(NotFound):
        leading(lookup, {"sector": "no-such-sector"}, 3)
    with pytest.raises(BadParameter):
        leading(lookup, {"deadline": "soon"}, 3)


def test_years_are_in_order_and_what_has_none_is_last(graphs: tuple[NamedGraph, ...]) -> None:
    lines = [line for place in range(20) for line in target(f"late-{place:02}", "迟", "Late", year=2040)]
    lines += target("late-number", "数", "Number", value=3, year=2040) + target("bare", "无", "None")
    found = {each.year: each for each in leading_by_year(made(graphs, lines), 12)}
    assert list(found) == ["2025", "2027", "2040", ""]
    assert [found[year].total for year in found] == [2, 23, 21, 1]
    assert [len(found[year].things) for year in found] == [2, 12, 12, 1]
    assert ids(found["2040"].things)[:2] == ["late-number", "late-00"]
    assert ids(found[""].things) == ["bare"]


def test_targets_that_are_too_many_are_not_read_but_the_first_are(
    graphs: tuple[NamedGraph, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded = made(graphs, of_measure(30).decode().splitlines())
    monkeypatch.setattr("kg.lookup.targets.MAX_TARGETS", 54)
    with pytest.raises(LimitExceeded) as raised:
        Targets(crowded.finder)
    assert raised.value.limit == {"name": "targets", "value": 54, "unit": "things"}
    first = leading(crowded, {"measure": "busy"}, 24)
    assert (first.total, len(first.things), first.things[0].id) == (30, 24, "its-029")
    monkeypatch.setattr("kg.lookup.targets.MAX_TARGETS", 55)
    assert len(Targets(crowded.finder).briefs) == 55
