"""How much data the servers are given: the seeds, or a corpus of some policies; and how long loading takes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench import virtuoso
from bench.peers import ENVIRONMENT, Data, prepare_data, run
from bench.reporting import say

QUICK: Final = (0, 1200)
FULL: Final = (0, 100, 1200, 2000, 20_000)
MOST: Final = {"rdflib-endpoint": 100, "rdflib": 2000, "virtuoso": 2000}
"""Up to how many policies some peers are given: with more, loading alone takes them very long."""
SAME_QUADS: Final = "oxigraph, with graphs"
"""Oxigraph's loading of the same file as ours; its server is asked about the triples alone, which are half the work."""

_KG: Final = (sys.executable, "-c", "from kg.cli import main; main()")


@dataclass(slots=True)
class Scale:
    """The data of one size, on the disk, and the seconds that each has taken to load them."""

    policies: int
    data: Data
    triples: int = 0
    loading: dict[str, float] = field(default_factory=dict)
    per_quad: float | None = None
    """How many times as long a quad takes us to load here as one of a quarter of the data."""

    def takes(self, peer: str) -> bool:
        """Tell whether a peer is given so much."""
        return self.policies <= MOST.get(peer, sys.maxsize)

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.policies:,} policies" if self.policies else "the seeds"


def prepare(policies: int, folder: Path) -> Scale:
    """Make a corpus, and load it into our store and Oxigraph's; 0 policies are the seeds."""
    if not policies:
        return Scale(0, prepare_data(folder, peers=True))
    say(f"a corpus of {policies:,} policies")
    data = Data(folder, folder / "store", folder / "graph.nt")
    corpus = folder / "corpus.nq"
    quads = _synthesize(policies, corpus)
    _without_graphs(corpus, data.triples)
    scale = Scale(policies, data)
    load = [*_KG, "load", str(corpus), "--store", str(data.store), "--no-validate"]
    server = [str(ENVIRONMENT / "bin" / "oxigraph"), "load", "--location"]
    quads_alone = [*server, str(folder / "oxigraph-quads"), "--file", str(corpus)]
    triples_alone = [*server, str(folder / "oxigraph"), "--file", str(data.triples)]
    for name, command in (("ours", load), (SAME_QUADS, quads_alone), ("oxigraph", triples_alone)):
        began = time.monotonic()
        run(command, folder)
        scale.loading[name] = time.monotonic() - began
        say(f"{name} has loaded them in {scale.loading[name]:.1f} s")
    if virtuoso.SERVER is not None and scale.takes("virtuoso"):
        scale.loading["virtuoso"] = virtuoso.load(data)
    corpus.unlink()
    shutil.rmtree(folder / "oxigraph-quads")
    scale.per_quad = scale.loading["ours"] / quads / _a_quad_of(policies // 4, folder / "quarter")
    return scale


def _synthesize(policies: int, corpus: Path) -> int:
    """Write a corpus, and return how many quads it has."""
    run([*_KG, "synth", "--policies", str(policies), "--seed", "1", "--output", str(corpus)], corpus.parent)
    with corpus.open("rb") as lines:
        return sum(1 for _ in lines)


def _a_quad_of(policies: int, folder: Path) -> float:
    """Return how many seconds a quad of a corpus of some policies takes us to load."""
    folder.mkdir()
    corpus = folder / "corpus.nq"
    quads = _synthesize(policies, corpus)
    began = time.monotonic()
    run([*_KG, "load", str(corpus), "--store", str(folder / "store"), "--no-validate"], folder)
    seconds = time.monotonic() - began
    shutil.rmtree(folder)
    return seconds / quads


def _without_graphs(quads: Path, triples: Path) -> None:
    """Write the triples of a file of N-Quads, one that several graphs have as often."""
    with quads.open("rb") as source, triples.open("wb") as target:
        target.writelines(line[: line.rindex(b" <", 0, -3)] + b" .\n" for line in source)


def library_script(name: str, data: Data, texts: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    """Run `bench.libraries` in the environment of the peers."""
    python, script = str(ENVIRONMENT / "bin" / "python"), str(Path(__file__).with_name("libraries.py"))
    command = [python, script, name, str(data.triples), str(texts), f"{seconds:g}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=data.folder)
