"""Tables as workbooks of Excel (Office Open XML): a sheet with the rows, and one that says what was asked.

openpyxl takes a fifth of a second to load; whoever makes no workbook does not pay for it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from kg.questions.answers import Table, Value, value_of
from kg.questions.asking import Asked

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST: Final = 32_767
"""Characters of a cell at most; Excel has no room for more."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an archive can have."""

_TIME: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_WIDEST: Final = 60
_SAMPLE: Final = 200


def workbook(table: Table, asked: Asked, revision: str) -> bytes:
    """Return a workbook with the rows of a table, and with question, parameters, revision and SPARQL."""
    names = [column.name for column in table.columns]
    rows = ([None if term is None else value_of(term) for term in row] for row in table.rows)
    return written(("answer", names, rows), ("question", _about(table, asked, revision)))


def written(
    answer: tuple[str, Sequence[str], Iterable[Sequence[Value | None]]],
    about: tuple[str, Iterable[tuple[str, Value]]],
) -> bytes:
    """Return a workbook with a sheet of rows below the names of their columns, and one that says what they are.

    Texts are texts, whatever they begin with: no cell is a formula. What XML cannot hold is written as U+FFFD, and what
    is longer than a cell may be ends with an ellipsis.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - see the top of this file

    book = Workbook(write_only=True)
    name, columns, rows = answer
    sheet, left = book.create_sheet(name), iter(rows)
    sample = list(islice(left, _SAMPLE))
    _widen(sheet, [columns, *([_text(value) for value in row] for row in sample)])
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, column, bold=True) for column in columns])
    for row in chain(sample, left):
        sheet.append([None if value is None else _cell(sheet, value) for value in row])
    other = book.create_sheet(about[0])
    other.column_dimensions["A"].width, other.column_dimensions["B"].width = 24, 100
    for key, value in about[1]:
        other.append([_cell(other, key, bold=True), _cell(other, value, wrap=True)])
    buffer = io.BytesIO()
    book.save(buffer)
    return _timeless(buffer)


def _timeless(written: io.BytesIO) -> bytes:
    """Return a workbook without the time at which it was written: the same answer is the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _TIME.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _about(table: Table, asked: Asked, revision: str) -> Iterable[tuple[str, Value]]:
    yield "question", asked.question.slug
    yield "question.zh", asked.words["zh"]
    yield "question.en", asked.words["en"]
    for choice in asked.choices:
        name = f"parameter.{choice.parameter.name}"
        if choice.thing is not None:
            yield name, choice.thing.iri
            yield f"{name}.zh", choice.words["zh"]
            yield f"{name}.en", choice.words["en"]
        else:
            yield name, choice.to_json() if choice.value is not None else "*"
    yield "revision", revision
    yield "rows", len(table.rows)
    yield "sparql", asked.sparql


def _cell(sheet: Any, value: Value, *, bold: bool = False, wrap: bool = False) -> WriteOnlyCell:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    cell = WriteOnlyCell(sheet, _fitting(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    if bold:
        cell.font = Font(bold=True)
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _fitting(text: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _text(value: Value | None) -> str:
    return "" if value is None else str(value)


def _widen(sheet: Any, rows: Sequence[Sequence[str]]) -> None:
    """Make columns as wide as what stands in them, a wide character counted as two."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for place, cells in enumerate(zip(*rows, strict=True), start=1):
        widest = max(sum(2 if ord(character) > 0x2E80 else 1 for character in cell) for cell in cells)
        sheet.column_dimensions[get_column_letter(place)].width = min(_WIDEST, widest + 2)
