"""Updates of a store directory: they do what the engine's own update does, and say what they did."""

from __future__ import annotations

import itertools
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.engine import Change, run_update
from kg.errors import BadParameter, DocumentSyntaxError, LoadRefused, OperationFailed, QueryError
from tests.engine.stores import canonical, changed, content, lines, make_store

DATA = """
<u:a> <u:p> "1" .
<u:a> <u:p> "1" <u:g> .
<u:a> <u:p> "2" <u:g> .
<u:b> <u:q> <u:a> <u:g> .
<u:a> <u:p> "1" <u:h> .
<u:c> <u:q> _:x <u:h> .
_:x <u:p> "3" <u:h> .
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "store", DATA, "u:empty")


def update(store: Path, text: str, *, union: bool = False, using: tuple[str, ...] = ()) -> tuple[set[str], Change]:
    after, change = changed(store, lambda clone: run_update(clone, text, union=union, using=using))
    return set(content(after)[0]), change


def test_nothing_that_was_so_before_is_a_change(store: Path) -> None:
    text = """INSERT DATA { <u:a> <u:p> "1" } ; DELETE DATA { <u:nix> <u:p> 1 } ;
    DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o } ;
    INSERT DATA { GRAPH <u:new> { <u:a> <u:p> 1 } } ; DROP GRAPH <u:new>"""
    assert update(store, text)[1] == Change()


def test_deletions_come_before_insertions(store: Path) -> None:
    found, change = update(store, 'DELETE { ?s <u:p> "1" } INSERT { ?s <u:p> "1" , "5" } WHERE { ?s <u:p> "1" }')
    assert change.added == {'<u:a> <u:p> "5" .'}
    assert change.removed == frozenset()
    assert '<u:a> <u:p> "1" .' in found


def test_integers_of_all_types_are_named_as_the_store_keeps_them(store: Path) -> None:
    text = 'INSERT DATA { <u:a> <u:n> "03"^^xsd:nonNegativeInteger } ; INSERT { <u:a> <u:m> "3"^^xsd:int } WHERE {}'
    _, change = update(store, text)
    integer = '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert change.added == {f"<u:a> <u:n> {integer} .", f"<u:a> <u:m> {integer} ."}
    _, change = update(store, text + '; DELETE DATA { <u:a> <u:n> "3"^^xsd:byte }')
    assert change.added == {f"<u:a> <u:m> {integer} ."}


def test_blank_nodes_of_a_template_are_new_for_each_solution_and_shared_within_it(store: Path) -> None:
    _, change = update(store, "INSERT { _:n <u:of> ?o ; <u:is> _:n } WHERE { GRAPH <u:g> { <u:a> <u:p> ?o } }")
    subjects = {line.split()[0] for line in change.added}
    assert len(change.added) == 4
    assert len(subjects) == 2
    assert all(line.split()[2] == line.split()[0] for line in change.added if "<u:is>" in line)


def test_blank_nodes_of_the_data_are_found_and_removed(store: Path) -> None:
    found, change = update(store, "DELETE WHERE { GRAPH <u:h> { <u:c> <u:q> ?x . ?x ?p ?o } }")
    assert len(change.removed) == 2
    assert not any("_:" in line for line in found)


def test_what_would_be_no_rdf_is_left_out(store: Path) -> None:
    text = "INSERT { ?o <u:x> ?s . ?s ?o ?s . GRAPH ?o { ?s <u:x> ?s } . ?s <u:ok> ?nix } WHERE { ?s <u:p> ?o }"
    assert update(store, text)[1] == Change()


def test_triple_terms_are_filled_in(store: Path) -> None:
    _, change = update(store, "INSERT { ?s <u:says> <<( ?s <u:p> ?o )>> } WHERE { ?s <u:p> ?o }")
    assert change.added == {'<u:a> <u:says> <<( <u:a> <u:p> "1" )>> .'}


@pytest.mark.parametrize(
    ("union", "expected"), [(False, {'"1"'}), (True, {'"1"', '"2"', '"3"'})], ids=["strict", "union"]
)
def test_pattern_outside_of_graph_sees_what_the_service_says(store: Path, union: bool, expected: set[str]) -> None:
    _, change = update(store, "INSERT { <u:seen> <u:is> ?o } WHERE { ?s <u:p> ?o }", union=union)
    assert {line.split()[2] for line in change.added} == expected


def test_union_counts_a_triple_once(store: Path) -> None:
    text = "INSERT { <u:n> <u:is> ?n } WHERE { SELECT (COUNT(*) AS ?n) WHERE { ?s <u:p> ?o } }"
    _, change = update(store, text, union=True)
    assert change.added == {'<u:n> <u:is> "3"^^<http://www.w3.org/2001/XMLSchema#integer> .'}
    _, change = update(store, "INSERT { [] <u:of> ?s } WHERE { ?s <u:p> ?o }", union=True)
    assert len(change.added) == 3


def test_with_names_the_graph_of_pattern_and_templates(store: Path) -> None:
    _, change = update(
        store, "WITH <u:g> DELETE { ?s <u:p> ?o } INSERT { ?s <u:r> ?o } WHERE { ?s <u:p> ?o }", union=True
    )
    assert change.removed == {'<u:a> <u:p> "1" <u:g> .', '<u:a> <u:p> "2" <u:g> .'}
    assert change.added == {'<u:a> <u:r> "1" <u:g> .', '<u:a> <u:r> "2" <u:g> .'}


def test_using_names_the_dataset_of_the_pattern(store: Path) -> None:
    text = "INSERT { <u:n> <u:is> ?n } USING <u:g> USING <u:h> WHERE { SELECT (COUNT(*) AS ?n) WHERE { ?s <u:p> ?o } }"
    _, change = update(store, text)
    assert change.added == {'<u:n> <u:is> "3"^^<http://www.w3.org/2001/XMLSchema#integer> .'}
    text = "INSERT { ?s <u:is> ?g } USING NAMED <u:h> WHERE { { ?s <u:p> ?o } UNION { GRAPH ?g { ?s <u:q> ?o } } }"
    assert update(store, text, union=True)[1].added == {"<u:c> <u:is> <u:h> ."}


def test_parameters_name_the_dataset_unless_the_update_does(store: Path) -> None:
    text = "INSERT { <u:seen> <u:is> ?o } WHERE { ?s <u:p> ?o }"
    _, change = update(store, text, using=("u:h",), union=True)
    assert {line.split()[2] for line in change.added} == {'"1"', '"3"'}
    for own in (
        "WITH <u:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p 1 } USING <u:g> WHERE { ?s ?p ?o }",
    ):
        with pytest.raises(BadParameter, match="using-graph-uri"):
            update(store, own, using=("u:h",))


def test_graphs_come_and_go(store: Path) -> None:
    assert update(store, "CREATE GRAPH <u:new>")[1] == Change(created=frozenset({"u:new"}))
    assert update(store, "DROP GRAPH <u:empty>")[1] == Change(dropped=frozenset({"u:empty"}))
    assert update(store, "CLEAR GRAPH <u:empty>")[1] == Change()
    assert update(store, "MOVE <u:g> TO <u:i>")[1].created == {"u:i"}
    assert update(store, "DELETE WHERE { GRAPH <u:g> { ?s ?p ?o } }")[1].dropped == frozenset()
    found, change = update(store, "DROP ALL")
    assert (found, change.dropped) == (set(), frozenset({"u:g", "u:h", "u:empty"}))
    assert update(store, "COPY <u:empty> TO <u:g>")[1].dropped == frozenset()


@pytest.mark.parametrize("graph", ["u:g", "u:h", "DEFAULT"])
@pytest.mark.parametrize("verb", ["COPY", "MOVE", "ADD"])
def test_graph_onto_itself_is_no_change(store: Path, verb: str, graph: str) -> None:
    name = graph if graph == "DEFAULT" else f"<{graph}>"
    assert update(store, f"{verb} {name} TO {name}")[1] == Change()


@pytest.mark.parametrize(
    "operation",
    [
        *("CLEAR {} GRAPH <u:nix>", "DROP {} GRAPH <u:nix>", "CREATE {} GRAPH <u:g>"),
        *("COPY {} <u:nix> TO <u:g>", "ADD {} <u:nix> TO <u:g>", "MOVE {} <u:nix> TO <u:g>"),
    ],
)
def test_impossible_operation_fails_where_it_stands_unless_it_is_silent(store: Path, operation: str) -> None:
    with pytest.raises(OperationFailed) as caught:
        update(store, "CLEAR DEFAULT ;\n  " + operation.format(""))
    assert (caught.value.line, caught.value.column) == (2, 3)
    assert str(caught.value).startswith(" ".join(operation.format("").split()))
    assert update(store, operation.format("SILENT"))[1] == Change()


def test_load_reads_what_it_is_given(store: Path) -> None:
    documents = {"u:doc": (b"<x> <u:p> [] .", "text/turtle; charset=utf-8"), "u:bad": (b"<x> <u:p>\n;", "text/turtle")}

    def run(text: str) -> Change:
        return changed(store, lambda clone: run_update(clone, text, load=documents.__getitem__))[1]

    assert run("LOAD <u:doc> INTO GRAPH <u:new>").created == {"u:new"}
    assert len(run("LOAD <u:doc>").added) == 1
    with pytest.raises(DocumentSyntaxError) as caught:
        run("LOAD <u:bad>")
    assert caught.value.line == 2
    assert run("LOAD SILENT <u:bad> INTO GRAPH <u:new>") == Change()


def test_load_is_refused_also_when_silent(store: Path) -> None:
    with pytest.raises(LoadRefused):
        update(store, "LOAD SILENT <http://example.com/>")


def test_text_that_can_be_read_in_two_ways_is_refused_rather_than_misread(store: Path) -> None:
    """`?o <1#>` is a comparison and a comment to the engine, and an IRI to the lexer."""
    text = 'INSERT { ?s <u:x> ?o } WHERE { ?s <u:p> ?o FILTER(?o <1#>} ;\n) } ; INSERT DATA { <u:a> <u:b> "}" }'
    with pytest.raises(QueryError):
        update(store, text)
    found, _ = update(store, 'INSERT { ?s <u:x> ?o } WHERE { ?s <u:p> ?o FILTER("0"<?o&&?o>"0") }')
    assert '<u:a> <u:x> "1" .' in found


NODES = ["<u:a>", "<u:b>", "<u:c>"]
GRAPHS = ["<u:g>", "<u:h>"]
TERMS = [*NODES, '"1"', '"2"@en', "3"]
node, predicate, graph = st.sampled_from(NODES), st.sampled_from(["<u:p>", "<u:q>"]), st.sampled_from(GRAPHS)
variable = st.sampled_from(["?x", "?y", "?z"])


@st.composite
def triples(draw: st.DrawFn, *, variables: bool, blanks: bool = False) -> str:
    subject = draw(st.one_of(node, variable) if variables else node)
    relation = draw(st.one_of(predicate, variable) if variables else predicate)
    values = st.sampled_from([*TERMS, *(["_:n"] if blanks else [])])
    return f"{subject} {relation} {draw(st.one_of(values, variable) if variables else values)} . "


@st.composite
def quads(draw: st.DrawFn, *, variables: bool, blanks: bool = False) -> str:
    found = "".join(draw(st.lists(triples(variables=variables, blanks=blanks), max_size=3)))
    # An empty GRAPH ?x {} as a pattern is read by SPARQL otherwise than by the oracle.
    least = 1 if variables else 0
    inside = "".join(draw(st.lists(triples(variables=variables, blanks=blanks), min_size=least, max_size=2)))
    name = draw(st.one_of(graph, variable) if variables else graph)
    return f"{{ {found} GRAPH {name} {{ {inside} }} }}"


@st.composite
def operations(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["insert data", "delete data", "delete where", "modify", "modify", "manage"]))
    if kind == "insert data":
        return f"INSERT DATA {draw(quads(variables=False, blanks=True))}"
    if kind == "delete data":
        return f"DELETE DATA {draw(quads(variables=False))}"
    if kind == "delete where":
        return f"DELETE WHERE {draw(quads(variables=True))}"
    if kind == "manage":
        one, other = draw(st.permutations([*GRAPHS, "DEFAULT"]))[:2]
        return draw(
            st.sampled_from([f"CLEAR SILENT {one}", f"ADD SILENT {one} TO {other}", f"CREATE SILENT GRAPH {GRAPHS[0]}"])
        )
    delete, insert = draw(quads(variables=True)), draw(quads(variables=True, blanks=True))
    choice = draw(st.sampled_from([f"DELETE {delete}", f"INSERT {insert}", f"DELETE {delete} INSERT {insert}"]))
    before = draw(st.sampled_from(["", "WITH <u:g> "]))
    using = draw(st.sampled_from(["", "USING <u:h> ", "USING NAMED <u:g> ", "USING <u:g> USING NAMED <u:h> "]))
    where = draw(quads(variables=True))
    optional = f"OPTIONAL {{ {draw(triples(variables=True))} }}" if draw(st.booleans()) else ""
    return f"{before}{choice} {using}WHERE {{ {where[1:-1]} {optional} }}"


directories = itertools.count()


@given(
    st.lists(quads(variables=False, blanks=True), min_size=1, max_size=3),
    st.lists(operations(), min_size=1, max_size=3),
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_update_does_what_the_engine_does_and_says_what_it_did(
    tmp_path: Path, data: list[str], texts: list[str]
) -> None:
    folder = tmp_path / str(next(directories))
    folder.mkdir()
    oracle = ox.Store()
    for each in data:
        oracle.update(f"INSERT DATA {each}")
    store = make_store(folder / "store", "".join(f"{line}\n" for line in lines(oracle)))
    text = " ;\n".join(each.replace("_:n", f"_:n{number}") for number, each in enumerate(texts))
    try:
        oracle.update(text)
    except SyntaxError:
        return  # a blank node that is shared by templates, and the like
    after, _ = changed(store, lambda clone: run_update(clone, text, union=False))
    assert canonical(ox.Store.read_only(str(after))) == canonical(oracle)
