"""The concise bounded description of a resource as a graph: what is said of it, by which statements, its evidence."""

from __future__ import annotations

from kg.engine import Engine, GraphFormat, QueryRequest
from kg.terms import sparql_prologue

_DESCRIPTION = """
CONSTRUCT { ?subject ?predicate ?object } WHERE {
  { VALUES ?subject { <IRI> } ?subject ?predicate ?object }
  UNION { VALUES ?object { <IRI> } ?subject ?predicate ?object }
  UNION { <IRI> pkg:quantity|pkg:normalizedQuantity|pkg:deadline|oa:hasSelector ?subject . ?subject ?predicate ?object }
  UNION { ?subject rdf:subject|rdf:object <IRI> ; ?predicate ?object }
  UNION { { BODY } ?subject oa:hasBody ?body ; ?predicate ?object }
  UNION { { BODY } ?evidence oa:hasBody ?body ; oa:hasTarget ?subject . ?subject ?predicate ?object }
  UNION { { BODY } ?evidence oa:hasBody ?body ; oa:hasTarget/oa:hasSelector ?subject . ?subject ?predicate ?object }
  UNION { ?subject oa:hasTarget <IRI> ; ?predicate ?object }
  UNION { ?evidence oa:hasTarget <IRI> ; oa:hasBody ?subject . ?subject a pkg:Statement ; ?predicate ?object }
  UNION { { <IRI> ?out ?subject } UNION { ?subject ?in <IRI> }
          BIND(rdfs:label AS ?predicate) ?subject ?predicate ?object }
}
"""
_BODY = "{ BIND(<IRI> AS ?body) } UNION { ?body rdf:subject <IRI> } UNION { ?body rdf:object <IRI> }"


def describe(engine: Engine, iri: str, format: GraphFormat) -> bytes:
    """Return the description of a resource.

    It has the resource's triples and those that point at it, the statements, evidence and clauses behind them, the
    quantities and dates that it owns, and the labels of its neighbours.
    `iri` must be one that was minted, for it is put into the query.
    """
    query = _DESCRIPTION.replace("BODY", _BODY).replace("<IRI>", f"<{iri}>")
    return engine.answer(QueryRequest(sparql_prologue() + query), None, format).content
