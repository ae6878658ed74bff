"""`/.well-known/void`, the service description, and the links to both: read by rdflib, held against the data itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDF, RDFS, SDO, SH, VOID, Graph, Literal, Namespace, URIRef
from starlette.testclient import TestClient

from api.app import create_app
from api.dataset import WELL_KNOWN
from kg.iris import Iris
from kg.metadata import Names
from kg.pipeline import publish_empty
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import BROWSER, assert_problem

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
NAMES = Names(Iris())
DATASET = URIRef(NAMES.dataset)
PARSERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}
TYPES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}

# rdflib's own JSON-LD parser still uses what rdflib deprecates.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
]


def read(client: TestClient, path: str = f"{WELL_KNOWN}.nt") -> Graph:
    return Graph().parse(data=client.get(path).text, format="nt")


def described(client: TestClient, accept: str = "application/n-triples") -> Graph:
    response = client.get("/sparql", headers={"accept": accept})
    assert response.status_code == 200
    return Graph().parse(data=response.text, format="nt")


def app_over(settings: Settings, revision: Revision) -> Iterator[TestClient]:
    with TestClient(create_app(settings, revision), follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[TestClient]:
    """A service over a store that was begun without data, and has no description."""
    settings = Settings(store=tmp_path / "store", default_graph="strict")
    yield from app_over(settings, publish_empty(settings))


@pytest.mark.parametrize("extension", PARSERS)
def test_every_syntax_has_the_same_triples(client: TestClient, extension: str) -> None:
    expected = set(read(client))
    by_extension = client.get(f"{WELL_KNOWN}.{extension}")
    by_accept = client.get(WELL_KNOWN, headers={"accept": TYPES[extension]})
    for response in (by_extension, by_accept):
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == TYPES[extension]
        assert set(Graph().parse(data=response.text, format=PARSERS[extension])) == expected
    assert len(expected) > 3000


def test_browser_gets_turtle_with_prefixes(client: TestClient) -> None:
    response = client.get(WELL_KNOWN, headers={"accept": BROWSER})
    assert response.headers["content-type"].startswith(("text/turtle", "application/rdf+xml"))
    assert client.get(WELL_KNOWN).text.startswith("@prefix ")
    assert "void:classPartition" in client.get(WELL_KNOWN).text


def test_what_is_not_offered_is_refused(client: TestClient) -> None:
    assert_problem(client.get(WELL_KNOWN, headers={"accept": "image/png"}), 406, "not-acceptable")
    assert_problem(client.get(f"{WELL_KNOWN}.docx"), 404, "no-such-path")
    assert_problem(client.get(f"{WELL_KNOWN}?format=ttl"), 400, "unknown-parameter")


def test_answer_may_be_kept_until_the_next_revision(client: TestClient, revision: Revision) -> None:
    response = client.get(WELL_KNOWN)
    assert response.headers["x-revision"] == revision.id
    assert client.get(WELL_KNOWN, headers={"if-none-match": response.headers["etag"]}).status_code == 304
    assert f'<{WELL_KNOWN}.jsonld>; rel="alternate"; type="application/ld+json"' in response.headers["link"]


def test_addresses_are_those_of_this_service(client: TestClient) -> None:
    graph = read(client)
    endpoint = URIRef("http://testserver/sparql")
    assert list(graph.objects(DATASET, VOID.sparqlEndpoint)) == [endpoint]
    assert set(graph.objects(predicate=SDO.target)) == {endpoint}
    dumps = set(graph.objects(DATASET, VOID.dataDump))
    assert len(dumps) == 6
    for distribution in graph.objects(DATASET, DCAT.distribution):
        file = graph.value(distribution, DCAT.downloadURL)
        assert file in dumps
        response = client.get(str(file).removeprefix("http://testserver"))
        assert response.status_code == 200
        media_type = str(graph.value(distribution, DCAT.mediaType)).partition("media-types/")[2]
        assert response.headers["content-type"].partition(";")[0] == media_type
    for service in graph.subjects(RDF.type, DCAT.DataService):
        for predicate in (DCAT.endpointURL, DCAT.endpointDescription):
            assert client.get(str(graph.value(service, predicate)).removeprefix("http://testserver")).status_code == 200


def test_host_header_that_is_no_iri_stays_out_of_the_graph(client: TestClient) -> None:
    response = client.get(f"{WELL_KNOWN}.nt", headers={"host": 'a> <b"'})
    assert response.status_code in {200, 400}
    assert "a> <b" not in response.text


def test_addresses_do_not_stand_in_the_dataset(client: TestClient) -> None:
    query = "ASK { { ?s void:sparqlEndpoint ?o } UNION { ?s schema:target ?o } UNION { ?s dcat:endpointURL ?o } }"
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is False


def test_version_is_the_revision(client: TestClient, revision: Revision) -> None:
    assert list(read(client).objects(DATASET, DCAT.version)) == [Literal(revision.id)]
    query = "SELECT ?version { GRAPH ?g { ?dataset dcat:version ?version } }"
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert [row["version"]["value"] for row in rows] == [revision.id]


def test_home_page_links_to_the_description(client: TestClient) -> None:
    link = f'<{WELL_KNOWN}>; rel="describedby"; type="text/turtle"'
    assert link in client.get("/").headers["link"]


class Blocks(HTMLParser):
    """The data blocks of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and dict(attrs).get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)
            self._inside = False


