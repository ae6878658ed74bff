"""`/api/v1/resolve`: names and questions over HTTP."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.routers.resolve import ResolutionModel
from kg.resolve import LONGEST
from kg.resolve.forms import FORM_BY_NAME
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import assert_problem
from tests.conftest import ROOT
from tests.resolution.examples import in_docs

PATH = "/api/v1/resolve"


def resolve(client: TestClient, q: str, **parameters: str) -> dict[str, Any]:
    response = client.get(PATH, params={"q": q, **parameters})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    ResolutionModel.model_validate(found)
    return found


@pytest.mark.parametrize(
    ("sector", "zh", "en"),
    [
        ("healthcare", "哪些措施涉及医疗？", "which measures touch healthcare"),
        ("education", "涉及教育的措施有哪些", "What measures concern education?"),
        ("elderly-care", "与养老有关的措施", "which measures affect elderly care"),
        ("manufacturing", "哪些措施涉及制造业", "measures about manufacturing"),
    ],
)
def test_question_has_the_measures_of_the_list_with_the_same_reasons(
    client: TestClient, sector: str, zh: str, en: str
) -> None:
    listed = client.get(f"/api/v1/sectors/{sector}/measures", params={"limit": "1000"}).json()
    for language, text in (("zh", zh), ("en", en)):
        found = resolve(client, text)
        assert (found["kind"], found["language"]) == ("question", language)
        assert found["interpretation"]["form"] == "measures-touching"
        assert found["interpretation"]["arguments"]["sector"]["id"] == sector
        rows = {row["thing"]["id"]: row["touches"] for row in found["answer"]["rows"]}
        assert rows == {item["id"]: item["touches"] for item in listed["items"]}
        assert (found["answer"]["total"], found["answer"]["omitted"]) == (listed["total"], 0)
        quotes = {citation["iri"] for row in found["answer"]["rows"] for citation in row["evidence"]}
        assert {citation["iri"] for citation in found["evidence"]} == quotes
        assert found["revision"] == listed["revision"]


def plain(value: Any) -> set[Any]:
    """Return what a row shows as the terms of SPARQL that it stands for: IRIs, numbers, texts."""
    if value is None:
        return set()
    if isinstance(value, list):
        return {term for item in value for term in plain(item)}
    if isinstance(value, dict):
        return {value["iri"]}
    return {value if isinstance(value, str) else float(value)}


def term(found: dict[str, str]) -> Any:
    """Return a term of SPARQL results in the same way."""
    kind = found.get("datatype", "").rpartition("#")[2]
    return float(found["value"]) if kind in {"integer", "decimal", "double"} else found["value"]


@pytest.mark.parametrize(
    ("form", "text"),
    [(form, text) for form, _, text in in_docs()] + [("describe", "鹏城云脑"), ("describe", "healthcare")],
)
def test_shown_sparql_run_at_the_endpoint_gives_the_shown_answer(client: TestClient, form: str, text: str) -> None:
    found = resolve(client, text)
    assert found["interpretation"]["form"] == form
    response = client.post(
        "/sparql", data={"query": found["sparql"]}, headers={"Accept": "application/sparql-results+json"}
    )
    assert response.status_code == 200
    solutions = [{name: term(value) for name, value in row.items()} for row in response.json()["results"]["bindings"]]
    item, rows = FORM_BY_NAME[form].item, found["answer"]["rows"]
    groups: dict[Any, list[dict[str, Any]]] = {}
    for place, solution in enumerate(solutions):
        facts = tuple(solution[name] for name in ("relation", "direction", "value")) if item == "value" else None
        groups.setdefault(facts or (solution[item] if item else place), []).append(solution)
    assert found["answer"]["total"] == len(rows) == len(groups)
    for row, (key, group) in zip(rows, groups.items(), strict=True):
        if item == "value":
            shown = row["values"]
            assert key == (shown["relation"]["iri"], shown["direction"], *plain(shown["value"]))
            continue
        if item:
            assert row["thing"]["iri"] == key
        for name, value in row["values"].items():
            assert plain(value) == {solution[name] for solution in group if name in solution}


@pytest.mark.parametrize(
    ("text", "form", "variant"),
    [
        ("targets above 300 billion yuan", "targets-above", None),
        ("不低于1000亿元的目标", "targets-above", "least"),
        ("targets of at most 300 billion yuan", "targets-below", "most"),
        ("which targets are due before 2027", "targets-due-by", "before"),
        ("which compute platforms are in Guangzhou", "platforms-in", "compute"),
        ("which measures touch healthcare", "measures-touching", None),
    ],
)
def test_variant_of_a_form_is_told(client: TestClient, text: str, form: str, variant: str | None) -> None:
    interpretation = resolve(client, text)["interpretation"]
    assert (interpretation["form"], interpretation["variant"]) == (form, variant)


def test_language_adds_display(client: TestClient) -> None:
    for language, display in (("zh", "医疗"), ("en", "Healthcare")):
        found = resolve(client, "医疗", lang=language)
        assert found["entities"][0]["thing"]["display"] == display
    assert "display" not in resolve(client, "医疗")["entities"][0]["thing"]


def test_unknown_is_an_answer_with_readings_that_can_be_sent(client: TestClient) -> None:
    found = resolve(client, "医疗的预算是多少")
    assert (found["kind"], found["answer"], found["interpretation"], found["sparql"]) == ("unknown", None, None, None)
    assert found["alternatives"]
    for alternative in found["alternatives"]:
        for question in alternative["question"].values():
            assert resolve(client, question)["interpretation"]["form"] == alternative["form"]


def test_ambiguity_is_reported(client: TestClient) -> None:
    found = resolve(client, "哪些措施涉及智能机器人")
    (ambiguity,) = found["ambiguities"]
    assert {candidate["thing"]["type"] for candidate in ambiguity["candidates"]} == {"sector", "product"}
    assert found["answer"] is None


def test_tag_holds_until_the_text_or_the_revision_is_another(client: TestClient) -> None:
    first = client.get(PATH, params={"q": "医疗"})
    tag = first.headers["etag"]
    assert first.headers["x-revision"] == first.json()["revision"]
    again = client.get(PATH, params={"q": "医疗"}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(PATH, params={"q": "教育"}).headers["etag"] != tag


def test_tag_is_another_when_a_question_of_the_folder_is_another(
    tmp_path: Path, settings: Settings, revision: Revision
) -> None:
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    own = replace(settings, ontology=tmp_path / "ontology")
    texts = ("医疗的预算是多少", "which measures touch healthcare", "医疗")
    with TestClient(create_app(own, revision)) as client:
        before = {text: client.get(PATH, params={"q": text}) for text in texts}
        forms = {each["form"] for each in before[texts[0]].json()["alternatives"]}
        assert (before[texts[0]].json()["kind"], "measures-touching" in forms) == ("unknown", True)
        (tmp_path / "ontology" / "questions" / "why-measures-touch-sector.rq").unlink()
        for text, response in before.items():
            again = client.get(PATH, params={"q": text}, headers={"If-None-Match": response.headers["etag"]})
            assert again.status_code == 200, text
            assert again.headers["etag"] != response.headers["etag"]
        unknown = client.get(PATH, params={"q": texts[0]}).json()
    assert "measures-touching" not in {each["form"] for each in unknown["alternatives"]}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=",
        "?q=%20",
        "?q=%E2%80%8B%E2%80%8D",
        f"?q={'a' * (LONGEST + 1)}",
        "?q=a&q=b",
        "?q=a&lang=fr",
        "?q=a&text=b",
    ],
)
def test_wrong_parameters_are_refused(client: TestClient, query: str) -> None:
    response = client.get(PATH + query)
    assert response.status_code == 400
    slug = response.json()["type"].rsplit("/", 1)[-1]
    problem = assert_problem(response, 400, slug)
    assert "q" in problem["detail"] or "lang" in problem["detail"] or "text" in problem["detail"]


def test_openapi_has_an_example(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operation = document["paths"][PATH]["get"]
    (q,) = [parameter for parameter in operation["parameters"] if parameter["name"] == "q"]
    assert q["required"] is True
    assert q["schema"]["examples"]
    (example,) = document["components"]["schemas"]["ResolutionModel"]["examples"]
    ResolutionModel.model_validate(example)


def test_index_leads_here(client: TestClient) -> None:
    assert client.get("/api/v1").json()["links"]["resolve"] == PATH
