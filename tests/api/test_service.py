from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.words import COLLECTION_WORDS, KEY_WORDS, KIND_WORDS
from kg.kinds import KINDS, RELATIONS
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import BROWSER, Page, assert_problem

PAGES = ["/", "/?lang=zh", "/ontology", "/sparql", "/problems", "/docs", "/doc/policy/gd-ai45", "/doc/nothing/here"]


@pytest.fixture(scope="module")
def openapi(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_live_and_ready(client: TestClient, revision: Revision) -> None:
    for path in ("/health/live", "/health/ready"):
        response = client.get(path)
        assert response.json() == {"status": "ok", "revision": revision.id}
        assert response.headers["cache-control"] == "no-store"


def test_without_a_revision_the_service_lives_but_is_not_ready(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(store=tmp_path / "none"))) as client:
        assert client.get("/health/live").json() == {"status": "ok", "revision": None}
        for path in ("/health/ready", "/api/v1/measures", "/sparql", "/doc/sector/healthcare"):
            response = client.get(path)
            problem = assert_problem(response, 503, "not-ready")
            assert response.headers["retry-after"] == "5"
            assert str(tmp_path) not in problem["detail"]
        assert client.get("/", headers={"accept": BROWSER}).status_code == 503


@pytest.mark.parametrize("path", PAGES)
def test_no_page_loads_anything_from_another_host(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"accept": BROWSER})
    assert response.headers["content-type"].startswith("text/html")
    page = Page(response.text)
    for address in page.loaded:
        assert address.startswith(("/", "data:")), address
        assert not address.startswith("//")
        if address.startswith("/"):
            assert client.get(address).status_code == 200
    assert not re.search(r"@import|url\(", response.text)


def test_the_api_documentation_asks_no_validator_on_the_web(client: TestClient) -> None:
    html = client.get("/docs").text
    assert '"validatorUrl": null' in html
    assert "cdn" not in html


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/docs"])
def test_pages_are_whole_without_script(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"accept": BROWSER})
    page = Page(response.text)
    assert not page.scripts
    assert [tag for tag, _ in page.elements].count("h1") == 1
    sheets = [link["href"] or "" for tag, link in page.elements if tag == "link" and link.get("rel") == "stylesheet"]
    assert all(sheet.startswith("/static/") for sheet in sheets)
    assert "prefers-color-scheme: dark" in client.get(sheets[0]).text
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    language = next(attributes["lang"] for tag, attributes in page.elements if tag == "html")
    assert language == response.headers["content-language"]


def test_the_first_page_says_what_this_is_and_what_it_covers(client: TestClient) -> None:
    english = Page(client.get("/", headers={"accept": BROWSER, "accept-language": "en"}).text)
    chinese = Page(client.get("/", headers={"accept": BROWSER, "accept-language": "zh-CN"}).text)
    assert "Every fact is quoted from its source" in english.text
    assert "覆盖范围" in chinese.text
    for page in (english, chinese):
        assert "45" in page.text
        assert "> 60 EFLOPS" in page.text
        assert page.text.index("2025") < page.text.index("> 40 EFLOPS") < page.text.index("> 60 EFLOPS")
        assert [link for link in page.links if link.startswith("/doc/target/")]
        for kind in KINDS:
            assert f"/api/v1/{kind.collection}" in page.links
        for link in sorted({link for link in page.links if link.startswith("/")})[::15]:
            assert client.get(link).status_code == 200, link


def test_a_program_is_sent_from_the_first_page_to_the_index(client: TestClient) -> None:
    response = client.get("/", headers={"accept": "application/json"})
    assert (response.status_code, response.headers["location"]) == (303, "/api/v1")


@pytest.mark.parametrize(
    "path", ["/api/v1/meta", "/", "/doc/sector/healthcare.ttl", "/download/graph.nt", "/health/live"]
)
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert head.content == b""
    assert head.status_code == whole.status_code
    for name in ("etag", "content-type", "content-length"):
        assert head.headers.get(name) == whole.headers.get(name)


def test_pages_of_other_hosts_may_read(client: TestClient) -> None:
    response = client.get("/api/v1/meta", headers={"origin": "https://example.com"})
    assert response.headers["access-control-allow-origin"] == "*"
    assert "ETag" in response.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in response.headers


def test_behind_a_prefix_links_keep_the_prefix(settings: Settings, revision: Revision) -> None:
    client = TestClient(create_app(settings, revision), root_path="/kg")
    page = Page(client.get("/", headers={"accept": BROWSER}).text)
    assert all(link.startswith(("/kg/", "http", "#")) or "?" in link for link in page.links)
    loaded = [
        value or ""
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "action"}
    ]
    sheets = [attributes["href"] or "" for tag, attributes in page.elements if attributes.get("rel") == "stylesheet"]
    assert len(sheets) == 1
    assert all(address.startswith("/kg/") for address in (*loaded, *sheets))
    assert client.get("/api/v1").json()["links"]["measures"] == "/kg/api/v1/measures"


def test_openapi_describes_every_path(openapi: dict[str, Any]) -> None:
    operations = [
        (path, method, operation) for path, item in openapi["paths"].items() for method, operation in item.items()
    ]
    assert len(operations) >= 35
    assert len({operation["operationId"] for _, _, operation in operations}) == len(operations)
    for path, method, operation in operations:
        assert operation["summary"], path
        assert operation["description"], path
        answers = operation["responses"]
        assert {"200", "204", "303"} & answers.keys(), path
        assert "HTTPValidationError" not in str(answers), path
        problems = [answers[status] for status in answers if status >= "400"]
        assert problems, (path, method)
        for problem in problems:
            assert "application/problem+json" in problem["content"], path


def test_openapi_shows_each_kind_its_own_filters(openapi: dict[str, Any]) -> None:
    def names(path: str) -> set[str]:
        return {parameter["name"] for parameter in openapi["paths"][path]["get"]["parameters"]}

    assert {"touches", "transitive", "policy", "kind"} <= names("/api/v1/measures")
    assert {"deadline", "comparator", "quantitative"} <= names("/api/v1/targets")
    assert names("/api/v1/sectors") == {"q", "limit", "cursor", "links", "lang"}
    examples = [
        parameter["schema"].get("examples") for parameter in openapi["paths"]["/api/v1/measures"]["get"]["parameters"]
    ]
    assert len([example for example in examples if example]) >= 5
    answer = openapi["paths"]["/api/v1/targets"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["$ref"].endswith("/TargetList")
    assert "value_normalized" in openapi["components"]["schemas"]["Target"]["properties"]


def test_everything_that_pages_name_has_words_in_both_languages() -> None:
    keys = {relation.key for relation in RELATIONS} | {relation.inverse for relation in RELATIONS if relation.inverse}
    assert keys - KEY_WORDS.keys() == set()
    assert {kind.name for kind in KINDS} <= KIND_WORDS.keys()
    assert {kind.collection for kind in KINDS} == COLLECTION_WORDS.keys()
    for words in (*KEY_WORDS.values(), *KIND_WORDS.values()):
        assert words.en
        assert words.zh
        assert not words.zh.isascii()
