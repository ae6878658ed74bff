from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS
from starlette.testclient import TestClient

from api.app import create_app
from api.routers.documents import FORMATS
from kg.build import NamedGraph
from kg.revisions import store_of
from kg.terms import OA, PKG, SKOS
from tests.api.helpers import BROWSER, Page, assert_problem
from tests.conftest import Placed

ID = "https://w3id.org/policy-kg/id/"
COMPUTE = "gd-ai45-compute-2027"
HOSPITALS = "gd-ai45-smart-hospitals"
PARSERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}

# rdflib's own JSON-LD parser still uses what rdflib deprecates.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
]

CASES: list[tuple[str | None, str | None]] = [
    (None, "text/html"),
    ("*/*", "text/html"),
    (BROWSER, "text/html"),
    ("text/turtle", "text/turtle"),
    ("application/n-triples", "application/n-triples"),
    ("application/ld+json", "application/ld+json"),
    ("application/rdf+xml", "application/rdf+xml"),
    ("application/json", "application/json"),
    ("application/xml", "application/rdf+xml"),
    ("text/html;q=0.2, text/turtle;q=0.3", "text/turtle"),
    ("application/rdf+xml;q=0.8, application/ld+json", "application/ld+json"),
    ("text/turtle, application/rdf+xml;q=0.9, */*;q=0.1", "text/turtle"),
    ("image/png", None),
]


def page(client: TestClient, path: str, **parameters: str) -> Page:
    response = client.get(path, params=parameters, headers={"accept": BROWSER})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return Page(response.text)


def an_iri(client: TestClient, kind: str) -> str:
    query = f"SELECT ?s {{ ?s a ?c FILTER(STRSTARTS(STR(?s), '{ID}{kind}/')) }} ORDER BY ?s LIMIT 1"
    bindings = client.get("/sparql", params={"query": query, "format": "json"}).json()["results"]["bindings"]
    return str(bindings[0]["s"]["value"])


@pytest.mark.parametrize(("accept", "expected"), CASES)
def test_a_description_comes_in_the_format_that_is_liked_best(
    client: TestClient, accept: str | None, expected: str | None
) -> None:
    response = client.get(f"/doc/target/{COMPUTE}", headers={"accept": accept} if accept else {})
    if expected is None:
        assert "text/turtle" in assert_problem(response, 406, "not-acceptable")["supported"]
        return
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == expected
    assert response.headers["vary"].startswith("Accept, Accept-Language")
    extension = next(name for name, kind in FORMATS.items() if kind == expected)
    assert response.headers["content-location"] == f"/doc/target/{COMPUTE}.{extension}"
    assert f'<{ID}target/{COMPUTE}>; rel="describes"' in response.headers["link"]


@pytest.mark.parametrize("extension", sorted(FORMATS))
def test_an_extension_or_format_wins_over_accept(client: TestClient, extension: str) -> None:
    for path in (f"/doc/target/{COMPUTE}.{extension}", f"/doc/target/{COMPUTE}?format={extension}"):
        response = client.get(path, headers={"accept": "image/png"})
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == FORMATS[extension]


def test_an_iri_leads_to_its_description(client: TestClient) -> None:
    response = client.get(f"/id/target/{COMPUTE}?lang=zh", headers={"accept": "text/turtle"})
    assert response.status_code == 303
    assert response.headers["location"] == f"/doc/target/{COMPUTE}?lang=zh"
    clause = an_iri(client, "clause")
    location = client.get(clause.replace(ID, "/id/").partition("#")[0]).headers["location"]
    assert client.get(location).status_code == 200


@pytest.mark.parametrize("path", ["/id/sector/helthcare", "/doc/sector/helthcare", "/doc/sector/helthcare.ttl"])
def test_an_unknown_iri_is_404_with_what_comes_near(client: TestClient, path: str) -> None:
    assert assert_problem(client.get(path), 404, "not-found")["nearest"][0] == "healthcare"


