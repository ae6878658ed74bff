"""What the tests of the service share: how a problem must look, and how a page is read."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, Final

from httpx2 import Response

from api.problem_shapes import PROBLEM_BASE, SHAPES

DATA_BLOCKS: Final = {"application/ld+json", "application/json"}
BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def assert_problem(response: Response, status: int, slug: str) -> dict[str, Any]:
    """Assert that a response is a whole problem document of a type, and return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["type"] == PROBLEM_BASE + slug
    assert problem["status"] == status
    assert problem["title"] in {title for shape in SHAPES.values() for title in (shape.title.en, shape.title.zh)}
    assert problem["detail"]
    assert not re.search(r"\{[a-z_]+\}", problem["detail"]), "a placeholder is left"
    assert problem["instance"].startswith("/")
    return problem


class Page(HTMLParser):
    """A page as a reader and a browser take it: its text, its links, and what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._hidden += tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += f" {data.strip()}"

    @property
    def scripts(self) -> list[dict[str, str | None]]:
        """The attributes of the scripts that would run and are no file of ours; a block of data does not run."""
        scripts = [attributes for tag, attributes in self.elements if tag == "script"]
        running = [attributes for attributes in scripts if attributes.get("type") not in DATA_BLOCKS]
        return [attributes for attributes in running if not (attributes.get("src") or "").startswith("/static/")]

    @property
    def links(self) -> list[str]:
        """The addresses of the links."""
        return [attributes["href"] or "" for tag, attributes in self.elements if tag == "a" and "href" in attributes]

    @property
    def loaded(self) -> list[str]:
        """The addresses that a browser fetches to show the page."""
        found = [attributes["src"] or "" for _, attributes in self.elements if "src" in attributes]
        relations = {"stylesheet", "icon", "shortcut icon", "preload", "modulepreload"}
        return found + [
            attributes["href"] or ""
            for tag, attributes in self.elements
            if tag == "link" and attributes.get("rel") in relations
        ]
