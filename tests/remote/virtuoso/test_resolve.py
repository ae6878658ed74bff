"""What tests/api/test_resolve.py says, with Virtuoso as the store."""

from tests.api.test_resolve import *  # noqa: F403 - its tests, and the fixtures that they have
