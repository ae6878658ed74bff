"""The commands over a store at a service, as an operator types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT, Placed


@pytest.fixture(scope="module")
def environment(placed: Placed) -> Mapping[str, str]:
    settings = placed("commands")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    ours = {"KG_STORE": str(settings.store), "KG_STORE_COPY": str(settings.store_copy)}
    ours |= {"KG_STORE_UPDATE": settings.store_update} if settings.store_update else {}
    return {**clean, **ours, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def kg(environment: Mapping[str, str], *arguments: str, code: int = 0) -> str:
    command: Sequence[str] = [sys.executable, "-c", "from kg.cli import main; main()", *arguments]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_what_is_built_is_listed_read_compared_and_gone_back_to(environment: Mapping[str, str], tmp_path: Path) -> None:
    assert "nothing has been published" in kg(environment, "revisions", "list", code=1)
    built = json.loads(kg(environment, "build", "--json", "--note", "first"))["revision"]
    table = kg(environment, "query", "--format", "csv", "SELECT (COUNT(?m) AS ?n) { ?m a pkg:Measure }")
    assert table.splitlines() == ["n", "57"]
    (entry,) = json.loads(kg(environment, "revisions", "list", "--json"))
    assert (entry["revision"], entry["note"], entry["current"], entry["kept"]) == (built, "first", True, True)
    elsewhere = {**environment, "KG_STORE_COPY": str(tmp_path / "copy")}
    assert kg(elsewhere, "revisions", "diff", built[:6]) == ""
    back = json.loads(kg(elsewhere, "revisions", "rollback", built[:6], "--json"))
    assert (back["revision"], back["kind"], back["seq"]) == (built, "rollback", 2)
    assert json.loads(kg(elsewhere, "revisions", "prune", "--keep", "1", "--json"))["kept"] == [built]


def test_what_is_wrong_is_said(environment: Mapping[str, str]) -> None:
    away = {**environment, "KG_STORE": "http://127.0.0.1:9/query"}
    assert "the SPARQL service that holds the data gave no answer: no connection" in kg(away, "query", "ASK {}", code=1)
    secret = {**environment, "KG_STORE": "http://me:secret@127.0.0.1:9/query"}
    said = kg(secret, "query", "ASK {}", code=2)
    assert "KG_STORE_USER" in said
    assert "secret" not in said
