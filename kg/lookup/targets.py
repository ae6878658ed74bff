"""All targets of a revision by what they are compared by, read once: filtered and counted in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.folding import folded
from kg.lookup.finder import Finder
from kg.lookup.things import Labels
from kg.terms import PKG

FACETS: Final = ("deadline", "indicator", "sector", "comparator", "policy", "quantitative")
"""The filters of targets that have values to choose from; `q` beside them is any text."""
THINGS: Final = frozenset({"indicator", "sector", "policy"})
"""Those whose values are things."""

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Brief:
    """What a target is compared by.

    `keys` has, by filter, the values that it passes for: a year, an IRI, a comparator; for `sector` those above the
    sectors of its scope as well, as in the lists of the API. `sectors` are the ones that its scope names.
    """

    iri: str
    label: Labels
    names: frozenset[str]
    keys: Mapping[str, frozenset[str]]
    sectors: tuple[str, ...]
    value: float | None
    unit: str

    def first(self, facet: str) -> str:
        """Return its value of a filter, the first where it has several, or an empty text."""
        return min(self.keys[facet], default="")


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter, and how many targets there are with it among those that pass the other filters."""

    key: str
    count: int


class Targets:
    """The targets of one revision, in the order of the source."""

    def __init__(self, finder: Finder) -> None:
        """Read them all."""
        self._finder = finder
        self._reader = finder.reader
        order = finder.things("target", {})
        keys = self._keys()
        sectors, within = self._sectors()
        numbers = self._numbers()
        names = finder.names("target")
        labels = self._labels(order)
        nothing: dict[str, set[str]] = {}
        self.briefs: Sequence[Brief] = [
            Brief(
                iri,
                labels.get(iri) or self._reader.reference(iri, {}).label,
                names.get(iri, frozenset()),
                {
                    facet: frozenset(
                        within.get(iri, ()) if facet == "sector" else keys.get(iri, nothing).get(facet, ())
                    )
                    for facet in FACETS
                },
                tuple(sorted(sectors.get(iri, ()))),
                *numbers.get(iri, (None, "")),
            )
            for iri in order
        ]
        others = {key for brief in self.briefs for facet in THINGS for key in (*brief.keys[facet], *brief.sectors)}
        self._names = self._labels(sorted(others))
        self.unit_labels = self._unit_labels()

    def label(self, iri: str) -> Labels:
        """Return what an indicator, a sector or a policy of a target is called."""
        return self._names.get(iri) or self._reader.reference(iri, self._reader.names([iri])).label

    def chosen(self, filters: Mapping[str, str]) -> dict[str, str]:
        """Return filters with the IRIs of the things that their values name.

        Raises:
            NotFound: a value names nothing.
            BadParameter: a value may mean several things.
        """
        return {
            name: self._finder.resolve(name, value, name) if name in THINGS else value
            for name, value in filters.items()
        }

    def passing(self, chosen: Mapping[str, str]) -> tuple[list[Brief], dict[str, list[Option]]]:
        """Return the targets that pass what was chosen, and the values of each filter that may be chosen instead."""
        text = folded(chosen.get("q", ""))
        wanted = {name: value for name, value in chosen.items() if name != "q"}
        found: list[Brief] = []
        counts: dict[str, dict[str, int]] = {facet: defaultdict(int) for facet in FACETS}
        for brief in self.briefs:
            if text and not any(text in name for name in brief.names):
                continue
            failed = [name for name, value in wanted.items() if value not in brief.keys[name]]
            if not failed:
                found.append(brief)
            elif len(failed) > 1:
                continue
            # What fails one filter only would pass if another value of that one were chosen.
            for facet in failed or FACETS:
                for key in brief.keys[facet]:
                    counts[facet][key] += 1
        for name, value in wanted.items():
            counts[name].setdefault(value, 0)
        return found, {facet: [Option(key, n) for key, n in sorted(by.items())] for facet, by in counts.items()}

    def _keys(self) -> dict[str, dict[str, set[str]]]:
        """Return, by target and filter, the values that one triple, or two, say."""
        found: dict[str, dict[str, set[str]]] = {}

        def add(facet: str, pattern: str) -> None:
            for row in self._reader.select(f"SELECT ?thing ?key WHERE {{ ?thing a pkg:Target . {pattern} }}"):
                found.setdefault(row["thing"].value, {}).setdefault(facet, set()).add(row["key"].value)

        add("deadline", "?thing pkg:deadline/time:inXSDgYear ?key")
        add("indicator", "?thing pkg:hasIndicator ?key")
        add("policy", "?thing pkg:inPolicy ?key")
        add("comparator", "?thing pkg:comparator ?key")
        add("quantitative", "?thing a ?key VALUES ?key { pkg:QuantitativeTarget pkg:QualitativeTarget }")
        for keys in found.values():
            kinds = {f"{PKG}QuantitativeTarget": "true", f"{PKG}QualitativeTarget": "false"}
            keys["quantitative"] = {kinds[key] for key in keys.get("quantitative", ())}
            parsed = [self._reader.iris.parse(key) for key in keys.get("comparator", ())]
            keys["comparator"] = {each[1] for each in parsed if each}
        return found

    def _sectors(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Return by target the sectors of its scope, and those with all sectors for which a filter finds it."""
        served = self._pairs("?a pkg:servesSector ?b")
        broader = self._pairs("?a skos:broader ?b")
        sectors = {row["a"].value for row in self._reader.select("SELECT ?a WHERE { ?a a pkg:Sector }")}
        above: dict[str, frozenset[str]] = {}

        def upwards(thing: str) -> frozenset[str]:
            if thing not in above:
                seen, left = {thing}, [thing]
                while left:
                    new = broader.get(left.pop(), set()) - seen
                    seen |= new
                    left.extend(new)
                above[thing] = frozenset(seen & sectors)
            return above[thing]

        scopes = self._pairs("?a a pkg:Target ; pkg:scope ?b")
        within = {
            iri: {found for thing in scope for each in (thing, *served.get(thing, ())) for found in upwards(each)}
            for iri, scope in scopes.items()
        }
        return {iri: scope & sectors for iri, scope in scopes.items()}, within

    def _pairs(self, pattern: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in self._reader.select(f"SELECT ?a ?b WHERE {{ {pattern} }}"):
            found.setdefault(row["a"].value, set()).add(row["b"].value)
        return found

    def _numbers(self) -> dict[str, tuple[float | None, str]]:
        rows = self._reader.select(
            """SELECT ?thing ?number ?unit ?symbol WHERE {
                 ?thing a pkg:Target ; pkg:normalizedQuantity ?q . ?q qudt:numericValue ?number ; qudt:hasUnit ?unit
                 OPTIONAL { ?unit qudt:symbol ?symbol } }"""
        )
        return {
            row["thing"].value: (float(row["number"].value), row["symbol" if "symbol" in row else "unit"].value)
            for row in rows
        }

    def _unit_labels(self) -> dict[str, Labels]:
        rows = self._reader.select("SELECT ?symbol ?label WHERE { ?unit qudt:symbol ?symbol ; rdfs:label ?label }")
        found: dict[str, dict[str, str]] = {}
        for row in rows:
            found.setdefault(row["symbol"].value, {})[row["label"].language or "en"] = row["label"].value
        return dict(found)

    def _labels(self, iris: Sequence[str]) -> dict[str, Labels]:
        parts: Iterable[Sequence[str]] = (iris[at : at + _BATCH] for at in range(0, len(iris), _BATCH))
        return {iri: label for part in parts for iri, label in self._reader.names(part).items()}
