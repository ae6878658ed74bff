"""What the tests install from Debian: without a network it warns, and does not fail unless it has to succeed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "tests" / "debian.sh"
OPENREFINE = ("OpenRefine", "openrefine", "openrefine")


def run(folder: Path, tools: dict[str, str], *wanted: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the script where there are no other commands than a few, and these."""
    path = folder / "tools"
    path.mkdir()
    for name in ("sh", "mktemp", "rm", "tail"):
        (path / name).symlink_to(str(shutil.which(name)))
    for name, text in tools.items():
        (path / name).write_text(f"#!/bin/sh\n{text}\n")
        (path / name).chmod(0o755)
    environment = {"PATH": str(path), "TMPDIR": str(folder), **settings}
    return subprocess.run(
        [path / "sh", SCRIPT, *(wanted or OPENREFINE)], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("required", "code"), [("", 0), ("0", 0), ("1", 1)])
def test_a_failed_download_warns(tmp_path: Path, required: str, code: int) -> None:
    done = run(tmp_path, {"apt-get": "echo no network >&2; exit 100", "id": "echo 0"}, CLIENTS_REQUIRED=required)
    assert "OpenRefine could not be installed: no network" in done.stderr
    assert ("tests: warning: its tests will skip" in done.stderr) is (code == 0)
    assert done.returncode == code
    assert [path.name for path in tmp_path.iterdir()] == ["tools"]


@pytest.mark.parametrize(
    ("tools", "said"),
    [
        ({"openrefine": "exit 3"}, ""),
        ({}, "there is no apt-get"),
        ({"apt-get": "exit 3", "id": "echo 1000"}, "as root: apt-get install"),
        ({"apt-get": "exit 0", "id": "echo 0"}, "installing OpenRefine"),
    ],
    ids=["there", "no apt", "not root", "installs"],
)
def test_what_it_says(tmp_path: Path, tools: dict[str, str], said: str) -> None:
    done = run(tmp_path, tools, CLIENTS_REQUIRED="1")
    assert done.returncode == 0
    assert said in done.stderr
    assert bool(done.stderr) == bool(said)


def test_any_of_the_commands_will_do(tmp_path: Path) -> None:
    done = run(tmp_path, {"google-chrome": "exit 3"}, "Chromium", "chromium", "chromium", "google-chrome")
    assert (done.returncode, done.stderr) == (0, "")


def test_make_test_runs_it() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = re.findall(r"^\t@tests/debian\.sh (\w+)", makefile.partition("\nclients:")[2].partition("\n\n")[0], re.M)
    assert {"OpenRefine", "Chromium"} <= set(wanted)
    assert "test: $(VENV)/.dev web clients" in makefile
