"""The labelled set: of the half that there was to work with, all but one text is read as it should be; of the one that
was held out, most is read, and rightly; and the documentation says how much of each."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from kg.resolve import Resolver
from kg.resolve.texts import key
from tests.resolution.evaluate import (
    BLIND,
    DEVELOPMENT,
    DOCS,
    HELD_OUT,
    KINDS,
    LANGUAGES,
    Labelled,
    counted,
    files,
    halves,
    in_docs,
    judge,
    read,
    table,
    with_table,
)
from tests.resolution.material import material

FILES = files()


KNOWN: dict[str, tuple[str, ...]] = {
    "适老化智能改造": (),
    "judicial efficiency": (),
    "60 EFLOPS by 2027": (),
    "LLMs": (),
    "any platforms for LLMs?": (),
    "机器人产业营收目标是多少": (),
    "想写篇稿子，麻烦帮我找一下跟农业挂钩的举措": (),
    "anything in there on farming?": (),
    "I'm a nurse and would like to know what measures there are relating to healthcare.": (),
    "给出了具体数字指标的措施有哪些": (),
    "what should manufacturing have achieved by 2027, target-wise?": (),
    "numeric targets only please": (),
    "只作定性描述的目标 列表": (),
    "How big does Guangdong want the core AI industry size to be in 2027?": (),
    "一条措施都没轮到的行业是哪些": (),
    "所有措施里收进来的占几成": (),
}
"""Texts that strangers wrote and that are not read: ends of long labels, other things' names, a name put together."""

LEAST_PRECISION, LEAST_RECALL = 0.95, 0.92
"""Of the held-out half in all: what was measured, rounded down."""

LEAST_OF_OTHERS = 0.99, 0.90
"""The same of the texts that somebody else wrote."""


def test_both_halves_are_there() -> None:
    assert {path.name for path in FILES} == {
        f"{kind}.{half}.txt"
        for kind in KINDS.values()
        for half in (DEVELOPMENT, f"strangers.{DEVELOPMENT}", HELD_OUT, BLIND)
    }
    texts = {half: [labelled for path in paths for labelled in read(path)] for half, paths in halves(FILES).items()}
    assert sum(map(len, texts.values())) >= 150
    assert len(texts[HELD_OUT]) >= 70
    assert len(texts[BLIND]) >= 125
    for part in (HELD_OUT, BLIND):
        assert {(it.is_question, it.language) for it in texts[part]} == set(product(KINDS, LANGUAGES))


@pytest.mark.parametrize("part", [HELD_OUT, BLIND])
def test_what_is_held_out_has_nothing_that_there_was_to_work_with(part: str) -> None:
    known = material()
    held_out = [labelled.text for path in halves(FILES)[part] for labelled in read(path)]
    assert {text: known[key(text)] for text in held_out if key(text) in known} == {}
    assert len(set(held_out)) == len(held_out)


def test_material_is_all_that_there_was_to_work_with() -> None:
    known = material()
    wheres = {
        "涉及教育的措施有哪些": "development",
        "targets due by 2025": "paraphrases",
        "二〇二五年底之前要实现的目标有哪些": "wordings",
        "哪些措施不涉及医疗": "unanswered",
        "哪些措施涉及{医疗}？": "forms",
        "朋城云脑": "search.md",
        "transprot": "matching.py",
        "penchen shiyansi": "test_ways.py",
    }
    assert {text: where for text, where in wheres.items() if where in known.get(key(text), ())} == wheres
    assert key("a text that stands nowhere " + "else") not in known


@pytest.mark.parametrize(("part", "least"), [(HELD_OUT, (LEAST_PRECISION, LEAST_RECALL)), (BLIND, LEAST_OF_OTHERS)])
def test_what_is_held_out_is_read_as_well_as_is_said(resolver: Resolver, part: str, least: tuple[float, float]) -> None:
    count = counted([labelled for path in halves(FILES)[part] for labelled in read(path)], resolver)
    assert count.precision is not None
    assert count.recall is not None
    assert (count.precision >= least[0], count.recall >= least[1]) == (True, True)


def test_development_half_is_read_without_another_mistake(resolver: Resolver) -> None:
    wrong = {
        labelled.text: found
        for path in halves(FILES)[DEVELOPMENT]
        for labelled in read(path)
        for _, found in [judge(labelled, resolver)]
        if found != labelled.expected
    }
    assert wrong == KNOWN


@pytest.mark.parametrize("half", [DEVELOPMENT, HELD_OUT, BLIND])
def test_documentation_has_the_table_of_each_half(resolver: Resolver, half: str) -> None:
    assert in_docs(half) == table(halves(FILES)[half], resolver)


def test_documentation_has_a_place_for_each_half() -> None:
    text = "".join(f"<!-- {half}: begin -->\n<!-- {half}: end -->\n" for half in (DEVELOPMENT, HELD_OUT, BLIND))
    filled = with_table(text, HELD_OUT, "| a table |")
    assert filled == text.replace("<!-- held-out: begin -->\n", "<!-- held-out: begin -->\n| a table |\n")
    assert with_table(filled, HELD_OUT, "| another |") == filled.replace("a table", "another")
    docs = DOCS.read_text(encoding="utf-8")
    assert all(
        docs.count(f"<!-- {half}: {mark} -->") == 1
        for half in (DEVELOPMENT, HELD_OUT, BLIND)
        for mark in ("begin", "end")
    )


def test_halves_are_told_by_the_names_of_files() -> None:
    names = ["names.development.txt", "questions.held-out.txt", "questions.txt", "heldout.names.txt", "names.blind.txt"]
    found = halves(Path(name) for name in names)
    assert {half: [path.name for path in paths] for half, paths in found.items()} == {
        DEVELOPMENT: names[:1],
        HELD_OUT: names[1:4],
        BLIND: names[4:],
    }


def test_counting(resolver: Resolver, tmp_path: Path) -> None:
    file = tmp_path / "some.half.txt"
    file.write_text(
        "# a comment\n医疗|zh|sector/healthcare\n教育|zh|sector/healthcare\n航天|zh|-\n上海|zh|place/shanghai\n"
        "哪些措施涉及医疗|zh|measures-touching|sector=sector/healthcare\n",
        encoding="utf-8",
    )
    texts = read(file)
    assert texts[2] == Labelled("航天", "zh", (), is_question=False)
    assert texts[4].expected == ("measures-touching", "sector=sector/healthcare")
    count = counted(texts, resolver)
    assert (count.texts, count.answerable, count.verdicts) == (5, 4, {"right": 2, "wrong": 1, "nothing": 2})
    assert (count.precision, count.recall) == (2 / 3, 0.5)
    assert table([file], resolver).splitlines()[2:] == [
        "| names | Chinese | 4 | 3 | 1 | 1 | 2 | 0.500 | 0.333 |",
        "| questions | Chinese | 1 | 1 | 1 | 0 | 0 | 1.000 | 1.000 |",
        "| all | Chinese | 5 | 4 | 2 | 1 | 2 | 0.667 | 0.500 |",
        "| all | both | 5 | 4 | 2 | 1 | 2 | 0.667 | 0.500 |",
    ]
