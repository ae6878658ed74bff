"""What tests/api/test_explain.py says, with Oxigraph as the store."""

from tests.api.test_explain import *  # noqa: F403 - its tests, and the fixtures that they have
