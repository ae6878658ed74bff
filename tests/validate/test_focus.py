"""Validation confined to the nodes that a write touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDF, Graph, URIRef

from kg.build import NamedGraph
from kg.iris import Iris
from kg.terms import PKG
from kg.validate import read_shapes, validate_shapes

SHAPES = Path(__file__).resolve().parents[2] / "ontology" / "shapes"
IRIS = Iris()


@pytest.fixture
def broken(graphs: tuple[NamedGraph, ...]) -> tuple[NamedGraph, ...]:
    """The real graph with two new things of which nothing is said but their class."""
    extra = Graph()
    extra.add((URIRef(IRIS.mint("measure", "bare")), RDF.type, URIRef(PKG + "Measure")))
    extra.add((URIRef(IRIS.mint("platform", "bare")), RDF.type, URIRef(PKG + "ComputePlatform")))
    return (*graphs, NamedGraph(IRIS.graph("source", "extra"), extra))


def test_only_the_nodes_in_focus_are_checked(broken: tuple[NamedGraph, ...]) -> None:
    shapes = read_shapes(SHAPES)
    measure = IRIS.mint("measure", "bare")
    found = validate_shapes(broken, shapes, focus={measure})
    assert {violation.focus for violation in found} == {measure}
    assert {"evidence", "label-zh", "measure-policy"} <= {violation.rule for violation in found}
    everything = validate_shapes(broken, shapes)
    assert set(found) == {violation for violation in everything if violation.focus == measure}


def test_a_subclass_is_held_to_the_shapes_of_its_superclasses(broken: tuple[NamedGraph, ...]) -> None:
    found = validate_shapes(broken, SHAPES, focus={IRIS.mint("platform", "bare")})
    assert {"computePlatform-type", "platform-kind", "evidence"} <= {violation.rule for violation in found}


def test_nothing_in_focus_finds_nothing(broken: tuple[NamedGraph, ...]) -> None:
    assert validate_shapes(broken, SHAPES, focus=()) == ()


def test_messages_come_in_the_language_asked_for(broken: tuple[NamedGraph, ...]) -> None:
    focus = {IRIS.mint("measure", "bare")}
    chinese = {item.rule: item.message for item in validate_shapes(broken, SHAPES, focus=focus, language="zh")}
    english = {item.rule: item.message for item in validate_shapes(broken, SHAPES, focus=focus)}
    assert chinese["label-zh"] == "应有中文名称（语言标签 zh）。"
    assert english["label-zh"] == "There must be a Chinese label (language tag zh)."
