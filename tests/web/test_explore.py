"""The graph: walking through it, filters, paths, evidence, undoing, the view in the address, and files."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

import networkx as nx
import pytest
from playwright.sync_api import Browser, Page, Route

from tests.reliability.serving import serving
from tests.web.browsing import LANGUAGES, Language, Site
from tests.web.exploring import choose, drawn, panel, rows, wait_for

pytestmark = pytest.mark.xdist_group("web-explore")

HEALTHCARE: Final = "/explore?root=healthcare"


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_it_is_accessible(site: Site, language: Language, theme: Literal["light", "dark"]) -> None:
    with site.visit("/explore", language=language, theme=theme) as visit:
        assert visit.violations() == []
        visit.go(f"{HEALTHCARE}&inferred=true#at=sector/healthcare&path=sector/healthcare:sector/manufacturing")
        wait_for(visit.page, "/" if language == "zh" else "of")
        assert visit.violations() == []
        visit.go(f"{HEALTHCARE}#at=measure/gd-ai45-smart-hospitals:sectors:sector/healthcare")
        panel(visit.page).locator("blockquote").first.wait_for()
        assert visit.violations() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_a_phone(site: Site, language: Language) -> None:
    with site.visit(f"{HEALTHCARE}&depth=2#at=sector/healthcare", language=language, width=390) as visit:
        wait_for(visit.page, "21")
        assert visit.overflow() <= 0
        canvas, aside = visit.page.locator(".canvas").bounding_box(), visit.page.locator(".side").bounding_box()
        assert canvas is not None
        assert aside is not None
        assert canvas["height"] >= 0.6 * 900
        assert aside["y"] >= canvas["y"] + canvas["height"]
        small: list[str] = visit.page.locator("main :is(a, button, select, input)").evaluate_all(
            "all => all.filter(e => e.checkVisibility()).filter(e => { const b = e.getBoundingClientRect();"
            " return b.height < 24 && !e.closest('p, li, h2') }).map(e => e.outerHTML.slice(0, 80))"
        )
        assert not [one for one in small if "checkbox" not in one]
        visit.go("/explore")
        assert visit.overflow() <= 0


def test_without_a_script_it_is_a_table(site: Site) -> None:
    with site.visit(HEALTHCARE, language="zh", script=False) as visit:
        page = visit.page
        assert page.locator("#plain tbody tr").count() == 12
        page.get_by_label("起点").fill("教育")
        page.get_by_label("步数").select_option("2")
        page.get_by_role("button", name="显示").click()
        assert page.get_by_role("heading", level=1).inner_text() == "教育"
        page.locator("#plain").get_by_role("link", name="打造智慧教室、智慧校园", exact=True).first.click()
        assert page.get_by_role("heading", level=1).inner_text() == "打造智慧教室、智慧校园"
        page.locator("#plain a[href*='/doc/clause/']").first.click()
        assert "/doc/clause/" in page.url


def test_it_grows_shrinks_and_goes_back(site: Site) -> None:
    with site.visit(HEALTHCARE) as visit:
        page = visit.page
        wait_for(page, "9 of 9 shown")
        assert set(rows(page)) == set(drawn(page)["nodes"])
        assert page.locator("#relations-table tbody tr").count() == len(drawn(page)["edges"]) == 12
        choose(page, "Public livelihood")
        relation = panel(page).locator("[data-relation='broader in']")
        assert "1 of 6 in view" in relation.inner_text()
        relation.get_by_role("button").click()
        wait_for(page, "14 of 14 shown")
        assert "6 of 6 in view" in relation.inner_text()
        assert drawn(page)["chosen"] == ["sector/livelihood"]
        where = page.evaluate("() => document.querySelector('.canvas')._cyreg.cy.$id('sector/education').position()")

        relation.get_by_role("button", name="Collapse").click()
        wait_for(page, "9 of 9 shown")
        page.get_by_role("button", name="Undo").click()
        wait_for(page, "14 of 14 shown")
        again = page.evaluate("() => document.querySelector('.canvas')._cyreg.cy.$id('sector/education').position()")
        assert again == where, "what comes back comes back to its place"
        page.keyboard.press("Control+z")
        wait_for(page, "9 of 9 shown")
        assert page.get_by_role("button", name="Undo").is_disabled()
        page.keyboard.press("Control+Shift+z")
        wait_for(page, "14 of 14 shown")
        assert "open=sector/livelihood:broader:in" in page.url

        page.reload(wait_until="networkidle")
        wait_for(page, "14 of 14 shown")
        assert panel(page).get_by_role("heading", level=2).inner_text() == "Public livelihood"
        page.get_by_role("button", name="Undo").click()
        wait_for(page, "9 of 9 shown")
        page.get_by_role("button", name="Redo").click()
        wait_for(page, "14 of 14 shown")
        address = page.url
        page.get_by_role("link", name="as tables").click()
        assert page.evaluate("document.activeElement.id") == "explore-tables"
        page.locator("a.skip").press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        assert page.url == address
        page.get_by_role("button", name="Undo").click()
        wait_for(page, "9 of 9 shown")
        page.get_by_role("link", name="中文").click()
        wait_for(page, "显示 9 / 共 9 个")
        assert panel(page).get_by_role("heading", level=2).inner_text() == "民生"


def test_all_of_a_thing_is_expanded_and_collapsed(site: Site) -> None:
    with site.visit(HEALTHCARE) as visit:
        page = visit.page
        wait_for(page, "9 of 9 shown")
        row = page.locator("#things-table tr[data-id='measure/gd-ai45-smart-hospitals']")
        row.get_by_role("button", name="Expand").click()
        row.get_by_text("5 of 5").wait_for()
        assert "policy/gd-ai45" in rows(page)
        row.get_by_role("button", name="Collapse").click()
        wait_for(page, "9 of 9 shown")
        choose(page, "Healthcare")
        panel(page).locator("[data-do=collapse]").click()
        wait_for(page, "1 of 1 shown")
        panel(page).locator("[data-do=expand]").click()
        wait_for(page, "9 of 9 shown")
        choose(page, "Public livelihood")
        panel(page).get_by_role("button", name="Start here").click()
        page.get_by_role("heading", level=1, name="Public livelihood").wait_for()
        assert "root=sector/livelihood" in page.url
        page.locator("[data-do=steps]").select_option("2")
        page.wait_for_url("**depth=2**")
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("heading", level=1, name="Healthcare").wait_for()


def test_filters_hide_and_count(site: Site) -> None:
    with site.visit(f"{HEALTHCARE}&depth=2") as visit:
        page = visit.page
        wait_for(page, "21 of 21 shown")
        measures = page.locator("label", has_text=re.compile(r"measure\s+5$")).get_by_role("checkbox")
        measures.uncheck()
        page.locator("[data-part=count]").get_by_text("hidden by filters").wait_for()
        assert not any(id.startswith("measure/") for id in drawn(page)["nodes"])
        assert set(rows(page)) == set(drawn(page)["nodes"])
        assert "nokind=measure" in page.url
        page.get_by_role("checkbox", name=re.compile("^broader")).uncheck()
        page.wait_for_url("**norel=broader**")
        assert not any("|broader|" in id for id in drawn(page)["edges"])
        page.reload(wait_until="networkidle")
        assert not page.get_by_role("checkbox", name=re.compile("^broader")).is_checked()
        page.get_by_role("button", name="Clear the filters").click()
        wait_for(page, "21 of 21 shown")
        before = len(drawn(page)["edges"])
        page.get_by_role("checkbox", name=re.compile("what follows by rules")).check()
        page.wait_for_url("**inferred=true**")
        page.get_by_role("checkbox", name=re.compile("^touches sector")).wait_for()
        assert len(drawn(page)["edges"]) > before


def test_find_goes_to_a_thing_or_adds_it(site: Site) -> None:
    with site.visit(HEALTHCARE, language="zh") as visit:
        page = visit.page
        wait_for(page, "显示 9 / 共 9 个")
        box = page.get_by_role("combobox", name="在图中查找")
        box.fill("智医助理")
        page.get_by_role("option", name="图中已有").first.click()
        panel(page).get_by_role("heading", level=2).wait_for()
        assert drawn(page)["chosen"][0].startswith(("product/", "measure/"))
        box.fill("鹏城云脑")
        page.get_by_role("option", name="加入图中").first.wait_for()
        box.press("ArrowDown")
        box.press("Enter")
        wait_for(page, "显示 10 / 共 10 个")
        assert drawn(page)["chosen"] == ["platform/pengcheng-cloud-brain"]
        assert "add=platform/pengcheng-cloud-brain" in page.url


NAMES: Final = """() => { const cy = document.querySelector('.canvas')._cyreg.cy; const zoom = cy.zoom();
  return cy.nodes().filter(node => !node.hasClass('mute')).map(node => {
    node.boundingBox();
    const { x1, x2, y1, y2 } = node[0]._private.labelBounds.main;
    const size = node.numericStyle('font-size') * zoom;
    return { id: node.id(), size, x1: x1 * zoom, x2: x2 * zoom, y1: y1 * zoom, y2: y2 * zoom } }) }"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_shown_where_they_fit_at_any_zoom(site: Site, language: Language) -> None:
    with site.visit("/explore?root=policy/gd-ai45&depth=2", language=language, width=1600) as visit:
        page = visit.page
        wait_for(page, "205")
        counts = []
        for button in (None, "fit", "+", "+"):
            if button:
                page.locator("[data-do=fit]" if button == "fit" else ".tool-buttons button:text-is('+')").click()
            page.wait_for_timeout(250)
            names: list[dict[str, Any]] = page.evaluate(NAMES)
            counts.append(len(names))
            assert "policy/gd-ai45" in {name["id"] for name in names}
            assert min(name["size"] for name in names) >= 8.4
            covering = [
                (one["id"], other["id"])
                for place, one in enumerate(names)
                for other in names[:place]
                if min(one["x2"], other["x2"]) - max(one["x1"], other["x1"]) > 3
                and min(one["y2"], other["y2"]) - max(one["y1"], other["y1"]) > 3
            ]
            assert not covering
        print(counts)
        assert counts[0] >= 15
        assert counts[-1] > counts[0]
        page.locator(".tool-buttons button:text-is('−')").click(click_count=4)
        choose(page, rows_named(page)[3])
        lines: dict[str, float] = page.evaluate(
            """() => { const node = document.querySelector('.canvas')._cyreg.cy.$('node.chosen');
            return { size: node.numericStyle('font-size'), wide: node.numericStyle('text-max-width') } }"""
        )
        assert lines["wide"] >= 10 * lines["size"]
        visit.go(HEALTHCARE)
        wait_for(page, "9")
        assert len(page.evaluate(NAMES)) == 9


