"""What the seed graph says and the clients are asked for."""

from __future__ import annotations

BASE = "https://w3id.org/policy-kg/"
HEALTHCARE = f"{BASE}id/sector/healthcare"
LIVELIHOOD = f"{BASE}id/sector/livelihood"
VOCABULARIES = f"{BASE}graph/vocabularies"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"

LABELS = {("医疗", "zh"), ("Healthcare", "en")}
SELECT_LABELS = f"SELECT ?label {{ <{HEALTHCARE}> <{RDFS}label> ?label }}"
CONSTRUCT = f"""
PREFIX rdfs: <{RDFS}>
PREFIX skos: <{SKOS}>
CONSTRUCT {{ <{HEALTHCARE}> rdfs:label ?label ; skos:broader ?broader }}
WHERE {{ <{HEALTHCARE}> rdfs:label ?label ; skos:broader ?broader }}
"""
"""Three triples: a label in each language, and one broader sector."""

ASK_TRUE = f"ASK {{ <{HEALTHCARE}> <{SKOS}broader> <{LIVELIHOOD}> }}"
ASK_FALSE = f"ASK {{ <{LIVELIHOOD}> <{SKOS}broader> <{HEALTHCARE}> }}"
NUMBER = f"""
SELECT ?value {{
  <{BASE}id/target/gd-ai45-compute-2027> <{BASE}ontology#quantity>/<http://qudt.org/schema/qudt/numericValue> ?value
}}
"""
"""One decimal: 60."""

BROKEN = "SELECT * WHERE {\n  ?s ?p\n}"
"""Not SPARQL: line 3, column 1."""


def graph_of_test(name: str) -> str:
    """Return the name of a graph that one test alone writes."""
    return f"urn:example:clients:{name}"
