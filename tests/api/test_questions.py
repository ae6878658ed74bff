"""`/api/v1/questions`: the list, the answers in each format, and what is refused."""

from __future__ import annotations

import csv
import datetime
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.questions import QuestionAnswer, QuestionList
from api.routers.questions import MOST_ALLOWED
from kg.lookup import Lookup
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import BROWSER, assert_problem
from tests.conftest import ROOT
from tests.ontology.expected import QUESTIONS

SLUGS = sorted(path.stem for path in QUESTIONS.glob("*.rq"))
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MINE = """# question.zh: 回显什么？
# question.en: What is echoed?
# parameter.said: text — 文本 / The text

SELECT ?said WHERE {
    VALUES ?said { "=1+1" }
}
"""


def get(client: TestClient, path: str, **parameters: str) -> Response:
    response = client.get(f"/api/v1/questions{path}", params=parameters)
    assert response.status_code == 200, response.text
    return response


def plain(value: Any) -> str:
    """Return a value of JSON or of a workbook as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value["iri"])
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():  # openpyxl reads 6E+19 as a float
        return str(int(value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def table_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def table_of_json(answer: dict[str, Any]) -> list[list[str]]:
    names = [column["name"] for column in answer["columns"]]
    return [names, *([plain(row[name]) for name in names] for row in answer["rows"])]


def table_of_workbook(content: bytes) -> list[list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[plain(cell.value) for cell in row] for row in book["answer"].iter_rows()]


def about(content: bytes) -> dict[str, Any]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {name.value: value.value for name, value in book["question"].iter_rows()}


@pytest.fixture(scope="module")
def mine(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, revision: Revision
) -> Iterator[tuple[TestClient, Path]]:
    """An app whose operator has an ontology of their own, and the folder of its questions."""
    folder = tmp_path_factory.mktemp("own") / "ontology"
    shutil.copytree(ROOT / "ontology", folder)
    own = replace(settings, ontology=folder, max_rows=50)
    with TestClient(create_app(own, revision), raise_server_exceptions=False) as client:
        yield client, folder / "questions"


def test_list_has_every_question_with_its_parameters(client: TestClient, revision: Revision) -> None:
    found = get(client, "").json()
    QuestionList.model_validate(found)
    assert [item["slug"] for item in found["items"]] == SLUGS
    assert (found["total"], found["revision"]) == (len(SLUGS), revision.id)
    (touching,) = [item for item in found["items"] if item["slug"] == "measures-touching-sector"]
    (sector,) = touching["parameters"]
    assert sector["default"]["label"] == {"zh": "医疗", "en": "Healthcare"}
    assert sector["collection"] == "/api/v1/sectors"
    assert {"education", "manufacturing"} <= {thing["id"] for thing in sector["allowed"]}
    by = next(item for item in found["items"] if item["slug"] == "targets-due-by")["parameters"][0]
    assert (by["kind"], by["default"], by["allowed"], by["collection"]) == ("year", 2027, None, None)
    for item in found["items"]:
        for parameter in item["parameters"]:
            assert len(parameter["allowed"] or ()) <= MOST_ALLOWED


def test_links_of_the_list_lead_to_answers(client: TestClient) -> None:
    links = get(client, "").json()["items"][0]["links"]
    types = {name: client.get(path).headers["content-type"].partition(";")[0] for name, path in links.items()}
    assert types == {
        "json": "application/json",
        "csv": "text/csv",
        "xlsx": WORKBOOK,
        "sparql": "application/sparql-query",
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_all_formats_hold_the_expected_answer(client: TestClient, slug: str, revision: Revision) -> None:
    expected = table_of_csv((QUESTIONS / f"{slug}.csv").read_bytes())
    answer = get(client, f"/{slug}").json()
    QuestionAnswer.model_validate(answer)
    book = get(client, f"/{slug}.xlsx").content
    assert table_of_csv(get(client, f"/{slug}.csv").content) == expected
    assert table_of_json(answer) == expected
    assert table_of_workbook(book) == expected
    assert answer["total"] == len(expected) - 1
    said = about(book)
    assert said["sparql"] == answer["sparql"] == get(client, f"/{slug}.rq").text
    assert (said["question.zh"], said["question.en"]) == (answer["question"]["zh"], answer["question"]["en"])
    assert said["revision"] == answer["revision"] == revision.id


@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("measures-touching-sector", {"sector": "教育"}),
        ("measures-touching-sector", {"sector": "https://w3id.org/policy-kg/id/sector/manufacturing"}),
        ("targets-due-by", {"by": "2025"}),
        ("targets-due-by", {"by": "2027年", "indicator": "算力规模"}),
        ("compute-above", {"above": "3.5e1"}),
        ("measures-in-places", {"place": "Guangdong"}),
        ("measures-by-theme", {"theme": "compute-network"}),
        ("compute-platforms-by-kind", {"kind": "算力网络"}),
        ("facts-behind-thing", {"thing": "鹏城云脑"}),
    ],
)
def test_query_beside_an_answer_gives_it_at_sparql(client: TestClient, slug: str, values: dict[str, str]) -> None:
    answer = get(client, f"/{slug}", **values).json()
    again = client.get("/sparql", params={"query": answer["sparql"], "format": "csv"})
    assert table_of_csv(again.content) == table_of_json(answer)
    assert answer["total"] > 0
    assert get(client, f"/{slug}.csv", **values).content == again.content
    assert table_of_workbook(get(client, f"/{slug}", **values, format="xlsx").content) == table_of_json(answer)
    assert client.get(answer["links"]["csv"]).content == again.content


def test_values_choose_what_is_answered(client: TestClient) -> None:
    def column(name: str, slug: str, **values: str) -> set[Any]:
        return {plain(row[name]) for row in get(client, f"/{slug}", **values).json()["rows"]}

    assert column("year", "targets-due-by", by="2025") == {"2025"}
    assert column("number", "compute-above", above="35") == {"40", "60"}
    assert column("number", "compute-above", above="60") == {"60"}
    assert column("number", "compute-above", above="60.5") == set()
    assert column("place_zh", "measures-in-places", place="guangdong") == {"广东"}
    assert column("sector_zh", "measures-touching-sector", sector="Education") == {"教育"}
    assert column("theme_en", "measures-by-theme", theme="ai-foundation") == {"Foundations of the AI industry"}


def test_rows_have_typed_values_and_labels(client: TestClient) -> None:
    answer = get(client, "/targets-due-by", lang="zh").json()
    row = answer["rows"][0]
    assert row["target"]["type"] == "target"
    assert row["target"]["display"] == row["target_zh"] == "到2025年算力规模超过40 EFLOPS"
    assert (row["number"], row["year"], row["line"]) == (40, 2025, 2)
    assert row["clause"] == "算力规模超过40EFLOPS"
    kinds = {column["name"]: (column["kind"], column["language"]) for column in answer["columns"]}
    assert (kinds["target"], kinds["target_zh"], kinds["year"]) == (("thing", None), ("text", "zh"), ("integer", None))
    book = openpyxl.load_workbook(io.BytesIO(get(client, "/sources.xlsx").content))
    head, first = book["answer"].iter_rows()
    cells = {name.value: cell.value for name, cell in zip(head, first, strict=True)}
    assert cells["issued"] == datetime.datetime(2024, 6, 7)
    assert cells["passages"] == 20


def test_rows_have_the_clauses_that_state_them(client: TestClient, lookup: Lookup) -> None:
    answer = get(client, "/measures-touching-sector", sector="manufacturing").json()
    QuestionAnswer.model_validate(answer)
    expected = {
        thing.iri: {each.iri for touch in thing.touches or () for step in touch.via for each in step.evidence}
        for thing in lookup.things("measure", {"touches": "manufacturing"}, limit=1000).items
    }
    assert answer["rows"]
    for row in answer["rows"]:
        first = row["evidence"][0]
        assert (first["quote"], first["line"], first["states"]) == (row["clause"], row["line"], "shown")
        assert first.keys() >= {"source", "url", "start", "end", "iri"}
        assert {each["states"] for each in row["evidence"]} <= {"shown", "premise"}
        assert {each["iri"] for each in row["evidence"]} <= expected[row["measure"]["iri"]]
    (only,) = get(client, "/coverage").json()["rows"]
    assert only["evidence"]
    for row in get(client, "/sector-notations").json()["rows"]:
        assert {each["states"] for each in row["evidence"]} <= {"name"}


def test_only_the_first_rows_have_their_clauses_with_them(mine: tuple[TestClient, Path]) -> None:
    client, folder = mine
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.routers.questions.MOST_CITED", 2)
        rows = get(client, "/targets-due-by").json()["rows"]
    assert all(row["evidence"] for row in rows[:2])
    assert {row["evidence"] for row in rows[2:]} == {None}
    (folder / "cited.rq").write_text(MINE.replace("?said", "?evidence").replace(".said: text", ".said: text ?evidence"))
    problem = assert_problem(client.get("/api/v1/questions/cited"), 422, "source-wrong")
    assert problem["problems"][0]["field"] == "evidence"
    (folder / "cited.rq").unlink()


def test_workbook_says_what_was_asked(client: TestClient) -> None:
    said = about(get(client, "/measures-touching-sector.xlsx", sector="教育").content)
    assert said["parameter.sector"] == "https://w3id.org/policy-kg/id/sector/education"
    assert (said["parameter.sector.zh"], said["parameter.sector.en"]) == ("教育", "Education")
    assert said["question.zh"] == "哪些措施涉及教育？各由哪句原文陈述？"
    assert (
        said["rows"] == len(table_of_workbook(get(client, "/measures-touching-sector.xlsx", sector="教育").content)) - 1
    )


def test_csv_is_rfc_4180_with_a_mark_only_if_asked(client: TestClient) -> None:
    response = get(client, "/measures-in-places.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="measures-in-places.csv"'
    assert response.content.startswith(b"place,place_zh,")
    assert response.content.count(b"\r\n") == response.content.count(b"\n") == 11
    marked = get(client, "/measures-in-places.csv", bom="true")
    assert marked.content == b"\xef\xbb\xbf" + response.content
    assert get(client, "/measures-in-places.csv", bom="false").content == response.content


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv"),
        (WORKBOOK, WORKBOOK),
        ("application/sparql-query", "application/sparql-query"),
        ("*/*", "application/json"),
        (BROWSER, "application/json"),
        ("text/csv;q=0.5, application/json;q=0.1", "text/csv"),
    ],
)
def test_accept_chooses_the_format(client: TestClient, accept: str, media_type: str) -> None:
    response = client.get("/api/v1/questions/coverage", headers={"accept": accept})
    assert response.headers["content-type"].partition(";")[0] == media_type
    by_name = client.get("/api/v1/questions/coverage.csv?format=json", headers={"accept": accept})
    assert by_name.json()["slug"] == "coverage"


@pytest.mark.parametrize(
    "path", ["", "/coverage", "/coverage.csv", "/coverage.csv?bom=true", "/coverage.xlsx", "/coverage.rq"]
)
def test_answer_that_still_holds_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(f"/api/v1/questions{path}")
    assert client.get(f"/api/v1/questions{path}").content == first.content
    again = client.get(f"/api/v1/questions{path}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(
        "/api/v1/questions/coverage?policy=gd-ai45&lang=zh", headers={"if-none-match": first.headers["etag"]}
    )
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "slug", "member", "value"),
    [
        ("/measure-touching-sector", 404, "not-found", "nearest", "measures-touching-sector"),
        ("/coverage.pdf", 404, "not-found", "kind", "question"),
        ("/measures-touching-sector?sector=helthcare", 404, "not-found", "nearest", "healthcare"),
        ("/measures-touching-sector?sector=", 400, "bad-parameter", "parameter", "sector"),
        ("/measures-touching-sector?sectr=x", 400, "unknown-parameter", "nearest", "sector"),
        ("/targets-due-by?by=soon", 400, "bad-parameter", "parameter", "by"),
        ("/targets-due-by?by=2027&by=2025", 400, "bad-parameter", "parameter", "by"),
        ("/coverage?format=pdf", 400, "bad-parameter", "parameter", "format"),
        ("/coverage?bom=1", 400, "bad-parameter", "parameter", "bom"),
        ("/coverage?timeout=x", 400, "bad-parameter", "parameter", "timeout"),
        ("/coverage?lang=fr", 400, "bad-parameter", "parameter", "lang"),
        ("?q=x", 400, "unknown-parameter", "parameter", "q"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_wrong_is_told(
    client: TestClient, path: str, status: int, slug: str, member: str, value: str, language: str
) -> None:
    response = client.get(f"/api/v1/questions{path}", headers={"accept-language": language})
    problem = assert_problem(response, status, slug)
    assert value == problem[member] or value in problem[member]
    assert any("\u4e00" <= character <= "\u9fff" for character in problem["title"]) is (language == "zh")


def test_format_that_is_not_there_is_not_acceptable(client: TestClient) -> None:
    response = client.get("/api/v1/questions/coverage", headers={"accept": "image/png"})
    assert WORKBOOK in assert_problem(response, 406, "not-acceptable")["supported"]


@pytest.mark.parametrize(
    "text",
    [
        '" } UNION { ?s ?p ?o } #',
        "healthcare> } ?s ?p ?o . {",
        "\\u003E } ?s ?p ?o #",
        "%3E",
        "2027 } #",
        "x\x00",
        "';--",
    ],
)
def test_hostile_value_is_refused_over_http(client: TestClient, text: str) -> None:
    for slug, name in (
        ("measures-touching-sector", "sector"),
        ("targets-due-by", "by"),
        ("facts-behind-thing", "thing"),
    ):
        response = client.get(f"/api/v1/questions/{slug}", params={name: text})
        assert response.status_code in {400, 404}, response.text
        assert response.json()["type"].endswith(("/bad-parameter", "/not-found"))


def test_question_of_an_operator_appears_by_being_there(mine: tuple[TestClient, Path]) -> None:
    client, folder = mine
    assert client.get("/api/v1/questions/mine").status_code == 404
    (folder / "mine.rq").write_text(MINE, encoding="utf-8")
    assert "mine" in {item["slug"] for item in get(client, "").json()["items"]}
    assert get(client, "/mine").json()["rows"] == [{"said": "=1+1", "evidence": []}]
    said = '" } UNION { ?s ?p ?o } # \\u0022 医疗'
    answer = get(client, "/mine", said=said).json()
    assert (answer["rows"], answer["question"]["zh"]) == (
        [{"said": said, "evidence": []}],
        f"回显什么？（文本：{said}）",
    )
    book = openpyxl.load_workbook(io.BytesIO(get(client, "/mine.xlsx", said="=1+1").content))
    assert (book["answer"]["A2"].value, book["answer"]["A2"].data_type) == ("=1+1", "s")
    tag = client.get("/api/v1/questions/mine").headers["etag"]
    (folder / "mine.rq").write_text(MINE.replace("=1+1", "other"), encoding="utf-8")
    changed = client.get("/api/v1/questions/mine", headers={"if-none-match": tag})
    assert changed.json()["rows"] == [{"said": "other", "evidence": []}]
    (folder / "mine.rq").unlink()
    assert_problem(client.get("/api/v1/questions/mine"), 404, "not-found")


def test_file_that_is_wrong_says_so_and_leaves_the_others(mine: tuple[TestClient, Path]) -> None:
    client, folder = mine
    (folder / "wrong.rq").write_text(MINE.replace("VALUES", "BIND"), encoding="utf-8")
    problem = assert_problem(client.get("/api/v1/questions/wrong"), 422, "source-wrong")
    assert problem["problems"][0]["field"] == "said"
    assert get(client, "/coverage").json()["total"] == 1
    assert "wrong" not in {item["slug"] for item in get(client, "").json()["items"]}
    (folder / "wrong.rq").unlink()


def test_questions_have_the_limits_of_everybody(mine: tuple[TestClient, Path]) -> None:
    client, folder = mine
    everything = "# question.zh: 全部？\n# question.en: All?\n\nSELECT ?s ?p ?o WHERE {\n    ?s ?p ?o\n}\n"
    (folder / "all.rq").write_text(everything, encoding="utf-8")
    endless = everything.replace("?s ?p ?o WHERE", "(COUNT(*) AS ?n) WHERE").replace(
        "?s ?p ?o\n", "?s ?p ?o . ?a ?b ?c . ?d ?e ?f . FILTER (?o < ?f)\n"
    )
    (folder / "endless.rq").write_text(endless, encoding="utf-8")
    for end in ("", ".csv", ".xlsx"):
        problem = assert_problem(client.get(f"/api/v1/questions/all{end}"), 422, "limit-exceeded")
        assert problem["limit"] == {"name": "rows", "value": 50, "unit": "rows"}
        slow = client.get(f"/api/v1/questions/endless{end}", params={"timeout": "0.3"})
        assert assert_problem(slow, 504, "query-timeout")["limit"]["value"] == 0.3
    for name in ("all", "endless"):
        (folder / f"{name}.rq").unlink()


def test_an_answer_that_is_there_is_given_though_its_clauses_could_not_be_had(mine: tuple[TestClient, Path]) -> None:
    """One row stands for more solutions than an answer may have rows; that is no fault of the row."""
    client, folder = mine
    text = "# question.zh: 哪些政策？\n# question.en: Which policies?\n\nSELECT DISTINCT ?policy WHERE {\n    "
    (folder / "policies.rq").write_text(f"{text}?measure pkg:inPolicy ?policy\n}}\n", encoding="utf-8")
    response = get(client, "/policies")
    (row,) = response.json()["rows"]
    assert row["policy"]["type"] == "policy"
    assert {each["states"] for each in row["evidence"]} == {"name"}
    assert "etag" not in response.headers
    (folder / "policies.rq").write_text(f"{text}?policy a pkg:Policy\n}}\n", encoding="utf-8")
    assert "etag" in get(client, "/policies").headers
    (folder / "policies.rq").unlink()


def test_volatile_answer_is_not_kept(mine: tuple[TestClient, Path]) -> None:
    client, folder = mine
    text = "# question.zh: 现在？\n# question.en: Now?\n\nSELECT (NOW() AS ?now) WHERE {}\n"
    (folder / "now.rq").write_text(text, encoding="utf-8")
    response = get(client, "/now")
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    (folder / "now.rq").unlink()


def test_strict_default_graph_does_not_empty_the_answers(settings: Settings, revision: Revision) -> None:
    strict = replace(settings, default_graph="strict")
    with TestClient(create_app(strict, revision)) as client:
        expected = table_of_csv((QUESTIONS / "coverage.csv").read_bytes())
        assert table_of_json(get(client, "/coverage").json()) == expected
        assert table_of_csv(get(client, "/coverage.csv").content) == expected


def test_a_browser_gets_json_to_read(client: TestClient) -> None:
    text = client.get("/api/v1/questions/coverage", headers={"accept": BROWSER}).text
    assert text.startswith('{\n  "slug": "coverage"')
    assert json.loads(text)["total"] == 1
