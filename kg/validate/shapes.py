"""Checks graphs against the SHACL shapes of a folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

import pyshacl
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node

from kg.build import NamedGraph
from kg.build.ontology import read_turtle
from kg.errors import KgError, Problem, SourceError, Violation

SHAPES_NAMESPACE: Final = "https://w3id.org/policy-kg/shapes#"
_DEPTH: Final = 20


def read_shapes(folder: Path) -> Graph:
    """Return the shapes of every Turtle file of a folder as one graph.

    Raises:
        SourceError: there are no shapes, or files that are not Turtle; all files' problems at once.
    """
    problems: list[Problem] = []
    shapes = Graph(bind_namespaces="none")
    for path in sorted(folder.glob("*.ttl")):
        try:
            for triple in read_turtle(path):
                shapes.add(triple)
        except SourceError as error:
            problems.extend(error.problems)
    if not problems and not len(shapes):
        problems.append(Problem(str(folder), 0, 0, "", "has no shapes", "put the Turtle files of the shapes there"))
    if problems:
        raise SourceError(problems)
    return shapes


def union(graphs: Iterable[NamedGraph]) -> Graph:
    """Return the union of named graphs, as a new graph."""
    whole = Graph(bind_namespaces="none")
    for named in graphs:
        for triple in named.graph:
            whole.add(triple)
    return whole


def validate_shapes(
    graphs: Sequence[NamedGraph],
    shapes: Path | Graph,
    *,
    focus: Collection[str] | None = None,
    language: str = "en",
    meta: bool = False,
) -> tuple[Violation, ...]:
    """Return what violates the shapes in the union of the graphs, sorted; nothing is inferred.

    `shapes` is a folder of Turtle files, or what `read_shapes` gave. `focus` confines the check to these nodes: what a
    write touched. `language` picks the messages, `meta` holds the shapes themselves against SHACL first.

    Raises:
        SourceError: a file of the folder is not Turtle.
        KgError: a shape is not valid SHACL.
    """
    data = graphs[0].graph if len(graphs) == 1 else union(graphs)
    shapes_graph = read_shapes(shapes) if isinstance(shapes, Path) else shapes
    if focus is not None:
        shapes_graph = _confined(shapes_graph, data, frozenset(URIRef(iri) for iri in focus))
    _, report, text = pyshacl.validate(
        data,
        shacl_graph=shapes_graph,
        inference="none",
        inplace=True,
        meta_shacl=meta,
        max_validation_depth=_DEPTH,
    )
    if not isinstance(report, Graph):
        raise KgError(f"the shapes could not be evaluated: {text}")
    return tuple(
        sorted({_violation(report, result, language) for result in report.subjects(RDF.type, SH.ValidationResult)})
    )


def _confined(shapes: Graph, data: Graph, focus: frozenset[URIRef]) -> Graph:
    """Return the shapes with their targets cut down to some nodes.

    The `focus_nodes` of pySHACL 0.40 also silences the shapes nested in sh:or, sh:not and sh:qualifiedValueShape.
    """
    confined = Graph(bind_namespaces="none")
    for shape, predicate, target in shapes:
        if predicate not in _TARGETS:
            confined.add((shape, predicate, target))
            continue
        for node in focus & _TARGETS[predicate](data, target):
            confined.add((shape, SH.targetNode, node))
    return confined


def _instances(data: Graph, cls: Node) -> set[Node]:
    classes = set(data.transitive_subjects(RDFS.subClassOf, cls))
    return {thing for each in classes for thing in data.subjects(RDF.type, each)}


_TARGETS: Final[dict[Node, Callable[[Graph, Node], set[Node]]]] = {
    SH.targetNode: lambda _, node: {node},
    SH.targetClass: _instances,
    SH.targetSubjectsOf: lambda data, predicate: set(data.subjects(predicate)),
    SH.targetObjectsOf: lambda data, predicate: set(data.objects(predicate=predicate)),
}


def _violation(report: Graph, result: Node, language: str) -> Violation:
    def text(predicate: URIRef) -> str:
        value = report.value(result, predicate)
        return str(value) if isinstance(value, URIRef | Literal) else ""

    return Violation(
        severity=text(SH.resultSeverity).rpartition("#")[2],
        focus=text(SH.focusNode),
        path=text(SH.resultPath),
        value=text(SH.value),
        rule=_rule(report, result),
        message=_message(report, result, language),
    )


def _rule(report: Graph, result: Node) -> str:
    """Return the name of the violated constraint: that of a query if there is one, else that of the shape."""
    for predicate in (SH.sourceConstraint, SH.sourceShape):
        source = report.value(result, predicate)
        if isinstance(source, URIRef):
            return str(source).removeprefix(SHAPES_NAMESPACE)
    component = report.value(result, SH.sourceConstraintComponent)
    return str(component).rpartition("#")[2]


def _message(report: Graph, result: Node, language: str) -> str:
    messages = [message for message in report.objects(result, SH.resultMessage) if isinstance(message, Literal)]
    fitting = [str(message) for message in messages if message.language == language]
    return min(fitting or [str(message) for message in messages], default="")
