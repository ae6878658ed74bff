"""The sample source as files that a test may spoil, and the vocabularies as they stand in the ontology."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SKOS

from kg.errors import Problem, SourceError
from kg.facts import Seed, Vocabulary, load_seeds
from kg.iris import Iris
from kg.terms import QUDT

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "data" / "sample"


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    graph = Graph()
    for path in sorted((ROOT / "ontology" / "vocabularies").glob("*.ttl")):
        graph.parse(path)
    concepts: dict[str, set[str]] = {}
    for concept in graph.subjects(SKOS.inScheme):
        kind, local = Iris().parse(str(concept)) or ("", "")
        concepts.setdefault(kind, set()).add(local)
    units = frozenset(str(symbol) for symbol in graph.objects(None, URIRef(QUDT + "symbol")))
    return Vocabulary({kind: frozenset(ids) for kind, ids in concepts.items()}, units)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A copy of the sample's seeds, in a folder whose name has a space and Chinese characters."""
    return Path(shutil.copytree(SAMPLE / "seeds", tmp_path / "种子 seeds"))


@pytest.fixture
def sample(seeds: Path, vocabulary: Vocabulary) -> Seed:
    (seed,) = load_seeds(seeds, vocabulary)
    return seed


@pytest.fixture(scope="session")
def sample_text() -> str:
    return (SAMPLE / "text.txt").read_bytes().decode()


@pytest.fixture
def problems(seeds: Path, vocabulary: Vocabulary) -> Callable[[], tuple[Problem, ...]]:
    """Load the copied seeds, which must fail, and return the problems."""

    def load() -> tuple[Problem, ...]:
        with pytest.raises(SourceError) as raised:
            load_seeds(seeds, vocabulary)
        return raised.value.problems

    return load


@pytest.fixture(scope="session")
def article() -> str:
    """The real article; the project does not carry it."""
    places = [ROOT.parent / "shared" / "seed" / "article.txt"]
    if folder := os.environ.get("KG_CONFORMANCE_DATA"):
        places.insert(0, Path(folder) / "seed" / "article.txt")
    for place in places:
        if place.is_file():
            return place.read_bytes().decode()
    pytest.skip(f"the article is in none of {', '.join(map(str, places))}; set KG_CONFORMANCE_DATA")
