"""The judge of the conformance tests is strict: what differs is seen to differ, and only that."""

from __future__ import annotations

import pytest

from tests.conformance.comparing import Table, difference, table_of_graphs
from tests.conformance.results import CSV, JSON, TSV, XML, read_answer
from tests.conformance.terms import XSD, Term, blank, by_value, iri, literal, parse_graph

A, B, C = blank("a"), blank("b"), blank("c")
ONE = literal("1", XSD + "integer")


def table(*rows: dict[str, Term], ordered: bool = False, names: str = "xy") -> Table:
    return Table.of(names, rows, ordered=ordered)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (table({"x": ONE}, {"x": iri("urn:a")}), table({"x": iri("urn:a")}, {"x": ONE})),
        (table({"x": A, "y": A}, {"x": B}), table({"x": C}, {"x": A, "y": A})),
        (table({"x": A}, {"y": A}), table({"y": B}, {"x": B})),
        (table({"x": literal("1.50", XSD + "decimal")}), table({"x": literal("1.5", XSD + "decimal")})),
        (table({"x": literal("1", XSD + "boolean")}), table({"x": literal("true", XSD + "boolean")})),
        (table({"x": literal("a", language="EN")}), table({"x": literal("a", language="en")})),
        (True, True),
    ],
)
def test_same_answers_do_not_differ(expected: Table | bool, actual: Table | bool) -> None:
    assert difference(expected, actual) is None


@pytest.mark.parametrize(
    ("expected", "actual", "says"),
    [
        (table({"x": ONE}), table({"x": ONE}, {"x": ONE}), "not expected"),
        (table({"x": ONE}, {"x": ONE}), table({"x": ONE}), "missing"),
        (table({"x": ONE}), table({"x": literal("1")}), "missing"),
        (table({"x": ONE}), table({"x": literal("1", XSD + "decimal")}), "missing"),
        (table({"x": ONE}), table({"y": ONE}), "missing"),
        (table({"x": ONE}), table({"x": ONE}, names="x"), "variables"),
        (table({"x": literal("a", language="en")}), table({"x": literal("a")}), "missing"),
        (table({"x": A, "y": A}), table({"x": A, "y": B}), "blank nodes"),
        (table({"x": A}, {"x": A}), table({"x": A}, {"x": B}), "blank nodes"),
        (table({"x": A, "y": B}, {"x": B, "y": A}), table({"x": A, "y": B}, {"x": B, "y": C}), "blank nodes"),
        (table({"x": ONE}, {"x": iri("urn:a")}, ordered=True), table({"x": iri("urn:a")}, {"x": ONE}), "order"),
        (table({"x": A}, {"y": A}, {"x": B}, ordered=True), table({"x": B}, {"y": A}, {"x": A}), "blank nodes"),
        (True, False, "expected true"),
        (table(), True, "expected 0 rows"),
    ],
)
def test_other_answers_differ(expected: Table | bool, actual: Table | bool, says: str) -> None:
    assert says in (difference(expected, actual) or "no difference")


def test_graphs_are_sets_of_quads() -> None:
    first = parse_graph("<urn:a> <urn:p> [], 01 .", "turtle", "urn:x")
    again = parse_graph("<urn:a> <urn:p> 01, _:b .", "turtle", "urn:x")
    assert difference(table_of_graphs({"": first}), table_of_graphs({"": again})) is None
    assert "missing" in str(difference(table_of_graphs({"": first}), table_of_graphs({"urn:g": again})))


def test_graphs_keep_literals_as_they_are_written() -> None:
    (row,) = table_of_graphs({"": parse_graph(f"<urn:a> <urn:p> '01'^^<{XSD}integer> .", "turtle", "urn:x")}).rows
    assert dict(row)["o"] == literal("01", XSD + "integer")


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (literal("+007", XSD + "integer"), "7"),
        (literal("-0.0", XSD + "decimal"), "0"),
        (literal("100.0", XSD + "decimal"), "100"),
        (literal("1e2", XSD + "double"), "100.0"),
        (literal("INF", XSD + "double"), "INF"),
        (literal("1.0", XSD + "integer"), "1.0"),
        (literal("1.0"), "1.0"),
    ],
)
def test_numbers_have_one_spelling(term: Term, value: str) -> None:
    assert by_value(term)[1] == value


ROWS = table({"x": iri("urn:a"), "y": literal('q"\t', language="en")}, {"x": A, "y": ONE}, {"y": literal("1.5E0")})


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        (
            JSON,
            '{"head":{"vars":["x","y"]},"results":{"bindings":['
            '{"x":{"type":"uri","value":"urn:a"},"y":{"type":"literal","value":"q\\"\\t","xml:lang":"en"}},'
            f'{{"x":{{"type":"bnode","value":"z"}},"y":{{"type":"literal","value":"1","datatype":"{XSD}integer"}}}},'
            '{"y":{"type":"literal","value":"1.5E0"}}]}}',
        ),
        (
            XML,
            '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/>'
            '<variable name="y"/></head><results><result><binding name="x"><uri>urn:a</uri></binding>'
            '<binding name="y"><literal xml:lang="en">q"&#9;</literal></binding></result>'
            '<result><binding name="x"><bnode>z</bnode></binding>'
            f'<binding name="y"><literal datatype="{XSD}integer">1</literal></binding></result>'
            '<result><binding name="y"><literal>1.5E0</literal></binding></result></results></sparql>',
        ),
        (TSV, '?x\t?y\n<urn:a>\t"q\\"\\t"@en\n_:z\t1\n\t"1.5E0"\n'),
    ],
)
def test_results_are_read(media_type: str, text: str) -> None:
    assert difference(ROWS, read_answer(text.encode(), media_type)) is None


def test_csv_is_read_as_text() -> None:
    read = read_answer(b'x,y\r\nurn:a,"q"",\n"\r\n_:z,1\r\n,1.5E0\r\n', CSV)
    expected = table(
        {"x": ("text", "urn:a", "", ""), "y": ("text", 'q",\n', "", "")},
        {"x": A, "y": ("text", "1", "", "")},
        {"y": ("text", "1.5E0", "", "")},
    )
    assert difference(expected, read) is None


@pytest.mark.parametrize(
    ("media_type", "text", "expected"),
    [
        (JSON, '{"head":{},"boolean":false}', False),
        (
            XML,
            '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>true</boolean></sparql>',
            True,
        ),
    ],
)
def test_truth_is_read(media_type: str, text: str, expected: bool) -> None:
    assert read_answer(text.encode(), media_type) is expected
