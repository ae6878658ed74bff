from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF
from starlette.testclient import TestClient

from api.context import context_document
from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.kinds import KINDS, RELATIONS
from kg.terms import OA, PKG
from tests.api.helpers import BROWSER, Page, assert_problem

PARSERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}
ROOT = Path(__file__).resolve().parent.parent.parent

# rdflib's own JSON-LD parser still uses what rdflib deprecates.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
]


def expanded(client: TestClient, path: str) -> Graph:
    """Return the JSON of a path as RDF, by the context that the service gives, without fetching anything."""
    context = client.get("/context/v1.jsonld").json()
    value: dict[str, Any] = client.get(path).json()
    return Graph().parse(data=json.dumps({**context, **value}), format="json-ld")


def test_the_context_is_json_ld_and_may_be_kept(client: TestClient) -> None:
    response = client.get("/context/v1.jsonld")
    assert response.headers["content-type"].startswith("application/ld+json")
    assert "max-age" in response.headers["cache-control"]
    assert response.json() == context_document(Iris())
    again = client.get("/context/v1.jsonld", headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304


def test_the_context_follows_the_base() -> None:
    context = context_document(Iris("http://kg.example/"))["@context"]
    assert context["evidence"]["@context"]["reading"]["@context"]["@vocab"] == "http://kg.example/id/reading/"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_json_of_a_thing_is_rdf_that_the_graph_has(client: TestClient, engine: EmbeddedEngine, kind: Any) -> None:
    known = Graph().parse(data=b"".join(client.get("/download/graph.nt").iter_bytes()), format="nt")
    keys = {relation.key for relation in RELATIONS if relation.subject == kind.name}
    keys |= {relation.inverse for relation in RELATIONS if kind.name in relation.objects and relation.inverse}
    for item in client.get(f"/api/v1/{kind.collection}", params={"limit": "3"}).json()["items"]:
        graph = expanded(client, f"/api/v1/{kind.collection}/{item['id']}")
        annotations = set(graph.subjects(URIRef(OA + "hasBody"), None))
        stated = {triple for triple in graph if triple[0] not in annotations}
        assert stated - set(known) == set()
        thing = URIRef(item["iri"])
        linked = [
            other for key in keys for other in (item[key] if isinstance(item[key], list) else [item[key]]) if other
        ]
        for other in linked:
            end = URIRef(other["iri"])
            assert list(graph.predicates(thing, end)) or list(graph.predicates(end, thing)), other["iri"]
        clauses = {URIRef(citation["iri"]) for citation in item["evidence"]}
        found = {graph.value(node, URIRef(OA + "hasTarget")) for node in graph.subjects(URIRef(OA + "hasBody"), thing)}
        assert found == clauses
    assert engine.count() > len(known) / 2


def test_each_relation_gives_the_triples_of_its_property(client: TestClient) -> None:
    tested = 0
    for relation in RELATIONS:
        collection = next(kind.collection for kind in KINDS if kind.name == relation.subject)
        items = client.get(f"/api/v1/{collection}", params={"limit": "1000"}).json()["items"]
        item = next((item for item in items if item[relation.key]), None)
        if item is None:
            continue
        tested += 1
        graph = expanded(client, f"/api/v1/{collection}/{item['id']}")
        thing, property_iri = URIRef(item["iri"]), URIRef(relation.property_iri)
        given = item[relation.key] if isinstance(item[relation.key], list) else [item[relation.key]]
        ends = graph.subjects(property_iri, thing) if relation.backwards else graph.objects(thing, property_iri)
        # Several keys may be one property (`sectors` are tied by it in both ways): every end that is given is there.
        assert {URIRef(other["iri"]) for other in given} <= set(ends), relation.key
    assert tested >= 24


def test_a_list_is_rdf_as_well(client: TestClient) -> None:
    graph = expanded(client, "/api/v1/targets?limit=5")
    targets = set(graph.subjects(RDF.type, URIRef(PKG + "Target")))
    assert len(targets) >= 5


@pytest.mark.parametrize("extension", sorted(PARSERS))
def test_the_ontology_comes_in_every_syntax(client: TestClient, extension: str) -> None:
    response = client.get(f"/ontology.{extension}")
    graph = Graph().parse(data=response.content, format=PARSERS[extension])
    assert (URIRef(PKG + "Measure"), RDF.type, OWL.Class) in graph
    accepted = client.get("/ontology", headers={"accept": response.headers["content-type"]})
    assert len(Graph().parse(data=accepted.content, format=PARSERS[extension])) == len(graph)
    assert f'</ontology.{extension}>; rel="alternate"' in accepted.headers["link"]


def test_the_page_of_the_ontology_names_every_term_in_both_languages(client: TestClient) -> None:
    graph = Graph().parse(data=client.get("/ontology.nt").content, format="nt")
    terms = {
        str(term)
        for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
        for term in graph.subjects(RDF.type, kind)
        if str(term).startswith(PKG)
    }
    response = client.get("/ontology", headers={"accept": BROWSER})
    page = Page(response.text)
    shown = {attributes["id"] for tag, attributes in page.elements if tag == "dt" and "id" in attributes}
    assert len(terms) >= 30
    assert {term.removeprefix(PKG) for term in terms} <= shown
    for text in ("Measure", "措施", "所属政策", "in policy"):
        assert text in page.text


@pytest.mark.parametrize("extension", sorted(PARSERS))
def test_the_shapes_come_in_every_syntax(client: TestClient, extension: str) -> None:
    files = sorted((ROOT / "ontology" / "shapes").glob("*.ttl"))
    assert len(files) >= 10
    count = sum(len(Graph().parse(path, format="turtle")) for path in files)
    graph = Graph().parse(data=client.get(f"/shapes.{extension}").content, format=PARSERS[extension])
    assert len(graph) == count
    accepted = client.get("/shapes", headers={"accept": client.get(f"/shapes.{extension}").headers["content-type"]})
    assert accepted.status_code == 200


@pytest.mark.parametrize("path", ["/ontology.docx", "/shapes.docx", "/download/graph.docx"])
def test_an_unknown_extension_is_404_and_says_which_there_are(client: TestClient, path: str) -> None:
    stem = path.partition(".")[0]
    assert f"{stem}.ttl" in assert_problem(client.get(path), 404, "no-such-path")["nearest"]


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
def test_no_acceptable_format_is_406(client: TestClient, path: str) -> None:
    assert_problem(client.get(path, headers={"accept": "image/png"}), 406, "not-acceptable")


@pytest.mark.parametrize("extension", ["nq", "trig"])
def test_downloads_with_graphs_hold_the_whole_dataset(
    client: TestClient, engine: EmbeddedEngine, extension: str
) -> None:
    response = client.get(f"/download/graph.{extension}")
    quads = ox.parse(response.content, format=ox.RdfFormat.N_QUADS if extension == "nq" else ox.RdfFormat.TRIG)
    assert len(list(quads)) == engine.count()
    name = f"policy-kg-{response.headers['x-revision']}.{extension}"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    again = client.get(f"/download/graph.{extension}", headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("extension", ["ttl", "nt", "rdf", "jsonld"])
def test_downloads_parse(client: TestClient, extension: str) -> None:
    response = client.get(f"/download/graph.{extension}")
    format = ox.RdfFormat.from_media_type(response.headers["content-type"])
    assert format is not None
    assert len({quad.triple for quad in ox.parse(response.content, format=format)}) > 1000
