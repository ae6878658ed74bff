"""Which revisions have columns, and that nothing is loaded for the others."""

from __future__ import annotations

import io
import socket
import subprocess
import sys

import pytest

from kg.columns import Columns
from kg.engine import EmbeddedEngine, QueryRequest, ResultFormat
from kg.engine.output import Limited
from kg.workers.queries import Worker, columns_of
from tests.conftest import ROOT

N = "http://example.org/"
TRIPLES = [f"<{N}{number}> <{N}up> <{N}{number // 2}> ." for number in range(1, 60)]


def test_a_small_revision_has_no_columns_and_loads_no_arrays() -> None:
    code = f"""
import sys
from kg.engine import EmbeddedEngine
from kg.workers.queries import columns_of
engine = EmbeddedEngine.of_graphs([("{N}g", {"".join(line + chr(10) for line in TRIPLES).encode()!r})])
assert columns_of(engine, 1000) is None and columns_of(engine, 0) is None
assert "numpy" not in sys.modules
assert columns_of(engine, 10) is not None
assert "numpy" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_an_engine_without_a_copy_in_memory_has_no_columns(engine: EmbeddedEngine) -> None:
    assert columns_of(engine, 1_000_000_000) is None


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
