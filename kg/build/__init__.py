"""From ontology and seeds to the named graphs of a revision."""

from kg.build.compile import compile_lines, compile_seed
from kg.build.graphs import NamedGraph, build_graphs
from kg.build.ontology import Ontology, load_ontology, locate_subject

__all__ = ["NamedGraph", "Ontology", "build_graphs", "compile_lines", "compile_seed", "load_ontology", "locate_subject"]
