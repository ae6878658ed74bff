"""The servers under test, each started with nothing in it: ours, and the one of Oxigraph to compare with."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.conformance.client import Target
from tests.reliability.processes import end

ROOT: Final = Path(__file__).resolve().parents[2]
TOKEN: Final = "conformance-token-0123456789"
OXIGRAPH: Final = ROOT / "bench" / ".venv" / "bin" / "oxigraph"
START_SECONDS: Final = 60.0


@contextlib.contextmanager
def ours(folder: Path, origins: Sequence[str] = (), settings: Mapping[str, str] | None = None) -> Iterator[Target]:
    """Start our server, strict about the default graph; it may call itself and some origins on this machine."""
    port = free_port()
    allowed = ",".join(f"{origin}#private" for origin in (f"http://127.0.0.1:{port}", *origins))
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--empty", "--store", "store"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--default-graph", "strict"]
    variables = {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "KG_WRITE_TOKEN": TOKEN,
        "KG_SERVICE_ALLOW": allowed,
        "KG_KEEP_REVISIONS": "3",
        "KG_LOG": "none",
        **(settings or {}),
    }
    target = Target(f"http://127.0.0.1:{port}", token=TOKEN, problems=True)
    with _running(command, folder, variables, target):
        yield target


@contextlib.contextmanager
def oxigraph(folder: Path) -> Iterator[Target]:
    """Start the server of Oxigraph."""
    port = free_port()
    command = [str(OXIGRAPH), "serve", "--location", "oxigraph", "--bind", f"127.0.0.1:{port}"]
    target = Target(f"http://127.0.0.1:{port}", "/query", "/update", "/store")
    with _running(command, folder, {}, target):
        yield target


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextlib.contextmanager
def _running(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], target: Target
) -> Iterator[subprocess.Popen[bytes]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**clean, **variables},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait(process, target, log)
        yield process
        assert process.poll() is None, f"the server ended by itself: {_tail(log)}"
    finally:
        target.close()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        end(process.pid)
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], target: Target, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server did not start: {_tail(log)}"
        with contextlib.suppress(OSError):
            if target.query("ASK {}").status == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server does not answer: {_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text("utf-8", errors="replace")[-3000:]
