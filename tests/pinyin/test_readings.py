"""Texts are read from the tables as pypinyin reads them, whatever they are."""

from __future__ import annotations

import random
import subprocess
import sys
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from kg.pinyin import Readings, packed_apart, readings
from kg.pinyin.packing import packed

PIECES = st.sampled_from(
    ["长", "重庆", "一不做", "一不做，二不休", "行", "了", "女", "〇", "㐀", "䷀", "𠀀", "v", "ü", "C919", "\n"]
)


def as_the_library(text: str) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the syllables of a text, and the usual ones, as pypinyin has them."""
    return [tuple(some) for some in pinyin(text, style=Style.NORMAL, heteronym=True)], lazy_pinyin(text)


@cache
def phrases() -> list[str]:
    return sorted(PHRASES_DICT)


def test_every_phrase_is_read_as_the_library_reads_it() -> None:
    assert len(phrases()) > 40_000
    for phrase in random.Random(1).sample(phrases(), 4000):
        assert (readings().syllables(phrase), readings().usual(phrase)) == as_the_library(phrase), phrase


def test_every_character_is_read_as_the_library_reads_it() -> None:
    assert len(PINYIN_DICT) > 40_000
    others = [chr(code) for code in (0x2E80, 0x3006, 0x4DC0, 0xE815, 0xE864, 0xFA18, 0x2FFFF, 0x31350, 0x41, 0x20)]
    for character in [*map(chr, random.Random(2).sample(sorted(PINYIN_DICT), 6000)), *others]:
        assert (readings().syllables(character), readings().usual(character)) == as_the_library(character), character


def test_texts_are_cut_as_the_library_cuts_them() -> None:
    chosen = random.Random(3)
    for _ in range(4000):
        parts = [each[: chosen.randrange(1, 9)] for each in chosen.choices(phrases(), k=chosen.randrange(1, 5))]
        text = "".join(parts)
        assert (readings().syllables(text), readings().usual(text)) == as_the_library(text), text


@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), min_size=1, max_size=8))
def test_whatever_stands_between_characters_stays(pieces: list[str]) -> None:
    text = "".join(pieces) or "a"
    assert (readings().syllables(text), readings().usual(text)) == as_the_library(text)


def test_nothing_has_no_syllables() -> None:
    assert readings().syllables("") == []


def test_the_tables_are_made_in_a_process_that_ends() -> None:
    code = (
        "import sys; from kg.pinyin import readings; readings().syllables('长城')"
        "; print([name for name in sys.modules if name.startswith('pypinyin')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_they_are_the_same_where_there_can_be_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    apart = packed_apart()
    assert apart == packed()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert packed_apart() == apart


def test_they_take_little() -> None:
    assert len(packed()) < 2_500_000
    assert Readings(packed()).usual("银行行长") == ["yin", "hang", "hang", "zhang"]
