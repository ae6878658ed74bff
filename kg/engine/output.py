"""Where a worker writes an answer: counts rows and bytes as they pass, and stops at a limit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final, Protocol

from kg.engine.interface import ResultFormat
from kg.errors import LimitExceeded

_ROW_JSON: Final = re.compile(rb"[\[,]\{")
_TAIL: Final = 8


class Output(Protocol):
    """What an answer is written to."""

    def write(self, content: bytes, /) -> int:
        """Take a part of the answer, and return its length."""
        ...


class RowCounter:
    r"""Counts the rows of a table as its bytes pass by.

    The serialiser of the engine does not tell how many rows it has written, and to iterate in Python costs ten times
    the serialisation. So rows are told by what cannot stand inside a value of the format.

    >>> counter = RowCounter(ResultFormat.CSV)
    >>> for part in (b's,o\r\n1,"a\r', b'\nb"\r\n2,c\r\n'):
    ...     counter.pass_by(part)
    >>> counter.rows
    2
    """

    def __init__(self, format: ResultFormat) -> None:
        self.rows = -1 if format in {ResultFormat.CSV, ResultFormat.TSV} else 0  # they begin with the names
        self._count = {
            ResultFormat.XML: self._xml,
            ResultFormat.TSV: self._tsv,
            ResultFormat.CSV: self._csv,
            ResultFormat.JSON: self._json,
        }[format]
        self._tail = b""
        self._quoted = False

    def pass_by(self, content: bytes) -> None:
        """Count the rows that begin or end in a part."""
        self._count(content)

    def _xml(self, content: bytes) -> None:
        """Count `<result>`: in values, `<` is escaped."""
        whole = self._tail + content
        self.rows += whole.count(b"<result>")
        self._tail = whole[-(_TAIL - 1) :]

    def _tsv(self, content: bytes) -> None:
        """Count line ends: in values, they are escaped."""
        self.rows += content.count(b"\n")

    def _csv(self, content: bytes) -> None:
        """Count line ends outside quotes; a quote within quotes is doubled, so that parity tells."""
        for index, part in enumerate(content.split(b'"')):
            if index:
                self._quoted = not self._quoted
            if not self._quoted:
                self.rows += part.count(b"\n")

    def _json(self, content: bytes) -> None:
        """Count the objects that stand in an array, outside strings."""
        whole = self._tail + content
        cut = len(whole)
        while cut and whole[cut - 1 : cut] == b"\\":
            cut -= 1
        self._tail = whole[cut:]
        parts = whole[:cut].replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        outside = parts[1::2] if self._quoted else parts[::2]
        self._quoted ^= len(parts) % 2 == 0
        text = b'"'.join(outside)
        self.rows += len(_ROW_JSON.findall(text))
        if not self._quoted and not self._tail and text[-1:] in {b"[", b","}:
            self._tail = text[-1:]


class Limited:
    """Passes an answer on, and raises where it has more rows or bytes than are allowed."""

    def __init__(self, output: Output, *, max_rows: float = math.inf, max_bytes: float = math.inf) -> None:
        self._output = output
        self._max_rows = max_rows
        self._max_bytes = max_bytes
        self._counter: RowCounter | None = None
        self.rows = 0
        self.size = 0

    def count_rows_of(self, format: ResultFormat) -> None:
        """Count the rows of a table in this format, if there is a limit to them."""
        if self._max_rows != math.inf:
            self._counter = RowCounter(format)

    def rows_checker(self) -> Callable[[bytes], None]:
        """Return what counts the rows of a table in JSON that is on its way, and raises where there are too many.

        Raises:
            LimitExceeded: there are.
        """
        counter = RowCounter(ResultFormat.JSON)

        def check(content: bytes) -> None:
            counter.pass_by(content)
            if counter.rows > self._max_rows:
                raise LimitExceeded("rows", self._max_rows, "rows")

        return check if self._max_rows != math.inf else lambda _: None

    def write(self, content: bytes, /) -> int:
        """Pass a part on.

        Raises:
            LimitExceeded: the answer is too large.
        """
        self.size += len(content)
        if self._counter:
            self._counter.pass_by(content)
            self.rows = max(self._counter.rows, 0)
        self._check()
        return self._output.write(content)

    def flush(self) -> None:
        """Do nothing; the engine asks for it."""

    def count(self, rows: int = 1) -> None:
        """Count rows, or triples, that the engine does not serialise as a table.

        Raises:
            LimitExceeded: there are too many.
        """
        self.rows += rows
        self._check()

    def _check(self) -> None:
        if self.rows > self._max_rows:
            raise LimitExceeded("rows", self._max_rows, "rows")
        if self.size > self._max_bytes:
            raise LimitExceeded("bytes", self._max_bytes, "bytes")
