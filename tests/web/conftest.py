"""One server over the real graph for all tests of the pages that run in one process, and a browser for each module.

The browser does not outlive its module: while it is driven, an event loop runs in this thread, and tests of other
modules have loops of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.reliability.serving import serving
from tests.web.browsing import Site, browsers, needed


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsers() as browser:
        yield browser


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server."""
    if missing := needed():
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("site")
    settings = {"KG_LOG": "none", "KG_RATE_LIMIT": "0"}
    with serving(folder / "store", folder / "server.log", settings, seconds=120) as server:
        yield server.url


@pytest.fixture(scope="module")
def site(browser: Browser, served: str) -> Site:
    return Site(browser, served)
