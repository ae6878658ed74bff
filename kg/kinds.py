"""The kinds of things and the relations between them: one table for the facts format, the graph and the JSON API.

A relation's `key` is the field of a facts file and of a JSON answer; `inverse` is the field at its other end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from kg.terms import ELI, ORG, PKG, SKOS


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: the word in its IRIs, the word for many of them in the API, its class."""

    name: str
    collection: str
    class_iri: str


KINDS: Final = (
    Kind("policy", "policies", PKG + "Policy"),
    Kind("measure", "measures", PKG + "Measure"),
    Kind("sector", "sectors", PKG + "Sector"),
    Kind("platform", "platforms", PKG + "Platform"),
    Kind("organization", "organizations", ORG + "Organization"),
    Kind("place", "places", PKG + "Place"),
    Kind("target", "targets", PKG + "Target"),
    Kind("indicator", "indicators", PKG + "Indicator"),
    Kind("product", "products", PKG + "Product"),
    Kind("theme", "themes", PKG + "Theme"),
)
"""The kinds that have a collection in the API, in the order in which they are shown."""

KindName = Literal[
    "policy",
    "measure",
    "sector",
    "platform",
    "organization",
    "place",
    "target",
    "indicator",
    "product",
    "theme",
]
"""The names of the kinds, as a type."""

KIND_BY_NAME: Final = {kind.name: kind for kind in KINDS}
KIND_BY_COLLECTION: Final = {kind.collection: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation from things of kind `subject` to things of the kinds `objects`."""

    key: str
    property_iri: str
    subject: str
    objects: tuple[str, ...]
    inverse: str = ""
    single: bool = False
    """True where a thing has one of these at most, so that JSON gives it itself and not a list."""
    backwards: bool = False
    """True where the facts file states it at the object: a target names its measures; the triple is reversed."""


RELATIONS: Final = (
    Relation("jurisdictions", PKG + "jurisdiction", "policy", ("place",), "policies"),
    Relation("themes", PKG + "hasTheme", "policy", ("theme",), "policies"),
    Relation("broader", SKOS + "broader", "theme", ("theme",), "narrower"),
    Relation("broader", SKOS + "broader", "sector", ("sector",), "narrower"),
    Relation("broader", SKOS + "broader", "product", ("product",), "narrower"),
    Relation("serves_sectors", PKG + "servesSector", "product", ("sector",), "products"),
    Relation("located_in", PKG + "locatedIn", "place", ("place",), "places"),
    Relation("associated_sectors", PKG + "associatedSector", "place", ("sector",), "places"),
    Relation("located_in", PKG + "locatedIn", "organization", ("place",), "organizations"),
    Relation("associated_sectors", PKG + "associatedSector", "organization", ("sector",), "organizations"),
    Relation("kinds", PKG + "platformKind", "platform", ("platform-kind",)),
    Relation("developed_by", PKG + "developedBy", "platform", ("organization",), "develops"),
    Relation("operated_by", PKG + "operatedBy", "platform", ("organization",), "operates"),
    Relation("located_in", PKG + "locatedIn", "platform", ("place",), "platforms"),
    Relation("serves_products", PKG + "servesProduct", "platform", ("product",), "platforms"),
    Relation("policy", PKG + "inPolicy", "measure", ("policy",), "measures", single=True),
    Relation("part_of", PKG + "partOfMeasure", "measure", ("measure",), "parts"),
    Relation("themes", PKG + "hasTheme", "measure", ("theme",), "measures"),
    Relation("sectors", PKG + "appliesToSector", "measure", ("sector",), "measures"),
    Relation("products", PKG + "concernsProduct", "measure", ("product",), "measures"),
    Relation("platforms", PKG + "supportsPlatform", "measure", ("platform",), "supported_by"),
    Relation("organizations", PKG + "involvesOrganization", "measure", ("organization",), "measures"),
    Relation("places", PKG + "appliesInPlace", "measure", ("place",), "measures"),
    Relation("policy", PKG + "inPolicy", "target", ("policy",), "targets", single=True),
    Relation("indicator", PKG + "hasIndicator", "target", ("indicator",), "targets", single=True),
    Relation("scope", PKG + "scope", "target", ("place", "sector", "product"), "targets"),
    Relation("measures", PKG + "hasTarget", "target", ("measure",), "targets", backwards=True),
    Relation("themes", PKG + "hasTheme", "target", ("theme",), "targets"),
)

SINGLE: Final = frozenset((relation.subject, relation.key) for relation in RELATIONS if relation.single)
"""Kind and key of the relations that a thing has one of at most."""

CLASSES: Final = {
    "policy": (PKG + "Policy", ELI + "LegalResource"),
    "measure": (PKG + "Measure",),
    "indicator": (PKG + "Indicator",),
    "place": (PKG + "Place",),
    "pilot-zone": (PKG + "PilotZone", PKG + "Place"),
    "organization": (ORG + "Organization",),
    "platform": (PKG + "Platform",),
    "compute-platform": (PKG + "ComputePlatform", PKG + "Platform"),
    "quantitative": (PKG + "QuantitativeTarget", PKG + "Target"),
    "qualitative": (PKG + "QualitativeTarget", PKG + "Target"),
}
"""The classes of a thing by its kind, or by its `type` where a facts file gives one; the first is the most specific."""


def key_of(property_iri: str) -> str:
    """Return the key in JSON of a property that is not in the table: the end of its IRI.

    >>> key_of("http://www.w3.org/ns/oa#hasTarget"), key_of(PKG + "touchesSector")
    ('has_target', 'touches_sector')
    """
    local = property_iri.replace("#", "/").rsplit("/", 1)[-1]
    return "".join(f"_{character.lower()}" if character.isupper() else character for character in local).lstrip("_")
