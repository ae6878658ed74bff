"""What tests/remote/oxigraph/test_publishing.py says, with Virtuoso as the store."""

from tests.remote.oxigraph.test_publishing import *  # noqa: F403 - its tests, and the fixtures that they have