def rows_named(page: Page) -> list[str]:
    """Return the names of the things in the table."""
    return page.locator("#things-table tr[data-id] th button").all_inner_texts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_enter_takes_the_first_and_nothing_found_is_said(site: Site, language: Language) -> None:
    zh = language == "zh"
    with site.visit(HEALTHCARE, language=language) as visit:
        page = visit.page
        wait_for(page, "9")
        box = page.locator("#find")
        assert box.get_attribute("maxlength") == "200"
        box.fill("鹏城云脑")
        box.press("Enter")
        wait_for(page, "10")
        assert drawn(page)["chosen"] == ["platform/pengcheng-cloud-brain"]
        assert box.input_value() == ""
        box.fill("zzzzqqqq")
        note = page.locator(".find .suggestions-note")
        note.get_by_text("没有建议" if zh else "No suggestions").wait_for()
        assert note.is_visible()
        assert visit.violations() == []
        held: list[Route] = []
        page.route("**/api/v1/search?**", lambda route: held.append(route))  # noqa: PLW0108 - it must be a function
        box.fill("智慧医院")
        note.get_by_text("正在查找" if zh else "Searching").wait_for()
        visit.expect_error("Failed to load resource")
        held[0].abort()
        note.get_by_text("无法连接服务器" if zh else "cannot be reached").wait_for()
        assert page.locator(".find [role=status]").inner_text() == note.inner_text()
        page.unroute("**/api/v1/search?**")
        box.fill("pengcheng cloud brain")
        page.locator(".find").get_by_text("图中已有" if zh else "in view").first.wait_for()
        count = page.locator(".find").get_by_role("option").count()
        said = f"{count} 条建议" if zh else "1 suggestion" if count == 1 else f"{count} suggestions"
        assert page.locator(".find [role=status]").inner_text() == said


