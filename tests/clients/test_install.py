"""The installation of the clients: without a network it warns, and does not fail unless it has to succeed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("install.sh")
TOOLS = ("sh", "dirname", "mktemp", "rm", "tail", "grep", "cmp", "cp")


@pytest.mark.parametrize(("required", "code"), [("", 0), ("0", 0), ("1", 1)])
def test_a_failed_download_warns(tmp_path: Path, required: str, code: int) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(str(shutil.which(name)))
    for name, text in {"apt-get": "echo no network >&2; exit 100", "id": "echo 0", "java": "exit 1"}.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    script = shutil.copy(SCRIPT, tmp_path)
    done = subprocess.run(
        [tools / "sh", script],
        env={"PATH": str(tools), "TMPDIR": str(tmp_path), **({"CLIENTS_REQUIRED": required} if required else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "a Java runtime could not be installed: no network" in done.stderr
    assert ("clients: warning: " in done.stderr) is (code == 0)
    assert done.returncode == code
