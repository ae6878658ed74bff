"""What tests/api/test_many_ways.py says, with Oxigraph as the store."""

from tests.api.test_many_ways import *  # noqa: F403 - its tests, and the fixtures that they have
