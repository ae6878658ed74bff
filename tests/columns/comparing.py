"""Whether the columns answer as Oxigraph does: rows as a bag, and in the order that the query asks for."""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg.columns import Columns, Refused
from kg.columns.answering import solutions
from kg.columns.parsing import parse
from kg.columns.tables import Tables
from kg.columns.writing import write_json
from kg.engine import EmbeddedEngine, QueryRequest, ResultFormat
from kg.engine.output import Limited
from kg.errors import QueryError
from kg.terms import XSD

NUMERIC = {f"{XSD}{name}" for name in ("integer", "decimal", "double")}
DOUBLE = f"{XSD}double"
Cell = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Both:
    """An engine, and the columns of what it holds."""

    engine: EmbeddedEngine
    tables: Tables
    columns: Columns

    @classmethod
    def of(cls, engine: EmbeddedEngine) -> Both:
        lines = engine.merged_lines()
        assert lines is not None
        tables = Tables.of(lines)
        return cls(engine, tables, Columns(tables))

    def taken(self, query: str) -> bytes | None:
        """Return the answer of the columns to an analytical query, None where they refuse."""
        output = io.BytesIO()
        if self.columns.write_json(query, Limited(output)) == "answered":
            return output.getvalue()
        assert output.getvalue() == b""
        return None

    def whatever(self, query: str) -> bytes | None:
        """Return the answer of the columns to any query, None where they refuse."""
        output = io.BytesIO()
        try:
            write_json(solutions(self.tables, parse(query)), Limited(output))
        except Refused:
            return None
        return output.getvalue()

    def expected(self, query: str) -> bytes | None:
        """Return the answer of the engine, None where it has none."""
        output = io.BytesIO()
        try:
            self.engine.write_answer(QueryRequest(query), ResultFormat.JSON, None, Limited(output))
        except QueryError:
            return None
        return output.getvalue()

    def difference(self, query: str, order: Sequence[str] = ()) -> str | None:
        """Return how the answers differ; empty where they do not, and None where the columns refuse.

        `order` are variables that the query orders by, first to last, whichever way.
        """
        taken = self.taken(query)
        return None if taken is None else differing(taken, self.expected(query), order)


def differing(taken: bytes, expected: bytes | None, order: Sequence[str] = ()) -> str:
    """Return how two answers differ, empty where they do not."""
    if taken == expected:
        return ""
    if expected is None:
        return f"the engine has no answer, the columns have {taken[:500]!r}"
    ours, theirs = json.loads(taken), json.loads(expected)
    if ours["head"] != theirs["head"]:
        return f"heads {ours['head']} instead of {theirs['head']}"
    found, wanted = ([_row(row) for row in answer["results"]["bindings"]] for answer in (ours, theirs))
    more, missing = Counter(found) - Counter(wanted), Counter(wanted) - Counter(found)
    if more or missing:
        return f"more {list(more)[:5]}, missing {list(missing)[:5]}"
    if [_keys(row, order) for row in found] != [_keys(row, order) for row in wanted]:
        return f"order {found[:8]} instead of {wanted[:8]}"
    return ""


def _row(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    return tuple(sorted(_cell(name, term) for name, term in row.items()))


def _cell(name: str, term: Mapping[str, str]) -> Cell:
    """Return a cell; of doubles, ten digits: how sums are rounded is not determined (see `kg.columns.grouping`)."""
    value, datatype = term["value"], term.get("datatype", "")
    if datatype == DOUBLE and math.isfinite(float(value)):
        value = f"{float(value):.10g}"
    return name, term["type"], value, datatype, term.get("xml:lang", "")


def _keys(row: tuple[Cell, ...], order: Sequence[str]) -> list[object]:
    cells = {cell[0]: cell for cell in row}
    return [_order_value(cells.get(name)) for name in order]


def _order_value(cell: Cell | None) -> object:
    """Return what a cell is ordered by: 1 and 1.0 are equal, and may come in either order."""
    if cell is not None and cell[3] in NUMERIC:
        return Decimal(cell[2])
    return cell
