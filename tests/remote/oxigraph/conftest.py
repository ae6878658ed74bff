"""One Oxigraph for all tests of this folder, which run in one process; its stores are told apart by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.remote.fixtures import app, client, placed, revision, settings
from tests.remote.marking import mark
from tests.remote.servers import Service, oxigraph

__all__ = ["app", "client", "placed", "revision", "settings"]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as running:
        yield running


LONG: Final = ("documents", "explain", "graph", "many_ways", "names", "search", "service")
"""Modules that run in `make test-long` alone: they ask little of the store that the others do not."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mark(config, items, Path(__file__).parent, LONG, {})
