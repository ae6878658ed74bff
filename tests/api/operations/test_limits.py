from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.errors import BodyTooLarge, RateLimited, SlowBody
from api.problem_shapes import problem_of
from api.routers.limits import limits_of
from api.words import LIMIT_WORDS, UNIT_WORDS, Language
from kg.errors import (
    KgError,
    LimitExceeded,
    LoadRefused,
    Overloaded,
    QueryTimeout,
    QueryTooComplex,
    ServiceRefused,
    Unsortable,
)
from kg.revisions import Revision
from kg.settings import Settings
from kg.writing.writer import WAITING


def test_every_limit_stands_on_one_page(client: TestClient) -> None:
    response = client.get("/limits?lang=zh")
    assert response.status_code == 200
    body = response.json()
    items = {item["name"]: item for item in body["items"]}
    assert items["time"] == {
        "name": "time",
        "label": {"zh": "时间", "en": "time"},
        "display": "时间",
        "value": 10.0,
        "unit": "seconds",
    }
    assert {name: items[name]["value"] for name in ("memory", "rows", "bytes", "length", "nesting", "upload")} == {
        "memory": 1 << 30,
        "rows": 200_000,
        "bytes": 64 << 20,
        "length": 100_000,
        "nesting": 500,
        "upload": 64 << 20,
    }
    assert items["rate"]["value"] is None
    assert items["parallel"]["value"] > items["parallel_per_client"]["value"] >= 1
    assert items["write_time"]["value"] == 60
    assert (items["waiting_writes"]["value"], items["waiting_writes"]["unit"]) == (WAITING, "writes")
    assert (items["reading"]["value"], items["reading"]["unit"]) == (60, "seconds")
    assert body["services"] == []
    assert body["revision"]


def test_they_are_those_of_the_settings(settings: Settings, revision: Revision) -> None:
    mine = Settings(
        store=settings.store, query_timeout=2.5, max_rows=7, rate_limit=3, workers=4, service_allow="https://a.example"
    )
    with TestClient(create_app(mine, revision)) as client:
        first = client.get("/limits")
        items = {item["name"]: item["value"] for item in first.json()["items"]}
        assert (items["time"], items["rows"], items["rate"], items["parallel"]) == (2.5, 7, 3, 4)
        assert (items["parallel_per_client"], items["services"]) == (3, 1)
        assert first.json()["services"] == ["https://a.example"]
        assert client.get("/limits", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    with TestClient(create_app(settings, revision)) as client:
        again = client.get("/limits", headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 200, "another configuration is another answer"


def test_every_limit_and_unit_has_words_in_both_languages(client: TestClient) -> None:
    for name, _, unit in limits_of(client.app):  # type: ignore[arg-type]
        assert LIMIT_WORDS[name].en != LIMIT_WORDS[name].zh
        assert UNIT_WORDS[unit].en != UNIT_WORDS[unit].zh


@pytest.mark.parametrize(
    ("error", "status", "limit", "zh", "en"),
    [
        (
            QueryTimeout("time", 10, "seconds"),
            504,
            {"name": "time", "value": 10, "unit": "seconds"},
            "执行在 10 秒的时限到达时被停止。未返回任何部分结果，也没有做任何改动。",
            "It was stopped at its limit of 10 seconds. Nothing of an answer was sent, and nothing was changed.",
        ),
        (
            LimitExceeded("memory", 1 << 30, "bytes"),
            422,
            {"name": "memory", "value": 1 << 30, "unit": "bytes"},
            "执行已停止：内存上限为 1073741824 字节。未返回任何部分结果，也没有做任何改动。",
            "It was stopped: the limit of memory is 1073741824 bytes. "
            "Nothing of an answer was sent, and nothing was changed.",
        ),
        (
            QueryTooComplex("nesting", 500, "levels"),
            400,
            {"name": "nesting", "value": 500, "unit": "levels"},
            "嵌套层数上限为 500 层。",
            "The limit of nesting is 500 levels.",
        ),
        (
            SlowBody(60),
            408,
            {"name": "arrival", "value": 60, "unit": "seconds"},
            "请求未能在 60 秒内全部到达。",
            "The request did not arrive within 60 seconds.",
        ),
        (
            BodyTooLarge(1000),
            413,
            {"name": "body", "value": 1000, "unit": "bytes"},
            "请求体不得超过 1000 字节。",
            "The body may have 1000 bytes at most.",
        ),
        (
            RateLimited(2, 0.5),
            429,
            {"name": "rate", "value": 0.5, "unit": "requests a second"},
            "每个客户端平均可发送 0.5 次请求/秒，请在 2 秒后重试。",
            "One client may send 0.5 requests a second on average; try again in 2 seconds.",
        ),
        (
            Overloaded(3),
            503,
            None,
            "正在执行和排队的查询或写入过多，请在 3 秒后重试。",
            "Too many queries, or writes, run and wait already; try again in 3 seconds.",
        ),
        (
            Unsortable(),
            422,
            None,
            "ORDER BY 的值属于不同种类（例如数字与文本混杂），无法排序。请按 STR(…) 排序，或只按同一种类的值排序。",
            "ORDER BY has values of several kinds, such as numbers beside texts, that cannot be sorted. "
            "Sort by STR(…), or by values of one kind.",
        ),
        (
            ServiceRefused("", ()),
            403,
            None,
            "SERVICE … 被拒绝：查询不能让本服务访问其他服务。",
            "SERVICE … is refused: no query makes this server call another.",
        ),
        (
            ServiceRefused("http://b/", ("http://a/",)),
            403,
            None,
            "SERVICE http://b/ 被拒绝：仅允许 http://a/。",
            "SERVICE http://b/ is refused: allowed are http://a/ alone.",
        ),
        (
            LoadRefused("http://b/", ()),
            403,
            None,
            "LOAD http://b/ 被拒绝：更新不能让本服务获取文档。",
            "LOAD http://b/ is refused: no update makes this server fetch a document.",
        ),
    ],
)
def test_a_limit_that_was_exceeded_is_named_in_words_and_for_programs(
    error: KgError, status: int, limit: dict[str, object] | None, zh: str, en: str
) -> None:
    languages: dict[Language, str] = {"zh": zh, "en": en}
    for language, words in languages.items():
        problem = problem_of(error, language)
        assert (problem["status"], problem["detail"]) == (status, words)
        assert problem.get("limit") == limit
