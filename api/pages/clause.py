"""The page of a clause: the quotation, where it stands, what it states, and the clauses around it.

The text of the source itself is not in the graph: what is shown of a line are the clauses that something rests on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.exchange import Exchange
from api.pages.quoting import outermost
from api.parameters import LINKS
from kg.lookup import Thing
from kg.lookup.clauses import clauses_of

AROUND: Final = 3
"""How many clauses before it, and how many after it, a page shows."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A clause of the same line; `within` parts the one that has the clause in it: before, itself, after."""

    clause: Json
    within: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class ClauseView:
    """What the page of a clause shows. `stated` has each thing that it says something of, with the facts."""

    json: Json
    source: Json
    publishers: Sequence[Json]
    issued: str
    passage: Json | None
    stated: Sequence[tuple[Json, Sequence[Json]]]
    around: Sequence[Neighbour]


def clause_view(exchange: Exchange, thing: Thing) -> ClauseView | None:
    """Return what the page of a clause shows; None of what is no clause, or says not where it stands."""
    json = thing.to_json()
    if thing.type != "clause" or "quote" not in json:
        return None
    described = exchange.snapshot.lookup.describe(json["source"]["iri"], concluded=False, most=LINKS)
    source = described.to_json() if described else {}
    passage = next(iter(json.get("has_source", ())), None)
    return ClauseView(
        json=json,
        source=json["source"],
        publishers=source.get("publisher", ()),
        issued=str(source.get("issued", "")),
        passage=passage,
        stated=_stated(json),
        around=_around(exchange, json, passage["iri"]) if passage else (),
    )


def _stated(json: Json) -> Sequence[tuple[Json, Sequence[Json]]]:
    """Return the facts by what they are about; a thing that is only named has none."""
    things = {fact["subject"]["iri"]: fact["subject"] for fact in json["states"]}
    things |= {thing["iri"]: thing for thing in json["names"]}
    facts = {iri: [fact for fact in json["states"] if fact["subject"]["iri"] == iri] for iri in things}
    return [(thing, facts[iri]) for iri, thing in things.items()]


def _around(exchange: Exchange, json: Json, passage: str) -> Sequence[Neighbour]:
    clauses = outermost(each.to_json() for each in clauses_of(exchange.snapshot.lookup.reader, passage))
    start, end = json["start"], json["end"]
    here = next((at for at, each in enumerate(clauses) if each["start"] <= start and end <= each["end"]), None)
    if here is None:
        return ()
    shown = clauses[max(0, here - AROUND) : here + AROUND + 1]
    return [Neighbour(each, _parted(each, start, end) if each is clauses[here] else None) for each in shown]


def _parted(clause: Json, start: int, end: int) -> tuple[str, str, str]:
    quote, begin = clause["quote"], clause["start"]
    return quote[: start - begin], quote[start - begin : end - begin], quote[end - begin :]
