"""One server over the real graph, and one browser, for all tests of the pages that run in one process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.reliability.serving import serving
from tests.web.browsing import Site, browsers


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsers() as browser:
        yield browser


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with serving(
        folder / "store", folder / "server.log", {"KG_LOG": "none", "KG_RATE_LIMIT": "0"}, seconds=120
    ) as server:
        yield Site(browser, server.url)
