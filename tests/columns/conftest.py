"""A synthetic corpus of twenty thousand quads, as graphs, and as engine and columns."""

from __future__ import annotations

import pytest

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.synth import Corpus
from tests.columns.comparing import Both
from tests.conftest import ROOT

POLICIES = 30
Graphs = list[tuple[str, bytes]]


@pytest.fixture(scope="session")
def corpus() -> Graphs:
    found: dict[str, list[str]] = {}
    for part in Corpus(ROOT / "ontology", Iris(), 7).parts(POLICIES):
        found.setdefault(part.graph, []).extend(part.lines)
    return [(iri, "".join(f"{line}\n" for line in sorted(lines)).encode()) for iri, lines in found.items()]


@pytest.fixture(scope="session")
def both(corpus: Graphs) -> Both:
    return Both.of(EmbeddedEngine.of_graphs(corpus))
