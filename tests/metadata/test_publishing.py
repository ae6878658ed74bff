"""Revisions carry their description, whichever way they came about."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import ChangedQuads
from kg.engine.digest import line_of
from kg.engine.view import StoreView
from kg.metadata import Describing, Names, Release, describing_change, description, read_examples
from kg.revisions import Revision, RevisionStore
from kg.terms import DCAT, DCTERMS, PKG, RDF
from tests.metadata.stores import GRAPH, IRIS, Changed, graph_of

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
NAMES = Names(IRIS)
SOURCE = IRIS.graph("source", "a")
MANIFEST = {"base_iri": IRIS.base, "triples": 1}
CONTENT = f"<{IRIS.mint('measure', 'a')}> <{RDF}type> <{PKG}Measure> .\n".encode()


def quad(name: str, graph: str = SOURCE) -> ox.Quad:
    thing = ox.NamedNode(IRIS.mint("measure", name))
    return ox.Quad(thing, ox.NamedNode(RDF + "type"), ox.NamedNode(PKG + "Measure"), ox.NamedNode(graph))


def adding(quads: Iterable[ox.Quad], drop: Iterable[str] = ()) -> Callable[[Path], ChangedQuads]:
    """Return a write: quads that come, graphs that go."""

    def apply(path: Path) -> ChangedQuads:
        store, added, gone = ox.Store(str(path)), frozenset(map(line_of, quads)), set()
        for name in drop:
            gone |= {line_of(found) for found in store.quads_for_pattern(None, None, None, ox.NamedNode(name))}
            store.remove_graph(ox.NamedNode(name))
        store.extend(quads)
        return Changed(added, frozenset(gone), frozenset(), frozenset(drop))

    return apply


@pytest.fixture
def store(tmp_path: Path) -> RevisionStore:
    store = RevisionStore(tmp_path / "store")
    store.publish([(SOURCE, CONTENT)], MANIFEST, describe=Describing(IRIS, QUESTIONS))
    return store


def said(revision: Revision, predicate: str) -> list[str]:
    with StoreView(revision.data, GRAPH) as view:
        return list(view.values_apart(NAMES.dataset, predicate))


def test_build_is_described(store: RevisionStore) -> None:
    revision = store.current()
    assert said(revision, DCAT + "version") == [revision.id]
    assert said(revision, DCAT + "previousVersion") == []


def test_description_is_no_part_of_what_the_id_stands_for(store: RevisionStore, tmp_path: Path) -> None:
    bare = RevisionStore(tmp_path / "bare").publish([(SOURCE, CONTENT)], MANIFEST)
    assert bare.id == store.current_id()
    assert graph_of(bare.data) == set()


@pytest.mark.parametrize("drop", [(), (GRAPH,)], ids=["as it is", "without the description"])
def test_write_is_described(store: RevisionStore, drop: tuple[str, ...]) -> None:
    before = store.current()
    apply = adding([quad("b")], drop)
    done = store.write(apply, kind="update", author="me", describe=describing_change(IRIS, QUESTIONS))
    today = datetime.datetime.now(datetime.UTC).date()
    days = {(today - datetime.timedelta(days=count)).isoformat() for count in (0, 1)}
    assert said(done.revision, DCAT + "version") == [done.revision.id] == [store.current_id()]
    assert said(done.revision, DCAT + "previousVersion") == [NAMES.part("revision", before.id)]
    assert set(said(done.revision, DCTERMS + "modified")) <= days
    release = Release(done.revision.id, before.id, said(done.revision, DCTERMS + "modified")[0])
    whole = description(done.revision.data, IRIS, read_examples(QUESTIONS, IRIS), release)
    assert graph_of(done.revision.data) == set(whole.decode().splitlines())


def test_write_to_a_store_that_an_earlier_version_made_is_described_whole(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path / "store")
    before = store.publish([(SOURCE, CONTENT)], MANIFEST)
    apply = adding([quad("b")])
    done = store.write(apply, kind="update", author="me", describe=describing_change(IRIS, QUESTIONS))
    assert said(done.revision, DCAT + "version") == [done.revision.id]
    assert said(done.revision, DCAT + "previousVersion") == [NAMES.part("revision", before.id)]
    assert len(graph_of(done.revision.data)) > 100


def test_store_begun_without_data_carries_no_description(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path / "store")
    store.publish((), {**MANIFEST, "triples": 0, "metadata": False})
    apply = adding([quad("b")])
    done = store.write(apply, kind="update", author="me", describe=describing_change(IRIS, QUESTIONS))
    assert done.revision.id == store.current_id()
    assert graph_of(done.revision.data) == set()