def test_a_label_in_place_of_an_id_is_404_and_says_the_id(client: TestClient) -> None:
    assert assert_problem(client.get("/doc/sector/医疗"), 404, "not-found")["nearest"] == ["healthcare"]


@pytest.mark.parametrize(
    "path", ["/doc/unicorn/x", "/doc/clause/none/1/2-3", "/id/unicorn/x", "/doc/sector/%3E%20a%20%3C"]
)
def test_what_the_graph_does_not_know_is_404(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 404, "not-found")


def test_an_unknown_format_or_parameter_is_400(client: TestClient) -> None:
    assert_problem(client.get(f"/doc/target/{COMPUTE}?format=docx"), 400, "bad-parameter")
    assert_problem(client.get(f"/doc/target/{COMPUTE}?fromat=ttl"), 400, "unknown-parameter")


@pytest.mark.parametrize("extension", sorted(PARSERS))
def test_the_graph_of_a_thing_has_relations_statements_evidence_and_names(client: TestClient, extension: str) -> None:
    content = client.get(f"/doc/target/{COMPUTE}.{extension}").content
    graph = Graph().parse(data=content, format=PARSERS[extension])
    target = URIRef(f"{ID}target/{COMPUTE}")
    indicator = graph.value(target, URIRef(PKG + "hasIndicator"))
    assert indicator is not None
    assert {label.language for label in graph.objects(indicator, RDFS.label) if hasattr(label, "language")} == {
        "zh",
        "en",
    }
    statements = [
        statement
        for statement in graph.subjects(RDF.subject, target)
        if (statement, RDF.predicate, URIRef(PKG + "hasIndicator")) in graph
    ]
    assert len(statements) == 1
    (evidence,) = graph.subjects(URIRef(OA + "hasBody"), statements[0])
    clause = graph.value(evidence, URIRef(OA + "hasTarget"))
    selectors = list(graph.objects(clause, URIRef(OA + "hasSelector")))
    quotes = [str(quote) for selector in selectors for quote in graph.objects(selector, URIRef(OA + "exact"))]
    assert quotes
    assert "60EFLOPS" in quotes[0]
    assert list(graph.subjects(URIRef(PKG + "hasTarget"), target)) or list(
        graph.objects(target, URIRef(PKG + "inPolicy"))
    )


def test_a_clause_leads_back_to_what_it_states(client: TestClient) -> None:
    clause = client.get(f"/api/v1/targets/{COMPUTE}").json()["evidence"][0]["iri"]
    graph = Graph().parse(data=client.get(clause.replace(ID, "/doc/") + ".nt").content, format="nt")
    stated = set(graph.objects(None, RDF.subject))
    assert URIRef(f"{ID}target/{COMPUTE}") in stated


def test_the_page_of_a_target_shows_its_figure_and_its_clause(client: TestClient) -> None:
    shown = page(client, f"/doc/target/{COMPUTE}", lang="en")
    assert "> 60 EFLOPS · 2027" in shown.text
    assert "算力规模超过60EFLOPS" in shown.text
    clauses = [link for link in shown.links if link.startswith("/doc/clause/")]
    assert clauses
    clause = page(client, clauses[0])
    assert "60EFLOPS" in clause.text
    assert any(link.startswith(f"/doc/target/{COMPUTE}") for link in clause.links)
    assert any(link.startswith("https://") for link in shown.links)


def test_the_page_of_a_clause_says_whose_words_it_is_what_it_states_and_what_stands_around_it(
    client: TestClient,
) -> None:
    shown = page(client, "/doc/clause/dayoo-20240607/2/95-109", lang="zh")
    for said in (
        "广州日报",
        "2024-06-07",
        "第 2 行",
        "，字符 95–109",
        "它陈述了什么",
        "目标数值",
        "同一行的前后文",
        "到2027年，全省",
    ):
        assert said in shown.text, said
    assert shown.text.index("到2027年，全省") < shown.text.index("全国领先的算法体系和算力网络体系基本形成")
    assert "https://life.dayoo.com/IT/202406/07/154627_54676394.htm" in shown.links
    links = {link.partition("?")[0] for link in shown.links}
    assert {"/doc/target/gd-ai45-compute-2027", "/doc/passage/dayoo-20240607/2"} <= links
    assert "起点" not in shown.text
    part = page(client, "/doc/clause/dayoo-20240607/2/115-126", lang="zh")
    assert ("mark", {}) in part.elements, "the clause that has it in it shows where it stands"


