"""Every form is read in both languages and many wordings, and what it says of itself is read as the same again."""

from __future__ import annotations

import pytest

from kg.engine import EmbeddedEngine
from kg.questions import Questions
from kg.resolve import Resolver
from kg.resolve.forms import FORMS
from kg.resolve.grammar import compiled
from kg.resolve.model import Resolution
from kg.resolve.numbers import amount_of, year_of
from kg.resolve.texts import sentence
from tests.resolution.evaluate import Labelled
from tests.resolution.examples import PARAPHRASES, WORDINGS, in_docs


def read(resolution: Resolution) -> tuple[str, str]:
    """Return form and arguments as the labelled set has them."""
    if resolution.reading is None:
        return "-", ""
    arguments = sorted(f"{name}={value}" for name, value in resolution.reading.plain().items())
    return resolution.reading.form.name, ",".join(arguments)


def test_there_are_enough_forms_and_the_documentation_has_each() -> None:
    assert len(FORMS) >= 28
    assert {form for form, _, _ in in_docs()} == {form.name for form in FORMS}
    assert all(form.rows["zh"] and form.rows["en"] for form in FORMS)


@pytest.mark.parametrize(("form", "language", "text"), in_docs(), ids=lambda value: str(value)[:40])
def test_the_example_of_the_documentation_is_read_and_answered(
    resolver: Resolver, form: str, language: str, text: str
) -> None:
    found = resolver.resolve(text)
    assert found.kind == "question"
    assert read(found)[0] == form
    assert found.language == language
    assert found.answer is not None
    assert found.sparql


@pytest.mark.parametrize(("text", "form", "arguments"), WORDINGS, ids=lambda value: str(value)[:40])
def test_wording_is_read_as_what_it_says(resolver: Resolver, text: str, form: str, arguments: str) -> None:
    found = resolver.resolve(text)
    assert read(found) == (form, arguments)
    assert found.kind == "question"


@pytest.mark.parametrize("labelled", PARAPHRASES, ids=lambda labelled: labelled.text[:40])
def test_paraphrase_is_read_as_what_it_says(resolver: Resolver, labelled: Labelled) -> None:
    found = resolver.resolve(labelled.text)
    form, arguments = read(found)
    assert (form, *(arguments.split(",") if arguments else ())) == labelled.expected
    assert found.language == labelled.language


def test_paraphrases_are_many_for_each_language() -> None:
    for language in ("zh", "en"):
        assert len({labelled.text for labelled in PARAPHRASES if labelled.language == language}) >= 150


@pytest.mark.parametrize("text", sorted({*(text for _, _, text in in_docs()), *(text for text, _, _ in WORDINGS)}))
def test_words_of_an_interpretation_are_read_as_the_same_in_both_languages(resolver: Resolver, text: str) -> None:
    found = resolver.resolve(text)
    assert found.words is not None
    assert found.reading is not None
    for words in found.words.values():
        again = resolver.resolve(words)
        assert read(again) == read(found), words
        assert again.reading is not None
        assert again.reading.tag == found.reading.tag, words
        assert again.answer == found.answer


@pytest.mark.parametrize(
    "text", ["哪些措施涉及医疗？", "  請問：哪些措施涉及醫療？", "Please, which measures touch “healthcare”?"]
)
def test_entities_stand_where_they_say(resolver: Resolver, text: str) -> None:
    (entity,) = resolver.resolve(text).entities
    assert text[entity.start : entity.end] == entity.text
    assert entity.text in {"医疗", "醫療", "healthcare"}
    assert entity.candidate.typed_id == "sector/healthcare"


def test_strict_and_inclusive_are_told_apart(resolver: Resolver) -> None:
    values = {}
    for text in (
        "targets above 90 billion yuan",
        "targets of at least 90 billion yuan",
        "不低于900亿元的目标",
        "超过900亿元的目标",
    ):
        answer = resolver.resolve(text).answer
        assert answer is not None
        values[text] = {row.thing.id for row in answer.rows if row.thing}
    above, least, zh_least, zh_above = values.values()
    assert least - above == {"gd-ai45-robot-revenue-2027"}
    assert (zh_above, zh_least) == (above, least)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("targets above 60 EFLOPS", {"gd-ai45-compute-2027"}),
        ("超过60 EFLOPS的目标", {"gd-ai45-compute-2027"}),
        ("targets at least 60 EFLOPS", {"gd-ai45-compute-2027"}),
        ("targets above 60.1 EFLOPS", set()),
        ("targets at most 60 EFLOPS", {"gd-ai45-compute-2025"}),
        ("targets below 61 EFLOPS", {"gd-ai45-compute-2025", "gd-ai45-compute-2027"}),
    ],
)
def test_what_is_to_be_above_a_number_is_above_it_and_not_at_most_it(
    resolver: Resolver, text: str, expected: set[str]
) -> None:
    answer = resolver.resolve(text).answer
    assert answer is not None
    assert {row.thing.id for row in answer.rows if row.thing} == expected


def test_above_is_what_the_canned_question_has(
    resolver: Resolver, engine: EmbeddedEngine, questions: Questions
) -> None:
    for number in ("35", "40", "59.9", "60", "60.1"):
        answer = resolver.resolve(f"targets above {number} EFLOPS").answer
        assert answer is not None
        rows = engine.select(questions.get("compute-above").text({"above": number}))
        assert [row.thing.iri for row in answer.rows if row.thing] == [row["target"].value for row in rows], number


