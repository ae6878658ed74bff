"""`/`: what this is, what the policy wants by when, which sectors it touches, and where everything is.

What is shown is read once a revision: the first page is opened more often than any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.dataset import DatasetDescription
from api.exchange import Exchange
from api.pages.some import Some
from api.state import PerRevision, Snapshot
from api.views import figure_of, text_in
from api.words import COLLECTION_WORDS
from kg.engine import Engine
from kg.kinds import KINDS
from kg.lookup import Labels, Lookup, leading_by_year
from kg.terms import sparql_prologue

SHOWN_TARGETS: Final = 12
"""How many targets of a year the time line shows; the rest is one link away."""
SHOWN_SECTORS: Final = 16
SHOWN_THINGS: Final = 60

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page shows of a revision, in both languages.

    `years` has targets as JSON by year (empty where none is stated), those with numbers first; `sectors` each sector
    that measures touch with their number, the most touched first; `collections` things by IRI and labels.
    """

    meta: Json
    years: Sequence[Some]
    sectors: Sequence[tuple[str, Labels, int]]
    collections: Sequence[Some]


@dataclass(frozen=True, slots=True)
class Bar:
    """A sector with the number of measures that touch it, and that number as a share of the largest, in percent."""

    address: str
    label: str
    count: int
    share: float


def overview_of(snapshot: Snapshot) -> Overview:
    """Return the overview of a revision."""
    engine = snapshot.engine
    return Overview(
        meta=snapshot.lookup.meta(),
        years=list(_years(snapshot.lookup)),
        sectors=list(_sectors(engine)),
        collections=[_collection(engine, kind.collection, kind.class_iri) for kind in KINDS],
    )


def home_content(exchange: Exchange) -> dict[str, Any]:
    """Return what the template of the first page shows."""
    described: DatasetDescription = exchange.request.app.state.dataset
    overviews: PerRevision[Overview] = exchange.request.app.state.overviews
    overview = overviews.of(exchange.snapshot)
    language = exchange.language
    most = max((count for _, _, count in overview.sectors), default=1)
    return {
        "meta": overview.meta,
        "dataset": described.block(exchange),
        "years": [(year, [(target, _figure(exchange, target)) for target in year.items]) for year in overview.years],
        "bars": [
            Bar(exchange.page_of(iri), text_in(label, language), count, round(100 * count / most, 1))
            for iri, label, count in overview.sectors[:SHOWN_SECTORS]
        ],
        "more_sectors": len(overview.sectors) - SHOWN_SECTORS,
        "collections": [
            (
                COLLECTION_WORDS[collection.key].in_(language),
                collection,
                [(exchange.page_of(iri), text_in(label, language)) for iri, label in collection.items],
            )
            for collection in overview.collections
        ],
    }


def _figure(exchange: Exchange, target: Json) -> str:
    return figure_of({**target, "deadline_year": None}, exchange.language)


def _years(lookup: Lookup) -> Iterator[Some]:
    """Yield the targets by year, the years in order, and last those without one."""
    for year in leading_by_year(lookup, SHOWN_TARGETS):
        yield Some([thing.to_json() for thing in year.things], year.total, year.year)


def _sectors(engine: Engine) -> Iterator[tuple[str, Labels, int]]:
    rows = engine.select(
        f"""{sparql_prologue()}SELECT ?sector ?label ?n WHERE {{
          {{ SELECT ?sector (COUNT(DISTINCT ?measure) AS ?n) WHERE {{ ?measure pkg:touchesSector ?sector }}
             GROUP BY ?sector }}
          ?sector rdfs:label ?label
        }} ORDER BY DESC(?n) ?sector"""
    )
    found: dict[str, tuple[dict[str, str], int]] = {}
    for row in rows:
        labels, _ = found.setdefault(row["sector"].value, ({}, int(row["n"].value)))
        labels.setdefault(row["label"].language or "en", row["label"].value)
    for iri, (labels, count) in found.items():
        yield iri, labels, count


def _collection(engine: Engine, name: str, class_iri: str) -> Some:
    """Return the first things of a class, by IRI; only these are read, however many there are."""
    counted = engine.select(f"SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE {{ ?thing a <{class_iri}> }}")
    rows = engine.select(
        f"""{sparql_prologue()}SELECT ?thing ?label WHERE {{
          {{ SELECT DISTINCT ?thing WHERE {{ ?thing a <{class_iri}> }} ORDER BY ?thing LIMIT {SHOWN_THINGS} }}
          ?thing rdfs:label ?label }} ORDER BY ?thing"""
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["thing"].value, {}).setdefault(row["label"].language or "en", row["label"].value)
    return Some(list(found.items()), int(counted[0]["n"].value), name)
