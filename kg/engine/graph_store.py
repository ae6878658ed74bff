"""The operations of the Graph Store Protocol on the directory of a store; each tells exactly what it changed."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.engine.documents import read_document
from kg.engine.recording import Change, as_stored, opened
from kg.errors import GraphNotFound


def put_graph(path: Path, graph: str | None, content: bytes, media_type: str, base: str = "") -> tuple[Change, bool]:
    """Replace a graph (None: the default graph) by a document; return what changed, and whether the graph was there.

    Raises:
        UnsupportedFormat, DocumentSyntaxError: the document cannot be read.
        StoreError: the directory cannot be written.
    """
    with opened(path) as recorder:
        name = _graph(graph)
        new = {quad for batch in as_stored(read_document(content, media_type, base, name)) for quad in batch}
        existed = recorder.has(name)
        recorder.remove([quad for quad in recorder.quads(name) if quad not in new])
        recorder.create(name)
        recorder.add(new)
        return recorder.change(), existed


def post_graph(path: Path, graph: str | None, content: bytes, media_type: str, base: str = "") -> tuple[Change, bool]:
    """Add a document to a graph (None: the default graph); return what changed, and whether the graph was there.

    Raises:
        UnsupportedFormat, DocumentSyntaxError: the document cannot be read.
        StoreError: the directory cannot be written.
    """
    with opened(path) as recorder:
        name = _graph(graph)
        existed = recorder.has(name)
        recorder.create(name)
        recorder.add(read_document(content, media_type, base, name))
        return recorder.change(), existed


def delete_graph(path: Path, graph: str | None) -> Change:
    """Remove a graph; of the default graph (None) its triples. Return what changed.

    Raises:
        GraphNotFound: there is no such graph.
        StoreError: the directory cannot be written.
    """
    with opened(path) as recorder:
        name = _graph(graph)
        if not recorder.has(name):
            raise GraphNotFound(graph or "")
        recorder.drop(name)
        return recorder.change()


def _graph(name: str | None) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if name is None else ox.NamedNode(name)
