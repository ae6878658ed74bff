"""The servers that are compared: each is started on loopback with the same data, and ended by its process id."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

from tests.reliability.asking import COUNT, SMALL, ask, ask_small, counted
from tests.reliability.processes import Watch, end
from tests.reliability.wire import Endpoint, Reply

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "bench" / ".venv"
LOCK = ROOT / "bench" / "requirements.lock"
START_SECONDS = 60.0
TWICE = "ours, two servers"


@dataclass(frozen=True, slots=True)
class Data:
    """What is served: our store, and the same triples as a file."""

    folder: Path
    store: Path
    triples: Path


@dataclass(frozen=True, slots=True)
class Peer:
    """A server: its name, how its command line is made for a port, and where it answers."""

    name: str
    about: str
    command: Callable[[Data, int], Sequence[str]]
    query: str
    update: str
    variables: Mapping[str, str] = field(default_factory=dict)
    by_get: bool = False
    """Whether it is asked by GET only: Virtuoso waits for more of a query that is posted as such."""


class Running:
    """A server under watch; it may be started again when it has ended."""

    def __init__(self, peer: Peer, data: Data, memory_bound: int) -> None:
        self.peer = peer
        self.deaths = 0
        self.killed_for_memory = 0
        self.peak = 0
        self.started_in = 0.0
        """Seconds from the start of the process to its first answer, the last time."""
        self._data, self._bound = data, memory_bound
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: Watch | None = None
        self.endpoint = Endpoint(0)
        self.triples = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start, and wait until it answers.

        Raises:
            RuntimeError: it does not.
        """
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.endpoint = Endpoint(port, self.peer.query, self.peer.update)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
        log = self._data.folder / f"{self.peer.name}.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                self.peer.command(self._data, port),
                cwd=self._data.folder,
                env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **self.peer.variables},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._watch = Watch(self.pid, self._bound).start()
        began = time.monotonic()
        while time.monotonic() < began + START_SECONDS and self.alive:
            if self._answers():
                self.started_in = time.monotonic() - began
                return
            time.sleep(0.01)
        raise RuntimeError(f"{self.peer.name} does not answer: {log.read_text('utf-8', errors='replace')[-2000:]}")

    def _answers(self) -> bool:
        if not self.peer.by_get:
            return self.probe(2).status == 200
        url = f"http://127.0.0.1:{self.endpoint.port}{self.peer.query}?query={quote(SMALL)}"
        try:
            with urlopen(Request(url, headers={"Accept": "application/sparql-results+json"}), timeout=2) as answer:
                return int(answer.status) == 200
        except OSError:
            return False

    def count(self) -> int:
        """Return how many triples a query sees."""
        return counted(ask(self.endpoint, COUNT, 30))

    def probe(self, limit: float = 5.0) -> Reply:
        """Ask the small query of a stranger, which is never the same twice."""
        return ask_small(self.endpoint, limit)

    def restart(self) -> None:
        """Start again, and count that as a death."""
        self.deaths += 1
        self.renew()

    def renew(self) -> None:
        """Start again, as an operator might."""
        self.end()
        self.start()

    def end(self) -> None:
        """End the server with all its processes."""
        if self._watch is not None:
            self._watch.stop()
            self.peak = max(self.peak, self._watch.peak)
            self.killed_for_memory += self._watch.killed
            self._watch = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(3)
            end(self.pid)
            self._process.wait(20)
            self._process = None


def ours(seconds: float) -> Peer:
    """Return our server, with all limits at their defaults but the deadline."""
    return Peer(
        "ours",
        f"`KG_QUERY_TIMEOUT={seconds:g} kg serve`",
        lambda data, port: [
            *(sys.executable, "-c", "from kg.cli import main; main()", "serve", "--store", str(data.store)),
            *("--host", "127.0.0.1", "--port", str(port)),
        ],
        "/sparql",
        "/sparql",
        {"KG_QUERY_TIMEOUT": f"{seconds:g}"},
    )


def twice(peer: Peer) -> Peer:
    """Return two servers like ours on one port, between which the kernel divides connections."""

    def command(data: Data, port: int) -> Sequence[str]:
        return ["sh", "-c", '"$@" & exec "$@"', "sh", *peer.command(data, port), "--reuse-port"]

    return replace(peer, name=TWICE, about="two of them on one port, `kg serve --reuse-port`", command=command)


def oxigraph(seconds: float | None) -> Peer:
    """Return the server of Oxigraph, with the same deadline, or with none."""
    deadline = [] if seconds is None else ["--timeout-s", f"{seconds:g}"]
    return Peer(
        "oxigraph",
        f"`{' '.join(['oxigraph serve', *deadline])}`",
        lambda data, port: [
            *(str(ENVIRONMENT / "bin" / "oxigraph"), "serve", "--location", str(data.folder / "oxigraph")),
            *("--bind", f"127.0.0.1:{port}", *deadline),
        ],
        "/query",
        "/update",
    )


def rdflib_endpoint(_: float) -> Peer:
    """Return rdflib-endpoint, which has no deadline to be set."""
    return Peer(
        "rdflib-endpoint",
        "`rdflib-endpoint serve`, which has no limits",
        lambda data, port: [
            *(str(ENVIRONMENT / "bin" / "rdflib-endpoint"), "serve", str(data.triples)),
            *("--host", "127.0.0.1", "--port", str(port)),
        ],
        "/",
        "/",
    )


def version(name: str) -> str:
    """Return the name and version of a server's package."""
    if name == "ours":
        return f"policy-kg {metadata.version('policy-kg')}"
    if name == "virtuoso":
        said = subprocess.run(["virtuoso-t", "-?"], capture_output=True, text=True, check=False)
        found_version = re.search(r"Version (\S+)", said.stdout + said.stderr)
        return f"virtuoso {found_version.group(1) if found_version else ''}"
    python = ENVIRONMENT / "bin" / "python"
    code = f"from importlib import metadata; print(metadata.version({name!r}))"
    found = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return f"{name} {found.stdout.strip()}"


def prepare_environment() -> None:
    """Make the environment of the peers, unless it is as the lock file says."""
    stamp = ENVIRONMENT / "installed.lock"
    if stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--require-hashes", "--requirement", str(LOCK)], check=True)
    stamp.write_bytes(LOCK.read_bytes())


def prepare_data(folder: Path, *, peers: bool) -> Data:
    """Build our store, export it, and load the export where a peer needs it."""
    data = Data(folder, folder / "store", folder / "graph.nt")
    kg = [sys.executable, "-c", "from kg.cli import main; main()"]
    run([*kg, "build", "--store", str(data.store)], folder)
    run([*kg, "export", "--store", str(data.store), "--format", "nt", "--output", str(data.triples)], folder)
    if peers:
        command = [str(ENVIRONMENT / "bin" / "oxigraph"), "load", "--location", str(folder / "oxigraph")]
        run([*command, "--file", str(data.triples)], folder)
    return data


def run(command: Sequence[str], folder: Path) -> None:
    """Run a command of ours, or of a peer, to its end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    subprocess.run(command, cwd=folder, env={**clean, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
