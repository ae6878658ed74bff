"""What holds for every page: accessible, whole on a phone, in both languages and themes, and small."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from playwright.sync_api import Response, expect

from tests.web.browsing import LANGUAGES, Language, Site, said_of

pytestmark = pytest.mark.xdist_group("web")

PAGES = (
    "/",
    "/search",
    "/search?q=healthcare",
    "/search?q=which+measures+touch+education",
    "/search?q=%E5%B9%BF%E5%B7%9E",
    "/search?q=%E6%AF%94%E8%BE%83%E6%95%99%E8%82%B2%E5%92%8C%E5%8C%BB%E7%96%97",
    "/search?q=xyzzy+plugh",
    "/doc/policy/gd-ai45",
    "/doc/measure/gd-ai45-smart-hospitals",
    "/doc/sector/healthcare",
    "/doc/target/gd-ai45-compute-2027",
    "/doc/clause/dayoo-20240607/17/61-67",
    "/doc/source/dayoo-20240607",
    "/doc/nothing/here",
    "/browse/measures",
    "/browse/sectors?q=nothing",
    "/links?of=sector/healthcare&key=measures",
    "/explore",
    "/targets",
    "/sparql",
    "/ontology",
    "/problems",
)


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_every_page_is_accessible(site: Site, language: Language, theme: Any) -> None:
    found: dict[str, list[str]] = {}
    with site.visit(language=language, theme=theme) as visit:
        visit.expect_error("404")
        for path in PAGES:
            page = visit.go(path)
            assert page.locator("html").get_attribute("lang") == language, path
            assert page.get_by_role("heading", level=1).count() == 1, path
            found[path] = visit.violations()
    assert not any(found.values()), said_of(found)


def test_no_title_is_cut(site: Site) -> None:
    """Letters reach below the line by more than a tight line has room for, and what scrolls shows nothing beyond it."""
    cut: list[str] = []
    with site.visit(language="en") as visit:
        visit.expect_error("404")
        for path in (
            "/search?q=which+measures+touch+education",
            "/doc/indicator/compute-capacity",
            "/doc/platform/pengcheng-cloud-brain",
            "/doc/clause/dayoo-20240607/17/61-67",
            "/doc/nothing/here",
            "/ontology",
        ):
            page = visit.go(path)
            for width in (390, 1024, 1600):
                page.set_viewport_size({"width": width, "height": 900})
                if page.evaluate("[...document.querySelectorAll('h1')].some(h => h.scrollHeight > h.clientHeight)"):
                    cut.append(f"{path} at {width}")
    assert cut == []


def test_what_belongs_together_is_aligned(site: Site) -> None:
    box = "node => (({ left, right, top, bottom }) => [left, right, top, bottom])(node.getBoundingClientRect())"
    with site.visit("/targets?q=zzzz", language="zh") as visit:
        page = visit.page
        left, right, *_ = page.locator(".empty").evaluate(box)
        said = page.locator(".empty p").first.evaluate(box)
        assert abs((said[0] + said[1]) - (left + right)) < 2
        field = page.locator("#site-q")
        field.fill("算力")
        suggestions = page.locator(".site-search .suggestions")
        expect(suggestions).to_be_visible()
        assert suggestions.evaluate(box)[:2] == pytest.approx(field.evaluate(box)[:2], abs=1)
        for path in ("/search", "/search?q=xyzzy+plugh"):
            visit.go(path)
            below = page.locator("main .search").evaluate(box)[3]
            assert page.locator("main .notice").first.evaluate(box)[2] >= below + 12, path


def test_marks_are_those_of_the_language(site: Site) -> None:
    with site.visit(language="zh") as visit:
        for path in (
            "/",
            "/doc/sector/healthcare",
            "/search?q=%E5%93%AA%E4%BA%9B%E6%8E%AA%E6%96%BD%E6%B6%89%E5%8F%8A%E5%8C%BB%E7%96%97",
            "/targets?q=zzzz",
        ):
            words = visit.go(path).locator("body").inner_text()
            assert not re.search(r"[\u4e00-\u9fff]: ", words), path
            assert "““" not in words, path
        assert "“打造‘智医助理’" in visit.go("/doc/sector/healthcare").locator("main").inner_text()
        visit.go("/doc/clause/dayoo-20240607/17/68-76")
        mark = "getComputedStyle(document.querySelector('h1'), '::before').content"
        assert visit.page.evaluate(mark) in {"none", "normal"}
    with site.visit("/doc/source/dayoo-20240607", language="en") as visit:
        wide = visit.page.get_by_role("heading", level=1).evaluate(
            """h1 => {
              const [text, range] = [h1.firstChild, document.createRange()];
              const at = text.data.indexOf('“');
              range.setStart(text, at); range.setEnd(text, at + 1);
              return range.getBoundingClientRect().width / parseFloat(getComputedStyle(h1).fontSize);
            }"""
        )
        assert wide < 0.7, "a mark as wide as a character"


def test_the_type_of_a_problem_leads_to_what_it_means(site: Site) -> None:
    with site.visit("/search", language="zh") as visit:
        visit.expect_error("404")
        visit.go("/doc/sector/nothing?lang=zh")
        visit.page.get_by_role("link", name="https://w3id.org/policy-kg/problems/not-found").click()
        visit.page.wait_for_url("**/problems/not-found?lang=zh")


@pytest.mark.parametrize("width", [390, 1600])
def test_no_page_is_wider_than_the_window(site: Site, width: int) -> None:
    with site.visit(width=width, language="zh") as visit:
        visit.expect_error("404")
        wide: dict[str, int] = {}
        for path in PAGES:
            visit.go(path)
            wide[path] = visit.overflow()
    assert len(wide) == len(PAGES)
    assert not any(excess > 0 for excess in wide.values()), wide


def test_pages_are_whole_without_script(site: Site) -> None:
    with site.visit(script=False, language="zh") as visit:
        page = visit.go("/")
        assert "覆盖范围" in page.locator("main").inner_text()
        page.get_by_role("searchbox").fill("哪些措施涉及医疗？")
        page.get_by_role("button", name="搜索").click()
        page.wait_for_url("**/search?q=*")
        assert page.locator(".rows > li").count() == 5
        assert "建设智慧医院" in page.locator(".rows").inner_text()


def test_the_language_is_chosen_and_stays(site: Site) -> None:
    with site.visit("/search?q=healthcare", language="en") as visit:
        page = visit.page
        page.get_by_role("link", name="中文").click()
        page.wait_for_url("**/search?q=healthcare&lang=zh")
        assert page.locator("html").get_attribute("lang") == "zh"
        page.locator("section.answer h2 a").click()
        page.wait_for_url("**/doc/sector/healthcare?lang=zh")
        assert page.get_by_role("heading", level=1).inner_text() == "医疗"
        page.go_back()
        page.wait_for_url("**/search?q=healthcare&lang=zh")


def test_the_theme_is_that_of_the_system_until_another_is_chosen_and_then_stays(site: Site) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with site.visit("/", theme="dark") as visit:
        page = visit.page
        dark = page.evaluate(ground)
        page.get_by_role("button", name="Light colours").click()
        light = page.evaluate(ground)
        assert light != dark
        visit.go("/doc/sector/healthcare")
        assert page.evaluate(ground) == light
        page.reload()
        assert page.evaluate(ground) == light


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_theme_goes_back_to_that_of_the_system(site: Site, language: Language) -> None:
    said = {
        "zh": ["颜色：跟随系统。切换为浅色", "颜色：浅色。切换为深色", "颜色：深色。切换为跟随系统"],
        "en": [
            "Colours: those of the system. Change to light colours",
            "Colours: light. Change to dark colours",
            "Colours: dark. Change to those of the system",
        ],
    }[language]
    with site.visit("/problems", language=language) as visit:
        page = visit.page
        button = page.locator("[data-theme-switch]")
        for words in said:
            expect(button).to_have_attribute("aria-label", words)
            expect(button).to_have_attribute("title", words)
            button.click()
        expect(button).to_have_attribute("aria-label", said[0])
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme === undefined")
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_css("color-scheme", "dark")


def test_everything_is_reached_by_keyboard(site: Site) -> None:
    with site.visit("/", language="en") as visit:
        page = visit.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.type("pengcheng yunnao")
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/doc/platform/pengcheng-cloud-brain")


@pytest.mark.parametrize("path", ["/", "/search?q=healthcare", "/doc/sector/healthcare"])
def test_reading_loads_little_script_and_nothing_heavy(site: Site, path: str) -> None:
    """150 KB of compressed script is what the first page and those of things may have; they have far less."""
    loaded: list[Response] = []

    def answered(answer: Response) -> None:
        loaded.append(answer)

    with site.visit() as visit:
        visit.page.on("response", answered)
        visit.go(path)
        sizes = {answer.url: len(gzip.compress(answer.body())) for answer in loaded if answer.url.endswith(".js")}
    assert 2 <= len(sizes) <= 6, sizes
    assert sum(sizes.values()) < 20_000, sizes
    assert not [url for url in sizes if any(name in url for name in ("explore", "query", "targets", "cytoscape"))]
