"""What the tools read: one revision, and the way by which a stranger's query is answered under the service's limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from kg.engine import QueryRequest
from kg.errors import NotFound
from kg.iris import Iris
from kg.lookup import Lookup, Thing
from kg.lookup.finder import several_things
from kg.lookup.things import Citation
from kg.questions import Questions
from kg.search import SearchIndex
from kg.workers.pool import Answered

T = TypeVar("T")

_NEAR = 0.7
"""How much of the score of the nearest name another one must have, to come near as well."""

Ask = Callable[[QueryRequest, float | None], Awaitable[Answered]]
"""Answers a query in a worker; the seconds may only lower the limit. Raises what `WorkerPool.answer` raises."""


class Aside(Protocol):
    """Does work that looks things up beside the event loop, when its turn comes."""

    async def __call__(self, work: Callable[[], T], /) -> T:
        """Return what the work gives.

        Raises:
            Overloaded: no turn came in time.
        """
        ...


async def in_thread(work: Callable[[], T], /) -> T:
    """Return what some work gives, which is done in a thread at once."""
    return await asyncio.to_thread(work)


@dataclass(frozen=True, slots=True)
class Reading:
    """One revision with what is needed to answer from it."""

    revision: str
    lookup: Lookup
    search: SearchIndex
    questions: Questions
    ask: Ask
    aside: Aside = in_thread
    union_default_graph: bool = True

    @property
    def iris(self) -> Iris:
        """The IRIs of its things."""
        return self.lookup.iris

    def find(self, argument: str, wanted: str, kind: str | None = None, *, most: int | None = None) -> Thing:
        """Return the thing that an id, a typed id, an IRI or an exact name means, with `most` links of each key.

        Raises:
            BadParameter: the name has several things; the hint has their ids.
            NotFound: there is none; `nearest` are the ids of what comes near by name.
        """
        found = self.lookup.finder.matches(kind, wanted)
        if len(found) > 1:
            raise several_things(argument, wanted, [self.iris.short(iri) for iri in found])
        thing = self.lookup.describe(found[0] if found else self._iri(wanted), most=most)
        if thing is None or kind not in {None, thing.type}:
            raise NotFound(kind or "thing", wanted, self.near(wanted, [kind] if kind else ()))
        return thing

    def near(self, wanted: str, kinds: Sequence[str] = ()) -> list[str]:
        """Return the typed ids of the things whose names come near a text, the nearest first."""
        local = wanted.rsplit("/", 1)[-1].replace("-", " ") if "/" in wanted or "-" in wanted else wanted
        matches = self.search.search(wanted, kinds=kinds, limit=5) or self.search.search(local, kinds=kinds, limit=5)
        matches = tuple(match for match in matches if match.score >= _NEAR * matches[0].score)
        return [f"{match.reference.type}/{match.reference.id}" for match in matches]

    def _iri(self, wanted: str) -> str:
        return wanted if wanted.startswith(self.iris.base) else f"{self.iris.base}id/{wanted}"

    def named(self, things: Sequence[str]) -> dict[str, tuple[Citation, ...]]:
        """Return the citations of where things are named."""
        return self.lookup.reader.citations(things)[0] if things else {}


def cut(citations: Sequence[Citation], most: int) -> dict[str, Any]:
    """Return `evidence` as JSON, and how many citations were left out where some were."""
    shown = [citation.to_json() for citation in citations[:most]]
    return {"evidence": shown} | ({"evidence_omitted": len(citations) - most} if len(citations) > most else {})
