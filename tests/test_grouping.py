"""Tests that share what takes long to make are run by one worker, as they are marked to be."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("together")
def test_marked_tests_are_told_apart_where_workers_group_them(request: pytest.FixtureRequest) -> None:
    # A pytest that pytest-xdist does not know drops the groups without a word, and each worker makes everything anew.
    grouped = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@together") == grouped
