"""The seam to the RDF engine: everything above asks an `Engine` in SPARQL and gets terms or bytes."""

from kg.engine.bulk import FORMATS, File, load_store
from kg.engine.digest import ChangedQuads, SetHash, hash_after, without_graph
from kg.engine.embedded import EmbeddedEngine
from kg.engine.facts import FactBase, line_of_triple
from kg.engine.graph_store import delete_graph, post_graph, put_graph
from kg.engine.interface import Answer, Engine, GraphFormat, QueryRequest, ResultFormat, Term
from kg.engine.parsing import checked
from kg.engine.reading import Triple, TripleReader, triples_of
from kg.engine.recording import Change
from kg.engine.storage import (
    clone_store,
    count_differences,
    count_quads,
    flush_store,
    graph_names,
    lines_only_in,
    write_store,
)
from kg.engine.surveying import Survey, hash_of, survey
from kg.engine.tally import Scope
from kg.engine.union import LARGE, change_union, renew_in_union, union_beside, write_union
from kg.engine.updating import refuse_load, run_update

__all__ = [
    "FORMATS",
    "LARGE",
    "Answer",
    "Change",
    "ChangedQuads",
    "EmbeddedEngine",
    "Engine",
    "FactBase",
    "File",
    "GraphFormat",
    "QueryRequest",
    "ResultFormat",
    "Scope",
    "SetHash",
    "Survey",
    "Term",
    "Triple",
    "TripleReader",
    "change_union",
    "checked",
    "clone_store",
    "count_differences",
    "count_quads",
    "delete_graph",
    "flush_store",
    "graph_names",
    "hash_after",
    "hash_of",
    "line_of_triple",
    "lines_only_in",
    "load_store",
    "post_graph",
    "put_graph",
    "refuse_load",
    "renew_in_union",
    "run_update",
    "survey",
    "triples_of",
    "union_beside",
    "without_graph",
    "write_store",
    "write_union",
]
