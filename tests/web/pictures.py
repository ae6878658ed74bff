"""The pictures of the pages in `docs/pictures`, each made anew: `make pictures`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from playwright.sync_api import Page

from tests.reliability.serving import serving
from tests.web.browsing import ROOT, Language, Site, browsers

FOLDER: Final = ROOT / "docs" / "pictures"
QUERY: Final = """# Sectors by the number of measures that touch them
SELECT ?sector (COUNT(?measure) AS ?measures) {
  ?measure pkg:touchesSector ?sector .
} GROUP BY ?sector ORDER BY DESC(?measures)"""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows: an address, the words that must be there before it is taken, and how it is looked at."""

    name: str
    path: str
    ready: str
    language: Language = "zh"
    width: int = 1024
    height: int = 768
    theme: Literal["light", "dark"] = "light"


PICTURES: Final = (
    Picture("home", "/", ".timeline", height=1100),
    Picture("home-phone", "/", ".timeline", width=390, height=844),
    Picture("home-dark", "/", ".timeline", language="en", theme="dark"),
    Picture("search", "/search?q=which+measures+touch+healthcare", ".rows", language="en"),
    Picture("thing", "/doc/target/gd-ai45-compute-2027", ".figure", language="en"),
    Picture("sector", "/doc/sector/healthcare", ".rows"),
    Picture("explore", "/explore?root=sector/healthcare", "canvas", width=1600, height=900),
    Picture("targets", "/targets", "table", width=1280, height=1000),
    Picture("query", f"/sparql#query={quote(QUERY)}", "table", language="en", width=1280, height=1100),
)


def has_chinese_fonts() -> bool:
    """Tell whether Chinese text is drawn as such and not as boxes."""
    listing = shutil.which("fc-list")
    return bool(listing and subprocess.run([listing, ":lang=zh"], capture_output=True, check=True).stdout)


def take(page: Page, picture: Picture, folder: Path) -> Path:
    """Take a picture of a page that is open, and return its file."""
    page.locator(picture.ready).first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)  # a graph settles
    file = folder / f"{picture.name}.png"
    page.screenshot(path=file)
    return file


def main() -> int:
    """Take all pictures; 1 where something is missing for them."""
    if not has_chinese_fonts():
        print("There is no Chinese font. Debian: apt-get install fonts-noto-cjk", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, browsers() as browser:
        store = Path(work)
        with serving(store / "store", store / "server.log", {"KG_LOG": "none"}, seconds=120) as server:
            site = Site(browser, server.url)
            for picture in PICTURES:
                with site.visit(
                    picture.path,
                    language=picture.language,
                    width=picture.width,
                    height=picture.height,
                    theme=picture.theme,
                ) as visit:
                    print(take(visit.page, picture, FOLDER).relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
