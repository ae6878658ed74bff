"""The examples: a valid twin conforms, an invalid one violates what its first lines say and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from kg.build import NamedGraph, load_ontology
from kg.build.ontology import read_turtle
from kg.errors import Violation
from kg.iris import Iris
from kg.validate import read_shapes, validate_shapes

ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology"
EXAMPLES = ONTOLOGY / "examples"
SHAPES = sorted((ONTOLOGY / "shapes").glob("*.ttl"))
VALID = sorted((EXAMPLES / "valid").glob("*.ttl"))
INVALID = sorted((EXAMPLES / "invalid").glob("*.ttl"))


@dataclass(frozen=True)
class Claim:
    """What an invalid example says of itself."""

    violates: frozenset[str]
    message: str


def claim(path: Path) -> Claim:
    lines = path.read_text(encoding="utf-8").splitlines()
    violates = [line.removeprefix("# violates: ") for line in lines if line.startswith("# violates: ")]
    message = [line.removeprefix("# message: ") for line in lines if line.startswith("# message: ")]
    assert violates, f"{path.name} must begin with `# violates:` and `# message:`"
    assert len(message) == 1, f"{path.name} must begin with `# violates:` and `# message:`"
    return Claim(frozenset(violates), message[0])


@cache
def shapes() -> Graph:
    return read_shapes(ONTOLOGY / "shapes")


@cache
def surroundings() -> tuple[NamedGraph, ...]:
    ontology = load_ontology(ONTOLOGY, Iris())
    graphs = {
        "ontology": ontology.terms,
        "vocabularies": ontology.concepts,
        "world": read_turtle(EXAMPLES / "world.ttl"),
    }
    return tuple(NamedGraph(Iris().graph(name), graph) for name, graph in graphs.items())


def check(path: Path) -> tuple[Violation, ...]:
    """Return what the things that an example describes violate."""
    example = read_turtle(path)
    focus = {str(subject) for subject in example.subjects() if isinstance(subject, URIRef)}
    assert focus
    return validate_shapes([*surroundings(), NamedGraph(Iris().graph("example"), example)], shapes(), focus=focus)


def test_there_are_examples_enough() -> None:
    assert len(SHAPES) >= 30
    assert len(VALID) >= len(SHAPES)
    assert len(INVALID) >= 100


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_every_shape_file_has_twins(path: Path) -> None:
    assert (EXAMPLES / "valid" / path.name).exists()
    assert (EXAMPLES / "invalid" / path.name).exists()


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_every_invalid_example_has_a_valid_twin(path: Path) -> None:
    assert (EXAMPLES / "valid" / f"{path.stem.partition('--')[0]}.ttl").exists()


def test_every_constraint_has_an_invalid_example() -> None:
    stated = {f"shape:{name}" for path in INVALID for name in claim(path).violates}
    text = "\n".join(path.read_text(encoding="utf-8") for path in SHAPES)
    named = {
        line.split()[0]
        for line in text.splitlines()
        if line.startswith("shape:") and (" a sh:PropertyShape" in line or " a sh:SPARQLConstraint" in line)
    }
    assert len(named) >= 100
    assert named - stated == UNTRIED


UNTRIED = {
    # Nine relations of one form: five of them are tried, the others differ in property and class alone.
    "shape:measure-organization",
    "shape:measure-partOf",
    "shape:measure-platform",
    "shape:measure-product",
    "shape:measure-target",
    "shape:measure-theme",
    "shape:target-theme",
    # An example adds to the ontology's description and cannot take from it: test_shapes.py does.
    "shape:ontology-created",
    "shape:ontology-creator",
    "shape:ontology-description",
    "shape:ontology-modified",
    "shape:ontology-namespace",
    "shape:ontology-prefix",
    "shape:ontology-publisher",
    "shape:ontology-title",
    "shape:ontology-versionIRI",
}


def test_the_world_of_the_examples_conforms() -> None:
    assert check(EXAMPLES / "world.ttl") == ()


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_example_conforms(path: Path) -> None:
    assert check(path) == ()


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_example_violates_what_it_says(path: Path) -> None:
    said = claim(path)
    found = check(path)
    assert {violation.rule for violation in found} == said.violates
    assert any(said.message in violation.message for violation in found)
