"""What a text asks for, whatever its spelling: services, documents to load, graphs to read, how deep it nests."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.engine.admission import Policy, admit
from kg.engine.examine import examine, examine_plain
from kg.engine.interface import QueryRequest
from kg.engine.lexer import unescape_codepoints
from kg.errors import ServiceRefused
from kg.terms import sparql_prologue
from tests.conftest import ROOT
from tests.length import is_long

TARGET = "http://127.0.0.1:9/sparql"

CALLS = (
    "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "SELECT * { service <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE<http://127.0.0.1:9/sparql>{?s ?p ?o} }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE # comment {\n <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE\t\r\n<http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "SELECT * { S\\U00000045RVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <\\u0068ttp://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICE x:sparql { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/sparql> SELECT * { SERVICE : { ?s ?p ?o } }",
    "PREFIX SERVICE: <http://127.0.0.1:9/> SELECT * { SERVICE SERVICE:sparql { ?s ?p ?o } }",
    "BASE <http://127.0.0.1:9/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
    "SELECT * { BIND(<http://127.0.0.1:9/sparql> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { VALUES ?x { true }SERVICE<http://127.0.0.1:9/sparql>{?s ?p ?o} }",
    "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "SELECT * { ?a ?b \"'\" . SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } FILTER(?a != '\"') }",
    'SELECT * { ?a ?b """ SERVICE """ . SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }',
    "SELECT * { ?a ?b ?c FILTER(?a <?b) SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } FILTER(?c> ?a) }",
)

NO_CALLS = (
    'SELECT * { ?s ?p "SERVICE <http://x/> {}" }',
    "SELECT * { ?s ?p 'SERVICE <http://x/> {}' }",
    'SELECT * { ?s ?p """SERVICE\n<http://x/> {}""" }',
    "SELECT * { ?s ?p ?o } # SERVICE <http://x/> {}",
    "# SERVICE <http://x/>\nSELECT * { ?s ?p ?o }",
    "SELECT ?service { ?service ?p ?o }",
    "SELECT * { ?s <http://example.org/SERVICE> ?o }",
    "PREFIX service: <http://example.org/> SELECT * { ?s service:load ?o }",
    "SELECT * { ?s ?p 'it\\'s SERVICE' }",
    "SELECT * { _:service ?p 'LOAD'@en-SERVICE }",
)


@pytest.mark.parametrize("text", CALLS)
def test_sees_a_call_in_any_spelling(text: str) -> None:
    found = examine(text)
    assert found.services or found.hidden_call


@pytest.mark.parametrize("text", NO_CALLS)
def test_takes_data_for_data(text: str) -> None:
    found = examine(text)
    assert (found.services, found.loads, found.hidden_call) == ((), (), False)


@pytest.mark.parametrize("text", [*CALLS, *NO_CALLS])
def test_the_cases_are_sparql(text: str) -> None:
    """They would prove nothing if the engine did not read them at all; it resolves escapes in IRIs only."""
    try:
        ox.Store().query(unescape_codepoints(text))
    except OSError:
        assert text in CALLS, "only a call may fail, since nobody listens there"


def test_says_where_the_call_is_written() -> None:
    text = "SELECT * { SERVICE SILENT <http://a/> {} SERVICE <http://b/> {} }"
    first, second = examine(text).services
    assert (text[first.start : first.end], first.silent) == ("<http://a/>", True)
    assert (text[second.start : second.end], second.silent) == ("<http://b/>", False)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("LOAD <http://x/>", 1),
        ("load silent <http://x/> into graph <urn:g>", 1),
        ("INSERT DATA { <a:a> <b:b> 'LOAD <http://x/>' } ; LOAD <http://x/>", 1),
        ("INSERT DATA { <a:a> <b:b> 'LOAD <http://x/>' }", 0),
    ],
)
def test_sees_documents_to_load(text: str, count: int) -> None:
    assert len(examine(text).loads) == count


def test_hidden_loads_are_seen_too() -> None:
    assert examine("\\u004cOAD <http://x/>").hidden_call


def test_resolves_the_graphs_of_from() -> None:
    text = "BASE <http://x/> PREFIX g: <urn:g:> SELECT * FROM <a> FROM g:b FROM NAMED <urn:c> { ?s ?p ?o }"
    found = examine(text)
    assert found.default_graphs == ("http://x/a", "urn:g:b")
    assert found.named_graphs == ("urn:c",)
    assert examine("SELECT * FROM unknown:x { ?s ?p ?o }").default_graphs is None


def test_counts_levels_outside_of_strings_and_comments() -> None:
    assert examine("SELECT * { { ?s ?p '((((' } } # ((((").nesting == 2
    assert examine("SELECT * " + "{" * 700 + "}" * 700).nesting == 700


