"""Reading questions: what a file may say, and what is said of one that is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg.errors import NotFound, SourceError
from kg.iris import Iris
from kg.kinds import KIND_BY_NAME
from kg.questions import LITERAL_KINDS, QuestionFolder, Questions
from tests.ontology.expected import QUESTIONS

HEAD = "# question.zh: 有哪些行业领域？\n# question.en: Which sectors are there?\n"
QUERY = """SELECT ?sector WHERE {
    VALUES ?asked { <https://w3id.org/policy-kg/id/sector/healthcare> }
    ?sector skos:broader* ?asked .
}
"""
DECLARED = "# parameter.sector: sector ?asked — 行业领域 / The sector\n"


def read(folder: Path, text: str, name: str = "mine.rq") -> Questions:
    (folder / name).write_text(text, encoding="utf-8")
    return Questions.read(folder, Iris())


def test_every_file_is_a_question_and_nothing_is_wrong(questions: Questions) -> None:
    assert questions.problems == ()
    assert set(questions.names()) == {path.stem for path in QUESTIONS.glob("*.rq")}


def test_nearly_every_question_has_parameters(questions: Questions) -> None:
    without = {slug for slug in questions.names() if not questions.get(slug).parameters}
    assert without == {"platforms-without-operator"}
    kinds = {parameter.kind for slug in questions.names() for parameter in questions.get(slug).parameters}
    assert kinds >= {"sector", "product", "place", "theme", "measure", "policy", "indicator", "year", "number", "thing"}
    assert kinds <= KIND_BY_NAME.keys() | LITERAL_KINDS | {
        "thing",
        "platform-kind",
        "reading",
        "unit",
        "source",
        "rule",
    }


def test_labels_are_in_both_languages(questions: Questions) -> None:
    for slug in questions.names():
        question = questions.get(slug)
        assert question.texts.keys() == {"zh", "en"}
        for parameter in question.parameters:
            assert any("\u4e00" <= character <= "\u9fff" for character in parameter.label["zh"]), (slug, parameter)
            assert parameter.label["en"].isascii(), (slug, parameter)


def test_question_with_a_default_names_it_in_words_of_its_own(questions: Questions) -> None:
    for slug in questions.names():
        question = questions.get(slug)
        for parameter in question.parameters:
            if parameter.default is not None and slug not in {"policy-profile", "targets-of-policy-without-measure"}:
                assert all(f"{{{parameter.name}}}" in question.asked[language] for language in ("zh", "en")), slug


def test_header_is_read(tmp_path: Path) -> None:
    question = read(tmp_path, HEAD + DECLARED + "\n" + QUERY).get("mine")
    (parameter,) = question.parameters
    assert (parameter.name, parameter.kind, parameter.variable) == ("sector", "sector", "asked")
    assert parameter.label == {"zh": "行业领域", "en": "The sector"}
    assert parameter.default == "https://w3id.org/policy-kg/id/sector/healthcare"
    assert question.text() == QUERY
    assert "<https://w3id.org/policy-kg/id/sector/education> }" in question.text({"sector": "education"})


def test_two_hyphens_are_a_dash_too(tmp_path: Path) -> None:
    declared = DECLARED.replace("—", "--")
    assert read(tmp_path, HEAD + declared + QUERY).get("mine").parameters[0].label["en"] == "The sector"


def test_things_follow_the_base(tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(HEAD + DECLARED + QUERY, encoding="utf-8")
    question = Questions.read(tmp_path, Iris("http://kg.example/")).get("mine")
    assert question.parameters[0].default == "http://kg.example/id/sector/healthcare"
    assert "<http://kg.example/id/sector/education>" in question.text({"sector": "education"})
    assert "<http://kg.example/id/sector/healthcare>" in question.text()


def test_file_without_a_question_is_none_and_not_wrong(tmp_path: Path) -> None:
    found = read(tmp_path, QUERY)
    assert (found.names(), found.problems) == ((), ())


@pytest.mark.parametrize(
    ("text", "line", "field", "message"),
    [
        (HEAD + "# parameter.sector: sector\n" + QUERY, 3, "sector", "is not declared as parameters are"),
        (HEAD + "# parameter.sector: sector — 行业领域\n" + QUERY, 3, "sector", "is not declared as parameters are"),
        (HEAD + "# parameter.sector: sector — 行业 / Sector\n" + QUERY, 3, "sector", "is bound by no line of its own"),
        (HEAD + DECLARED + DECLARED + QUERY, 4, "sector", "is declared twice"),
        (
            HEAD + DECLARED + QUERY.replace("    ?s", "    VALUES ?asked { UNDEF }\n    ?s"),
            3,
            "sector",
            "is bound by 2 lines of its own",
        ),
        (HEAD + DECLARED + QUERY.replace("VALUES", "?x a ?y . VALUES"), 3, "sector", "is bound by no line of its own"),
        (
            HEAD + DECLARED.replace("sector ?", "year ?") + QUERY,
            3,
            "sector",
            "has a default that is not a year: <https",
        ),
        (HEAD + DECLARED.replace("r.sector", "r.format") + QUERY, 3, "format", "is a name that every question uses"),
        (HEAD.partition("# question.en")[0] + QUERY, 0, "question.en", "is missing"),
        (
            HEAD + "# asked.zh: {sector}？\n# asked.en: {field}?\n" + DECLARED + QUERY,
            0,
            "asked.en",
            "names {field}, which is no parameter",
        ),
        (HEAD + "# parameter.: sector — 行业 / Sector\n" + QUERY, 3, "", "is no header"),
        (HEAD + "ASK { ?s ?p ?o }\n", 0, "", "gives no table"),
        (HEAD + "\nSELECT ?a WHERE {\n    ?a ?b\n}\n", 6, "", ""),
    ],
)
def test_wrong_file_is_told_with_its_place(tmp_path: Path, text: str, line: int, field: str, message: str) -> None:
    found = read(tmp_path, text)
    assert found.names() == ()
    problem = found.problems[0]
    assert (problem.file, problem.field) == (str(tmp_path / "mine.rq"), field)
    assert problem.line == line
    assert message in problem.message
    assert problem.hint
    with pytest.raises(SourceError):
        found.get("mine")


def test_wrong_file_does_not_disturb_the_others(tmp_path: Path) -> None:
    read(tmp_path, HEAD + "SELECT nothing", "broken.rq")
    (tmp_path / "latin.rq").write_bytes(HEAD.encode("gb18030"))
    found = read(tmp_path, HEAD + DECLARED + QUERY)
    assert found.names() == ("mine",)
    assert {Path(problem.file).name for problem in found.problems} == {"broken.rq", "latin.rq"}


def test_name_that_no_address_has_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + QUERY, "My Question.rq").problems[0].message == "has a name that no address has"


def test_question_that_calls_another_service_is_not_tried(tmp_path: Path) -> None:
    query = "SELECT ?a WHERE { SERVICE <http://127.0.0.1:9/sparql> { ?a ?b ?c } }\n"
    assert read(tmp_path, HEAD + query).names() == ("mine",)


def test_unknown_question_has_near_ones(questions: Questions) -> None:
    with pytest.raises(NotFound) as caught:
        questions.get("measure-touching-sectors")
    assert caught.value.kind == "question"
    assert caught.value.nearest[0] == "measures-touching-sector"


def test_file_that_comes_changes_or_goes_is_seen_at_once(tmp_path: Path) -> None:
    folder = QuestionFolder(tmp_path, Iris())
    assert folder.current().names() == ()
    path = tmp_path / "mine.rq"
    path.write_text(HEAD + QUERY, encoding="utf-8")
    first = folder.current()
    assert first.names() == ("mine",)
    assert folder.current() is first
    path.write_text(HEAD + DECLARED + QUERY, encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert [parameter.name for parameter in folder.current().get("mine").parameters] == ["sector"]
    path.unlink()
    assert folder.current().names() == ()
