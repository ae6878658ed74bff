"""Which revisions have columns, and that nothing is loaded for the others."""

from __future__ import annotations

import asyncio
import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kg.columns import Columns
from kg.engine import EmbeddedEngine, QueryRequest, ResultFormat
from kg.engine.output import Limited
from kg.workers.awaited import MOST, Awaited, columns_of
from kg.workers.pool import Limits, WorkerPool
from kg.workers.queries import Worker
from tests.conftest import ROOT
from tests.workers.conftest import COUNT, Asking

N = "http://example.org/"
TRIPLES = [f"<{N}{number}> <{N}up> <{N}{number // 2}> ." for number in range(1, 60)]


def test_a_small_revision_has_no_columns_and_loads_no_arrays() -> None:
    code = f"""
import sys
from kg.engine import EmbeddedEngine
from kg.workers.awaited import columns_of
engine = EmbeddedEngine.of_graphs([("{N}g", {"".join(line + chr(10) for line in TRIPLES).encode()!r})])
assert columns_of(engine, 1000) is None and columns_of(engine, 0) is None
assert "numpy" not in sys.modules
assert columns_of(engine, 10) is not None
assert "numpy" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_an_engine_without_a_merge_has_no_columns(store_path: Path) -> None:
    with_merge, without = (EmbeddedEngine.on_disk(store_path, union=union) for union in (True, False))
    assert columns_of(with_merge, 100) is not None
    assert columns_of(without, 100) is None


def test_there_are_none_where_making_them_would_take_gigabytes(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST == 20_000_000
    triples = engine.count_merged()
    assert triples is not None
    monkeypatch.setattr("kg.workers.awaited.MOST", triples)
    assert columns_of(engine, triples) is not None, "quads of named graphs count beside the merge"
    assert columns_of(engine, triples + 1) is None
    monkeypatch.setattr("kg.workers.awaited.MOST", triples - 1)
    assert columns_of(engine, 1) is None


def test_a_revision_on_disk_answers_at_once_and_has_columns_soon(store_path: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

    async def main() -> None:
        pool = WorkerPool(Limits(seconds=5, memory=256 << 20, workers=2))
        asking = Asking(pool, pool.nursery(store_path, union=True, in_memory_up_to=0, columns_from=100))
        try:
            bodies = {(await asking.ask(query)).content}
            for _ in range(200):
                if pool.columns["answered"]:
                    break
                await asyncio.sleep(0.05)
                bodies.add((await asking.ask(query)).content)
            assert pool.columns == {"answered": 1}
            workers = len(asking.nursery.idle)
            for _ in range(workers + 3):
                bodies.add((await asking.ask(query)).content)
            assert pool.columns == {"answered": workers + 4}, "a worker does not see them"
            assert [json.loads(body)["results"]["bindings"][0]["n"]["value"] for body in bodies] == [str(COUNT)]
        finally:
            pool.close()

    asyncio.run(main())


def test_without_room_for_the_file_the_engine_answers(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/proc/nowhere")
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: ["/proc/nowhere"])
    assert Awaited(store_path, 100).columns() is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux opens a file without a name again")
def test_workers_cannot_write_what_all_of_them_read(store_path: Path) -> None:
    awaited = Awaited(store_path, 100)
    assert awaited._file is not None
    assert not awaited._file.writable()
    pid, status = os.waitpid(-1, 0)
    assert (pid > 0, status) == (True, 0)
    columns = awaited.columns()
    assert columns is not None
    assert len(columns.tables) == COUNT
    awaited._file.close()


def test_a_mistake_of_the_columns_is_told_and_the_engine_answers(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = Columns.of(line.encode() for line in TRIPLES)

    def wrong(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr("kg.columns.columns.solutions", wrong)
    one, other = socket.socketpair()
    with one, other:
        worker = Worker(one, engine, 1 << 30, columns)
        output = io.BytesIO()
        request = QueryRequest("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert worker._in_columns(request, ResultFormat.JSON, Limited(output)) == "failed"
        if worker._spool is not None:
            worker._spool.close()
    assert output.getvalue() == b""
    assert "a mistake of ours" in capsys.readouterr().err
