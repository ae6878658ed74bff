"""All targets of a revision by what they are compared by, read once: filtered and counted in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.engine import Term
from kg.errors import LimitExceeded
from kg.folding import folded
from kg.lookup.finder import Finder
from kg.lookup.reader import ALIAS
from kg.lookup.things import Labels
from kg.terms import PKG, RDF, RDFS

MAX_TARGETS: Final = 200_000
"""How many targets are compared: all of them are held in memory."""
FACETS: Final = ("deadline", "indicator", "sector", "comparator", "policy", "measure", "quantitative")
"""The filters of targets that have values to choose from; `q` beside them is any text."""
THINGS: Final = frozenset({"indicator", "sector", "policy", "measure"})
"""Those whose values are things."""

TYPE: Final = RDF + "type"
LABEL: Final = RDFS + "label"
DEADLINE: Final = PKG + "deadline"
SCOPE: Final = PKG + "scope"

_RELATIONS: Final = {
    "indicator": PKG + "hasIndicator",
    "policy": PKG + "inPolicy",
    "comparator": PKG + "comparator",
}
_KINDS: Final = {PKG + "QuantitativeTarget": "true", PKG + "QualitativeTarget": "false"}
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
        """Read them all.

        Raises:
            LimitExceeded: there are more than are compared.
        """
        self._finder = finder
        self._reader = finder.reader
        self._known_above: dict[str, frozenset[str]] = {}
        counted = self._reader.select("SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a pkg:Target }")
        if int(counted[0]["n"].value) > MAX_TARGETS:
            raise LimitExceeded("targets", MAX_TARGETS, "things")
        said = self._said()
        keys, within, numbers = self._keys(said), self._within(), self._numbers()
        self.briefs: Sequence[Brief] = [
            self._brief(iri, said[iri], keys[iri], within, numbers)
            for iri in finder.things("target", {})
            if iri in said
        ]
        others = {key for brief in self.briefs for facet in THINGS for key in (*brief.keys[facet], *brief.sectors)}
        self._names = self._labels(sorted(others))
        self.unit_labels = self._unit_labels()

    def label(self, iri: str) -> Labels:
        """Return what an indicator, a sector or a policy of a target is called."""
        return self._names.get(iri) or self._reader.reference(iri, self._reader.names([iri])).label

    def is_within(self, sector: str, other: str) -> bool:
        """Tell whether a sector is another one, or stands below it."""
        return other in self._above(sector)

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

    def _said(self) -> dict[str, dict[str, list[Term]]]:
        """Return what the graph says of each target, by property."""
        properties = ", ".join(f"<{name}>" for name in (TYPE, LABEL, ALIAS, *_RELATIONS.values(), DEADLINE, SCOPE))
        found: dict[str, dict[str, list[Term]]] = {}
        # A filter, and not VALUES: from those the engine would begin, with all labels of the graph.
        query = f"SELECT DISTINCT ?s ?p ?o WHERE {{ ?s a pkg:Target ; ?p ?o FILTER(?p IN ({properties})) }}"
        for row in self._reader.select(query):
            found.setdefault(row["s"].value, {}).setdefault(row["p"].value, []).append(row["o"])
        return found

    def _brief(
        self,
        iri: str,
        said: Mapping[str, Sequence[Term]],
        keys: dict[str, frozenset[str]],
        within: Mapping[str, frozenset[str]],
        numbers: Mapping[str, tuple[float, str]],
    ) -> Brief:
        scope = [term.value for term in said.get(SCOPE, ())]
        label = {term.language or "en": term.value for term in sorted(said.get(LABEL, ()), key=_by_language)}
        names = frozenset(folded(term.value) for name in (LABEL, ALIAS) for term in said.get(name, ()))
        value, unit = numbers.get(iri, (None, ""))
        return Brief(
            iri,
            label or self._reader.reference(iri, {}).label,
            names,
            keys | {"sector": frozenset(each for thing in scope for each in within.get(thing, ()))},
            tuple(sorted(thing for thing in scope if thing in self._all_sectors)),
            value,
            unit,
        )

    def _keys(self, said: Mapping[str, Mapping[str, Sequence[Term]]]) -> dict[str, dict[str, frozenset[str]]]:
        """Return, by target and filter, the values for which the filter finds it; those of sectors come later."""
        years: dict[str, set[str]] = {}
        for row in self._reader.select("SELECT ?day ?year WHERE { ?day time:inXSDgYear ?year }"):
            years.setdefault(row["day"].value, set()).add(row["year"].value)
        measures = self._pairs("?a a pkg:Target . ?b a pkg:Measure ; pkg:hasTarget ?a")
        parse = self._reader.iris.parse
        result = {}
        for iri, terms in said.items():
            values = {name: {term.value for term in terms.get(name, ())} for name in (*_RELATIONS.values(), TYPE)}
            comparators = (parse(each) for each in values[_RELATIONS["comparator"]])
            days = (term.value for term in terms.get(DEADLINE, ()))
            result[iri] = {
                "deadline": frozenset(year for day in days for year in years.get(day, ())),
                "indicator": frozenset(values[_RELATIONS["indicator"]]),
                "policy": frozenset(values[_RELATIONS["policy"]]),
                "comparator": frozenset(each[1] for each in comparators if each),
                "measure": frozenset(measures.get(iri, ())),
                "quantitative": frozenset(_KINDS[each] for each in values[TYPE] if each in _KINDS),
            }
        return result

    def _within(self) -> dict[str, frozenset[str]]:
        """Return, for whatever a scope may name, the sectors by which a filter finds it: see `RELATED`."""
        served = self._pairs("?a pkg:servesSector ?b")
        self._broader = self._pairs("?a skos:broader ?b")
        self._all_sectors = frozenset(self._pairs("?a a pkg:Sector BIND(?a AS ?b)"))
        scopes = {thing for things in self._pairs("?a a pkg:Target ; pkg:scope ?b").values() for thing in things}
        return {
            thing: frozenset(found for each in (thing, *served.get(thing, ())) for found in self._above(each))
            for thing in scopes
        }

    def _above(self, thing: str) -> frozenset[str]:
        """Return a sector and those above it; of what is no sector, those above it alone."""
        if thing not in self._known_above:
            seen, left = {thing}, [thing]
            while left:
                new = self._broader.get(left.pop(), set()) - seen
                seen |= new
                left.extend(new)
            self._known_above[thing] = frozenset(seen & self._all_sectors)
        return self._known_above[thing]

    def _pairs(self, pattern: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in self._reader.select(f"SELECT ?a ?b WHERE {{ {pattern} }}"):
            found.setdefault(row["a"].value, set()).add(row["b"].value)
        return found

    def _numbers(self) -> dict[str, tuple[float, str]]:
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


def _by_language(term: Term) -> tuple[str, str]:
    """Order labels as the reader of names does: zh before en, and of several the last."""
    return ("0" if term.language == "zh" else "1", term.value)
