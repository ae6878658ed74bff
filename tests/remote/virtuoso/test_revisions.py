"""What tests/api/test_revisions.py says, with Virtuoso as the store."""

from tests.api.test_revisions import *  # noqa: F403 - its tests, and the fixtures that they have
