"""`/sparql` in a browser: the editor, its completions, the questions, running and stopping, the views of results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kg.revisions import RevisionStore
from kg.settings import Settings
from kg.terms import PKG, RDF, RDFS
from tests.reliability.serving import serving
from tests.web.browsing import LANGUAGES, Language, Site

pytestmark = pytest.mark.xdist_group("web-query")

COUNTS = """SELECT ?sector (COUNT(DISTINCT ?measure) AS ?measures) {
  ?measure pkg:touchesSector ?sector } GROUP BY ?sector ORDER BY DESC(?measures) ?sector"""
GRAPH = "CONSTRUCT { ?m pkg:touchesSector ?s . ?s rdfs:label ?l } { ?m pkg:touchesSector ?s . ?s rdfs:label ?l }"
PAIRS = "SELECT ?measure ?sector ?theme { ?measure pkg:touchesSector ?sector ; pkg:hasTheme ?theme } ORDER BY ?measure"
LONG = f"SELECT ?n {{ VALUES ?n {{ {' '.join(map(str, range(1, 2001)))} }} }}"


def shared(query: str, **chosen: str) -> str:
    """Return the path of a share link."""
    more = "".join(f"&{name}={quote(value)}" for name, value in chosen.items())
    return f"/sparql#query={quote(query, safe='')}{more}"


def text_of(page: Page) -> str:
    """Return what is in the editor."""
    found: str = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
    return found


def write(page: Page, text: str) -> None:
    """Type over what is in the editor, without what completes as one types."""
    page.locator(".CodeMirror-lines").click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(text)
    page.keyboard.press("Escape")


def status(page: Page) -> str:
    """Return what is said of the results."""
    return page.locator("#results .status").inner_text()


def cells(page: Page, column: int) -> list[str]:
    """Return the texts of a column of the table."""
    return page.locator(f"table.answer tbody td:nth-child({column})").all_inner_texts()


@pytest.mark.parametrize("width", [390, 1024])
def test_how_many_questions_are_found_stands_above_them(site: Site, width: int) -> None:
    with site.visit("/sparql", width=width) as visit:
        page = visit.page
        if width < 600:
            page.locator("#examples summary").click()
        page.get_by_role("searchbox", name="Search the questions").fill("touch")
        said = page.locator("#examples [role=status]")
        expect(said).to_have_text(re.compile(r"^\d+ found$"))
        ends = said.evaluate("node => node.getBoundingClientRect().bottom")
        first = page.locator("#examples li:not([hidden]) a").first
        assert first.evaluate("node => node.getBoundingClientRect().top") >= ends


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_query_is_run_and_shown_as_table_graph_chart_and_text(site: Site, language: Language) -> None:
    theme = "light" if language == "en" else "dark"
    with site.visit("/sparql", language=language, theme=theme) as visit:  # type: ignore[arg-type]
        page = visit.page
        assert visit.violations() == []
        assert page.get_by_role("textbox", name="SPARQL").count() == 1
        page.locator("#run").click()
        page.locator("table.answer").wait_for()
        page.get_by_text("healthcare").first.wait_for()
        word = "医疗" if language == "zh" else "Healthcare"
        page.locator("table.answer .name", has_text=word).first.wait_for()
        link = page.locator("table.answer a", has_text="sector/healthcare").first
        assert link.get_attribute("href") == "/doc/sector/healthcare"
        assert link.inner_text().startswith(word)
        assert re.match(r"\d+ (rows|行) · [\d.]+ ?(s|秒)", status(page))
        assert visit.violations() == []
        table = page.get_by_role("tab").first
        table.focus()
        page.keyboard.press("ArrowRight")
        page.locator("[data-drawn]").wait_for()
        assert int(page.locator("[data-drawn]").get_attribute("data-drawn") or 0) > 30
        assert page.evaluate("document.activeElement.id") == "tab-graph"
        assert visit.violations() == []
        page.keyboard.press("ArrowRight")
        page.locator(".chart-bars li").first.wait_for()
        assert visit.violations() == []
        page.keyboard.press("End")
        assert json.loads(page.locator(".raw").inner_text())["head"]["vars"] == ["measure", "sector"]
        assert visit.violations() == []
        assert "view=raw" in page.url


def test_the_view_stands_in_the_address_and_goes_back_and_forward(site: Site) -> None:
    with site.visit(shared(COUNTS, view="chart", timeout="5")) as visit:
        page = visit.page
        bars = page.locator(".chart-bars li")
        bars.first.wait_for()
        assert text_of(page) == COUNTS
        assert page.locator("#timeout").input_value() == "5"
        expect(bars.first).to_contain_text("Public livelihood")  # names come after the numbers
        assert bars.first.locator("rect").get_attribute("width") == "100"
        page.locator("[data-chart=kind]").select_option("line")
        assert page.locator(".chart-line circle").count() == page.locator(".chart-line circle title").count() > 10
        assert visit.violations() == []
        page.reload()
        page.locator(".chart-line").wait_for()
        page.get_by_role("tab", name="Table").click()
        page.get_by_role("button", name="measures").click()
        page.get_by_role("button", name="measures").click()
        assert page.locator("th[aria-sort=descending]").inner_text().startswith("measures")
        numbers = [int(text) for text in cells(page, 3)]
        assert numbers == sorted(numbers, reverse=True)
        first = page.url
        assert "sort=-measures" in first
        assert "timeout=5" in first
        write(page, "ASK { ?s a pkg:Policy }")
        page.keyboard.press("Control+Enter")
        page.get_by_text("Yes: the graph has what the query asks for.").wait_for()
        assert visit.violations() == []
        page.go_back()
        page.locator("table.answer").wait_for()
        assert page.url == first
        assert text_of(page) == COUNTS
        assert page.locator("th[aria-sort=descending]").count() == 1
        page.go_forward()
        page.locator(".truth").wait_for()
        assert text_of(page) == "ASK { ?s a pkg:Policy }"
        page.get_by_role("link", name="中文").click()
        page.get_by_text("是：图谱中有查询所问的内容。").wait_for()
        assert text_of(page) == "ASK { ?s a pkg:Policy }"


def test_skipping_to_the_content_keeps_the_query(site: Site) -> None:
    with site.visit(shared(COUNTS, view="chart")) as visit:
        page = visit.page
        page.locator(".chart-bars li").first.wait_for()
        before = (page.url, page.evaluate("history.length"))
        page.keyboard.press("Tab")
        page.locator("a.skip").press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        assert (page.url, page.evaluate("history.length")) == before
        page.evaluate("location.hash = 'main'")
        page.wait_for_url("**#query=*view=chart*")
        assert text_of(page) == COUNTS
        assert page.locator(".chart-bars li").count() > 1


def test_a_link_holds_a_long_query_and_what_is_typed_is_not_lost(site: Site) -> None:
    with site.visit("/sparql") as visit:
        page = visit.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        write(page, LONG)
        page.reload()
        assert text_of(page) == LONG
        page.locator("#share").click()
        expect(page.locator("#share")).to_have_text("Copied")
        link: str = page.evaluate("navigator.clipboard.readText()")
        assert unquote_plus(link.partition("#query=")[2]) == LONG
        page.goto("about:blank")
        page.goto(link)
        page.locator("table.answer").wait_for()
        assert status(page).startswith("2,000 rows")
        assert cells(page, 2)[:2] == ["1", "2"]
        page.get_by_role("button", name="Next").click()
        assert cells(page, 2)[0] == "51"
        assert "page=2" in page.url
        page.get_by_text("51–100 of 2,000").wait_for()
        assert visit.violations() == []
        with page.expect_download() as download:
            page.locator("[data-download=csv]").click()
        assert Path(download.value.path()).read_text("utf-8").split() == ["n", *map(str, range(1, 2001))]


def test_a_construct_comes_as_triples_as_a_graph_and_as_turtle(site: Site) -> None:
    with site.visit(shared(GRAPH)) as visit:
        page = visit.page
        page.locator("table.answer").wait_for()
        heads = page.locator("table.answer thead button").all_inner_texts()
        assert [head.split()[0] for head in heads] == ["subject", "predicate", "object"]
        assert "triples" in status(page)
        page.locator("table.answer", has_text="@zh").wait_for()
        page.locator("table.answer .name", has_text="touches sector").first.wait_for()
        page.get_by_role("tab", name="Graph").click()
        page.locator("[data-drawn]").wait_for()
        page.get_by_role("button", name="Closer").click()
        page.get_by_role("tab", name="Raw").click()
        page.locator(".raw", has_text="@prefix").wait_for()
        with page.expect_download() as download:
            page.locator("[data-download=jsonld]").click()
        assert "@id" in Path(download.value.path()).read_text("utf-8")
        assert download.value.suggested_filename == "results.jsonld"
        text = 'say \\"<b>\\" \\\\ \\u4e2d\\U0001F600'
        write(page, f'CONSTRUCT {{ <urn:a> <urn:b> "{text}"@zh , 7 , "l1\\nl2"^^<urn:t> , [] }} {{}}')
        page.keyboard.press("Control+Enter")
        page.get_by_text("4 triples").wait_for()
        page.get_by_role("tab", name="Table").click()
        shown = page.locator("table.answer").inner_text()
        assert 'say "<b>" \\ 中😀 @zh' in shown
        assert re.search(r"l1\sl2 urn:t", shown)
        assert "7" in cells(page, 4)
        assert sum(cell.startswith("_:") for cell in cells(page, 4)) == 1


COVERED = """() => { const boxes = document.querySelector('[data-canvas]')._cyreg.cy.nodes().map(
  node => node.boundingBox({ includeLabels: true, includeOverlays: false }));
  const common = (a, b, axis) => Math.min(a[axis + 2], b[axis + 2]) - Math.max(a[axis + 1], b[axis + 1]);
  const over = (a, b) => common(a, b, 'x') > 2 && common(a, b, 'y') > 2;
  return boxes.flatMap((one, place) => boxes.slice(0, place).filter(other => over(one, other))).length }"""


def test_things_that_a_row_names_are_joined_and_a_tap_says_what_they_are(site: Site) -> None:
    with site.visit(shared(PAIRS, view="graph"), language="zh") as visit:
        page = visit.page
        page.locator("[data-drawn]").wait_for()
        page.get_by_role("button", name="放大").click()
        page.get_by_role("button", name="全图").click()
        page.locator("[data-canvas]").scroll_into_view_if_needed()
        box = page.locator("[data-canvas]").bounding_box()
        assert box is not None
        at: dict[str, float] = page.evaluate(
            "document.querySelector('[data-canvas]')._cyreg.cy.nodes()[0].renderedPosition()"
        )
        page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
        page.locator("#panel [role=status] a[href^='/doc/']").wait_for()
        page.get_by_text("事物列表").click()
        links = page.locator(".graph-things a")
        count = int(page.locator("[data-drawn]").get_attribute("data-drawn") or 0)
        assert links.count() == count > 20
        assert all(link.startswith("/doc/") for link in links.evaluate_all("all => all.map(a => a.pathname)"))
        expect(links.first).to_contain_text(re.compile("[\u3400-\u9fff]"))
        assert visit.violations() == []
        colour = "document.querySelector('[data-canvas]')._cyreg.cy.nodes()[0].style('color')"
        light = page.evaluate(colour)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(200)
        assert page.evaluate(colour) != light
        assert page.evaluate(COVERED) == 0


def test_errors_are_shown_as_the_service_says_them(site: Site) -> None:
    with site.visit("/sparql") as visit:
        page = visit.page
        visit.expect_error("400")
        visit.expect_error("422")
        visit.expect_error("504")
        write(page, "SELECT ?s {\n  ?s ?p\n}")
        page.keyboard.press("Control+Enter")
        error = page.get_by_role("alert")
        error.get_by_text("The query is not SPARQL").wait_for()
        answer = page.request.post(
            "/sparql".join((site.url, "")), form={"query": "SELECT ?s {\n  ?s ?p\n}"}, headers={"Accept-Language": "en"}
        ).json()
        assert answer["detail"] in error.inner_text()
        place = f"Go to line {answer['line']}, column {answer['column']}"
        assert page.locator(".query-wrong, .query-flag").count() >= 1
        page.get_by_role("button", name=place).click()
        assert page.evaluate(
            "(({line, ch}) => [line + 1, ch + 1])(document.querySelector('.CodeMirror').CodeMirror.getCursor())"
        ) == [
            answer["line"],
            answer["column"],
        ]
        assert visit.violations() == []
        write(page, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
        page.locator("#timeout").select_option("1")
        page.keyboard.press("Control+Enter")
        error.get_by_text(re.compile("limit|time")).first.wait_for()
        error.locator("code").first.wait_for()
        assert visit.violations() == []
        write(page, "INSERT DATA { <urn:a> <urn:b> <urn:c> }")
        page.keyboard.press("Control+Enter")
        error.get_by_text("The query is not SPARQL").wait_for()
        write(page, "SELECT ?s { ?s a <urn:none> }")
        page.keyboard.press("Control+Enter")
        page.get_by_text("Nothing in the graph matches this query.").wait_for()
        assert page.locator(".empty p").count() == 1
        write(page, "SELECT ?m { ?m a pkg:Measur ; pkg:lable '# pkg:no', pkg:Measure . FILTER(?m != <urn:pkg:x>) }")
        page.keyboard.press("Control+Enter")
        page.get_by_text("The ontology has no pkg:Measur; it has pkg:Measure.").wait_for()
        assert page.locator(".empty p").all_inner_texts()[2:] == [
            "The ontology has no pkg:lable.",
            "All classes and properties",
        ]
        write(page, "SELECT ?m { ?m a pkg:Measure } LIMIT 0")
        page.keyboard.press("Control+Enter")
        page.get_by_text("The query asks for no row (LIMIT 0).").wait_for()
        assert visit.violations() == []


def test_a_query_that_runs_can_be_stopped_and_a_dead_server_is_said(site: Site) -> None:
    with site.visit("/sparql") as visit:
        page = visit.page
        held: list[Route] = []
        page.route("**/sparql", lambda route: held.append(route))  # noqa: PLW0108 - it must be a function
        page.locator("#run").click()
        page.get_by_text("Running…").wait_for()
        assert visit.violations() == []
        page.locator("#stop").click()
        page.get_by_text("Stopped before there was an answer.").wait_for()
        assert page.locator("#stop").is_hidden()
        page.unroute("**/sparql")
        visit.expect_error("ERR_FAILED")
        page.route("**/sparql", lambda route: route.abort())
        page.locator("#run").click()
        page.get_by_text("The server cannot be reached.").wait_for()


def test_what_is_typed_is_completed_from_the_ontology_and_the_names_of_things(site: Site) -> None:
    with site.visit("/sparql", language="zh") as visit:
        page = visit.page
        write(page, "SELECT ?target { ?target ")
        page.keyboard.type("a pkg:Tar")
        options = page.get_by_role("option")
        options.filter(has_text="pkg:Target").first.wait_for()
        assert "目标" in options.first.inner_text()
        assert visit.violations() == []
        page.keyboard.press("Enter")
        assert text_of(page).endswith("?target a pkg:Target")
        page.keyboard.type(" ; ")
        page.keyboard.insert_text("期限")
        page.keyboard.press("Control+Space")
        options.filter(has_text="pkg:deadline").first.wait_for()
        assert "期限" in options.filter(has_text="pkg:deadline").first.inner_text()
        page.keyboard.press("Escape")
        write(page, "SELECT ?m { ?m pkg:touchesSector ")
        page.keyboard.insert_text("医疗")
        options.filter(has_text="sector/healthcare").first.wait_for()
        page.keyboard.press("Enter")
        assert text_of(page).endswith("pkg:touchesSector <https://w3id.org/policy-kg/id/sector/healthcare>")
        page.keyboard.type(" } ORDER BY ?")
        options.filter(has_text="?m").first.wait_for()
        page.keyboard.press("Tab")
        assert text_of(page).endswith("ORDER BY ?m")
        page.wait_for_timeout(600)
        assert page.locator(".query-flag").count() == 0
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "run"
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.closest('.CodeMirror') !== null")
        page.keyboard.press("Control+A")
        page.keyboard.insert_text("SELECT ?x { ?x nowhere:a ?y }")
        page.locator(".query-flag").wait_for()
        assert page.locator("#query-remark").inner_text() == "第 1 行：前缀“nowhere”未声明"
        assert visit.violations() == []


def test_questions_are_found_and_loaded(site: Site) -> None:
    with site.visit("/sparql") as visit:
        page = visit.page
        assert page.locator("[data-example]").count() >= 30
        page.get_by_role("searchbox", name="Search the questions").fill("算力 EFLOPS")
        assert 0 < page.locator("[data-example]:visible").count() < 10
        page.get_by_role("searchbox", name="Search the questions").fill("above 50 eflops")
        page.get_by_role("link", name="Which targets ask for computing power above 50 EFLOPS?").click()
        page.locator("table.answer").wait_for()
        assert "VALUES ?above { 50 }" in text_of(page)
        assert "60" in page.locator("table.answer").inner_text()
        above = page.get_by_label("The computing power to exceed, in EFLOPS")
        assert above.input_value() == "50"
        above.fill("1000")
        above.press("Tab")
        page.get_by_text("Nothing in the graph matches this query.").wait_for()
        assert "VALUES ?above { 1000" in text_of(page)
        page.get_by_role("searchbox", name="Search the questions").fill("touch")
        page.get_by_role("link", name="Which measures touch healthcare, and which clause says so?").click()
        page.locator("#parameters select").first.select_option(label="Education")
        page.wait_for_url(re.compile("sector%2Feducation"))
        assert "sector/education>" in text_of(page)
        assert visit.violations() == []
        page.get_by_role("searchbox", name="Search the questions").fill("zzz")
        page.get_by_text("No question has these words.").wait_for()
        assert visit.violations() == []


def test_a_phone_shows_all_of_it(site: Site) -> None:
    with site.visit(shared(PAIRS), width=390, height=800, language="zh") as visit:
        page = visit.page
        page.locator("table.answer").wait_for()
        assert not page.locator("#examples").evaluate("details => details.open")
        for view in ("table", "graph", "chart", "raw"):
            page.locator(f"#tab-{view}").click()
            assert visit.overflow() <= 0, view
        page.locator("#examples summary").click()
        assert visit.overflow() <= 0
        assert visit.violations() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_script_there_is_a_form(site: Site, language: Language) -> None:
    with site.visit("/sparql", language=language, script=False, width=390) as visit:
        page = visit.page
        page.get_by_label("SPARQL").fill("SELECT ?n { VALUES ?n { 1 2 } }")
        page.get_by_label("Format" if language == "en" else "格式").select_option("tsv")
        assert page.locator("#stop, #share").evaluate_all("found => found.every((one) => one.hidden)")
        assert visit.overflow() <= 0
        with page.expect_request(re.compile("query=")) as asked:
            page.locator("#run").click()
        assert "format=tsv" in asked.value.url


HOSTILE = ["<script>alert(1)</script>", "\u202egnp.exe", "x" * 5000]


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server over sectors whose names want to do harm."""
    folder = tmp_path_factory.mktemp("hostile")
    lines = [f"<{RDFS}x> <{RDFS}label> {json.dumps('<img src=x onerror=alert(2)>')}@en ."]
    for number, name in enumerate(HOSTILE):
        thing = f"<https://w3id.org/policy-kg/id/sector/evil{number}>"
        lines += [
            f"{thing} <{RDF}type> <{PKG}Sector> .",
            f"{thing} <{RDFS}label> {json.dumps(name, ensure_ascii=False)}@en .",
        ]
    content = [("https://w3id.org/policy-kg/graph/hostile", "\n".join(lines).encode())]
    RevisionStore(folder / "store").publish(content, {"base_iri": Settings().base_iri, "triples": 1})
    with serving(folder / "store", folder / "server.log", {"KG_LOG": "none", "KG_RATE_LIMIT": "0"}) as server:
        yield Site(browser, server.url)


def test_names_that_want_to_do_harm_are_text(hostile: Site) -> None:
    query = 'SELECT ?s ?label { ?s a pkg:Sector ; rdfs:label ?label FILTER(CONTAINS(STR(?s), "evil")) } ORDER BY ?s'
    said: list[Any] = []
    with hostile.visit(shared(query), width=390) as visit:
        page = visit.page
        page.on("dialog", lambda dialog: said.append(dialog))  # noqa: PLW0108 - it must be a function
        page.locator("table.answer .name").nth(2).wait_for()
        shown = page.locator("table.answer").inner_text()
        assert "<script>alert(1)</script>" in shown
        assert "x" * 5000 not in page.locator("table.answer .iri").nth(2).inner_text()
        page.locator("table.answer summary").click()
        assert "x" * 5000 in page.locator("table.answer details").inner_text()
        assert visit.overflow() <= 0
        for view in ("chart", "raw", "graph"):
            page.locator(f"#tab-{view}").click()
            assert visit.overflow() <= 0, view
    assert not said
