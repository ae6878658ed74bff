"""What is asked of a network, answered: found, with its clauses, and written as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kg.engine import Engine
from kg.errors import NotFound
from kg.iris import Iris
from kg.network.centrality import Centrality
from kg.network.communities import Communities
from kg.network.drawing import (
    drawing_of_centrality,
    drawing_of_communities,
    drawing_of_neighbourhood,
    drawing_of_paths,
)
from kg.network.model import Network
from kg.network.neighbourhood import Direction, Neighbourhood, neighbourhood, whole
from kg.network.paths import Paths, paths_between
from kg.network.reading import cited
from kg.network.writing import write_network


@dataclass(frozen=True, slots=True)
class Answers:
    """Finds things in the networks of a revision, with what states them."""

    engine: Engine
    iris: Iris
    nearest: Callable[[str], Sequence[str]]
    """Gives the typed ids of things whose names come near a text."""

    def near(
        self,
        network: Network,
        thing: str | None,
        *,
        depth: int,
        relations: Sequence[str],
        kinds: Sequence[str],
        direction: Direction,
        limit: int,
    ) -> Neighbourhood:
        """Return what is near a thing, with its clauses; the whole network where there is no thing.

        Raises:
            NotFound: there is no such thing; the error has what comes near.
            BadParameter, LimitExceeded: as `kg.network.neighbourhood` and `kg.network.whole`.
        """
        if thing is None:
            found = whole(network, relations=relations, kinds=kinds)
        else:
            with self._telling_nearest():
                found = neighbourhood(
                    network, thing, depth=depth, relations=relations, kinds=kinds, direction=direction, limit=limit
                )
        return found.with_edges(cited(self.engine, self.iris, network, found.edges))

    def paths(
        self,
        network: Network,
        start: str,
        end: str,
        *,
        max_length: int,
        relations: Sequence[str],
        kinds: Sequence[str],
        limit: int,
    ) -> Paths:
        """Return the shortest paths between two things, with their clauses.

        Raises:
            NotFound: there is no such thing; the error has what comes near.
            BadParameter: as `kg.network.paths_between`.
        """
        with self._telling_nearest():
            found = paths_between(
                network, start, end, max_length=max_length, relations=relations, kinds=kinds, limit=limit
            )
        return found.with_edges(cited(self.engine, self.iris, network, found.edges))

    @contextmanager
    def _telling_nearest(self) -> Iterator[None]:
        try:
            yield
        except NotFound as error:
            raise NotFound(error.kind, error.wanted, self.nearest(error.wanted)) from error


def file_of(
    found: Neighbourhood | Paths | Centrality | Communities, format: str, communities: Communities | None = None
) -> bytes:
    """Return what was found as a file; with `communities`, measures of a centrality have the numbers of theirs.

    Raises:
        UnsupportedFormat: there is no such format.
    """
    match found:
        case Neighbourhood():
            return write_network(drawing_of_neighbourhood(found), format)
        case Paths():
            return write_network(drawing_of_paths(found), format)
        case Communities():
            return write_network(drawing_of_communities(found), format)
        case Centrality():
            return write_network(drawing_of_centrality(found, communities), format)
