"""What the page of the targets shows: the filters with their values, the columns, the rows in their groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.exchange import Exchange
from api.pages.target_chart import chart_of
from api.pages.target_files import MOST_IN_WORKBOOK
from api.pages.target_view import FIELD_WORDS, GROUP_WORDS, SORT_WORDS, Viewed, viewed
from api.views import figure_of, number
from api.words import Words
from kg.lookup import FACETS, THINGS, Comparison, Targets, collated

ROWS: Final = 200
"""Rows of a page of the table."""
OPTIONS: Final = 200
"""Values of a filter that are offered, those of most targets; any other may stand in the address."""
NAMED: Final = 60
"""Characters of a name in a list of values."""

Json = Mapping[str, Any]

_COLUMNS: Final[tuple[tuple[str, Words], ...]] = (
    ("value", Words("Figure", "数值")),
    ("label", Words("Target", "目标")),
    ("indicator", Words("Indicator", "指标")),
    ("deadline", Words("Deadline", "期限")),
    ("", Words("Scope", "范围")),
    ("", Words("Words of the source", "原文措辞")),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that may be chosen; `count` is None where it is not one of a filter."""

    value: str
    text: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A control of the form: a name, and the values; `more` of them are not shown."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `sorted` is the value of `aria-sort`; `address` sorts by it, or turns the order round."""

    key: str
    label: str
    sorted: str
    address: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A group as a page shows it: a heading where rows are grouped, how many rows there are in all, and these."""

    heading: str
    count: int
    continued: bool
    rows: tuple[tuple[Json, str, tuple[Json, ...]], ...]


def table_content(
    exchange: Exchange, targets: Targets, comparison: Comparison, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the template shows of the targets that were found."""
    view = viewed(exchange, targets, comparison, asked)
    pages = max(1, -(-comparison.entries // ROWS))
    page = min(view.asked["page"], pages)
    shows_table, shows_chart = view.asked["show"] != "chart", view.asked["show"] != "table"
    return {
        "view": view,
        "n": number,
        "known": len(targets.briefs),
        "total": len(comparison.briefs),
        "row_count": comparison.entries,
        "most_in_workbook": MOST_IN_WORKBOOK,
        "fields": [_field(view, name) for name in FACETS],
        "orders": [_order(view, "sort", SORT_WORDS), _order(view, "group", GROUP_WORDS)],
        "active": list(_active(view)),
        "columns": [_column(view, key, view.words(words)) for key, words in _COLUMNS],
        "groups": list(_groups(view, (page - 1) * ROWS)) if shows_table else [],
        "chart": chart_of(view) if shows_chart else None,
        "shows_table": shows_table,
        "first": (page - 1) * ROWS + 1,
        "last": min(page * ROWS, comparison.entries),
        "page": page,
        "pages": pages,
    }


def _field(view: Viewed, name: str) -> Field:
    chosen = view.comparison.chosen.get(name)
    options = view.comparison.facets[name]
    shown = sorted(options, key=lambda option: (option.key != chosen, -option.count))[:OPTIONS]
    choices = [
        Choice(view.value(name, option.key), _short(view.name(name, option.key)), option.count, option.key == chosen)
        for option in shown
    ]
    if name in THINGS:
        choices.sort(key=lambda choice: collated(choice.text, view.exchange.language))
    elif name == "deadline":
        choices.sort(key=lambda choice: choice.value)
    return Field(name, view.words(FIELD_WORDS[name]), tuple(choices), len(options) - len(shown))


def _order(view: Viewed, name: str, words: Mapping[str, Words]) -> Field:
    choices = (Choice(value, view.words(text), None, view.asked[name] == value) for value, text in words.items())
    return Field(name, view.words(FIELD_WORDS[name]), tuple(choices))


def _active(view: Viewed) -> Iterator[tuple[str, str, str]]:
    """Yield each filter that is set: its name, its value, and the address of the view without it."""
    for name, key in view.comparison.chosen.items():
        text = key if name == "q" else view.name(name, key)
        changes: dict[str, Any] = {name: None}
        yield view.words(FIELD_WORDS[name]), text, view.address(**changes)


def _column(view: Viewed, key: str, label: str) -> Column:
    if not key:
        return Column("", label, "", "")
    sort = view.asked["sort"]
    ways = {key: "ascending", f"-{key}": "descending"}
    other = f"-{key}" if sort == key else key
    return Column(key, label, ways.get(sort, "none"), view.address(sort=other))


def _groups(view: Viewed, start: int) -> Iterator[Rows]:
    shown = list(view.comparison.part(start, ROWS))
    iris = list(dict.fromkeys(brief.iri for group in shown for brief in group.briefs))
    things = view.exchange.snapshot.lookup.several("target", iris)
    targets: dict[str, Json] = {thing.iri: thing.to_json() for thing in things}
    wholes = {group.key: group.briefs for group in view.comparison.groups}
    group = view.asked["group"]
    for part in shown:
        whole = wholes[part.key]
        rows = tuple((targets[brief.iri], *_read(targets[brief.iri], view)) for brief in part.briefs)
        heading = "" if group == "none" else view.name(group, part.key)
        yield Rows(heading, len(whole), part.briefs[0] is not whole[0], rows)


def _read(target: Json, view: Viewed) -> tuple[str, tuple[Json, ...]]:
    """Return the figure of a target, and all clauses that state it or its deadline."""
    figure = figure_of({**target, "deadline_year": None}, view.exchange.language)
    clauses = {clause["iri"]: clause for clause in (*target["evidence"], *(target.get("deadline_evidence") or ()))}
    return figure, tuple(clauses.values())


def _short(text: str) -> str:
    return text if len(text) <= NAMED else f"{text[: NAMED - 1]}…"
