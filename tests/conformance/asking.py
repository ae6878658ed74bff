"""What the tests of the protocols share: how an answer and a problem are looked at."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from tests.conformance.client import Headers, Reply, Target

FORM = ("Content-Type", "application/x-www-form-urlencoded")
QUERY = ("Content-Type", "application/sparql-query")
UPDATE = ("Content-Type", "application/sparql-update")
OBJECTS = "SELECT ?o { ?s ?p ?o }"
NAMED = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"


def path_of(target: Target, *pairs: tuple[str, str]) -> str:
    return target.query_path + (f"?{urlencode(pairs)}" if pairs else "")


def form(*pairs: tuple[str, str]) -> bytes:
    return urlencode(pairs).encode()


def objects(reply: Reply) -> set[str]:
    """Return the values of ?o in a JSON result."""
    assert reply.status == 200, reply.text
    assert reply.media_type == "application/sparql-results+json"
    return {row["o"]["value"] for row in json.loads(reply.body)["results"]["bindings"]}


def held(target: Target, graph: str) -> set[str]:
    """Return the objects that a named graph holds."""
    return objects(target.query(f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"))


def assert_problem(reply: Reply, status: int, slug: str) -> dict[str, Any]:
    """Assert that an answer is a problem of a type, and return it."""
    assert reply.status == status, f"{reply.status}: {reply.text[:300]}"
    problem = reply.problem()
    assert problem["type"].rpartition("/")[2] == slug, problem
    assert problem["detail"]
    return problem


def get(target: Target, *pairs: tuple[str, str], headers: Headers = ()) -> Reply:
    return target.send("GET", path_of(target, *pairs), headers)
