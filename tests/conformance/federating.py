"""Runs the tests of federated queries: the other endpoints are graphs of the same server, which calls itself."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from tests.conformance.client import Target
from tests.conformance.evaluating import QT, run_query, run_syntax
from tests.conformance.suite import MF, Case

_INVALID = "http://invalid.endpoint.org/sparql"


def run_federated(case: Case, target: Target, nowhere: str) -> str | None:
    """Run a test; `nowhere` is an origin that may be called and where nothing listens."""
    if case.kind.startswith("Positive"):
        return run_syntax(case, target, {"<g>": f"<{target.url}{target.query_path}>"})
    graphs = {file: (file,) for file in endpoints(case).values()}
    return run_query(case, target, addresses(case, target, nowhere), graphs)


def endpoints(case: Case) -> Mapping[str, str]:
    """Return the file of each endpoint of a test."""
    action = case.manifest.value(case.node, MF.action)
    return {
        str(case.manifest.value(data, QT.endpoint)): str(case.manifest.value(data, QT.data))
        for data in case.manifest.objects(action, QT.serviceData)
    }


def addresses(case: Case, target: Target, nowhere: str) -> Mapping[str, str]:
    """Return where each endpoint of a test is served: a graph of this server as its default graph."""
    found = {
        endpoint: f"{target.url}{target.query_path}?default-graph-uri={quote(file, safe='')}"
        for endpoint, file in endpoints(case).items()
    }
    return {**found, _INVALID: f"{nowhere}/sparql"}
