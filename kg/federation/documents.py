"""Documents to load into a graph (SPARQL 1.1 Update §3.1.4, LOAD), by the same rules as calls of services."""

from __future__ import annotations

import ssl
from http import HTTPStatus
from typing import Final

from kg.errors import LoadRefused
from kg.federation.allowlist import AllowList
from kg.federation.failures import RemoteFailure
from kg.federation.outbound import Budget, Outbound, Request, Resolver, system_resolver

ACCEPT: Final = (
    "text/turtle, application/n-triples, application/rdf+xml;q=0.9, application/ld+json;q=0.8, "
    "application/n-quads;q=0.7, application/trig;q=0.7"
)


def fetch_graph(
    iri: str,
    allow: AllowList,
    deadline: float,
    max_bytes: int,
    *,
    resolver: Resolver = system_resolver,
    tls: ssl.SSLContext | None = None,
    user_agent: str = "policy-kg",
) -> tuple[bytes, str]:
    """Return a document and its media type, in lower case without parameters and empty if it was not said.

    Args:
        iri: where the document is.
        allow: the origins that documents may be loaded from.
        deadline: until when, as a reading of `time.monotonic()`.
        max_bytes: how large the document may be.
        resolver: gives the addresses of a host; the system's resolver if not given.
        tls: how certificates are verified; by the system's authorities if not given.
        user_agent: what the other server sees as User-Agent.

    Raises:
        LoadRefused: the address is not allowed.
        RemoteFailure: the document cannot be had, not in time, or is too large.
    """
    target = allow.check(iri, LoadRefused)
    outbound = Outbound(allow, deadline, resolver=resolver, tls=tls, user_agent=user_agent)
    with outbound.call(target, Request("GET", {"Accept": ACCEPT})) as answer:
        if answer.status != HTTPStatus.OK:
            raise RemoteFailure("status", iri, str(answer.status))
        content = b"".join(answer.blocks(Budget(max_bytes)))
    return content, answer.content_type.partition(";")[0].strip().lower()
