"""Pictures of how the cost of things grows with the data, by matplotlib in the environment of the peers."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench.measured import Measured, Run
from bench.peers import ENVIRONMENT

Series = dict[str, list[tuple[int, float]]]
"""Points by name: triples, and what is shown."""


def _latency(load: str) -> Callable[[Measured], float]:
    return lambda server: statistics.median(each.median for each in server.loads[load])


OF_SERVERS: Final[dict[str, Callable[[Measured], float]]] = {
    "never-seen look-up, ms": _latency("look-up fresh"),
    "never-seen path, ms": _latency("tree fresh"),
    "never-seen aggregate, ms": _latency("aggregate fresh"),
    "repeated look-up, ms": _latency("look-up repeated"),
    "start to first answer, s": lambda server: statistics.median(server.start),
    "a small write, ms": lambda server: statistics.median(server.write) * 1000,
    "most memory, MiB": lambda server: server.memory / (1 << 20),
}


def draw(runs: Sequence[Run], folder: Path) -> list[Path]:
    """Write one SVG a figure into a folder, and return them.

    Raises:
        subprocess.CalledProcessError: they cannot be drawn.
    """
    folder.mkdir(exist_ok=True)
    pictures: dict[str, Series] = {title: {} for title in OF_SERVERS}
    for run in runs:
        for name, server in run.servers.items():
            for title, figure in OF_SERVERS.items():
                if server.start and (name == "ours" or "write" not in title):
                    pictures[title].setdefault(name, []).append((run.triples, figure(server)))
    pictures["loading, s"] = {}
    for run in runs:
        for name, seconds in run.loading.items():
            pictures["loading, s"].setdefault(name, []).append((run.triples, seconds))
    paths = {title: folder / f"{'-'.join(title.partition(',')[0].split())}.svg" for title in pictures}
    asked = [{"title": title, "series": pictures[title], "path": str(path)} for title, path in paths.items()]
    python, script = str(ENVIRONMENT / "bin" / "python"), str(Path(__file__).with_name("plots.py"))
    subprocess.run([python, script], input=json.dumps(asked), text=True, check=True)
    return list(paths.values())
