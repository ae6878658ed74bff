"""The networks of one revision, each read when it is first asked for, and what was computed of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kg.engine import Engine
from kg.errors import LimitExceeded, Overloaded
from kg.iris import Iris
from kg.network.centrality import Centrality, centrality_of
from kg.network.communities import Communities, communities_of
from kg.network.model import Network
from kg.network.reading import read_network

PATIENCE: Final = 10.0
"""How many seconds one waits for what others have asked to be computed."""

MOST_KEPT: Final = 8
"""For how many resolutions communities are kept; those that were computed first go."""

RESOLUTION_PLACES: Final = 2
"""To how many decimal places a resolution counts: any other would be one more computation for nearly the same."""


class Networks:
    """The networks of a revision; may be asked from several threads, of which one reads and the others wait."""

    def __init__(self, engine: Engine, iris: Iris) -> None:
        """Read nothing yet."""
        self.engine = engine
        self.iris = iris
        self._lock = threading.Lock()
        self._computing = threading.Lock()
        self._networks: dict[bool, Network | LimitExceeded] = {}
        self._centrality: Centrality | None = None
        self._communities: dict[float, Communities] = {}

    def network(self, *, inferred: bool = False) -> Network:
        """Return the network, with the derived relations where that is wanted.

        Raises:
            LimitExceeded: the revision is too large for it; that is found out once.
        """
        with self._lock:
            if inferred not in self._networks:
                self._networks[inferred] = self._read(inferred=inferred)
            found = self._networks[inferred]
        if isinstance(found, LimitExceeded):
            # A new one for each who asks: the same one would gather the frames of all of them.
            raise LimitExceeded(found.name, found.value, found.unit)
        return found

    def _read(self, *, inferred: bool) -> Network | LimitExceeded:
        try:
            return read_network(self.engine, self.iris, inferred=inferred)
        except LimitExceeded as error:
            return error.with_traceback(None)

    def centrality(self) -> Centrality:
        """Return how central things are, computed once.

        Raises:
            LimitExceeded: the revision is too large.
            Overloaded: something else is being computed, and waiting for it took too long.
        """
        if self._centrality is None:
            with self._alone() as network:
                if self._centrality is None:
                    self._centrality = centrality_of(network)
        return self._centrality

    def communities(self, resolution: float = 1.0) -> Communities:
        """Return which measures belong together; two decimal places of the resolution count.

        Raises:
            BadParameter: the resolution is impossible.
            LimitExceeded: the revision is too large, or too many measures share sectors.
            Overloaded: something else is being computed, and waiting for it took too long.
        """
        wanted = round(resolution, RESOLUTION_PLACES)
        found = self._communities.get(wanted)
        if found is None:
            with self._alone() as network:
                found = self._communities.get(wanted) or communities_of(network, wanted)
                self._communities[wanted] = found
                while len(self._communities) > MOST_KEPT:
                    del self._communities[next(iter(self._communities))]
        return found

    @contextmanager
    def _alone(self) -> Iterator[Network]:
        """Give the network with the derived relations to one thread at a time."""
        network = self.network(inferred=True)
        if not self._computing.acquire(timeout=PATIENCE):
            raise Overloaded(max(1, round(PATIENCE)))
        try:
            yield network
        finally:
            self._computing.release()
