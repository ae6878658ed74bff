"""One Oxigraph for all tests of this folder, which run in one process; its stores are told apart by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.remote.fixtures import app, client, placed, revision, settings
from tests.remote.marking import mark
from tests.remote.servers import Service, oxigraph

__all__ = ["app", "client", "placed", "revision", "settings"]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as running:
        yield running


@pytest.fixture(autouse=True)
def _calm(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave the server with nothing to do: it stops no query that others have given up."""
    yield
    if "service" in request.fixturenames:
        request.getfixturevalue("service").calm()


LONG: Final = (
    *("documents", "explain", "graph", "many_ways", "names", "search", "service"),
    "test_a_graph_whose_removal_breaks_the_rest_stays",
    "test_an_update_reaches_no_other_server",
    "test_bodies_that_are_not_rdf_are_refused",
    "test_the_graphs_that_the_service_keeps_are_not_written_as_graphs",
    "test_the_graphs_that_the_service_keeps_are_not_written_by_updates",
    "test_the_graph_must_be_named_once_and_absolutely",
    "test_what_is_removed_from_the_graphs_that_the_service_keeps_comes_back",
    "test_what_nobody_states_derives_nothing_and_is_said_to_be_unstated",
    "test_without_the_token_nothing_is_written",
)
"""Modules, and tests of writes that are decided before the store is asked, that run in `make test-long` alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mark(config, items, Path(__file__).parent, LONG, {})
