"""`/`: what this is, what the policy wants by when, which sectors it touches, and where everything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.dataset import DatasetDescription
from api.exchange import Exchange
from api.views import figure_of
from api.words import COLLECTION_WORDS
from kg.kinds import KINDS
from kg.terms import sparql_prologue

SHOWN_TARGETS: Final = 12
"""How many targets of a year the time line shows; the rest is one link away."""
SHOWN_SECTORS: Final = 16
SHOWN_THINGS: Final = 60

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Year:
    """The targets that fall due in a year (None: no year is stated), those with numbers first."""

    year: int | None
    targets: tuple[tuple[Json, str], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A sector with the number of measures that touch it, and that number as a share of the largest, in percent."""

    address: str
    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection with some of its things (address and label), and how many there are."""

    name: str
    label: str
    total: int
    things: tuple[tuple[str, str], ...]


def home_content(exchange: Exchange) -> dict[str, Any]:
    """Return what the template of the first page shows."""
    described: DatasetDescription = exchange.request.app.state.dataset
    bars = _bars(exchange)
    return {
        "meta": exchange.snapshot.lookup.meta(),
        "dataset": described.block(exchange),
        "years": _years(exchange),
        "bars": bars[:SHOWN_SECTORS],
        "more_sectors": len(bars) - SHOWN_SECTORS,
        "collections": _collections(exchange),
    }


def _years(exchange: Exchange) -> list[Year]:
    """Return the targets by year, the numbers first; each as JSON with its figure."""
    found: dict[int | None, list[Json]] = {}
    for item in exchange.snapshot.lookup.things("target", {}, limit=1000).items:
        target = item.to_json()
        found.setdefault(target.get("deadline_year"), []).append(target)
    years = []
    for year, targets in sorted(found.items(), key=lambda pair: pair[0] or 9999):
        targets.sort(key=lambda target: (not target.get("quantitative"), target["id"]))
        shown = tuple((target, figure_of({**target, "deadline_year": None}, exchange.language)) for target in targets)
        years.append(Year(year, shown[:SHOWN_TARGETS], len(targets)))
    return years


def _bars(exchange: Exchange) -> list[Bar]:
    """Return the sectors that measures touch, the most touched first."""
    rows = exchange.snapshot.engine.select(
        f"""{sparql_prologue()}SELECT ?sector ?label ?n WHERE {{
          {{ SELECT ?sector (COUNT(DISTINCT ?measure) AS ?n) WHERE {{ ?measure pkg:touchesSector ?sector }}
             GROUP BY ?sector }}
          ?sector rdfs:label ?label . FILTER(LANG(?label) = "{exchange.language}")
        }} ORDER BY DESC(?n) ?label"""
    )
    most = max((int(row["n"].value) for row in rows), default=1)
    return [
        Bar(exchange.page_of(row["sector"].value), row["label"].value, count, round(100 * count / most, 1))
        for row in rows
        for count in [int(row["n"].value)]
    ]


def _collections(exchange: Exchange) -> list[Collection]:
    """Return each collection with its name and the first of its things."""
    rows = exchange.snapshot.engine.select(
        f"""{sparql_prologue()}SELECT ?class ?thing ?label WHERE {{
          VALUES ?class {{ {" ".join(f"<{kind.class_iri}>" for kind in KINDS)} }}
          ?thing a ?class ; rdfs:label ?label . FILTER(LANG(?label) = "{exchange.language}")
        }} ORDER BY ?thing"""
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if exchange.snapshot.iris.parse(row["thing"].value):
            address = exchange.page_of(row["thing"].value)
            found.setdefault(row["class"].value, []).append((address, row["label"].value))
    return [
        Collection(
            kind.collection,
            COLLECTION_WORDS[kind.collection].in_(exchange.language),
            len(things),
            tuple(things[:SHOWN_THINGS]),
        )
        for kind in KINDS
        for things in [found.get(kind.class_iri, [])]
    ]
