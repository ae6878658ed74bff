"""Directories of triples: written, cloned, compared."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import (
    Scope,
    clone_store,
    count_quads,
    flush_store,
    graph_names,
    hash_of,
    lines_only_in,
    write_store,
)
from kg.errors import StoreError

A, B = "http://example.org/graph/a", "http://example.org/graph/b"
GRAPHS = [
    (A, b'<http://example.org/s> <http://example.org/p> "1" .\n_:x <http://example.org/p> _:y .\n'),
    (B, b'<http://example.org/s> <http://example.org/p> "1" .\n'),
]
LINE = f'<http://example.org/s> <http://example.org/p> "1" <{A}> .'


def test_a_written_store_has_the_hash_that_is_told(tmp_path: Path) -> None:
    found = write_store(tmp_path / "store", GRAPHS).hash
    assert found == hash_of(tmp_path / "store")
    assert write_store(tmp_path / "other", GRAPHS, Scope(B)).hash == hash_of(tmp_path / "store", B)


def test_a_literal_may_be_longer_than_what_is_read_at_a_time(tmp_path: Path) -> None:
    long = f'<http://example.org/s> <http://example.org/p> "{"长" * 1_500_000}" .\n'
    found = write_store(tmp_path / "store", [(A, f"{long}<urn:s> <urn:p> <urn:o> .\n".encode()), (B, long.encode())])
    assert (found.quads, found.counts["triples",], found.counts["subjects",]) == (3, 2, 2)
    assert hash_of(tmp_path / "store") == found.hash


def test_quads_and_graphs_are_counted_without_one_graph(tmp_path: Path) -> None:
    write_store(tmp_path / "store", GRAPHS)
    assert (count_quads(tmp_path / "store"), count_quads(tmp_path / "store", A)) == (3, 1)
    assert graph_names(tmp_path / "store") == {A, B}
    assert graph_names(tmp_path / "store", A) == {B}


def test_what_is_done_to_a_clone_leaves_its_source(tmp_path: Path) -> None:
    found = write_store(tmp_path / "store", GRAPHS).hash
    clone_store(tmp_path / "store", tmp_path / "clone")
    assert hash_of(tmp_path / "clone") == found
    shared = [path for path in (tmp_path / "clone").glob("*.sst") if path.stat().st_nlink == 2]
    assert shared, "the files of data are the same ones"
    ox.Store(str(tmp_path / "clone")).clear()
    flush_store(tmp_path / "clone")
    assert count_quads(tmp_path / "clone") == 0
    assert hash_of(tmp_path / "store") == found


def test_the_lines_that_one_store_has_alone(tmp_path: Path) -> None:
    write_store(tmp_path / "store", GRAPHS)
    write_store(tmp_path / "other", [(A, b"_:other <http://example.org/p> _:label .\n"), GRAPHS[1]])
    assert list(lines_only_in(tmp_path / "store", tmp_path / "other")) == [LINE]
    assert list(lines_only_in(tmp_path / "other", tmp_path / "store")) == []
    assert list(lines_only_in(tmp_path / "store", tmp_path / "other", A)) == []


def test_directories_that_are_no_stores_are_errors(tmp_path: Path) -> None:
    write_store(tmp_path / "store", GRAPHS)
    nothing = tmp_path / "nothing"
    for action in (
        lambda: count_quads(nothing),
        lambda: graph_names(nothing),
        lambda: clone_store(nothing, tmp_path / "clone"),
        lambda: list(lines_only_in(tmp_path / "store", nothing)),
    ):
        with pytest.raises(StoreError, match="cannot be"):
            action()


def test_a_store_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match="cannot be written"):
            write_store(path, GRAPHS)
        with pytest.raises(StoreError, match="cannot be written"):
            flush_store(path)


def test_files_do_not_grow_in_number_without_end(tmp_path: Path) -> None:
    """Each write is a clone that is opened, written and flushed."""
    path, most = tmp_path / "0", 0
    write_store(path, [("urn:g", b"<urn:a> <urn:b> <urn:c> .\n")])
    for number in range(1, 60):
        clone = tmp_path / str(number)
        clone_store(path, clone)
        ox.Store(str(clone)).add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:n"), ox.Literal(number)))
        flush_store(clone)
        path = clone
        most = max(most, len(list(path.glob("*.sst"))))
    assert most < 160
    store = ox.Store.read_only(str(path))
    assert len(store) == 60
