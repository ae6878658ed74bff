"""Finding things: an id, an IRI or a label to an IRI, and filters to the IRIs of a list."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Mapping

from kg.engine.interface import Row
from kg.errors import BadParameter, NotFound
from kg.kinds import KIND_BY_NAME
from kg.lookup.reader import Reader
from kg.terms import PKG, RDF

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


def folded(text: str) -> str:
    """Return a text as names are compared: NFKC, without case, spaces trimmed."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


class Finder:
    """Finds things of one revision."""

    def __init__(self, reader: Reader) -> None:
        """Find with a reader."""
        self.reader = reader

    def resolve(self, kind: str, wanted: str) -> str:
        """Return the IRI of the thing that an id, a full IRI or an exact label or alias names.

        Raises:
            NotFound: there is none, or a name has several; `nearest` are ids.
        """
        names = self._names(kind)
        parsed = self.reader.iris.parse(wanted)
        local = parsed[1] if parsed and parsed[0] == kind else wanted.removeprefix(f"{kind}/")
        candidate = self.reader.iris.mint(kind, local)
        if candidate in names:
            return candidate
        key = folded(wanted)
        matches = sorted(iri for iri, known in names.items() if key in known)
        if len(matches) == 1:
            return matches[0]
        raise NotFound(kind, wanted, [self._local(iri) for iri in matches] or self._nearest(wanted, names))

    def things(self, kind: str, filters: Mapping[str, str]) -> list[str]:
        """Return the IRIs of the things of a kind that pass the filters, in the order of the source, then by IRI."""
        patterns = [self._pattern(kind, name, value) for name, value in filters.items() if name not in {"touches", "q"}]
        rows = self.reader.select(
            f"""SELECT ?thing (MIN(STR(?source)) AS ?origin) (MIN(?line) AS ?first) (MIN(?start) AS ?begin) WHERE {{
              ?thing a <{KIND_BY_NAME[kind].class_iri}> . {" ".join(patterns)}
              OPTIONAL {{ ?evidence oa:hasBody ?thing ; oa:hasTarget ?clause .
                ?clause oa:hasSource ?passage ; oa:hasSelector/oa:start ?start .
                ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source }}
            }} GROUP BY ?thing"""
        )
        found = {row["thing"].value: _place(row) for row in rows if self.reader.iris.parse(row["thing"].value)}
        if "q" in filters:
            key, names = folded(filters["q"]), self._names(kind)
            found = {
                iri: place for iri, place in found.items() if any(key in name for name in names.get(iri, frozenset()))
            }
        if kind in {"measure", "target"}:
            return sorted(found, key=lambda iri: (*found[iri], iri))
        return sorted(found)

    def _pattern(self, kind: str, name: str, value: str) -> str:
        if name in RELATED.get(kind, {}):
            other, pattern = RELATED[kind][name]
            return pattern.format(self.resolve(other, value)) + " ."
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

    def _names(self, kind: str) -> dict[str, frozenset[str]]:
        class_iri = KIND_BY_NAME[kind].class_iri if kind in KIND_BY_NAME else PKG + kind
        names: dict[str, set[str]] = {}
        rows = self.reader.select(
            f"""SELECT ?thing ?name WHERE {{ ?thing <{RDF}type> <{class_iri}> .
                OPTIONAL {{ ?thing rdfs:label|skos:altLabel ?name }} }}"""
        )
        for row in rows:
            known = names.setdefault(row["thing"].value, set())
            if "name" in row:
                known.add(folded(row["name"].value))
        return {iri: frozenset(known) for iri, known in names.items()}

    def _local(self, iri: str) -> str:
        return (self.reader.iris.parse(iri) or ("", iri))[1]

    def _nearest(self, wanted: str, names: Mapping[str, frozenset[str]]) -> list[str]:
        by_name = {name: iri for iri, known in names.items() for name in known}
        by_name |= {self._local(iri): iri for iri in names}
        key = folded(wanted)
        close = difflib.get_close_matches(key, by_name, n=8, cutoff=0.6)
        close += [name for name in by_name if key and (key in name or (len(name) > 1 and name in key))]
        return list(dict.fromkeys(self._local(by_name[name]) for name in close))[:5]


def _place(row: Row) -> tuple[str, int, int]:
    """Return where a thing is first named: source, line, start; things that no source names come last."""
    if "first" not in row:
        return ("\U0010ffff", 0, 0)
    return row["origin"].value, int(row["first"].value), int(row["begin"].value)
