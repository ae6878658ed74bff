"""Values where it is easy to answer otherwise than Oxigraph: each case is compared with it, and some with numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import pytest

from kg.columns.values import Failed, Family, Value, decimal, integer, lexical_form, quotient, value_of
from kg.engine import EmbeddedEngine
from kg.terms import XSD
from tests.columns.comparing import Both

N = "http://example.org/"
SUMS = "SELECT (COUNT(?v) AS ?n) (SUM(?v) AS ?sum) (AVG(?v) AS ?mean) { ?s :p ?v }"
TINY = "0.000000000000000001"


def both_of(*values: str) -> Both:
    """Return a graph in which each value is that of another thing; the same value twice stands in two graphs."""
    lines = [f"<{N}{number}> <{N}p> {value} .\n" for number, value in enumerate(values)]
    halves = (lines[::2], lines[1::2], lines)
    return Both.of(EmbeddedEngine.of_graphs((f"{N}g{n}", "".join(part).encode()) for n, part in enumerate(halves)))


def number(text: str, datatype: str) -> str:
    return f'"{text}"^^<{XSD}{datatype}>'


def ask(both: Both, query: str) -> dict[str, str]:
    """Return the one row that both answer in the same way."""
    query = f"PREFIX : <{N}> {query}"
    assert both.difference(query) == ""
    (row,) = json.loads(both.taken(query) or b"")["results"]["bindings"]
    return {name: f"{term['value']} {term.get('datatype', '').removeprefix(XSD)}".strip() for name, term in row.items()}


INTEGERS = [number(each, "integer") for each in ("1", "2", "2", "-7")]
DECIMALS = [number(each, "decimal") for each in ("0.1", "0.2", "2.000000000000000001")]


@pytest.mark.parametrize(
    ("values", "sum_", "mean"),
    [
        (INTEGERS, "-2 integer", "-0.5 decimal"),
        (DECIMALS, "2.300000000000000001 decimal", "0.766666666666666667 decimal"),
        ([*INTEGERS, *DECIMALS], "0.300000000000000001 decimal", "0.042857142857142857 decimal"),
        ([number(each, "integer") for each in ("-1", "-1", "0")], "-2 integer", "-0.666666666666666666 decimal"),
        ([number(each, "double") for each in ("1", "2.5")], "3.5 double", "1.75 double"),
        ([number("461168601842738700", "integer"), "<http://example.org/x>"], "", ""),
        ([*INTEGERS, '"a"'], "", ""),
        ([*INTEGERS, number("300000000000000000000", "decimal")], "", ""),
        ([number(TINY, "decimal"), *[number("0", "decimal")] * 9], f"{TINY} decimal", ""),
        ([], "0 integer", "0 integer"),
    ],
)
def test_sums_and_means(values: Sequence[str], sum_: str, mean: str) -> None:
    found = ask(both_of(*values), SUMS)
    assert (found.get("sum", ""), found.get("mean", "")) == (sum_, mean)


@pytest.mark.parametrize(
    "values",
    [
        [number("9223372036854775807", "integer"), number("1", "integer")],
        [number("170141183460469231731.5", "decimal"), number("1", "decimal")],
        [number("1", "integer"), number("1.5", "double")],
        [number("NaN", "double"), number("1", "double")],
        [number("1.5", "float"), number("2.5", "float")],
        [number("1e308", "double"), number("1e308", "double")],
        [number("1e16", "double"), number("-1e16", "double"), number("0.7", "double")],
    ],
)
def test_sums_whose_order_or_range_matters_are_left_to_the_engine(values: Sequence[str]) -> None:
    assert both_of(*values).difference(f"PREFIX : <{N}> {SUMS}") is None


def test_a_sum_of_doubles_is_the_nearest_one_in_any_order() -> None:
    numbers = [0.1, 0.2, 0.3, 0.7, 1e5, 1e-5, 2e5]
    both = both_of(*(number(repr(each), "double") for each in numbers))
    taken = both.taken(f"PREFIX : <{N}> SELECT (SUM(?v) AS ?sum) {{ ?s :p ?v }}")
    assert taken is not None
    assert float(json.loads(taken)["results"]["bindings"][0]["sum"]["value"]) == math.fsum(numbers)


@pytest.mark.parametrize(
    ("values", "least", "most"),
    [
        ([*INTEGERS, *DECIMALS], "-7 integer", "2.000000000000000001 decimal"),
        (['"b"', '"a"', '"é"', '"𝒳"', '"~"'], "a", "𝒳"),
        (['"b"@en', '"a"@fr', '"a"@en'], "a", "b"),
        ([number(each, "gYear") for each in ("2024", "2031")], "2024 gYear", "2031 gYear"),
        ([number(each, "date") for each in ("2024-02-29", "2024-03-01")], "2024-02-29 date", "2024-03-01 date"),
        ([number("true", "boolean"), number("false", "boolean")], "false boolean", "true boolean"),
        ([number("1", "integer"), f"<{N}x>", '"z"'], f"{N}x", "z"),
        ([number("5", "integer"), number("1e20", "double")], "5 integer", "100000000000000000000 double"),
    ],
)
def test_the_least_and_the_greatest(values: Sequence[str], least: str, most: str) -> None:
    found = ask(both_of(*values), "SELECT (MIN(?v) AS ?least) (MAX(?v) AS ?most) { ?s :p ?v }")
    assert (found["least"], found["most"]) == (least, most)


@pytest.mark.parametrize(
    "values",
    [
        [number("1", "integer"), number("1", "decimal")],
        [number("9", "integer"), number("10", "integer"), '"5"'],
        ["_:a", "_:b"],
    ],
)
def test_where_order_decides_what_is_least_the_engine_does(values: Sequence[str]) -> None:
    assert both_of(*values).difference(f"PREFIX : <{N}> SELECT (MIN(?v) AS ?x) (MAX(?v) AS ?y) {{ ?s :p ?v }}") is None


def test_a_triple_of_several_graphs_counts_once_and_equal_numbers_are_several_terms() -> None:
    both = both_of(
        number("1", "integer"), number("01", "integer"), number("1.0", "decimal"), number("1", "double"), '"1"'
    )
    counts = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?v) AS ?terms) { ?s :p ?v }"
    assert ask(both, counts) == {"n": "5 integer", "terms": "4 integer"}
    assert ask(both, counts.replace("}", "FILTER(?v = 1) }"))["n"] == "4 integer"
    assert ask(both, "SELECT (COUNT(*) AS ?n) { ?s :p 1 }")["n"] == "2 integer"
    assert (
        ask(both, 'SELECT (COUNT(*) AS ?n) { ?s :p "01"^^<http://www.w3.org/2001/XMLSchema#integer> }')["n"]
        == "2 integer"
    )
    assert ask(both, "SELECT (COUNT(*) AS ?n) { ?a :p ?v . ?b :p ?v }")["n"] == "7 integer"


def test_texts_with_escapes_come_back_as_they_were() -> None:
    both = both_of(r'"\"\\\n\t\u0001\u007F😀"', '"é"@zh-hans', f"<{N}é>", "_:b", f'"x\\"^^<y>"^^<{N}t>')
    assert both.difference(f"PREFIX : <{N}> SELECT ?v (COUNT(?s) AS ?n) {{ ?s :p ?v }} GROUP BY ?v") == ""


@pytest.mark.parametrize(
    ("units", "divisor", "expected"),
    [
        (10**18, 3, "0.333333333333333333"),
        (-(10**18), 3, "-0.333333333333333333"),
        (0, 7, "0"),
        (5 * 10**17, 10, "0.05"),
    ],
)
def test_quotients_are_cut_towards_zero(units: int, divisor: int, expected: str) -> None:
    assert lexical_form(quotient(units, integer(divisor))) == expected


def test_what_has_no_room_is_an_error() -> None:
    with pytest.raises(Failed):
        integer(1 << 63)
    with pytest.raises(Failed):
        decimal(1 << 127)
    for units, divisor in ((1, 0), (1, 10)):
        with pytest.raises(Failed):
            quotient(units, integer(divisor))


@pytest.mark.parametrize(
    ("term", "family"),
    [
        ("2024-02-29^^date", Family.DATE),
        ("2023-02-29^^date", Family.OPAQUE),
        ("2024-01-01Z^^date", Family.OPAQUE),
        ("2024-04-31T00:00:00^^dateTime", Family.OPAQUE),
        ("24^^gYear", Family.OPAQUE),
        ("INF^^double", Family.OPAQUE),
        ("-0.0^^double", Family.OPAQUE),
        ("1e5^^double", Family.DOUBLE),
        ("x^^integer", Family.OPAQUE),
        ("99999999999999999999^^integer", Family.UNKNOWN),
    ],
)
def test_only_plain_values_are_judged(term: str, family: Family) -> None:
    lexical, _, datatype = term.partition("^^")
    assert value_of(number(lexical, datatype).encode()).family is family


def test_a_value_is_a_term_again() -> None:
    assert value_of(b'"a\\"b"@en') == Value(Family.TAGGED, 'a"b', "en")


GROUPS = "SELECT ?g (SUM(?v) AS ?sum) { ?s :in ?g ; :p ?v } GROUP BY ?g"


def grouped(**values: list[float]) -> Both:
    """Return a graph of groups by name, each with doubles; their sums depend on the order of additions, maybe."""
    lines = [
        f"<{N}{group}{place}> <{N}in> <{N}{group}> .\n<{N}{group}{place}> <{N}p> {number(repr(each), 'double')} .\n"
        for group, numbers in values.items()
        for place, each in enumerate(numbers)
    ]
    return Both.of(EmbeddedEngine.of_graphs([(f"{N}g", "".join(lines).encode())]))


@pytest.mark.parametrize(
    "query",
    [
        f"{GROUPS} ORDER BY ?sum",
        f"{GROUPS} HAVING (SUM(?v) > 0.6)",
        f"{GROUPS} HAVING (0.6 = SUM(?v))",
        "SELECT DISTINCT (SUM(?v) AS ?sum) { ?s :in ?g ; :p ?v } GROUP BY ?g",
        "SELECT (STR(SUM(?v)) AS ?text) { ?s :p ?v }",
        "SELECT (SUM(?v) - 0.6 AS ?rest) { ?s :in :a ; :p ?v }",
        f"SELECT (COUNT(DISTINCT ?sum) AS ?n) {{ {{ {GROUPS} }} }}",
    ],
)
def test_nothing_depends_on_the_last_digits_of_a_sum_of_doubles(query: str) -> None:
    both = grouped(a=[0.1, 0.2, 0.3], b=[0.3, 0.2, 0.1])
    assert both.difference(f"PREFIX : <{N}> {GROUPS}") == ""
    assert both.difference(f"PREFIX : <{N}> {query}") is None


@pytest.mark.parametrize(
    "query", [f"{GROUPS} ORDER BY ?sum", f"{GROUPS} HAVING (SUM(?v) * 2 > 1)", f"{GROUPS} ORDER BY ?g"]
)
def test_sums_that_are_far_apart_or_exact_may_be_compared(query: str) -> None:
    for both in (grouped(a=[0.1, 0.2], b=[0.5, 0.7, 0.1]), grouped(a=[1.0, 2.0], b=[3.0], c=[2.0, 1.0])):
        assert both.difference(f"PREFIX : <{N}> {query}", ("sum",) if "?sum" in query[-5:] else ()) == ""
