"""`/ontology` as a page: the classes and properties, each with both labels and definitions."""

from __future__ import annotations

from typing import Any

from api.exchange import Exchange
from api.pages.rendering import Pages
from kg.terms import ONTOLOGY_IRI, PKG, sparql_prologue


def ontology_page(exchange: Exchange) -> str:
    """Return the page of the ontology."""
    rows = exchange.snapshot.engine.select(
        f"""{sparql_prologue()}SELECT ?term ?type ?lang ?label ?definition WHERE {{
          VALUES ?type {{ owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty rdfs:Datatype }}
          ?term a ?type ; rdfs:label ?label . BIND(LANG(?label) AS ?lang)
          OPTIONAL {{ ?term skos:definition ?definition FILTER(LANG(?definition) = ?lang) }}
          FILTER(STRSTARTS(STR(?term), "{PKG}"))
        }} ORDER BY ?term ?lang"""
    )
    terms: dict[str, dict[str, Any]] = {}
    for row in rows:
        term = terms.setdefault(
            row["term"].value, {"is_class": row["type"].value.endswith("Class"), "labels": {}, "definitions": {}}
        )
        term["labels"][row["lang"].value] = row["label"].value
        if "definition" in row:
            term["definitions"][row["lang"].value] = row["definition"].value
    classes = [(iri, term) for iri, term in terms.items() if term["is_class"]]
    properties = [(iri, term) for iri, term in terms.items() if not term["is_class"]]
    pages: Pages = exchange.request.app.state.pages
    return pages.render(
        "ontology.html", exchange, iri=ONTOLOGY_IRI, sections=(("classes", classes), ("properties", properties))
    )
