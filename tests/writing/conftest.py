"""A store with the real seeds, and a writer over a copy of it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.revisions import Revision, RevisionStore
from kg.settings import Settings
from kg.writing import Write, WriteResult
from kg.writing.writer import Writer


class Writing:
    """A writer, and the store that it writes into."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = RevisionStore(settings.directory)
        self.loop = asyncio.new_event_loop()
        self.writer = self.run(self._made())

    async def _made(self) -> Writer:
        return Writer(self.settings)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def write(self, write: Write) -> WriteResult:
        found = self.run(self.writer.write(write))
        assert isinstance(found, WriteResult)
        return found

    def update(self, text: str, **more: Any) -> WriteResult:
        return self.write(Write("update", "me", text=text, **more))

    def select(self, query: str) -> list[str]:
        engine = self.store.current().open()
        return sorted(str(value) for row in engine.select(query) for value in row.values())

    def close(self) -> None:
        self.writer.close()
        self.loop.close()


@pytest.fixture(scope="session")
def seeded(settings: Settings, revision: Revision) -> Path:
    assert revision.manifest["triples"]
    return settings.directory


@pytest.fixture
def writing_with(seeded: Path, tmp_path: Path) -> Iterator[Callable[..., Writing]]:
    """Return a writer, by some settings, over a store of its own."""
    made: list[Writing] = []

    def make(**values: Any) -> Writing:
        path = tmp_path / f"store-{len(made)}"
        shutil.copytree(seeded, path)
        made.append(Writing(replace(Settings(), store=path, **values)))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def writing(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writing]:
    """A writer that the tests of a module share; each writes into graphs of its own."""
    path = tmp_path_factory.mktemp("written") / "store"
    shutil.copytree(seeded, path)
    made = Writing(replace(Settings(), store=path))
    yield made
    made.close()
