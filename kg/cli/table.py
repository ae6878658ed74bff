"""Query results as a table for a terminal, wide characters counted as two columns."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence

import click

from kg.engine import Engine, QueryRequest, ResultFormat
from kg.errors import UnsupportedFormat
from kg.iris import Iris

MAX_WIDTH = 60


def print_table(engine: Engine, request: QueryRequest, iris: Iris) -> bool:
    """Print the solutions of a SELECT or the answer to an ASK; False where the query gives a graph."""
    try:
        answer = engine.answer(request, ResultFormat.JSON, None)
    except UnsupportedFormat:
        return False
    found = json.loads(answer.content)
    if "boolean" in found:
        click.echo("true" if found["boolean"] else "false")
        return True
    names: list[str] = found["head"]["vars"]
    rows = [[_shown(row.get(name), iris) for name in names] for row in found["results"]["bindings"]]
    for line in lines(names, rows):
        click.echo(line)
    click.echo(f"{len(rows)} row{'s' if len(rows) != 1 else ''}", err=True)
    return True


def lines(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines.

    >>> lines(["sector"], [["医疗"], ["energy"]])
    ['sector', '──────', '医疗', 'energy']
    """
    widths = [max(width(row[column]) for row in [list(names), *rows]) for column in range(len(names))]
    shown = [names, ["─" * size for size in widths], *rows]
    return ["  ".join(_padded(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in shown]


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> width("AI 算力")
    7
    """
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, size: int) -> str:
    return text + " " * (size - width(text))


def _shown(binding: dict[str, str] | None, iris: Iris) -> str:
    if binding is None:
        return ""
    text = binding["value"].replace("\n", " ")
    if binding["type"] == "uri":
        return iris.short(text)
    while width(text) > MAX_WIDTH:
        text = text[: max(1, len(text) - 2)] + "…" if not text.endswith("…") else text[:-2] + "…"
    return text
