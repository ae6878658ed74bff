"""One Virtuoso for all tests of this folder, which run in one process; its stores are told apart by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remote.fixtures import app, client, placed, revision, settings
from tests.remote.servers import Service, virtuoso

__all__ = ["app", "client", "placed", "revision", "settings"]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("remote-virtuoso"), append=False)
