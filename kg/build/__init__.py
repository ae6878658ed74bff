"""From ontology and seeds to the named graphs of a revision.

What compiles facts is in `kg.build.compile`, and is loaded by who does: the process that writes needs the graphs alone.
"""

from kg.build.graphs import NamedGraph, build_graphs
from kg.build.ontology import Ontology, load_ontology, locate_subject

__all__ = ["NamedGraph", "Ontology", "build_graphs", "load_ontology", "locate_subject"]
