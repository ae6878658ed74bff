"""What is not understood as a whole is not answered, whatever is sent; and what comes back then helps."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.engine import EmbeddedEngine
from kg.errors import BadParameter
from kg.folding import is_blank
from kg.iris import Iris
from kg.questions import Questions
from kg.resolve import LONGEST, Resolver
from kg.resolve.queries import FOLLOWING, STATED, sparql_of
from kg.terms import PREFIXES
from tests.resolution.examples import NEAR_MISSES, UNANSWERED, WORDINGS, in_docs

QUESTIONS = [text for _, _, text in in_docs()] + [text for text, _, _ in WORDINGS]
MOST_SECONDS = 8
"""Of processor time, for the longest texts; most take less than one."""

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("text", UNANSWERED)
def test_is_not_answered_and_gets_readings_that_can_be_sent(resolver: Resolver, text: str) -> None:
    found = resolver.resolve(text)
    assert found.answer is None
    assert found.sparql is None
    assert found.reading is None
    assert found.kind in {"unknown", "question"}
    assert 0 < len(found.alternatives) <= 5
    for suggestion in found.alternatives:
        for question in suggestion.question.values():
            again = resolver.resolve(question)
            assert again.reading is not None, question
            assert again.reading.form.name == suggestion.form, question


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_near_miss_is_not_answered(resolver: Resolver, text: str) -> None:
    found = resolver.resolve(text)
    assert (found.kind, found.answer, found.reading, found.sparql) == ("unknown", None, None, None)
    assert found.alternatives


def test_nearest_reading_is_the_same_question_of_what_is_near(resolver: Resolver) -> None:
    found = resolver.resolve("which measures touch hospitals and healthcare")
    questions = [suggestion.question["en"] for suggestion in found.alternatives]
    assert "Which measures touch Healthcare?" in questions
    found = resolver.resolve("医疗的预算是多少")
    assert "哪些措施涉及医疗？" in [suggestion.question["zh"] for suggestion in found.alternatives]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\u200b\u200d", "\ufeff \u2060", "a" * (LONGEST + 1), "哪些措施涉及医疗" * 100]
)
def test_empty_and_too_long_are_errors_that_say_so(resolver: Resolver, text: str) -> None:
    with pytest.raises(BadParameter) as error:
        resolver.resolve(text)
    assert error.value.name == "q"


@pytest.mark.parametrize(
    "part",
    [
        "哪些措施涉及",
        "which measures touch ",
        "{x}",
        "和",
        "a ",
        "2027年",
        "比较医疗和",
        "targets of ",
        "目标",
        "有哪些",
        "请问",
        "please ",
        "the ",
        "AI ",
        "㍿",
        "’s ",
        "of ",
        "的",
        "有",
        "什么",
        "医疗和",
        "the targets ",
    ],
)
def test_longest_text_is_read_in_bounded_time(resolver: Resolver, part: str) -> None:
    text = (part * LONGEST)[:LONGEST]
    start = time.process_time()
    found = resolver.resolve(text)
    assert time.process_time() - start < MOST_SECONDS
    assert found.answer is None


@pytest.mark.parametrize("part", ["a ", "of ", "the targets ", "what which ", "的", "有", "什么", "医疗和", "措施目标"])
@pytest.mark.parametrize("length", [10, 30, 58, 150])
def test_words_that_may_be_cut_and_matched_in_many_ways_are_read_at_once(
    resolver: Resolver, part: str, length: int
) -> None:
    text = (part * length)[:length]
    resolver.resolve(text)
    start = time.process_time()
    resolver.resolve(text)
    assert time.process_time() - start < 1


def skeleton(sparql: str) -> str:
    """Return a query without the IRIs and numbers in it, and without what chooses the unit of counted things."""
    text = re.sub(r'FILTER \(STRENDS\(\?unit, "[个台辆款种家项]"\)\)\s*', "", sparql)
    text = re.sub(r"<[^<>]*>", "<>", text)
    text = re.sub(r"(?:<>\s*)+", "<> ", text)
    return " ".join(re.sub(r"\b\d+(?:\.\d+)?\b", "0", text).split())


@pytest.fixture(scope="session")
def skeletons(resolver: Resolver, questions: Questions) -> set[str]:
    """Return the skeletons of all queries: of each form and tag."""
    readings = [reading for text in QUESTIONS for reading in [resolver.resolve(text).reading] if reading is not None]
    tagged = [
        replace(reading, tag=tag)
        for reading in readings
        for tag in {"", *reading.form.words, *reading.form.asked.choices}
    ]
    return {skeleton(sparql_of(reading, questions, Iris())) for reading in tagged}


@pytest.fixture(scope="session")
def iris(engine: EmbeddedEngine) -> set[str]:
    """Return all IRIs that the graph and its queries have."""
    solutions = engine.select("SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o }")
    terms = {term.value for solution in solutions for term in solution.values() if term.kind == "iri"}
    return {*terms, *PREFIXES.values(), *STATED, *FOLLOWING, f"{Iris().base}id/", Iris().graph("inferred")}


FOREIGN = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(
            [
                '"',
                "}",
                "{",
                ">",
                "<",
                "\\",
                "#",
                "'",
                "$x",
                "?x",
                "<urn:x>",
                ";",
                " . ",
                "DROP ALL",
                "医疗",
                "healthcare",
                "\n",
            ]
        ),
        max_size=8,
    ).map("".join),
    st.sampled_from(
        [
            "<http://example.org/x>",
            "医疗> } DROP ALL #",
            'x" . ?s ?p ?o',
            "sector/healthcare",
            "sector/x>",
            "99999999999999999999 CNY",
            "１０00亿元",
        ]
    ),
)


@settings(MANY, max_examples=200)
@given(question=st.sampled_from(QUESTIONS), foreign=FOREIGN, data=st.data())
def test_a_query_is_one_of_ours_with_iris_of_the_graph_whatever_is_written(
    resolver: Resolver, skeletons: set[str], iris: set[str], question: str, foreign: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(question)))
    end = data.draw(st.integers(start, min(len(question), start + 6)))
    text = (question[:start] + foreign + question[end:])[:LONGEST]
    found = resolver.resolve(text) if text.strip() else None
    if found is None or found.sparql is None:
        return
    assert skeleton(found.sparql) in skeletons
    assert set(re.findall(r"<([^<>]*)>", found.sparql)) <= iris


@MANY
@given(text=st.text(min_size=1, max_size=80))
def test_any_text_is_safe(resolver: Resolver, text: str) -> None:
    if is_blank(text):
        return
    found = resolver.resolve(text)
    assert found.kind in {"name", "question", "unknown"}
    json.dumps(found.to_json(), allow_nan=False)
    for entity in found.entities:
        assert text[entity.start : entity.end] == entity.text


@MANY
@given(
    question=st.sampled_from(QUESTIONS),
    word=st.sampled_from(["not ", "budget ", "Berlin ", "不", "预算", "火星", "every second "]),
    data=st.data(),
)
def test_a_word_too_many_leaves_a_question_unanswered_or_the_answer_as_it_was(
    resolver: Resolver, question: str, word: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(question)))
    found = resolver.resolve(question[:place] + word + question[place:])
    if found.reading is not None and found.reading.form.name not in {
        "targets-above",
        "targets-below",
    }:  # not above is below
        # Only within a word that then is no word, or at a name that has it: never another thing.
        plain = resolver.resolve(question)
        assert plain.reading is not None
        assert found.reading.plain() == plain.reading.plain()
        assert found.reading.form == plain.reading.form


@MANY
@given(
    text=st.sampled_from(['"', "}", ">", "\\", "#", "'", "$x", "?x", "<urn:x>", "\u0000", "\u202e"]),
    question=st.sampled_from(QUESTIONS),
)
def test_no_word_of_the_caller_gets_into_the_query(resolver: Resolver, text: str, question: str) -> None:
    plain, changed = resolver.resolve(question), resolver.resolve(question + text)
    assert changed.sparql in {None, plain.sparql}
