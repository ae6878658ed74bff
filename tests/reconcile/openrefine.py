"""OpenRefine, started without a window and with a data directory of its own, and driven over its HTTP interface."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2

COMMAND = shutil.which("openrefine")
_PROJECT = re.compile(r"project=(\d+)")


class OpenRefine:
    """A running OpenRefine."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, timeout=60, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def get(self, command: str, **parameters: Any) -> Any:
        """Return what a command that changes nothing answers."""
        response = self._client.get(f"/command/core/{command}", params=parameters)
        response.raise_for_status()
        return response.json()

    def post(self, command: str, project: str, **fields: Any) -> dict[str, Any]:
        """Return what a command that changes something answers.

        Raises:
            AssertionError: it says that it failed.
        """
        data = {"csrf_token": self._token(), **fields}
        response = self._client.post(f"/command/core/{command}", params={"project": project}, data=data)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        assert found.get("code") in {"ok", "pending"}, found
        return found

    def create(self, name: str, csv: str) -> str:
        """Create a project from the text of a CSV file, cells as they stand there, and return its id."""
        options = {"separator": ",", "headerLines": 1, "guessCellValueTypes": False, "trimStrings": False}
        response = self._client.post(
            "/command/core/create-project-from-upload",
            params={"csrf_token": self._token(), "options": json.dumps(options)},
            data={"project-name": name, "format": "text/line-based/*sv"},
            files={"project-file": ("names.csv", csv.encode(), "text/csv")},
        )
        assert response.status_code == 302, response.text
        found = _PROJECT.search(response.headers["location"])
        assert found, response.headers["location"]
        return found.group(1)

    def models(self, project: str) -> dict[str, Any]:
        """Return columns, records and such of a project."""
        found: dict[str, Any] = self.get("get-models", project=project)
        return found

    def wait(self, project: str, seconds: float = 120) -> None:
        """Wait until a project has no more processes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.get("get-processes", project=project)
            assert not found.get("exceptions"), found
            if not found["processes"]:
                return
            time.sleep(0.2)
        raise AssertionError("OpenRefine is still at it")

    def rows(self, project: str) -> list[dict[str, Any]]:
        """Return the rows of a project; a cell has `r`, what it was reconciled to, by the key of the recons."""
        parameters = {"engine": json.dumps({"facets": [], "mode": "row-based"})}
        found = self.get("get-rows", project=project, start=0, limit=1000, **parameters)
        recons = found.get("pool", {}).get("recons", {})
        for row in found["rows"]:
            for cell in row["cells"]:
                if cell and "r" in cell:
                    cell["r"] = recons[str(cell["r"])]
        rows: list[dict[str, Any]] = found["rows"]
        return rows

    def _token(self) -> str:
        return str(self.get("get-csrf-token")["token"])


@contextlib.contextmanager
def running(folder: Path, seconds: float = 120) -> Iterator[OpenRefine]:
    """Start OpenRefine on a free port of this machine; at the end none of its processes is left.

    Raises:
        AssertionError: it does not start.
    """
    assert COMMAND, "OpenRefine is not installed"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, log = folder / "openrefine", folder / "openrefine.log"
    data.mkdir()
    command = [COMMAND, "-p", str(port), "-d", str(data), "-m", "512M", "-x", "refine.headless=true"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env=_environment(folder), start_new_session=True, cwd=folder
        )
    try:
        refine = OpenRefine(f"http://127.0.0.1:{port}")
        _until_it_answers(refine, process, log, seconds)
        try:
            yield refine
        finally:
            refine.close()
    finally:
        _end(process)


def _environment(folder: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "REFINE_MIN_MEMORY": "128M",
    }


def _until_it_answers(refine: OpenRefine, process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, f"OpenRefine ended: {log.read_text('utf-8', 'replace')[-3000:]}"
        with contextlib.suppress(httpx2.HTTPError, ValueError):
            if "version" in refine.get("get-version"):
                return
        time.sleep(0.3)
    raise AssertionError(f"OpenRefine does not answer: {log.read_text('utf-8', 'replace')[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the processes of the session that was started; it saves what it has when it is asked to end."""
    for sign, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, 20)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return
