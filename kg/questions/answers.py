"""Answers as tables: from SPARQL 1.1 Query Results JSON to columns and typed values."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any, Final, Literal

from kg.engine import Term
from kg.engine.interface import Row
from kg.lookup import Lookup, Reference
from kg.lookup.citing import Cited
from kg.terms import XSD

Value = str | int | float | bool | datetime.date
Kind = Literal["thing", "text", "integer", "number", "boolean", "date", "mixed", "empty"]

EVIDENCE: Final = "evidence"
"""The member of each row with its clauses, and so no column's name."""

MOST_CITED: Final = 500
"""How many rows have their clauses with them."""

PRECISE: Final = 15
"""Digits of a number that a spreadsheet, and a number of JSON, keep."""

_SIGNED: Final = ("integer", "long", "int", "short", "byte", "nonPositiveInteger", "negativeInteger")
_UNSIGNED: Final = (
    "nonNegativeInteger",
    "positiveInteger",
    "unsignedLong",
    "unsignedInt",
    "unsignedShort",
    "unsignedByte",
)
_NUMBERS: Final = frozenset(XSD + name for name in (*_SIGNED, *_UNSIGNED, "decimal", "double", "float"))
_YEAR: Final = re.compile(r"-?[0-9]{4,6}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False}
_KINDS: Final[Mapping[type, Kind]] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    datetime.date: "date",
    str: "text",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `kind` is that of its values, `language` the one that they are all in."""

    name: str
    kind: Kind
    language: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the column as JSON."""
        return {"name": self.name, "kind": self.kind, "language": self.language or None}


@dataclass(frozen=True, slots=True)
class Table:
    """The solutions of a query, in order; an unbound variable is None."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    @property
    def solutions(self) -> list[Row]:
        """The rows as solutions: variable → term, without those that are unbound."""
        names = [column.name for column in self.columns]
        return [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in self.rows]

    def to_json(self, lookup: Lookup, cited: Sequence[Sequence[Cited]]) -> dict[str, Any]:
        """Return columns and rows as JSON: things as references with their labels, literals as typed values.

        `evidence` of a row has its clauses; it is null for the rows that have none in `cited`.
        """
        iris = {term.value for row in self.rows for term in row if term is not None and term.kind == "iri"}
        names = lookup.reader.names(iris)
        known: dict[str, dict[str, Any]] = {iri: _shown(lookup.reader.reference(iri, names), names) for iri in iris}
        return {
            "columns": [column.to_json() for column in self.columns],
            "rows": [
                {column.name: _cell(term, known) for column, term in zip(self.columns, row, strict=True)}
                | {EVIDENCE: [each.to_json() for each in clauses] if clauses is not None else None}
                for row, clauses in zip_longest(self.rows, cited)
            ],
            "total": len(self.rows),
        }


def table_of(content: bytes) -> Table:
    """Return the table that SPARQL JSON holds."""
    found = json.loads(content)
    names: list[str] = found["head"]["vars"]
    rows = tuple(
        tuple(_term(binding[name]) if name in binding else None for name in names)
        for binding in found["results"]["bindings"]
    )
    return Table(tuple(_column(name, [row[place] for row in rows]) for place, name in enumerate(names)), rows)


def value_of(term: Term) -> Value:
    """Return a term as a typed value; what a number of a spreadsheet would change stays text.

    >>> value_of(Term("literal", "60.0", datatype=XSD + "decimal"))
    60
    >>> value_of(Term("literal", "12345678901234567", datatype=XSD + "integer"))
    '12345678901234567'
    """
    text = term.value
    if term.datatype in _NUMBERS:
        return _number(text)
    if term.datatype == XSD + "gYear" and _YEAR.fullmatch(text):
        return int(text)
    if term.datatype == XSD + "boolean":
        return _BOOLEANS.get(text, text)
    return _date(text) if term.datatype == XSD + "date" else text


def _date(text: str) -> datetime.date | str:
    try:
        return datetime.date.fromisoformat(text) if _DATE.fullmatch(text) else text
    except ValueError:
        return text


def _number(text: str) -> int | float | str:
    try:
        exact = Decimal(text)
    except InvalidOperation:  # INF
        return text
    if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > PRECISE:
        # A double has 17 digits in full; the same double must come back.
        return float(text) if exact.is_finite() and Decimal(repr(float(text))) == exact else text
    if exact == exact.to_integral_value() and abs(exact.adjusted()) <= 30:
        return int(exact)
    number = float(text)
    return number if Decimal(repr(number)) == exact else text


def _term(found: Mapping[str, str]) -> Term:
    kinds: dict[str, Literal["iri", "literal", "blank"]] = {"uri": "iri", "bnode": "blank"}
    kind = kinds.get(found["type"], "literal")
    return Term(kind, found["value"], found.get("xml:lang", ""), found.get("datatype", ""))


def _column(name: str, terms: Sequence[Term | None]) -> Column:
    present = [term for term in terms if term is not None]
    kinds = {"thing" if term.kind == "iri" else _KINDS[type(value_of(term))] for term in present}
    languages = {term.language for term in present}
    kind: Kind = "number" if kinds == {"integer", "number"} else next(iter(kinds)) if len(kinds) == 1 else "mixed"
    return Column(name, kind if kinds else "empty", languages.pop() if len(languages) == 1 else "")


def _shown(reference: Reference, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return a reference as JSON; what has no label is an address and no more."""
    return reference.to_json() if reference.iri in names else {"iri": reference.iri}


def _cell(term: Term | None, known: Mapping[str, dict[str, Any]]) -> Any:
    if term is None:
        return None
    if term.kind == "iri":
        return known[term.value]
    value = value_of(term)
    return value.isoformat() if isinstance(value, datetime.date) else value
