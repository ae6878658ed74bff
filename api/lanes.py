"""Queries that nobody has asked before, by clients that ask in a way which is known: straight to a worker.

How `GET /sparql?query=` is answered depends on the query and on the headers. What the headers come to (formats,
language, addresses, the client behind a proxy) is learned from an answer that took the whole way; when the same headers
come again with another query, a worker is asked at once, and its answer goes out in the same form. Whatever is not a
plain answer takes the whole way, with what came of the query.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from starlette.types import Scope

from api.formats import content_type
from api.negotiation import Offer
from api.replays import END, EXTENSION, Recording, Replay
from kg import __version__
from kg.engine import EmbeddedEngine, GraphFormat, QueryRequest, ResultFormat
from kg.engine.admission import Policy
from kg.engine.lookups import LONGEST, MOST_BYTES, is_lookup
from kg.engine.output import Limited
from kg.errors import KgError
from kg.workers.asked import tag_of, traits_of
from kg.workers.messages import HEAD, Message
from kg.workers.pool import Limits, job_of

if TYPE_CHECKING:
    from api.exchange import Exchange
    from api.state import Snapshot

PREPARED: Final = "kg.prepared"
"""Where the ASGI scope has what came of a query that a worker was asked already."""

MOST: Final = 256
"""How many ways of asking are known at a time."""

LONGEST_HEAD: Final = 4096
LONGEST_LOOKUP: Final = 3 * LONGEST
"""Bytes of a query in an address, where a character may take three."""

_MARK: Final = b"?query="
_VERSION: Final = b" HTTP/1.1"
_OWN: Final = frozenset({b"etag", b"content-length", b"content-type"})

Prepared = Message | KgError


@dataclass(frozen=True, slots=True)
class Learned:
    """What an answer has taught: the snapshot, what workers are told, and the media type by kind of answer."""

    snapshot: Snapshot
    job: bytes
    types: Mapping[str, bytes]
    look_up: LookUp | None = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """How a query is answered within the server that is sure to cost less than asking a worker."""

    engine: EmbeddedEngine
    request: QueryRequest
    format: ResultFormat
    tagged: Sequence[str]

    def answer(self, query: bytes) -> Message | None:
        """Return what a worker would answer to a query, which is written as in an address; None where one is asked."""
        if len(query) > LONGEST_LOOKUP:
            return None
        try:
            text = unquote_plus(query.decode("ascii"), errors="strict")
        except UnicodeDecodeError:
            return None
        if not is_lookup(text):
            return None
        request, content = replace(self.request, text=text), io.BytesIO()
        try:
            answer = self.engine.write_answer(request, self.format, None, Limited(content, max_bytes=MOST_BYTES))
        except KgError:  # whoever takes the whole way says it better
            return None
        tag = tag_of(self.tagged, request)
        head = {"kind": answer.kind, "spooled": False, "volatile": False, "tag": tag, **traits_of(text)}
        return Message(head, content.getvalue())


@dataclass(frozen=True, slots=True)
class Lane:
    """How a query is answered that comes with certain headers."""

    learned: Learned
    pattern: bytes
    like: Replay

    def message(self, query: bytes) -> bytes:
        """Return what a worker is told of a query, which is written as in an address."""
        job = self.learned.job
        return b"".join((HEAD.pack(len(job), len(query)), job, query))

    def look_up(self, query: bytes) -> Replay | None:
        """Return the answer to a query at once; None where a worker has to be asked."""
        found = self.learned.look_up and self.learned.look_up.answer(query)
        return self.answer(found) if found else None

    def answer(self, message: Message) -> Replay | None:
        """Return the answer of a worker as it goes out; None where it has to take the whole way."""
        head, content = message.head, message.content
        if "tag" not in head or head["spooled"] or head["volatile"]:
            return None
        values = {
            b"etag": head["tag"].encode(),
            b"content-length": len(content),
            b"content-type": self.learned.types[head["kind"]],
        }
        log = {**self.like.log, "query": head["query"], "length": head["length"], "waited": 0.0}
        return replace(self.like, before_id=self.pattern % values, rest=END + content, size=len(content), log=log)


@dataclass(slots=True)
class Lanes:
    """The ways of asking that are known."""

    fresh: Callable[[], object | None] = lambda: None
    """Returns the snapshot that is served, or None where it is time to look for another one."""
    served: Callable[[], object | None] = lambda: None
    """Returns the snapshot that is served, whenever it was looked for: none that was replaced is to be held."""
    answered: int = 0
    """How many queries were answered so."""
    _known: OrderedDict[tuple[bytes, bytes, bool], Lane] = field(default_factory=OrderedDict)

    def find(self, request: bytes, *, forwarded: bool) -> tuple[Lane, bytes] | None:
        """Return how a request is answered, and its query; None where it has to take the whole way."""
        parts = _parts(request)
        if parts is None:
            return None
        path, query, head = parts
        lane = self._known.get((path, head, forwarded))
        if lane is None:
            return None
        if lane.learned.snapshot is not self.fresh():
            return None
        return lane, query

    def keep(self, recording: Recording, headers: list[tuple[bytes, bytes]], replay: Replay) -> None:
        """Learn from an answer, which went out with these headers."""
        parts = _parts(recording.request)
        if parts is None or recording.learned is None or len(parts[2]) > LONGEST_HEAD:
            return
        if recording.learned.snapshot is not self.served():
            return
        lines = [name + b": " + _value(name, value) + b"\r\n" for name, value in headers]
        pattern = b"".join([b"\r\n", *lines, b"x-request-id: "])
        like = replace(replay, rest=b"", until=float("inf"))
        self._known[parts[0], parts[2], recording.forwarded] = Lane(recording.learned, pattern, like)
        self._known.move_to_end((parts[0], parts[2], recording.forwarded))
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def clear(self) -> None:
        """Forget all: there is another revision."""
        self._known.clear()


def _value(name: bytes, value: bytes) -> bytes:
    if name not in _OWN:
        return value.replace(b"%", b"%%")
    return {b"etag": b'"%(etag)b"', b"content-length": b"%(content-length)d", b"content-type": b"%(content-type)b"}[
        name
    ]


def _parts(request: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Return the path, the query as it is written in the address, and the headers of a request that asks only that."""
    line, _, head = request.partition(b"\r\n")
    path, mark, rest = line.partition(_MARK)
    if not mark or not rest.endswith(_VERSION):
        return None
    query = rest[: -len(_VERSION)]
    return None if b"&" in query or b" " in query or b"?" in path or not query else (path, query, head)


