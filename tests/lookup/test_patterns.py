"""Reading the triple patterns of a SELECT, whatever a stranger writes."""

from __future__ import annotations

import time

import pytest

from kg.engine import EmbeddedEngine, Term
from kg.lookup.pattern_reader import selected
from kg.lookup.patterns import MOST_PARTS, Pattern, written

A, B = Term("iri", "urn:a"), Term("iri", "urn:b")


def one(predicate: Term | str, subject: Term | str = "s", value: Term | str = "o", *, inverse: bool = False) -> Pattern:
    return Pattern(subject, ((predicate, inverse),), value)


@pytest.mark.parametrize(
    ("body", "patterns"),
    [
        ("?s <urn:a> ?o ; <urn:b> ?o , 5 .", [one(A), one(B), one(B, value=Term("literal", "5", "", "XSDinteger"))]),
        ('?s ?p "a\\"b"@en', [one("p", value=Term("literal", 'a"b', "en"))]),
        ("?s ^<urn:a> ?o", [one(A, inverse=True)]),
        ("?s <urn:a>|^<urn:b> ?o", [Pattern("s", ((A, False), (B, True)), "o")]),
        ("?s <urn:a>/<urn:b> ?o", [one(A, value="hidden_node_1"), one(B, "hidden_node_1")]),
        ("?s <urn:a> [ <urn:b> ?o ]", [one(B, "hidden_node_1"), one(A, value="hidden_node_1")]),
        ("?s (^<urn:a>/<urn:b>)+ ?o", [Pattern("s", (), "o")]),
        ("?s !(<urn:a>|^<urn:b>) ?o", [Pattern("s", (), "o")]),
        ("?s <urn:a> ?o FILTER(?o > 3) FILTER NOT EXISTS { ?s <urn:b> ?x } MINUS { ?s <urn:b> ?o }", [one(A)]),
        (
            "OPTIONAL { ?s <urn:a> ?o } BIND(1 AS ?n) VALUES (?x ?y) { (1 2) } GRAPH ?g { ?s <urn:b> ?o }",
            [one(A), one(B)],
        ),
        ('{ SELECT ?s { ?s <urn:b> ?hidden } } ?s <urn:a> ?o FILTER regex(?o, "}")', [one(A)]),
    ],
)
def test_patterns_are_read(body: str, patterns: list[Pattern]) -> None:
    found = selected(f"SELECT * WHERE {{ {body} }}")
    assert found is not None
    xsd = "http://www.w3.org/2001/XMLSchema#"
    expected = [Pattern(each.subject, each.predicates, _full(each.object, xsd)) for each in patterns]
    assert list(found.patterns) == expected


def _full(node: Term | str, xsd: str) -> Term | str:
    if isinstance(node, str) or not node.datatype:
        return node
    return Term(node.kind, node.value, node.language, node.datatype.replace("XSD", xsd))


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s",
        "SELECT * { SERVICE <urn:x> { ?s ?p ?o } }",
        "SELECT * { ?s ?p (1 2) }",
        "SELECT * { ?s unknown:p ?o }",
        "SELECT * { ?s ?p",
        "SELECT *" + " {" * 5000 + " }" * 5000,
        "SELECT * { ?s ?p " + "[ ?p " * 5000 + "1" + " ]" * 5000 + " }",
        "SELECT * { ?s " + "(" * 5000 + "<urn:a>" + ")" * 5000 + " ?o }",
        "SELECT * { " + "?s ?p [] . " * 5000 + "}",
    ],
)
def test_what_is_not_read_is_left(text: str) -> None:
    assert selected(text) is None


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT ?o FROM <urn:g> WHERE { ?s <urn:p> ?o . # ?x }\n } ORDER BY ?o LIMIT 2",
        'SELECT ?o { ?s <urn:p> ?o } VALUES ?o { "x\\n\\"" 2 }',
        "PREFIX : <urn:> SELECT ?o { ?t :q/:p ?o }",
    ],
)
def test_rows_are_asked_again_with_all_that_the_pattern_binds(query: str) -> None:
    lines = '<urn:s> <urn:p> "x\\n\\"" .\n<urn:s> <urn:p> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    engine = EmbeddedEngine.of_graphs([("urn:g", f"{lines}<urn:t> <urn:q> <urn:s> .\n".encode())])
    found, rows = selected(query), engine.select(query)
    assert found is not None
    assert len(rows) == 2
    (again,) = found.again(rows)
    solutions = engine.select(again)
    assert {solution["o"] for solution in solutions} == {row["o"] for row in rows}
    for solution in solutions:
        triples = [triple for pattern in found.patterns for triple in pattern.triples(solution)]
        assert (Term("iri", "urn:s"), Term("iri", "urn:p"), solution["o"]) in triples


def test_many_rows_are_asked_in_parts() -> None:
    found = selected("SELECT ?s { ?s ?p ?o }")
    assert found is not None
    rows = [{"s": Term("iri", f"urn:{'x' * 100}{number}")} for number in range(1000)]
    parts = list(found.again([*rows, *rows]))
    assert len(parts) == 3
    assert all(len(part) < 50_000 for part in parts)
    assert sum(part.count("<urn:") for part in parts) == 1000


