"""Searches for texts: what they find is what Oxigraph finds, whatever the letters."""

from __future__ import annotations

import pytest

from kg.columns.searching import _BECOME_ASCII, _CASELESS
from kg.engine import EmbeddedEngine
from kg.terms import XSD
from tests.columns.comparing import Both

N = "http://example.org/"
TEXTS = [
    *('"Carbon market"@en', '"carbon"', '"CARBON"@de', '"low-carbon"', '""', '""@en', '"碳市场 (ETS)"@zh', '"kg"'),
    *('"a\\"b"', '"a\\\\nb"', '"line\\none"', '"LINE\\nONE"@en', '"\\u0001"', '"\\tTab"', '"\U0001f600 Grin"', '"n"'),
    *(
        '"10 \u212a"',
        '"\u0130stanbul"',
        '"STRASSE"',
        '"Straße"',
        '"ΟΔΟΣ"',
        '"Ünïcode"@en',
        '"5Ｇ网络"@zh',
        '"5G网络"@zh',
    ),
]
OTHERS = [
    *(f"<{N}Carbon>", f"<{N}carbon/网络>", '"carbon"^^<http://example.org/t>', "_:carbon"),
    f'"2024-05-06"^^<{XSD}date>',
    *(f'"{number}"^^<{XSD}{kind}>' for number, kind in (("7", "integer"), ("7.50", "decimal"), ("1e3", "double"))),
    f'"true"^^<{XSD}boolean>',
]
OPAQUE = [f'"NaN"^^<{XSD}double>', f'"carbon"^^<{XSD}integer>', f'"2024-01-01Z"^^<{XSD}date>']
PARTS = [
    *("carbon", "Carbon", "", "a", "n", "碳市场", "网络", "5g", "\\n", "\\\\"),
    *('\\"', "ß", "k", "i", "ος", "ü", "😀", "e", "7", "N", "/"),
]


def both_of(terms: list[str]) -> Both:
    lines = [f"<{N}{number}> <{N}p> {term} .\n" for number, term in enumerate(terms)]
    return Both.of(EmbeddedEngine.of_graphs([(f"{N}g", "".join(lines).encode())]))


@pytest.fixture(scope="module")
def texts() -> Both:
    return both_of(TEXTS)


@pytest.fixture(scope="module")
def mixed() -> Both:
    return both_of([*TEXTS, *OTHERS])


@pytest.fixture(scope="module")
def wild() -> Both:
    return both_of([*TEXTS, *OTHERS, *OPAQUE])


def query(condition: str) -> str:
    return f"PREFIX : <{N}> SELECT ?s ?l {{ ?s :p ?l FILTER({condition}) }}"


@pytest.mark.parametrize("subject", ["?l", "STR(?l)", "LCASE(?l)", "LCASE(STR(?l))", "STR(LCASE(?l))"])
@pytest.mark.parametrize("search", ["CONTAINS", "STRSTARTS", "STRENDS"])
def test_it_finds_what_oxigraph_finds(texts: Both, mixed: Both, wild: Both, search: str, subject: str) -> None:
    taken = 0
    for part in PARTS:
        for condition in (f'{search}({subject}, "{part}")', f'!{search}({subject}, "{part}") || ?s = :0'):
            for both in (texts, mixed, wild):
                difference = both.difference(query(condition))
                assert not difference, f"{condition}: {difference}"
                taken += difference is not None
    assert taken >= (len(PARTS) if "LCASE" in subject else 3 * len(PARTS))


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ('CONTAINS(LCASE(STR(?l)), "carbon")', True),
        ('CONTAINS(LCASE(STR(?l)), "碳市场")', True),
        ('CONTAINS(LCASE(STR(?l)), "k")', False),  # there is the sign of the kelvin
        ('STRSTARTS(LCASE(?l), "i")', False),  # there is an I with a dot
        ('CONTAINS(LCASE(STR(?l)), "ü")', False),
        ('CONTAINS(LCASE(STR(?l)), "Carbon")', False),
        ('CONTAINS(STR(?l), "ü")', True),
        ('CONTAINS(?l, "carbon"@en)', True),
        ('LCASE(?l) = "carbon"', False),
        ('CONTAINS(UCASE(?l), "CARBON")', False),
        ("CONTAINS(LCASE(STR(?l)), STR(?s))", False),
    ],
)
def test_letters_that_depend_on_tables_are_left_to_the_engine(texts: Both, condition: str, taken: bool) -> None:
    assert (texts.taken(query(condition)) is not None) == taken


def test_no_other_letter_becomes_one_that_is_searched_for() -> None:
    """By the tables that the engine has; of what they do not have yet, none is a letter that becomes an old one."""
    letters = [chr(code) for code in range(0x80, 0x1F000) if not 0xD800 <= code < 0xE000]
    letters = [letter for letter in letters if not _CASELESS.fullmatch(letter)]
    lines = (f'<{N}s> <{N}p> "{letter}" .\n' for letter in letters)
    engine = EmbeddedEngine.of_graphs([(f"{N}g", "".join(lines).encode())])
    rows = engine.select("SELECT ?l (LCASE(?l) AS ?small) { ?s ?p ?l FILTER(LCASE(?l) != ?l) }")
    assert len(rows) > 1000
    becoming = {row["l"].value for row in rows if any(map(_CASELESS.fullmatch, row["small"].value))}
    assert {letter.encode() for letter in becoming} == set(_BECOME_ASCII.values())
    for row in engine.select("SELECT ?l (LCASE(?l) AS ?small) { VALUES ?l { 'İ' 'K' } }"):
        assert row["small"].value[0].encode() in _BECOME_ASCII


def test_where_any_part_will_do_the_engine_need_not_find_all(texts: Both) -> None:
    search = query('CONTAINS(LCASE(STR(?l)), "a")')
    assert texts.taken(search) is not None
    assert texts.taken(f"{search} LIMIT 3") is None
    assert texts.difference(f"{search} ORDER BY ?s LIMIT 3", ("s",)) == ""


def test_more_numbers_than_are_read_one_by_one_are_left_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    both = both_of([f'"{number}"^^<{XSD}integer>' for number in range(30)])
    search = query('CONTAINS(STR(?l), "2")')
    assert both.difference(search) == ""
    for module in ("searching", "evaluating"):
        monkeypatch.setattr(f"kg.columns.{module}.MOST_DIFFERENT", 29)
    assert both.taken(search) is None
