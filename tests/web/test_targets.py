"""The targets compared: filters, sorting and groups without a reload, the charts, the files, and no script at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, Route, expect

from kg.revisions import RevisionStore
from kg.settings import Settings
from tests.api.generated import EVIL, GRAPH, many
from tests.reliability.serving import serving
from tests.web.browsing import LANGUAGES, Language, Site

pytestmark = pytest.mark.xdist_group("web-targets")

MADE: Final = 230
STATUS: Final = {"zh": "25 个目标", "en": "25 targets"}


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server over hostile targets, and more than a page of the table has."""
    folder = tmp_path_factory.mktemp("hostile-targets")
    store = folder / "store"
    RevisionStore(store).publish([(GRAPH, many(MADE))], {"base_iri": Settings(store=store).base_iri, "triples": 1})
    with serving(store, folder / "server.log", {"KG_LOG": "none", "KG_RATE_LIMIT": "0"}, seconds=120) as server:
        yield Site(browser, server.url)


def subjects(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".compared .subject > a").all_inner_texts()]


def status(page: Page, words: str) -> None:
    expect(page.locator("#status")).to_have_text(words)
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_accessible_in_both_languages_and_themes(site: Site, language: Language) -> None:
    theme: Literal["light", "dark"] = "dark" if language == "zh" else "light"
    with site.visit("/targets?group=deadline", language=language, theme=theme, width=1600) as visit:
        status(visit.page, STATUS[language])
        assert visit.violations() == []
        assert visit.overflow() <= 0
        assert len(subjects(visit.page)) == 25
        visit.page.locator(".compared details summary").first.click()
        assert visit.violations() == []
        visit.go("/targets?q=nothing-has-this-name")
        words = "没有符合条件的目标" if language == "zh" else "No target passes these filters"
        assert words in visit.page.inner_text("#results")
        assert visit.violations() == []


def test_filters_work_without_a_reload_and_the_view_is_in_the_address(site: Site) -> None:
    with site.visit("/targets?lang=en") as visit:
        page = visit.page
        page.evaluate("window.stays = true")
        page.get_by_label("Deadline").focus()
        page.get_by_label("Deadline").select_option("2025")
        status(page, "2 of 25 targets")
        assert page.url.endswith("/targets?deadline=2025&lang=en")
        assert page.evaluate("document.activeElement.id") == "field-deadline"
        assert page.locator("#field-indicator option").all_inner_texts() == [
            "All",
            "Computing capacity (1)",
            "Scale of the core AI industry (1)",
        ]
        assert page.locator(".marks li").count() == 2
        page.get_by_label("Indicator").select_option("compute-capacity")
        status(page, "1 of 25 targets")
        assert "Computing capacity above 40 EFLOPS" in subjects(page)[0]
        page.go_back()
        status(page, "2 of 25 targets")
        assert page.get_by_label("Indicator").input_value() == ""
        page.go_back()
        status(page, "25 targets")
        assert page.get_by_label("Deadline").input_value() == ""
        page.go_forward()
        status(page, "2 of 25 targets")
        assert page.get_by_label("Deadline").input_value() == "2025"
        page.get_by_role("link", name="Deadline: 2025").press("Enter")
        status(page, "25 targets")
        assert page.evaluate("document.activeElement.id") == "status"
        assert page.evaluate("window.stays") is True
        page.get_by_label("Sector").select_option("robotics")
        status(page, "1 of 25 targets")
        page.reload()
        status(page, "1 of 25 targets")
        assert page.get_by_label("Sector").input_value() == "robotics"
        page.get_by_role("link", name="中文").click()
        page.wait_for_url("**/targets?sector=robotics&lang=zh")
        status(page, "25 个目标中的 1 个")


