"""What tests/api/test_questions.py says, with Virtuoso as the store."""

from tests.api.test_questions import *  # noqa: F403 - its tests, and the fixtures that they have
