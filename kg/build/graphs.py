"""The named graphs of a revision: the ontology, the vocabularies, and one for each source document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import Graph

from kg.build.ontology import Ontology

if TYPE_CHECKING:
    from kg.facts import Seed


@dataclass(frozen=True)
class NamedGraph:
    """A graph and its name."""

    iri: str
    graph: Graph

    def ntriples(self) -> bytes:
        """Return the graph as N-Triples in the order of the lines, so that the same graph gives the same bytes."""
        lines = self.graph.serialize(format="nt", encoding="utf-8").splitlines()
        return b"\n".join(sorted(line for line in lines if line)) + b"\n"


def build_graphs(
    ontology: Ontology, seeds: Sequence[Seed], progress: Callable[[str], None] = lambda _: None
) -> tuple[NamedGraph, ...]:
    """Return the named graphs; `progress` is told the name of each graph as it is begun."""
    from kg.build.compile import compile_seed  # noqa: PLC0415 - see kg.build

    iris = ontology.iris
    graphs = [
        NamedGraph(iris.graph("ontology"), ontology.terms),
        NamedGraph(iris.graph("vocabularies"), ontology.concepts),
    ]
    for seed in seeds:
        progress(seed.source.id)
        graphs.append(NamedGraph(iris.graph("source", seed.source.id), compile_seed(seed, ontology)))
    return tuple(graphs)
