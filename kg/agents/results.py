"""The first rows of an answer, however large it is: read from its bytes, or from its file, as far as they are shown."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Iterator
from typing import Any, Final

from kg.engine import Term, triples_of
from kg.errors import LimitExceeded
from kg.terms import XSD
from kg.workers.pool import Answered

MOST_READ: Final = 16 << 20
"""Bytes of an answer that are read for its first rows."""

_CHUNK: Final = 1 << 18
_LIST: Final = '"bindings":['


def read_rows(answer: Answered, limit: int) -> tuple[list[str], list[dict[str, Term]]]:
    """Return the variables and the first rows of a table in SPARQL JSON, as the engine writes it.

    Raises:
        LimitExceeded: these rows are larger than what is read.
    """
    text = _Text(answer)
    start = text.find(_LIST)
    header = json.loads(text.read[: start + len(_LIST)] + "]}}")
    variables = [str(name) for name in header["head"]["vars"]]
    rows: list[dict[str, Term]] = []
    position = start + len(_LIST)
    while len(rows) < limit:
        row, position = text.item(position)
        if row is None:
            break
        rows.append({name: _term(value) for name, value in row.items()})
    return variables, rows


def read_triples(answer: Answered, limit: int) -> list[dict[str, Term]]:
    """Return the first triples of a graph in N-Triples, as rows.

    Raises:
        LimitExceeded: they are larger than what is read.
    """
    text = _Text(answer)
    lines: list[str] = []
    for line in text.lines():
        if len(lines) == limit:
            break
        if line.strip():
            lines.append(line)
    triples = triples_of(lines)
    return [{"subject": subject, "predicate": Term("iri", name), "object": value} for subject, name, value in triples]


def read_boolean(answer: Answered) -> bool:
    """Return the answer of ASK."""
    return bool(json.loads(_Text(answer).whole())["boolean"])


class _Text:
    """Text that is read as far as it is needed."""

    def __init__(self, answer: Answered) -> None:
        self._answer = answer
        self._offset = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.read = ""

    def more(self) -> bool:
        """Read on, as much as has been read already; tell whether there was more.

        Who looks for an end that is not there yet begins anew each time: that would be quadratic in equal pieces.

        Raises:
            LimitExceeded: there is more than what is read.
        """
        if self._offset >= min(self._answer.size, MOST_READ):
            if self._offset < self._answer.size:
                raise LimitExceeded("bytes", MOST_READ, "bytes")
            return False
        chunk = self._chunk(min(max(_CHUNK, self._offset), MOST_READ - self._offset))
        self._offset += len(chunk)
        self.read += self._decoder.decode(chunk, final=self._offset >= self._answer.size)
        return bool(chunk)

    def _chunk(self, length: int) -> bytes:
        if self._answer.descriptor < 0:
            return self._answer.content[self._offset : self._offset + length]
        return os.pread(self._answer.descriptor, length, self._offset)

    def find(self, mark: str) -> int:
        while (place := self.read.find(mark)) < 0:
            if not self.more():
                raise ValueError(f"no {mark} in an answer")
        return place

    def item(self, position: int) -> tuple[dict[str, Any] | None, int]:
        """Return the object at a place of a JSON list, and the place behind it; None at the end of the list."""
        decoder = json.JSONDecoder()
        while True:
            while position < len(self.read) and self.read[position] in ", \n":
                position += 1
            if self.read.startswith("]", position):
                return None, position
            try:
                value, end = decoder.raw_decode(self.read, position)
                return value, end
            except json.JSONDecodeError:
                if not self.more():
                    raise

    def lines(self) -> Iterator[str]:
        position = 0
        while True:
            end = self.read.find("\n", position)
            if end < 0:
                if self.more():
                    continue
                yield self.read[position:]
                return
            yield self.read[position:end]
            position = end + 1

    def whole(self) -> str:
        while self.more():
            pass
        return self.read


def _term(value: dict[str, Any]) -> Term:
    if value["type"] == "uri":
        return Term("iri", str(value["value"]))
    if value["type"] == "bnode":
        return Term("blank", str(value["value"]))
    datatype = str(value.get("datatype", ""))
    text = value["value"] if isinstance(value["value"], str) else json.dumps(value["value"], ensure_ascii=False)
    return Term("literal", text, str(value.get("xml:lang", "")), "" if datatype == XSD + "string" else datatype)
