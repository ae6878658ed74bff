"""One server over the real graph for all clients, started as an operator starts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.reliability.serving import serving

TOKEN = "token-of-the-clients-0123456789"


@dataclass(frozen=True, slots=True)
class Service:
    url: str
    token: str

    @property
    def sparql(self) -> str:
        return f"{self.url}/sparql"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("clients")
    settings = {"KG_WRITE_TOKEN": TOKEN, "KG_LOG": "none"}
    with serving(folder / "store", folder / "server.log", settings, seconds=120) as server:
        yield Service(server.url, TOKEN)
