"""What tests/api/test_documents.py says, with Virtuoso as the store."""

from tests.api.test_documents import *  # noqa: F403 - its tests, and the fixtures that they have
