"""The seam to the RDF engine: everything above asks an `Engine` in SPARQL and gets terms or bytes."""

from kg.engine.embedded import EmbeddedEngine, digest_of, write_store
from kg.engine.interface import Answer, Engine, GraphFormat, QueryRequest, ResultFormat, Term

__all__ = [
    "Answer",
    "EmbeddedEngine",
    "Engine",
    "GraphFormat",
    "QueryRequest",
    "ResultFormat",
    "Term",
    "digest_of",
    "write_store",
]