def test_a_text_is_looked_for_as_one_types(site: Site) -> None:
    with site.visit("/targets", language="zh") as visit:
        page = visit.page
        box = page.get_by_label("名称包含")
        box.press_sequentially("算力规模", delay=20)
        status(page, "25 个目标中的 2 个")
        box.press_sequentially("超过60", delay=20)
        status(page, "25 个目标中的 1 个")
        assert page.evaluate("document.activeElement.id") == "field-q"
        page.go_back()
        status(page, STATUS["zh"])
        assert box.input_value() == ""


def test_headers_sort_by_the_keyboard_and_groups_have_headings(site: Site) -> None:
    with site.visit("/targets?deadline=2027&quantitative=true&show=table") as visit:
        page = visit.page
        header = page.get_by_role("columnheader", name="Figure")
        assert header.get_attribute("aria-sort") == "none"
        page.locator("#sort-value").press("Enter")
        expect(header).to_have_attribute("aria-sort", "ascending")
        assert page.evaluate("document.activeElement.id") == "sort-value"
        yuan = [text for text in page.locator(".amount").all_inner_texts() if "CNY" in text]
        assert [text.split()[1] for text in yuan] == ["27", "90", "380", "440"]
        page.locator("#sort-value").press("Enter")
        expect(header).to_have_attribute("aria-sort", "descending")
        yuan = [text for text in page.locator(".amount").all_inner_texts() if "CNY" in text]
        assert [text.split()[1] for text in yuan] == ["440", "380", "90", "27"]
        page.get_by_label("Group by").select_option("comparator")
        expect(page.locator(".group")).to_have_count(3)
        assert page.locator(".group").all_inner_texts() == ["> more than 2", "≥ at least 11", "= exactly 2"]
        assert page.url.endswith("?deadline=2027&quantitative=true&sort=-value&group=comparator&show=table")
        assert visit.violations() == []


def test_every_figure_is_one_link_away_from_its_clause_and_its_target(site: Site) -> None:
    with site.visit("/targets?indicator=compute-capacity&deadline=2027") as visit:
        page = visit.page
        mark = page.locator(".marks a")
        assert mark.count() == 1
        assert "> 60 EFLOPS" in mark.inner_text()
        assert mark.get_attribute("href") == "/doc/target/gd-ai45-compute-2027"
        assert page.locator(".marks .bar").get_attribute("width") == "100.0%"
        page.locator(".words > a").click()
        page.wait_for_url("**/doc/clause/**")
        assert "60EFLOPS" in page.inner_text("main")


def test_files_have_the_rows_in_view(site: Site, tmp_path: Path) -> None:
    with site.visit("/targets") as visit:
        page = visit.page
        page.get_by_label("Deadline").select_option("2027")
        status(page, "23 of 25 targets")
        page.locator("#sort-label").click()
        expect(page.get_by_role("columnheader", name="Target")).to_have_attribute("aria-sort", "ascending")
        labels = subjects(page)
        with page.expect_download() as caught:
            page.get_by_role("link", name="CSV").click()
        caught.value.save_as(tmp_path / "targets.csv")
        rows = list(csv.DictReader(io.StringIO((tmp_path / "targets.csv").read_text("utf-8-sig"))))
        assert [row["label_en"] for row in rows] == labels
        with page.expect_download() as caught:
            page.get_by_role("link", name="XLSX").click()
        assert caught.value.suggested_filename == "targets.xlsx"
        caught.value.save_as(tmp_path / "targets.xlsx")
        found = load_workbook(tmp_path / "targets.xlsx")["targets"]
        names = [cell.value for cell in found[1]]
        assert [row[names.index("label_en")] for row in found.iter_rows(min_row=2, values_only=True)] == labels


