"""What tests/api/test_service.py says, with Oxigraph as the store."""

from tests.api.test_service import *  # noqa: F403 - its tests, and the fixtures that they have