def test_terms_are_written_so_that_they_are_read_as_the_same() -> None:
    engine = EmbeddedEngine.of_graphs([])
    for term in (Term("literal", "a\"\\\n\r\t'{}", "zh"), Term("literal", "1", "", "urn:d"), Term("iri", "urn:x")):
        assert engine.select(f"SELECT ?x {{ VALUES ?x {{ {written(term)} }} }}") == [{"x": term}]


def test_nodes_without_a_name_get_one_that_no_variable_has() -> None:
    engine = EmbeddedEngine.of_graphs([("urn:g", b"<urn:s> <urn:p> <urn:n> .\n<urn:n> <urn:q> <urn:o> .\n")])
    query = "SELECT * { ?hidden_node_1 <urn:p> [ <urn:q> ?hidden_node_2 ] { SELECT ?x { ?hidden_node_3 ?p ?x } } }"
    found = selected(query)
    assert found is not None
    rows = engine.select(query)
    assert {name for row in rows for name in row} == {"hidden_node_1", "hidden_node_2", "x"}
    (again,) = found.again(rows)
    solutions = engine.select(again)
    assert len(solutions) == 2
    triples = {triple for each in solutions for pattern in found.patterns for triple in pattern.triples(each)}
    assert {tuple(term.value for term in triple) for triple in triples} == {
        ("urn:s", "urn:p", "urn:n"),
        ("urn:n", "urn:q", "urn:o"),
    }


@pytest.mark.parametrize(
    "body",
    [
        "?s " + "|".join(["x:a"] * 15_000) + " ?o",
        "?s (" + "|".join(["x:a"] * 15_000) + ")/x:b ?o",
        "?s !(" + "|".join(["x:a"] * 15_000) + ") ?o",
        "?s " + "(" * 300 + "|".join(["a"] * 30_000) + ")" + "/a)" * 299 + " ?o",
    ],
)
def test_a_query_that_is_long_when_it_is_written_in_full_is_left(body: str) -> None:
    """Its prefix is long, or it has a choice in each bracket that would be read once for each of them."""
    began = time.thread_time()
    assert selected(f"PREFIX x: <urn:{'x' * 30_000}> SELECT * {{ {body} }}") is None
    assert time.thread_time() - began < 3


def test_choices_count_as_the_patterns_that_they_are() -> None:
    assert selected("SELECT * { ?s " + "|".join(["<urn:a>"] * 200) + " ?o }") is not None
    assert selected("SELECT * { ?s " + "|".join(["<urn:a>"] * 201) + " ?o }") is None


def test_rows_with_long_terms_are_asked_about_only_so_far() -> None:
    found = selected("SELECT ?s { ?s ?p ?o }")
    assert found is not None
    rows = [{"s": Term("iri", f"urn:{number}{'x' * 40_000}")} for number in range(1000)]
    parts = list(found.again(rows))
    assert len(parts) == MOST_PARTS
    assert [f"<urn:{number}x" in part for number, part in enumerate(parts)] == [True] * MOST_PARTS


def test_solutions_are_those_that_a_row_agrees_with() -> None:
    found = selected("SELECT * { ?s <urn:p> ?o OPTIONAL { ?s <urn:q> ?x } }")
    assert found is not None
    one, two, text = Term("literal", "1"), Term("literal", "2"), Term("literal", "x" * 300)
    solutions = [{"s": A, "o": one, "x": B}, {"s": A, "o": two}, {"s": B, "o": one}, {"s": A, "o": one}]
    rows = [
        {"s": A, "o": one},
        {"s": A, "o": one, "x": B},
        {"s": A, "o": one, "x": A},
        {"s": A},
        {"o": one},
        {"o": text},
        {"n": one},
        {"s": A, "o": Term("blank", "b")},
    ]
    assert found.solutions(rows, solutions) == [(0, 3), (0,), (), (0, 1, 3), (0, 2, 3), (), (0, 1, 2, 3), (0, 1, 3)]
    assert found.solutions(rows, []) == [()] * len(rows)


def test_rows_that_nothing_tells_apart_have_their_solutions_looked_through_once() -> None:
    found = selected("SELECT ?n { ?s <urn:p> ?o ; <urn:q> ?o }")
    assert found is not None
    solutions = [{"s": A, "o": Term("literal", str(number))} for number in range(5000)]
    numbers = [{"n": Term("literal", str(number))} for number in range(1000)]
    began = time.thread_time()
    places = found.solutions(numbers, solutions)
    assert places is not None
    assert set(places) == {tuple(range(5000))}
    told_apart = [{"s": A, "o": Term("literal", str(number)), "x": B} for number in range(1000)]
    assert found.solutions(told_apart, [*solutions, {"x": A}]) == [(number,) for number in range(1000)]
    apart_by_what_few_bind = [{"x": Term("literal", str(number))} for number in range(1000)]
    assert found.solutions(apart_by_what_few_bind, [*solutions, {"x": A}]) is None
    assert time.thread_time() - began < 5