def test_errors_are_told_and_can_be_tried_again(site: Site) -> None:
    with site.visit("/targets") as visit:
        page = visit.page
        visit.expect_error("503")
        problem = '{"type": "about:blank", "title": "Busy", "status": 503, "detail": "Too much is asked at once."}'
        page.route(
            "**/targets?deadline=2025",
            lambda route: route.fulfill(status=503, content_type="application/problem+json", body=problem),
        )
        page.get_by_label("Deadline").select_option("2025")
        expect(page.get_by_role("alert")).to_contain_text("Too much is asked at once.")
        status(page, "25 targets")
        assert visit.violations() == []
        page.unroute("**/targets?deadline=2025")
        page.get_by_role("button", name="Try again").click()
        status(page, "2 of 25 targets")
        assert page.locator("#trouble").inner_text() == ""
        assert page.evaluate("document.activeElement.id") == "status"


def test_that_one_waits_is_told_and_the_last_of_several_views_is_shown(site: Site) -> None:
    with site.visit("/targets") as visit:
        page = visit.page
        held: list[Route] = []
        page.route("**/targets?deadline=2025", lambda route: held.append(route))  # noqa: PLW0108 - it is marked, as a method cannot be
        page.get_by_label("Deadline").select_option("2025")
        expect(page.locator("#status")).to_have_text("Loading…")
        assert page.locator("#results").get_attribute("aria-busy") == "true"
        page.get_by_label("Deadline").select_option("2027")
        status(page, "23 of 25 targets")
        assert len(held) == 1
        page.locator("a[href='#table']").click()
        assert page.url.endswith("/targets?deadline=2027#table")
        page.go_back()
        page.go_back()
        expect(page.locator("#status")).to_have_text("Loading…")
        held[1].continue_()
        status(page, "2 of 25 targets")


def test_it_is_whole_without_scripts(site: Site) -> None:
    with site.visit("/targets?lang=zh", language="en", script=False) as visit:
        page = visit.page
        assert page.locator("#status").inner_text() == STATUS["zh"]
        page.get_by_label("期限").select_option("2025")
        page.get_by_label("分组").select_option("indicator")
        page.get_by_role("button", name="应用").click()
        assert page.locator("#status").inner_text() == "25 个目标中的 2 个"
        assert page.locator(".group").count() == 2
        assert "lang=zh" in page.url
        page.locator("#sort-deadline").click()
        assert page.get_by_role("columnheader", name="期限").get_attribute("aria-sort") == "ascending"
        assert page.locator(".group").count() == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_rows_are_cards(site: Site, language: Language) -> None:
    with site.visit("/targets?group=sector", language=language, width=390, theme="dark") as visit:
        page = visit.page
        assert visit.overflow() <= 0
        assert visit.violations() == []
        row = page.locator(".compared tbody tr:not(.group)").first
        assert row.evaluate("row => getComputedStyle(row).display") == "grid"
        assert page.get_by_role("table").count() == 1
        assert page.get_by_role("rowheader").count() > 25
        box = row.bounding_box()
        assert box
        assert box["width"] <= 390


def test_hostile_texts_and_long_tables(hostile: Site) -> None:
    for width in (390, 1024):
        with hostile.visit("/targets?deadline=2031", width=width) as visit:
            page = visit.page
            assert EVIL in subjects(page)
            assert visit.overflow() <= 0
            assert page.locator("main img").count() == 0
            page.get_by_label("Sort by").select_option("-label")
            expect(page).to_have_url(f"{hostile.url}/targets?deadline=2031&sort=-label")
            status(page, f"3 of {MADE + 4} targets")
            assert page.locator("main img, main script").count() == 0
            assert visit.overflow() <= 0
            if width == 390:
                assert visit.violations() == []
    with hostile.visit("/targets?show=table") as visit:
        page = visit.page
        assert len(subjects(page)) == 200
        page.get_by_role("link", name="Next").press("Enter")
        expect(page.locator(".pages")).to_contain_text(f"Rows 201 to {MADE + 4} of {MADE + 4}")
        assert len(subjects(page)) == MADE + 4 - 200
        page.go_back()
        expect(page.locator(".compared .subject")).to_have_count(200)
