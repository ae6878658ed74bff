"""`kg mcp`: the tools for agents over standard input and output, in a process that opens the store by itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from kg.agents import Reading
from kg.engine import GraphFormat, QueryRequest, ResultFormat
from kg.engine.admission import Policy
from kg.engine.remote.engine import RemoteEngine
from kg.errors import StoreError
from kg.limits import worker_limits
from kg.lookup import Lookup
from kg.questions import QuestionFolder
from kg.resources import ontology_folder
from kg.revisions import Revision, reader_of
from kg.search import SearchIndex
from kg.settings import Settings
from kg.workers.nursery import Nursery
from kg.workers.pool import Answered
from kg.workers.remote import RemotePool, pool_of

_CLIENT = "stdio"


def run_stdio(settings: Settings, revision: Revision) -> None:
    """Serve until standard input ends; nothing but the protocol is written to standard output."""
    asyncio.run(_serve(settings, revision))


async def _serve(settings: Settings, revision: Revision) -> None:
    from mcp.server.stdio import stdio_server

    from kg.mcp import make_server

    opened = Opened(settings, revision)
    server = make_server(opened.reading)
    try:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
    finally:
        opened.close()


class Opened:
    """The current revision of a store, open, with the workers of this process; goes on to the next one published."""

    def __init__(self, settings: Settings, revision: Revision) -> None:
        """Open a revision when first asked, and go on to others from there."""
        self._settings = settings
        self._revision = revision
        self._store = reader_of(settings)
        self._pool = pool_of(worker_limits(settings), remote=isinstance(settings.store, str))
        self._policy = Policy(settings.max_query_length, settings.max_query_nesting)
        self._questions = QuestionFolder((settings.ontology or ontology_folder()) / "questions", settings.iris)
        self._opening = asyncio.Lock()
        self._reading: Reading | None = None
        self._nursery: Nursery | None = None

    async def reading(self, _request: object = None) -> Reading:
        """Return what a call is to read.

        Raises:
            StoreError: the revision cannot be opened.
        """
        async with self._opening:
            current = await asyncio.to_thread(self._current)
            if self._reading is None or self._reading.revision != current.id:
                reading, nursery = await asyncio.to_thread(self._open, current)
                if self._nursery is not None:
                    self._pool.retire(self._nursery)
                self._reading, self._nursery, self._revision = reading, nursery, current
            # A question is there as soon as its file is.
            return replace(self._reading, questions=await asyncio.to_thread(self._questions.current))

    def close(self) -> None:
        """End the workers."""
        self._pool.close()

    def _current(self) -> Revision:
        try:
            if self._reading is None:
                return self._revision
            return self._store.current(self._settings.base_iri)
        except StoreError:  # the one that is open stays
            return self._revision

    def _open(self, revision: Revision) -> tuple[Reading, Nursery]:
        settings = self._settings
        union = settings.default_graph == "union"
        engine = revision.open(in_memory_up_to=settings.memory_quads)
        if isinstance(engine, RemoteEngine) and isinstance(self._pool, RemotePool):
            nursery: Nursery = self._pool.remote(engine)
        else:
            nursery = self._pool.nursery(
                revision.data,
                union=union,
                in_memory_up_to=settings.memory_quads,
                columns_from=settings.columns_quads,
            )

        async def ask(query: QueryRequest, seconds: float | None) -> Answered:
            answer = await self._pool.answer(
                nursery,
                query,
                ResultFormat.JSON,
                GraphFormat.N_TRIPLES,
                client=_CLIENT,
                policy=self._policy,
                seconds=seconds,
            )
            assert isinstance(answer, Answered), "the policy lets no query call anything"
            return answer

        lookup = Lookup(engine, settings.iris)
        before = self._reading.search if self._reading else None
        search = SearchIndex.of(engine, settings.iris, before)
        questions = self._questions.current()
        return Reading(revision.id, lookup, search, questions, ask, union_default_graph=union), nursery
