"""What tests/api/test_search.py says, with Oxigraph as the store."""

from tests.api.test_search import *  # noqa: F403 - its tests, and the fixtures that they have