def learn(
    exchange: Exchange,
    limits: Limits,
    policy: Policy,
    request: QueryRequest,
    result: Offer[ResultFormat] | None,
    graph: Offer[GraphFormat] | None,
) -> None:
    """Learn how queries are answered that come with the headers of a request: with the formats that it likes best."""
    recording: Recording | None = exchange.request.scope.get("extensions", {}).get(EXTENSION)
    if recording is None or _parts(recording.request) is None or request.default_graphs or request.named_graphs:
        return
    job = job_of(request, result.value if result else None, graph.value if graph else None, limits, policy)
    revision = exchange.snapshot.revision.id
    job |= {"text": None, "tagged": [__version__, revision, name_of(result), name_of(graph)]}
    types = {}
    if result is not None:
        types = dict.fromkeys(("solutions", "boolean"), content_type(result.value, result.media_type).encode())
    if graph is not None:
        types["graph"] = content_type(graph.value, graph.media_type).encode()
    packed = json.dumps(job, ensure_ascii=False, separators=(",", ":")).encode()
    engine, look_up = exchange.snapshot.engine, None
    # Rows are not counted in an answer that is too small to have too many.
    if result is not None and isinstance(engine, EmbeddedEngine) and min(limits.bytes, limits.rows) >= MOST_BYTES:
        look_up = LookUp(engine, request, result.value, (__version__, revision, name_of(result), name_of(graph)))
    recording.learned = Learned(exchange.snapshot, packed, types, look_up)


def name_of(offer: Offer[ResultFormat] | Offer[GraphFormat] | None) -> str:
    """Return what an answer in a format is told apart by."""
    return f"{offer.value.short} {offer.media_type}" if offer else ""


def take_prepared(scope: Scope) -> Prepared | None:
    """Return what came already of the query of a request, once."""
    found: Prepared | None = scope.get("extensions", {}).pop(PREPARED, None)
    return found


def drop_prepared(scope: Scope) -> None:
    """Have no use for what came of the query of a request."""
    found = take_prepared(scope)
    if isinstance(found, Message) and found.descriptor >= 0:
        with contextlib.suppress(OSError):
            os.close(found.descriptor)