def test_a_path_joins_two_things(site: Site) -> None:
    with site.visit(HEALTHCARE) as visit:
        page = visit.page
        wait_for(page, "9 of 9 shown")
        choose(page, "Healthcare")
        panel(page).get_by_role("button", name="Path from here").click()
        page.locator("[data-notice=path-from]").wait_for()
        page.get_by_role("combobox", name="Find in the graph").fill("Pengcheng Cloud Brain")
        page.locator(".suggestions").get_by_role("option").first.click()
        notice = page.locator("[data-notice=path]")
        notice.get_by_text("4 steps").wait_for()
        assert "path 1 of 5 shortest" in notice.inner_text()
        first = drawn(page)["path"]
        assert {"sector/healthcare", "platform/pengcheng-cloud-brain", "policy/gd-ai45"} <= set(first)
        assert len(first) >= 9
        notice.get_by_role("button", name="Another").click()
        notice.get_by_text("path 2 of 5").wait_for()
        second = drawn(page)["path"]
        assert second != first
        page.reload(wait_until="networkidle")
        notice.get_by_text("path 2 of 5").wait_for()
        assert sorted(drawn(page)["path"]) == sorted(second)
        notice.get_by_role("button", name="Clear the path").click()
        wait_for(page, "9 of 9 shown")
        panel(page).get_by_role("button", name="Path from here").click()
        page.locator("#things-table").get_by_role("button", name="Smart hospitals", exact=True).click()
        panel(page).get_by_role("button", name="Path from Healthcare").click()
        notice.get_by_text("1 step ·").wait_for()