@pytest.mark.parametrize("text", ["SELECT (NOW() AS ?x) {}", "SELECT (uuid() AS ?x) {}", "ASK { FILTER(RAND() < 1) }"])
def test_knows_what_may_answer_differently_each_time(text: str) -> None:
    assert examine(text).volatile
    assert not examine("SELECT ?s { ?s ?p 'rain' }").volatile


HIDDEN = (
    "SELECT * { SERVICE <http://a/> {} VALUES ?v { '''x' } SERVICE <http://b/> {?a ?b ?x} # \\q '''\n }",
    "SELECT * { SERVICE <http://a/> {} VALUES ?v { '''x' } SERVICE <http://b/> {?a ?b ?x} # \\uD800 '''\n }",
    "SELECT * { SERVICE <http://a/> {} VALUES ?v { '''x' } SERVICE <http://b/> {?a ?b ?x} # \\u00zz '''\n }",
    "SELECT * { SERVICE <http://a/> {} "
    "OPTIONAL { FILTER(EXISTS {} <?b#> '''\n) SERVICE <http://b/> {?x ?y ?z} } #'''\n }",
    "SELECT * { SERVICE <http://a/> {} "
    "FILTER(!(<<( <a:a> <a:b> <a:c> )>> <?b#> '''\n)) SERVICE <http://b/> {?x ?y ?z}  #'''\n }",
)


@pytest.mark.parametrize("text", HIDDEN)
def test_a_call_behind_an_allowed_one_is_seen(text: str) -> None:
    """Found by an attack: the engine read a second call where this reading saw a string."""
    alone = text.replace("SERVICE <http://a/> {} ", "")
    assert examine(alone).hidden_call or examine(alone).services
    policy = Policy(allows=lambda iri: iri == "http://a/", allowed=("http://a",))
    with pytest.raises(ServiceRefused):
        admit(QueryRequest(text), (), policy)


def test_where_calls_are_allowed_the_word_may_stand_nowhere_else() -> None:
    policy = Policy(allows=lambda iri: iri.startswith("http://service.a/"), allowed=("http://service.a",))
    one = "SELECT * { SERVICE <http://service.a/> { ?s ?p ?o } }"
    assert len(admit(QueryRequest(one), (), policy).calls) == 1
    for more in ("'SERVICE'", "'\\u0053ervice'", "?service"):
        with pytest.raises(ServiceRefused, match="nowhere else"):
            admit(QueryRequest(one.replace("?o }", f"{more} }}")), (), policy)
    admitted = admit(QueryRequest(f"# SERVICE one\n{one} #\\u0053ervice"), (), policy).request
    assert admitted.text.split() == one.split(), "what is in comments cannot be anything any more"
    assert admitted.text.index("SELECT") == len("# SERVICE one\n"), "places are as they were"


def test_what_may_be_volatile_is_taken_for_it() -> None:
    assert examine("SELECT ?x { VALUES ?v { '''x' } BIND(RAND() AS ?x) # \\q '''\n }").volatile


TEXT_PARTS = st.sampled_from(
    [
        *(
            "SELECT * ",
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "?s ?p ?o",
            " . ",
            "'",
            '"',
            "<http://e.org/a>",
            "# ",
            "\n",
            "\\u0053",
            "\\",
        ),
        *(
            "SERVICE",
            "serv",
            "ice",
            "ſervice",
            "LO",
            "AD",
            "load",
            "FR",
            "OM",
            "from",
            "NAMED",
            "rand()",
            "NOW()",
            "医疗",
            "<?b#>",
        ),
    ]
)


@settings(max_examples=20_000 if is_long(__name__) else 300, deadline=None)
@given(st.lists(TEXT_PARTS, max_size=14).map("".join))
def test_what_is_plain_is_examined_as_everything_else(text: str) -> None:
    plain, whole = examine_plain(text, 100), examine(text)
    if plain is not None:
        assert plain.nesting >= whole.nesting
        assert replace(plain, nesting=whole.nesting) == whole


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p '<http://a'SERVICE#>\n<http://127.0.0.1:9/sparql>{ ?s ?p ?o } }",
        'SELECT * { ?s ?p "<http://a"SERVICE#>\n<http://127.0.0.1:9/sparql>{ ?s ?p ?o } }',
        "SELECT * { ?s ?p ?o } # <http://a\nSERVICE#>\n<http://127.0.0.1:9/sparql>{ ?s ?p ?o }",
        "SELECT * { SERVICE<http://127.0.0.1:9/sparql>{ ?s ?p ?o } }",
    ],
)
def test_no_address_hides_a_call_from_the_short_examination(text: str) -> None:
    assert examine_plain(text, 500) is None


def test_the_texts_of_the_questions_are_plain() -> None:
    assert examine_plain(f"{sparql_prologue()}SELECT * {{ ?s ?p ?o }}", 500) is not None
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "ontology" / "questions").glob("*.rq"))]
    assert len(texts) >= 40
    assert sum(examine_plain(text, 500) is not None for text in texts) >= 30
