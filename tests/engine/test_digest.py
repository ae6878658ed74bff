"""The identity of a dataset: the same for the same content, however it came about."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kg.engine import SetHash, hash_after, hash_of, without_graph
from kg.errors import StoreError
from kg.terms import XSD
from tests.revisions.helpers import Change, line, quad

G, H = "http://example.org/g", "http://example.org/h"
BLANK = [
    "_:a <http://example.org/p> _:b <http://example.org/g> .",
    '_:b <http://example.org/p> "1" <http://example.org/g> .',
    "<http://example.org/s> <http://example.org/p> _:a <http://example.org/h> .",
    '_:c <http://example.org/q> "2" _:g .',
]
GROUND = [
    *(line(value, graph) for value in ("1", "2", "甲\\n乙") for graph in (G, H)),
    '<http://example.org/s> <http://example.org/p> "1"@en .',
    "<http://example.org/s> <http://example.org/p> <http://example.org/g> .",
    f'<http://example.org/s> <http://example.org/p> "1"^^<{XSD}integer> <http://example.org/g> .',
]


def made(path: Path, lines: list[str], graphs: tuple[str, ...] = ()) -> Path:
    store = ox.Store(str(path))
    for name in graphs:
        store.add_graph(ox.NamedNode(name))
    for text in lines:
        store.add(quad(text))
    return path


def test_the_order_of_the_quads_does_not_matter(tmp_path: Path) -> None:
    lines = GROUND + BLANK
    one, other = made(tmp_path / "a", lines), made(tmp_path / "b", lines[::-1])
    assert hash_of(one) == hash_of(other)
    assert hash_of(one).blank_quads == len(BLANK)


def test_labels_of_blank_nodes_do_not_matter_and_what_they_stand_for_does(tmp_path: Path) -> None:
    renamed = [text.replace("_:a", "_:x").replace("_:b", "_:a") for text in BLANK]
    crossed = [text.replace("<http://example.org/p> _:b", "<http://example.org/p> _:c") for text in BLANK]
    one, same, other = (made(tmp_path / str(n), lines) for n, lines in enumerate((BLANK, renamed, crossed)))
    assert hash_of(one) == hash_of(same)
    assert hash_of(one).id != hash_of(other).id


@pytest.mark.parametrize("changed", GROUND + BLANK)
def test_every_quad_counts(tmp_path: Path, changed: str) -> None:
    without = [text for text in GROUND + BLANK if text != changed]
    assert hash_of(made(tmp_path / "a", GROUND + BLANK)).id != hash_of(made(tmp_path / "b", without)).id


def test_the_graph_of_a_quad_counts_and_so_does_a_graph_without_quads(tmp_path: Path) -> None:
    stores = [
        made(tmp_path / "a", [line("1", G)]),
        made(tmp_path / "b", [line("1", H)]),
        made(tmp_path / "c", [line("1", G)], (H,)),
        made(tmp_path / "d", [line("1", G)], ("http://example.org/i",)),
    ]
    assert len({hash_of(store).id for store in stores}) == 4


def test_one_graph_may_be_left_out(tmp_path: Path) -> None:
    one, other = (
        made(tmp_path / "a", GROUND, (H,)),
        made(tmp_path / "b", [text for text in GROUND if f"<{H}>" not in text]),
    )
    assert hash_of(one, H) == hash_of(other) == hash_of(other, H)
    assert hash_of(one, H).id != hash_of(one).id


def test_a_hash_is_read_back_from_json(tmp_path: Path) -> None:
    found = hash_of(made(tmp_path / "a", GROUND + BLANK))
    assert SetHash.from_json(found.to_json()) == found
    for broken in (None, {}, {**found.to_json(), "scheme": "x"}, {**found.to_json(), "ground": "no"}, {"scheme": "x"}):
        assert SetHash.from_json(broken) is None


def test_lines_of_a_graph_are_left_out_and_others_that_look_like_them_are_not() -> None:
    looks_like = f"<http://example.org/s> <http://example.org/p> <{G}> ."
    assert list(without_graph([line("1", G), line("1", H), looks_like], G)) == [line("1", H), looks_like]


def test_a_directory_that_is_no_store_has_no_hash(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        hash_of(tmp_path / "nothing")


@pytest.mark.parametrize(
    "change",
    [
        Change(added=frozenset({line("9")})),
        Change(removed=frozenset({line("1", G)})),
        Change(added=frozenset({"nonsense"})),
    ],
)
def test_a_change_that_is_not_what_tells_the_stores_apart_is_an_error(tmp_path: Path, change: Change) -> None:
    old, new = made(tmp_path / "a", [line("1", G)]), made(tmp_path / "b", [line("1", G), line("2", G)])
    with pytest.raises(StoreError):
        hash_after(hash_of(old), old, new, change)


@pytest.mark.parametrize(
    ("written", "stored"), [('"1"^^xsd:byte', '"1"^^xsd:integer'), ('"1.0"^^xsd:decimal', '"1"^^xsd:decimal')]
)
def test_a_change_is_told_in_the_words_of_the_store(tmp_path: Path, written: str, stored: str) -> None:
    """Oxigraph keeps values, not how they are written: two spellings of a quad would give two hashes."""
    one, other = (f"<http://e/s> <http://e/p> {text.replace('xsd:', '<' + XSD)}> <{G}> ." for text in (written, stored))
    old, new = made(tmp_path / "a", [line("1", G)]), made(tmp_path / "b", [line("1", G), one])
    with pytest.raises(StoreError, match="wrongly"):
        hash_after(hash_of(old), old, new, Change(frozenset({one})))
    assert hash_after(hash_of(old), old, new, Change(frozenset({other}))) == hash_of(new)


Lines = st.sets(st.sampled_from(GROUND + BLANK))
Graphs = st.sets(st.sampled_from((G, H, "http://example.org/i")))


@hypothesis_settings(max_examples=30, deadline=None)
@given(before=Lines, after=Lines, kept=Graphs, exclude=st.sampled_from(("", G, H)))
def test_the_hash_after_a_change_is_the_hash_of_what_it_made(
    before: set[str], after: set[str], kept: set[str], exclude: str
) -> None:
    """`kept` graphs are there before and after, so they are empty where no quad is in them."""
    with TemporaryDirectory() as folder:
        old = made(Path(folder) / "old", sorted(before), tuple(kept))
        new = made(Path(folder) / "new", sorted(after), tuple(kept))
        was, now = ({str(name) for name in ox.Store.read_only(str(path)).named_graphs()} for path in (old, new))
        change = Change(
            frozenset(after - before), frozenset(before - after), frozenset(now - was), frozenset(was - now)
        )
        assert hash_after(hash_of(old, exclude), old, new, change, exclude) == hash_of(new, exclude)
