"""What tests/api/test_graph.py says, with Virtuoso as the store."""

from tests.api.test_graph import *  # noqa: F403 - its tests, and the fixtures that they have
