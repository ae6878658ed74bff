"""Labels that a stranger wrote: scripts, text that runs from right to left, and very long ones do no harm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pytest
from playwright.sync_api import Browser

from kg.build import NamedGraph
from kg.revisions import RevisionStore
from kg.settings import Settings
from kg.terms import PKG, RDF, RDFS, SKOS
from tests.reliability.serving import serving
from tests.web.browsing import Site

pytestmark = pytest.mark.xdist_group("web")

ID: Final = "https://w3id.org/policy-kg/id/"
SCRIPT: Final = "</title><script>alert(1)</script><img src=x onerror=alert(2)>"
BACKWARDS: Final = "\u202eevil\u2066 שלום \u061c مرحبا"
LONG: Final = "x" * 2500 + "很" * 2500
LABELS: Final = {"script": SCRIPT, "backwards": BACKWARDS, "long": LONG}


def lines(name: str, label: str) -> list[str]:
    """Return a sector with a label, and a measure and a target of 2027 with the same that touch it, as N-Triples."""
    text = label.replace("\\", "\\\\").replace('"', '\\"')
    sector, measure, target = (f"<{ID}{kind}/{name}>" for kind in ("sector", "measure", "target"))
    found = [f"{measure} <{PKG}appliesToSector> {sector} .", f"{measure} <{PKG}touchesSector> {sector} ."]
    for thing, kind in ((sector, "Sector"), (measure, "Measure"), (target, "Target")):
        found.append(f"{thing} <{RDF}type> <{PKG}{kind}> .")
        found += [f'{thing} <{RDFS}label> "{text}"@{language} .' for language in ("zh", "en")]
        found.append(f'{thing} <{SKOS}altLabel> "{text}"@en .')
        found.append(f'{thing} <{SKOS}definition> "{text}"@en .')
    return [*found, f'{target} <{PKG}wording> "{text}"@zh .']


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory, graphs: Sequence[NamedGraph]) -> Iterator[Site]:
    """A server over the real graph and things with hostile labels."""
    folder = tmp_path_factory.mktemp("hostile")
    store = folder / "store"
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    written = "\n".join(line for name, label in LABELS.items() for line in lines(name, label))
    content.append(("https://w3id.org/policy-kg/graph/hostile", written.encode()))
    RevisionStore(store).publish(content, {"base_iri": Settings(store=store).base_iri, "triples": 1})
    with serving(store, folder / "server.log", {"KG_LOG": "none", "KG_RATE_LIMIT": "0"}, seconds=120) as server:
        yield Site(browser, server.url)


@pytest.mark.parametrize("width", [390, 1024])
def test_pages_show_them_as_text(hostile: Site, width: int) -> None:
    with hostile.visit(width=width) as visit:
        for name, label in LABELS.items():
            for kind in ("sector", "measure", "target"):
                page = visit.go(f"/doc/{kind}/{name}")
                assert page.get_by_role("heading", level=1).text_content() == label
                assert page.locator("main img, main script, main iframe").count() == 0
                assert visit.overflow() <= 0, (kind, name)
                box = page.get_by_role("heading", level=1).bounding_box()
                assert box is not None
                assert box["height"] <= 700, "a long name leaves room for the rest"
        assert visit.violations() == []
        for address, shows in {
            "/": "",
            "/targets": SCRIPT,
            "/explore?root=sector/script": SCRIPT,
            "/sparql": "",
        }.items():
            page = visit.go(address)
            page.wait_for_load_state("networkidle")
            assert shows in (page.locator("main").text_content() or ""), address
            assert page.locator("main img, main iframe").count() == 0, address
            assert visit.overflow() <= 0, address
            assert visit.violations() == [], address


def test_suggestions_and_results_show_them_as_text(hostile: Site) -> None:
    with hostile.visit("/", width=390) as visit:
        page = visit.page
        for text in ("alert", "evil", "xxxxxxxxxxxxxxxx"):
            box = page.get_by_role("combobox")
            box.fill(text)
            page.get_by_role("option").first.wait_for()
            assert page.locator("main img, main li script").count() == 0
            assert visit.overflow() <= 0, text
            page.keyboard.press("Escape")
        page.get_by_role("combobox").fill("evil")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=evil")
        assert BACKWARDS in (page.locator("main").text_content() or "")
        assert visit.overflow() <= 0
