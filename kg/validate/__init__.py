"""Holds the graphs against their contract: the SHACL shapes and the hygiene queries of the ontology's folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.build import NamedGraph
from kg.engine import EmbeddedEngine
from kg.errors import Violation
from kg.validate.changes import Contract, validate_change
from kg.validate.hygiene import Rule, check_hygiene, read_rules
from kg.validate.names import base_of, locate
from kg.validate.shapes import read_shapes, validate_shapes

__all__ = [
    "Contract",
    "Rule",
    "ValidationReport",
    "check_hygiene",
    "locate",
    "read_rules",
    "read_shapes",
    "validate",
    "validate_change",
    "validate_shapes",
]


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What validation found: violations block, warnings do not."""

    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]

    @property
    def conforms(self) -> bool:
        """Whether nothing blocks."""
        return not self.violations


def validate(graphs: Sequence[NamedGraph], ontology_folder: Path) -> ValidationReport:
    """Return what the union of the graphs violates, in stable order and with short names.

    Raises:
        SourceError: a shape or a rule cannot be read.
    """
    iris = base_of(graphs)
    engine = EmbeddedEngine.of_graphs((graph.iri, graph.ntriples()) for graph in graphs)
    found = (
        *validate_shapes(graphs, ontology_folder / "shapes"),
        *check_hygiene(engine, ontology_folder / "hygiene"),
    )
    located = sorted({locate(violation, iris) for violation in found})
    return ValidationReport(
        violations=tuple(violation for violation in located if violation.severity == "Violation"),
        warnings=tuple(violation for violation in located if violation.severity != "Violation"),
    )
