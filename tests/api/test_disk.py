"""A revision that is served from disk, by the merge of its graphs, answers as one in memory, also after a write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.build import NamedGraph
from kg.engine import union_beside
from kg.metadata import Describing
from kg.revisions import RevisionStore
from kg.settings import Settings
from tests.conftest import ROOT
from tests.engine.test_union import assert_is_merge

TOKEN = "a-token-of-sixteen-characters"
JSON = {"accept": "application/sparql-results+json"}
QUERIES = (
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } ?s a ?any } GROUP BY ?g ORDER BY ?g",
    "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY ?c",
    "SELECT ?s { ?s skos:broader+ ?t } ORDER BY ?s ?t",
    "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/policy-kg/graph/ontology> { ?s ?p ?o }",
    "SELECT ?o { <https://w3id.org/policy-kg/id/sector/healthcare> ?p ?o } ORDER BY ?o",
    "ASK { ?s ?p 'something new' }",
)
PATHS = (
    "/api/v1/measures?touches=healthcare",
    "/api/v1/sectors/healthcare",
    "/api/v1/targets?deadline=2025",
    "/api/v1/search?q=pengcheng",
    "/api/v1/resolve?q=which%20measures%20touch%20healthcare",
    "/download/graph.nq",
    "/store?graph=https://w3id.org/policy-kg/graph/vocabularies",
    "/.well-known/void",
)
UPDATE = """INSERT DATA { GRAPH <urn:extra> { <urn:s> <urn:p> 'something new' .
  <https://w3id.org/policy-kg/id/sector/healthcare> a pkg:Sector } }"""


class Pair:
    """The same data served from memory and from disk."""

    def __init__(self, memory: TestClient, disk: TestClient, store: RevisionStore) -> None:
        self.memory, self.disk, self.store = memory, disk, store

    def assert_equal(self, url: str, **more: object) -> None:
        found, expected = (client.get(url, **more) for client in (self.disk, self.memory))  # type: ignore[arg-type]
        assert (found.status_code, expected.status_code) == (200, 200)
        assert found.content == expected.content
        assert len(found.content) > 10


@pytest.fixture(scope="module")
def pair(graphs: Sequence[NamedGraph], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("disk")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.revisions.store.LARGE", 1000)
        clients, stores = [], []
        for name, quads in (("memory", 10**6), ("disk", 0)):
            settings = Settings(store=folder / name, memory_quads=quads, columns_quads=0, write_token=TOKEN)
            store = RevisionStore(settings.directory)
            revision = store.publish(
                [(graph.iri, graph.ntriples()) for graph in graphs],
                {"base_iri": settings.base_iri},
                describe=Describing(settings.iris, ROOT / "ontology" / "questions"),
            )
            stores.append(store)
            clients.append(stack.enter_context(TestClient(create_app(settings, revision))))
        yield Pair(clients[0], clients[1], stores[1])


def assert_all_equal(pair: Pair) -> None:
    for query in QUERIES:
        pair.assert_equal("/sparql", params={"query": query}, headers=JSON)
    for path in PATHS:
        pair.assert_equal(path)


def test_answers_are_the_same_before_and_after_a_write(pair: Pair) -> None:
    assert union_beside(pair.store.current().data).is_dir()
    assert_is_merge(pair.store.current().data)
    assert_all_equal(pair)
    before = pair.disk.get("/sparql", params={"query": QUERIES[0]}, headers=JSON).json()
    for client in (pair.memory, pair.disk):
        done = client.post("/sparql", data={"update": UPDATE}, headers={"authorization": f"Bearer {TOKEN}"})
        assert done.status_code == 200, done.text
    assert_is_merge(pair.store.current().data)
    assert_all_equal(pair)
    after = pair.disk.get("/sparql", params={"query": QUERIES[0]}, headers=JSON).json()
    counts = [int(body["results"]["bindings"][0]["n"]["value"]) for body in (before, after)]
    assert counts[1] > counts[0]
    assert pair.disk.get("/sparql", params={"query": QUERIES[-1]}, headers=JSON).json()["boolean"] is True
