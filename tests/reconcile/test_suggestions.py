"""Suggestions, flyouts and previews."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.reconcile.manifest import PREVIEW_SIZE
from api.reconcile.properties import PROPERTIES
from kg.kinds import KINDS
from kg.revisions import RevisionStore
from kg.settings import Settings
from kg.terms import PKG, SKOS
from tests.api.helpers import Page, assert_problem
from tests.reconcile.conftest import Asking
from tests.reconcile.schemas import assert_valid


def test_things(asking: Asking) -> None:
    found = asking.get("/reconcile/suggest/entity?prefix=医疗")
    assert_valid("suggest-entities-response", found)
    assert found["result"][0] == {
        "id": "sector/healthcare",
        "name": "Healthcare",
        "description": "sector · 医疗 · Treating illness and keeping people well.",
        "notable": [{"id": "sector", "name": "sector"}],
    }
    assert asking.get("/reconcile/suggest/entity?prefix=Heal&lang=zh")["result"][0]["name"] == "医疗"
    by_id = asking.get("/reconcile/suggest/entity?prefix=sector/healthcare")["result"]
    assert [item["id"] for item in by_id] == ["sector/healthcare"]
    assert asking.get("/reconcile/suggest/entity?prefix=")["result"] == []
    only = asking.get("/reconcile/suggest/entity?prefix=智慧&type=product&limit=50")["result"]
    assert len(only) > 5
    assert {item["id"].partition("/")[0] for item in only} == {"product"}


def test_what_is_typed_so_far(asking: Asking) -> None:
    for prefix, id in (
        ("Guangd", "place/guangdong"),
        ("鹏城云", "platform/pengcheng-cloud-brain"),
        ("養老", "sector/elderly-care"),
        ("养", "sector/elderly-care"),
        ("He", "sector/healthcare"),
    ):
        found = [item["id"] for item in asking.get(f"/reconcile/suggest/entity?prefix={prefix}")["result"]]
        assert id in found[:4], (prefix, found)


@pytest.mark.parametrize("what", ["entity?prefix=智能", "property?prefix=", "type?prefix="])
def test_one_after_the_other(asking: Asking, what: str) -> None:
    whole = asking.get(f"/reconcile/suggest/{what}&limit=100")
    assert "cursor" not in whole
    ids: list[str] = []
    cursor: int | None = 0
    while cursor is not None:
        part = asking.get(f"/reconcile/suggest/{what}&limit=3&cursor={cursor}")
        ids += [item["id"] for item in part["result"]]
        cursor = part.get("cursor")
    assert ids == [item["id"] for item in whole["result"]]
    assert len(ids) == len(set(ids)) >= 10
    assert asking.get(f"/reconcile/suggest/{what}&cursor=900")["result"] == []


def test_properties(asking: Asking) -> None:
    found = asking.get("/reconcile/suggest/property?prefix=deadline")
    assert_valid("suggest-properties-response", found)
    assert found["result"][0] == {
        "id": "deadline",
        "name": "Deadline",
        "description": "of: policy, measure, target, indicator",
    }
    assert asking.get("/reconcile/suggest/property?prefix=期限")["result"][0]["id"] == "deadline"
    of_places = asking.get("/reconcile/suggest/property?prefix=&type=place&limit=100")["result"]
    assert {item["id"] for item in of_places} == {name for name, item in PROPERTIES.items() if "place" in item.kinds}


def test_types(asking: Asking) -> None:
    whole = asking.get("/reconcile/suggest/type?limit=100")
    assert_valid("suggest-types-response", whole)
    assert [item["id"] for item in whole["result"]] == [kind.name for kind in KINDS]
    for prefix in ("sect", "行业", "https://w3id.org/policy-kg/ontology#Sect"):
        found = asking.get(f"/reconcile/zh/suggest/type?prefix={prefix.replace('#', '%23')}")["result"]
        assert [(item["id"], item["name"]) for item in found] == [("sector", "行业领域")]


def test_what_the_widget_of_openrefine_sends(asking: Asking) -> None:
    sent = (
        "prefix=医疗&spell=always&exact=false&scoring=entity&prefixed=true&filter=(any)&all_types=true&type_strict=any"
    )
    assert asking.get(f"/reconcile/suggest/entity?{sent}")["result"][0]["id"] == "sector/healthcare"


@pytest.mark.parametrize("query", ["colour=red", "cursor=-1", "limit=0", "limit=101", "cursor=x", "type=planet"])
def test_what_is_no_parameter_is_refused(client: TestClient, query: str) -> None:
    for what in ("entity", "property"):
        response = client.get(f"/reconcile/suggest/{what}?{query}&lang=zh")
        assert_problem(response, 400, "unknown-parameter" if "colour" in query else "bad-parameter")


def test_flyouts(asking: Asking, client: TestClient) -> None:
    found = asking.get("/reconcile/flyout/entity?id=platform%2Fpengcheng-cloud-brain&lang=zh")
    assert found["id"] == "platform/pengcheng-cloud-brain"
    page = Page(found["html"])
    assert "鹏城云脑" in page.text
    assert "Pengcheng Cloud Brain" in page.text
    assert (page.scripts, page.loaded, page.links) == ([], [], [])
    assert "期限" in asking.get("/reconcile/flyout/property?id=deadline&lang=zh")["html"]
    assert "Sector" in asking.get("/reconcile/flyout/type?id=sector")["html"]
    assert_problem(client.get("/reconcile/flyout/entity?id=sector/nothing"), 404, "not-found")
    assert_problem(client.get("/reconcile/flyout/property?id=colour"), 400, "bad-parameter")
    assert_problem(client.get("/reconcile/flyout/type?id=planet"), 400, "bad-parameter")
    assert_problem(client.get("/reconcile/flyout/type"), 400, "bad-parameter")


@pytest.mark.parametrize(("query", "language"), [("", "en"), ("&lang=zh", "zh")])
def test_previews(client: TestClient, query: str, language: str) -> None:
    for kind in KINDS:
        thing = client.get(f"/api/v1/{kind.collection}?limit=1").json()["items"][0]
        response = client.get(f"/reconcile/preview?id={kind.name}%2F{thing['id']}{query}")
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["content-language"] == language
        page = Page(response.text)
        assert (page.scripts, page.loaded) == ([], [])
        assert f'<html lang="{language}">' in response.text
        assert f"max-width: {PREVIEW_SIZE[0]}px" in response.text
        assert thing["label"]["zh"] in page.text
        assert thing["label"]["en"] in page.text
        for citation in thing["evidence"][:4]:
            assert citation["quote"] in page.text
        assert page.links == [f"/doc/{kind.name}/{thing['id']}" + ("?lang=zh" if language == "zh" else "")]


def test_a_preview_may_stand_in_a_frame_and_nothing_else_may(client: TestClient) -> None:
    preview = client.get("/reconcile/preview?id=sector/healthcare").headers
    assert "x-frame-options" not in preview
    assert "frame-ancestors *" in preview["content-security-policy"]
    assert "script" not in preview["content-security-policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in preview["content-security-policy"]
    assert preview["x-content-type-options"] == "nosniff"
    page = client.get("/doc/sector/healthcare.html").headers
    assert page["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in page["content-security-policy"]
    assert_problem(client.get("/reconcile/preview?id=nothing"), 404, "not-found")
    assert_problem(client.get("/reconcile/preview"), 400, "bad-parameter")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A service over a sector that wants to run a script."""
    store = tmp_path_factory.mktemp("hostile")
    evil, schema = "<https://w3id.org/policy-kg/id/sector/evil>", "http://www.w3.org/2000/01/rdf-schema#"
    triples = (
        f"{evil} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{PKG}Sector> .",
        f'{evil} <{schema}label> "<script>alert(1)</script>"@en .',
        f'{evil} <{schema}label> "\'\\"><img src=x onerror=alert(2)>"@zh .',
        f'{evil} <{SKOS}altLabel> "</style></title><script>alert(3)</script>"@en .',
        f'{evil} <{SKOS}definition> "{{{{ 7 * 7 }}}}<iframe src=//example.com></iframe>"@en .',
    )
    settings = Settings(store=store)
    content = [("https://w3id.org/policy-kg/graph/hostile", "\n".join(triples).encode())]
    revision = RevisionStore(Path(store)).publish(content, {"base_iri": settings.base_iri, "triples": len(triples)})
    return TestClient(create_app(settings, revision))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_names_are_text(hostile: TestClient, language: str) -> None:
    flyout = hostile.get(f"/reconcile/{language}/flyout/entity?id=sector/evil").json()["html"]
    for html in (hostile.get(f"/reconcile/{language}/preview?id=sector/evil").text, flyout):
        shown = Page(html)
        assert not {"img", "iframe", "script"} & {tag for tag, _ in shown.elements}
        assert not any(name.startswith("on") for _, attributes in shown.elements for name in attributes)
        assert "alert(1)" in shown.text
        assert "alert(2)" in shown.text
        assert "7 * 7" in shown.text
    for path in ("flyout/property", "flyout/type"):
        said = hostile.get(f"/reconcile/{language}/{path}?id=<script>alert(1)</script>")
        assert_problem(said, 400, "bad-parameter")
    found = hostile.get(f"/reconcile/{language}/suggest/entity?prefix=<script>alert(1)</script>").json()["result"]
    assert [item["id"] for item in found] == ["sector/evil"]
