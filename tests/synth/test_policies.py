"""A synthetic policy is a source as a curator would write it: the loader takes it, its clauses are in its text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.build import NamedGraph, Ontology
from kg.build.compile import compile_lines, compile_seed
from kg.facts import Evidence, Facts, Source, load_seeds
from kg.synth import Corpus
from kg.synth.policies import SIZES, policy_document
from kg.synth.register import register
from kg.synth.world import World

Written = tuple[Source, Facts, tuple[str, ...]]


@pytest.fixture(scope="module")
def sources(corpus: Corpus) -> list[Written]:
    source, facts, page = register(corpus.world)
    documents = [policy_document(corpus.world, number) for number in range(1, 21)]
    return [(source, facts, page.lines), *((each.source, each.facts, each.lines) for each in documents)]


@pytest.fixture(scope="module")
def folder(sources: list[Written], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("seeds")
    for source, facts, _ in sources:
        (root / source.id).mkdir()
        for name, data in (("source", {**plain(source), "url": str(source.url)}), ("facts", plain(facts))):
            text = yaml.safe_dump(data, allow_unicode=True)
            (root / source.id / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def plain(model: Source | Facts) -> dict[str, Any]:
    return model.model_dump(exclude_defaults=True)


def evidence_of(value: object) -> list[Evidence]:
    if isinstance(value, Evidence):
        return [value]
    if isinstance(value, list):
        return [each for item in value for each in evidence_of(item)]
    fields = getattr(type(value), "model_fields", ())
    return [each for name in fields for each in evidence_of(getattr(value, name))]


def test_the_loader_takes_the_files_of_a_corpus(folder: Path, ontology: Ontology) -> None:
    """It holds numbers, units, comparators, dates and references against the clauses."""
    assert len(load_seeds(folder, ontology.vocabulary)) == 21


def test_the_build_of_these_files_has_the_lines_of_the_corpus(
    folder: Path, sources: list[Written], ontology: Ontology
) -> None:
    lines = {source.id: compile_lines(source, facts, ontology) for source, facts, _ in sources}
    for seed in load_seeds(folder, ontology.vocabulary):
        built = NamedGraph("", compile_seed(seed, ontology)).ntriples().decode().splitlines()
        assert list(lines[seed.source.id]) == built


def test_each_clause_stands_in_the_text(sources: list[Written]) -> None:
    found = 0
    for _, facts, lines in sources:
        for evidence in evidence_of(facts):
            assert lines[evidence.line - 1][evidence.start : evidence.end] == evidence.clause
            found += 1
    assert found > 600


def test_what_is_made_up_says_so(sources: list[Written]) -> None:
    for source, facts, _ in sources:
        assert source.id.startswith("synth-")
        assert str(source.url).startswith("https://example.org/")
        for policy in facts.policies:
            assert policy.label is not None
            assert "合成" in policy.label.zh
            assert "synthetic" in policy.label.en


def test_policies_are_of_2017_to_2026_and_due_by_2035(sources: list[Written]) -> None:
    targets = [target for _, facts, _ in sources for target in facts.targets]
    days = [policy.published.date for _, facts, _ in sources for policy in facts.policies if policy.published]
    assert len(days) == 20
    assert {day.year for day in days} <= set(range(2017, 2027))
    assert len(targets) > 20
    assert {target.deadline.year for target in targets} <= set(range(2025, 2036))
    assert 0.05 < sum(target.outcome is not None for target in targets) / len(targets) < 0.6


def test_the_largest_policies_have_sixty_measures(corpus: Corpus) -> None:
    world: World = corpus.world
    sizes = [len(policy_document(world, number).facts.measures) for number in range(1, 301)]
    assert min(sizes) == 1
    assert max(sizes) > max(SIZES)
    assert max(sizes) <= 60


def test_a_policy_of_a_large_number_is_there_at_once(corpus: Corpus) -> None:
    assert policy_document(corpus.world, 1_000_000).source.id == "synth-1000000"
