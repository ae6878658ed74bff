"""How soon pages are drawn in a browser that has never seen them: `python -m bench.pages`.

Each figure is of a new browser process with an empty profile, on loopback, in milliseconds from the start of the
navigation: `drawn` is the first contentful paint (Paint Timing, W3C), `largest` the largest contentful paint, `load`
when scripts and styles have run, too. Besides, the time from the start of `kg serve`, over a store that exists, to the
first page drawn by a browser that is there already.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from tests.reliability.serving import serving
from tests.web.browsing import chromium, needed

PAGES: Final = {
    "home": ("/", 1500),
    "thing": ("/doc/sector/healthcare", 500),
    "target": ("/doc/target/gd-ai45-compute-2027", 500),
    "search": ("/search?q=which+measures+touch+healthcare", None),
    "targets": ("/targets", None),
    "explore": ("/explore?root=sector/healthcare", None),
    "query": ("/sparql", None),
}
"""Page → its path, and the milliseconds in which it is to be drawn, where that was promised."""

_MEASURE: Final = """() => new Promise((resolve) => {
  const [navigation] = performance.getEntriesByType("navigation");
  const scripts = performance.getEntriesByType("resource").filter((entry) => entry.name.endsWith(".js"));
  let largest = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) largest = entry.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => resolve({
    drawn: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    largest, load: navigation.loadEventEnd,
    script: scripts.reduce((sum, entry) => sum + entry.encodedBodySize, 0) / 1024,
  }), 150);
})"""

_DRAWN: Final = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  if (list.getEntriesByName("first-contentful-paint").length) resolve(true);
}).observe({ type: "paint", buffered: true }))"""

Figures = dict[str, float]


def cold(launch: Any, url: str) -> Figures:
    """Return the figures of one visit by a new browser."""
    browser: Browser = launch()
    try:
        page = browser.new_page()
        page.goto(url, wait_until="load")
        found: Figures = page.evaluate(_MEASURE)
        return found
    finally:
        browser.close()


def from_start(launch: Any, store: Path, log: Path) -> float:
    """Return the milliseconds from the start of the server to the first page drawn."""
    browser: Browser = launch()
    page = browser.new_page()
    try:
        begin = time.monotonic()
        with serving(store, log, {"KG_LOG": "none"}) as server:
            page.goto(server.url, wait_until="commit")
            page.evaluate(_DRAWN)
            return (time.monotonic() - begin) * 1000
    finally:
        browser.close()


def table(rows: Sequence[tuple[str, str, Sequence[Figures]]], starts: Sequence[float]) -> str:
    """Return the figures as a table in Markdown: median, and smallest to largest."""
    lines = [
        "| page | goal | drawn, ms | largest, ms | loaded, ms | script, KB compressed |",
        "|---|---|---|---|---|---|",
    ]

    def spread(values: Sequence[float]) -> str:
        return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"

    for name, goal, figures in rows:
        cells = [spread([each[key] for each in figures]) for key in ("drawn", "largest", "load")]
        lines.append(f"| {name} | {goal} | {' | '.join(cells)} | {figures[0]['script']:.0f} |")
    lines.append("")
    lines.append(f"From the start of `kg serve` to the first page drawn: {spread(starts)} ms.")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table; 1 where a page is drawn too late."""
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="visits of each page, each by a new browser")
    parser.add_argument("--json", type=Path, help="a file for the figures as they were measured")
    given = parser.parse_args(arguments)
    if missing := needed():
        print(missing, file=sys.stderr)
        return 2
    late = False
    rows: list[tuple[str, str, list[Figures]]] = []
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:

        def launch() -> Browser:
            return playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])

        folder = Path(work)
        with serving(folder / "store", folder / "server.log", {"KG_LOG": "none"}, seconds=120) as server:
            for name, (path, goal) in PAGES.items():
                figures = [cold(launch, server.url + path) for _ in range(given.runs)]
                late |= goal is not None and statistics.median(each["largest"] for each in figures) > goal
                rows.append((name, f"{goal} ms" if goal else "", figures))
        starts = [from_start(launch, folder / "store", folder / "server.log") for _ in range(given.runs)]
    print(f"{given.runs} cold visits each, {platform.system()} {platform.machine()}.\n")
    print(table(rows, starts), end="")
    if given.json:
        measured = {"pages": {name: figures for name, _, figures in rows}, "start": starts}
        given.json.write_text(json.dumps(measured, indent=1))
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
