"""The service as it runs: a process with a socket."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import httpx2
import pytest

from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import BROWSER
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def address(settings: Settings, revision: Revision) -> Iterator[str]:
    """A server on a free port; it says which one."""
    assert revision.path.is_dir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        [*command, "--store", str(settings.store)],
        env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        cwd=settings.store,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stderr is not None
            said = ""
            for line in process.stderr:
                said += line
                if match := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield match.group()
                    break
            else:
                pytest.fail(f"the server ended: {said}")
        finally:
            process.terminate()
            process.wait(20)


def test_kg_serve_answers_over_the_wire(address: str, revision: Revision) -> None:
    with httpx2.Client(base_url=address, timeout=20) as client:
        assert client.get("/health/ready").json()["revision"] == revision.id
        assert client.get("/api/v1/sectors/医疗").json()["id"] == "healthcare"
        iri = "https%3A%2F%2Fw3id.org%2Fpolicy-kg%2Fid%2Fsector%2Fhealthcare"
        assert client.get(f"/api/v1/sectors/{iri}").json()["id"] == "healthcare"
        answer = client.post("/sparql", data={"query": "SELECT ?s { ?s a pkg:Policy }"}, headers={"accept": "text/csv"})
        assert answer.text == "s\r\nhttps://w3id.org/policy-kg/id/policy/gd-ai45\r\n"
        page = client.get("/id/sector/healthcare", headers={"accept": BROWSER}, follow_redirects=True)
        assert (page.status_code, page.url.path) == (200, "/doc/sector/healthcare")
        assert "server" not in page.headers
        head = client.head("/download/graph.nt")
        assert (head.status_code, head.content) == (200, b"")
        following = client.get("/api/v1/measures?limit=50").json()["next"]
        assert following.startswith(address)
        assert client.get(following).json()["items"]
