"""The page of a search: answers with reasons, ambiguity that is not guessed, and what is not understood."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.browsing import Site

pytestmark = pytest.mark.xdist_group("web")


def test_a_question_is_answered_with_its_reasons_and_clauses(site: Site) -> None:
    with site.visit("/search?q=which+measures+touch+healthcare") as visit:
        page = visit.page
        assert "Which measures touch Healthcare?" in page.locator("#answer").inner_text()
        rows = page.locator(".rows > li")
        assert rows.count() == 5
        hospitals = rows.filter(has_text="Build smart hospitals").first
        assert "A measure touches the sector that a product which it concerns serves" in hospitals.inner_text()
        assert "建设智慧医院" in hospitals.locator("blockquote").first.inner_text()
        hospitals.locator("blockquote a").first.click()
        page.wait_for_url("**/doc/clause/dayoo-20240607/17/61-67")
        assert "What it states" in page.locator("main").inner_text()


def test_what_is_is_asked_of_names_that_are_nouns_alone(site: Site) -> None:
    with site.visit(f"/search?q={quote('医疗')}", language="en") as visit:
        also = visit.page.locator("section[aria-labelledby=alternatives] li")
        assert "What is Intelligent medical assistants?" in also.all_inner_texts()
        encourage = also.filter(has_text="Encourage enterprises to explore")
        assert encourage.inner_text().startswith("Encourage")
        assert "/doc/measure/" in (encourage.get_by_role("link").get_attribute("href") or "")


def test_numbers_are_large_and_lead_to_their_clause(site: Site) -> None:
    with site.visit(language="zh") as visit:
        page = visit.go(f"/search?q={quote('算力规模要达到多少？')}")
        figures = page.locator(".rows .figure").all_inner_texts()
        assert figures == ["> 40 EFLOPS · 2025年", "> 60 EFLOPS · 2027年"]
        second = page.locator(".rows > li").nth(1)
        assert "算力规模超过60EFLOPS" in second.locator("blockquote").first.inner_text()


def test_what_may_be_several_things_is_not_guessed(site: Site) -> None:
    with site.visit(f"/search?q={quote('广州')}", language="zh") as visit:
        text = visit.page.get_by_role("region", name="多种含义").inner_text()
        assert "可能指 “广州”，不作猜测" in text
        assert "广州人工智能公共算力中心" in text
        assert visit.page.locator(".rows").count() == 0


def test_what_is_not_understood_is_said_so_and_the_nearest_readings_lead_on(site: Site) -> None:
    with site.visit("/search?q=why+is+healthcare+not+good") as visit:
        page = visit.page
        assert "was not understood" in page.locator(".notice").first.inner_text()
        page.get_by_role("link", name="Which measures touch Healthcare?").click()
        page.locator("#answer").wait_for()
        assert page.locator(".rows > li").count() == 5


@pytest.mark.parametrize("text", ["", "%20", "%E2%80%8B"])
def test_nothing_asked_is_met_with_what_can_be_asked(site: Site, text: str) -> None:
    with site.visit(f"/search?q={text}", script=False) as visit:
        links = visit.page.locator(".notice a")
        assert links.count() == 4
        links.first.click()
        assert visit.page.locator(".rows > li").count() == 5


def test_the_sparql_opens_in_the_editor(site: Site) -> None:
    with site.visit("/search?q=how+many+measures+touch+healthcare") as visit:
        page = visit.page
        assert page.locator(".answer > .figure").inner_text() == "5"
        page.get_by_text("The SPARQL that was asked").click()
        link = page.get_by_role("link", name="Open it in the editor").get_attribute("href")
        assert link is not None
        assert link.startswith("/sparql#query=")
        assert "touchesSector" in link


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\u202e\u2066evil\u2069", "x" * 400, "\"'><img src=x onerror=alert(1)>"]
)
def test_hostile_texts_are_text(site: Site, text: str) -> None:
    with site.visit("/search", width=390) as visit:
        page = visit.page
        page.get_by_role("combobox").fill(text)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=*")
        assert text in (page.get_by_role("heading", level=1).text_content() or "")
        assert visit.overflow() <= 0
