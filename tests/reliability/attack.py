"""What an attack is: a query or raw bytes, what it aims at, and what an honest service may do with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Aim = Literal["time", "memory", "rows", "bytes", "length", "nesting", "network", "crash", "disk", "protocol"]
Right = Callable[[bytes, int], bool]
"""Tells of the body of a 200, and the number of triples of the data set, whether it is the right answer."""

Raw = Callable[[str, str], Iterable[bytes]]
"""The bytes of a request to a host and a path, in the order in which they are sent."""

TABLE = "application/sparql-results+json"
GRAPH = "application/n-triples"
CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile request.

    `{listener}` in the text stands for the address of a local web server that nobody may ask. `limits` are the limits
    that a refusal of ours may name. `operation` is how the text is sent: as query, as update, or as a query with
    further parameters. `closes` tells that a server may also close the connection, since the request is not HTTP.
    """

    name: str
    aims: tuple[Aim, ...]
    text: str = ""
    right: Right | None = None
    limits: tuple[str, ...] = ("time", "memory")
    accept: str = TABLE
    operation: Literal["query", "update"] = "query"
    parameters: tuple[tuple[str, str], ...] = ()
    raw: Raw | None = None
    closes: bool = False

    def __str__(self) -> str:
        return self.name


def nested(before: str, after: str, times: int, within: str) -> str:
    """Return a text with a text before and after it, so many times."""
    return before * times + within + after * times


def rows_of(body: bytes) -> list[dict[str, str]]:
    """Return the rows of an answer in JSON, each term as its text."""
    return [
        {name: term["value"] for name, term in row.items()}
        for row in json.loads(body.decode("utf-8", "surrogatepass"))["results"]["bindings"]
    ]


def counts(expected: Callable[[int], int]) -> Right:
    """Return a check that the only row's ?n is a function of the number of triples."""

    def right(body: bytes, triples: int) -> bool:
        rows = rows_of(body)
        return len(rows) == 1 and rows[0].get("n") == str(expected(triples))

    return right


def has_rows(expected: Callable[[int], int]) -> Right:
    """Return a check of the number of rows."""

    def right(body: bytes, triples: int) -> bool:
        return len(rows_of(body)) == expected(triples)

    return right


def says(value: bool) -> Right:
    """Return a check of the answer of an ASK."""

    def right(body: bytes, _: int) -> bool:
        return json.loads(body).get("boolean") is value

    return right


def problem_with(media_type: str, body: bytes) -> str:
    """Return why the body of a 200 is not a whole document of its media type, or an empty text."""
    kind = media_type.partition(";")[0].strip().lower()
    try:
        if kind.endswith("json"):
            json.loads(body.decode("utf-8", "surrogatepass"))
        elif kind == GRAPH and body and not body.rstrip(b" \r\n").endswith(b"."):
            return "the last triple is cut"
        elif kind == CSV:
            widths = {len(row) for row in csv.reader(io.StringIO(body.decode("utf-8"))) if row}
            return "rows of different width" if len(widths) > 1 else ""
    except (ValueError, RecursionError, csv.Error) as error:
        return f"{type(error).__name__}: {str(error)[:80]}"
    return ""
