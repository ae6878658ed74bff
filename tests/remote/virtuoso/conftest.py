"""One Virtuoso for all tests of this folder, which run in one process; its stores are told apart by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.remote.fixtures import app, client, placed, revision, settings
from tests.remote.marking import mark
from tests.remote.servers import Service, virtuoso

__all__ = ["app", "client", "placed", "revision", "settings"]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


LONG: Final = (
    *("documents", "explain", "graph", "many_ways", "names", "questions", "resolve", "revisions", "search", "service"),
    *("things", "updates"),
)
"""Modules that run in `make test-long` alone: Virtuoso plans some of our look-ups for a second or two."""

_DISTINCT: Final = "Virtuoso 7.2 gives a row of this SELECT DISTINCT twice, or another one of several that sort alike"
DEVIATIONS: Final = {
    "test_what_is_too_much_says_which_limit": "Virtuoso takes longer than the deadline for the first rows of a product",
    "test_questions_have_the_limits_of_everybody": "Virtuoso takes longer than the deadline for the rows of a product",
    "test_shown_sparql_run_at_the_endpoint_gives_the_shown_answer[compare": _DISTINCT,
    "test_all_formats_hold_the_expected_answer[facts-behind-thing]": _DISTINCT,
    "test_ambiguity_is_reported": "Virtuoso 7.2 finds no entity here that it finds when it is asked alone",
}
"""How the names of tests begin that Virtuoso does not pass, each with why."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mark(config, items, Path(__file__).parent, LONG, DEVIATIONS)
