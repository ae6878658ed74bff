"""What makes the index quick changes nothing of it: it is as if each name were worked out alone, by the plain way."""

from __future__ import annotations

import itertools
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.kinds import KINDS
from kg.lookup.reader import Reader
from kg.search import Matched, SearchIndex
from kg.search.chinese import MOST_READINGS, Chinese, _combined, _plain, alike, is_toned
from kg.search.matching import Forms, near
from kg.search.names import compared, read_things
from tests.search.made import index_of, thing


@pytest.fixture(scope="module")
def texts(index: SearchIndex) -> list[str]:
    """The names of the seeds, and texts of their characters in any order."""
    names = sorted({name.matched.text for name in index.matching.names})
    characters, chosen = sorted(set("".join(names))), random.Random(1)
    return [*names, *("".join(chosen.choices(characters, k=chosen.randrange(1, 12))) for _ in range(2000))]


def test_syllables_that_are_kept_by_words_are_those_of_whole_texts(texts: list[str]) -> None:
    chinese = Chinese()
    for text in texts:
        whole = pinyin(text, style=Style.NORMAL, heteronym=True) if chinese.readings(text) else []
        choices = [list(dict.fromkeys(map(_plain, some))) for some in whole]
        expected = tuple(itertools.islice(_combined(choices), MOST_READINGS)) if whole else ()
        assert chinese.readings(text) == expected, text


@given(st.text("zcshaeing", max_size=12))
def test_sounds_that_many_do_not_tell_apart_are_found_in_one_go(sound: str) -> None:
    assert alike(sound) == re.sub("([aei])ng", r"\1n", re.sub("([zcs])h", r"\1", sound))


@given(st.text("ab12", max_size=8), st.text("ab12", max_size=6))
def test_tones_are_digits_that_the_name_need_not_have(typed: str, sound: str) -> None:
    pattern = "".join(f"{some}[1-5]?" if some.isalpha() else some for some in sound)
    assert is_toned(typed, sound) == (re.fullmatch(pattern, typed) is not None)


@given(st.text("abc12", max_size=14), st.lists(st.text("abc12", min_size=1, max_size=16), max_size=12, unique=True))
def test_mistypings_are_found_among_those_that_they_are_compared_with(text: str, forms: list[str]) -> None:
    assert dict(Forms.of(forms).near(text)) == dict(near(text, forms))


def test_mistypings_of_the_names_of_the_seeds_are_the_same(index: SearchIndex) -> None:
    chosen = random.Random(2)
    for table in (index.matching.keys, index.matching.pinyin):
        for form in chosen.sample(table.forms, 150):
            place = chosen.randrange(len(form))
            for text in (form[:place] + form[place + 1 :], form[:place] + "x" + form[place:]):
                assert dict(table.comparable.near(text)) == dict(near(text, table.forms))


def test_a_name_of_several_things_is_the_name_of_each() -> None:
    one, other = thing("sector/a", "智慧医院2号", "Smart hospital"), thing("product/b", "智慧医院2号", "Smart hospital")
    index = index_of(one, other)
    alone = [*compared([one], Chinese()), *compared([other], Chinese())]
    assert [(name.thing, name.kind) for name in index.matching.names] == [(0, "sector")] * 2 + [(1, "product")] * 2
    for name in index.matching.names:
        (same,) = [each for each in alone if each.kind == name.kind and each.matched == name.matched]
        assert (same.pinyin, same.initials, same.terms, same.key) == (name.pinyin, name.initials, name.terms, name.key)
    for text in ("智慧医院2号", "zhihuiyiyuan2hao", "zhi4hui4yi1yuan42hao4", "smart hospitals", "smart hospitl"):
        assert {match.reference.id for match in index.search(text)[:2]} == {"a", "b"}, text


def test_names_are_read_in_the_order_that_the_engine_would_put_them_in(engine: EmbeddedEngine) -> None:
    reader = Reader(engine, Iris())
    classes = " ".join(f"<{kind.class_iri}>" for kind in KINDS)
    rows = reader.select(
        f"""SELECT DISTINCT ?thing ?name ?alias WHERE {{ VALUES ?class {{ {classes} }} ?thing a ?class .
            OPTIONAL {{ {{ ?thing rdfs:label ?name BIND(false AS ?alias) }}
              UNION {{ ?thing skos:altLabel ?name BIND(true AS ?alias) }} }} }}
            ORDER BY ?thing ?alias DESC(LANG(?name)) ?name"""
    )
    names: dict[str, dict[Matched, None]] = {}
    for row in rows:
        how = "alias" if row["alias"].value == "true" else "label"
        found = Matched(row["name"].value, row["name"].language or "en", "alias" if how == "alias" else "label")
        names.setdefault(row["thing"].value, {})[found] = None
    things = read_things(reader)
    assert [(each.reference.iri, each.names) for each in things] == [(iri, tuple(some)) for iri, some in names.items()]
    assert all(each.reference.label == reader.names([each.reference.iri])[each.reference.iri] for each in things)
