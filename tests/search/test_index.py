"""The index as a whole: order, kinds and languages, ambiguity, safety, speed."""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.kinds import KINDS
from kg.lookup import Lookup
from kg.search import CONFIDENT, HOWS, Matched, SearchIndex
from kg.search.index import TIE
from kg.search.texts import MAX_TEXT
from kg.terms import PKG, RDF
from tests.conftest import ROOT
from tests.search.made import all_names, ids, index_of, thing, thousands

LONGEST = 0.1
"""Seconds of a processor that a search among the names of the seeds may take."""


def spent(index: SearchIndex, text: str) -> float:
    """Return how many seconds of a processor a search takes; the least of three, so that no other work counts."""
    times: list[float] = []
    while len(times) < 3 and (not times or min(times) >= LONGEST):
        began = time.thread_time()
        index.search(text)
        times.append(time.thread_time() - began)
    return min(times)


def test_every_thing_of_the_graph_is_in_it(index: SearchIndex, lookup: Lookup) -> None:
    things = {thing.iri for kind in KINDS for thing in lookup.things(kind.name, {}, limit=1000).items}
    assert {named.reference.iri for named in index.things} == things
    for named in index.things:
        thing = lookup.thing(named.reference.type, named.reference.id)
        names = [*thing.label.values(), *(name for some in thing.aliases.values() for name in some)]
        assert sorted({matched.text for matched in named.names}) == sorted(set(names))
        assert named.reference.label == thing.label


def test_nothing_of_it_can_be_changed(index: SearchIndex) -> None:
    match = index.search("医疗")[0]
    for value in (index, match, match.matched, index.matching, index.things[0]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, None)


def test_results_are_ordered_by_score_kind_and_iri(index: SearchIndex) -> None:
    order = {kind.name: place for place, kind in enumerate(KINDS)}
    for text in ("智能", "人工智能", "industry", "zhineng", "广州", "of"):
        found = index.ranked(text)
        keys = [(-match.score, order[match.reference.type], match.reference.iri) for match in found]
        assert keys == sorted(keys)
        assert len(found) == len({match.reference.iri for match in found})
        assert all(0 < match.score <= 1 and match.matched.how in HOWS for match in found)


def test_the_same_index_comes_of_the_same_names_in_any_order(index: SearchIndex) -> None:
    shuffled = list(index.things)
    random.Random(4).shuffle(shuffled)
    other = SearchIndex.made(shuffled)
    for text in ("智能", "healthcare", "pcyn", "yiliao", "helthcare", "医療", "人工智能产业 规模"):
        assert other.ranked(text) == index.ranked(text)


def test_kinds_and_language_narrow_the_search(index: SearchIndex) -> None:
    assert ids(index.search("高端装备"))[:2] == ["product/high-end-equipment", "sector/high-end-equipment"]
    assert ids(index.search("高端装备", kinds=["product"]))[0] == "product/high-end-equipment"
    found = index.ranked("智能", kinds=("product", "sector"))
    assert {match.reference.type for match in found} == {"product", "sector"}
    assert index.search("医疗", kinds=["place"]) == ()
    assert index.confident("医疗", language="en") == ()
    assert {match.matched.language for match in index.ranked("smart", language="en")} <= {"en", ""}


def test_the_limit_cuts_the_end_off(index: SearchIndex) -> None:
    everything = index.ranked("智能")
    assert len(everything) > 20
    assert index.search("智能") == everything[:10]
    assert index.search("智能", limit=3) == everything[:3]
    assert index.search("智能", limit=0) == index.search("智能", limit=-1) == ()


def test_an_ambiguous_name_gives_all_that_it_may_mean(index: SearchIndex) -> None:
    assert ids(index.confident("高端装备"))[:2] == ["product/high-end-equipment", "sector/high-end-equipment"]
    assert set(ids(index.confident("智能机器人"))) == {"product/robots", "sector/robotics"}
    for text in ("广州", "Guangzhou"):
        found = index.confident(text)
        assert ids(found) == ["place/guangzhou", "platform/guangzhou-ai-public-computing-centre"]
        assert found[0].score == 1 > found[1].score >= CONFIDENT
    assert set(ids(index.confident("琶洲"))) == {"place/pazhou", "place/pazhou-ai-zone"}
    assert ids(index.confident("广州算力中心")) == ["platform/guangzhou-ai-public-computing-centre"]


def test_what_matches_best_is_named_and_what_is_as_good(index: SearchIndex) -> None:
    for text in ("helthcare", "yiliao", "smart hospital", "医疗", "人工智能芯片"):
        best, *others = index.confident(text)
        assert best == index.search(text, limit=1)[0]
        assert all(other.score >= best.score - TIE or other.matched.how == "part" for other in others)


