from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.errors import ApiError
from api.problem_shapes import PROBLEM_BASE, SHAPES, problem_of, shape_of
from kg.errors import BadParameter, KgError, NotFound, Problem, QueryError, QuerySyntaxError, SourceError, StoreError
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import BROWSER, Page, assert_problem


def subclasses(cls: type[KgError]) -> Iterator[type[KgError]]:
    for found in cls.__subclasses__():
        yield found
        yield from subclasses(found)


def test_every_error_of_the_library_has_a_shape() -> None:
    places = {"kg.errors", "kg.federation.failures", "api.errors"}
    found = {cls for cls in subclasses(KgError) if cls.__module__ in places}
    assert len(found) >= 20
    assert found - SHAPES.keys() == set(), "give it a row in api.problem_shapes.SHAPES"
    others = {cls.__name__ for cls in subclasses(KgError)} - {cls.__name__ for cls in found}
    assert others == set(), "an error belongs into kg.errors or api.errors"


def test_every_shape_has_a_status_and_words_in_both_languages() -> None:
    for cls, shape in SHAPES.items():
        assert 400 <= shape.status < 600, cls
        assert shape.slug.replace("-", "").isalpha(), cls
        assert shape.title.en != shape.title.zh
        assert shape.type == PROBLEM_BASE + shape.slug
    by_slug = {shape.slug: shape.status for shape in SHAPES.values()}
    assert all(by_slug[shape.slug] == shape.status for shape in SHAPES.values())


def test_an_error_of_a_new_class_looks_like_the_one_above_it() -> None:
    class NewError(KgError):
        pass

    try:
        assert shape_of(NewError()) is SHAPES[KgError]
        assert shape_of(type("OddSyntaxError", (QuerySyntaxError,), {})("x", 1, 2)) is SHAPES[QuerySyntaxError]
    finally:
        import gc  # noqa: PLC0415 - so that the walk over all subclasses does not see the two

        del NewError
        gc.collect()


def test_a_problem_has_the_data_of_its_error() -> None:
    problem = problem_of(NotFound("sector", "x", ["y"]), "zh")
    assert problem["detail"] == "没有行业领域“x”。"
    assert (problem["kind"], problem["nearest"], problem["status"]) == ("sector", ["y"], 404)
    found = problem_of(SourceError([Problem("a.yaml", 1, 2, "id", "is odd")]), "en")
    assert found["problems"][0]["message"] == "is odd"
    assert problem_of(BadParameter("limit", "{x}", "is {y}"), "en")["detail"] == "limit={x} is {y}."


def test_a_store_that_cannot_be_written_is_not_said_to_be_unreadable() -> None:
    english, chinese = (problem_of(StoreError("x"), language, "abc") for language in ("en", "zh"))
    assert english["detail"] == (
        "The store cannot be used now; nothing that was published is lost. The log has more under abc."
    )
    assert "read" not in english["title"]
    assert chinese["detail"] == "存储暂时不可用；已发布的内容没有丢失。日志编号为 abc。"


def test_hints_are_in_the_language_of_the_problem(client: TestClient) -> None:
    error = BadParameter("a", "b", "is odd", "不对")
    assert problem_of(error, "en")["allowed"] == "is odd"
    chinese = problem_of(error, "zh")
    assert (chinese["detail"], chinese["allowed"]) == ("参数 a 的值“b”无效：不对。", "不对")
    assert problem_of(BadParameter("a", "b", "is odd"), "zh")["allowed"] == "is odd"
    for path in (
        "/sparql?query=ASK{}&timeout=never",
        "/sparql?query=ASK{}&format=png",
        "/sparql?query=ASK{}&default-graph-uri=relative",
        "/sparql?query=ASK{}&timeout=1&timeout=2",
        "/store?default&format=png",
        "/store?graph=relative",
        "/limits?lang=zh&lang=zh",
        "/api/v1/measures?limit=0",
        "/api/v1/measures?cursor=odd",
        "/api/v1/measures?kind=odd",
        "/api/v1/targets?deadline=odd",
    ):
        problem = assert_problem(client.get(path, headers={"accept-language": "zh"}), 400, "bad-parameter")
        hint = problem["detail"].partition("无效：")[2]
        assert re.search("[\u4e00-\u9fff]", hint), problem
        assert hint == problem["allowed"] + "。"
        english = assert_problem(client.get(path.replace("zh", "en")), 400, "bad-parameter")
        assert not re.search("[\u4e00-\u9fff]", english["detail"]), english


