"""Reading the ontology: its terms and vocabularies as graphs, and what a facts file may refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.plugins.parsers.notation3 import BadSyntax

from kg.errors import Problem, SourceError
from kg.iris import Iris
from kg.terms import PKG, QUDT

if TYPE_CHECKING:
    from kg.facts import Vocabulary

VOCABULARY_CLASSES = {"Sector", "Theme", "Product", "Comparator", "MeasureKind", "PlatformKind", "Reading"}


@dataclass(frozen=True)
class Unit:
    """A unit: its IRI, what one of it is in the unit that values are normalised to, and that unit's IRI."""

    iri: str
    multiplier: Decimal
    normalized: str


@dataclass(frozen=True)
class Ontology:
    """The ontology's graphs: the terms, and the vocabularies with what follows from them at once."""

    folder: Path
    iris: Iris
    terms: Graph
    concepts: Graph

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units by the symbol that stands in texts."""
        found: dict[str, Unit] = {}
        for unit, symbol in self.concepts.subject_objects(URIRef(QUDT + "symbol")):
            multiplier = self.concepts.value(unit, URIRef(QUDT + "conversionMultiplier"))
            normalized = self.concepts.value(unit, URIRef(PKG + "normalizesTo"))
            if isinstance(multiplier, Literal) and isinstance(multiplier.value, Decimal) and normalized is not None:
                found[str(symbol)] = Unit(str(unit), multiplier.value, str(normalized))
        return found

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What a facts file may refer to: ids of concepts by kind, and symbols of units."""
        from kg.facts import Vocabulary  # noqa: PLC0415 - see kg.build

        kinds: dict[str, set[str]] = {}
        for concept in self.concepts.subjects(SKOS.inScheme):
            parsed = self.iris.parse(str(concept))
            if parsed is not None:
                kinds.setdefault(parsed[0], set()).add(parsed[1])
        return Vocabulary(
            concepts={kind: frozenset(ids) for kind, ids in kinds.items() if kind != "unit"},
            units=frozenset(self.units),
        )

    @cached_property
    def names(self) -> dict[str, dict[str, tuple[str, str]]]:
        """The Chinese and English labels of the concepts, by kind and id, in order of the ids."""
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for concept in sorted({str(each) for each in self.concepts.subjects(SKOS.inScheme)}):
            parsed = self.iris.parse(concept)
            labels = {
                label.language: str(label)
                for label in self.concepts.objects(URIRef(concept), SKOS.prefLabel)
                if isinstance(label, Literal)
            }
            if parsed is not None and {"zh", "en"} <= labels.keys():
                found.setdefault(parsed[0], {})[parsed[1]] = (labels["zh"], labels["en"])
        return found


def read_turtle(path: Path) -> Graph:
    """Return the graph of a Turtle file.

    Raises:
        SourceError: the file is not UTF-8 or not Turtle; the problem has the line.
    """
    try:
        if path.exists() and not path.is_file():
            raise SourceError([Problem(str(path), 0, 0, "", "is not a file")])
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise SourceError([Problem(str(path), line, 1, "", "is not UTF-8", "save the file as UTF-8")]) from error
    try:
        return Graph(bind_namespaces="none").parse(data=text, format="turtle", publicID=path.absolute().as_uri())
    except BadSyntax as error:
        reason = re.search(r"Bad syntax \((.*?)\) at", str(error))
        message = f"is not Turtle: {reason.group(1) if reason else error}"
        raise SourceError([Problem(str(path), error.lines + 1, 1, "", message)]) from error
    except Exception as error:  # rdflib's parser has many ways to fail, RecursionError and AssertionError among them
        message = f"is not Turtle: {type(error).__name__} {error}".strip()
        raise SourceError([Problem(str(path), 0, 0, "", message)]) from error


def vocabulary_files(folder: Path) -> list[Path]:
    """Return the Turtle files of the vocabularies, in order of their names."""
    return sorted((folder / "vocabularies").glob("*.ttl"))


def load_ontology(folder: Path, iris: Iris) -> Ontology:
    """Return the ontology of a folder, its concepts under the base of `iris`.

    Raises:
        SourceError: a file is missing or not Turtle; all files' problems at once.
    """
    problems: list[Problem] = []
    graphs: dict[Path, Graph] = {}
    for path in (folder / "policy.ttl", folder / "reused.ttl", *vocabulary_files(folder)):
        try:
            graphs[path] = read_turtle(path)
        except OSError:
            problems.append(Problem(str(path), 0, 0, "", "is missing or cannot be read"))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)
    terms, concepts = Graph(bind_namespaces="none"), Graph(bind_namespaces="none")
    for path, graph in graphs.items():
        goal = concepts if path.parent.name == "vocabularies" else terms
        for subject, predicate, value in graph:
            goal.add((_rebase(subject, iris), predicate, _rebase(value, iris)))
    _complete(concepts)
    return Ontology(folder, iris, terms, concepts)


def locate_subject(folder: Path, iri: str) -> tuple[str, int] | None:
    """Return the Turtle file and the line where a term or concept is described, or None."""
    local = re.escape(re.split(r"[#/]", iri)[-1])
    start = re.compile(rf"^(?:[\w-]*:{local}|<{re.escape(iri)}>)\s", re.MULTILINE)
    for path in (folder / "policy.ttl", folder / "reused.ttl", *vocabulary_files(folder)):
        text = path.read_text(encoding="utf-8")
        for match in start.finditer(text):
            prefix = match.group().split(":")[0]
            namespace = re.search(rf"@prefix {re.escape(prefix)}: <([^>]*)>", text)
            if match.group().startswith("<") or (namespace and iri.startswith(namespace.group(1))):
                return str(path), text.count("\n", 0, match.start()) + 1
    return None


def _rebase(term: object, iris: Iris) -> URIRef | Literal:
    if isinstance(term, URIRef):
        return URIRef(iris.rebase(str(term)))
    if isinstance(term, Literal):
        return term
    raise SourceError([Problem("ontology", 0, 0, "", f"blank node {term}: give it an IRI, so that it can be cited")])


def _complete(graph: Graph) -> None:
    """Add what a reader of the vocabularies expects to find beside what is written: labels, inverses, superclasses."""
    for subject, predicate, value in list(_completions(graph)):
        graph.add((subject, predicate, value))


def _completions(graph: Graph) -> Iterator[tuple[URIRef, URIRef, URIRef | Literal]]:
    for subject, label in graph.subject_objects(SKOS.prefLabel):
        if isinstance(subject, URIRef) and isinstance(label, Literal):
            yield subject, RDFS.label, label
    for narrow, broad in graph.subject_objects(SKOS.broader):
        if isinstance(narrow, URIRef) and isinstance(broad, URIRef):
            yield broad, SKOS.narrower, narrow
    for top, scheme in graph.subject_objects(SKOS.topConceptOf):
        if isinstance(top, URIRef) and isinstance(scheme, URIRef):
            yield scheme, SKOS.hasTopConcept, top
    for name in VOCABULARY_CLASSES:
        for concept in graph.subjects(RDF.type, URIRef(PKG + name)):
            if isinstance(concept, URIRef):
                yield concept, RDF.type, SKOS.Concept
