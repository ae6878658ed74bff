"""What is inferred source by source is what the rules conclude from the whole corpus."""

from __future__ import annotations

from kg.inference import INFERRED, infer, read_rules
from kg.iris import Iris
from kg.synth import Part
from tests.conftest import ROOT
from tests.synth.conftest import POLICIES, named_graphs


def test_source_by_source_is_the_same_as_all_at_once(parts: tuple[Part, ...]) -> None:
    """This includes each derivation and each node that names a premise."""
    graphs = named_graphs(parts)
    name = Iris().graph(INFERRED)
    ours = next(graph for graph in graphs if graph.iri == name)
    whole = infer([graph for graph in graphs if graph.iri != name], read_rules(ROOT / "ontology" / "rules"), Iris())
    assert len(graphs) == POLICIES + 4
    assert len(whole.graph) > 5_000
    assert ours.ntriples() == whole.ntriples()
