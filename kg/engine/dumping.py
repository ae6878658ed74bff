"""Graphs of a store as lines, while they are asked for: no more than a block of them is in memory at any time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

_BLOCK: Final = 1 << 18


def lines_of(store: ox.Store, graphs: Iterable[Graph]) -> Iterator[bytes]:
    """Yield the triples of graphs, one after the other, as lines of N-Triples, each with its end.

    Raises:
        OSError, RuntimeError: the store cannot be read.
    """
    read, write = os.pipe()
    failed: list[Exception] = []

    def dump() -> None:
        try:
            with os.fdopen(write, "wb", _BLOCK) as sink:
                for graph in graphs:
                    store.dump(sink, ox.RdfFormat.N_TRIPLES, from_graph=graph)
        except Exception as error:  # whatever it is, it is raised where the lines are taken
            failed.append(error)

    thread = threading.Thread(target=dump)
    thread.start()
    try:
        with os.fdopen(read, "rb", _BLOCK) as source:
            yield from source
    finally:
        thread.join()  # if not all lines were taken, it ends by what it writes to being closed
    for error in failed:
        raise error
