"""What a manifest says of every revision, whatever it was made of."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

from kg.engine import SetHash, hash_of
from kg.revisions.model import Revision


def facts(found: SetHash, author: str, parent: str | None) -> dict[str, Any]:
    """Return what is said of a revision that is made now."""
    return {
        "revision": found.id,
        "hash": found.to_json(),
        "published": now(),
        "author": author,
        "parent": parent,
    }


def known_hash(revision: Revision) -> SetHash:
    """Return the hash that the manifest keeps; where there is none, or not the one of the id, that of the quads.

    Raises:
        StoreError: the quads cannot be read.
    """
    known = SetHash.from_json(revision.manifest.get("hash"))
    if known is not None and known.id == revision.id:
        return known
    return hash_of(revision.data, revision.metadata_graph)


def to_json(manifest: Mapping[str, Any]) -> str:
    """Return the text of a manifest."""
    return json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def now() -> str:
    """Return the time as manifests and the history have it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
