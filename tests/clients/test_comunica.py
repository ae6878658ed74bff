"""Comunica, which asks an endpoint as a source among others."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients import facts
from tests.clients.conftest import Service

HERE = Path(__file__).resolve().parent
INSTALLED = shutil.which("node") is not None and (HERE / "node_modules" / "@comunica" / "query-sparql").is_dir()

pytestmark = [
    pytest.mark.xdist_group("clients"),
    pytest.mark.skipif(not INSTALLED, reason="node or Comunica is missing; tests/clients/install.sh installs them"),
]


def ask(query: str, *sources: dict[str, Any]) -> Any:
    command = ["node", str(HERE / "comunica.mjs"), query, *(json.dumps(source) for source in sources)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def endpoint(service: Service) -> dict[str, Any]:
    return {"type": "sparql", "value": service.sparql}


def labels(rows: Any) -> set[tuple[str, str]]:
    return {(row["label"]["value"], row["label"]["language"]) for row in rows}


def test_select(service: Service) -> None:
    assert labels(ask(facts.SELECT_LABELS, endpoint(service))) == facts.LABELS


def test_endpoint_is_recognised_by_its_service_description(service: Service) -> None:
    assert labels(ask(facts.SELECT_LABELS, {"value": service.sparql})) == facts.LABELS


def test_number_keeps_value_and_type(service: Service) -> None:
    (row,) = ask(facts.NUMBER, endpoint(service))
    assert row["value"]["datatype"] == f"{facts.XSD}decimal"
    assert float(row["value"]["value"]) == 60


@pytest.mark.parametrize(("query", "expected"), [(facts.ASK_TRUE, True), (facts.ASK_FALSE, False)])
def test_ask_query(service: Service, query: str, expected: bool) -> None:
    assert ask(query, endpoint(service)) is expected


def test_construct(service: Service) -> None:
    quads = ask(facts.CONSTRUCT, endpoint(service))
    assert len(quads) == 3
    found = {(o["value"], o["language"]) for _, p, o in quads if p["value"] == f"{facts.RDFS}label"}
    assert found == facts.LABELS
    assert {s["value"] for s, _, _ in quads} == {facts.HEALTHCARE}


def test_join_with_another_source(service: Service) -> None:
    turtle = f"<{facts.HEALTHCARE}> <urn:example:rank> 1 . <{facts.LIVELIHOOD}> <urn:example:rank> 2 ."
    local = {"type": "serialized", "value": turtle, "mediaType": "text/turtle", "baseIRI": "urn:example:"}
    query = f"SELECT ?rank ?label {{ ?s <urn:example:rank> ?rank . ?s <{facts.RDFS}label> ?label }}"
    rows = ask(query, endpoint(service), local)
    assert {row["label"]["value"] for row in rows if row["rank"]["value"] == "1"} == {"医疗", "Healthcare"}
    assert {row["rank"]["value"] for row in rows} == {"1", "2"}
    assert len(rows) == 4


def test_things_are_read_as_documents(service: Service) -> None:
    """A thing's page is linked data: the same client reads it without SPARQL."""
    document = f"{service.url}/doc/sector/healthcare"
    assert labels(ask(facts.SELECT_LABELS, {"type": "file", "value": document})) == facts.LABELS
