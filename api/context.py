"""The JSON-LD context by which the JSON of a thing is RDF: its relations are the triples of the graph (JSON-LD 1.1)."""

from __future__ import annotations

from typing import Any, Final

from kg.iris import Iris
from kg.kinds import KINDS, RELATIONS
from kg.terms import DCTERMS, OA, PKG, PREFIXES, RDFS, SKOS

CONCEPTS: Final = frozenset({"sector", "theme", "product"})
"""The kinds whose things stand in a vocabulary, where a description is a definition."""

_UNUSED: Final = frozenset({"unit", "dcat", "foaf", "sd", "void", "void-ext"})
"""Prefixes that nothing in our JSON needs; `unit` is the name of a key there."""


def context_document(iris: Iris) -> dict[str, Any]:
    """Return the context document.

    A key may mean several properties (`policies` of a place are not `policies` of a theme), so each type brings the
    meaning of its own keys (JSON-LD 1.1, section 4.1.3, type-scoped contexts). Keys without a property, such as the
    ways of `touches`, are left out: what they tell stands in the statements of the graph.
    """
    return {
        "@context": {
            "@version": 1.1,
            **{prefix: namespace for prefix, namespace in PREFIXES.items() if prefix not in _UNUSED},
            "iri": "@id",
            "type": "@type",
            "items": "@graph",
            "label": {"@id": RDFS + "label", "@container": "@language"},
            "description": {"@id": DCTERMS + "description", "@container": "@language"},
            "aliases": {"@id": SKOS + "altLabel", "@container": "@language"},
            "evidence": _evidence(iris),
            **{kind.name: {"@id": kind.class_iri, "@context": _keys(kind.name, iris)} for kind in KINDS},
            "platform-kind": PKG + "PlatformKind",
        }
    }


def _evidence(iris: Iris) -> dict[str, Any]:
    """Return what `evidence` of a thing means: annotations with the thing as body and the clause as target."""
    return {
        "@reverse": OA + "hasBody",
        "@context": {
            "iri": {"@id": OA + "hasTarget", "@type": "@id"},
            "reading": _vocabulary(PKG + "reading", iris.mint("reading", "")),
        },
    }


def _keys(kind: str, iris: Iris) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for relation in RELATIONS:
        if relation.subject == kind:
            keys[relation.key] = _relation(relation.property_iri, reverse=relation.backwards)
        if kind in relation.objects and relation.inverse:
            keys[relation.inverse] = _relation(relation.property_iri, reverse=not relation.backwards)
    if kind in CONCEPTS:
        keys["description"] = {"@id": SKOS + "definition", "@container": "@language"}
    if kind == "target":
        keys["comparator"] = _vocabulary(PKG + "comparator", iris.mint("comparator", ""))
    if kind == "measure":
        keys["kind"] = _vocabulary(PKG + "measureKind", iris.mint("measure-kind", ""))
    return keys


def _relation(property_iri: str, *, reverse: bool) -> dict[str, Any]:
    # The evidence within a relation is that of the relation, not of the thing at its other end. Kinds that are keys as
    # well (`policy` of a target) are kinds again within: rdflib and Oxigraph do not go back from a type's context.
    keys = {relation.key for relation in RELATIONS}
    kinds = {kind.name: kind.class_iri for kind in KINDS if kind.name in keys}
    return {"@reverse" if reverse else "@id": property_iri, "@context": {"evidence": None, **kinds}}


def _vocabulary(property_iri: str, namespace: str) -> dict[str, Any]:
    return {"@id": property_iri, "@type": "@vocab", "@context": {"@vocab": namespace}}
