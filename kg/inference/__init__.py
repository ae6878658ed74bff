"""What follows from the facts, and why: rules applied to a fixpoint, every conclusion with its derivations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rdflib import Graph

from kg.build import NamedGraph
from kg.engine import FactBase
from kg.inference.deriving import Derivation, derive, reads_of
from kg.inference.graph import inferred_graph, own_graphs
from kg.inference.keeping import keep_inferred
from kg.inference.rules import Rule, read_rule, read_rules
from kg.iris import Iris
from kg.terms import INFERRED

__all__ = [
    "INFERRED",
    "Derivation",
    "Rule",
    "derive",
    "infer",
    "inferred_graph",
    "keep_inferred",
    "own_graphs",
    "read_rule",
    "read_rules",
    "reads_of",
    "with_inferred",
]


def infer(graphs: Sequence[NamedGraph], rules: Sequence[Rule], iris: Iris) -> NamedGraph:
    """Return the graph of what follows from graphs by rules; it is empty where nothing does."""
    facts = FactBase.of_graphs(((graph.iri, graph.ntriples()) for graph in graphs), reads_of(rules), own_graphs(iris))
    lines = inferred_graph(derive(facts, rules), facts, iris)
    graph = Graph(bind_namespaces="none").parse(data="\n".join(sorted(lines)), format="nt")
    return NamedGraph(iris.graph(INFERRED), graph)


def with_inferred(graphs: Sequence[NamedGraph], ontology: Path, iris: Iris) -> tuple[NamedGraph, ...]:
    """Return graphs, and after them what follows from them by the rules of an ontology's folder, if anything does.

    Raises:
        SourceError: a rule is not of its form.
    """
    inferred = infer(graphs, read_rules(ontology / "rules"), iris)
    return (*graphs, inferred) if len(inferred.graph) else tuple(graphs)
