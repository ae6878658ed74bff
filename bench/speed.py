"""How fast our server answers beside its peers, on the same data and queries: `python -m bench.speed`."""

from __future__ import annotations

import argparse
import json
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from bench import growth, peers, scales, virtuoso
from bench.load import Load, load
from bench.measured import Effort, Measured, Run
from bench.mixes import RESULTS, Mix, api_paths, mixes
from bench.peers import ROOT, Data, Peer, Running, prepare_environment
from bench.reporting import hand_over, say
from bench.scales import Scale, library_script
from bench.speed_table import markdown
from kg.engine import Engine
from kg.revisions import RevisionStore
from kg.settings import Settings

MEMORY_BOUND: Final = 8 << 30
TOKEN: Final = "only-for-the-benchmark-0123456789"
WRITE: Final = 'INSERT DATA {{ GRAPH <urn:example:notes> {{ <urn:example:{0}> <urn:example:note> "{0}" }} }}'
SERVERS: Final = ("ours", "oxigraph", "rdflib-endpoint", "virtuoso")
LIBRARIES: Final = ("rdflib", "maplib")
_CHECKED: Final = 12
"""How many queries of a mix are held against the answers of the library in this process."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print or write the tables."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    effort = Effort(2, 2) if options.quick else Effort(10, 5)
    say("the peers' environment (bench/.venv)")
    prepare_environment()
    runs = []
    for policies in options.scales or (scales.QUICK if options.quick else scales.FULL):
        with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder:
            runs.append(_run(scales.prepare(policies, Path(folder)), options.only, effort))
    pictures = growth.draw(runs, options.output.parent / "performance") if options.output and len(runs) > 1 else []
    hand_over(markdown(runs, effort, pictures), [asdict(run) for run in runs], options.output, options.json)
    return 0


def _run(scale: Scale, only: str | None, effort: Effort) -> Run:
    engine = RevisionStore(scale.data.store).current(Settings().base_iri).open()
    asked = mixes(engine)
    found = {peer.name: _measure(peer, scale.data, engine, asked, effort) for peer in _servers(only, scale)}
    if not scale.policies and only in {None, "ours"}:
        found[peers.TWICE] = _twice(scale.data, asked, effort)
    if not scale.policies and not only:
        found["static"] = _static(found["ours"], effort)
    libraries = {
        name: _library(name, scale.data, asked, effort)
        for name in LIBRARIES
        if only in {None, name} and scale.takes(name)
    }
    loading = dict(scale.loading)
    for name, by_mix in libraries.items():
        loaded = [each["load"] for each in by_mix.values() if each.get("load")]
        loading.update({name: statistics.median(loaded)} if loaded else {})
    return Run(scale.name, engine.count(), found, libraries, loading, scale.per_quad)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="some minutes: short loads")
    parser.add_argument(
        "--scales",
        type=lambda text: [int(part) for part in text.split(",")],
        help="numbers of policies, by commas; 0 is the seeds",
    )
    parser.add_argument("--only", choices=[*SERVERS, *LIBRARIES], help="measure one alone")
    parser.add_argument("--output", type=Path, help="file for the tables; standard output if not given")
    parser.add_argument("--json", type=Path, help="file for the figures as they were measured")
    return parser.parse_args(arguments)


def _ours() -> Peer:
    """Return our server, which writes no line a request, as the others write none."""
    ours = peers.ours(10)
    return replace(ours, variables={**ours.variables, "KG_LOG": "none", "KG_WRITE_TOKEN": TOKEN})


def _servers(only: str | None, scale: Scale) -> list[Peer]:
    # With a deadline, Oxigraph's server starts a thread for each query that lasts as long as the deadline, and ends
    # when there are too many of them: after some thousand small queries.
    every = [_ours(), peers.oxigraph(None), peers.rdflib_endpoint(10)]
    if virtuoso.SERVER is None:
        say("virtuoso is not here: apt-get install virtuoso-opensource")
    elif only in {None, "virtuoso"} and scale.takes("virtuoso"):
        if "virtuoso" not in scale.loading:
            virtuoso.load(scale.data)
        every.append(virtuoso.virtuoso())
    return [peer for peer in every if only in {None, peer.name} and scale.takes(peer.name)]


def _library(name: str, data: Data, asked: Mapping[str, Mix], effort: Effort) -> dict[str, Any]:
    """Return what a library does, by mix: see `bench.libraries`."""
    found: dict[str, Any] = {}
    for mix in asked.values():
        texts = data.folder / "queries.json"
        texts.write_text(json.dumps(mix.queries), encoding="utf-8")
        done = library_script(name, data, texts, effort.seconds)
        found[mix.name] = json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr[-400:]}
        say(f"{name} {mix.name}: {found[mix.name].get('median')} ms")
    return found


def _measure(peer: Peer, data: Data, engine: Engine, asked: Mapping[str, Mix], effort: Effort) -> Measured:
    found = Measured(peer.name, peers.version(peer.name))
    server = Running(peer, data, MEMORY_BOUND)
    try:
        for _ in range(effort.runs):
            server.renew()
            found.start.append(server.started_in)
        for mix in asked.values():
            _check(server, mix, engine, found)
        for mix in asked.values():
            for kind in ("repeated", "fresh"):
                paths = mix.paths(peer.query, fresh=kind == "fresh")
                found.loads[f"{mix.name} {kind}"] = _loads(server, paths, RESULTS, effort)
                say(f"{peer.name} {mix.name} {kind}: {found.loads[f'{mix.name} {kind}'][-1].throughput:.0f}/s")
        if peer.name == "ours":
            for name, each in api_paths(engine).items():
                found.loads[f"{name} repeated"] = _loads(server, each, "application/json", effort)
                say(f"{peer.name} {name}: {found.loads[f'{name} repeated'][-1].throughput:.0f}/s")
        found.write = [_write(server, number) for number in range(2 + effort.runs)][2:]
    finally:
        server.end()
    found.memory = server.peak
    return found


def _twice(data: Data, asked: Mapping[str, Mix], effort: Effort) -> Measured:
    """Measure what nobody has asked before with two of our servers on one port."""
    peer = peers.twice(_ours())
    found = Measured(peer.name, peer.about)
    server = Running(peer, data, MEMORY_BOUND)
    try:
        server.start()
        time.sleep(5)  # it is not told when the other one answers, too
        for mix in asked.values():
            paths = mix.paths(peer.query, fresh=True)
            found.loads[f"{mix.name} fresh"] = _loads(server, paths, RESULTS, effort)
            say(f"{peer.name} {mix.name} fresh: {found.loads[f'{mix.name} fresh'][-1].throughput:.0f}/s")
    finally:
        server.end()
    return found


def _loads(server: Running, paths: Sequence[str], accept: str, effort: Effort) -> list[Load]:
    def once(seconds: float) -> Load:
        return load(server.endpoint.port, paths, accept=accept, seconds=seconds, pid=server.pid)

    once(1)  # what was asked first has been read from disk, and is known, by then
    return [once(effort.seconds) for _ in range(effort.runs)]


def _check(server: Running, mix: Mix, engine: Engine, found: Measured) -> None:
    """Hold answers against those of the library in this process; a query that fails is an answer that is not equal."""
    for query, path in list(zip(mix.queries, mix.paths(server.peer.query, fresh=False), strict=True))[:_CHECKED]:
        expected = sorted(
            sorted((name, _plain(str(term))) for name, term in row.items()) for row in engine.select(query)
        )
        found.asked += 1
        try:
            request = Request(f"http://127.0.0.1:{server.endpoint.port}{path}", headers={"Accept": RESULTS})
            with urlopen(request, timeout=60) as answer:
                rows = json.load(answer)["results"]["bindings"]
        except (OSError, ValueError):
            continue
        found.equal += expected == sorted(
            sorted((name, _plain(value["value"])) for name, value in row.items()) for row in rows
        )


def _plain(text: str) -> str:
    """Return a value as it is compared: servers write the same number with different digits."""
    try:
        return f"{float(text):.9g}"
    except ValueError:
        return text


def _write(server: Running, number: int) -> float:
    """Return the seconds that a small write takes until it is published; NaN where the server takes none."""
    url = f"http://127.0.0.1:{server.endpoint.port}{server.peer.update}"
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
    began = time.monotonic()
    try:
        with urlopen(Request(url, WRITE.format(number).encode(), headers), timeout=60) as answer:
            answer.read()
    except OSError:
        return float("nan")
    return time.monotonic() - began


def _static(ours: Measured, effort: Effort) -> Measured:
    """Measure a bare answer of the same size as that of a repeated look-up."""
    sizes: list[Any] = [each.size for each in ours.loads["look-up repeated"]]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "bench.static", str(port), str(int(sizes[0]))], cwd=ROOT)
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        found = Measured("static", "a bare ASGI answer from the server that ours runs on")
        found.loads["static repeated"] = [
            load(port, ["/"], accept="*/*", seconds=effort.seconds, pid=process.pid) for _ in range(effort.runs)
        ]
        return found
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    sys.exit(main())
