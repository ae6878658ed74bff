"""Fixtures: the real ontology and seeds, built once a session; what is smaller or broken is made where it is needed."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.build import NamedGraph, Ontology, build_graphs, load_ontology
from kg.engine import EmbeddedEngine
from kg.facts import Seed, load_seeds
from kg.inference import with_inferred
from kg.iris import Iris
from kg.lookup import Lookup
from kg.revisions import Revision
from kg.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_finish() -> None:
    """Have the collector leave out what stays anyway, and look less often: it took a seventh of the time of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 25, 25)


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return load_ontology(ROOT / "ontology", Iris())


@pytest.fixture(scope="session")
def seeds(ontology: Ontology) -> tuple[Seed, ...]:
    return load_seeds(ROOT / "seeds", ontology.vocabulary)


@pytest.fixture(scope="session")
def graphs(ontology: Ontology, seeds: tuple[Seed, ...]) -> tuple[NamedGraph, ...]:
    return with_inferred(build_graphs(ontology, seeds), ontology.folder, ontology.iris)


@pytest.fixture(scope="session")
def engine(graphs: tuple[NamedGraph, ...]) -> EmbeddedEngine:
    return EmbeddedEngine.of_graphs((graph.iri, graph.ntriples()) for graph in graphs)


@pytest.fixture(scope="session")
def lookup(engine: EmbeddedEngine) -> Lookup:
    return Lookup(engine, Iris())


Placed = Callable[..., Settings]
"""Gives the settings of a store of its own, by the name of a folder and further settings."""


@pytest.fixture(scope="session")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    """Where stores are: here in directories; below tests/remote, at a SPARQL service."""

    def place(name: str, **more: Any) -> Settings:
        return Settings(store=tmp_path_factory.mktemp(name), **more)

    return place


@pytest.fixture(scope="session")
def settings(placed: Placed) -> Settings:
    return placed("store")


@pytest.fixture(scope="session")
def revision(settings: Settings) -> Revision:
    """The real seeds, published into a real store."""
    from kg.pipeline import build  # noqa: PLC0415

    return build(settings)
