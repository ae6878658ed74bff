"""Addresses and columns that someone means to do harm with, in a browser."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Request, expect

from tests.web.browsing import Site

pytestmark = pytest.mark.xdist_group("web")


def test_a_link_sends_neither_thousands_of_requests_nor_any_beside_the_service(site: Site) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    many = ",".join(f"sector/{number}" for number in range(3000))
    with site.visit(language="en") as visit:
        visit.expect_error("404")
        visit.page.on("request", note)
        page = visit.go(f"/explore?root=sector/healthcare#add={many}&at=..%2F..%2F..%2Fother%2Fsecret")
        page.locator(".canvas canvas").first.wait_for()
        page.locator(".loading").wait_for(state="detached")
        page.wait_for_timeout(300)
        assert 3 < len(asked) < 300
        assert [url for url in asked if "secret" in url] == []


@pytest.mark.parametrize("view", ["table", "chart", "graph", "raw"])
def test_a_column_may_be_called_as_every_object_has_something_called(site: Site, view: str) -> None:
    names = "?constructor ?__proto__ ?toString ?hasOwnProperty"
    query = f"SELECT ?x {names} {{ VALUES ?x {{ 1e308 -1e308 5e-324 -5e-324 3 }} }}"
    with site.visit(language="en") as visit:
        page = visit.go(f"/sparql#query={quote(query, safe='')}&view={view}&chart=line")
        expect(page.locator("#panel")).to_be_visible()
        assert page.get_by_role("alert").count() == 0
        if view == "table":
            assert page.locator("table.answer tbody tr").count() == 5


def test_what_was_kept_of_a_draft_may_be_anything(site: Site) -> None:
    with site.visit("/sparql", language="en") as visit:
        page = visit.page
        page.evaluate("""sessionStorage.setItem("query-draft", '{"after":"","text":5}')""")
        page.reload()
        page.locator(".CodeMirror").wait_for()
        expect(page.locator("[data-example]").first).to_be_attached()