def test_titles_and_details_are_in_the_language_asked_for(client: TestClient) -> None:
    path = "/api/v1/sectors/none-such"
    english = assert_problem(client.get(path), 404, "not-found")
    by_header = assert_problem(client.get(path, headers={"accept-language": "zh-CN"}), 404, "not-found")
    by_parameter = assert_problem(client.get(f"{path}?lang=zh", headers={"accept-language": "en"}), 404, "not-found")
    assert english["title"] == "There is no such thing"
    assert by_header["title"] == by_parameter["title"] == "没有这个事物"
    assert by_header["detail"] == by_parameter["detail"] == "没有行业领域“none-such”。"


def test_a_path_that_is_not_there_is_404_with_paths_that_come_near(client: TestClient) -> None:
    problem = assert_problem(client.get("/api/v1/measure"), 404, "no-such-path")
    assert "/api/v1/measures" in problem["nearest"]


@pytest.mark.parametrize("path", ["/api/v1/measures", "/doc/sector/healthcare", "/ontology", "/health/live", "/"])
def test_a_method_that_a_path_does_not_take_is_405(client: TestClient, path: str) -> None:
    response = client.post(path)
    assert assert_problem(response, 405, "wrong-method")["allowed"] == ["GET", "HEAD"]
    assert response.headers["allow"] == "GET, HEAD"


def test_a_browser_gets_errors_of_pages_as_pages_and_of_data_as_data(client: TestClient) -> None:
    response = client.get("/doc/sector/helthcare", headers={"accept": BROWSER, "accept-language": "zh"})
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    page = Page(response.text)
    assert "没有这个事物" in page.text
    assert "/doc/sector/healthcare" in page.links
    assert_problem(client.get("/api/v1/sectors/helthcare", headers={"accept": BROWSER}), 404, "not-found")
    assert_problem(client.get("/sparql?query=SELEC", headers={"accept": BROWSER}), 400, "query-syntax")


def test_every_type_of_problem_is_described(client: TestClient) -> None:
    items = client.get("/problems").json()["items"]
    assert {item["slug"] for item in items} == {shape.slug for shape in SHAPES.values()}
    for item in items:
        assert client.get(item["type"].replace(PROBLEM_BASE, "/problems/")).json()["status"] == item["status"]
    assert "not-found" in Page(client.get("/problems", headers={"accept": BROWSER}).text).text
    assert_problem(client.get("/problems/unheard-of"), 404, "no-such-path")


@pytest.fixture
def failing(settings: Settings, revision: Revision) -> tuple[FastAPI, TestClient]:
    app = create_app(settings, revision)

    @app.get("/fail/{how}")
    def fail(how: str) -> None:
        errors = {"unknown": ValueError("secret"), "query": QueryError("secret"), "store": StoreError("secret")}
        raise errors[how]

    return app, TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("how", "status", "slug"),
    [("unknown", 500, "internal"), ("query", 500, "query-failed"), ("store", 503, "store-unavailable")],
)
def test_what_is_our_fault_has_a_log_id_and_no_internals(
    failing: tuple[FastAPI, TestClient], caplog: pytest.LogCaptureFixture, how: str, status: int, slug: str
) -> None:
    with caplog.at_level(logging.ERROR, logger="api.problems"):
        response = failing[1].get(f"/fail/{how}")
    problem = assert_problem(response, status, slug)
    assert "secret" not in response.text
    assert problem["log_id"] in problem["detail"]
    assert any(problem["log_id"] in record.getMessage() for record in caplog.records)
    assert any("secret" in str(record.exc_info) for record in caplog.records)


def test_only_the_errors_of_http_are_defined_here() -> None:
    assert issubclass(ApiError, KgError)
    assert {cls.__module__ for cls in subclasses(ApiError)} == {"api.errors"}
