"""What tests/api/test_updates.py says, with Virtuoso as the store."""

from tests.api.test_updates import *  # noqa: F403 - its tests, and the fixtures that they have
