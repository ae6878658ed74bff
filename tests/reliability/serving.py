"""`kg serve` as a process of its own, as an operator starts it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.processes import end, tree

ROOT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens: its process, its port, and the file of what it says."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def said(self) -> str:
        """What it has said."""
        return self.log.read_text("utf-8", errors="replace")


@contextlib.contextmanager
def serving(
    store: Path | str,
    log: Path,
    settings: Mapping[str, str] | None = None,
    *,
    seconds: float = 60.0,
    through: Sequence[str] = (),
    port: Sequence[str] = ("--port", "0"),
) -> Iterator[Serving]:
    """Start the server over a store, with `KG_` variables; at the end none of its processes is left.

    `through` is a command that executes the one which follows it; `port` says where to listen.

    Raises:
        AssertionError: it does not start, or does not end when told to.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--host", "127.0.0.1", *port]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*through, *command, "--store", str(store)],
            env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **(settings or {})},
            cwd=log.parent,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield Serving(process, _port(process, log, seconds), log)
        ended = process.poll()
        assert ended is None, (
            f"the server ended by itself with {ended}: {log.read_text('utf-8', errors='replace')[-3000:]}"
        )
        left = tree(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        deadline = time.monotonic() + 5
        while (left := {pid for pid in left if Path(f"/proc/{pid}").exists()}) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not left, "processes are left behind"
    finally:
        end(process.pid)
        process.wait(20)


def _port(process: subprocess.Popen[bytes], log: Path, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        said = log.read_text("utf-8", errors="replace")
        if match := _ADDRESS.search(said):
            return int(match.group(1))
        assert process.poll() is None, f"the server did not start: {said}"
        time.sleep(0.05)
    raise AssertionError("the server does not say that it listens")
