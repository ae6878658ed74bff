"""Which queries are evaluated at all, and over which dataset: what is decided before the engine sees a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.engine.examine import Call, Examination, examine, examine_plain
from kg.engine.interface import QueryRequest
from kg.errors import LoadRefused, QueryTooComplex, RemoteGraphRefused, ServiceRefused

MAX_LENGTH: Final = 100_000
MAX_NESTING: Final = 500
_REMOTE: Final = ("http://", "https://", "ftp://", "file:")


def _nothing(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Policy:
    """What texts may be and ask for: their size, and which services and documents they may name."""

    max_length: int = MAX_LENGTH
    max_nesting: int = MAX_NESTING
    allows: Callable[[str], bool] = _nothing
    allowed: Sequence[str] = ()
    """The origins that `allows` allows, for the message."""


IN_PROCESS: Final = Policy(max_length=10_000, max_nesting=200)
"""For evaluation outside a worker: a longer or deeper text can exhaust the stack, which ends the process."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may be evaluated: its dataset is resolved; `calls` are the allowed calls of other services.

    `volatile` tells that asking again may give another answer over the same data.
    """

    request: QueryRequest
    calls: tuple[Call, ...] = ()
    volatile: bool = False


def admit(request: QueryRequest, graphs: Container[str], policy: Policy | None = None) -> Admitted:
    """Return a request whose dataset is that of the protocol's parameters, else that of FROM and FROM NAMED.

    `graphs` are the names of the dataset's graphs.

    Raises:
        QueryTooComplex: the text is too long or nested too deep.
        ServiceRefused: it calls a service that is not allowed.
        LoadRefused: it loads a document that is not allowed.
        RemoteGraphRefused: it reads a graph from the web that the dataset does not have.
    """
    policy = policy or Policy()
    examination = examined(request.text, policy, request.base)
    given = bool(request.default_graphs or request.named_graphs)
    default, named = examination.default_graphs, examination.named_graphs
    if not given and default is not None and named is not None and (default or named):
        request = replace(request, default_graphs=default, named_graphs=named)
    for graph in (*request.default_graphs, *request.named_graphs):
        if graph.startswith(_REMOTE) and graph not in graphs:
            raise RemoteGraphRefused(graph)
    if examination.services:
        request = replace(request, text=examination.bare)
    return Admitted(request, examination.services, examination.volatile)


def is_unfetchable(iri: str) -> bool:
    """Tell whether an absolute IRI is none that anybody could fetch a document from.

    >>> is_unfetchable("urn:example:document"), is_unfetchable("HTTP://example.org/"), is_unfetchable("relative")
    (True, False, False)
    """
    return re.match(r"[a-z][a-z0-9+.-]*:", iri.lower()) is not None and not iri.lower().startswith(_REMOTE)


def examined(text: str, policy: Policy, base: str = "") -> Examination:
    """Return the examination of a query or update that the policy lets pass.

    Raises:
        QueryTooComplex, ServiceRefused, LoadRefused: it does not.
    """
    if len(text) > policy.max_length:
        raise QueryTooComplex("length", policy.max_length, "characters")
    examination = examine_plain(text, policy.max_nesting) or examine(text, base)
    if examination.nesting > policy.max_nesting:
        raise QueryTooComplex("nesting", policy.max_nesting, "levels")
    for calls, refused in ((examination.services, ServiceRefused), (examination.loads, LoadRefused)):
        for call in calls:
            if refused is LoadRefused and call.silent and is_unfetchable(call.iri):
                continue  # it fails, and SILENT has that be no error
            if not call.iri or not policy.allows(call.iri):
                raise refused(call.iri, policy.allowed)
    # Where a call is allowed, the process that makes it has a way out: no place may be in doubt that could be another.
    if examination.hidden_call or (examination.services and examination.named_services > len(examination.services)):
        raise ServiceRefused("", policy.allowed)
    return examination