def test_edges_show_their_clauses(site: Site) -> None:
    with site.visit(HEALTHCARE) as visit:
        page = visit.page
        wait_for(page, "9 of 9 shown")
        row = page.locator("#relations-table tr", has_text="Build smart hospitals").filter(has_text="applies to sector")
        row.get_by_role("button").click()
        panel(page).locator("blockquote").wait_for()
        assert (
            panel(page).get_by_role("heading", level=2).inner_text()
            == "Build smart hospitals applies to sector Healthcare"
        )
        assert "“建设智慧医院”" in panel(page).inner_text()
        assert panel(page).get_by_role("link", name="line 17, characters 61–67").get_attribute("href") == (
            "/doc/clause/dayoo-20240607/17/61-67"
        )
        assert panel(page).get_by_role("link", name="source").get_attribute("href", timeout=1000) is not None
        assert drawn(page)["chosen"] == ["measure/gd-ai45-smart-hospitals|sectors|sector/healthcare"]
        page.locator("#relations-table").get_by_role("button", name="broader").click()
        panel(page).get_by_text("belongs to our own vocabulary").wait_for()
        visit.go(f"{HEALTHCARE}&inferred=true#at=measure/gd-ai45-smart-hospitals:touches:sector/healthcare")
        wait_for(page, "of")
        edges = [id for id in drawn(page)["edges"] if id.startswith("measure/gd-ai45-smart-hospitals|touches")]
        visit.go(f"{HEALTHCARE}&inferred=true#at={edges[0].replace('|', ':')}")
        page.reload(wait_until="networkidle")
        panel(page).get_by_text("follows by a rule").wait_for()
        assert panel(page).locator("h3").count() >= 1
        assert panel(page).locator("blockquote").count() >= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_panel_has_the_figure_and_the_clause_and_says_what_is_under_way(site: Site, language: Language) -> None:
    zh = language == "zh"
    with site.visit(language=language) as visit:
        page = visit.page
        with_figures: dict[str, Any] = page.request.get(f"{site.url}/api/v1/targets?quantitative=true&limit=100").json()
        units = {item["unit"]: item["id"] for item in with_figures["items"]}
        assert len(units) >= 4
        for id in list(units.values())[:4]:
            visit.go(f"/explore?root=target/{id}#at=target/{id}")
            shown = panel(page).locator(".figure")
            shown.wait_for()
            words = shown.inner_text()
            assert panel(page).locator("blockquote").first.is_visible()
            page.goto(f"{site.url}/doc/target/{id}")
            assert words == page.locator("main p.figure").first.inner_text(), id
        held: list[Route] = []
        page.route("**/doc/**", lambda route: held.append(route))  # noqa: PLW0108 - it must be a function
        visit.go(f"{HEALTHCARE}#at=sector/healthcare")
        wait = panel(page).get_by_text("正在读取更多内容" if zh else "Reading what else is known")
        wait.wait_for()
        visit.expect_error("Failed to load resource")
        held[0].abort()
        panel(page).get_by_role("alert").get_by_text("无法连接服务器" if zh else "cannot be reached").wait_for()
        assert visit.violations() == []
        page.unroute("**/doc/**")
        panel(page).get_by_role("button", name="重试" if zh else "Try again").click()
        panel(page).locator(".description, blockquote").first.wait_for()
        assert panel(page).locator("[data-part=more]").count() == 0


