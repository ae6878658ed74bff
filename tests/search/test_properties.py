"""What holds of any name in any writing: it finds its thing first, and the surer the text the higher the score."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

from kg.search import SearchIndex
from kg.search.matching import near
from kg.search.names import NamedThing
from kg.search.texts import has_han, plain_of, squeezed
from tests.search.made import all_names, first, index_of, thing

SCRIPTS = ("", "s2t", "s2tw", "s2twp", "s2hk", "s2hkp")
STYLES = (Style.NORMAL, Style.TONE, Style.TONE2, Style.TONE3)
SPACES = ("", " ", "  ", "\u3000", "\t", "·", "-", "、")


@cache
def converter(config: str) -> OpenCC:
    return OpenCC(config)


def bare(text: str) -> str:
    """Return a name as it is compared: two things that have the same one may be found by it alike."""
    return squeezed(plain_of(converter("t2s").convert(text)))


def sound(text: str) -> str:
    return "".join(lazy_pinyin(bare(text), style=Style.NORMAL)).replace("ü", "u").replace("v", "u")


def wide(character: str) -> str:
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character


def cased(data: st.DataObject, text: str) -> str:
    """Return a text in capitals and small letters, narrow and wide ones, as it comes."""
    ways = data.draw(st.lists(st.integers(0, 3), min_size=len(text), max_size=len(text)))
    changed = [character.upper() if way % 2 else character.lower() for character, way in zip(text, ways, strict=True)]
    return "".join(wide(some) if way > 1 and len(some) == 1 else some for some, way in zip(changed, ways, strict=True))


def ahead_of(index: SearchIndex, named: NamedThing, text: str) -> list[NamedThing]:
    """Return the things that a text finds with a higher score than its own."""
    found = index.ranked(text)
    scores = {match.reference.iri: match.score for match in found}
    assert named.reference.iri in scores, text
    above = {match.reference.iri for match in found if match.score > scores[named.reference.iri]}
    return [other for other in index.things if other.reference.iri in above]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_name_in_any_case_width_script_and_spacing_finds_its_thing_first(
    index: SearchIndex, data: st.DataObject
) -> None:
    named, matched = data.draw(st.sampled_from(sorted(all_names(index), key=lambda found: found[1].text)))
    script = data.draw(st.sampled_from(SCRIPTS)) if has_han(matched.text) else ""
    text = cased(data, converter(script).convert(matched.text) if script else matched.text)
    space = data.draw(st.sampled_from(SPACES))
    text = text.replace(" ", space) if data.draw(st.booleans()) else f"{space}{text}{space}"
    sharing = {bare(matched.text)}
    for other in ahead_of(index, named, text):
        assert sharing & {bare(name.text) for name in other.names}, (text, other)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_the_pinyin_of_a_name_finds_its_thing_first(index: SearchIndex, data: st.DataObject) -> None:
    names = [(named, matched) for named, matched in all_names(index) if has_han(matched.text)]
    named, matched = data.draw(st.sampled_from(sorted(names, key=lambda found: found[1].text)))
    space = data.draw(st.sampled_from(("", " ", "-", "'")))
    text = cased(data, space.join(lazy_pinyin(bare(matched.text), style=data.draw(st.sampled_from(STYLES)))))
    for other in ahead_of(index, named, text):
        assert sound(matched.text) in {sound(name.text) for name in other.names}, (text, other)


def test_the_surer_the_text_the_higher_the_score(index: SearchIndex) -> None:
    expected = [
        ("医疗", "label"),
        ("卫生健康", "alias"),
        ("ＨＥＡＬＴＨ-care", "folded"),
        ("醫療", "script"),
        ("医疗产业", "part"),
        ("yi liao", "pinyin"),
        ("helthcare", "typo"),
        ("哪些措施涉及医疗", "part"),
    ]
    found = [first(index, text) for text, _ in expected]
    assert [(typed_id, how) for typed_id, how, _ in found] == [("sector/healthcare", how) for _, how in expected]
    scores = [score for _, _, score in found]
    assert scores == sorted(set(scores), reverse=True)


def test_a_label_comes_before_an_alias_that_is_the_same() -> None:
    index = index_of(thing("measure/a", "甲", "A thing", "云端"), thing("theme/b", "云端", "Cloud"))
    assert [match.reference.id for match in index.search("云端")] == ["b", "a"]
    assert index.search("云端")[0].score == 1 > index.search("云端")[1].score > 0.99


def test_more_mistypings_are_less_sure() -> None:
    form = "guangzhoucomputingcentre"
    texts = ["guangzhoucomputingcntre", "guangzhoucmputingcntre", "guangzhucmputingcntre", "guangzhucmputingcntr"]
    scores = [dict(near(text, [form]))[form] for text in texts]
    assert scores == sorted(set(scores), reverse=True)
    assert dict(near(form[1:], [form]))[form] < scores[0], "another first letter"
    assert dict(near("guangzhoucomputingcentrexxxxx", [form])) == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_more_of_a_name_is_typed_the_surer_it_is(index: SearchIndex, language: str) -> None:
    total, fell = 0, []
    for named, matched in all_names(index):
        if matched.language == language and matched.how == "label":
            scores = []
            for end in range(3 if language == "en" else 1, len(matched.text) + 1):
                found = {match.reference.iri: match.score for match in index.ranked(matched.text[:end])}
                scores.append(found.get(named.reference.iri, 0.0))
            total += len(scores)
            fell += [
                (matched.text, place) for place in range(1, len(scores)) if scores[place] < scores[place - 1] - 0.1
            ]
            assert min(scores[3:], default=1.0) > 0, matched.text
            assert scores[-1] == 1
    assert len(fell) <= 0.02 * total, fell
