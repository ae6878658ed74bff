"""Immutable revisions in a directory, the pointer to the current one, and the history of who published what.

    store/current                        the pointer: the id of the published revision, the number of its publication
    store/history/000000001.json         one entry a publication: who, when, what kind, how much changed
    store/revisions/<id>/oxigraph/       the quads
    store/revisions/<id>/manifest.json   what it was made of
    store/revisions/<id>/added.nq        what a write added to its parent, and beside it removed.nq
    store/.new-*                         what is under way, or a leftover of what was cut off
    store/.lock                          held by the one who writes

A revision is written beside the others and published by one atomic rename of the pointer, so a crash at any point
leaves the last published revision whole. Its id stands for its content (`kg.engine.digest`).
"""

from kg.revisions.model import Delta, Kind, Publication, Revision, Written, local_author
from kg.revisions.remote.reading import RemoteReader, RemoteRevision
from kg.revisions.remote.store import RemoteRevisionStore, reader_of, store_of
from kg.revisions.store import Describe, DescribeChange, RevisionStore

__all__ = [
    "Delta",
    "Describe",
    "DescribeChange",
    "Kind",
    "Publication",
    "RemoteReader",
    "RemoteRevision",
    "RemoteRevisionStore",
    "Revision",
    "RevisionStore",
    "Written",
    "local_author",
    "reader_of",
    "store_of",
]
