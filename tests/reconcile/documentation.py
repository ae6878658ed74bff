"""What docs/reconciliation.md shows: a table, the operations that are applied to it, and what comes of them."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "reconciliation.md").read_text(encoding="utf-8")
_RESULT = "| name | matched with | or to be chosen from | sectors | deadline |\n|---|---|---|---|---|\n"


def block(language: str) -> str:
    """Return the one block of code in a language, which may stand in a list."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return textwrap.dedent(found)


STEPS = TEXT.partition("## In OpenRefine")[2].partition("What comes of it")[0]
"""The steps of somebody who clicks."""

TABLE = block("csv")
OPERATIONS = block("json")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the result: what it was matched with, or may be chosen from, and what was added."""

    name: str
    matched: str
    likeliest: frozenset[str]
    sectors: tuple[str, ...]
    due: tuple[str, ...]


def rows() -> list[Row]:
    """Return the rows of the result that is shown."""
    _, _, rest = TEXT.partition(_RESULT)
    found = []
    for line in rest.partition("\n\n")[0].splitlines():
        name, matched, likeliest, sectors, due = (cell.strip() for cell in line.strip("|").split("|"))
        listed = tuple(filter(None, sectors.split(", "))), tuple(filter(None, due.split(", ")))
        found.append(Row(name, matched, frozenset(re.findall("`(.*?)`", likeliest)), *listed))
    return found
