"""What is made of a large revision before anybody asks for it: the index of names, what reads questions, the lists."""

from __future__ import annotations

import logging
import threading
from typing import Final

from fastapi import FastAPI

from api.routers.resolve import Resolvers
from api.state import PerRevision, Snapshot
from kg.errors import KgError
from kg.kinds import KINDS

LARGE: Final = 100_000
"""How many quads a revision has of which this is made; of fewer it takes a moment, and a start has none to spare."""

_LOG: Final = logging.getLogger(__name__)


def prepare(app: FastAPI, snapshot: Snapshot, large: int = LARGE) -> threading.Thread | None:
    """Begin to make it, and return the thread that does; None where the revision is not large.

    Whoever asks meanwhile waits for what he needs, as he would if he were the first to ask.
    """
    if int(snapshot.revision.manifest["triples"]) < large:
        return None
    # Nobody waits for it, not even the end of the process.
    thread = threading.Thread(target=_prepare, args=(app, snapshot), name="preparing", daemon=True)
    thread.start()
    return thread


def _prepare(app: FastAPI, snapshot: Snapshot) -> None:
    resolvers: PerRevision[Resolvers] = app.state.resolvers
    try:
        for kind in KINDS:
            snapshot.lookup.finder.count(kind.name)
        resolvers.of(snapshot).of(app.state.questions.current())
    except KgError as error:  # whoever asks is told
        _LOG.warning("not prepared: %s", error)
