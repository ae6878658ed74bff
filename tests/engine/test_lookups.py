"""Texts that are told to be look-ups are one pattern about one thing, as a parser of others reads them."""

from __future__ import annotations

import io
import random
import time

import pytest
from rdflib import URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.engine import EmbeddedEngine, QueryRequest, ResultFormat
from kg.engine.lookups import LONGEST, MOST_BYTES, is_lookup
from kg.engine.output import Limited
from kg.errors import LimitExceeded
from kg.terms import PREFIXES, sparql_prologue

LOOKUPS = [
    "SELECT * { <urn:a> ?p ?o }",
    "select ?o where { <urn:a> <urn:p> ?o . } limit 10",
    "SELECT ?p ?o WHERE {\n  <urn:a> ?p ?o\n}\n# why",
    "SELECT*{<urn:a>?p?o}",
    "SELECT ?o{<urn:a> a ?o.}LIMIT 5",
    "PREFIX x: <urn:x:>\nPREFIX : <urn:y:> # another\nSELECT ?p { x:a ?p x:b }",
    'SELECT $p { pkg:Measure $p "措施"@zh }',
    "SELECT ?p $o { pkg:a pkg:b ?o }",
    sparql_prologue() + "SELECT ?property ?value WHERE { <urn:a> ?property ?value }",
]
OTHERS = [
    "SELECT DISTINCT ?p { <urn:a> ?p ?o }",
    "SELECT REDUCED ?p { <urn:a> ?p ?o }",
    "SELECT ?p { <urn:a> ?p ?p }",
    "SELECT ?p { <urn:a> ?p $p }",
    "SELECT ?x { <urn:a> ?p ?o }",
    "SELECT ?p { pkg:a pkg:b pkg:c }",
    "SELECT * { pkg:a pkg:b pkg:c }",
    "SELECT * { ?s ?p ?o }",
    "SELECT * { _:a ?p ?o }",
    "SELECT * { <urn:a> ?p ?o . ?o ?q ?r }",
    "SELECT * { <urn:a> ?p ?o ; ?q ?r }",
    "SELECT * { <urn:a> ?p ?o, ?q }",
    "SELECT * { <urn:a> pkg:b* ?o }",
    "SELECT * { <urn:a> <urn:p>+ ?o }",
    "SELECT * { pkg:a pkg:b/pkg:c ?o }",
    "SELECT * { pkg:a ^pkg:b ?o }",
    "SELECT * { pkg:a !pkg:b ?o }",
    "SELECT (COUNT(*) AS ?n) { <urn:a> ?p ?o }",
    "SELECT * FROM <urn:g> { <urn:a> ?p ?o }",
    "SELECT * { GRAPH ?g { <urn:a> ?p ?o } }",
    "SELECT * { SERVICE <urn:s> { <urn:a> ?p ?o } }",
    "SELECT * { <urn:a> ?p ?o FILTER(?p = ?o) }",
    "SELECT * { <urn:a> ?p ?o } ORDER BY ?o",
    "SELECT * { <urn:a> ?p ?o } VALUES ?p { <urn:p> }",
    "SELECT * { { <urn:a> ?p ?o } }",
    "BASE <urn:x:> SELECT * { <urn:a> ?p ?o }",
    "ASK { <urn:a> ?p ?o }",
    "CONSTRUCT WHERE { <urn:a> ?p ?o }",
    "SELECT * { <urn:a> ?p ?o } ; DROP ALL",
    "SELECT * { <urn:a> ?p ?o } " + "#" * LONGEST,
]
PARTS = (
    *("SELECT", "DISTINCT", "*", "?p", "?o", "WHERE", "{", "}", "<urn:a>", "pkg:a", "a", ".", ";", ",", "/", "+", "^"),
    *("LIMIT 3", "OFFSET 1", "FILTER", "(", ")", '"x"', "@en", "# c\n", "\n", "GRAPH", "OPTIONAL", "UNION", "1", "[]"),
)


def patterns(text: str) -> list[tuple[object, ...]]:
    """Return the triple patterns of a query as rdflib reads it; it must have nothing else."""
    node = prepareQuery(text, initNs=PREFIXES).algebra
    assert node.name == "SelectQuery"
    while node.name != "BGP":
        assert node.name in {"SelectQuery", "Slice", "Project"}, node.name
        node = node.p
        assert isinstance(node, CompValue)
    return list(node.triples)


@pytest.mark.parametrize("text", LOOKUPS)
def test_a_lookup_is_one_pattern_about_one_thing(text: str) -> None:
    assert is_lookup(text)
    ((subject, _, _),) = patterns(text)
    assert isinstance(subject, URIRef)


@pytest.mark.parametrize("text", OTHERS)
def test_what_may_cost_more_is_none(text: str) -> None:
    assert not is_lookup(text)


def test_whatever_is_told_to_be_a_lookup_and_is_sparql_is_one() -> None:
    chance, found = random.Random(6), 0
    for _ in range(6000):
        parts = chance.choice(LOOKUPS[:8]).split(" ")
        for _ in range(chance.randint(0, 3)):
            place = chance.randrange(len(parts) + 1)
            parts[place : place + chance.randint(0, 1)] = [chance.choice(PARTS)]
        text = " ".join(parts)
        if not is_lookup(text):
            continue
        try:
            triples = patterns(text)
        except AssertionError:
            raise AssertionError(text) from None
        except Exception:  # no SPARQL: the engine will say so
            continue
        assert len(triples) == 1, text
        assert isinstance(triples[0][0], URIRef), text
        assert triples[0][1] != triples[0][2], text
        found += 1
    assert found > 300


def test_a_thing_of_which_very_much_is_said_is_left_soon() -> None:
    lines = "".join(f"<urn:hub> <urn:p{n % 5}> <urn:o{n}> .\n" for n in range(200_000))
    engine = EmbeddedEngine.of_graphs([("urn:g", lines.encode())])
    for text in ("SELECT * { <urn:hub> ?p ?o }", "SELECT ?p { <urn:hub> ?p ?o }", "SELECT ?o ?x { <urn:hub> ?p ?o }"):
        assert is_lookup(text)
        for format in ResultFormat:
            began = time.process_time()
            with pytest.raises(LimitExceeded):
                engine.write_answer(QueryRequest(text), format, None, Limited(io.BytesIO(), max_bytes=MOST_BYTES))
            assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT" + " #\n" * 1300 + "x",
        "PREFIX a: <urn:a> " * 220,
        "SELECT ?a" + " ?a" * 1300,
        "SELECT * {" + " \n\t#\n" * 800,
        "SELECT * { <urn:a> ?p " + '"' * 4000,
        "SELECT * { a:" + "-" * 4000,
    ],
    ids=range(6),
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    assert not is_lookup(text[:LONGEST])
    assert time.process_time() - began < 0.05
