"""The competency questions: each gives its expected answer over the real graph, and together they use every term."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, URIRef

from kg.build import NamedGraph
from kg.engine import EmbeddedEngine
from kg.lookup import Lookup
from kg.terms import PKG
from tests.ontology.expected import QUESTIONS, answer

FILES = sorted(QUESTIONS.glob("*.rq"))


def body(question: Path) -> str:
    """Return a query without its comments and prefixes."""
    lines = question.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("#", "PREFIX")))


def test_there_are_questions_enough() -> None:
    assert len(FILES) >= 30
    assert {path.stem for path in FILES} == {path.stem for path in QUESTIONS.glob("*.csv")}


@pytest.mark.parametrize("question", FILES, ids=lambda path: path.stem)
def test_answer_is_the_expected_one(question: Path, engine: EmbeddedEngine) -> None:
    expected = question.with_suffix(".csv").read_text(encoding="utf-8")
    assert answer(engine, question) == expected
    assert expected.count("\n") >= 2, "an empty answer proves nothing"


@pytest.mark.parametrize("question", FILES, ids=lambda path: path.stem)
def test_question_is_put_in_both_languages(question: Path) -> None:
    lines = question.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"# question\.zh: .*[\u4e00-\u9fff].*？", lines[0])
    assert re.fullmatch(r"# question\.en: [^\u4e00-\u9fff]*\?", lines[1])
    assert re.fullmatch(r"# .* asks?[.;].*", lines[2])


@pytest.mark.parametrize("question", FILES, ids=lambda path: path.stem)
def test_entity_is_fixed_in_a_values_line_alone(question: Path) -> None:
    entities = [line for line in body(question).splitlines() if "policy-kg/id/" in line]
    assert all(re.fullmatch(r"    VALUES \?\w+ \{.*\}", line) for line in entities)


@pytest.mark.parametrize("question", FILES, ids=lambda path: path.stem)
def test_order_is_asked_for(question: Path) -> None:
    assert "ORDER BY" in body(question)


def test_every_term_of_the_ontology_is_used(graphs: tuple[NamedGraph, ...]) -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, RDFS.Datatype)
    declared = {term for kind in kinds for term in graphs[0].graph.subjects(RDF.type, kind)}
    ours = {str(term).removeprefix(PKG) for term in declared if isinstance(term, URIRef) and term.startswith(PKG)}
    assert len(ours) >= 55
    text = "\n".join(body(question) for question in FILES)
    assert ours - set(re.findall(r"pkg:(\w+)", text)) == set()


def rows(name: str) -> list[dict[str, str]]:
    text = (QUESTIONS / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


SECTORS = ("healthcare", "education", "manufacturing", "elderly-care", "robotics")


@pytest.mark.parametrize("sector", SECTORS)
def test_measures_touching_a_sector_are_those_of_the_look_up_with_the_same_facts(
    sector: str, engine: EmbeddedEngine, lookup: Lookup
) -> None:
    text = (
        (QUESTIONS / "measures-touching-sector.rq")
        .read_text("utf-8")
        .replace("sector/healthcare>", f"sector/{sector}>")
    )
    found: dict[str, set[tuple[str, ...]]] = {}
    for row in engine.select(text):
        fact = tuple(row[name].value for name in ("subject", "relation", "object", "clause"))
        found.setdefault(row["measure"].value, set()).add(fact)
    expected = {
        thing.iri: {
            (step.subject.iri, step.predicate.replace("pkg:", PKG), step.object.iri, citation.quote)
            for touch in thing.touches or ()
            for step in touch.via
            for citation in step.evidence
        }
        for thing in lookup.things("measure", {"touches": sector}, limit=1000).items
    }
    assert found == expected


def test_counts_of_the_source_stand_in_the_answers() -> None:
    """Counted by hand in the article, once; the answers may not drift from them."""
    assert [(row["declared"], row["titled"], row["provisions"]) for row in rows("coverage")] == [("45", "25", "32")]
    assert len(rows("targets-due-by")) == 17
    assert len(rows("qualitative-outcomes")) == 8
    touching = rows("measures-touching-sector")
    assert len({row["measure"] for row in touching}) == 5
    assert [row["relation"].rpartition("#")[2] for row in touching] == [
        "appliesToSector",
        "appliesToSector",
        "appliesToSector",
        "concernsProduct",
        "servesSector",
        "appliesToSector",
        "appliesToSector",
        "concernsProduct",
        "servesSector",
    ]
    assert len(rows("platforms-without-operator")) == 9
    assert {row["comparator_en"]: int(row["targets"]) for row in rows("targets-by-comparator")} == {
        "At least": 11,
        "Greater than": 4,
        "Equal to": 2,
        "Approximately": 0,
        "At most": 0,
        "Less than": 0,
    }
