"""`/doc/…`: the page of a thing, of a clause, of a statement: whatever has an IRI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.exchange import Exchange
from api.pages.clause import clause_view
from api.pages.quoting import Piece, together
from api.pages.schema_org import block
from api.pages.some import Some
from api.views import figure_of, view_of
from kg.kinds import KIND_BY_NAME
from kg.lookup import Thing, leading

MEDIA_TYPES: Final = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "json": "application/json",
    "csv": "text/csv",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
"""The other formats of a description: extension → media type."""
SHOWN: Final = 24
"""How many targets, and how many measures, a page shows with all that is known of them."""
_SHOWN_OF_FEW: Final = SHOWN * 5 // 4
"""So many are all shown: a link to the rest is not worth its line where the rest is a few."""

_HAS_TARGETS: Final = {"policy": "policy", "measure": "measure", "indicator": "indicator", "sector": "sector"}
"""Kind → the filter of the targets that belong to a thing of it."""

Json = Mapping[str, Any]


def thing_content(exchange: Exchange, thing: Thing, address: str) -> dict[str, Any]:
    """Return what the template of a thing shows; `address` is where it is described, without an extension."""
    kind = KIND_BY_NAME.get(thing.type)
    return {
        "view": view_of(thing, exchange.language),
        "alternates": [(extension, f"{address}.{extension}") for extension in MEDIA_TYPES],
        "media_types": MEDIA_TYPES,
        "collection": kind.collection if kind else "",
        "clause": clause_view(exchange, thing),
        "stated": _stated(thing),
        "targets": _targets(exchange, thing),
        "touching": _touching(exchange, thing),
        "schema_org": block(thing, f"{exchange.request.url.scheme}://{exchange.request.url.netloc}{address}"),
    }


def _stated(thing: Thing) -> list[Sequence[Piece]]:
    """Return the quotations that state a target: its deadline and its value, together where they stand so."""
    if thing.type != "target":
        return []
    json = thing.to_json()
    return together([*json["evidence"], *(json.get("deadline_evidence") or ())])


def _targets(exchange: Exchange, thing: Thing) -> Some:
    """Return the targets that belong to a thing, each with its figure, those with numbers first."""
    if thing.type not in _HAS_TARGETS:
        return Some((), 0)
    first = leading(exchange.snapshot.lookup, {_HAS_TARGETS[thing.type]: thing.iri}, _SHOWN_OF_FEW)
    shown = first.things if first.total <= _SHOWN_OF_FEW else first.things[:SHOWN]
    found = [(target, figure_of(target, exchange.language)) for item in shown for target in [item.to_json()]]
    return Some(found, first.total)


def _touching(exchange: Exchange, thing: Thing) -> Some:
    """Return the measures that touch a sector, each with the ways by which it does."""
    if thing.type != "sector":
        return Some((), 0)
    page = exchange.snapshot.lookup.things("measure", {"touches": thing.iri}, limit=_SHOWN_OF_FEW)
    shown = page.items if page.total <= _SHOWN_OF_FEW else page.items[:SHOWN]
    return Some([item.to_json() for item in shown], page.total)
