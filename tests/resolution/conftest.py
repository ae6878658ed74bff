"""Fixtures: a resolver over the real seeds."""

from __future__ import annotations

import pytest

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.lookup import Lookup
from kg.questions import Questions
from kg.resolve import Resolver
from kg.search import SearchIndex
from tests.ontology.expected import QUESTIONS


@pytest.fixture(scope="session")
def questions() -> Questions:
    return Questions.read(QUESTIONS, Iris())


@pytest.fixture(scope="session")
def resolver(lookup: Lookup, engine: EmbeddedEngine, questions: Questions) -> Resolver:
    return Resolver(lookup, SearchIndex.of(engine, Iris()), questions)
