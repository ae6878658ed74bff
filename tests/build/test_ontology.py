"""Reading the ontology: units, vocabulary, errors with their line."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import URIRef
from rdflib.namespace import RDFS, SKOS

from kg.build import Ontology, load_ontology, locate_subject
from kg.errors import SourceError
from kg.iris import Iris
from tests.conftest import ROOT


def test_units_are_found_by_the_symbol_in_the_text(ontology: Ontology) -> None:
    units = ontology.units
    assert units["EFLOPS"].multiplier == Decimal(10) ** 18
    assert units["亿元"].multiplier == Decimal(10) ** 8
    assert units["万辆"].multiplier == Decimal(10) ** 4
    assert units["EFLOPS"].normalized == "http://qudt.org/vocab/unit/FLOPS"
    assert len(units) >= 15


def test_vocabulary_has_the_ids_that_facts_may_use(ontology: Ontology) -> None:
    concepts = ontology.vocabulary.concepts
    assert {"healthcare", "education", "elderly-care", "manufacturing"} <= concepts["sector"]
    assert min(len(concepts[kind]) for kind in ("sector", "theme", "product", "platform-kind")) >= 6


def test_labels_inverses_and_superclasses_are_added(ontology: Ontology) -> None:
    mint = ontology.iris.mint
    livelihood, healthcare = URIRef(mint("sector", "livelihood")), URIRef(mint("sector", "healthcare"))
    assert (livelihood, SKOS.narrower, healthcare) in ontology.concepts
    assert {str(label) for label in ontology.concepts.objects(healthcare, RDFS.label)} == {"医疗", "Healthcare"}
    assert (healthcare, None, SKOS.Concept) in ontology.concepts


def test_another_base_moves_concepts_and_leaves_terms() -> None:
    moved = load_ontology(ROOT / "ontology", Iris("https://example.org/kg/"))
    assert (URIRef("https://example.org/kg/id/sector/healthcare"), None, None) in moved.concepts
    assert (URIRef("https://w3id.org/policy-kg/ontology#Measure"), None, None) in moved.terms
    assert not [node for node in moved.concepts.all_nodes() if str(node).startswith("https://w3id.org/policy-kg/id/")]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"@prefix a: <http://example.org/> .\n\na:b a:c .\n", 3, "is not Turtle"),
        (b"# \xe5\x8c\xbb\n\xff\xfe\n", 2, "is not UTF-8"),
        (b"<http://example.org/a> <http://example.org/b> [] .\n", 0, "blank node"),
    ],
)
def test_a_broken_vocabulary_is_reported_with_its_line(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", folder)
    (folder / "vocabularies" / "sectors.ttl").write_bytes(content)
    with pytest.raises(SourceError) as error:
        load_ontology(folder, Iris())
    assert [problem.line for problem in error.value.problems] == [line]
    assert words in error.value.problems[0].message


def test_missing_files_are_reported_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error:
        load_ontology(tmp_path, Iris())
    assert {Path(problem.file).name for problem in error.value.problems} == {"policy.ttl", "reused.ttl"}


def test_a_concept_is_located_in_its_file() -> None:
    found = locate_subject(ROOT / "ontology", Iris().mint("sector", "healthcare"))
    assert found is not None
    path, line = found
    assert path.endswith("sectors.ttl")
    assert Path(path).read_text(encoding="utf-8").splitlines()[line - 1].startswith("sector:healthcare a pkg:Sector")
    assert locate_subject(ROOT / "ontology", Iris().mint("sector", "nowhere")) is None
