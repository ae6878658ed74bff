"""The namespaces that the project uses, as plain strings; the one table from which prefixes are declared."""

from __future__ import annotations

from typing import Final

ONTOLOGY_IRI: Final = "https://w3id.org/policy-kg/ontology"
PKG: Final = ONTOLOGY_IRI + "#"

DCAT: Final = "http://www.w3.org/ns/dcat#"
DCTERMS: Final = "http://purl.org/dc/terms/"
ELI: Final = "http://data.europa.eu/eli/ontology#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
OA: Final = "http://www.w3.org/ns/oa#"
ORG: Final = "http://www.w3.org/ns/org#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
PROV: Final = "http://www.w3.org/ns/prov#"
QUDT: Final = "http://qudt.org/schema/qudt/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA: Final = "https://schema.org/"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
SH: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
TIME: Final = "http://www.w3.org/2006/time#"
UNIT: Final = "http://qudt.org/vocab/unit/"
VANN: Final = "http://purl.org/vocab/vann/"
VOID: Final = "http://rdfs.org/ns/void#"
VOID_EXT: Final = "http://ldf.fi/void-ext#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

TOUCHES_SECTOR: Final = PKG + "touchesSector"
"""The property by which a measure touches a sector; it follows by rules."""

INFERRED: Final = "inferred"
"""The name, after `graph/`, of the graph of what follows by rules."""

PREFIXES: Final = {
    "pkg": PKG,
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "eli": ELI,
    "foaf": FOAF,
    "oa": OA,
    "org": ORG,
    "owl": OWL,
    "prov": PROV,
    "qudt": QUDT,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sd": SD,
    "sh": SH,
    "skos": SKOS,
    "time": TIME,
    "unit": UNIT,
    "vann": VANN,
    "void": VOID,
    "void-ext": VOID_EXT,
    "xsd": XSD,
}
"""Prefix → namespace. Queries of this project may use them undeclared; exports declare them."""


def sparql_prologue() -> str:
    """Return the `PREFIX` lines of every namespace in `PREFIXES`."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
