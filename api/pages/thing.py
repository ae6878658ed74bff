"""`/doc/…`: the page of a thing, of a clause, of a statement: whatever has an IRI."""

from __future__ import annotations

from typing import Any, Final

from api.exchange import Exchange
from api.views import view_of
from kg.kinds import KINDS
from kg.lookup import Thing

DOCUMENT_EXTENSIONS: Final = ("ttl", "nt", "jsonld", "rdf", "json")
"""The extensions that name the other formats of a description."""


def thing_content(exchange: Exchange, thing: Thing, address: str) -> dict[str, Any]:
    """Return what the template of a thing shows; `address` is where it is described, without an extension."""
    return {
        "view": view_of(thing, exchange.language),
        "alternates": [(extension, f"{address}.{extension}") for extension in DOCUMENT_EXTENSIONS],
        "collection": next((kind.collection for kind in KINDS if kind.name == thing.type), ""),
    }
