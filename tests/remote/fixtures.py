"""The fixtures of tests/conftest.py and tests/api/conftest.py once more, over a store at a SPARQL service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings
from tests.conftest import Placed
from tests.remote.servers import Service, placing


@pytest.fixture(scope="session")
def placed(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Placed:
    return placing(service, tmp_path_factory)


@pytest.fixture(scope="session")
def settings(placed: Placed) -> Settings:
    return placed("seeds", query_timeout=90.0)  # other work on the machine makes a service slow


@pytest.fixture(scope="session")
def revision(settings: Settings) -> Revision:
    """The real seeds, published at the service."""
    from kg.pipeline import build  # noqa: PLC0415

    return build(settings)


@pytest.fixture(scope="session")
def app(settings: Settings, revision: Revision) -> FastAPI:
    return create_app(settings, revision)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client
