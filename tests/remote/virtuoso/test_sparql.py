"""What tests/api/test_sparql.py says, with Virtuoso as the store."""

from tests.api.test_sparql import *  # noqa: F403 - its tests, and the fixtures that they have
