"""Targets to take along: the rows of the table with all that is known of each, as CSV and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from api.exchange import Exchange
from api.views import text_in
from kg.errors import LimitExceeded
from kg.lookup import Comparison, Targets
from kg.questions import Value, comma_separated, written

Json = Mapping[str, Any]

GROUP_COLUMNS: Final = ("group_zh", "group_en")
"""The first columns where the rows are grouped; a target has a row in each group to which it belongs."""
COLUMNS: Final = (
    *("id", "iri", "label_zh", "label_en", "quantitative", "comparator", "value", "unit"),
    *("value_normalized", "unit_normalized", "deadline", "deadline_year"),
    *("indicator", "indicator_zh", "indicator_en", "sectors", "sectors_zh", "sectors_en", "scope"),
    *("measures", "measures_zh", "measures_en", "policy", "policy_zh", "policy_en", "wording"),
    *("quote", "source", "line", "start", "end", "reading", "url", "clause", "clauses"),
)
"""Names are those of the JSON of a target; several things in a cell are parted by `; `. The clause is the first of
those that state the target, and `clauses` has the IRIs of all of them."""

MOST_IN_WORKBOOK: Final = 10_000
"""Rows of a workbook, which is made whole before it is sent; CSV is sent as it is written, and has all."""

_BATCH: Final = 500
_LANGUAGES: Final = ("zh", "en")
_CLAUSE: Final = ("quote", "source", "line", "start", "end", "reading", "url")


def csv_of(exchange: Exchange, targets: Targets, comparison: Comparison, group: str) -> Iterator[bytes]:
    """Yield the rows as CSV, piece by piece."""
    return comma_separated(_columns(group), _rows(exchange, targets, comparison, group))


def workbook_of(
    exchange: Exchange, targets: Targets, comparison: Comparison, group: str, asked: Mapping[str, str]
) -> bytes:
    """Return the rows as a workbook, whose second sheet says what was asked.

    Raises:
        LimitExceeded: there are more rows than a workbook is made of.
    """
    if comparison.entries > MOST_IN_WORKBOOK:
        raise LimitExceeded("rows", MOST_IN_WORKBOOK, "rows")
    about: list[tuple[str, Value]] = [(name, value) for name, value in asked.items()]
    about += [("targets", len(comparison.briefs)), ("rows", comparison.entries)]
    about += [("revision", exchange.snapshot.revision.id)]
    rows = _rows(exchange, targets, comparison, group)
    return written(("targets", _columns(group), rows), ("about", about))


def _columns(group: str) -> Sequence[str]:
    return COLUMNS if group == "none" else (*GROUP_COLUMNS, *COLUMNS)


def _rows(exchange: Exchange, targets: Targets, comparison: Comparison, group: str) -> Iterator[list[Value | None]]:
    """Yield the rows in their order; things are read some hundred at a time, and none is kept."""
    entries = [(found.key, brief.iri) for found in comparison.groups for brief in found.briefs]
    for at in range(0, len(entries), _BATCH):
        part = entries[at : at + _BATCH]
        iris = list(dict.fromkeys(iri for _, iri in part))
        things = dict(zip(iris, exchange.snapshot.lookup.several("target", iris), strict=True))
        for key, iri in part:
            first = [] if group == "none" else [_group_name(targets, key, group, each) for each in _LANGUAGES]
            yield [*first, *_row(things[iri].to_json())]


def _group_name(targets: Targets, key: str, group: str, language: str) -> str:
    if not key or group in {"deadline", "comparator"}:
        return key
    return text_in(targets.label(key), "zh" if language == "zh" else "en")


def _row(target: Json) -> list[Value | None]:
    indicators = [target["indicator"]] if target["indicator"] else []
    policies = [target["policy"]] if target["policy"] else []
    sectors = [each for each in target["scope"] if each["type"] == "sector"]
    clause: Json = target["evidence"][0] if target["evidence"] else {}
    cells: dict[str, Value | None] = {
        "label_zh": target["label"].get("zh"),
        "label_en": target["label"].get("en"),
        **_named("indicator", indicators),
        **_named("sectors", sectors),
        "scope": _joined([f"{each['type']}/{each['id']}" for each in target["scope"]]),
        **_named("measures", target["measures"]),
        **_named("policy", policies),
        **{name: clause.get(name) for name in _CLAUSE},
        "clause": clause.get("iri"),
        "clauses": _joined([each["iri"] for each in target["evidence"]]),
    }
    return [cells[name] if name in cells else target.get(name) for name in COLUMNS]


def _named(name: str, things: Sequence[Json]) -> dict[str, Value | None]:
    """Return the cells of things: their ids, and their names in both languages."""
    names = {f"{name}_{lang}": _joined([each["label"].get(lang, "") for each in things]) for lang in _LANGUAGES}
    return {name: _joined([each["id"] for each in things]), **names}


def _joined(texts: Sequence[str]) -> str | None:
    return "; ".join(texts) or None
