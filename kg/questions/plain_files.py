"""Rows as CSV (RFC 4180), for spreadsheets first: with a byte order mark, and no cell that one takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from kg.questions.answers import Value

_BOM: Final = "\ufeff"
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def comma_separated(columns: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> bytes:
    r"""Return rows below the names of their columns; a text that would be a formula has an apostrophe before it.

    >>> comma_separated(["a", "b"], [["=1+1", -1]])
    b"\xef\xbb\xbfa,b\r\n'=1+1,-1\r\n"
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return (_BOM + buffer.getvalue()).encode(errors="replace")


def _safe(value: Value | None) -> Value | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