def test_all_targets_are_shown_where_a_few_more_would_be_left_out(client: TestClient) -> None:
    shown = page(client, "/doc/policy/gd-ai45", lang="zh")
    targets = {link.partition("?")[0] for link in shown.links if link.startswith("/doc/target/")}
    assert len(targets) == client.get("/api/v1/targets?policy=gd-ai45").json()["total"] == 25
    assert "全部 25" not in shown.text


def test_a_passage_has_its_clauses_in_the_order_in_which_they_are_read(client: TestClient) -> None:
    clauses = client.get("/doc/passage/dayoo-20240607/2.json").json()["has_source_of"]
    starts = [int(clause["id"].rpartition("/")[2].partition("-")[0]) for clause in clauses]
    assert len(starts) > 20
    assert starts == sorted(starts)
    passages = client.get("/doc/source/dayoo-20240607.json").json()["is_part_of_of"]
    lines = [int(passage["id"].rpartition("/")[2]) for passage in passages]
    assert len(lines) > 10
    assert lines == sorted(lines)


def test_the_page_of_a_thing_shows_what_follows_by_which_rule_and_from_which_clause(client: TestClient) -> None:
    text = page(client, f"/doc/measure/{HOSPITALS}", lang="en").text
    follows = text.partition("What follows, and why")[2]
    assert "Touches sectors" in follows
    assert "A measure touches the sector that it applies to" in follows
    assert "建设智慧医院" in follows
    shown = page(client, "/doc/platform/guangzhou-ai-public-computing-centre", lang="zh")
    assert "由此推出的结论及缘由" in shown.text
    assert "位于其内" in shown.text
    assert "位于某地者，即在该地之内" in shown.text.partition("由此推出的结论及缘由")[2]
    links = [link.partition("?")[0] for link in shown.links if link.startswith("/doc/place/")]
    assert set(links) == {"/doc/place/guangzhou"}
    assert len(links) == 3, "where it is by the rule, the way to there, and where the source has it"


def test_pages_speak_both_languages(client: TestClient) -> None:
    path = "/doc/sector/healthcare"
    english, chinese = page(client, path, lang="en"), page(client, path, lang="zh")
    given = {
        "data-root": "",
        "data-base": "https://w3id.org/policy-kg/",
        "data-ontology": "https://w3id.org/policy-kg/ontology#",
    }
    assert ("html", {"lang": "en", **given}) in english.elements
    assert ("html", {"lang": "zh", **given}) in chinese.elements
    assert "Healthcare" in english.text
    assert "医疗" in english.text
    assert "引用与数据" in chinese.text
    assert "Cite, or take as data" in english.text
    response = client.get(path, headers={"accept": BROWSER, "accept-language": "zh-CN"})
    assert response.headers["content-language"] == "zh"
    assert any("lang=zh" in link for link in chinese.links if link.startswith("/doc/measure/"))


@pytest.mark.parametrize(
    "kind",
    [
        "policy", "measure", "sector", "platform", "organization", "place", "target", "indicator", "product", "theme",
        "clause", "passage", "source", "statement", "evidence", "quantity", "instant", "unit", "comparator", "reading",
    ],
)  # fmt: skip
def test_everything_with_an_iri_has_a_page_whose_links_lead_somewhere(client: TestClient, kind: str) -> None:
    iri = an_iri(client, kind).partition("#")[0]
    path = iri.replace(ID, "/doc/")
    shown = page(client, path)
    assert iri in shown.text
    assert ("link", {"rel": "alternate", "type": "text/turtle", "href": f"{path}.ttl"}) in shown.elements
    for link in [link for link in shown.links if link.startswith("/doc/")][:12]:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("pattern", ["FILTER(ISIRI(?o))", "FILTER(ISLITERAL(?o))"])
