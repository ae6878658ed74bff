"""The work of a process that reads queries for a SPARQL service: whether they are admitted, and what to ask for them.

It has no data. Texts of strangers are read here, as in any worker, since a hostile one may take its time or its stack.
"""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from kg.engine import QueryRequest
from kg.engine.admission import Policy, admit
from kg.engine.remote.engine import translated
from kg.errors import KgError, LimitExceeded, ServiceRefused
from kg.workers.confine import STACK, forbid_sockets, limit_memory
from kg.workers.forking import Work
from kg.workers.messages import Message, error_head, pack, receive
from kg.workers.renewing import Renewing

_MEMORY: Final = 256 << 20
"""Bytes that the reading of a query may take, beside the stack."""


def prepare(_configuration: Mapping[str, Any]) -> Work:
    """Return what workers do."""

    def work(connection: socket.socket) -> None:
        first = receive(connection)
        if first is None:
            return
        resident = _peak()
        forbid_sockets()
        threading.stack_size(STACK)
        limit_memory(_MEMORY + STACK)
        Renewing(connection, partial(_answer, connection, resident)).run(first)

    return work


def _answer(connection: socket.socket, resident: int, message: Message) -> None:
    began = time.monotonic()
    try:
        head = _head(message.head)
    except MemoryError:
        head = error_head(LimitExceeded("memory", _MEMORY, "bytes"))
    except KgError as error:
        head = error_head(error)
    spent = {"seconds": time.monotonic() - began, "grown": _peak() - resident, "spooled": False}
    connection.sendall(pack({**head, **spent}))


def _head(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query translated, with its dataset; whether the revision has the graphs of that is for the server."""
    dataset = tuple(job["default_graphs"]), tuple(job["named_graphs"]), job["union_default_graph"]
    policy = job["policy"]
    limits = Policy(policy["max_length"], policy["max_nesting"])
    admitted = admit(QueryRequest(job["text"], *dataset, base=job["base"]), _All(), limits)
    if admitted.calls:
        raise ServiceRefused(admitted.calls[0].iri)
    request = admitted.request
    found = translated(request)
    return {
        "kind": "translated",
        "text": found.text,
        "form": found.form,
        "constants": list(found.constants),
        "ranges": found.ranges,
        "hidden": found.hidden,
        "default_graphs": list(request.default_graphs),
        "named_graphs": list(request.named_graphs),
        "volatile": admitted.volatile,
    }


class _All:
    def __contains__(self, _: object) -> bool:
        return True


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
