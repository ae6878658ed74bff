"""Runs the tests of a category against a server, and sums up."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tests.conformance.client import Target
from tests.conformance.conversations import run_protocol, run_store
from tests.conformance.describing import run_description
from tests.conformance.evaluating import run_query, run_query_by_parameters, run_syntax, run_update
from tests.conformance.federating import run_federated
from tests.conformance.servers import free_port
from tests.conformance.suite import Case, Category, of_category
from tests.federation.servers import running, say

_FARAWAY: Final = "http://example.org/faraway"
_FILE: Final = {"<file>": "<urn:x-conformance:file>"}
"""A relative IRI after FROM would be a document on the web, which is refused before it is read."""

Run = Callable[[Case, Target], str | None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the tests need on this machine: an origin that serves a document, and one where nothing listens."""

    documents: str
    nowhere: str

    @property
    def origins(self) -> tuple[str, str]:
        """Both, for the list of what the server may call."""
        return self.documents, self.nowhere


@contextlib.contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Serve the document that LOAD reads."""
    with running() as remote:
        remote.replies["/faraway"] = say(b"<http://example/s> <http://example/p> <http://example/o> .\n", "text/turtle")
        yield Surroundings(remote.origin, f"http://127.0.0.1:{free_port()}")


def run_category(category: Category, target: Target, around: Surroundings) -> Mapping[str, str | None]:
    """Return what is wrong, or None, by the id of each test of a category."""
    faraway = {_FARAWAY: f"{around.documents}/faraway"}
    runs: dict[Category, Run] = {
        "query evaluation": run_query_by_parameters,
        "query syntax": lambda case, target: run_syntax(case, target, _FILE),
        "result formats": run_query,
        "update evaluation": run_update,
        "update syntax": lambda case, target: run_syntax(case, target, faraway),
        "federation": lambda case, target: run_federated(case, target, around.nowhere),
        "protocol": run_protocol,
        "graph store": run_store,
        "service description": run_description,
    }
    return {case.id: _judged(runs[category], case, target) for case in of_category(category)}


def _judged(run: Run, case: Case, target: Target) -> str | None:
    """Run a test; an answer that cannot be read is wrong, and so is none."""
    try:
        return run(case, target)
    except Exception as error:  # whatever goes wrong with one test is said, and the next one runs
        target.close()
        target.loaded = None
        return f"{type(error).__name__}: {error}"
