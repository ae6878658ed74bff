"""The pages of things: figures, reasons, clauses, formats, what search engines read, and what is printed."""

from __future__ import annotations

import json

import pytest

from tests.web.browsing import LANGUAGES, Language, Site

pytestmark = pytest.mark.xdist_group("web")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_target_is_a_large_figure_that_leads_to_its_clause(site: Site, language: Language) -> None:
    with site.visit("/doc/target/gd-ai45-compute-2027", language=language) as visit:
        page = visit.page
        figure = page.locator(".thing .figure")
        assert figure.inner_text() == f"> 60 EFLOPS · 2027{'年' if language == 'zh' else ''}"
        size = figure.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
        assert size >= 30
        assert "6 × 10¹⁹ FLOPS" in page.locator("main").inner_text()
        stated = page.locator("section[aria-labelledby=stated] blockquote")
        assert stated.locator("p").first.inner_text() == "“到2027年 … 算力规模超过60EFLOPS”"
        beside = figure.bounding_box(), stated.bounding_box()
        assert beside[0]
        assert beside[1]
        assert beside[1]["y"] < beside[0]["y"] + beside[0]["height"]
        stated.get_by_role("link", name="95–109").click()
        page.wait_for_url("**/doc/clause/dayoo-20240607/2/95-109")
        assert page.get_by_role("heading", level=1).inner_text() == "算力规模超过60EFLOPS"
        source = page.locator("main a[rel=external]").first.get_attribute("href")
        assert source == "https://life.dayoo.com/IT/202406/07/154627_54676394.htm"


def test_a_target_in_words_shows_them_and_its_year_as_a_deadline(site: Site) -> None:
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    with site.visit("/doc/target/gd-ai45-terminal-supply-2027", language="zh") as visit:
        outcome = visit.page.locator(".thing .figure")
        assert outcome.inner_text() == "智能终端产品供给丰富 期限：2027年"
        assert outcome.evaluate(size) <= 24
        visit.go("/search?q=Which+targets+are+due+by+2027%3F&lang=en")
        shown = visit.page.locator(".rows .figure.outcome")
        assert "智能终端产品供给丰富 due by 2027" in shown.all_inner_texts()
        assert "2027" not in visit.page.locator(".rows .figure").all_inner_texts()
        assert shown.first.evaluate(size) <= 24


def test_a_sector_says_why_measures_touch_it(site: Site) -> None:
    with site.visit("/doc/sector/education", language="en") as visit:
        rows = visit.page.locator("section[aria-labelledby=touching] .rows > li")
        assert rows.count() == 4
        for index in range(4):
            assert rows.nth(index).locator("blockquote").count() >= 1
            assert rows.nth(index).locator(".chain li").last.inner_text() == "Education"


def test_every_format_is_a_link_that_works(site: Site) -> None:
    with site.visit("/doc/measure/gd-ai45-smart-hospitals") as visit:
        page = visit.page
        links = page.locator("section[aria-labelledby=data] a")
        names = links.all_inner_texts()
        begin = {
            "Turtle": "@prefix",
            "JSON-LD": "[",
            "JSON": "{",
            "CSV": "\ufeffsubject,relation,value",
            "N-Triples": "<",
            "RDF/XML": "<?xml",
        }
        assert names == list(begin)
        for index, start in enumerate(begin.values()):
            answer = page.request.get(visit.url + (links.nth(index).get_attribute("href") or ""))
            assert (answer.status, answer.text()[: len(start)]) == (200, start)


def test_search_engines_read_what_it_is(site: Site) -> None:
    with site.visit("/doc/target/gd-ai45-compute-2027") as visit:
        block = json.loads(visit.page.locator("script[type='application/ld+json']").text_content() or "")
    assert block["@type"] == "PropertyValue"
    assert (block["minValue"], block["unitText"]) == (6e19, "FLOPS")
    assert {text["@language"] for text in block["name"]} == {"zh", "en"}


def test_on_paper_every_clause_is_open_and_no_control_is_left(site: Site) -> None:
    with site.visit("/doc/measure/gd-ai45-smart-hospitals") as visit:
        page = visit.page
        page.emulate_media(media="print")
        assert not page.locator(".site-header nav").is_visible()
        assert not page.get_by_role("link", name="Show in the graph").is_visible()
        quotes = page.locator("section[aria-labelledby=facts] blockquote")
        assert quotes.count() >= 5
        assert all(quotes.nth(index).is_visible() for index in range(quotes.count()))
        assert len(page.pdf()) > 10_000


def test_on_paper_evidence_stands_below_what_it_is_of(site: Site) -> None:
    with site.visit("/doc/sector/healthcare", language="zh") as visit:
        page = visit.page
        page.emulate_media(media="print")
        assert "证据" not in page.locator("section[aria-labelledby=facts]").inner_text()
        astray = page.evaluate(
            """() => [...document.querySelectorAll('ul.inline li')].filter(line => {
              const [name, evidence] = [line.querySelector('a'), line.querySelector('blockquote')];
              if (!evidence) return false;
              const [above, below] = [name.getBoundingClientRect(), evidence.getBoundingClientRect()];
              return below.top < above.bottom - 1 || Math.abs(below.left - above.left) > 2;
            }).map(line => line.textContent)"""
        )
        assert astray == []
