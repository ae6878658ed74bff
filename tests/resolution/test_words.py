"""Texts that no row of the grammar takes are read word by word, and only where each word is known."""

from __future__ import annotations

import pytest

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.lookup import Lookup
from kg.resolve import Resolver
from kg.resolve.bags import BAGS
from kg.resolve.forms import FORM_BY_NAME
from kg.resolve.naming import Naming
from kg.resolve.segments import LONGEST, segmentations
from kg.resolve.texts import LANGUAGES, Language, language_of, sentence
from kg.resolve.vocabulary import SENSES, UNSAID, sense_of
from kg.resolve.words import COLLECTIONS
from kg.search import SearchIndex
from tests.resolution.test_forms import read

OF_COLLECTIONS = {sense_of(collection) for collection in COLLECTIONS}
OF_BAGS = {sense for bag in BAGS for sense in f"{bag.needs} {bag.may}".replace("|", " ").split()}


@pytest.fixture(scope="session")
def naming(lookup: Lookup, engine: EmbeddedEngine) -> Naming:
    return Naming(lookup, SearchIndex.of(engine, Iris()))


def cut(text: str, naming: Naming) -> list[list[str]]:
    """Return the ways to cut a text, as what stands in each part."""
    language = language_of(text)
    whole = sentence(text, language)
    return [[whole.text[it.start : it.end].strip() for it in way] for way in segmentations(whole, language, naming)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_have_the_senses_that_forms_ask_for(language: Language) -> None:
    known = {sense for senses in SENSES[language].values() for sense in senses}
    # In Chinese, what is done and what is to be done are told apart by 了.
    assert known - {"", UNSAID} == (OF_BAGS | OF_COLLECTIONS) - ({"done"} if language == "zh" else set())
    assert len(SENSES[language]) >= 500
    assert all(word == word.strip() == word.casefold() and word for word in SENSES[language])


def test_each_form_has_a_bag_and_each_bag_is_of_a_form() -> None:
    assert {bag.form for bag in BAGS} == set(FORM_BY_NAME)
    for bag in BAGS:
        form = FORM_BY_NAME[bag.form]
        assert bag.tag in {"", *form.words, *form.asked.choices}, bag
        assert ("year" in form.slots) == bool(bag.when), bag
        assert ("value" in form.slots) == bool(bag.cmp), bag
        assert ("collection" in form.slots) == bag.collection, bag
        assert bag.needs or bag.collection, bag


@pytest.mark.parametrize("word", ["not", "no longer", "only", "except", "without healthcare", "why", "budget", "most",
                                  "units", "不", "非", "除了", "除", "预算", "最", "仅", "只"])  # fmt: skip
def test_words_that_say_something_else_are_not_known(word: str) -> None:
    assert word not in SENSES[language_of(word)]


@pytest.mark.parametrize("word", ["directly", "may", "might", "could", "used to", "直接", "可能"])
def test_words_that_may_not_be_left_out_are_known_for_no_more_than_that(word: str) -> None:
    assert SENSES[language_of(word)][word] == {UNSAID}


def test_a_sentence_is_cut_into_the_fewest_parts_that_are_known(naming: Naming) -> None:
    assert cut("医疗行业的措施有哪些", naming) == [["医疗行业", "的", "措施", "有哪些"]]
    assert cut("有没有什么措施跟养老沾边", naming) == [["有哪些", "什么", "措施", "跟", "养老", "沾边"]]
    assert cut("goals up to 2027 for manufacuring", naming) == [["goals", "up to 2027", "for", "manufacuring"]]
    assert cut("any targets under RMB 50 billion", naming) == [["any", "targets", "under rmb 50 billion"]]


def test_a_part_that_is_not_known_leaves_nothing(naming: Naming) -> None:
    assert cut("医疗措施的预算有哪些", naming) == []
    assert cut("which measures touch quantum computing", naming) == []
    assert cut("为什么医疗有目标", naming) == [["为什么", "医疗", "有", "目标"]]


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("what backs Pengcheng Cloud Brain", True),
        ("what does Pengcheng Cloud Brain back", False),
        ("what is Pengcheng Cloud Brain backed by", True),
        ("哪些措施力挺鹏城云脑", True),
        ("鹏城云脑力挺哪些措施", False),
        ("鹏城云脑得到哪些措施力挺", True),
        ("哪些措施给鹏城云脑撑腰", True),
        ("measures with goals", True),
        ("which measures do the goals have", False),
        ("goals hit by 2025", False),
        ("goals that must be hit by 2025", True),
        ("is farming among the sectors with measures", False),
        ("农业沾边的措施吗", False),
        ("能告诉我农业沾边的措施吗", True),
    ],
)
def test_roles_times_and_yes_or_no_are_told_apart(resolver: Resolver, text: str, is_read: bool) -> None:
    assert (resolver.resolve(text).reading is not None) == is_read


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_sentences_are_not_cut(naming: Naming, language: Language) -> None:
    some = {"zh": "措施", "en": "measures "}[language]
    fitting = some * (LONGEST[language] // len(some))
    assert cut(fitting, naming)
    assert cut(fitting + some, naming) == []


@pytest.mark.parametrize(
    ("text", "form", "arguments"),
    [
        ("同醫療有關嘅措施有幾多條？", "how-many-touching", "sector=sector/healthcare"),
        ("廣州算力中心係邊個營運㗎？", "who-runs", "platform=platform/guangzhou-ai-public-computing-centre"),
        ("制造业跟农业比一比", "compare", "first=sector/manufacturing,second=sector/agriculture"),
        ("are there sectors left without a single measure", "sectors-without-measures", ""),
        ("manufacuring goals up to 2027", "targets-of-due-by", "of=sector/manufacturing,year=2027"),
        ("any targets worth RMB 50 billion or more, pls", "targets-above", "unit=CNY,value=50000000000"),
        ("measures, healthcare, how many", "how-many-touching", "sector=sector/healthcare"),
        ("which platforms are used to serve large models", "platforms-serving", "product=product/large-models"),
        ("could you list the provisions on farming", "measures-touching", "sector=sector/agriculture"),
        ("跟农业沾边的条款有几条", "how-many-touching", "sector=sector/agriculture"),
        ("将涉及医疗的措施列出来", "measures-touching", "sector=sector/healthcare"),
        ("鹏城实验室背后有哪些平台", "platforms-of", "organization=organization/pengcheng-laboratory"),
    ],
)
def test_words_are_read_in_whatever_order(resolver: Resolver, text: str, form: str, arguments: str) -> None:
    found = resolver.resolve(text)
    assert read(found) == (form, arguments)
    assert found.answer is not None
    for entity in found.entities:
        assert text[entity.start : entity.end] == entity.text