@pytest.mark.parametrize(
    ("text", "is_beside"),
    [
        ("how many measures are there", True),
        ("list the measures", True),
        ("有哪些措施", True),
        ("有多少条措施", True),
        ("list the sectors", False),
        ("how many measures touch healthcare", False),
    ],
)
def test_coverage_stands_beside_all_measures(resolver: Resolver, text: str, is_beside: bool) -> None:
    found = resolver.resolve(text)
    assert found.answer is not None
    assert ("coverage" in {suggestion.form for suggestion in found.alternatives}) == is_beside


def test_measures_of_a_place_are_said_to_name_it(resolver: Resolver) -> None:
    words = resolver.resolve("which measures apply in Shenzhen").words
    assert words is not None
    assert words["en"] == "Which measures name Shenzhen?"
    assert read(resolver.resolve(words["en"])) == ("measures-in-place", "place=place/shenzhen")


def test_a_suggestion_has_the_variant_that_its_question_has(resolver: Resolver) -> None:
    found = resolver.resolve("which targets are at least 1000")
    (variant,) = {suggestion.variant for suggestion in found.alternatives if suggestion.form == "targets-above"}
    assert variant == "least"


def test_before_a_year_leaves_the_year_out(resolver: Resolver) -> None:
    totals = []
    for text in ("which targets are due before 2027", "which targets are due by 2027", "which targets are due in 2027"):
        answer = resolver.resolve(text).answer
        assert answer is not None
        totals.append(answer.total)
    assert totals[0] + totals[2] == totals[1]
    assert totals[0] == 2


@pytest.mark.parametrize(
    ("counting", "listing"),
    [
        ("how many targets are due by 2027", "which targets are due by 2027"),
        ("how many targets are due before 2027", "which targets are due before 2027"),
        ("how many targets are due in 2027", "which targets are due in 2027"),
        ("2027年有多少个目标", "2027年有哪些目标"),
        ("2025年底前要完成多少个目标", "2025年底前要完成哪些目标"),
    ],
)
def test_targets_of_a_year_are_counted_as_they_are_listed(resolver: Resolver, counting: str, listing: str) -> None:
    counted, listed = resolver.resolve(counting).answer, resolver.resolve(listing).answer
    assert counted is not None
    assert listed is not None
    assert counted.value == listed.total > 0
    assert counted.rows == listed.rows
    assert listed.value is None


@pytest.mark.parametrize(
    ("text", "language", "value", "unit"),
    [
        ("1000亿元", "zh", 10**11, "CNY"),
        ("一千亿元", "zh", 10**11, "CNY"),
        ("1.5万亿元", "zh", 15 * 10**11, "CNY"),
        ("两千五百万元", "zh", 25 * 10**6, "CNY"),
        ("350万辆", "zh", 35 * 10**5, "count"),
        ("1亿台", "zh", 10**8, "count"),
        ("百分之五十", "zh", 0.5, "ratio"),
        ("50%", "zh", 0.5, "ratio"),
        ("40EFLOPS", "zh", 40 * 10**18, "FLOPS"),
        ("300 billion yuan", "en", 3 * 10**11, "CNY"),
        ("1 trillion CNY", "en", 10**12, "CNY"),
        ("cny 4.4 bn", "en", 44 * 10**8, "CNY"),
        ("a trillion yuan", "en", 10**12, "CNY"),
        ("40 eflops", "en", 40 * 10**18, "FLOPS"),
        ("500 petaflops", "en", 5 * 10**17, "FLOPS"),
        ("50 percent", "en", 0.5, "ratio"),
        ("2 times", "en", 2, "multiple"),
        ("3.5 million vehicles", "en", 35 * 10**5, "count"),
    ],
)
def test_amounts_are_normalised(text: str, language: str, value: float, unit: str) -> None:
    found = amount_of(text, "zh" if language == "zh" else "en")
    assert found is not None
    assert (found.number, found.unit) == (value, unit)
    for other in ("zh", "en"):
        again = amount_of(found.said("zh" if other == "zh" else "en").casefold(), "zh" if other == "zh" else "en")
        assert again is not None
        assert (again.value, again.unit, again.counted) == (found.value, found.unit, found.counted)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1000",
        "many yuan",
        "yuan",
        "300 billion dollars",
        "1000亿",
        "亿元",
        "-5 yuan",
        "1e400 yuan",
        "RMB 1 trillion x",
        "yuan 5 times",
    ],
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert amount_of(text, "en") is None
    assert amount_of(text, "zh") is None


def test_years() -> None:
    texts = (
        "2027年",
        "二〇二七年底",
        "二零二五年",
        "the year 2027",
        "1899",
        "20270",
        "",
        "31 December 2025",
        "2025年12月31日",
    )
    assert [year_of(text.casefold()) for text in texts] == [2027, 2027, 2025, 2027, None, None, None, 2025, 2025]


@pytest.mark.parametrize("row", ["which {x} and {x}", "(which", "which)", "<no-such-cue> {x}", "[which {x}"])
def test_row_that_is_none_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compiled("form", "en", row, {})


def test_sentence_keeps_the_way_back() -> None:
    text = "Ｗhich measures touch 1,000.5 “AI‑phones”？"
    found = sentence(text, "en")
    assert found.text == "which measures touch 1000.5 ai-phones "
    start = found.text.index("ai-phones")
    assert text[slice(*found.span(start, start + 10))] == "AI‑phones"
