"""Pages over a store without data: each says that there is nothing yet, and none fails."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.pipeline import publish_empty
from kg.settings import Settings
from tests.api.helpers import BROWSER, Page

SAID = {
    "/": ("There is no policy in this graph yet", "图谱中尚无政策"),
    "/search?q=healthcare": ("Nothing in the graph has a name like it", "图谱中也没有名称相近的事物"),
    "/explore": ("There is nothing to offer here", "此处没有可推荐的起点"),
    "/targets": ("There is no target in this graph yet", "图谱中尚无目标"),
    "/sparql": ("Questions", "问题"),
    "/ontology": ("Ontology", "本体"),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    settings = Settings(store=tmp_path_factory.mktemp("empty"))
    return TestClient(create_app(settings, publish_empty(settings)))


@pytest.mark.parametrize("path", SAID)
def test_a_page_without_data_says_so(empty: TestClient, path: str) -> None:
    for language, words in zip(("en", "zh"), SAID[path], strict=True):
        response = empty.get(path, headers={"accept": BROWSER, "accept-language": language})
        assert response.status_code == 200
        page = Page(response.text)
        assert words in page.text
        assert [tag for tag, _ in page.elements].count("h1") == 1
