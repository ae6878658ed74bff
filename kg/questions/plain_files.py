"""Rows as CSV (RFC 4180) for people, who open it in a spreadsheet: with a byte order mark, and no formula.

All CSV that a page offers is written here. What programs ask for (`/sparql`, the questions, networks) is not: it has
the values as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.questions.answers import Value

_BOM: Final = "\ufeff"
_PIECE: Final = 1 << 18
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def comma_separated(columns: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> Iterator[bytes]:
    r"""Yield rows below the names of their columns, some hundred at a time.

    A text that would be a formula has an apostrophe before it.

    >>> b"".join(comma_separated(["a", "b"], [["=1+1", -1]]))
    b"\xef\xbb\xbfa,b\r\n'=1+1,-1\r\n"
    """
    buffer = io.StringIO(newline="")
    buffer.write(_BOM)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_safe(value) for value in row])
        if buffer.tell() > _PIECE:
            yield buffer.getvalue().encode(errors="replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode(errors="replace")


def _safe(value: Value | None) -> Value | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
