"""Every clause stands where its locator says, or the report says where it does."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.facts import Seed, Vocabulary, check_evidence, load_seeds, locate, read_text, split_lines

ROOT = Path(__file__).resolve().parents[2]


def test_every_clause_of_the_sample_stands_in_its_text(sample: Seed, sample_text: str) -> None:
    report = check_evidence(sample, sample_text)
    assert report.problems == ()
    assert report.warnings == ()
    assert (report.total, report.found, report.lines) == (94, 94, 8)
    assert report.complete
    assert report.same_text
    assert report.sha256 == sample.source.sha256 == hashlib.sha256(sample_text.encode()).hexdigest()


def test_every_clause_of_the_real_source_stands_in_the_article(article: str, vocabulary: Vocabulary) -> None:
    seed = next(seed for seed in load_seeds(ROOT / "seeds", vocabulary) if seed.source.id == "dayoo-20240607")
    report = check_evidence(seed, article)
    assert report.problems == ()
    assert report.complete
    assert report.same_text
    assert report.total >= 500


def test_shifted_clauses_are_told_with_their_real_place(sample: Seed, sample_text: str) -> None:
    lines = split_lines(sample_text)
    lines[6] = "目前，" + lines[6]
    report = check_evidence(sample, "\n".join(lines) + "\n")
    assert report.total - report.found == len(report.problems) == 2
    city = report.problems[0]
    assert city.file == sample.facts_document.file
    assert city.field == "places[1].evidence"
    written = Path(city.file).read_text(encoding="utf-8").split("\n")[city.line - 1]
    assert written.strip() == "evidence: {line: 7, start: 0, end: 3, clause: 示例市}"
    assert city.column == written.index("evidence") + 1
    assert city.message == "“示例市” does not stand at line 7, 0 to 3: there stands “目前，”"
    assert city.hint == (
        "it stands at {line: 3, start: 0, end: 3} or {line: 6, start: 8, end: 11} or {line: 7, start: 3, end: 6}"
    )
    assert report.problems[1].field == "places[1].located_in[0].evidence"


def test_other_text_is_a_warning_and_is_checked_all_the_same(sample: Seed, sample_text: str) -> None:
    report = check_evidence(sample, sample_text + "附言\n")
    assert report.complete
    assert not report.same_text
    assert [(each.field, each.file) for each in report.warnings] == [
        ("sha256", sample.source_document.file),
        ("lines", sample.source_document.file),
    ]
    assert report.warnings[1].message == "the text has 9 lines, not 8"


def test_changed_wording_is_told_with_what_is_nearest(sample: Seed, sample_text: str) -> None:
    report = check_evidence(sample, sample_text.replace("提升基层医疗服务能力", "提升乡村医疗服务能力"))
    problem = next(each for each in report.problems if each.field == "measures[0].evidence")
    assert "there stands “提升乡村医疗服务能力”" in problem.message
    assert problem.hint == ("it stands nowhere; the nearest is “提升乡村医疗服务能力” at {line: 4, start: 14, end: 24}")


def test_unlike_text_is_told(sample: Seed) -> None:
    report = check_evidence(sample, "全然不同\n")
    assert report.found == 0
    assert report.problems[-1].message.endswith("the text has 1 line")
    assert {each.hint for each in report.problems} == {"it stands nowhere, nor does anything like it"}


def test_empty_text_is_no_traceback(sample: Seed) -> None:
    report = check_evidence(sample, "")
    assert (report.found, report.lines) == (0, 0)


def test_line_that_is_too_short_is_told(sample: Seed, sample_text: str) -> None:
    lines = split_lines(sample_text)
    lines[7] = "文"
    report = check_evidence(sample, "\n".join(lines))
    assert "line 8 ends before 2" in report.problems[0].message


def test_carriage_returns_and_byte_order_mark_move_no_clause(sample: Seed, sample_text: str) -> None:
    report = check_evidence(sample, "\ufeff" + sample_text.replace("\n", "\r\n"))
    assert report.complete
    assert not report.same_text


def test_offsets_are_code_points() -> None:
    assert [(each.line, each.start, each.end) for each in locate("😀医疗\n𠮷医疗医疗", "医疗")] == [
        (1, 1, 3),
        (2, 1, 3),
        (2, 3, 5),
    ]


def test_overlapping_places_are_all_found() -> None:
    assert [each.start for each in locate("哈哈哈", "哈哈")] == [0, 1]
    assert locate("哈哈哈", "") == ()


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes("第一行\n".encode() + b"\xff\n")
    with pytest.raises(SourceError) as raised:
        read_text(path)
    assert [(each.line, each.column) for each in raised.value.problems] == [(2, 1)]


def test_text_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb")
    assert read_text(path) == "\ufeffa\r\nb"
