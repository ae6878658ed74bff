"""Fixtures: the index of the real seeds."""

from __future__ import annotations

import pytest

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.search import SearchIndex


@pytest.fixture(scope="session")
def index(engine: EmbeddedEngine) -> SearchIndex:
    return SearchIndex.of(engine, Iris())
