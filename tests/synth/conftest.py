"""One corpus for all tests of a session, in parts; and the graphs of a small one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rdflib import Graph

from kg.build import NamedGraph
from kg.iris import Iris
from kg.synth import Corpus, Part
from tests.conftest import ROOT

SEED = 7
POLICIES = 100


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return Corpus(ROOT / "ontology", Iris(), SEED)


@pytest.fixture(scope="session")
def parts(corpus: Corpus) -> tuple[Part, ...]:
    return tuple(corpus.parts(POLICIES))


def named_graphs(parts: Sequence[Part]) -> list[NamedGraph]:
    lines: dict[str, list[str]] = {}
    for part in parts:
        lines.setdefault(part.graph, []).extend(part.lines)
    return [
        NamedGraph(iri, Graph(bind_namespaces="none").parse(data="\n".join(found), format="nt"))
        for iri, found in lines.items()
    ]
