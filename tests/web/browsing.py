"""A real browser on the pages of a real server, and what it must never see: errors, and requests to other hosts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[2]
AXE: Final = ROOT / "tests" / "clients" / "node_modules" / "axe-core" / "axe.min.js"
BUILT: Final = ROOT / "api" / "static" / "manifest.json"
LOCALES: Final = {"zh": "zh-CN", "en": "en-GB"}
WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


def chromium() -> str | None:
    """Return the path of Chromium, or None where there is none."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


def needed() -> str:
    """Return what is missing for these tests, or an empty text."""
    if chromium() is None:
        return "Chromium is missing (make clients)"
    if not AXE.is_file():
        return "axe-core is missing (tests/clients/install.sh)"
    return "" if BUILT.is_file() else "the scripts of the pages are not built (make web)"


@contextmanager
def browsers() -> Iterator[Browser]:
    """Start Chromium, without a window."""
    if missing := needed():
        pytest.skip(missing)
    with sync_playwright() as playwright:
        # A container has one user, root, for whom Chromium's sandbox does not start; it loads our own pages only.
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that is open, and what happened on it.

    `errors` are messages of the console, dialogs, exceptions and violations of the security policy; `abroad` are the
    requests to other hosts. `check()` asserts that there were none.
    """

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self) -> None:
        """Write down what happens from now on."""
        host = urlsplit(self.url).netloc

        def said(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                self.errors.append(f"{message.type}: {message.text}")

        def asked(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme not in {"data", "blob"} and parts.netloc != host:
                self.abroad.append(request.url)

        def opened(dialog: Dialog) -> None:
            self.errors.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        self.page.on("dialog", opened)
        self.page.on("console", said)
        self.page.on("pageerror", lambda error: self.errors.append(f"exception: {error}"))
        self.page.on("request", asked)

    def go(self, path: str) -> Page:
        """Open a path of the server, and wait until the page and its scripts are loaded."""
        self.page.goto(self.url + path)
        return self.page

    def expect_error(self, part: str) -> None:
        """Let the console say something that has this text: a browser reports each answer that is an error."""
        self.expected = (*self.expected, part)

    def check(self) -> None:
        """Assert that nothing happened which must not.

        Raises:
            AssertionError: an error was said, or another host was asked.
        """
        unexpected = [error for error in self.errors if not any(part in error for part in self.expected)]
        assert not unexpected, unexpected
        assert not self.abroad, self.abroad

    def violations(self) -> list[str]:
        """Return what axe-core finds wrong with the page as it is now: rule, impact, where."""
        self.page.evaluate(AXE.read_text("utf-8"))  # by the debugger's protocol, which the page's policy does not bind
        options = json.dumps({"runOnly": list(WCAG), "resultTypes": ["violations"]})
        found: dict[str, Any] = self.page.evaluate(f"axe.run(document, {options})")
        assert len(found["passes"]) >= 10, "axe-core looked at next to nothing"
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        found: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return found


@dataclass
class Site:
    """A server, and a browser to visit it with."""

    browser: Browser
    url: str

    @contextmanager
    def visit(
        self,
        path: str | None = None,
        *,
        language: Language = "en",
        width: int = 1024,
        height: int = 900,
        theme: Literal["light", "dark"] = "light",
        script: bool = True,
        **options: Any,
    ) -> Iterator[Visit]:
        """Open a window of its own, with nothing kept from others; at its end nothing bad must have happened."""
        context: BrowserContext = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale=LOCALES[language],
            color_scheme=theme,
            java_script_enabled=script,
            reduced_motion="reduce",
            **options,
        )
        try:
            visit = Visit(context.new_page(), self.url)
            visit.page.set_default_timeout(15_000)
            visit.watch()
            if path is not None:
                visit.go(path)
            yield visit
            visit.check()
        finally:
            context.close()


def said_of(answers: Mapping[str, list[str]]) -> str:
    """Return findings by page as lines, for the message of an assertion."""
    return "\n".join(f"{where}: {finding}" for where, findings in answers.items() for finding in findings)
