"""What is decided before the engine sees a text."""

from __future__ import annotations

import pytest

from kg.engine.admission import Policy, admit
from kg.engine.interface import QueryRequest
from kg.errors import LoadRefused, QueryTooComplex, RemoteGraphRefused, ServiceRefused

OPEN = Policy(allows=lambda iri: iri.startswith("https://a.example/"), allowed=("https://a.example",))


def test_refuses_services_unless_they_are_allowed() -> None:
    text = "SELECT * { SERVICE <https://a.example/sparql> { ?s ?p ?o } }"
    with pytest.raises(ServiceRefused) as raised:
        admit(QueryRequest(text), ())
    assert raised.value.target == "https://a.example/sparql"
    assert [call.iri for call in admit(QueryRequest(text), (), OPEN).calls] == ["https://a.example/sparql"]
    with pytest.raises(ServiceRefused, match=r"allowed are https://a\.example"):
        admit(QueryRequest(text.replace("a.example", "b.example")), (), OPEN)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { \\u0053ERVICE <https://a.example/sparql> { ?s ?p ?o } }",
        "SELECT * { VALUES ?x { <https://a.example/sparql> } SERVICE ?x { ?s ?p ?o } }",
        "PREFIX a: <https://a.example/> SELECT * { SERVICE a:sparql { ?s ?p ?o } }",
    ],
)
def test_refuses_calls_whose_address_is_not_written(text: str) -> None:
    with pytest.raises(ServiceRefused):
        admit(QueryRequest(text), (), OPEN)


def test_refuses_documents() -> None:
    with pytest.raises(LoadRefused):
        admit(QueryRequest("LOAD <https://b.example/x>"), (), OPEN)


def test_refuses_graphs_that_would_have_to_be_fetched() -> None:
    with pytest.raises(RemoteGraphRefused):
        admit(QueryRequest("SELECT * FROM <http://x.example/g> { ?s ?p ?o }"), ())
    with pytest.raises(RemoteGraphRefused):
        admit(QueryRequest("SELECT * { ?s ?p ?o }", ("http://x.example/g",)), ())
    with pytest.raises(RemoteGraphRefused):
        admit(QueryRequest("SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }"), ())
    known = admit(QueryRequest("SELECT * FROM <http://x.example/g> { ?s ?p ?o }"), ["http://x.example/g"])
    assert known.request.default_graphs == ("http://x.example/g",)


def test_parameters_of_the_protocol_win_over_from() -> None:
    request = QueryRequest("SELECT * FROM <urn:a> { ?s ?p ?o }", ("urn:b",))
    assert admit(request, ("urn:a", "urn:b")).request.default_graphs == ("urn:b",)


def test_refuses_what_is_too_long_or_too_deep() -> None:
    policy = Policy(max_length=50, max_nesting=3)
    with pytest.raises(QueryTooComplex) as raised:
        admit(QueryRequest("ASK {} #" + "x" * 50), (), policy)
    assert raised.value.limit == {"name": "length", "value": 50, "unit": "characters"}
    with pytest.raises(QueryTooComplex) as raised:
        admit(QueryRequest("ASK {{{{}}}}"), (), policy)
    assert raised.value.limit["name"] == "nesting"
