"""Real SPARQL servers, each started on loopback with nothing in it, and ended by its process id."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from kg.settings import Settings
from tests.conftest import Placed
from tests.reliability.processes import busy_share, end

OXIGRAPH: Final = Path(sys.executable).parent / "oxigraph"
VIRTUOSO: Final = shutil.which("virtuoso-t")
ISQL: Final = shutil.which("isql-vt") or shutil.which("isql-v")
START_SECONDS: Final = 60.0

_INI: Final = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 20
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
CheckpointInterval = 0
MaxOptimizeLayouts = 20
StopCompilerWhenXOverRunTime = 1
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 20
ServerRoot = {folder}
[SPARQL]
ResultSetMaxRows = 1000000
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A SPARQL service that runs: where it takes queries and updates, and its process."""

    query: str
    update: str
    process: Process

    def calm(self) -> None:
        """Start it again if it goes on with what nobody waits for any more, and would do so for minutes."""
        deadline = time.monotonic() + 1.0
        while busy_share(self.process.pid, 0.05) > 0.5:
            if time.monotonic() > deadline:
                self.process.restart()
                return

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.query.split(":")[2].partition("/")[0])


@contextlib.contextmanager
def oxigraph(folder: Path, *options: str) -> Iterator[Service]:
    """Start the server of Oxigraph; it is a package of the development lock."""
    port = free_port()
    command = [str(OXIGRAPH), "serve", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{port}", *options]
    query = f"http://127.0.0.1:{port}/query"
    with _running(command, folder, query) as process:
        yield Service(query, f"http://127.0.0.1:{port}/update", process)


@contextlib.contextmanager
def virtuoso(folder: Path) -> Iterator[Service]:
    """Start Virtuoso, and let everybody on this machine update it; skips where it is not installed."""
    if VIRTUOSO is None or ISQL is None:
        pytest.skip("Virtuoso is not installed: apt-get install virtuoso-opensource")
    http, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(folder=folder, http=http, sql=sql), encoding="utf-8")
    query = f"http://127.0.0.1:{http}/sparql"
    with _running([VIRTUOSO, "-f", "-c", str(folder / "virtuoso.ini")], folder, query) as process:
        statements = "grant SPARQL_UPDATE to \"SPARQL\"; DB.DBA.RDF_DEFAULT_USER_PERMS_SET('nobody', 7);"
        said = subprocess.run(
            [ISQL, f"127.0.0.1:{sql}", "dba", "dba", "ERRORS=STDOUT", f"EXEC={statements}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "*** Error" not in said, said
        yield Service(query, "", process)


def placing(service: Service, factory: pytest.TempPathFactory) -> Placed:
    """Return what gives the settings of a store of its own at a service, whatever its name."""

    def place(name: str, **more: Any) -> Settings:
        settings = Settings(
            store=f"{service.query}#{name}-{secrets.token_hex(4)}",
            store_update=service.update or None,
            store_copy=factory.mktemp(name),
        )
        return Settings(**{**{key: getattr(settings, key) for key in ("store", "store_update", "store_copy")}, **more})

    return place


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Process:
    """The process of a server, which may be another one after a while."""

    def __init__(self, command: Sequence[str], folder: Path, url: str) -> None:
        self._command = command
        self._folder = folder
        self._url = url
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.restarts = 0

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env={name: value for name, value in os.environ.items() if not name.startswith("KG_")},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        _until(lambda: _answers(self._url), self._process, self._log)

    def stop(self, patience: float = 10.0) -> None:
        """End it."""
        assert self._process is not None
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        end(self._process.pid)
        self._process.wait(20)

    def restart(self) -> None:
        """End it, whatever it is doing, and start it again over what it has on the disk."""
        self.restarts += 1
        self.stop(0.5)
        self.start()

    def check(self) -> None:
        """Assert that it has not ended by itself."""
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended by itself: {_tail(self._log)}"


@contextlib.contextmanager
def _running(command: Sequence[str], folder: Path, url: str) -> Iterator[Process]:
    process = Process(command, folder, url)
    try:
        process.start()
        yield process
        process.check()
    finally:
        process.stop()


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urlopen(f"{url}?query={quote('ASK {}')}", timeout=2) as answer:
        return int(answer.status) == 200
    return False


def _until(done: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server did not start: {_tail(log)}"
        if done():
            return
        time.sleep(0.05)
    raise AssertionError(f"the server does not answer: {_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text("utf-8", errors="replace")[-3000:]
