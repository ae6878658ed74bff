"""`/api/v1/search` over the real app."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from starlette.testclient import TestClient

from api.routers.search import SearchList
from kg.kinds import KIND_BY_NAME, KindName
from kg.revisions import Revision
from kg.search import CONFIDENT
from tests.api.helpers import assert_problem

SEARCH = "/api/v1/search"


def found(client: TestClient, **parameters: str) -> dict[str, Any]:
    response = client.get(SEARCH, params=parameters)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    SearchList.model_validate(body)
    return body


def test_a_thing_is_found_with_score_and_what_matched(client: TestClient, revision: Revision) -> None:
    body = found(client, q="醫療", limit="1")
    assert body["items"] == [
        {
            "id": "healthcare",
            "iri": "https://w3id.org/policy-kg/id/sector/healthcare",
            "type": "sector",
            "label": {"zh": "医疗", "en": "Healthcare"},
            "score": 0.98,
            "matched": {"text": "医疗", "language": "zh", "how": "script"},
        }
    ]
    assert body["revision"] == revision.id
    assert body["total"] >= 1


@pytest.mark.parametrize(
    ("text", "typed_id", "how"),
    [
        ("Healthcare", "sector/healthcare", "label"),
        ("pengcheng yunnao", "platform/pengcheng-cloud-brain", "pinyin"),
        ("朋城云脑", "platform/pengcheng-cloud-brain", "pinyin"),
        ("pcyn", "platform/pengcheng-cloud-brain", "initials"),
        ("smart hospital", "product/smart-hospitals", "part"),
        ("helthcare", "sector/healthcare", "typo"),
    ],
)
def test_each_way_is_told(client: TestClient, text: str, typed_id: str, how: str) -> None:
    item = found(client, q=text)["items"][0]
    assert (f"{item['type']}/{item['id']}", item["matched"]["how"]) == (typed_id, how)


def test_type_and_language_of_names_narrow_it(client: TestClient) -> None:
    assert {item["type"] for item in found(client, q="高端装备", type="product")["items"]} == {"product"}
    assert {item["matched"]["language"] for item in found(client, q="smart", names="en")["items"]} <= {"en", ""}
    assert found(client, q="上海") == {**found(client, q="上海"), "items": [], "total": 0, "next": None}


def test_lang_adds_display(client: TestClient) -> None:
    assert found(client, q="healthcare", lang="zh")["items"][0]["display"] == "医疗"
    assert found(client, q="healthcare", lang="en")["items"][0]["display"] == "Healthcare"


def test_pages_follow_each_other_to_the_end(client: TestClient) -> None:
    whole = found(client, q="智能", limit="1000")
    assert whole["total"] == len(whole["items"]) > 20
    assert whole["next"] is None
    url, items = f"{SEARCH}?q=智能&limit=7", []
    while url:
        response = client.get(url)
        body = response.json()
        items += body["items"]
        assert body["total"] == whole["total"]
        url = body["next"]
        assert (f'<{url}>; rel="next"' in response.headers["link"]) == bool(url)
    assert items == whole["items"]


def test_the_etag_holds_for_the_revision(client: TestClient) -> None:
    first = client.get(SEARCH, params={"q": "医疗"})
    again = client.get(SEARCH, params={"q": "医疗"}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(SEARCH, params={"q": "教育"}).headers["etag"] != first.headers["etag"]
    assert client.head(SEARCH, params={"q": "医疗"}).headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    "query",
    [
        *("%00", "%01%02%1B%5B31m", "%3F%21%E2%80%A6", "%ED%A0%80", "%FF%FE", "%F0%9F%99%82", "%E2%80%8F%D8%A7"),
        *("%E2%80%AE%E7%96%97", "%22%7D%20UNION%20%7B", "%3Cscript%3E", "%25", "..%2F..%2Fetc%2Fpasswd"),
    ],
)
def test_what_is_no_name_finds_nothing_that_one_could_take_for_it(client: TestClient, query: str) -> None:
    response = client.get(f"{SEARCH}?q={query}")
    assert response.status_code == 200
    body = SearchList.model_validate(response.json())
    assert body.total == len(body.items)
    assert all(item.score < CONFIDENT for item in body.items)


@pytest.mark.parametrize("text", ["x" * 60_000, "医" * 7_000, "🙂" * 201])
def test_a_text_that_is_too_long_is_refused_in_few_words(client: TestClient, text: str) -> None:
    problem = assert_problem(client.get(SEARCH, params={"q": text}), 400, "bad-parameter")
    assert problem["allowed"] == "may have 200 characters at most"
    assert len(problem["detail"]) < 1000


@pytest.mark.parametrize("text", ["x" * 200, "医" * 200, "🙂" * 200, "a\u0300" * 100])
def test_a_text_as_long_as_it_may_be_is_answered(client: TestClient, text: str) -> None:
    assert found(client, q=text)["total"] == len(found(client, q=text, limit="1000")["items"])


@pytest.mark.parametrize(
    ("parameters", "name", "en", "zh"),
    [
        ({}, "q", "is required", "为必需参数"),
        ({"q": ""}, "q", "must not be empty", "不能为空"),
        ({"q": "  "}, "q", "must not be blank", "不能只有空白"),
        ({"q": "\u200b\u200d"}, "q", "must not be blank", "不能只有空白"),
        ({"q": "x" * 201}, "q", "may have 200 characters at most", "不得超过 200 个字符"),
        ({"q": "x", "type": "sectr"}, "type", "must be 'policy', 'measure', 'sector', 'platform'", "应为 'policy'"),
        ({"q": "x", "names": "fr"}, "names", "must be 'zh' or 'en'", "应为 'zh' 或 'en'"),
        ({"q": "x", "limit": "0"}, "limit", "must be 1 or more", "应不小于 1"),
        ({"q": "x", "cursor": "?"}, "cursor", "is not a cursor of this service", "不是本服务给出的 cursor"),
    ],
)
def test_a_wrong_parameter_is_told_what_it_may_be(
    client: TestClient, parameters: dict[str, str], name: str, en: str, zh: str
) -> None:
    for language, words in (("en", en), ("zh", zh)):
        response = client.get(SEARCH, params={**parameters, "lang": language})
        problem = assert_problem(response, 400, "bad-parameter")
        assert problem["parameter"] == name
        assert words in problem["allowed"]
        assert words in problem["detail"]


def test_a_wrong_language_and_an_unknown_parameter_are_refused(client: TestClient) -> None:
    problem = assert_problem(client.get(SEARCH, params={"q": "x", "lang": "fr"}), 400, "bad-parameter")
    assert (problem["parameter"], problem["allowed"]) == ("lang", "must be 'zh' or 'en'")
    problem = assert_problem(client.get(SEARCH, params={"q": "x", "kind": "sector"}), 400, "unknown-parameter")
    assert problem["detail"]
    problem = assert_problem(client.get(f"{SEARCH}?q=a&q=b"), 400, "bad-parameter")
    assert problem["parameter"] == "q"


def test_the_type_is_one_of_the_kinds() -> None:
    assert get_args(KindName) == tuple(KIND_BY_NAME)


def test_openapi_shows_how_to_ask_and_what_comes(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operation = document["paths"][SEARCH]["get"]
    names = {parameter["name"]: parameter for parameter in operation["parameters"]}
    assert set(names) == {"q", "type", "names", "lang", "limit", "cursor"}
    assert names["q"]["required"]
    assert names["q"]["schema"]["examples"][0] == "鹏城云脑"
    example = document["components"]["schemas"]["SearchItem"]["examples"][0]
    assert example in found(client, q="pengcheng yunnao", limit="1")["items"]


def test_the_index_page_links_to_it(client: TestClient) -> None:
    assert client.get("/api/v1").json()["links"]["search"] == SEARCH
