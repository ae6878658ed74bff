"""The embedded engine: rows, bytes, errors, dumps."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import EmbeddedEngine, GraphFormat, QueryRequest, ResultFormat, write_store
from kg.errors import QueryRefused, QuerySyntaxError, QueryTooComplex, StoreError, UnsupportedFormat

A = "http://example.org/graph/a"
B = "http://example.org/graph/b"
GRAPHS = [
    (A, b'<http://example.org/s> <http://example.org/p> "\xe5\x8c\xbb\xe7\x96\x97"@zh .\n'),
    (B, b'<http://example.org/s> <http://example.org/p> "40"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'),
]
ALL = "SELECT ?o WHERE { <http://example.org/s> <http://example.org/p> ?o } ORDER BY ?o"


@pytest.fixture
def engine() -> EmbeddedEngine:
    return EmbeddedEngine.of_graphs(GRAPHS)


def test_select_gives_terms_with_language_and_datatype(engine: EmbeddedEngine) -> None:
    found = [(row["o"].value, row["o"].language, row["o"].datatype) for row in engine.select(ALL)]
    assert sorted(found) == [("40", "", "http://www.w3.org/2001/XMLSchema#decimal"), ("医疗", "zh", "")]


def test_dataset_parameters_choose_graphs(engine: EmbeddedEngine) -> None:
    answer = engine.answer(QueryRequest(ALL, default_graphs=(A,)), ResultFormat.JSON)
    bindings = json.loads(answer.content)["results"]["bindings"]
    assert [binding["o"]["value"] for binding in bindings] == ["医疗"]


def test_strict_default_graph_sees_no_named_graph(tmp_path: Path) -> None:
    write_store(tmp_path / "store", GRAPHS)
    assert len(EmbeddedEngine.open(tmp_path / "store").select(ALL)) == 2
    strict = QueryRequest(ALL, union_default_graph=False)
    answer = EmbeddedEngine.open(tmp_path / "store").answer(strict, ResultFormat.JSON)
    assert json.loads(answer.content)["results"]["bindings"] == []


def test_memory_and_disk_give_the_same(tmp_path: Path) -> None:
    write_store(tmp_path / "store", GRAPHS)
    disk = EmbeddedEngine.open(tmp_path / "store", in_memory_up_to=0)
    memory = EmbeddedEngine.open(tmp_path / "store")
    for short in (GraphFormat.N_QUADS, GraphFormat.TURTLE, GraphFormat.JSON_LD):
        assert b"".join(disk.dump(short)) == b"".join(memory.dump(short))
    assert disk.graph_names() == [A, B]
    assert disk.count() == 2


def test_the_digest_does_not_depend_on_order_or_blank_node_names(tmp_path: Path) -> None:
    one = [(A, b'_:x <http://example.org/p> _:y .\n_:y <http://example.org/p> "1" .\n')]
    two = [(A, b'_:b <http://example.org/p> "1" .\n_:a <http://example.org/p> _:b .\n')]
    other = [(A, b'_:b <http://example.org/p> "2" .\n_:a <http://example.org/p> _:b .\n')]
    first, second, third = (write_store(tmp_path / str(n), graphs).hash for n, graphs in enumerate((one, two, other)))
    assert first == second != third


@pytest.mark.parametrize(
    ("query", "position"),
    [("SELECT * WHERE { ?s ?p }", (1, 25)), ("SELECT *\nWHERE { ?s foo:bar ?o }", (2, 19)), ("nonsense", (1, 9))],
)
def test_a_syntax_error_has_its_position(engine: EmbeddedEngine, query: str, position: tuple[int, int]) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        engine.answer(QueryRequest(query), ResultFormat.JSON)
    assert (error.value.line, error.value.column) == position


def test_an_undeclared_prefix_is_named(engine: EmbeddedEngine) -> None:
    with pytest.raises(QuerySyntaxError, match="the prefix foo: is not declared"):
        engine.answer(QueryRequest("SELECT * WHERE { ?s foo:bar ?o }"), ResultFormat.JSON)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * WHERE { service SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * WHERE { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * WHERE { ?s ?p 'x' . # comment\nSERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "SELECT * WHERE { ?s ?p ?o } VALUES ?x {'\\''} SERVICE ?x {}",
        "SELECT * {?s ?p ?o.SERVICE <http://127.0.0.1:9/> {?x ?y ?z}}",
        "PREFIX : <http://127.0.0.1:9/> SELECT * {SERVICE:x {?x ?y ?z}}",
        "SELECT * {SERVICESILENT <http://127.0.0.1:9/> {?x ?y ?z}}",
        "SELECT * {FILTER(1<2)SERVICE#>\n<http://127.0.0.1:9/> {?x ?y ?z}}",
        'SELECT * {FILTER("\\u0022"!="x") SERVICE <http://127.0.0.1:9/> {} FILTER("\\u0022"!="y")}',
        "SELECT * { ?s ?p 1SERVICE <http://127.0.0.1:9/> {} }",
        "SELECT * { <http://x/'> ?p ?o . SERVICE <http://127.0.0.1:9/> {} } #'",
        "SELECT * { ?s ?p '\"' . SERVICE <http://127.0.0.1:9/> {} ?s ?p '\"' }",
        'SELECT * { ?s ?p """ " """ . SERVICE <http://127.0.0.1:9/> {} ?s ?p """ " """ }',
    ],
)
def test_service_is_refused_in_any_spelling(engine: EmbeddedEngine, query: str) -> None:
    with pytest.raises(QueryRefused):
        engine.answer(QueryRequest(query), ResultFormat.JSON)


