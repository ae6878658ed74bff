"""`/api/v1/explain`: the tree over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from kg.lookup import Lookup
from kg.revisions import Revision
from tests.api.helpers import assert_problem

PATH = "/api/v1/explain"


def get(client: TestClient, **parameters: str) -> dict[str, Any]:
    response = client.get(PATH, params=parameters)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    answer: dict[str, Any] = response.json()
    return answer


def test_tree_is_that_of_the_look_up(client: TestClient, lookup: Lookup, revision: Revision) -> None:
    answer = get(client, subject="建设智慧医院", object="医疗")
    assert answer == {
        **lookup.explain("建设智慧医院", "", "医疗").to_json(),
        "revision": revision.id,
    }
    (first, second) = answer["reasons"]
    assert (first["rule"]["id"], second["rule"]["id"]) == ("touches-directly", "touches-through-product")
    assert first["premises"][0]["evidence"][0]["quote"] == "建设智慧医院"
    assert second["premises"][1]["object"]["label"] == {"zh": "医疗", "en": "Healthcare"}


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "rule"),
    [
        ("鹏城云脑", "supportedBy", "gd-ai45-public-compute-platforms", "supported-by"),
        ("Pengcheng Cloud Brain", "pkg:supportedBy", "measure/gd-ai45-public-compute-platforms", "supported-by"),
        ("hengqin-advanced-computing-centre", "locatedWithin", "横琴", "located-within"),
        ("gd-ai45-ai-phones", "dueBy", "instant/2027-12-31", "due-by"),
    ],
)
def test_whatever_follows_is_explained(client: TestClient, subject: str, predicate: str, value: str, rule: str) -> None:
    answer = get(client, subject=subject, predicate=predicate, object=value)
    assert answer["stands"] == "inferred"
    assert {reason["rule"]["id"] for reason in answer["reasons"]} == {rule}
    for reason in answer["reasons"]:
        assert all(premise["evidence"] for premise in reason["premises"])


def test_display_is_in_the_language_asked_for(client: TestClient) -> None:
    answer = get(client, subject="gd-ai45-smart-hospitals", object="healthcare", lang="zh")
    assert (answer["subject"]["display"], answer["reasons"][0]["rule"]["display"]) == (
        "建设智慧医院",
        "措施所针对的行业，即为其涉及的行业",
    )


def test_what_the_graph_does_not_say_is_404_with_what_it_says(client: TestClient) -> None:
    response = client.get(PATH, params={"subject": "gd-ai45-smart-hospitals", "object": "education"})
    problem = assert_problem(response, 404, "not-found")
    assert (problem["kind"], problem["nearest"][0]) == (
        "statement",
        "measure/gd-ai45-smart-hospitals pkg:touchesSector sector/healthcare",
    )
    assert_problem(
        client.get(PATH, params={"subject": "no such thing at all", "object": "education"}), 404, "not-found"
    )


@pytest.mark.parametrize(
    "parameters",
    [{}, {"subject": "医疗"}, {"subject": "", "object": "医疗"}, {"subject": "a", "object": "x" * 501}],
)
def test_a_parameter_that_is_missing_or_impossible_is_400(client: TestClient, parameters: dict[str, str]) -> None:
    response = client.get(PATH, params=parameters)
    assert response.status_code == 400, response.text
    assert response.json()["type"].endswith(("bad-parameter", "missing-parameter"))


def test_no_property_is_400_in_both_languages(client: TestClient) -> None:
    parameters = {"subject": "gd-ai45-smart-hospitals", "object": "医疗", "predicate": "touchSector"}
    problem = assert_problem(client.get(PATH, params=parameters), 400, "bad-parameter")
    assert "touchesSector" in problem["detail"]
    zh = assert_problem(client.get(PATH, params={**parameters, "lang": "zh"}), 400, "bad-parameter")
    assert "不是本体的属性" in zh["detail"]


def test_the_rule_and_the_derivation_have_pages(client: TestClient) -> None:
    rule = get(client, subject="gd-ai45-smart-hospitals", object="healthcare")["reasons"][0]["rule"]
    found = client.get(f"/doc/rule/{rule['id']}", headers={"accept": "text/turtle"})
    assert found.status_code == 200
    assert "CONSTRUCT" in found.text
    query = "SELECT ?d { ?d a pkg:Derivation ; pkg:derives ?s } ORDER BY ?d LIMIT 1"
    row = client.post("/sparql", data={"query": query}, headers={"accept": "application/sparql-results+json"}).json()
    iri = row["results"]["bindings"][0]["d"]["value"].partition("/id/")[2]
    for path in (f"/doc/rule/{rule['id']}", f"/doc/{iri}"):
        for language in ("zh", "en"):
            page = client.get(path, headers={"accept": "text/html"}, params={"lang": language})
            assert page.status_code == 200, page.text
            assert "规则" in page.text or "rule" in page.text.lower()
