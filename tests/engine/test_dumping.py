"""Lines of a graph while they are asked for."""

from __future__ import annotations

import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine.dumping import lines_of

DEFAULT = ox.DefaultGraph()
COUNT = 20_000


@pytest.fixture
def store(tmp_path: Path) -> ox.Store:
    store = ox.Store(str(tmp_path / "store"))
    name, value = ox.NamedNode("urn:p"), "a\nb" * 20
    store.bulk_extend(ox.Quad(ox.NamedNode(f"urn:s{number}"), name, ox.Literal(value)) for number in range(COUNT))
    return store


def test_they_are_all_lines_of_the_graph(store: ox.Store) -> None:
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.NamedNode("urn:o"), ox.NamedNode("urn:g")))
    lines = list(lines_of(store, [DEFAULT]))
    assert len(set(lines)) == len(lines) == COUNT
    assert all(line.startswith(b"<urn:s") and line.endswith(b'b" .\n') for line in lines)
    named = [b"<urn:s> <urn:p> <urn:o> .\n"]
    assert list(lines_of(store, [ox.NamedNode("urn:g")])) == named
    assert list(lines_of(store, [DEFAULT, *store.named_graphs()])) == lines + named


def test_whoever_takes_some_only_leaves_nothing_behind(store: ox.Store) -> None:
    before = threading.active_count()
    lines = lines_of(store, [DEFAULT])
    assert next(lines).startswith(b"<urn:s")
    lines.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_what_fails_is_raised_where_the_lines_are_taken() -> None:
    class Failing:
        def dump(self, *_: object, **__: object) -> None:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(lines_of(Failing(), [DEFAULT]))  # type: ignore[arg-type]
