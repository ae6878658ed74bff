"""What a page says of its thing to search engines: JSON-LD in the words of schema.org."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kg.lookup import Thing

TYPES: Final[Mapping[str, str]] = {
    "policy": "Legislation",
    "measure": "Legislation",
    "sector": "DefinedTerm",
    "platform": "Service",
    "organization": "Organization",
    "place": "AdministrativeArea",
    "target": "PropertyValue",
    "indicator": "DefinedTerm",
    "product": "DefinedTerm",
    "theme": "DefinedTerm",
    "clause": "Quotation",
    "source": "NewsArticle",
}
"""Kind → class of schema.org; every other resource is a Thing."""

_LEAST: Final = {"gt", "ge"}
_MOST: Final = {"lt", "le"}
_SHOWN: Final = 20


def block(thing: Thing, page: str) -> dict[str, Any]:
    """Return the JSON-LD of a thing whose page has an address.

    >>> from kg.lookup import Thing
    >>> block(Thing("x", "urn:x", "sector", {"en": "X"}, {}, None, {}, {}, (), None), "/doc/sector/x")["@type"]
    'DefinedTerm'
    """
    json = thing.to_json()
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES.get(thing.type, "Thing"),
        "@id": thing.iri,
        "identifier": thing.iri,
        "url": page,
        "name": _texts(thing.label) or thing.id,
    }
    if thing.description:
        found["description"] = _texts(thing.description)
    if aliases := [alias for names in thing.aliases.values() for alias in names]:
        found["alternateName"] = aliases
    found |= _particulars(thing.type, json)
    sources = dict.fromkeys(each["url"] for each in json["evidence"] if each.get("url"))
    if sources and thing.type not in {"source", "clause"}:
        found["subjectOf"] = [{"@type": "NewsArticle", "url": url} for url in sources]
    return found


def _texts(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in labels.items()]


def _particulars(kind: str, json: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "target":
        return _target(json)
    if kind == "measure" and json.get("policy"):
        about = [{"@type": "DefinedTerm", **_end(link)} for link in json.get("sectors") or ()]
        part = {"isPartOf": {"@type": "Legislation", **_end(json["policy"])}}
        return {**part, "about": about[:_SHOWN]} if about else part
    if kind == "clause":
        return {"text": json["quote"], "inLanguage": "zh", "isPartOf": {"@type": "NewsArticle", "url": json["url"]}}
    if kind == "source":
        found = {"datePublished": json.get("issued"), "inLanguage": json.get("language"), "sameAs": json.get("url")}
        return {name: value for name, value in found.items() if isinstance(value, str)}
    return {}


def _target(json: Mapping[str, Any]) -> dict[str, Any]:
    """A target asks for a value of at least, at most or exactly so much, by a day."""
    found: dict[str, Any] = {}
    if json.get("indicator"):
        found["propertyID"] = json["indicator"]["iri"]
    if json.get("value_normalized") is not None:
        compared = json["comparator"]
        bound = "minValue" if compared in _LEAST else "maxValue" if compared in _MOST else "value"
        found |= {bound: json["value_normalized"], "unitText": json["unit_normalized"]}
    if json.get("wording"):
        found["disambiguatingDescription"] = json["wording"]
    return found


def _end(link: Mapping[str, Any]) -> dict[str, Any]:
    return {"@id": link["iri"], "name": _texts(link["label"])}
