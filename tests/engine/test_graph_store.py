"""Replacing, adding to and removing graphs of a store directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.engine import Change, delete_graph, post_graph, put_graph
from kg.errors import DocumentSyntaxError, GraphNotFound, UnsupportedFormat
from tests.engine.stores import changed, content, make_store

TURTLE = "text/turtle"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    quads = '<u:a> <u:p> "1" <u:g> .\n<u:a> <u:p> "2" <u:g> .\n<u:a> <u:p> "d" .'
    return make_store(tmp_path / "store", quads, "u:empty")


def put(store: Path, graph: str | None, document: bytes, media_type: str = TURTLE) -> tuple[Change, bool]:
    existed = False

    def apply(clone: Path) -> Change:
        nonlocal existed
        change, existed = put_graph(clone, graph, document, media_type)
        return change

    return changed(store, apply)[1], existed


def test_put_replaces_a_graph_and_changes_only_what_differs(store: Path) -> None:
    change, existed = put(store, "u:g", b'<u:a> <u:p> "2" , "3" .')
    assert existed
    assert change == Change(frozenset({'<u:a> <u:p> "3" <u:g> .'}), frozenset({'<u:a> <u:p> "1" <u:g> .'}))


def test_put_of_the_same_changes_nothing(store: Path) -> None:
    assert put(store, "u:g", b'<u:a> <u:p> "2" , "1" .') == (Change(), True)
    assert put(store, "u:empty", b"") == (Change(), True)


def test_put_makes_a_graph_also_an_empty_one(store: Path) -> None:
    assert put(store, "u:new", b"") == (Change(created=frozenset({"u:new"})), False)
    change, existed = put(store, "u:new", b"<u:a> <u:p> <u:b> .")
    assert change.created == {"u:new"}
    assert not existed


def test_put_of_the_default_graph_leaves_the_named_ones(store: Path) -> None:
    change, existed = put(store, None, b"")
    assert (change, existed) == (Change(removed=frozenset({'<u:a> <u:p> "d" .'})), True)


def test_put_takes_numbers_as_the_store_keeps_them(store: Path) -> None:
    document = b'<u:a> <u:n> "03"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> .'
    after, _ = changed(store, lambda clone: put_graph(clone, "u:n", document, TURTLE)[0])
    _, change = changed(after, lambda clone: put_graph(clone, "u:n", document, TURTLE)[0])
    assert change == Change()


def test_post_adds_to_a_graph(store: Path) -> None:
    after, change = changed(store, lambda clone: post_graph(clone, "u:g", b"<x> <u:p> [] .", TURTLE, "u:base/")[0])
    assert len(change.added) == 1
    assert next(iter(change.added)).startswith("<u:base/x> <u:p> _:")
    again, _ = changed(after, lambda clone: post_graph(clone, "u:g", b"<x> <u:p> [] .", TURTLE, "u:base/")[0])
    assert len(content(again)[0]) == 5  # blank nodes of two documents are never the same


def test_delete_removes_a_graph(store: Path) -> None:
    _, change = changed(store, lambda clone: delete_graph(clone, "u:g"))
    assert len(change.removed) == 2
    assert change.dropped == {"u:g"}
    assert changed(store, lambda clone: delete_graph(clone, "u:empty"))[1] == Change(dropped=frozenset({"u:empty"}))
    assert len(changed(store, lambda clone: delete_graph(clone, None))[1].removed) == 1


def test_delete_of_a_missing_graph_says_so(store: Path) -> None:
    with pytest.raises(GraphNotFound):
        changed(store, lambda clone: delete_graph(clone, "u:nix"))


RDF_XML = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="u:">
<rdf:Description rdf:about="u:a"><u:p>x</u:p></rdf:Description></rdf:RDF>"""


@pytest.mark.parametrize(
    ("media_type", "document"),
    [
        ("text/turtle;charset=utf-8", b'<u:a> <u:p> "x" .'),
        ("application/n-triples", b'<u:a> <u:p> "x" .'),
        ("application/rdf+xml", RDF_XML),
        ("Application/LD+JSON", b'{"@id": "u:a", "u:p": "x"}'),
    ],
)
def test_documents_are_read_by_their_type(store: Path, media_type: str, document: bytes) -> None:
    assert put(store, "u:new", document, media_type)[0].added == {'<u:a> <u:p> "x" <u:new> .'}


@pytest.mark.parametrize("media_type", ["application/trig", "application/n-quads", "text/html", ""])
def test_other_types_are_refused(store: Path, media_type: str) -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        put(store, "u:g", b"", media_type)
    assert "text/turtle" in caught.value.supported


@pytest.mark.parametrize(
    ("media_type", "document", "line"),
    [
        (TURTLE, b"<u:a> <u:p>\n x .", 2),
        (TURTLE, b"<u:a> <u:p> \xff .", 1),
        ("application/rdf+xml", b"<a><b></a>", 0),
        ("application/ld+json", b'{"@id": "u:a",\n,}', 2),
    ],
)
def test_broken_documents_say_where(store: Path, media_type: str, document: bytes, line: int) -> None:
    with pytest.raises(DocumentSyntaxError) as caught:
        put(store, "u:g", document, media_type)
    assert caught.value.line == line


def test_context_elsewhere_is_not_fetched(store: Path) -> None:
    with pytest.raises(DocumentSyntaxError, match="contexts are not fetched"):
        put(store, "u:g", b'{"@context": "https://example.com/c", "@id": "u:a"}', "application/ld+json")


def test_graphs_within_a_document_are_refused(store: Path) -> None:
    with pytest.raises(DocumentSyntaxError):
        put(store, "u:g", b'{"@id": "u:x", "@graph": [{"@id": "u:a", "u:p": 1}]}', "application/ld+json")
