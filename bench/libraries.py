"""Libraries that answer queries in the process of whoever asks: how many a second, one after the other.

`python libraries.py NAME FILE QUERIES SECONDS`: reads the triples of a file, then asks the queries (a JSON list of
texts) in turn for so many seconds, and prints JSON. It runs in the environment of the peers, and so imports nothing of
ours.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def rdflib_of(path: str) -> Callable[[str], int]:
    """Return what asks rdflib."""
    graph = import_module("rdflib").Graph()
    graph.parse(path, format="nt")
    return lambda query: len(list(graph.query(query)))


def maplib_of(path: str) -> Callable[[str], int]:
    """Return what asks maplib."""
    model = import_module("maplib").Model()
    model.read(path, format="ntriples")
    return lambda query: len(model.query(query))


KNOWN = {"rdflib": rdflib_of, "maplib": maplib_of}


def main(name: str, path: str, queries: str, seconds: str) -> int:
    """Measure one library."""
    texts = json.loads(Path(queries).read_text("utf-8"))
    began = time.monotonic()
    ask = KNOWN[name](path)
    loaded = time.monotonic() - began
    rows: list[int | None] = []
    for text in texts:
        try:
            rows.append(ask(text))
        except Exception:  # whatever a library raises, it has no answer
            rows.append(None)
    able = [text for text, found in zip(texts, rows, strict=True) if found is not None]
    spent: list[float] = []
    ends = time.monotonic() + float(seconds)
    while able and time.monotonic() < ends:
        for text in able:
            start = time.monotonic()
            ask(text)
            spent.append(time.monotonic() - start)
            if time.monotonic() > ends:
                break
    print(
        json.dumps(
            {
                "load": loaded,
                "rows": rows,
                "median": statistics.median(spent) * 1000 if spent else None,
                "throughput": len(spent) / sum(spent) if spent else None,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