def test_a_statement_leads_to_its_clause(client: TestClient, pattern: str) -> None:
    query = f"SELECT ?s {{ ?s a pkg:Statement ; rdf:object ?o {pattern} }} ORDER BY ?s LIMIT 3"
    bindings = client.get("/sparql", params={"query": query, "format": "json"}).json()["results"]["bindings"]
    assert len(bindings) == 3
    for binding in bindings:
        path = binding["s"]["value"].replace(ID, "/doc/")
        clauses = [citation["iri"] for citation in client.get(f"{path}.json").json()["evidence"]]
        assert clauses
        assert clauses[0].replace(ID, "/doc/") in page(client, path).links


def test_the_json_of_a_description_is_that_of_the_api(client: TestClient) -> None:
    document = client.get(f"/doc/target/{COMPUTE}.json").json()
    assert document == client.get(f"/api/v1/targets/{COMPUTE}").json()
    document = client.get(f"/doc/measure/{HOSPITALS}.json").json()
    assert document == client.get(f"/api/v1/measures/{HOSPITALS}").json()
    assert [touch["sector"]["id"] for touch in document["touches"]] == ["healthcare", "healthcare"]


def test_descriptions_have_etags(client: TestClient) -> None:
    tags = set()
    for extension in FORMATS:
        path = f"/doc/target/{COMPUTE}.{extension}"
        tag = client.get(path).headers["etag"]
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304
        tags.add(tag)
    assert len(tags) == len(FORMATS)


@pytest.fixture(scope="module")
def hostile(placed: Placed, graphs: Sequence[NamedGraph]) -> TestClient:
    """A service over the real graph and a sector that wants to run a script."""
    texts = {
        RDFS.label: ['"<script>alert(1)</script>"@en', '"\'\\"><img src=x onerror=alert(2)>"@zh'],
        URIRef(SKOS + "altLabel"): ['"</title><script>alert(3)</script>"@en'],
        URIRef(SKOS + "definition"): ['"{{ 7 * 7 }}<iframe src=//example.com></iframe>"@en'],
        URIRef("https://schema.org/url"): ["<javascript:alert(4)>"],
    }
    lines = [f"<{ID}sector/evil> <{RDF.type}> <{PKG}Sector> ."]
    lines += [f"<{ID}sector/evil> <{predicate}> {value} ." for predicate, values in texts.items() for value in values]
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    content.append(("https://w3id.org/policy-kg/graph/hostile", "\n".join(lines).encode()))
    settings = placed("hostile")
    revision = store_of(settings).publish(content, {"base_iri": settings.base_iri, "triples": 1})
    return TestClient(create_app(settings, revision))


@pytest.mark.parametrize("path", ["/doc/sector/evil", "/", "/doc/sector/evil?lang=zh", "/?lang=zh"])
def test_hostile_labels_are_text(hostile: TestClient, path: str) -> None:
    response = hostile.get(path, headers={"accept": BROWSER})
    shown = Page(response.text)
    assert response.status_code == 200
    assert not {"img", "iframe"} & {tag for tag, _ in shown.elements}
    assert not shown.scripts
    assert "49" not in shown.text.partition("7 * 7")[0][-4:]
    assert not any(link.startswith("javascript:") for link in shown.links)
    assert not any(name.startswith("on") for _, attributes in shown.elements for name in attributes)
    assert "alert(" in shown.text
    assert "script-src 'self';" in response.headers["content-security-policy"]
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


def test_hostile_labels_are_json(hostile: TestClient) -> None:
    thing = json.loads(hostile.get("/api/v1/sectors/evil").content)
    assert thing["label"]["en"] == "<script>alert(1)</script>"
    problem = hostile.get("/doc/sector/<script>alert(1)<%2Fscript>x", headers={"accept": BROWSER})
    assert problem.status_code == 404
    assert not Page(problem.text).scripts
    assert "<script>alert" not in problem.text
