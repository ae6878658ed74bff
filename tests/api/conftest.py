"""Fixtures: the real app over the real seeds, asked in process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings


@pytest.fixture(scope="session")
def app(settings: Settings, revision: Revision) -> FastAPI:
    return create_app(settings, revision)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client
