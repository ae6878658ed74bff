"""One server of ours for the tests of the protocols that are written by hand; they need nothing of the W3C's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.client import Target
from tests.conformance.servers import ours


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with ours(tmp_path_factory.mktemp("protocol")) as target:
        yield target


@pytest.fixture
def target(server: Target) -> Target:
    """The server with one triple in the default graph and one in each of two named graphs."""
    if server.loaded != "the three":
        reply = server.update(
            'DROP ALL ; INSERT DATA { <urn:s> <urn:p> "default" . GRAPH <urn:g:1> { <urn:s> <urn:p> "one" } '
            'GRAPH <urn:g:2> { <urn:s> <urn:p> "two" } }'
        )
        assert reply.status == 200, reply.text
        server.loaded = "the three"
    return server
