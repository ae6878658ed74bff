"""Fixtures: the questions of the real ontology."""

from __future__ import annotations

import pytest

from kg.iris import Iris
from kg.questions import Questions
from tests.ontology.expected import QUESTIONS


@pytest.fixture(scope="session")
def questions() -> Questions:
    return Questions.read(QUESTIONS, Iris())
