"""A stranger: small queries, one after the other, never the same twice; and what an error must look like."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.reliability.attack import rows_of
from tests.reliability.wire import Endpoint, Reply, post, send

SMALL = "SELECT ?o { <https://w3id.org/policy-kg/id/sector/healthcare> ?p ?o } LIMIT 3"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?i) }"
LARGE = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 40000"

MEMBERS = ("type", "title", "status", "detail", "instance")
"""What every problem has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How small queries were answered: milliseconds, and how often one was not answered at all."""

    median: float
    p95: float
    most: float
    answered: int
    failed: int


def query(text: str, accept: str = "application/sparql-results+json", target: str = "/sparql") -> list[bytes]:
    """Return the request of a query."""
    return post("localhost", target, "query", text.encode(), accept)


def ask(endpoint: Endpoint, text: str, limit: float = 10.0, source: str = "127.0.0.1") -> Reply:
    """Send a query, and read its answer."""
    return send(endpoint, query(text, target=endpoint.query), limit, source)


def ask_small(endpoint: Endpoint, limit: float = 5.0, source: str = "127.0.0.9") -> Reply:
    """Ask a stranger's small query; no cache may help."""
    return ask(endpoint, f"{SMALL} # {time.monotonic_ns()}", limit, source)


def is_right(reply: Reply) -> bool:
    """Tell whether a small query was answered, and well."""
    return reply.status == 200 and reply.complete and len(rows_of(reply.body)) == 3


def ask_again_and_again(
    endpoint: Endpoint, seconds: float, pause: float = 0.05, alive: Callable[[], bool] = lambda: True
) -> Asked:
    """Ask the small query for some seconds; an answer that takes 5 s is none."""
    spent: list[float] = []
    failed = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and alive():
        reply = ask_small(endpoint)
        if reply.status == 200 and reply.complete:
            spent.append(1000 * reply.seconds)
        else:
            failed += 1
        time.sleep(pause)
    ranked = sorted(spent)
    if not ranked:
        return Asked(float("inf"), float("inf"), float("inf"), 0, failed)
    return Asked(statistics.median(ranked), ranked[int(0.95 * (len(ranked) - 1))], ranked[-1], len(ranked), failed)


def counted(reply: Reply) -> int:
    """Return the ?n of the only row of an answer."""
    assert reply.status == 200, reply
    assert reply.complete, reply
    (row,) = rows_of(reply.body)
    return int(row["n"])


def problem_in(reply: Reply) -> dict[str, Any]:
    """Return the problem that a reply is, with all that one must have."""
    assert reply.status >= 400, reply
    assert reply.complete, reply
    assert reply.media_type == "application/problem+json", reply
    problem: dict[str, Any] = json.loads(reply.body)
    assert [name for name in MEMBERS if not problem.get(name)] == [], problem
    assert problem["status"] == reply.status
    assert problem["type"].startswith("https://")
    return problem
