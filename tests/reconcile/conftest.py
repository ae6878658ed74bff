"""The app over the real seeds, asked as clients of the Reconciliation API ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx2 import Client, Response
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings
from tests.reconcile.schemas import aloud, assert_valid
from tests.reliability.serving import Serving, serving

__all__ = ["aloud"]
Json = dict[str, Any]


def with_query(path: str, **parameters: str) -> str:
    """Return an address with more parameters than it has."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode(parameters)}"


class Asking:
    """Asks, and holds every answer against the schemas of the specification."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def manifest(self, path: str = "/reconcile", **headers: str) -> Json:
        found = self.get(path, **headers)
        assert_valid("manifest", found)
        return found

    def batch(self, queries: Mapping[str, Json], path: str = "/reconcile", **headers: str) -> Json:
        """Send a batch by POST and by GET, and return the one answer."""
        text = json.dumps(queries)
        assert_valid("reconciliation-query-batch", queries)
        found = self._answer(self.client.post(path, data={"queries": text}, headers=headers))
        assert_valid("reconciliation-result-batch", found)
        assert self._answer(self.client.get(with_query(path, queries=text), headers=headers)) == found
        assert found.keys() == queries.keys()
        return found

    def candidates(self, query: Json | str, path: str = "/reconcile", **headers: str) -> list[Json]:
        """Return the candidates of one query, a name or the whole of it."""
        asked = {"query": query} if isinstance(query, str) else query
        result: list[Json] = self.batch({"q0": asked}, path, **headers)["q0"]["result"]
        assert [item["score"] for item in result] == sorted((item["score"] for item in result), reverse=True)
        assert sum(item["match"] for item in result) <= 1
        return result

    def match(self, query: Json | str) -> str | None:
        """Return the id of the match of one query, or None."""
        return next((item["id"] for item in self.candidates(query) if item["match"]), None)

    def extend(self, ids: list[str], *properties: str | Json, path: str = "/reconcile", **headers: str) -> Json:
        """Ask for values by POST and by GET, and return the one answer."""
        wanted = [{"id": item} if isinstance(item, str) else item for item in properties]
        query = {"ids": ids, "properties": wanted}
        assert_valid("data-extension-query", query)
        text = json.dumps(query)
        found = self._answer(self.client.post(path, data={"extend": text}, headers=headers))
        assert_valid("data-extension-response", found)
        assert self._answer(self.client.get(with_query(path, extend=text), headers=headers)) == found
        assert found["rows"].keys() == set(ids)
        return found

    def get(self, path: str, **headers: str) -> Json:
        return self._answer(self.client.get(path, headers={name.replace("_", "-"): headers[name] for name in headers}))

    @staticmethod
    def _answer(response: Response) -> Json:
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["x-revision"]
        found: Json = response.json()
        return found


@pytest.fixture(scope="session")
def client(settings: Settings, revision: Revision) -> Iterator[TestClient]:
    with TestClient(create_app(settings, revision), follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server as an operator starts it; started once for all that ask over a connection."""
    folder = tmp_path_factory.mktemp("reconcile")
    with serving(folder / "store", folder / "server.log", {"KG_LOG": "none"}, seconds=120) as server:
        yield server


@pytest.fixture(scope="session")
def asking(client: TestClient) -> Asking:
    return Asking(client)
