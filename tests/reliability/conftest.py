"""A store of the real seeds to be served, and whether the long form is asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.pipeline import publish_empty
from kg.revisions import Revision
from kg.settings import Settings
from tests.reliability.processes import supported

TOKEN = "reliability-token-0123456789"
"""The bearer token of servers that take writes."""

linux = pytest.mark.skipif(not supported(), reason="processes are watched by /proc, which only Linux has")


@pytest.fixture(scope="session")
def served(revision: Revision, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is only read, with the seeds in it."""
    store = tmp_path_factory.mktemp("served") / "store"
    shutil.copytree(settings.store, store)
    assert (store / "current").read_text("utf-8").split()[0] == revision.id
    return store


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without data, in which a write is quick."""
    settings = Settings(store=tmp_path_factory.mktemp("empty") / "store")
    publish_empty(settings)
    return settings.directory


@pytest.fixture
def fresh(served: Path, empty: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that copies the store of the seeds, or the empty one, to a place below the test's folder."""

    def copy(name: str) -> Path:
        shutil.copytree(served if name == "seeds" else empty, tmp_path / name)
        return tmp_path / name

    return copy
