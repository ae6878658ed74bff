"""The first page: suggestions as one types, the time line, the sectors, what is covered."""

from __future__ import annotations

import pytest

from tests.web.browsing import LANGUAGES, Language, Site

pytestmark = pytest.mark.xdist_group("web")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_is_wanted_by_when_and_what_is_covered(site: Site, language: Language) -> None:
    with site.visit("/", language=language) as visit:
        page = visit.page
        covered = page.locator(".coverage").inner_text()
        assert [int(number) for number in page.locator(".coverage .figure").all_inner_texts()] == [45, 25, 32]
        assert ("广东省" if language == "zh" else "Guangdong") in covered
        years = page.locator(".timeline > li")
        assert ["2025" in years.nth(0).inner_text(), "2027" in years.nth(1).inner_text()] == [True, True]
        assert years.nth(0).locator(".figure").all_inner_texts()[0] == "> 40 EFLOPS"
        assert years.nth(1).locator("li").count() == 12
        assert "23" in years.nth(1).locator("h3").inner_text()
        counts = [int(text.split()[0]) for text in page.locator(".bars .number").all_inner_texts()]
        assert counts == sorted(counts, reverse=True)
        assert (len(counts), counts[0]) == (16, 9)


def test_a_sector_leads_to_the_measures_that_touch_it(site: Site) -> None:
    with site.visit("/", language="en") as visit:
        page = visit.page
        bar = page.locator(".bars li").filter(has_text="Healthcare")
        count = int(bar.locator(".number").inner_text().split()[0])
        bar.get_by_role("link").click()
        page.wait_for_url("**/doc/sector/healthcare")
        assert page.locator("section[aria-labelledby=touching] .rows > li").count() == count == 5


def test_no_result_is_said(site: Site) -> None:
    with site.visit("/", language="en") as visit:
        box = visit.page.get_by_role("combobox")
        box.fill("qqqq zzzz wwww")
        options = visit.page.get_by_role("option")
        options.first.wait_for()
        assert options.count() == 1
        assert "Ask, or search for all" in options.first.inner_text()
        box.press("Escape")
        assert not options.first.is_visible()


def test_suggestions_come_as_one_types_and_lead_to_things(site: Site) -> None:
    with site.visit("/", language="zh") as visit:
        box = visit.page.get_by_role("combobox")
        box.fill("yiliao")
        option = visit.page.get_by_role("option").first
        option.wait_for()
        assert "医疗" in option.inner_text()
        assert box.get_attribute("aria-expanded") == "true"
        assert visit.violations() == []
        box.press("ArrowDown")
        assert box.input_value() == "医疗"
        box.press("Enter")
        visit.page.wait_for_url("**/doc/sector/healthcare")
        assert visit.page.get_by_role("heading", level=1).inner_text() == "医疗"
