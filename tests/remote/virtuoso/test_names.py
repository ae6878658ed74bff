"""What tests/api/test_names.py says, with Virtuoso as the store."""

from tests.api.test_names import *  # noqa: F403 - its tests, and the fixtures that they have