def test_a_question_lists_what_it_names_without_being_sure(index: SearchIndex) -> None:
    for text in ("哪些措施涉及医疗？", "which measures touch healthcare"):
        assert "sector/healthcare" in ids(index.search(text))
        assert "sector/healthcare" not in ids(index.confident(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "\ud800医\udfff",
        "🙂🙂",
        "?!—…",
        "\u200b",
        "ا" * 5,
        "a" * 10**6,
        "医" * 10**6,
        "1 2 3 " * 999,
        "٣",
    ],
)
def test_any_text_is_safe(index: SearchIndex, text: str) -> None:
    found = index.search(text)
    assert index.confident(text) == ()
    assert all(match.score < CONFIDENT for match in found)
    assert spent(index, text) < LONGEST


@pytest.mark.parametrize(
    "piece",
    [
        *("医", "重", "的", "智能", "重长行乐", "智能重卡 ", "a", "ab", "ab ", "zhineng", "chan ", "smart industry "),
        *("1", "1 2 ", "a1", "yi1", "\u0300", "a\u0300", "ﷺ", "ا", "🙂", "\u202e医", "臺灣軟體", "centre ", "xqzzyk "),
    ],
)
def test_a_text_as_long_as_it_may_be_takes_no_long_time(index: SearchIndex, piece: str) -> None:
    text = (piece * MAX_TEXT)[:MAX_TEXT]
    assert spent(index, text) < LONGEST


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=MAX_TEXT), st.lists(st.sampled_from("医疗智能重长中心 ab1éü'-"), max_size=MAX_TEXT))
def test_no_text_takes_long(index: SearchIndex, text: str, pieces: list[str]) -> None:
    assert spent(index, text) < LONGEST
    assert spent(index, "".join(pieces)) < LONGEST


def test_an_emoji_around_a_name_does_not_hide_it(index: SearchIndex) -> None:
    assert ids(index.confident("🏥 医疗\x00")) == ["sector/healthcare"]
    assert ids(index.confident("医疗" + " " * MAX_TEXT)) == ["sector/healthcare"]


def test_an_index_of_nothing_finds_nothing() -> None:
    assert index_of().ranked("医疗") == ()
    assert index_of(thing("place/x", "—", "…")).search("—")[0].score == 1


def test_a_thing_without_a_name_is_found_by_its_id() -> None:
    iri = Iris().mint("place", "x-y")
    lines = f"<{iri}> <{RDF}type> <{PKG}Place> .\n<urn:else> <{RDF}type> <{PKG}Place> .\n"
    engine = EmbeddedEngine.of_graphs([("urn:g", lines.encode())])
    index = SearchIndex.of(engine, Iris())
    assert ids(index.confident("x-y")) == ["place/x-y"]
    assert len(index.things) == 1


def test_threads_may_share_it(index: SearchIndex) -> None:
    texts = ["医療", "yiliao", "helthcare", "pcyn", "smart hospital"] * 20
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(index.search, texts))
    assert found == [index.search(text) for text in texts]


def test_what_few_commands_need_is_loaded_by_those_only() -> None:
    slow = ("opencc", "pypinyin", "rapidfuzz", "openpyxl")
    modules = "kg.cli, kg.query, kg.search, kg.questions"
    code = f"import sys, {modules}; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"


def test_the_index_of_the_revision_before_is_taken_up(index: SearchIndex) -> None:
    assert SearchIndex.made(index.things, index) is index
    renamed = replace(index.things[3], names=(*index.things[3].names, Matched("新名稱一號", "zh", "alias")))
    things = (*index.things[:3], renamed, *index.things[5:], thing("sector/zz", "深海采矿", "Deep-sea mining"))
    later, anew = SearchIndex.made(things, index), SearchIndex.made(things)
    assert later.matching.chinese is index.matching.chinese
    assert later.matching.names == anew.matching.names
    for text in ("新名称一号", "shenhai caikuang", "deep sea mining", "医療", "智能", index.things[4].names[0].text):
        assert later.ranked(text) == anew.ranked(text)
    assert ids(later.confident("新名称一号")) == ids([index.search(renamed.reference.iri)[0]])


def test_it_shows_itself_in_a_few_words(index: SearchIndex) -> None:
    assert repr(index) == f"SearchIndex({len(index.things)} things, {len(index.matching.names)} names)"


def test_a_search_among_thousands_is_quick() -> None:
    index = SearchIndex.made(thousands(1000))
    began = time.perf_counter()
    for text in ("智能医疗平台", "smart hospitl", "zhineng", "pcyn", "上海"):
        index.search(text)
    assert time.perf_counter() - began < 5, "it takes 20 ms on two cores"
    assert sum(1 for _ in all_names(index)) >= 2000
