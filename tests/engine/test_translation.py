"""From a query over a revision to the one that a service is asked."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.engine import QueryRequest
from kg.engine.remote.digest_access import authorization
from kg.engine.remote.engine import translated
from kg.engine.remote.names import Generation
from kg.engine.remote.results import canonical
from kg.engine.remote.translation import translate
from kg.errors import QueryError, QuerySyntaxError, UnknownFunction
from kg.terms import XSD

NAMES = "GRAPH <urn:x-kg:@names>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }"),
        ("ASK { GRAPH <urn:g> { ?s ?p ?o } }", "ASK { GRAPH <urn:x-kg:@graph:urn:g> { ?s ?p ?o } }"),
        (
            "PREFIX g: <urn:> SELECT * { graph g:a { ?s ?p 'GRAPH <urn:g>' } # GRAPH <urn:g>\n }",
            "PREFIX g: <urn:> SELECT * { graph <urn:x-kg:@graph:urn:a> { ?s ?p 'GRAPH <urn:g>' } # GRAPH <urn:g>\n }",
        ),
        (
            "BASE <http://example.org/> SELECT * { GRAPH <g> { ?s ?p <g> } }",
            "BASE <http://example.org/> SELECT * { GRAPH <urn:x-kg:@graph:http://example.org/g> { ?s ?p <g> } }",
        ),
        (
            "SELECT * { GRAPH ?g { ?s ?p ?o { ?s ?q ?r } } ?g ?x ?y }",
            f"SELECT * {{ {{ {NAMES} {{ ?kg_graph_0 <urn:x-kg:is> ?g }} GRAPH ?kg_graph_0 "
            "{ ?s ?p ?o { ?s ?q ?r } } } ?g ?x ?y }",
        ),
        ("SELECT ?g { GRAPH ?g { } }", f"SELECT ?g {{ {{ {NAMES} {{ ?kg_graph_0 <urn:x-kg:is> ?g }} }} }}"),
        ("SELECT * FROM <urn:a> FROM NAMED <urn:b> { ?s ?p ?o }", "SELECT *   { ?s ?p ?o }"),
        ("ASK { ?s a skos:Concept }", "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\nASK { ?s a skos:Concept }"),
        (
            "DESCRIBE <urn:a>",
            "CONSTRUCT { ?kg_graph_thing ?kg_graph_predicate ?kg_graph_value } WHERE { { { VALUES ?kg_graph_thing "
            "{ <urn:a> } } } ?kg_graph_thing ?kg_graph_predicate ?kg_graph_value }",
        ),
    ],
)
def test_a_query_is_translated(text: str, expected: str) -> None:
    found = translate(text)
    assert found.text == expected
    ox.Store().query(found.text)


def test_every_form_is_told() -> None:
    forms = {
        "SELECT * {}": "select",
        "prefix a: <urn:a> ask {}": "ask",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }": "construct",
        "DESCRIBE ?s ?o { ?s ?p ?o } LIMIT 1": "construct",
        "DESCRIBE * WHERE { GRAPH ?g { ?s ?p ?o } }": "construct",
    }
    for text, form in forms.items():
        assert translated(QueryRequest(text)).form == form, text


def test_graphs_that_are_ranged_over_and_those_that_are_named_are_told() -> None:
    found = translate("SELECT * { GRAPH ?a { ?s ?p ?o } GRAPH ?b { ?s ?p ?o } GRAPH <urn:g> { ?s ?p ?o } }")
    assert (found.ranges, found.constants) == (True, ("urn:g",))
    text = found.text_for("urn:names", [("urn:g", Generation("0" * 12).graph("urn:g"))])
    assert "@" not in text
    assert text.count("GRAPH <urn:names>") == 2
    assert "GRAPH <urn:x-kg:000000000000:graph:urn:g>" in text


def test_variables_of_the_text_are_never_taken_for_ours() -> None:
    found = translate("SELECT * { GRAPH ?g { ?kg_graph_0 ?p ?o } }")
    assert found.hidden == "kg_graph__"
    assert "?kg_graph__0 <urn:x-kg:is> ?g" in found.text


def test_a_dataset_that_was_given_holds_for_its_names() -> None:
    found = translated(QueryRequest("SELECT ?g { GRAPH ?g {} }", named_graphs=("urn:a",)))
    assert "VALUES ?g { <urn:a> }" in found.text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * { ?s ?p }", QuerySyntaxError),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", QuerySyntaxError),
        ("SELECT (<bif:getenv>('HOME') AS ?x) {}", UnknownFunction),
        ("ASK { ?s ?p ?o FILTER(<sql:anything>(?o)) }", UnknownFunction),
        ("SELECT * { SERVICE <http://example.org/> { ?s <bif:x>(1) ?o } }", QueryError),
    ],
)
def test_what_is_not_to_be_asked_is_refused(text: str, error: type[QueryError]) -> None:
    with pytest.raises(error):
        translated(QueryRequest(text))


def test_numbers_are_written_as_the_engine_inside_writes_them() -> None:
    for value, datatype in (
        *((text, "double") for text in ("6e+19", "100.0", "1e-07", "-0.5", "INF", "NaN", "1.7976931348623157e+308")),
        *((text, "decimal") for text in ("1.50", "2.0", "-0.10")),
        *((text, "integer") for text in ("007", "-5", "12345678901")),
        *((text, "boolean") for text in ("1", "0", "true")),
    ):
        store = ox.Store()
        literal = ox.Literal(value, datatype=ox.NamedNode(XSD + datatype))
        store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), literal))
        (stored,) = store
        assert isinstance(stored.object, ox.Literal)
        assert canonical(value, XSD + datatype) == stored.object.value, value


def test_digest_is_that_of_the_rfc() -> None:
    """The response has all parts of RFC 7616, section 3.4, and is another one each time."""
    challenge = 'Digest realm="SPARQL", nonce="abc", opaque="xyz", qop="auth", algorithm="MD5"'
    one, other = (authorization(challenge, "POST", "/sparql-auth", "dba", "secret") for _ in range(2))
    assert one != other
    for part in ('username="dba"', 'realm="SPARQL"', 'nonce="abc"', 'uri="/sparql-auth"', "qop=auth", 'opaque="xyz"'):
        assert part in one
    assert "secret" not in one
    with pytest.raises(ValueError, match="SHA-512"):
        authorization('Digest realm="x", nonce="y", algorithm=SHA-512-256', "POST", "/", "a", "b")
