"""What is particular to each kind of thing: a target's number, a policy's declared counts, a concept's notations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from kg.engine import Term
from kg.lookup.reader import Description, Reader, values_of
from kg.lookup.things import Citation, Stated
from kg.terms import ELI, PKG, RDF, SKOS

_YEAR: Final = re.compile(r"-?[0-9]{4,}")
"""A year as xsd:gYear has it; a time zone may follow."""

Outgoing = Mapping[str, Sequence[Term]]


class Particulars:
    """Reads the values of the things of one description."""

    def __init__(self, reader: Reader, description: Description) -> None:
        """Read the quantities and deadlines that the things refer to, at once."""
        self.reader = reader
        self.description = description
        self.quantities, self.dates = self._referred()
        self._units = reader.names(unit for _, unit in self.quantities.values())

    def of(self, kind: str, iri: str) -> dict[str, Any]:
        """Return the values of a thing by the keys of its JSON."""
        outgoing = self.description.triples.outgoing.get(iri, {})
        by_kind: dict[str, Callable[[str, Outgoing], dict[str, Any]]] = {
            "target": self._target,
            "policy": self._policy,
            "measure": self._measure,
            "platform": self._place,
            "place": self._place,
            "sector": self._concept,
            "product": self._concept,
            "theme": self._concept,
        }
        return by_kind[kind](iri, outgoing) if kind in by_kind else {}

    def _referred(self) -> tuple[dict[str, tuple[float, str]], dict[str, tuple[str, int]]]:
        wanted = {
            term.value
            for outgoing in self.description.triples.outgoing.values()
            for name in ("quantity", "normalizedQuantity", "deadline")
            for term in outgoing.get(PKG + name, ())
        }
        if not wanted:
            return {}, {}
        values = values_of("s", sorted(wanted))
        quantities = {
            row["s"].value: (float(row["number"].value), row["unit"].value)
            for row in self.reader.select(
                f"SELECT ?s ?number ?unit WHERE {{ {values} ?s qudt:numericValue ?number ; qudt:hasUnit ?unit }}"
            )
        }
        dates = {
            row["s"].value: (row["date"].value, int(year[0]))
            for row in self.reader.select(
                f"SELECT ?s ?date ?year WHERE {{ {values} ?s time:inXSDDate ?date ; time:inXSDgYear ?year }}"
            )
            if (year := _YEAR.match(row["year"].value))
        }
        return quantities, dates

    @cached_property
    def _symbols(self) -> dict[str, str]:
        rows = self.reader.select("SELECT ?s ?symbol WHERE { ?s qudt:symbol ?symbol }")
        return {row["s"].value: row["symbol"].value for row in rows}

    def _stated(self, iri: str, outgoing: Outgoing, property_iri: str, convert: Callable[[str], Any]) -> Stated | None:
        for term in outgoing.get(property_iri, ()):
            return Stated(convert(term.value), self._evidence(iri, property_iri, term.value))
        return None

    def _evidence(self, iri: str, property_iri: str, value: str) -> tuple[Citation, ...]:
        return self.description.of_triples.get((iri, property_iri, value), ())

    def _stated_texts(self, iri: str, outgoing: Outgoing, property_iri: str) -> list[Stated]:
        """Pair the zh and en literals of a property by the clauses that they share, in the order of the source."""
        paired: dict[tuple[str, ...], tuple[dict[str, str], tuple[Citation, ...]]] = {}
        for term in sorted(outgoing.get(property_iri, ()), key=lambda term: term.language, reverse=True):
            evidence = self._evidence(iri, property_iri, term.value)
            found, _ = paired.setdefault(tuple(citation.iri for citation in evidence), ({}, evidence))
            found[term.language or "en"] = term.value
        return [Stated(found, evidence) for found, evidence in sorted(paired.values(), key=_position)]

    def _target(self, iri: str, outgoing: Outgoing) -> dict[str, Any]:
        names = self.description.names
        result: dict[str, Any] = {
            "quantitative": PKG + "QuantitativeTarget" in {term.value for term in outgoing.get(RDF + "type", ())},
            "comparator": None,
            "value": None,
            "unit": None,
            "unit_label": None,
            "value_normalized": None,
            "unit_normalized": None,
            "unit_normalized_label": None,
            "deadline": None,
            "deadline_year": None,
            "deadline_evidence": [],
        }
        for term in outgoing.get(PKG + "comparator", ()):
            result["comparator"] = (self.reader.iris.parse(term.value) or ("", term.value))[1]
        for suffix, name in (("", "quantity"), ("_normalized", "normalizedQuantity")):
            for term in outgoing.get(PKG + name, ()):
                number, unit = self.quantities[term.value]
                result[f"value{suffix}"] = int(number) if number.is_integer() and abs(number) < 1e15 else number
                result[f"unit{suffix}"] = self._symbols.get(unit, unit)
                label = names.get(unit) or self._units.get(unit)
                result[f"unit{suffix}_label"] = dict(label) if label else None
        for term in outgoing.get(PKG + "deadline", ()):
            result["deadline"], result["deadline_year"] = self.dates.get(term.value, (None, None))
            result["deadline_evidence"] = [
                citation.to_json() for citation in self._evidence(iri, PKG + "deadline", term.value)
            ]
        result["wording"] = "；".join(term.value for term in outgoing.get(PKG + "wording", ()))
        categories = self._stated(iri, outgoing, PKG + "scopeCategories", int)
        result["scope_categories"] = categories
        return result

    def _policy(self, iri: str, outgoing: Outgoing) -> dict[str, Any]:
        return {
            "published": self._stated(iri, outgoing, ELI + "date_publication", str),
            "declared_measures": self._stated(iri, outgoing, PKG + "declaredMeasures", int),
            "declared_aspects": self._stated(iri, outgoing, PKG + "declaredAspects", int),
            "purposes": [stated.to_json() for stated in self._stated_texts(iri, outgoing, PKG + "purpose")],
        }

    def _measure(self, iri: str, outgoing: Outgoing) -> dict[str, Any]:  # noqa: ARG002 - one signature for all kinds
        kinds = [self.reader.iris.parse(term.value) for term in outgoing.get(PKG + "measureKind", ())]
        return {"kind": kinds[0][1] if kinds and kinds[0] else None}

    def _place(self, iri: str, outgoing: Outgoing) -> dict[str, Any]:
        types = {term.value.removeprefix(PKG) for term in outgoing.get(RDF + "type", ())}
        stated = self._stated_texts(iri, outgoing, PKG + "positioning")
        return {
            "classes": sorted(types & {"ComputePlatform", "Platform", "PilotZone", "Place"}),
            "positioning": stated[0] if stated else None,
        }

    def _concept(self, iri: str, outgoing: Outgoing) -> dict[str, Any]:  # noqa: ARG002 - one signature for all kinds
        return {
            "notations": [
                {"scheme": term.datatype.removeprefix(PKG), "code": term.value}
                for term in outgoing.get(SKOS + "notation", ())
            ]
        }


def _position(item: tuple[dict[str, str], tuple[Citation, ...]]) -> tuple[str, int, int]:
    evidence = item[1]
    return (evidence[0].source, evidence[0].line, evidence[0].start) if evidence else ("", 0, 0)
