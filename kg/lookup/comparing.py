"""Targets as they are compared: sorted, a value beside values of the same unit alone, and in groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kg.lookup.targets import Brief, Option, Targets

SORTS: Final = ("source", "label", "value", "deadline", "indicator")
"""What targets are sorted by; `source` is the order in which the sources name them."""
GROUPS: Final = ("none", "deadline", "indicator", "sector", "comparator", "policy")
"""What targets are grouped by."""

_NOTHING: Final = (None, "", b"")
_COMPARATORS: Final = ("gt", "ge", "eq", "approx", "le", "lt")


@dataclass(frozen=True, slots=True)
class Group:
    """Targets that share a value: a year, a comparator or an IRI; the empty text is for those that have none."""

    key: str
    briefs: tuple[Brief, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was asked for: groups in their order, and each filter with the values that may be chosen."""

    chosen: Mapping[str, str]
    briefs: tuple[Brief, ...]
    groups: tuple[Group, ...]
    facets: Mapping[str, Sequence[Option]]

    @property
    def entries(self) -> int:
        """How many rows there are: a target stands under each of its sectors."""
        return sum(len(group.briefs) for group in self.groups)

    def part(self, start: int, length: int) -> Iterator[Group]:
        """Yield the groups that have some of the rows of a page, with these rows alone."""
        for group in self.groups:
            rows = group.briefs[max(start, 0) : max(start + length, 0)]
            if rows:
                yield Group(group.key, rows)
            start -= len(group.briefs)


def compare(
    targets: Targets, filters: Mapping[str, str], sort: str = "source", group: str = "none", language: str = "en"
) -> Comparison:
    """Return the targets that pass the filters.

    Args:
        targets: those of a revision.
        filters: name → value, as the lists of the API take them.
        sort: one of `SORTS`, with `-` before it for the other direction; what has no value comes last in both.
        group: one of `GROUPS`.
        language: that of the labels by which is sorted.

    Raises:
        NotFound: a filter names a thing that there is not.
        BadParameter: a filter may mean several things.
    """
    chosen = targets.chosen(filters)
    found, facets = targets.passing(chosen)
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    ordered = _sorted(targets, found, name, language, descending=descending)
    keys = _keys(targets, group, chosen.get("sector"))
    groups = _grouped(targets, ordered, group, keys, language, descending=descending and name == group)
    return Comparison(chosen, tuple(ordered), groups, facets)


def collated(text: str, language: str) -> bytes:
    """Return a text as it is sorted: in Chinese by GB 18030, whose common characters stand in the order of pinyin.

    >>> sorted(["医疗", "教育", "AI"], key=lambda text: collated(text, "zh"))
    ['AI', '教育', '医疗']
    """
    return text.casefold().encode("gb18030" if language == "zh" else "utf-8", errors="replace")


def _text(labels: Mapping[str, str], language: str) -> bytes:
    return collated(labels.get(language) or next(iter(labels.values()), ""), language)


def _sorted(targets: Targets, briefs: Sequence[Brief], name: str, language: str, *, descending: bool) -> list[Brief]:
    if name == "source":
        return list(reversed(briefs)) if descending else list(briefs)
    keys: dict[str, Callable[[Brief], Any]] = {
        "label": lambda brief: _text(brief.label, language),
        "value": lambda brief: brief.value,
        "deadline": lambda brief: brief.first("deadline"),
        "indicator": lambda brief: _name(targets, brief.first("indicator"), language),
    }
    key = keys[name]
    known = [brief for brief in briefs if key(brief) not in _NOTHING]
    known.sort(key=key, reverse=descending)
    if name == "value":
        known.sort(key=lambda brief: brief.unit)  # keeps the order of the values within a unit
    return [*known, *(brief for brief in briefs if key(brief) in _NOTHING)]


def _keys(targets: Targets, group: str, sector: str | None) -> Callable[[Brief], Sequence[str]]:
    """Return what gives the groups of a target; of its sectors those that a filter asks for, where it names some."""
    if group != "sector":
        return lambda brief: (brief.first(group),)
    if sector is None:
        return lambda brief: brief.sectors
    return lambda brief: [each for each in brief.sectors if targets.is_within(each, sector)] or brief.sectors


def _grouped(
    targets: Targets,
    briefs: Sequence[Brief],
    group: str,
    keys: Callable[[Brief], Sequence[str]],
    language: str,
    *,
    descending: bool,
) -> tuple[Group, ...]:
    if group == "none":
        return (Group("", tuple(briefs)),) if briefs else ()
    found: dict[str, list[Brief]] = {}
    for brief in briefs:
        for key in keys(brief) or ("",):
            found.setdefault(key, []).append(brief)

    def place(key: str) -> Any:
        if group == "comparator":
            return _COMPARATORS.index(key) if key in _COMPARATORS else len(_COMPARATORS)
        return key if group == "deadline" else (_name(targets, key, language), key)

    order = sorted((key for key in found if key), key=place, reverse=descending)
    return tuple(Group(key, tuple(found[key])) for key in (*order, *([""] if "" in found else [])))


def _name(targets: Targets, iri: str, language: str) -> bytes:
    return _text(targets.label(iri), language) if iri else b""
