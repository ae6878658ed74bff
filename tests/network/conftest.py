"""Fixtures: the networks of the real seeds, and a large one that is made."""

from __future__ import annotations

import pytest

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.network import Network, read_network
from tests.network.made import made


@pytest.fixture(scope="session")
def network(engine: EmbeddedEngine) -> Network:
    return read_network(engine, Iris())


@pytest.fixture(scope="session")
def inferred(engine: EmbeddedEngine) -> Network:
    return read_network(engine, Iris(), inferred=True)


@pytest.fixture(scope="session")
def large() -> EmbeddedEngine:
    """3,000 measures, 40 sectors, 1,000 products, 12,000 edges."""
    return made(3_000, 40, 1_000, 12_000)


@pytest.fixture(scope="session")
def large_network(large: EmbeddedEngine) -> Network:
    return read_network(large, Iris(), inferred=True)
