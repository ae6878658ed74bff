"""What the service answers from: a snapshot of one revision, swapped whole when another one is published."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar, cast

from kg.engine import LARGE, EmbeddedEngine, Engine
from kg.engine.remote.control import Pointed
from kg.errors import RevisionNotFound, StoreError, StoreFailed, StoreTimeout
from kg.iris import Iris
from kg.lookup import Lookup
from kg.revisions import RemoteReader, RemoteRevision, Revision, reader_of
from kg.search import SearchIndex
from kg.settings import Settings
from kg.workers.confine import give_back_memory
from kg.workers.nursery import Nursery
from kg.workers.pool import WorkerPool
from kg.workers.remote import RemotePool

CHECK_EVERY: Final = 1.0
"""How many seconds a look at the pointer of the store is good for."""

AFTER_TIMEOUT: Final = 1.5
"""How many seconds longer a look is good for that has come to nothing because a service did not answer in time."""

_LOG: Final = logging.getLogger(__name__)

_UNMERGED: Final = (
    "revision {0} is read from disk and has no merge of its graphs: a triple that several graphs state is found once "
    "in each by patterns outside GRAPH, so that aggregates count it as often. To publish it again makes one where it "
    "has {1:,} quads or more; below, KG_MEMORY_QUADS must not be 0"
)

T = TypeVar("T")


class Names:
    """The index of the names of a revision, made once, when it is first asked for; several threads may ask."""

    def __init__(self, engine: Engine, iris: Iris) -> None:
        """Index what an engine reads."""
        self._engine = engine
        self._iris = iris
        self._lock = threading.Lock()
        self._index: SearchIndex | None = None
        self._before: SearchIndex | None = None

    def follow(self, other: Names) -> None:
        """Make the index from that of the revision before, where it has one: most names stay."""
        self._before = other._index or other._before

    def index(self) -> SearchIndex:
        """Return the index."""
        with self._lock:
            if self._index is None:
                self._index = SearchIndex.of(self._engine, self._iris, self._before)
                self._before = None
                give_back_memory()  # the dictionaries that were needed for it alone
            return self._index


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One revision, open; a request that has begun with a snapshot ends with it.

    `union_default_graph` is what `/sparql` takes a pattern outside GRAPH to see; look-ups always see every graph.
    `nursery` has the processes that answer queries of strangers; `engine` answers our own, in this process.
    """

    revision: Revision
    iris: Iris
    engine: Engine
    lookup: Lookup
    nursery: Nursery
    graph_names: frozenset[str]
    union_default_graph: bool
    names: Names = field(init=False)
    made: dict[PerRevision[Any], _Once] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What has been made of it, by who makes it."""

    def __post_init__(self) -> None:
        """Leave the index of names to whoever asks for it first."""
        object.__setattr__(self, "names", Names(self.engine, self.iris))

    @property
    def search(self) -> SearchIndex:
        """The index of all names; whoever asks first waits for it to be made."""
        return self.names.index()


@dataclass(slots=True)
class _Once:
    """A value that is made once: whoever needs it while it is made waits for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    value: object = None


class PerRevision(Generic[T]):
    """What is made of each revision that is served, when it is first asked for, once for all threads.

    It hangs on the snapshot and goes with it: a revision that was replaced is let go when the last request that reads
    it has ended, and such a request takes nothing away from those that read the new one. For that, what is made may
    hold the parts of the snapshot, and not the snapshot.
    """

    def __init__(self, make: Callable[[Snapshot], T]) -> None:
        """Make it by a function."""
        self._make = make

    def of(self, snapshot: Snapshot) -> T:
        """Return what is made of a snapshot; what the function raises is raised, and it is tried again next time."""
        once = snapshot.made.setdefault(self, _Once())  # atomic, for no Python code runs within
        with once.lock:
            if once.value is None:
                once.value = self._make(snapshot)
            return cast("T", once.value)


