"""From the rows of an answer to what a page shows of each: a thing, its figure, what else is known, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.exchange import Exchange
from api.views import Outcome, figure_of, outcome_of
from api.words import Language, Words, key_words

Json = Mapping[str, Any]

_VALUES: Mapping[str, Words] = {
    "declared": Words("measures declared by the policy", "政策宣布的措施数"),
    "titled": Words("of them named in the source", "其中来源点名的措施数"),
    "provisions": Words("provisions stated in detail", "具体陈述的举措数"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a row: what it is called (empty where the thing itself says it), and texts or things."""

    name: str
    items: Sequence[str | Json]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A row as it is shown. `sides` tells of a comparison whether the first thing, and the second, has the fact."""

    thing: Json | None
    figure: str
    outcome: Outcome | None
    values: Sequence[Value]
    touches: Sequence[Json]
    evidence: Sequence[Json]
    only_named: bool
    sides: tuple[bool, bool] | None = None


def rows_of(answer: Json, exchange: Exchange) -> tuple[AnswerRow, ...]:
    """Return the rows of an answer of `/api/v1/resolve`."""
    return tuple(_row(row, exchange) for row in answer["rows"])


def _row(row: Json, exchange: Exchange) -> AnswerRow:
    values = row["values"]
    target = _target(row["thing"]["iri"], exchange) if "normalized" in values and row["thing"] else None
    is_fact = "relation" in values and "direction" in values
    return AnswerRow(
        thing=row["thing"],
        figure=figure_of(target, exchange.language) if target else "",
        outcome=outcome_of(target) if target else None,
        values=tuple(_fact(values) if is_fact else _values(values, exchange.language)),
        touches=row["touches"],
        # What is stated outright is read first.
        evidence=sorted(row["evidence"], key=lambda each: each["reading"] != "stated"),
        only_named=bool(row["evidence"]) and all(each["states"] == "name" for each in row["evidence"]),
        sides=(values["first"], values["second"]) if "first" in values else None,
    )


def _target(target: str, exchange: Exchange) -> Json | None:
    """Return a target with its whole figure: a row has the unit as a symbol, which English readers may not know."""
    found = exchange.snapshot.lookup.describe(target, concluded=False)
    return found.to_json() if found else None


def _fact(values: Json) -> Iterator[Value]:
    label = values["relation"]["label"]
    name = label if label else {"en": values["relation"]["iri"]}
    yield Value("", [{"label": name, "iri": ""}, *_items(values["value"])])


def _values(values: Json, language: Language) -> Iterator[Value]:
    if "normalized" in values:
        return
    for key, value in values.items():
        if items := _items(value):
            yield Value(_VALUES[key].in_(language) if key in _VALUES else key_words(key, language), items)


def _items(value: Any) -> list[str | Json]:
    if value is None:
        return []
    if isinstance(value, list):
        return [item for each in value for item in _items(each)]
    return [value if isinstance(value, Mapping) else str(value)]