@pytest.mark.parametrize(
    "query",
    [
        'ASK { ?service ?p "SERVICE <http://example.org/>" }',
        "ASK { ?s <http://example.org/product/mobility-services> ?o }",
        "ASK { <http://example.org/service> ?p ?o FILTER(?o < 1 && ?o > 0) }",
        "PREFIX ex: <http://example.org/> ASK { ex:service ex:x_service $service }",
    ],
)
def test_service_as_data_is_allowed(engine: EmbeddedEngine, query: str) -> None:
    assert engine.answer(QueryRequest(query), ResultFormat.JSON).kind == "boolean"


def test_a_triple_in_two_graphs_counts_once_in_their_union() -> None:
    """Oxigraph counts it twice: https://github.com/oxigraph/oxigraph/issues/1919."""
    line = b'<http://example.org/s> <http://example.org/p> "10"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    engine = EmbeddedEngine.of_graphs([(A, line), (B, line)])
    row = engine.select("SELECT (COUNT(*) AS ?n) (SUM(?o) AS ?total) WHERE { ?s ?p ?o }")[0]
    assert (row["n"].value, row["total"].value) == ("1", "10")
    assert len(engine.select("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }")) == 2
    assert engine.count() == 2


@pytest.mark.parametrize("query", ["ASK" + "{" * 5000 + "}" * 5000, "ASK { FILTER(" + "!" * 20_000 + "true) }"])
def test_a_query_that_would_exhaust_the_stack_is_refused(engine: EmbeddedEngine, query: str) -> None:
    with pytest.raises(QueryTooComplex, match="limit of"):
        engine.answer(QueryRequest(query), ResultFormat.JSON)


def test_an_answer_has_the_media_type_of_its_format(engine: EmbeddedEngine) -> None:
    table = engine.answer(QueryRequest(ALL), ResultFormat.CSV, None)
    assert table.media_type == "text/csv; charset=utf-8"
    assert table.content.decode().splitlines()[0] == "o"
    graph = engine.answer(QueryRequest("CONSTRUCT WHERE { ?s ?p ?o }"), None, GraphFormat.N_TRIPLES)
    assert (graph.kind, graph.content.count(b"\n")) == ("graph", 2)


@pytest.mark.parametrize(
    ("query", "results", "graph"),
    [
        (ALL, None, GraphFormat.TURTLE),
        ("CONSTRUCT WHERE { ?s ?p ?o }", ResultFormat.JSON, None),
        ("ASK {}", ResultFormat.CSV, None),
    ],
)
def test_a_format_that_cannot_hold_the_answer_is_refused(
    engine: EmbeddedEngine, query: str, results: ResultFormat | None, graph: GraphFormat | None
) -> None:
    with pytest.raises(UnsupportedFormat):
        engine.answer(QueryRequest(query), results, graph)


def test_a_directory_that_is_no_store_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        EmbeddedEngine.open(tmp_path / "nothing")


def test_the_merge_comes_as_lines_each_triple_once() -> None:
    line = b'<urn:s> <urn:p> "a\\nb"@en .\n'
    engine = EmbeddedEngine.of_graphs([("urn:g", line), ("urn:h", line + b"<urn:s> <urn:p> <urn:o> .\n")])
    lines = engine.merged_lines()
    assert lines is not None
    assert sorted(lines) == [line, b"<urn:s> <urn:p> <urn:o> .\n"]


def test_there_is_no_merge_to_write_where_none_is_kept(tmp_path: Path) -> None:
    write_store(tmp_path / "store", [("urn:g", b"<urn:s> <urn:p> <urn:o> .\n")])
    assert EmbeddedEngine.open(tmp_path / "store", in_memory_up_to=0).merged_lines() is None


@pytest.mark.parametrize("many", [1, 3, 100])
@pytest.mark.parametrize("blank", [False, True])
def test_the_merge_has_every_graph_whatever_it_is_called_and_however_many_there_are(
    tmp_path: Path, many: int, blank: bool
) -> None:
    store = ox.Store(str(tmp_path))
    names: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(f"urn:g{number}") for number in range(many)]
    names += [ox.BlankNode()] if blank else []
    for number, name in enumerate(names):
        for value in (number, -1):
            store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(value), name))
    del store
    engine = EmbeddedEngine.open(tmp_path)
    assert engine.count_merged() == len(names) + 1
    copy = EmbeddedEngine.in_memory(tmp_path, union=True, up_to=1000)
    assert copy is not None
    for each in (engine, copy):
        assert len(each.select("SELECT ?o { ?s ?p ?o }")) == len(names) + 1
        assert len(each.select("SELECT ?o { GRAPH ?g { ?s ?p ?o } }")) == 2 * len(names)
