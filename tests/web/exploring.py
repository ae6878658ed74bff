"""What is seen on the page of the graph, for its tests."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def wait_for(page: Page, count: str) -> None:
    page.locator("[data-part=count]").get_by_text(count).wait_for()
    page.locator(".loading").wait_for(state="detached")


def drawn(page: Page) -> dict[str, list[str]]:
    """Return the ids of the things and relations that the library draws."""
    found: dict[str, list[str]] = page.evaluate(
        """() => { const cy = document.querySelector('.canvas')._cyreg.cy;
        const ids = selector => cy.$(selector).map(element => element.id());
        return { nodes: ids('node'), edges: ids('edge'), path: ids('.path'), chosen: ids('.chosen') } }"""
    )
    return found


def rows(page: Page) -> list[str]:
    ids: list[str] = page.locator("#things-table tr[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    return ids


def panel(page: Page) -> Locator:
    return page.locator("[data-part=panel]")


def choose(page: Page, name: str) -> None:
    """Choose a thing by its row in the table."""
    page.locator("#things-table").get_by_role("button", name=name, exact=True).click()
    panel(page).get_by_role("heading", level=2, name=name).wait_for()
