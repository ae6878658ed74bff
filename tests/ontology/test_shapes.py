"""The shapes: themselves valid SHACL, kept by the real data, and broken by every kind of loss."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SH, SKOS, Graph, Literal, URIRef

from kg.build import NamedGraph
from kg.build.ontology import read_turtle
from kg.iris import Iris
from kg.terms import DCTERMS, OA, ONTOLOGY_IRI, OWL, PKG, QUDT, SCHEMA, TIME, VANN
from kg.validate import read_shapes, validate_shapes
from kg.validate.shapes import SHAPES_NAMESPACE, union

SHAPES = Path(__file__).resolve().parents[2] / "ontology" / "shapes"
IRIS = Iris()
MEASURE = IRIS.mint("measure", "gd-ai45-smart-hospitals")
TARGET = IRIS.mint("target", "gd-ai45-compute-2027")
OUTCOME = IRIS.mint("target", "gd-ai45-productivity-2027")
PLATFORM = IRIS.mint("platform", "china-computing-net")
INSTANT = IRIS.mint("instant", "2027-12-31")
STATED = IRIS.mint("quantity", "gd-ai45-compute-2027")
SOURCE = IRIS.mint("source", "dayoo-20240607")
PASSAGE = IRIS.mint("passage", "dayoo-20240607", "2")
SECTOR = IRIS.mint("sector", "healthcare")
UNIT = IRIS.mint("unit", "yi-yuan")

LABEL, PREFERRED = str(RDFS.label), str(SKOS.prefLabel)

# What is taken away, and the one constraint that must notice: (subject or object, predicate, language or "", rule).
LOSSES = {
    "evidence of a measure": (MEASURE, f"^{OA}hasBody", "", "evidence"),
    "evidence of a target": (TARGET, f"^{OA}hasBody", "", "evidence"),
    "evidence of a platform": (PLATFORM, f"^{OA}hasBody", "", "evidence"),
    "passage of a measure": (MEASURE, f"{PKG}statedIn", "", "stated-in"),
    "policy of a measure": (MEASURE, f"{PKG}inPolicy", "", "measure-policy"),
    "kind of a measure": (MEASURE, f"{PKG}measureKind", "", "measure-kind"),
    "deadline": (TARGET, f"{PKG}deadline", "", "target-deadline"),
    "deadline of an outcome": (OUTCOME, f"{PKG}deadline", "", "target-deadline"),
    "indicator": (TARGET, f"{PKG}hasIndicator", "", "target-indicator"),
    "policy of a target": (TARGET, f"{PKG}inPolicy", "", "target-policy"),
    "wording": (TARGET, f"{PKG}wording", "", "target-wording"),
    "comparator": (TARGET, f"{PKG}comparator", "", "quantitative-comparator"),
    "quantity": (TARGET, f"{PKG}quantity", "", "quantitative-quantity"),
    "normalized quantity": (TARGET, f"{PKG}normalizedQuantity", "", "quantitative-normalizedQuantity"),
    "number": (STATED, f"{QUDT}numericValue", "", "quantity-number"),
    "unit": (STATED, f"{QUDT}hasUnit", "", "quantity-unit"),
    "year": (INSTANT, f"{TIME}inXSDgYear", "", "instant-year"),
    "date": (INSTANT, f"{TIME}inXSDDate", "", "instant-date"),
    "kind of a platform": (PLATFORM, f"{PKG}platformKind", "", "platform-kind"),
    "Chinese label": (MEASURE, LABEL, "zh", "label-zh"),
    "English label": (MEASURE, LABEL, "en", "label-en"),
    "preferred label": (MEASURE, PREFERRED, "zh", "preferred-label"),
    "scheme of a sector": (SECTOR, str(SKOS.inScheme), "", "concept-scheme"),
    "broader of a sector": (SECTOR, str(SKOS.broader), "", "Concept"),
    "definition of a sector": (SECTOR, str(SKOS.definition), "zh", "definition-zh"),
    "line number": (PASSAGE, f"{PKG}lineNumber", "", "passage-line"),
    "source of a passage": (PASSAGE, f"{DCTERMS}isPartOf", "", "passage-source"),
    "digest": (SOURCE, f"{PKG}textDigest", "", "source-digest"),
    "publisher": (SOURCE, f"{DCTERMS}publisher", "", "source-publisher"),
    "symbol of a unit": (UNIT, f"{QUDT}symbol", "", "unit-symbol"),
    "multiplier of a unit": (UNIT, f"{QUDT}conversionMultiplier", "", "unit-multiplier"),
    "title of the ontology": (ONTOLOGY_IRI, f"{DCTERMS}title", "en", "ontology-title"),
    "description of the ontology": (ONTOLOGY_IRI, f"{DCTERMS}description", "en", "ontology-description"),
    "creator of the ontology": (ONTOLOGY_IRI, f"{DCTERMS}creator", "", "ontology-creator"),
    "publisher of the ontology": (ONTOLOGY_IRI, f"{DCTERMS}publisher", "", "ontology-publisher"),
    "creation of the ontology": (ONTOLOGY_IRI, f"{DCTERMS}created", "", "ontology-created"),
    "licence of the ontology": (ONTOLOGY_IRI, f"{DCTERMS}license", "", "ontology-license"),
    "prefix of the ontology": (ONTOLOGY_IRI, f"{VANN}preferredNamespacePrefix", "", "ontology-prefix"),
    "namespace of the ontology": (ONTOLOGY_IRI, f"{VANN}preferredNamespaceUri", "", "ontology-namespace"),
    "version of the ontology": (ONTOLOGY_IRI, f"{OWL}versionInfo", "", "ontology-version"),
    "version IRI of the ontology": (ONTOLOGY_IRI, f"{OWL}versionIRI", "", "ontology-versionIRI"),
    "range of a property": (f"{PKG}scope", f"{SCHEMA}rangeIncludes", "", "ontology-range"),
}

# Relations of a measure, each given an object of the wrong class.
MISTAKES = {
    "partOfMeasure": "measure-partOf",
    "hasTheme": "measure-theme",
    "appliesToSector": "measure-sector",
    "concernsProduct": "measure-product",
    "supportsPlatform": "measure-platform",
    "involvesOrganization": "measure-organization",
    "appliesInPlace": "measure-place",
    "hasTarget": "measure-target",
}


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return read_shapes(SHAPES)


@pytest.fixture(scope="module")
def real(graphs: tuple[NamedGraph, ...]) -> Graph:
    return union(graphs)


@pytest.fixture
def whole(real: Graph) -> Iterator[Graph]:
    """The real graph, to be damaged: it is put back afterwards, for copying it takes longer than the test."""
    before = set(real)
    yield real
    after = set(real)
    for triple in after - before:
        real.remove(triple)
    for triple in before - after:
        real.add(triple)


Check = Callable[[Graph, str], set[str]]


@pytest.fixture
def check(shapes: Graph) -> Check:
    def rules(graph: Graph, focus: str) -> set[str]:
        named = NamedGraph(IRIS.graph("all"), graph)
        return {violation.rule for violation in validate_shapes([named], shapes, focus={focus})}

    return rules


def test_real_data_conforms(graphs: tuple[NamedGraph, ...], shapes: Graph) -> None:
    assert validate_shapes(graphs, shapes) == ()


def test_shapes_are_valid_shacl(graphs: tuple[NamedGraph, ...]) -> None:
    assert validate_shapes(graphs[:1], SHAPES, focus=(), meta=True) == ()


@pytest.mark.parametrize("loss", LOSSES)
def test_loss_is_noticed(loss: str, whole: Graph, check: Check) -> None:
    thing, predicate, language, rule = LOSSES[loss]
    if predicate.startswith("^"):
        lost = list(whole.triples((None, URIRef(predicate[1:]), URIRef(thing))))
    else:
        lost = list(whole.triples((URIRef(thing), URIRef(predicate), None)))
    lost = [triple for triple in lost if not language or getattr(triple[2], "language", None) == language]
    assert lost
    for triple in lost:
        whole.remove(triple)
    assert rule in check(whole, thing if not thing.startswith(PKG) else ONTOLOGY_IRI)


@pytest.mark.parametrize("relation", MISTAKES)
def test_relation_to_the_wrong_class_is_noticed(relation: str, whole: Graph, check: Check) -> None:
    whole.add((URIRef(MEASURE), URIRef(PKG + relation), URIRef(UNIT)))
    assert check(whole, MEASURE) == {MISTAKES[relation]}


def test_theme_of_a_target_of_the_wrong_class_is_noticed(whole: Graph, check: Check) -> None:
    whole.add((URIRef(TARGET), URIRef(PKG + "hasTheme"), URIRef(UNIT)))
    assert check(whole, TARGET) == {"target-theme"}


def test_missing_english_label_only_warns(whole: Graph, shapes: Graph) -> None:
    for predicate in (RDFS.label, SKOS.prefLabel):
        for label in list(whole.objects(URIRef(MEASURE), predicate)):
            if isinstance(label, Literal) and label.language == "en":
                whole.remove((URIRef(MEASURE), predicate, label))
    found = validate_shapes([NamedGraph(IRIS.graph("all"), whole)], shapes, focus={MEASURE})
    assert {(violation.severity, violation.rule) for violation in found} == {("Warning", "label-en")}


def test_every_class_of_the_ontology_has_a_shape(graphs: tuple[NamedGraph, ...], shapes: Graph) -> None:
    classes = {term for term in graphs[0].graph.subjects(RDF.type, URIRef(OWL + "Class")) if str(term).startswith(PKG)}
    assert len(classes) >= 22
    assert classes <= set(shapes.objects(predicate=SH.targetClass))


def test_every_class_that_the_data_has_is_held_to_a_shape(graphs: tuple[NamedGraph, ...], shapes: Graph) -> None:
    instantiated = {cls for named in graphs[1:] for cls in named.graph.objects(predicate=RDF.type)}
    beside = {URIRef("http://data.europa.eu/eli/ontology#LegalResource"), URIRef(SCHEMA + "NewsArticle")}
    assert instantiated - set(shapes.objects(predicate=SH.targetClass)) == beside


@pytest.mark.parametrize("path", sorted(SHAPES.glob("*.ttl")), ids=lambda path: path.stem)
def test_every_constraint_says_in_both_languages_what_would_be_right(path: Path) -> None:
    graph = read_turtle(path)
    constraints = set(graph.subjects(RDF.type, SH.PropertyShape)) | set(graph.subjects(RDF.type, SH.SPARQLConstraint))
    for constraint in constraints:
        assert str(constraint).startswith(SHAPES_NAMESPACE)
        messages = [message for message in graph.objects(constraint, SH.message) if isinstance(message, Literal)]
        assert sorted(message.language or "" for message in messages) == ["en", "zh"], constraint


def test_every_constraint_is_used(shapes: Graph) -> None:
    constraints = set(shapes.subjects(RDF.type, SH.PropertyShape)) | set(shapes.subjects(RDF.type, SH.SPARQLConstraint))
    used = set(shapes.objects(predicate=SH.property)) | set(shapes.objects(predicate=SH.sparql))
    assert len(constraints) >= 120
    assert constraints - used == set()


def test_no_name_is_defined_in_two_files() -> None:
    seen: dict[str, str] = {}
    for path in sorted(SHAPES.glob("*.ttl")):
        for name in re.findall(r"^shape:([\w-]+) a ", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert name not in seen, f"{name} is in {seen.get(name)} and in {path.name}"
            seen[name] = path.name