def test_clauses_have_their_pages_whatever_the_base(browser: Browser, tmp_path: Path) -> None:
    settings = {"KG_LOG": "none", "KG_RATE_LIMIT": "0", "KG_BASE_IRI": "https://example.org/id/graph/"}
    with (
        serving(tmp_path / "store", tmp_path / "log", settings, seconds=120) as server,
        Site(browser, server.url).visit(
            f"{HEALTHCARE}#at=measure/gd-ai45-smart-hospitals:sectors:sector/healthcare"
        ) as visit,
    ):
        page = visit.page
        link = panel(page).get_by_role("link", name="line 17, characters 61–67")
        assert link.get_attribute("href") == "/doc/clause/dayoo-20240607/17/61-67"
        hrefs: list[str] = page.locator("#relations-table td a").evaluate_all("all => all.map(a => a.pathname)")
        assert hrefs
        assert all(href.startswith("/doc/clause/") for href in hrefs)
        visit.go(f"/sparql#query={quote('SELECT ?s { ?s a pkg:Sector }')}")
        page.locator("table.answer a[href^='/doc/sector/']").first.wait_for()


def test_the_keyboard_walks_the_drawing(site: Site) -> None:
    with site.visit(HEALTHCARE) as visit:
        page = visit.page
        wait_for(page, "9 of 9 shown")
        canvas = page.locator(".canvas")
        canvas.focus()
        canvas.press("ArrowRight")
        assert drawn(page)["chosen"] == ["sector/healthcare"]
        met = set()
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
            canvas.press(key)
            met |= set(drawn(page)["chosen"])
        assert len(met) >= 2
        assert "relations" in page.locator("[data-part=status]").inner_text()
        canvas.press("Escape")
        assert drawn(page)["chosen"] == []
        canvas.press("ArrowRight")
        canvas.press("Enter")
        wait_for(page, "1 of 1 shown")
        assert (canvas.get_attribute("aria-label") or "").startswith("Graph around Healthcare: 1 thing, 0 relations")


def test_pointing_at_a_thing_chooses_it_and_twice_expands_it(site: Site) -> None:
    with site.visit(HEALTHCARE, theme="dark") as visit:
        page = visit.page
        wait_for(page, "9 of 9 shown")
        at = page.evaluate(
            "() => document.querySelector('.canvas')._cyreg.cy.$id('sector/livelihood').renderedPosition()"
        )
        canvas = page.locator(".canvas")
        canvas.click(position=at)
        panel(page).get_by_role("heading", level=2, name="Public livelihood").wait_for()
        canvas.dblclick(position=at)
        page.wait_for_url("**open=sector/livelihood**")
        wait_for(page, "14 of 14 shown")
        colour = "() => document.querySelector('.canvas')._cyreg.cy.$id('sector/livelihood').style('background-color')"
        dark = page.evaluate(colour)
        page.get_by_role("button", name="Light colours").click()
        assert page.evaluate(colour) != dark