@pytest.mark.parametrize(("language", "name"), [("zh", "政策知识图谱"), ("en", "Policy knowledge graph")])
def test_home_page_has_the_dataset_for_search_engines(client: TestClient, language: str, name: str) -> None:
    (block,) = Blocks(client.get("/", params={"lang": language}).text).found
    found = json.loads(block)
    assert (found["@context"], found["@type"], found["name"]) == ("https://schema.org/", "Dataset", name)
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert 50 <= len(found["description"]) <= 5000, "what Google asks of a description"
    assert {item["encodingFormat"] for item in found["distribution"]} >= set(TYPES.values())
    assert found["datePublished"] <= found["dateModified"]


# ── Service description ─────────────────────────────────────────────────────


def test_service_description_is_complete(client: TestClient) -> None:
    graph = described(client)
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert list(graph.objects(service, SD.endpoint)) == [URIRef("http://testserver/sparql")]
    assert list(graph.objects(service, SD.supportedLanguage)) == [SD.SPARQL11Query]
    assert set(graph.objects(service, SD.feature)) == {SD.UnionDefaultGraph, SD.EmptyGraphs}
    assert len(set(graph.objects(service, SD.resultFormat))) == 8
    assert not list(graph.objects(service, SD.inputFormat))


def test_named_graphs_stand_there_with_what_they_hold(client: TestClient) -> None:
    graph = described(client)
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    expected = {row["g"]["value"]: int(row["n"]["value"]) for row in rows}
    found = {}
    for named in graph.objects(DATASET, SD.namedGraph):
        content = graph.value(named, SD.graph)
        found[str(graph.value(named, SD.name))] = int(str(graph.value(content, VOID.triples)))
    assert found == expected
    assert len(found) == 5


def test_limits_are_told_in_both_languages(client: TestClient) -> None:
    graph = described(client)
    (service,) = graph.subjects(RDF.type, SD.Service)
    comments = {text.language: str(text) for text in graph.objects(service, RDFS.comment) if isinstance(text, Literal)}
    assert comments.keys() == {"zh", "en"}
    assert "10 s and 1GiB" in comments["en"]
    assert "10 秒、1GiB" in comments["zh"]
    assert "SERVICE is refused" in comments["en"]


def test_settings_show_in_the_service_description(settings: Settings, revision: Revision) -> None:
    open_to = replace(
        settings, default_graph="strict", service_allow="https://query.wikidata.org", write_token="t" * 32
    )
    for client in app_over(open_to, revision):
        graph = described(client)
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert set(graph.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query, SD.SPARQL11Update}
    assert set(graph.objects(service, SD.feature)) == {SD.BasicFederatedQuery, SD.EmptyGraphs}
    assert len(set(graph.objects(service, SD.inputFormat))) == 4
    assert "query.wikidata.org" in "".join(map(str, graph.objects(service)))


# ── A store without a description ───────────────────────────────────────────


def test_store_without_a_description_is_described_when_asked(empty: TestClient) -> None:
    graph = read(empty)
    assert int(str(graph.value(DATASET, VOID.triples))) == 0
    assert (DATASET, RDF.type, DCAT.Dataset) in graph
    assert list(graph.subjects(RDF.type, SH.SPARQLExecutable)) == []
    assert graph.value(DATASET, DCTERMS.modified) is not None
    rows = empty.get("/sparql", params={"query": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"}).json()
    assert rows["results"]["bindings"] == []


def test_store_without_a_description_describes_its_service(empty: TestClient) -> None:
    graph = described(empty)
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert SD.UnionDefaultGraph not in set(graph.objects(service, SD.feature))
    assert list(graph.objects(DATASET, SD.namedGraph)) == []
