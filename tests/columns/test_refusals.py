"""What the columns leave to the engine: what they do not read, what is no SPARQL, and what nobody has decided."""

from __future__ import annotations

import io

import pytest

from kg.columns import Columns
from kg.columns.arrays import MOST_CELLS
from kg.engine import EmbeddedEngine
from kg.engine.output import Limited
from kg.errors import LimitExceeded
from tests.columns.comparing import Both

N = "http://example.org/"
TRIPLES = [f"<{N}{number}> <{N}up> <{N}{number // 2}> ." for number in range(1, 60)]
REFUSED = {
    "a format of graphs": "CONSTRUCT { ?s :up ?o } { ?s :up+ ?o }",
    "GRAPH": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s :up ?o } }",
    "FROM": "SELECT (COUNT(*) AS ?n) FROM <urn:g> { ?s :up ?o }",
    "SERVICE": "SELECT (COUNT(*) AS ?n) { SERVICE <http://localhost/> { ?s :up ?o } }",
    "MINUS of nothing shared": "SELECT (COUNT(*) AS ?n) { ?s :up ?o MINUS { ?a :up ?b } }",
    "EXISTS of more than patterns": "SELECT (COUNT(*) AS ?n) { ?s :up ?o FILTER EXISTS { { ?o :up ?p } } }",
    "EXISTS within an expression": "SELECT (COUNT(*) AS ?n) { ?s :up ?o FILTER(?s = ?o || EXISTS { ?o :up ?p }) }",
    "another function": "SELECT (COUNT(*) AS ?n) { ?s :up ?o FILTER(REGEX(STR(?o), '1')) }",
    "what differs each time": "SELECT (COUNT(*) AS ?n) { ?s :up ?o FILTER(RAND() < 2) }",
    "SAMPLE": "SELECT (SAMPLE(?o) AS ?any) { ?s :up ?o }",
    "GROUP_CONCAT": "SELECT (GROUP_CONCAT(?o) AS ?all) { ?s :up ?o }",
    "a list": "SELECT (COUNT(*) AS ?n) { ?s :up (1 2) }",
    "a negated set": "SELECT (COUNT(*) AS ?n) { ?s !:up ?o }",
    "a relative IRI": "SELECT (COUNT(*) AS ?n) { ?s <up> ?o }",
    "an escaped keyword": "SELECT (\\u0043OUNT(*) AS ?n) { ?s :up ?o }",
    "a part without order": "SELECT ?o (COUNT(*) AS ?n) { ?s :up ?o } GROUP BY ?o LIMIT 3",
    "a part that ends between equals": "SELECT ?o (COUNT(*) AS ?n) { ?s :up ?o } GROUP BY ?o ORDER BY ?n LIMIT 3",
    "a path between any nodes": "SELECT (COUNT(*) AS ?n) { ?s :up* ?o }",
    "a circle": "SELECT (COUNT(*) AS ?n) { ?s :up+ ?s }",
    "several ways": "SELECT (COUNT(*) AS ?n) { ?s (:up|:up) ?o }",
    "a trailing VALUES": "SELECT (COUNT(*) AS ?n) { ?s :up ?o } VALUES ?o { :1 }",
    "no SPARQL: an ungrouped variable": "SELECT ?s (COUNT(*) AS ?n) { ?s :up ?o } GROUP BY ?o",
    "no SPARQL: a bound name": "SELECT (COUNT(*) AS ?o) { ?s :up ?o }",
    "no SPARQL: a nested aggregate": "SELECT (SUM(COUNT(?o)) AS ?n) { ?s :up ?o }",
    "no SPARQL: a filter of groups": "SELECT (COUNT(*) AS ?n) { ?s :up ?o FILTER(COUNT(?o) > 1) }",
    "no SPARQL: an open brace": "SELECT (COUNT(*) AS ?n) { ?s :up ?o",
    "a long text": f"SELECT (COUNT(*) AS ?n) {{ ?s :up ?o }} # {'x' * 5000}",
    "deep nesting": f"SELECT (COUNT(*) AS ?n) {{ ?s :up ?o FILTER({'(' * 200}1{')' * 200}) }}",
    "too many rows": f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'?a{n} :up ?b{n} .' for n in range(6))} }}",
}


@pytest.fixture(scope="module")
def columns() -> Columns:
    found = Columns.of(line.encode() for line in TRIPLES)
    assert found is not None
    return found


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_left_to_the_engine(columns: Columns, name: str) -> None:
    output = io.BytesIO()
    assert columns.write_json(f"PREFIX : <{N}> {REFUSED[name]}", Limited(output)) != "answered"
    assert output.getvalue() == b""


def test_other_queries_are_not_even_read(columns: Columns) -> None:
    assert columns.write_json(f"SELECT * {{ ?s <{N}up> ?o }}", Limited(io.BytesIO())) == ""
    assert (
        columns.write_json(f"PREFIX : <{N}> SELECT * {{ ?s :up ?o FILTER(?o * 2 = 4) }}", Limited(io.BytesIO())) == ""
    )


def test_a_table_that_would_be_too_large_is_not_made(columns: Columns) -> None:
    assert MOST_CELLS < 59**6
    assert columns.write_json(f"PREFIX : <{N}> {REFUSED['too many rows']}", Limited(io.BytesIO())) == "refused"


def test_paths_over_long_chains_are_left_to_the_engine() -> None:
    columns = Columns.of(f"<{N}{number}> <{N}up> <{N}{number + 1}> .".encode() for number in range(3000))
    assert columns is not None
    query = f"PREFIX : <{N}> SELECT (COUNT(*) AS ?n) {{ ?s :up+ ?o }}"
    assert columns.write_json(query, Limited(io.BytesIO())) == "refused"


@pytest.mark.parametrize("line", [f'<{N}a> <{N}p> <<( <{N}b> <{N}p> "c" )>> .', f'<{N}a> <{N}p> "a"@en--ltr .'])
def test_a_graph_with_terms_of_another_kind_has_no_columns(line: str) -> None:
    assert Columns.of([line.encode()]) is None


def test_an_answer_that_is_too_large_is_an_error(columns: Columns) -> None:
    query = f"PREFIX : <{N}> SELECT ?s ?o {{ ?s :up ?p . ?p :up* ?o }}"
    with pytest.raises(LimitExceeded):
        columns.write_json(query, Limited(io.BytesIO(), max_bytes=1000))


def test_the_answer_for_no_triples_is_that_of_the_engine() -> None:
    both = Both.of(EmbeddedEngine.of_graphs([]))
    for query in (
        "SELECT (COUNT(*) AS ?n) (SUM(?o) AS ?sum) { ?s ?p ?o }",
        "SELECT ?s (AVG(?o) AS ?mean) { ?s ?p ?o } GROUP BY ?s",
    ):
        assert both.difference(query) == ""
