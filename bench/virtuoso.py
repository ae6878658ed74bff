"""Virtuoso (Debian's `virtuoso-opensource`) as a peer: its configuration, and how it is given the data."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.peers import Data, Peer

SERVER: Final = shutil.which("virtuoso-t")
CLIENT: Final = shutil.which("isql-vt") or shutil.which("isql-v")
GRAPH: Final = "urn:bench:graph"
_BUFFERS: Final = 200_000
"""Pages of 8 KiB that it may keep in memory: 1.6 GB, more than the data take."""

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
ServerPort = 127.0.0.1:{port}
ServerThreads = 20
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {data}
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 20
ServerRoot = {folder}
[SPARQL]
ResultSetMaxRows = 1000000
"""


def virtuoso() -> Peer:
    """Return the server of Virtuoso, over what `load` gave it."""
    return Peer("virtuoso", "`virtuoso-t` with 1.6 GB of buffers", _command, "/sparql", "/sparql", by_get=True)


def _command(data: Data, port: int) -> Sequence[str]:
    return [str(SERVER), "-f", "-c", str(_configured(data, port, _free()))]


def _configured(data: Data, http: int, port: int) -> Path:
    folder = data.folder / "virtuoso"
    folder.mkdir(exist_ok=True)
    file = folder / "virtuoso.ini"
    values = {"folder": folder, "data": data.folder, "port": port, "http": http}
    file.write_text(_INI.format(**values, buffers=_BUFFERS, dirty=_BUFFERS * 3 // 4), encoding="utf-8")
    return file


def load(data: Data) -> float:
    """Give it the triples; return the seconds that this took, its start left out.

    Raises:
        RuntimeError: it does not start, or does not take them.
    """
    port = _free()
    file = _configured(data, _free(), port)
    process = subprocess.Popen([str(SERVER), "-f", "-c", str(file)], cwd=file.parent, stderr=subprocess.DEVNULL)
    try:
        _until_it_answers(port)
        began = time.monotonic()
        # Its loader of files: to hand a hundred megabytes over in a statement takes minutes.
        _sql(port, f"ld_add('{data.triples}', '{GRAPH}');")
        _sql(port, "rdf_loader_run();")
        failed = _sql(port, "select ll_error from DB.DBA.load_list where ll_error is not null;")
        if "0 Rows." not in failed:
            raise RuntimeError(f"virtuoso has not loaded {data.triples}: {failed}")
        _sql(port, "checkpoint;")
        return time.monotonic() - began
    finally:
        if process.poll() is None:
            subprocess.run(
                [str(CLIENT), f"127.0.0.1:{port}", "dba", "dba", "EXEC=shutdown();"], check=False, capture_output=True
            )
        process.wait(60)


def _sql(port: int, statement: str) -> str:
    command = [str(CLIENT), f"127.0.0.1:{port}", "dba", "dba", "ERRORS=STDOUT", f"EXEC={statement}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or "*** Error" in done.stdout:
        raise RuntimeError(f"virtuoso: {statement}: {done.stdout}{done.stderr}")
    return done.stdout


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            _sql(port, "select 1;")
            return
        except RuntimeError:
            time.sleep(0.2)
    raise RuntimeError("virtuoso did not start")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
