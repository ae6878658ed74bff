"""The moment of publication: before the server agrees nothing is published, afterwards what was is told."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kg.errors import StoreError
from kg.workers.messages import Message
from kg.workers.worker import Worker
from tests.writing.conftest import Writing

TEXT = "INSERT DATA { GRAPH <urn:commit> { <urn:a> <urn:p> 1 } }"
Ask = Callable[..., Any]


def on_commit(monkeypatch: pytest.MonkeyPatch, act: Callable[[Ask, Worker], Any]) -> None:
    """Have something happen in place of the server's word that a worker may publish."""
    ask = Worker.ask

    async def instead(worker: Worker, job: Mapping[str, Any], content: bytes = b"") -> Message:
        if "commit" in job:
            await act(ask, worker)
            raise ConnectionResetError("the worker has ended")
        return await ask(worker, job, content)

    monkeypatch.setattr(Worker, "ask", instead)


def test_write_that_was_published_is_acknowledged_though_its_worker_ended_without_an_answer(
    writing_with: Callable[..., Writing], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def let_it_publish(ask: Ask, worker: Worker) -> None:
        await ask(worker, {"commit": True})

    on_commit(monkeypatch, let_it_publish)
    writing = writing_with()
    done = writing.update(TEXT)
    assert (done.changed, done.added) == (True, 1)
    assert done.revision == writing.store.current_id()
    assert done.seq == next(iter(writing.store.history())).seq


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the children of a process are read from /proc")
def test_write_that_was_ended_before_it_published_is_an_error(
    writing_with: Callable[..., Writing], monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = writing_with()
    before = writing.store.current_id()

    async def end_it(_: Ask, worker: Worker) -> None:
        zygote = writing.writer.process
        children = Path(f"/proc/{zygote}/task/{zygote}/children").read_text(encoding="ascii").split()
        os.kill(int(children[0]), signal.SIGTERM)
        await worker.end

    on_commit(monkeypatch, end_it)
    with pytest.raises(StoreError, match="nothing was changed"):
        writing.update(TEXT)
    assert writing.store.current_id() == before
    monkeypatch.undo()
    assert writing.update(TEXT).changed
    assert list(writing.settings.directory.glob(".new-*")) == []


def test_worker_whose_server_goes_publishes_nothing(
    writing_with: Callable[..., Writing], monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = writing_with()
    before = writing.store.current_id()

    async def go(_: Ask, worker: Worker) -> None:
        worker.connection.shutdown(2)
        await worker.end

    on_commit(monkeypatch, go)
    with pytest.raises(StoreError):
        writing.update(TEXT)
    assert writing.store.current_id() == before