class Snapshots:
    """The current snapshot of a store; looks at the store's pointer once a second at most."""

    def __init__(
        self,
        settings: Settings,
        pool: WorkerPool,
        revision: Revision | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open a revision where one is given; otherwise the store's current one, when first asked."""
        self._settings = settings
        self._pool = pool
        self._store = reader_of(settings)
        self._clock = clock
        self._lock = threading.Lock()
        self._stamp: object = None
        self._failure: StoreFailed | None = None
        self._checked = float("-inf")
        self.before_swap: Callable[[], object] = lambda: None
        """Is told that one will be replaced, before the other is opened, in the thread that looked."""
        self.on_first: Callable[[], object] = lambda: None
        """Is told that there is a snapshot now, where there was none, in the thread that looked."""
        self.on_swap: Callable[[Snapshot], object] = lambda _: None
        """Is told the snapshot that has been replaced, in the thread that looked."""
        if revision is not None and isinstance(self._store, RemoteReader):
            revision = self._store.current(settings.base_iri)  # what was built here is read from where it was published
        self._snapshot = self._open(revision) if revision else None

    def current(self) -> Snapshot:
        """Return the snapshot of the revision that is published now; may wait for it to be opened.

        Raises:
            RevisionNotFound: nothing has been published yet.
            StoreError: the store cannot be read.
        """
        known = self.fresh()
        if known is not None:
            return known
        # While one request opens a new revision, the others are answered from the old one.
        if self._lock.acquire(blocking=self._snapshot is None):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._opened()

    def fresh(self) -> Snapshot | None:
        """Return the snapshot if there was a look at the store a moment ago; never waits."""
        return self._snapshot if self._clock() - self._checked < CHECK_EVERY else None

    def held(self) -> Snapshot | None:
        """Return the snapshot that is open, without looking whether there is another one."""
        return self._snapshot

    def refreshed(self) -> Snapshot:
        """Look at the store now, wait for what is published there to be opened, and return it.

        Raises:
            RevisionNotFound, StoreError: as `current`.
        """
        with self._lock:
            self._look()
        return self._opened()

    @property
    def failure(self) -> StoreFailed | None:
        """Why the last look at the store came to nothing, where that is a service that did not answer."""
        return self._failure

    @property
    def publication(self) -> int | None:
        """The number of the publication that was last seen at a service; None for a directory."""
        if not isinstance(self._store, RemoteReader):
            return None
        return self._stamp.seq if isinstance(self._stamp, Pointed) else 0

    @property
    def opened(self) -> str | None:
        """The id of the revision that is open, without looking whether it is still the current one."""
        return self._snapshot.revision.id if self._snapshot else None

    def _opened(self) -> Snapshot:
        if self._snapshot is None:
            raise RevisionNotFound(f"nothing has been published in {self._settings.store}")
        return self._snapshot

    def _look(self) -> None:
        self._failure = None
        try:
            stamp = self._store.stamp()
        except StoreFailed as error:  # what is known of the revision that is open is still answered
            self._failure, self._checked = error, self._clock()
            if isinstance(error, StoreTimeout):  # who comes next should not wait for that once more
                self._checked += AFTER_TIMEOUT
            if self._snapshot is None:
                raise
            return
        if self._snapshot is None or stamp != self._stamp:
            try:
                revision = self._store.current(self._settings.base_iri)
                if self._snapshot is None or revision.id != self._snapshot.revision.id:
                    replaced = self._snapshot
                    if replaced is not None:
                        self.before_swap()
                    opened = self._open(revision, at_once=replaced is not None)
                    if replaced is not None:
                        opened.names.follow(replaced.names)
                    self._snapshot = opened
                    if replaced is not None:
                        self.on_swap(replaced)
                    else:
                        self.on_first()
                self._stamp = stamp
            except StoreError as error:
                if isinstance(error, StoreFailed):
                    self._failure = error
                if self._snapshot is None:
                    raise
                _LOG.warning("revision %s stays: %s", self._snapshot.revision.id, error)
        self._checked = self._clock()

    def _open(self, revision: Revision, *, at_once: bool = False) -> Snapshot:
        """Open a revision; `at_once` has its queries find processes that are ready, which are started meanwhile."""
        settings, iris = self._settings, self._settings.iris
        union = settings.default_graph == "union"
        if isinstance(revision, RemoteRevision):
            remote = revision.open()
            names = frozenset(remote.graph_names())
            assert isinstance(self._pool, RemotePool), "a store at a service has a pool for that"
            return Snapshot(revision, iris, remote, Lookup(remote, iris), self._pool.remote(remote), names, union)
        nursery = self._pool.nursery(
            revision.data,
            union=union,
            in_memory_up_to=settings.memory_quads,
            columns_from=settings.columns_quads,
        )
        try:
            nursery.begin()
            engine = revision.open(in_memory_up_to=settings.memory_quads)
            if at_once:
                nursery.start()
        except StoreError:
            self._pool.retire(nursery)
            raise
        if union and isinstance(engine, EmbeddedEngine) and not engine.counts_rightly:
            _LOG.warning("%s", _UNMERGED.format(revision.id, LARGE))
        return Snapshot(revision, iris, engine, Lookup(engine, iris), nursery, frozenset(engine.graph_names()), union)
