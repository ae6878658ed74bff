"""Seeds that are right load, and know where each of their things stands."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest

from kg.errors import SourceError
from kg.facts import Facts, Relation, ScopeRelation, Seed, Vocabulary, load_seeds
from kg.kinds import KIND_BY_COLLECTION, RELATIONS

ROOT = Path(__file__).resolve().parents[2]


def test_real_seeds_load(vocabulary: Vocabulary) -> None:
    seeds = load_seeds(ROOT / "seeds", vocabulary)
    assert "dayoo-20240607" in [seed.source.id for seed in seeds]
    seed = seeds[0]
    assert len(seed.facts.measures) >= 50
    assert len(seed.facts.targets) >= 20


def test_sample_has_what_other_tests_build_on(sample: Seed) -> None:
    facts = sample.facts
    assert len(facts.measures) == 6
    assert {target.value.comparator for target in facts.targets if target.value} == {"gt", "ge", "le", "approx"}
    assert [target.id for target in facts.targets if target.outcome] == ["sample-experience-2028"]
    assert [place.id for place in facts.places] == ["sample-province", "sample-city"]
    touched = {relation.to for measure in facts.measures for relation in measure.sectors}
    assert touched == {"healthcare", "elderly-care", "government", "education"}


def test_position_of_a_thing(sample: Seed) -> None:
    file = sample.facts_document.file
    lines = Path(file).read_text(encoding="utf-8").split("\n")
    for kind, key, start in [
        ("measure", "sample-computing-centre", "  - id: sample-computing-centre"),
        ("platform", "sample-computing-centre", "  - id: sample-computing-centre"),
        ("target", "sample-counters-2027", "  - id: sample-counters-2027"),
        ("sector", "healthcare", "  - ref: healthcare"),
    ]:
        found = sample.position_of(kind, key)
        assert found is not None
        assert found[0] == file
        assert lines[found[1] - 1] == start
    assert sample.position_of("measure", "sample-computing-centre") != sample.position_of(
        "platform", "sample-computing-centre"
    )
    assert sample.position_of("source", "sample-source") == (sample.source_document.file, 1)
    assert sample.position_of("measure", "nothing") is None


def test_seeds_are_sorted_by_the_names_of_their_folders(seeds: Path, vocabulary: Vocabulary) -> None:
    for name in ("b-source", "a-source", "z-source"):
        folder = Path(shutil.copytree(seeds / "sample-source", seeds / name))
        source = (folder / "source.yaml").read_text(encoding="utf-8")
        (folder / "source.yaml").write_text(source.replace("id: sample-source", f"id: {name}"), encoding="utf-8")
        (folder / "facts.yaml").write_text("measures: []\n")
    (seeds / "notes").mkdir()
    (seeds / "README.md").write_text("no source\n")
    assert [seed.source.id for seed in load_seeds(seeds, vocabulary)] == [
        "a-source",
        "b-source",
        "sample-source",
        "z-source",
    ]


def test_loading_twice_gives_the_same(seeds: Path, vocabulary: Vocabulary) -> None:
    assert load_seeds(seeds, vocabulary) == load_seeds(seeds, vocabulary)


def test_folder_that_does_not_exist_is_told(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(SourceError, match="is not a folder"):
        load_seeds(tmp_path / "nothing", vocabulary)


def test_folder_of_one_source_in_place_of_all_is_told(seeds: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(SourceError, match="is the folder of one source") as raised:
        load_seeds(seeds / "sample-source", vocabulary)
    assert str(seeds) in raised.value.problems[0].hint


def test_folder_without_sources_has_no_seeds(tmp_path: Path, vocabulary: Vocabulary) -> None:
    assert load_seeds(tmp_path, vocabulary) == ()


@pytest.mark.parametrize(
    ("old", "new", "clause"),
    [
        ("start: 2, end: 6, clause: 示例日报", "start: 2, end: 6, clause: 2028", "2028"),
        ("start: 2, end: 6, clause: 示例日报", "start: 0, end: 4, clause: true", "true"),
        ("start: 2, end: 6, clause: 示例日报", "start: 0, end: 10, clause: 2024-06-07", "2024-06-07"),
        ("start: 2, end: 6, clause: 示例日报", "start: 0, end: 4, clause: 3.50", "3.50"),
        ("start: 2, end: 6, clause: 示例日报", 'start: 0, end: 3, clause: "off"', "off"),
    ],
)
def test_clause_that_looks_like_something_else_is_text(
    seeds: Path, vocabulary: Vocabulary, old: str, new: str, clause: str
) -> None:
    path = seeds / "sample-source" / "facts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    (seed,) = load_seeds(seeds, vocabulary)
    assert seed.facts.organizations[0].evidence[0].clause == clause


def test_id_that_is_a_number_is_text(seeds: Path, vocabulary: Vocabulary) -> None:
    path = seeds / "sample-source" / "facts.yaml"
    text = path.read_text(encoding="utf-8").replace("sample-daily", "007")
    path.write_text(text, encoding="utf-8")
    source = path.with_name("source.yaml")
    source.write_text(source.read_text(encoding="utf-8").replace("sample-daily", "007"), encoding="utf-8")
    (seed,) = load_seeds(seeds, vocabulary)
    assert seed.source.publisher == seed.facts.organizations[0].id == "007"
    assert seed.position_of("organization", "007") is not None


def test_whole_number_and_share_stay_what_they_are(sample: Seed) -> None:
    values = {target.id: target.value.number for target in sample.facts.targets if target.value}
    assert values["sample-software-2026"] == 120


def test_every_relation_of_the_format_is_in_the_table_of_relations() -> None:
    """What the table does not know would neither be checked nor compiled."""
    known = {(relation.subject, relation.key) for relation in RELATIONS}
    found = set()
    for section, info in Facts.model_fields.items():
        (model,) = get_args(info.annotation)
        for name, field in model.model_fields.items():
            if field.annotation in (list[Relation], list[ScopeRelation]):
                found.add((KIND_BY_COLLECTION[section].name, name))
    assert found <= known
    assert len(found) >= 24
