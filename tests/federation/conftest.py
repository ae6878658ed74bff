"""Fixtures: one server that is allowed, and one that is not."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from kg.federation import AllowList, Gateway
from tests.federation.servers import Remote, running


@pytest.fixture
def remote() -> Iterator[Remote]:
    with running() as server:
        yield server


@pytest.fixture
def elsewhere() -> Iterator[Remote]:
    with running() as server:
        yield server


@pytest.fixture
def allow(remote: Remote) -> AllowList:
    return AllowList.parse(remote.origin)


@pytest.fixture
def gateway(allow: AllowList) -> Iterator[Gateway]:
    with Gateway(allow, time.monotonic() + 20, 100_000, max_calls=10) as running_gateway:
        yield running_gateway
