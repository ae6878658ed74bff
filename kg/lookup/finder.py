"""Finding things: an id, an IRI or a label to an IRI, and filters to the IRIs of a list."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from kg.engine.interface import Row
from kg.errors import BadParameter, NotFound
from kg.folding import folded
from kg.kinds import KIND_BY_NAME, KINDS
from kg.lookup.known import Names, members_of
from kg.lookup.reader import Reader
from kg.lookup.remembered import Lists, Once

_NEAR: Final = 0.6
"""How much of two names must be alike for one to be near the other: one of three characters may be another."""
_NEAR_LETTERS: Final = 0.75
"""The same of words in letters, of which many have an ending in common: “nothing” is not near “teaching”."""
_MOST_NAMED: Final = 10
"""How many of the things that a name may mean are told."""

_UNNAMED: Final = ("\U0010ffff", 0, 0)
"""The place of what no source names, which comes last."""

RELATED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "measure": {
        "policy": ("policy", "?thing pkg:inPolicy <{}>"),
        "theme": ("theme", "?thing pkg:hasTheme/skos:broader* <{}>"),
        "platform": ("platform", "?thing pkg:supportsPlatform <{}>"),
        "product": ("product", "?thing pkg:concernsProduct/skos:broader* <{}>"),
        "place": ("place", "?thing pkg:appliesInPlace <{}>"),
        "organization": ("organization", "?thing pkg:involvesOrganization <{}>"),
        "part_of": ("measure", "?thing pkg:partOfMeasure <{}>"),
    },
    "target": {
        "policy": ("policy", "?thing pkg:inPolicy <{}>"),
        "indicator": ("indicator", "?thing pkg:hasIndicator <{}>"),
        "sector": ("sector", "?thing pkg:scope/(pkg:servesSector?)/skos:broader* <{}>"),
        "measure": ("measure", "<{}> pkg:hasTarget ?thing"),
        "theme": ("theme", "?thing pkg:hasTheme/skos:broader* <{}>"),
        "product": ("product", "?thing pkg:scope/skos:broader* <{}>"),
        "place": ("place", "?thing pkg:scope <{}>"),
    },
}
"""Filters by another thing: the kind of that thing, and the pattern between them."""

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "measure": {"kind": ("titled", "provision")},
    "target": {"comparator": ("gt", "ge", "eq", "le", "lt", "approx"), "quantitative": ("true", "false")},
}
"""Filters with a fixed set of values."""

OTHER: Mapping[str, tuple[str, ...]] = {"measure": ("touches", "q"), "target": ("deadline", "q")}

_NAMED_FIRST: Final = frozenset({"measure", "target"})
"""Kinds whose things stand in the order in which the sources name them."""


def filter_names(kind: str) -> tuple[str, ...]:
    """Return the names of the filters that lists of a kind take.

    >>> filter_names("sector")
    ('q',)
    """
    return (*RELATED.get(kind, ()), *CHOICES.get(kind, ()), *OTHER.get(kind, ("q",)))


def no_filter(kind: str, name: str, value: str) -> BadParameter:
    """Return the error that a filter is which lists of a kind do not take."""
    known = ", ".join(filter_names(kind))
    words = f"is not a filter of {kind}; filters are {known}", f"不是 {kind} 的筛选条件；可用：{known}"
    return BadParameter(name, value, *words)


def several_things(parameter: str, wanted: str, ids: Sequence[str]) -> BadParameter:
    """Return the error that a name means several things, with the typed ids of the first of them."""
    shown = ", ".join(ids[:_MOST_NAMED]) + (", …" if len(ids) > _MOST_NAMED else "")
    words = f"means several things: {shown}; give one of these ids", f"可指 {shown}；请给出其中的 id"
    return BadParameter(parameter, wanted, *words)


class Finder:
    """Finds things of one revision; remembers names, orders and lists, for any number of threads."""

    def __init__(self, reader: Reader) -> None:
        """Find with a reader."""
        self.reader = reader
        self._lists: Lists[tuple[str | None, ...], tuple[str, ...]] = Lists()
        self._names = Names(reader)
        self._orders: Once[str, Mapping[str, int]] = Once()

    def matches(self, kind: str | None, wanted: str) -> list[str]:
        """Return the IRIs of the things of a kind, or of any, that an id, an IRI or an exact name may mean.

        What has it for its id goes before what has it for a name. Without a kind, an IRI or a typed id says it.
        """
        if kind is None:
            typed = self._typed(wanted)
            if typed:
                return self.matches(*typed)
            by_id = self._names.with_id([each.name for each in KINDS], wanted)
            return [iri for each in KINDS for iri in by_id.get(each.name) or self._names.named(each.name, wanted)]
        parsed = self.reader.iris.parse(wanted)
        if parsed and parsed[0] == kind:
            found = self._names.with_id([kind], parsed[1], wanted)
            return found.get(kind) or self._names.named(kind, wanted, parsed[1])
        local = wanted.removeprefix(f"{kind}/")
        return self._names.with_id([kind], local).get(kind) or self._names.named(kind, wanted, local)

    def resolve(self, kind: str | None, wanted: str, parameter: str = "") -> str:
        """Return the IRI of the thing of a kind, or of any, that an id, an IRI or an exact name means.

        Args:
            kind: the kind; None for any.
            wanted: the id, IRI or name.
            parameter: the parameter whose value it is; empty for a path, which leads to one thing or to none.

        Raises:
            NotFound: there is none, or a path might lead to several; `nearest` are ids.
            BadParameter: the value of a parameter may mean several; the hint has their ids.
        """
        typed = self._typed(wanted) if kind is None else None
        if typed:
            return self.resolve(*typed, parameter)
        found = self.matches(kind, wanted)
        if len(found) == 1:
            return found[0]
        if found and parameter:
            raise several_things(parameter, wanted, [self.reader.iris.short(iri) for iri in found])
        raise NotFound(kind or "thing", wanted, self._ids(kind, found) or self.nearest(kind, wanted))

    def nearest(self, kind: str | None, wanted: str) -> list[str]:
        """Return the ids of the things of a kind, or the typed ids of those of any, whose names are near a text."""
        every = [names for each in ([kind] if kind else KIND_BY_NAME) for names in self._names.of(each).names.items()]
        by_name = {name: iri for iri, known in every for name in known} | {self._local(iri): iri for iri, _ in every}
        key = folded(wanted)
        cutoff = _NEAR_LETTERS if key.isascii() else _NEAR
        # So much of two texts cannot be alike where one is much longer: most names need not be compared.
        likely = [name for name in by_name if 2 * min(len(name), len(key)) >= cutoff * (len(name) + len(key))]
        close = difflib.get_close_matches(key, likely, n=8, cutoff=cutoff)
        close += sorted(name for name in by_name if key and (_begins(key, name) or (len(name) > 1 and _has(key, name))))
        return self._ids(kind, (by_name[name] for name in close))[:5]

    def things(self, kind: str, filters: Mapping[str, str]) -> list[str]:
        """Return the IRIs of the things of a kind that pass the filters, in the order of the source, then by IRI.

        Raises:
            NotFound, BadParameter: as `pattern`.
        """
        asked = sorted(filters.items(), key=lambda item: item[0] == "touches")  # as it is the last to be resolved
        patterns = [self.pattern(kind, name, value) for name, value in asked if name != "q"]
        text = folded(filters["q"]) if "q" in filters else None
        return list(self._lists.of((kind, text, *sorted(patterns)), lambda: self._passing(kind, patterns, text)))

    def _passing(self, kind: str, patterns: Sequence[str], text: str | None) -> tuple[str, ...]:
        order = self.order(kind)
        found: Iterable[str] = order
        if patterns:
            members = f"?thing a <{KIND_BY_NAME[kind].class_iri}> . {' '.join(patterns)}"
            rows = self.reader.select(f"SELECT DISTINCT ?thing WHERE {{ {members} }}")
            found = sorted((iri for row in rows if (iri := row["thing"].value) in order), key=order.__getitem__)
        if text is not None:
            names = self._names.of(kind).names
            found = (iri for iri in found if any(text in name for name in names.get(iri, ())))
        return tuple(found)

    def count(self, kind: str) -> int:
        """Return how many things of a kind there are."""
        return len(self.order(kind))

    def order(self, kind: str) -> Mapping[str, int]:
        """Return the things of a kind in their order, each with its place."""
        return self._orders.of(kind, lambda: {iri: place for place, iri in enumerate(self._in_order(kind))})

    def _in_order(self, kind: str) -> list[str]:
        if kind not in _NAMED_FIRST:
            return sorted(self._members(kind))
        # Two queries: an OPTIONAL part would be worked out for whatever has evidence, and only then be joined.
        rows = self.reader.select(
            f"""SELECT ?thing (MIN(STR(?source)) AS ?origin) (MIN(?line) AS ?first) (MIN(?start) AS ?begin) WHERE {{
              {members_of(kind, self.reader.iris)}
              ?evidence oa:hasBody ?thing ; oa:hasTarget ?clause .
              ?clause oa:hasSource ?passage ; oa:hasSelector/oa:start ?start .
              ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source
            }} GROUP BY ?thing"""
        )
        named = {row["thing"].value: _place(row) for row in rows}
        return sorted(self._members(kind), key=lambda iri: (*named.get(iri, _UNNAMED), iri))

    def _members(self, kind: str) -> list[str]:
        rows = self.reader.select(f"SELECT DISTINCT ?thing WHERE {{ {members_of(kind, self.reader.iris)} }}")
        return [row["thing"].value for row in rows if self.reader.iris.parse(row["thing"].value)]

    def pattern(self, kind: str, name: str, value: str) -> str:
        """Return the pattern of a filter but `q`: what `?thing` is where it passes.

        Raises:
            NotFound: the value names a thing that there is not.
            BadParameter: it is impossible, or may mean several things, or there is no such filter.
        """
        if name == "touches" and kind == "measure":
            return f"?thing pkg:touchesSector <{self.resolve('sector', value, name)}> ."
        if name in RELATED.get(kind, {}):
            other, pattern = RELATED[kind][name]
            return pattern.format(self.resolve(other, value, name)) + " ."
        if name in CHOICES.get(kind, {}):
            choices = CHOICES[kind][name]
            if value not in choices:
                raise BadParameter(name, value, f"may be {', '.join(choices)}", f"可为 {'、'.join(choices)}")
            return self._choice(name, value)
        if name == "deadline" and kind == "target":
            if not (value.isascii() and value.isdigit() and len(value) == 4):
                raise BadParameter(name, value, "must be a year, such as 2027", "应为年份，如 2027")
            return f'?thing pkg:deadline/time:inXSDgYear "{value}"^^xsd:gYear .'
        raise no_filter(kind, name, value)

    def _choice(self, name: str, value: str) -> str:
        mint = self.reader.iris.mint
        patterns: dict[str, Callable[[], str]] = {
            "kind": lambda: f"?thing pkg:measureKind <{mint('measure-kind', value)}> .",
            "comparator": lambda: f"?thing pkg:comparator <{mint('comparator', value)}> .",
            "quantitative": lambda: f"?thing a pkg:{'Quantitative' if value == 'true' else 'Qualitative'}Target .",
        }
        return patterns[name]()

    def some(self, kind: str, most: int) -> list[str]:
        """Return the IRIs of things of a kind, in their order: all, or `most` of them where there are more."""
        rows = self.reader.select(
            f"SELECT DISTINCT ?thing WHERE {{ {members_of(kind, self.reader.iris)} }} LIMIT {most}"
        )
        return sorted(row["thing"].value for row in rows if self.reader.iris.parse(row["thing"].value))

    def _typed(self, wanted: str) -> tuple[str, str] | None:
        """Return the kind and the local part that an IRI or a typed id says, None where a text is neither."""
        kind, slash, local = wanted.partition("/")
        return self.reader.iris.parse(wanted) or ((kind, local) if slash and kind in KIND_BY_NAME else None)

    def _local(self, iri: str) -> str:
        return (self.reader.iris.parse(iri) or ("", iri))[1]

    def _ids(self, kind: str | None, iris: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(map(self._local if kind else self.reader.iris.short, iris)))


def _begins(part: str, name: str) -> bool:
    """Tell whether a text is the beginning of a word of a name; Chinese has no spaces, so there any part is.

    >>> _begins("comput", "cloud computing"), _begins("put", "cloud computing"), _begins("医疗", "智慧医疗")
    (True, False, True)
    """
    return part in name and (not part.isascii() or bool(re.search(rf"\b{re.escape(part)}", name)))


def _has(text: str, name: str) -> bool:
    """Tell whether a text has a name in it as words of its own.

    >>> _has("ai phones", "ai"), _has("maintenance", "ai"), _has("智慧医疗", "医疗")
    (True, False, True)
    """
    # Most names are not in it at all, and a pattern takes its time to be compiled.
    return name in text and (not name.isascii() or bool(re.search(rf"\b{re.escape(name)}\b", text)))


def _place(row: Row) -> tuple[str, int, int]:
    """Return where a thing is first named: source, line, start."""
    return row["origin"].value, int(row["first"].value), int(row["begin"].value)
