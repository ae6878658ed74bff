"""The page at `/sparql`: what the server puts into it for readers without scripts, and for the editor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rdflib.namespace import OWL, RDF, RDFS
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import RevisionStore
from kg.settings import Settings
from kg.terms import PKG, PREFIXES
from tests.api.helpers import BROWSER, Page


def vocabulary_of(text: str) -> dict[str, Any]:
    """Return what stands in the page for the editor."""
    block = text.partition('<script type="application/json" id="vocabulary">')[2].partition("</script>")[0]
    found: dict[str, Any] = json.loads(block)
    return found


def test_the_editor_is_told_prefixes_and_the_terms_of_the_ontology_in_both_languages(client: TestClient) -> None:
    found = vocabulary_of(client.get("/sparql", headers={"accept": BROWSER}).text)
    assert found["prefixes"] == PREFIXES
    terms = {term["iri"]: term for term in found["terms"]}
    assert terms[f"{PKG}Target"] == {"iri": f"{PKG}Target", "class": True, "zh": "目标", "en": "Target"}
    assert terms[f"{PKG}touchesSector"]["class"] is False
    ours = [term for iri, term in terms.items() if iri.startswith(PKG)]
    assert len(ours) > 50
    assert all(term.get("zh") and term.get("en") for term in ours)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_question_is_an_example_whose_link_is_its_sparql(client: TestClient, language: str) -> None:
    page = Page(client.get("/sparql", params={"lang": language}, headers={"accept": BROWSER}).text)
    questions = client.get("/api/v1/questions").json()["items"]
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a" and "data-example" in attributes]
    assert links == [item["links"]["sparql"] for item in questions]
    for item in questions:
        assert item["question"][language] in page.text
    answer = client.get(str(links[0]))
    assert answer.headers["content-type"].partition(";")[0] == "application/sparql-query"
    assert client.get("/sparql", params={"query": answer.text}).status_code == 200


def test_only_times_below_the_limit_may_be_chosen(client: TestClient) -> None:
    page = Page(client.get("/sparql", headers={"accept": BROWSER}).text)
    values = [attributes.get("value") for tag, attributes in page.elements if tag == "option" and "value" in attributes]
    limit = float(values[0] or 0)
    assert limit == Settings().query_timeout
    assert all(float(value or 0) < limit for value in values[1:])
    assert client.get("/sparql", params={"query": "ASK {}", "timeout": str(values[0])}).status_code == 200


def test_a_name_that_wants_to_end_the_block_does_not(tmp_path: Path) -> None:
    name = '"</script><script>alert(1)</script>"@en'
    lines = [f"<{PKG}Evil> <{RDF.type}> <{OWL.Class}> .", f"<{PKG}Evil> <{RDFS.label}> {name} ."]
    settings = Settings(store=tmp_path)
    content = [("https://w3id.org/policy-kg/graph/hostile", "\n".join(lines).encode())]
    revision = RevisionStore(tmp_path).publish(content, {"base_iri": settings.base_iri, "triples": 2})
    text = TestClient(create_app(settings, revision)).get("/sparql", headers={"accept": BROWSER}).text
    assert "<script>alert" not in text
    assert vocabulary_of(text)["terms"] == [
        {"iri": f"{PKG}Evil", "class": True, "en": "</script><script>alert(1)</script>"}
    ]
