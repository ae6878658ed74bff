"""Where the page of the graph puts things, names and the panel, as measured in a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.browsing import LANGUAGES, Language, Site
from tests.web.exploring import choose, drawn, panel, wait_for

pytestmark = pytest.mark.xdist_group("web-explore")

COVERED = """() => { const cy = document.querySelector('.canvas')._cyreg.cy;
  const boxes = cy.nodes().map(node => [node.id(), node.boundingBox({ includeLabels: false, includeOverlays: false })]);
  const found = [];
  for (const [one, a] of boxes) for (const [other, b] of boxes)
    if (one < other && a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2) found.push(`${one} ${other}`);
  return found; }"""
OUT_OF_SIGHT = """() => { const cy = document.querySelector('.canvas')._cyreg.cy;
  const seen = cy.extent();
  return cy.nodes().filter(node => { const box = node.boundingBox();
    return box.x1 < seen.x1 - 1 || box.x2 > seen.x2 + 1 || box.y1 < seen.y1 - 1 || box.y2 > seen.y2 + 1;
  }).map(node => node.id()); }"""
LETTERS = """() => { const node = document.querySelector('.canvas')._cyreg.cy.$('node.chosen');
  return [node.style('font-weight'), node.pstyle('font-size').pfValue]; }"""


def find(page: Page, text: str) -> None:
    """Look for a thing, and take the first that is offered."""
    box = page.get_by_role("combobox", name=re.compile("Find in the graph|在图中查找"))
    box.fill(text)
    page.get_by_role("option", name=re.compile("add|加入图中")).first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_comes_to_lie_on_anything_else(site: Site, language: Language) -> None:
    with site.visit("/explore?root=sector/healthcare", language=language, width=1280) as visit:
        page = visit.page
        page.locator(".canvas canvas").first.wait_for()
        page.locator(".loading").wait_for(state="detached")
        assert page.evaluate(COVERED) == []
        visit.go("/explore?root=sector/healthcare#open=sector/livelihood")
        page.locator(".loading").wait_for(state="detached")
        before = len(drawn(page)["edges"])
        page.get_by_role("checkbox", name=re.compile("rules|规则")).check()
        expect(page.locator("#relations-table caption")).not_to_contain_text(str(before))
        page.locator(".loading").wait_for(state="detached")
        assert page.evaluate(COVERED) == []
        find(page, "Pengcheng Laboratory" if language == "en" else "鹏城实验室")
        name = "Pengcheng Laboratory" if language == "en" else "鹏城实验室"
        page.locator("#things-table").get_by_role("button", name=name).first.wait_for()
        assert page.evaluate(COVERED) == []
        assert page.evaluate(OUT_OF_SIGHT) == []


def test_the_name_of_what_is_chosen_keeps_its_letters(site: Site) -> None:
    with site.visit("/explore?root=sector/healthcare", language="en", width=1280) as visit:
        page = visit.page
        page.locator(".loading").wait_for(state="detached")
        choose(page, "Build smart hospitals")
        found: list[Any] = page.evaluate(LETTERS)
        size = page.evaluate("() => document.querySelector('.canvas')._cyreg.cy.$('node.chosen').data('drawn')")
        assert found[0] in {"normal", "400"}, "letters of another weight would not fit the room that was measured"
        assert found[1] == pytest.approx(max(size, 12), abs=0.6)


@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_chosen_is_told_in_sight(site: Site, width: int) -> None:
    sight = "element => { const { top } = element.getBoundingClientRect(); return top >= -1 && top < innerHeight; }"
    with site.visit("/explore?root=sector/healthcare", language="en", width=width) as visit:
        page = visit.page
        page.locator(".loading").wait_for(state="detached")
        page.locator("#relations-table").scroll_into_view_if_needed()
        row = page.locator("#things-table").get_by_role("button", name="Build smart hospitals", exact=True)
        row.click()
        title = panel(page).get_by_role("heading", level=2, name="Build smart hospitals")
        title.wait_for()
        for _ in range(40):
            if title.evaluate(sight):
                break
            page.wait_for_timeout(50)
        assert title.evaluate(sight)
        row.click()
        expect(row).to_have_attribute("aria-pressed", "true")


def test_tables_are_cards_on_a_phone(site: Site) -> None:
    with site.visit("/explore?root=sector/healthcare", language="zh", width=390) as visit:
        page = visit.page
        page.locator(".loading").wait_for(state="detached")
        link = page.locator("#things-table tbody tr").first.get_by_role("link", name="详情")
        box = link.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert page.locator("#explore-tables .scroll").first.evaluate("each => each.scrollWidth <= each.clientWidth")
        assert visit.overflow() == 0
        assert visit.violations() == []


def test_a_thing_that_there_is_not_leads_to_others(site: Site) -> None:
    with site.visit(language="en") as visit:
        visit.expect_error("404")
        page = visit.go("/explore?root=sector/none")
        assert page.locator(".starts a").count() >= 10
        heading = page.get_by_role("heading", level=1)
        assert heading.evaluate("each => each.scrollHeight <= each.clientHeight")
        visit.go("/explore?root=policy/gd-ai45")
        wait_for(page, "of")
        assert page.get_by_role("heading", level=1).evaluate("each => each.scrollHeight <= each.clientHeight")
