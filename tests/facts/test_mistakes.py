"""What curators get wrong: the place, the field, what is wrong, what would be right, and nothing else."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.errors import Problem, SourceError
from kg.facts import Vocabulary, load_seeds

Problems = Callable[[], tuple[Problem, ...]]

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "data" / "sample" / "mistakes.yaml").read_text(encoding="utf-8")
)

SPECIAL = [b"{", b"}", b"[", b"]", b"'", b"|", b"~", b"!", b"#", b"&", b"*", b"0", b"\0", b"\n", b"\t", b": "]


def spoil(path: Path, old: str, new: str) -> str:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return text


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.fixture
def facts(seeds: Path) -> Path:
    return seeds / "sample-source" / "facts.yaml"


@pytest.fixture
def source(seeds: Path) -> Path:
    return seeds / "sample-source" / "source.yaml"


def only(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 70
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_mistake_is_told_with_its_place_and_what_would_be_right(
    case: dict[str, Any], seeds: Path, problems: Problems
) -> None:
    path = seeds / "sample-source" / case.get("file", "facts.yaml")
    text = spoil(path, case["old"], case["new"])
    problem = only(problems())
    assert problem.file == str(path)
    if "at" in case:
        assert problem.line == line_of(text, case["at"])
        assert problem.column >= 1
    assert problem.field == case.get("field", "")
    assert case["message"] in problem.message
    assert case.get("hint", "") in problem.hint


# --- files as bytes ---------------------------------------------------------------------------------------------


def test_gbk_is_refused_with_offset_and_line(source: Path, problems: Problems) -> None:
    source.write_bytes(b"id: sample-source\n# " + "示例".encode("gbk") + b"\n")
    problem = only(problems())
    assert (problem.line, problem.column, problem.field) == (2, 4, "")
    assert problem.message == "is not UTF-8: byte 0xc0 at offset 22"
    assert "GBK" in problem.hint


def test_utf16_is_refused(source: Path, problems: Problems) -> None:
    source.write_bytes(source.read_text(encoding="utf-8").encode("utf-16"))
    assert only(problems()).message == "is not UTF-8: byte 0xff at offset 0"


def test_nul_byte_is_refused_with_its_place(source: Path, problems: Problems) -> None:
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("lines: 8", "lines: \0 8"), encoding="utf-8")
    problem = only(problems())
    assert (problem.line, problem.column) == (line_of(text, "lines: 8"), 8)
    assert (problem.message, problem.hint) == ("has the control character U+0000", "delete it")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# only a comment\n", b"\xef\xbb\xbf", b"---\n...\n", b"~\n"])
def test_empty_file_is_refused(content: bytes, facts: Path, problems: Problems) -> None:
    facts.write_bytes(content)
    problem = only(problems())
    assert (problem.file, problem.line, problem.message) == (str(facts), 0, "is empty")


@pytest.mark.parametrize("content", ["- id: a\n", "just words\n", "45\n", "true\n"])
def test_file_that_is_no_mapping_is_refused(content: str, facts: Path, problems: Problems) -> None:
    facts.write_text(content)
    problem = only(problems())
    assert (problem.line, problem.message) == (1, "must be a mapping of keys to values")


def test_missing_file_is_told(facts: Path, problems: Problems) -> None:
    facts.unlink()
    problem = only(problems())
    assert (problem.file, problem.line, problem.message) == (str(facts), 0, "does not exist")


def test_folder_in_place_of_a_file_is_told(facts: Path, problems: Problems) -> None:
    facts.unlink()
    facts.mkdir()
    assert only(problems()).message == "is a folder, not a file"


def test_yml_is_not_silently_passed_over(facts: Path, problems: Problems) -> None:
    other = facts.parent.parent / "second"
    other.mkdir()
    (other / "facts.yml").write_text("measures: []\n")
    problem = only(problems())
    assert (problem.file, problem.hint) == (str(other / "facts.yml"), "name it facts.yaml")


# --- what must not take long ------------------------------------------------------------------------------------


def test_file_of_50_megabytes_is_refused_at_once(facts: Path, problems: Problems) -> None:
    with facts.open("wb") as file:
        file.truncate(50_000_000)
    began = time.monotonic()
    problem = only(problems())
    assert time.monotonic() - began < 1
    assert problem.message == "has 50,000,000 bytes"
    assert "limit is 5,000,000 bytes" in problem.hint


def test_bomb_of_aliases_is_refused_at_once(facts: Path, problems: Problems) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    facts.write_text("\n".join(lines))
    began = time.monotonic()
    found = problems()
    assert time.monotonic() - began < 2
    assert any(each.message == "alias *a0 is not supported" and each.hint == "write it out" for each in found)


@pytest.mark.parametrize("opening", ["[", "{", "[\n", "- ", "? "])
def test_ten_thousand_brackets_are_refused_at_once(opening: str, facts: Path, problems: Problems) -> None:
    facts.write_text("measures:\n  " + opening * 10_000)
    began = time.monotonic()
    problem = only(problems())
    assert time.monotonic() - began < 2
    assert "nested more than 30 deep" in problem.message or problem.message == "a key must be a word"
    assert problem.line >= 2


def test_very_many_mistakes_are_counted_and_not_all_listed(facts: Path, problems: Problems) -> None:
    facts.write_text("measures: [" + "x, " * 100_000 + "]\norganizations: []\n")
    began = time.monotonic()
    found = [each for each in problems() if each.file == str(facts)]
    assert time.monotonic() - began < 20
    assert len(found) == 501
    assert found[0].message == "has 99,500 more problems, not listed"


def test_spoilt_files_give_problems_and_no_tracebacks(facts: Path, seeds: Path, vocabulary: Vocabulary) -> None:
    """Bytes cut, doubled, exchanged at random: the loader says what is wrong, or finds nothing wrong."""
    right, chance = facts.read_bytes(), random.Random(20240607)
    refused: list[SourceError] = []
    for _ in range(300):
        spoilt = bytearray(right)
        for _ in range(chance.randint(1, 4)):
            at, size = chance.randrange(len(spoilt)), chance.choice((1, 1, 2, 5, 40, 400))
            other = chance.randrange(len(spoilt))
            spoilt[at : at + size] = chance.choice((b"", bytes(spoilt[other : other + size]), chance.choice(SPECIAL)))
        facts.write_bytes(spoilt)
        try:
            load_seeds(seeds, vocabulary)
        except SourceError as error:
            refused.append(error)
    assert len(refused) > 200
    assert all(problem.message for error in refused for problem in error.problems)


# --- one mistake does not hide another, nor breed one -------------------------------------------------------------


def test_many_mistakes_are_all_told_at_once(seeds: Path, facts: Path, source: Path, problems: Problems) -> None:
    spoil(source, "language: zh", "language: cn")
    spoil(facts, "comparator: approx", "comparator: about")
    spoil(facts, "unit: 亿元", "unit: 亿园")
    spoil(facts, "{line: 8, start: 2", "{line: 9, start: 2")
    spoil(facts, "{count: 6,", "{count: 7,")
    spoil(facts, "- {to: elderly-care,", "- {to: eldery-care, note: x,")
    spoil(facts, "- {to: computing-centre,", "- {to: computing-center,")
    spoil(facts, "indicator: sample-counter-share", "indicator: sample-counters")
    text = spoil(facts, "zh: 示例市,", "zh: Sample City,")
    other = seeds / "broken"
    other.mkdir()
    (other / "source.yaml").write_text("id: [\n")
    (other / "facts.yaml").write_text("measures: []\n")
    found = problems()
    assert [(Path(each.file).parent.name, Path(each.file).name, each.field) for each in found] == [
        ("broken", "source.yaml", ""),
        ("sample-source", "facts.yaml", "policies[0].declared_measures.count"),
        ("sample-source", "facts.yaml", "places[1].label.zh"),
        ("sample-source", "facts.yaml", "organizations[0].evidence.line"),
        ("sample-source", "facts.yaml", "platforms[0].kinds[0].to"),
        ("sample-source", "facts.yaml", "measures[3].sectors[1].note"),
        ("sample-source", "facts.yaml", "targets[1].value.unit"),
        ("sample-source", "facts.yaml", "targets[5].value.comparator"),
        ("sample-source", "facts.yaml", "targets[6].indicator"),
        ("sample-source", "source.yaml", "language"),
    ]
    assert found[5].line == line_of(text, "note: x")
    assert list(found) == sorted(found)


def test_invalid_entry_still_answers_references_to_it(facts: Path, problems: Problems) -> None:
    spoil(facts, "    label: {zh: 提升基层医疗服务能力, en: Raise the capacity of local medical services}\n", "")
    assert only(problems()).field == "measures[0]"


def test_entry_without_id_breeds_no_dangling_references(facts: Path, problems: Problems) -> None:
    spoil(facts, "  - id: sample-medical-services\n", "  - ident: sample-medical-services\n")
    found = problems()
    assert {each.field for each in found} <= {"measures[0].ident", "measures[0]"}
    assert found[0].message == "unknown key ident"


def test_unreadable_facts_breed_no_dangling_references(seeds: Path, facts: Path, problems: Problems) -> None:
    second = Path(shutil.copytree(facts.parent, seeds / "second"))
    spoil(second / "source.yaml", "id: sample-source", "id: second")
    (second / "facts.yaml").write_text(
        "places:\n  - ref: sample-village\n    evidence: {line: 1, start: 0, end: 1, clause: 为}\n"
    )
    facts.write_text("measures: [")
    assert only(problems()).message.startswith("is not YAML")


def test_misspelt_section_breeds_no_dangling_references(facts: Path, problems: Problems) -> None:
    spoil(facts, "\nindicators:\n", "\nindicaters:\n")
    assert only(problems()).hint.startswith("did you mean indicators?")


def test_what_is_known_of_a_wrong_source_is_used(facts: Path, source: Path, problems: Problems) -> None:
    spoil(source, "language: zh", "language: german")
    spoil(facts, "{line: 8, start: 2", "{line: 9, start: 2")
    assert [each.field for each in problems()] == ["organizations[0].evidence.line", "language"]


# --- between sources and between facts --------------------------------------------------------------------------


@pytest.fixture
def second(seeds: Path, facts: Path) -> Path:
    """A second source, which has nothing yet."""
    folder = seeds / "second-source"
    folder.mkdir()
    text = (facts.parent / "source.yaml").read_text(encoding="utf-8")
    (folder / "source.yaml").write_text(text.replace("id: sample-source", "id: second-source"), encoding="utf-8")
    return folder / "facts.yaml"


EVIDENCE = "evidence: {line: 1, start: 15, end: 18, clause: 示例省}"


def test_id_of_another_source_is_told_with_its_place(second: Path, facts: Path, problems: Problems) -> None:
    text = facts.read_text(encoding="utf-8")
    second.write_text(f"places:\n  - id: sample-city\n    label: {{zh: 示例市, en: Sample City}}\n    {EVIDENCE}\n")
    problem = only(problems())
    assert (problem.file, problem.line, problem.field) == (str(second), 2, "places[0].id")
    assert problem.message == "place sample-city is defined twice"
    assert f"{facts}:{line_of(text, '- id: sample-city')}; " in problem.hint
    assert "ref: sample-city" in problem.hint


def test_thing_of_another_source_is_referred_to(second: Path, seeds: Path, vocabulary: Vocabulary) -> None:
    second.write_text(f"places:\n  - ref: sample-city\n    {EVIDENCE}\n")
    first, other = load_seeds(seeds, vocabulary)
    assert (first.source.id, other.source.id) == ("sample-source", "second-source")
    assert other.position_of("place", "sample-city") == (str(second), 2)


def test_part_of_another_policys_measure_is_told(second: Path, problems: Problems) -> None:
    second.write_text(
        f"policies:\n  - id: other\n    label: {{zh: 另一政策, en: Other}}\n    {EVIDENCE}\n"
        f"measures:\n  - id: other-measure\n    label: {{zh: 另一措施, en: Other}}\n    {EVIDENCE}\n    kind: titled\n"
        f"    policy: other\n    part_of:\n      - {{to: sample-smart-hospitals, {EVIDENCE}}}\n"
    )
    problem = only(problems())
    assert problem.message == "sample-smart-hospitals is a measure of another policy"
    assert problem.hint == "it belongs to sample-measures, and other-measure to other"


def test_circle_over_two_sources_is_told_once(second: Path, facts: Path, problems: Problems) -> None:
    second.write_text(
        f"places:\n  - ref: sample-province\n    {EVIDENCE}\n    located_in:\n      - {{to: sample-city, {EVIDENCE}}}\n"
    )
    problem = only(problems())
    assert problem.file == str(facts)
    assert problem.message == "located_in leads in a circle: sample-city → sample-province → sample-city"


def test_the_same_target_twice_is_told(facts: Path, problems: Problems) -> None:
    text = facts.read_text(encoding="utf-8")
    begin = text.index("  - id: sample-scenarios-2028")
    again = text[begin : text.index("  - id: sample-diagnosis-2028")].replace("scenarios-2028", "scenes-2028")
    facts.write_text(text + again, encoding="utf-8")
    problem = only(problems())
    assert problem.field == "targets[7].id"
    assert "states the same as another target" in problem.message
    assert f"the first is in line {line_of(text, '- id: sample-scenarios-2028')}" in problem.hint


def test_deadline_before_the_source_is_told(source: Path, problems: Problems) -> None:
    spoil(source, "published: 2024-06-19", "published: 2027-06-19")
    found = problems()
    assert [each.field for each in found] == ["targets[0].deadline.year", "targets[1].deadline.year"]
    assert found[0].message == "the deadline 2026 had passed when the source was published"
    assert "2027" in found[0].hint


def test_share_of_more_than_the_whole_is_told(facts: Path, problems: Problems) -> None:
    spoil(
        facts,
        'number: 15, unit: "%", evidence: {line: 5, start: 28, end: 40, clause: "窗口办理比例不超过15%"}',
        'number: 150, unit: "%", evidence: {line: 5, start: 28, end: 41, clause: "窗口办理比例不超过150%"}',
    )
    problem = only(problems())
    assert (problem.field, problem.message) == ("targets[6].value.number", "150 % is more than the whole")


def test_repeated_mention_in_one_file_is_told(facts: Path, problems: Problems) -> None:
    spoil(facts, "  - ref: elderly-care\n", "  - ref: healthcare\n")
    problem = only(problems())
    assert (problem.field, problem.message) == ("sectors[2].ref", "sector healthcare stands twice in this file")
