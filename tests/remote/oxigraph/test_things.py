"""What tests/api/test_things.py says, with Oxigraph as the store."""

from tests.api.test_things import *  # noqa: F403 - its tests, and the fixtures that they have