def saved(page: Page, format: str) -> bytes:
    with page.expect_download() as download:
        page.locator(f"[data-save={format}]").click()
    assert download.value.suggested_filename == f"sector-healthcare.{format}"
    return Path(download.value.path()).read_bytes()


def test_what_is_in_view_is_saved(site: Site) -> None:
    with site.visit(f"{HEALTHCARE}#nokind=product") as visit:
        page = visit.page
        wait_for(page, "hidden by filters")
        shown = drawn(page)
        graph: Any = nx.read_graphml(io.BytesIO(saved(page, "graphml")), force_multigraph=True)
        assert set(graph.nodes) == set(shown["nodes"])
        assert graph.number_of_edges() == len(shown["edges"])
        assert graph.nodes["sector/healthcare"] | {"x": 0, "y": 0} == {
            "label": "Healthcare", "label_en": "Healthcare", "label_zh": "医疗", "type": "sector", "x": 0, "y": 0,
            "iri": "https://w3id.org/policy-kg/id/sector/healthcare",
        }  # fmt: skip
        edge = next(
            data
            for *ends, data in graph.edges(data=True)
            if ends[0] == "measure/gd-ai45-smart-hospitals" and ends[1] == "sector/healthcare"
        )
        assert (edge["clause"], edge["label_zh"], edge["inferred"]) == ("建设智慧医院", "针对行业", False)
        assert edge["clauses"].endswith("/clause/dayoo-20240607/17/61-67")
        svg = ET.fromstring(saved(page, "svg"))
        texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
        assert "Healthcare" in texts
        assert len(list(svg.iter("{http://www.w3.org/2000/svg}line"))) == len(shown["edges"])
        png = saved(page, "png")
        assert png.startswith(b"\x89PNG")
        assert int.from_bytes(png[16:20], "big") > 400


def test_errors_are_said_and_can_be_tried_again(site: Site) -> None:
    with site.visit(HEALTHCARE) as visit:
        page = visit.page
        wait_for(page, "9 of 9 shown")
        visit.expect_error("Failed to load resource")
        page.route("**/api/v1/graph?**", lambda route: route.abort())
        choose(page, "Public livelihood")
        panel(page).locator("[data-do=expand]").click()
        page.get_by_role("alert").get_by_text("cannot be reached").wait_for()
        assert visit.violations() == []
        page.unroute("**/api/v1/graph?**")
        page.get_by_role("button", name="Try again").click()
        wait_for(page, "14 of 14 shown")
        assert page.get_by_role("alert").count() == 0
        assert page.locator("#plain").is_hidden()
        page.route("**/api/v1/graph?**", lambda route: route.abort())
        page.reload()
        page.get_by_role("alert").get_by_text("cannot be reached").wait_for()
        assert page.locator("#plain tbody tr").first.is_visible(), "what the server wrote is shown instead"
        page.unroute("**/api/v1/graph?**")
        visit.expect_error("404")
        visit.expect_error("not found")
        visit.go("/explore?root=healthcare#add=sector/nothing")
        page.reload()
        page.get_by_role("alert").get_by_text("There is no thing").wait_for()
        assert "sector/healthcare" in rows(page)


def test_a_thing_that_is_not_there_has_neighbours(site: Site) -> None:
    with site.visit() as visit:
        visit.expect_error("404")
        page = visit.go("/explore?root=helthcare")
        page.get_by_text("There is no thing “helthcare”").wait_for()
        assert visit.violations() == []
        page.get_by_role("link", name="Healthcare", exact=True).first.click()
        wait_for(page, "9 of 9 shown")
        visit.go("/explore")
        page.get_by_role("combobox", name="A thing to start from").fill("yiliao")
        page.locator(".suggestions").get_by_role("option").first.click()
        page.wait_for_url("**/explore?root=sector/healthcare")
        wait_for(page, "9 of 9 shown")
