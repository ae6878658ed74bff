"""`/targets`, `/targets.csv` and `/targets.xlsx`: the same targets as `/api/v1/targets`, sorted and grouped."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.target_chart import BARS
from api.pages.target_files import COLUMNS
from api.pages.target_table import ROWS
from api.pages.thing import SHOWN
from api.tables import COLUMNS as FACT_COLUMNS
from kg.build import NamedGraph
from kg.lookup import FACETS, SORTS
from kg.revisions import RevisionStore
from kg.settings import Settings
from tests.api.generated import EVIL, FORMULA, GRAPH, LONG, many, of_measure
from tests.api.helpers import BROWSER, Page, assert_problem

MADE = 447
ITS = 40
MORE = MADE + ITS + 4
"""How many targets `large` has beside those of the real graph."""
_ROW = re.compile(r'<th role="rowheader" scope="row" class="subject"><a class="clamp" href="/doc/target/([^"?]+)')
Json = dict[str, Any]


def listed(client: TestClient, **filters: str) -> list[Json]:
    answer = client.get("/api/v1/targets", params={**filters, "limit": "1000"})
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def html(client: TestClient, **parameters: str) -> str:
    answer = client.get("/targets", params=parameters, headers={"accept": BROWSER})
    assert answer.status_code == 200, answer.text
    return answer.text


def shown(client: TestClient, **parameters: str) -> list[str]:
    """Return the ids of the rows of the page, in their order."""
    return _ROW.findall(html(client, **parameters))


def table(client: TestClient, **parameters: str) -> list[dict[str, str]]:
    answer = client.get("/targets.csv", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="targets.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def sheet(client: TestClient, **parameters: str) -> list[Json]:
    answer = client.get("/targets.xlsx", params=parameters)
    assert answer.status_code == 200, answer.text
    first = load_workbook(io.BytesIO(answer.content), read_only=True).worksheets[0]
    names, *rows = [list(row) for row in first.iter_rows(values_only=True)]
    return [dict(zip_longest(map(str, names), row)) for row in rows]  # cells at the end may be left out


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, graphs: Sequence[NamedGraph]) -> Iterator[TestClient]:
    """A service over the real graph, hostile targets, and some hundred more."""
    store = tmp_path_factory.mktemp("large")
    settings = Settings(store=store)
    content = [*((graph.iri, graph.ntriples()) for graph in graphs), (GRAPH, b"\n".join((many(MADE), of_measure(ITS))))]
    revision = RevisionStore(Path(store)).publish(content, {"base_iri": settings.base_iri, "triples": 1})
    with TestClient(create_app(settings, revision)) as client:
        yield client


def choices(text: str, name: str) -> dict[str, int]:
    """Return what a filter offers: value → count."""
    found = re.search(rf'<select id="field-{name}".*?</select>', text, re.DOTALL)
    assert found
    return {value: int(n) for value, n in re.findall(r'<option value="([^"]+)"[^>]*>[^<]* \((\d+)\)', found[0])}


def test_every_filter_offers_what_occurs_and_finds_what_the_api_finds(client: TestClient) -> None:
    whole = html(client)
    for name in FACETS:
        offered = choices(whole, name)
        assert offered, name
        for value, count in offered.items():
            expected = [item["id"] for item in listed(client, **{name: value})]
            assert len(expected) == count, (name, value)
            assert shown(client, **{name: value}) == expected, (name, value)
    assert set(choices(whole, "deadline")) == {"2025", "2027"}
    assert "healthcare" not in choices(whole, "sector")


def test_counts_are_those_with_the_other_filters(client: TestClient) -> None:
    text = html(client, deadline="2025", indicator="compute-capacity")
    assert choices(text, "deadline") == {"2025": 1, "2027": 1}
    assert choices(text, "indicator") == {"compute-capacity": 1, "core-ai-industry-scale": 1}
    assert choices(text, "comparator") == {"gt": 1}
    assert "1 of 25 targets" in Page(text).text


def test_filters_take_names_and_iris_and_leave_empty_fields_alone(client: TestClient) -> None:
    expected = [item["id"] for item in listed(client, sector="robotics")]
    by_name = html(client, sector="智能机器人产业")
    assert _ROW.findall(by_name) == expected == shown(client, sector="https://w3id.org/policy-kg/id/sector/robotics")
    assert shown(client, sector="robotics", q="", deadline="", comparator="", sort="", group="", show="") == expected
    assert '<option value="robotics" selected>' in by_name
    assert shown(client, q=" eflops ") == [item["id"] for item in listed(client, q="EFLOPS")] != []


@pytest.mark.parametrize("sort", SORTS)
def test_both_directions_have_the_same_rows_and_what_has_no_value_comes_last(client: TestClient, sort: str) -> None:
    up, down = shown(client, sort=sort), shown(client, sort=f"-{sort}")
    assert sorted(up) == sorted(down) == sorted(item["id"] for item in listed(client))
    items = {item["id"]: item for item in listed(client)}
    if sort == "value":
        numbers = [[(items[i]["unit_normalized"], items[i]["value_normalized"]) for i in ids] for ids in (up, down)]
        without = sum(unit is None for unit, _ in numbers[0])
        for pairs in numbers:
            assert [unit for unit, _ in pairs[-without:]] == [None] * without
            units = [unit for unit, _ in pairs[:-without]]
            assert units == sorted(units)
        assert numbers[0][:-without] == sorted(numbers[0][:-without])
        assert numbers[1][:-without] == sorted(numbers[1][:-without], key=lambda pair: (pair[0], -pair[1]))
    if sort == "deadline":
        years = [items[i]["deadline_year"] for i in up]
        assert years == sorted(years)
        assert [items[i]["deadline_year"] for i in down] == sorted(years, reverse=True)
    if sort == "label":
        labels = [items[i]["label"]["en"].casefold() for i in up]
        assert labels == sorted(labels)
        by_indicator = [items[i]["indicator"]["label"]["zh"] for i in shown(client, sort="indicator", lang="zh")]
        # pinyin: bao, da, ge …, zhi, zhong
        assert by_indicator[0].startswith("保育")
        assert by_indicator[-1].startswith(("重点", "智"))


def test_headers_say_how_they_are_sorted_and_turn_it_round(client: TestClient) -> None:
    text = html(client, sort="value", group="deadline", lang="zh")
    assert re.search(
        r'aria-sort="ascending"><a id="sort-value" href="/targets\?sort=-value&amp;group=deadline&amp;lang=zh"', text
    )
    assert re.search(
        r'aria-sort="none"><a id="sort-label" href="/targets\?sort=label&amp;group=deadline&amp;lang=zh"', text
    )
    assert 'aria-sort="descending"><a id="sort-deadline"' in html(client, sort="-deadline")


def test_groups_have_headings_with_counts(client: TestClient) -> None:
    heading = re.compile(r'colspan="6"><bdi>([^<]*)</bdi> <span class="soft number">(\d+)</span>')
    by_year = heading.findall(html(client, group="deadline"))
    assert by_year == [("2025", "2"), ("2027", "23")]
    assert heading.findall(html(client, group="deadline", sort="-deadline")) == by_year[::-1]
    comparators = heading.findall(html(client, group="comparator"))
    assert [name for name, _ in comparators] == ["&gt; more than", "≥ at least", "= exactly", "Without a number"]
    sectors = dict(heading.findall(html(client, group="sector", lang="zh")))
    assert sectors["教育"] == sectors["养老"] == "1"
    assert sum(map(int, sectors.values())) > 25
    assert list(sectors)[-1] == "范围未点明行业"
    assert "（同一目标列于其每个行业之下）：" in html(client, group="sector", lang="zh")
    assert "stands under each" not in html(client, group="deadline")
    narrowed = dict(heading.findall(html(client, group="sector", sector="livelihood", lang="zh")))
    assert "教育" in narrowed
    assert not {"工业", "制造业"} & set(narrowed), "a sector that the filter does not ask for has no group"
    assert sum(int(n) for _, n in heading.findall(html(client, group="indicator"))) == 25


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"deadline": "2027", "sort": "-value", "lang": "zh"},
        {"sector": "artificial-intelligence", "sort": "label"},
        {"q": "没有", "group": "deadline"},
        {"group": "sector", "sort": "deadline"},
    ],
)
def test_files_have_the_rows_of_the_view_in_its_order(client: TestClient, parameters: dict[str, str]) -> None:
    ids = shown(client, **parameters)
    rows, cells = table(client, **parameters), sheet(client, **parameters)
    assert [row["id"] for row in rows] == ids == [row["id"] for row in cells]
    items = {item["id"]: item for item in listed(client)}
    for row, cell in zip(rows, cells, strict=True):
        item = items[row["id"]]
        clause = item["evidence"][0]
        assert tuple(name for name in cell if not name.startswith("group_")) == COLUMNS
        for name in (
            "iri",
            "comparator",
            "value",
            "unit",
            "value_normalized",
            "unit_normalized",
            "deadline",
            "wording",
        ):
            assert cell[name] == item.get(name)
            assert row[name] == ("" if item.get(name) is None else str(cell[name]))
        assert (cell["label_zh"], cell["label_en"]) == (item["label"]["zh"], item["label"]["en"])
        assert cell["indicator"] == item["indicator"]["id"]
        assert cell["policy"] == item["policy"]["id"]
        assert (cell["measures"] or "") == "; ".join(measure["id"] for measure in item["measures"])
        assert (cell["sectors"] or "") == "; ".join(one["id"] for one in item["scope"] if one["type"] == "sector")
        assert [cell[name] for name in ("quote", "source", "line", "start", "end", "url", "clause")] == [
            clause[name] for name in ("quote", "source", "line", "start", "end", "url", "iri")
        ]
        assert row["line"] == str(clause["line"])
    if "group" in parameters and rows:
        assert rows[0]["group_en"] == cells[0]["group_en"] != ""


def test_files_are_the_same_bytes_and_known_by_their_tags(client: TestClient) -> None:
    for path in ("/targets.csv", "/targets.xlsx"):
        first, second = client.get(path), client.get(path)
        assert first.content == second.content
        assert client.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/targets", "/targets.csv", "/targets.xlsx"])
def test_what_cannot_be_asked_is_refused(client: TestClient, path: str) -> None:
    for query, status in {
        "nonsense=1": 400,
        "sort=colour": 400,
        "group=colour": 400,
        "deadline=soon": 400,
        "comparator=above": 400,
        "page=0": 400,
        "q=a&q=b": 400,
        "sector=no-such-sector": 404,
        "indicator=%3Cscript%3E": 404,
    }.items():
        assert client.get(f"{path}?{query}").status_code == status, query


def test_a_long_table_comes_in_parts(large: TestClient) -> None:
    total = MORE + 25
    pages = [shown(large, sort="value", page=str(page)) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [ROWS, ROWS, total - 2 * ROWS]
    rows = table(large, sort="value", page="2")
    assert [row["id"] for row in rows] == [one for page in pages for one in page]
    assert shown(large, page="999") == shown(large, page="3")
    text = html(large, group="deadline", page="2")
    assert "(continued)" in text
    assert f"Rows {ROWS + 1} to {2 * ROWS} of {total}" in text
    assert 'id="page-previous" rel="prev" href="/targets?group=deadline"' in text
    assert 'id="page-next" rel="next" href="/targets?group=deadline&amp;page=3"' in text
    assert text.count('<svg class="barred"') + text.count('<svg class="dotted"') <= 8 * BARS
    assert f"the {BARS} largest shown" in text


def test_a_workbook_has_a_limit(large: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.target_files.MOST_IN_WORKBOOK", 100)
    problem = assert_problem(large.get("/targets.xlsx"), 422, "limit-exceeded")
    assert problem["limit"] == {"name": "rows", "value": 100, "unit": "rows"}
    assert len(sheet(large, deadline="2031")) == 3
    assert len(table(large)) == MORE + 25


def test_hostile_texts_are_texts(large: TestClient) -> None:
    for language in ("zh", "en"):
        page = Page(html(large, deadline="2031", lang=language))
        assert all("src" in script for script in page.scripts)
        assert "img" not in {tag for tag, _ in page.elements}
        assert not any(name.startswith("on") or name == "style" for _, found in page.elements for name in found)
        assert EVIL in page.text
    cells = {row["id"]: row for row in sheet(large, deadline="2031")}
    assert cells["formula"]["label_en"] == FORMULA
    assert (cells["formula"]["value"], cells["evil"]["label_zh"]) == (-3, EVIL)
    assert cells["long"]["label_zh"] == LONG
    rows = {row["id"]: row for row in table(large, deadline="2031")}
    assert rows["formula"]["label_en"] == f"'{FORMULA}"
    assert rows["formula"]["value"] == "-3"
    assert rows["evil"]["indicator_zh"] == LONG


@pytest.mark.parametrize("group", ["none", "deadline", "indicator", "sector", "comparator", "policy"])
def test_a_target_without_anything_but_a_name_is_a_row(large: TestClient, group: str) -> None:
    asked = {"q": "A name alone", "group": group}
    for language in ("zh", "en"):
        assert shown(large, **asked, lang=language) == ["bare"]
    row, cells = table(large, **asked), sheet(large, **asked)
    assert [(each["id"], each["deadline"], each["indicator"], each["policy"]) for each in row] == [("bare", "", "", "")]
    assert [(each["deadline_year"], each["value"]) for each in cells] == [(None, None)]
    item = listed(large, q="A name alone")[0]
    assert (item["deadline"], item["deadline_year"], item["deadline_evidence"]) == (None, None, [])
    text = html(large, **asked)
    assert '<span class="soft">in words</span>' in text
    assert "<time" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_measure_leads_to_all_its_targets(large: TestClient, language: str) -> None:
    text = large.get("/doc/measure/busy", params={"lang": language}, headers={"accept": BROWSER}).text
    page, its = Page(text), Page(text[text.index('id="its-targets"') :].partition("</section>")[0])
    shown_there = [link for link in its.links if link.startswith("/doc/target/its-")]
    assert len(shown_there) == SHOWN < ITS
    assert shown_there[0] == f"/doc/target/its-{ITS - 1:03}?lang={language}", "the one with a number"
    (address,) = (link for link in page.links if link.startswith("/targets?measure="))
    answer = large.get(address, headers={"accept": BROWSER})
    assert answer.status_code == 200
    found = _ROW.findall(answer.text)
    assert sorted(found) == [f"its-{place:03}" for place in range(ITS)]
    assert '<option value="busy" selected>' in answer.text
    assert ("措施：" if language == "zh" else "Measure:") in Page(answer.text).text
    assert shown(large, measure="busy", deadline="2032") == [f"its-{ITS - 1:03}"]
    assert [row["id"] for row in table(large, measure="繁忙")] == found


def test_more_targets_than_are_compared_are_refused_and_the_first_page_stays(
    graphs: Sequence[NamedGraph], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.lookup.targets.MAX_TARGETS", 24)
    settings = Settings(store=tmp_path)
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    revision = RevisionStore(tmp_path).publish(content, {"base_iri": settings.base_iri, "triples": 1})
    few = TestClient(create_app(settings, revision))
    for path in ("/targets", "/targets.csv", "/targets.xlsx"):
        problem = assert_problem(few.get(path), 422, "limit-exceeded")
        assert problem["limit"] == {"name": "targets", "value": 24, "unit": "things"}
    refused = few.get("/targets?lang=zh", headers={"accept": BROWSER})
    assert "可对比的目标数" in refused.text
    for path in ("/", "/doc/policy/gd-ai45", "/doc/sector/robotics"):
        assert few.get(path, headers={"accept": BROWSER}).status_code == 200, path
    first = Page(few.get("/", headers={"accept": BROWSER}).text)
    assert "/targets?deadline=2027" in first.links
    limits = {item["name"]: item["value"] for item in few.get("/limits").json()["items"]}
    assert limits["targets"] == 200_000


def test_the_page_of_the_policy_shows_all_numbers(client: TestClient) -> None:
    text = client.get("/doc/policy/gd-ai45", headers={"accept": BROWSER}).text
    its = text[text.index('id="its-targets"') :]
    its = its[: its.index("</section>")]
    figures = re.findall(r'<li><a href="[^"]+"><span class="figure">', its)
    assert len(figures) == len(listed(client, quantitative="true")) == 17
    assert len(re.findall(r"<li><a ", its)) == len(listed(client)) == SHOWN + 1


def test_the_files_of_pages_are_for_spreadsheets(large: TestClient) -> None:
    of_thing, of_all = large.get("/doc/target/formula.csv").content, large.get("/targets.csv?deadline=2031").content
    for content in (of_thing, of_all):
        assert content.startswith("\ufeff".encode())
        assert content.count("\ufeff".encode()) == 1
        lines = content.decode("utf-8-sig").splitlines(keepends=True)
        assert all(line.endswith("\r\n") for line in lines)
        assert f"'{FORMULA}" in next(csv.reader(line for line in lines if "HYPERLINK" in line))
    facts = list(csv.DictReader(io.StringIO(of_thing.decode("utf-8-sig"), newline="")))
    assert tuple(facts[0]) == FACT_COLUMNS
    assert [row["value"] for row in facts if row["relation"] == "value"] == ["-3"]


@pytest.mark.parametrize(
    ("language", "words", "without"),
    [("en", "Sector: Healthcare", "Without “Sector”"), ("zh", "行业领域：医疗", "不限“行业领域”")],
)
def test_a_filter_that_leads_nowhere_leads_to_what_may_be_meant(
    client: TestClient, language: str, words: str, without: str
) -> None:
    asked = {"sector": "helthcare", "deadline": "2027", "sort": "-value", "page": "1", "lang": language}
    answer = client.get("/targets", params=asked, headers={"accept": BROWSER})
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    page = Page(answer.text)
    assert words in page.text
    assert without in page.text
    rest = f"deadline=2027&sort=-value&lang={language}"
    meant, *_, left = (link for link in page.links if link.startswith(("/targets?sector", "/targets?deadline")))
    assert (meant, left) == (f"/targets?sector=healthcare&{rest}", f"/targets?{rest}")
    for address in (meant, left):
        assert client.get(address, headers={"accept": BROWSER}).status_code == 200
    assert_problem(client.get("/targets", params=asked), 404, "not-found")


@pytest.mark.parametrize(("language", "words"), [("en", "Without “Deadline”"), ("zh", "不限“期限”")])
def test_a_year_that_is_none_leads_to_the_view_without_it(client: TestClient, language: str, words: str) -> None:
    asked = {"deadline": "abc", "sector": "robotics", "lang": language}
    answer = client.get("/targets", params=asked, headers={"accept": BROWSER})
    assert answer.status_code == 400
    page = Page(answer.text)
    assert words in page.text
    (left,) = (link for link in page.links if link.startswith("/targets?sector"))
    assert left == f"/targets?sector=robotics&lang={language}"
    assert_problem(client.get("/targets", params=asked), 400, "bad-parameter")


def test_a_graph_without_targets_says_so(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path)
    content = [(GRAPH, b"<https://example.org/a> <https://example.org/b> <https://example.org/c> .")]
    revision = RevisionStore(tmp_path).publish(content, {"base_iri": settings.base_iri, "triples": 1})
    empty = TestClient(create_app(settings, revision))
    assert "There is no target in this graph yet." in html(empty)
    assert table(empty) == [] == sheet(empty)
