"""Which measures touch a sector, and why: the same set, reasons and clauses wherever one asks, in either language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings
from tests.cli.test_cli import kg
from tests.inference.expected import NAMES, TOUCHES, Touching, Way, touching, ways_of_tree

pytestmark = pytest.mark.xdist_group("everywhere")

ASKED = [(sector, name) for sector, names in NAMES.items() for name in names]
MCP = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
BASE = "https://w3id.org/policy-kg/id/"
QUERY = """SELECT DISTINCT ?measure ?touch ?statement ?derivation ?rule ?s ?p ?o ?further ?line ?start ?end ?quote {
    ?sector a pkg:Sector ; skos:prefLabel ?name . FILTER (STR(?name) = "NAME")
    ?measure pkg:touchesSector ?sector .
    ?touch a pkg:InferredStatement ; rdf:subject ?measure ; rdf:predicate pkg:touchesSector ; rdf:object ?sector .
    ?touch (^pkg:derives/prov:wasDerivedFrom)* ?statement .
    ?derivation pkg:derives ?statement ; pkg:byRule ?rule ; prov:wasDerivedFrom ?premise .
    ?premise rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o . FILTER (?p != rdf:type)
    OPTIONAL { ?premise a pkg:InferredStatement . BIND (?premise AS ?further) }
    OPTIONAL {
        ?evidence oa:hasBody ?premise ; oa:hasTarget ?clause .
        ?clause oa:hasSource/pkg:lineNumber ?line ; oa:hasSelector ?quotation , ?place .
        ?quotation oa:exact ?quote . ?place oa:start ?start ; oa:end ?end .
    }
}"""
"""All derivations below the touches of a sector, with premises and clauses: what a client of SPARQL alone would ask."""


@pytest.fixture(scope="module")
def client(settings: Settings, revision: Revision) -> Iterator[TestClient]:
    with TestClient(create_app(settings, revision), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def store(settings: Settings, revision: Revision) -> str:
    assert revision.id
    return str(settings.store)


def by_sparql(client: TestClient, name: str) -> Touching:
    """Put the ways together from the derivations, by means of this file alone."""
    answer = client.post(
        "/sparql",
        data={"query": QUERY.replace("NAME", name)},
        headers={"accept": "application/sparql-results+json"},
    )
    assert answer.status_code == 200, answer.text
    rows = [{name: term["value"] for name, term in row.items()} for row in answer.json()["results"]["bindings"]]
    premises: dict[str, dict[str, dict[tuple[str, str, str, str], set[str]]]] = {}
    rules = {row["derivation"]: row["rule"].removeprefix(f"{BASE}rule/") for row in rows}
    for row in rows:
        triple = row["s"], row["p"], row["o"], row.get("further", "")
        clauses = premises.setdefault(row["statement"], {}).setdefault(row["derivation"], {}).setdefault(triple, set())
        if "quote" in row:
            clauses.add(f"{row['line']}:{row['start']}-{row['end']} {row['quote']}")

    def ways(statement: str, start: str) -> Iterator[Way]:
        for derivation, triples in premises[statement].items():
            chains: list[tuple[str, tuple[Any, ...]]] = [(start, ())]
            left = dict(triples)
            while left:
                at = {end for end, _ in chains}
                (step,) = [triple for triple in left if triple[0] in at]
                clauses = tuple(sorted(left.pop(step)))
                if step[3]:
                    found = [(step[2], steps) for _, steps in ways(step[3], step[0])]
                else:
                    key = step[1].replace("https://w3id.org/policy-kg/ontology#", "pkg:")
                    key = key.replace("http://www.w3.org/2004/02/skos/core#", "skos:")
                    found = [(step[2], ((key, step[2].removeprefix(BASE), clauses),))]
                chains = [(end, (*before, *steps)) for _, before in chains for end, steps in found]
            yield from ((rules[derivation], steps) for _, steps in chains)

    found: Touching = {}
    for measure, touch in {(row["measure"], row["touch"]) for row in rows}:
        found[measure.removeprefix(f"{BASE}measure/")] = set(ways(touch, measure))
    return found


def by_json(client: TestClient, name: str) -> Touching:
    answer = client.get("/api/v1/measures", params={"touches": name, "limit": 1000})
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["items"])
    return touching(answer.json()["items"])


def by_sector(client: TestClient, name: str) -> Touching:
    return touching(client.get(f"/api/v1/sectors/{name}/measures", params={"limit": 1000}).json()["items"])


def by_tool(client: TestClient, name: str) -> Touching:
    arguments = {"name": "measures_touching", "arguments": {"sector": name}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": arguments}
    answer = client.post("/mcp", json=message, headers=MCP)
    assert answer.status_code == 200, answer.text
    data = answer.json()["result"]["structuredContent"]
    assert data["total"] == len(data["items"])
    return touching(data["items"])


def by_explanations(client: TestClient, name: str) -> Touching:
    """Ask for each measure why it touches the sector; that it does not is an error."""
    found: Touching = {}
    for measure in client.get("/api/v1/measures", params={"limit": 1000}).json()["items"]:
        parameters = {"subject": measure["iri"], "predicate": "pkg:touchesSector", "object": name}
        answer = client.get("/api/v1/explain", params=parameters)
        if answer.status_code == 404:
            assert answer.json()["kind"] == "statement"
            continue
        found[measure["id"]] = set(ways_of_tree(answer.json()))
    return found


SURFACES: dict[str, Callable[[TestClient, str], Touching]] = {
    "SPARQL": by_sparql,
    "JSON": by_json,
    "the sector": by_sector,
    "MCP": by_tool,
    "explain": by_explanations,
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("sector", "name"), ASKED)
def test_measures_ways_and_clauses_are_those_that_were_read_by_hand(
    client: TestClient, surface: str, sector: str, name: str
) -> None:
    assert SURFACES[surface](client, name) == TOUCHES[sector]


@pytest.mark.parametrize(("sector", "name"), ASKED)
def test_command_line_gives_the_same(tmp_path: Path, store: str, sector: str, name: str) -> None:
    question = f"哪些措施涉及{name}？" if name == NAMES[sector][0] else f"which measures touch {name}"
    done = kg("resolve", question, "--json", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["answer"]
    assert answer["omitted"] == 0
    assert touching({"id": row["thing"]["id"], "touches": row["touches"]} for row in answer["rows"]) == TOUCHES[sector]


@pytest.mark.parametrize(("sector", "name"), ASKED)
def test_kg_explain_gives_the_same_tree(tmp_path: Path, store: str, sector: str, name: str) -> None:
    measure = sorted(TOUCHES[sector], key=lambda measure: (len(TOUCHES[sector][measure]), measure))[-1]
    done = kg("explain", measure, name, "--json", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ways = ways_of_tree(json.loads(done.stdout))
    assert len(ways) == len(set(ways))
    assert set(ways) == TOUCHES[sector][measure]
