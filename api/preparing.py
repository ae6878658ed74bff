"""What is made of a large revision before anybody asks for it: the index of names, what reads questions, the lists."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Final

from fastapi import FastAPI

from api.routers.resolve import Resolvers
from api.state import PerRevision, Snapshot, Snapshots
from kg.errors import KgError
from kg.kinds import KINDS

LARGE: Final = 100_000
"""How many quads a revision has of which this is made; of fewer it takes a moment, and a start has none to spare."""

QUIET: Final = 2.0
"""Seconds without a new revision after which the last one is prepared: of writes one after the other, only the last."""

_LOG: Final = logging.getLogger(__name__)


class Preparing:
    """Prepares the revision that is served, one at a time; to be used on the event loop.

    Whoever asks meanwhile waits for what he needs, as he would if he were the first to ask.
    """

    def __init__(self, app: FastAPI, large: int | None = None) -> None:
        """Prepare revisions of so many quads, or of `LARGE`."""
        self._app = app
        self._large = LARGE if large is None else large
        self._later: asyncio.TimerHandle | None = None
        self.thread: threading.Thread | None = None
        """The one that prepares, or did so last."""

    def begin_soon(self) -> None:
        """Begin when there has been no other revision for a while."""
        self.close()
        self._later = asyncio.get_running_loop().call_later(QUIET, self.begin)

    def begin(self) -> None:
        """Begin now, if the revision is large; another one is prepared first where that has begun."""
        if self.thread is not None and self.thread.is_alive():
            self.begin_soon()
            return
        snapshots: Snapshots = self._app.state.snapshots
        snapshot = snapshots.held()
        if snapshot is None or int(snapshot.revision.manifest["triples"]) < self._large:
            return
        # Nobody waits for it, not even the end of the process.
        self.thread = threading.Thread(target=_prepare, args=(self._app, snapshot), name="preparing", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Begin nothing more."""
        if self._later is not None:
            self._later.cancel()
            self._later = None


def _prepare(app: FastAPI, snapshot: Snapshot) -> None:
    resolvers: PerRevision[Resolvers] = app.state.resolvers
    try:
        for kind in KINDS:
            snapshot.lookup.finder.count(kind.name)
        resolvers.of(snapshot).of(app.state.questions.current())
    except KgError as error:  # whoever asks is told
        _LOG.warning("not prepared: %s", error)
