"""Validation of a change finds what validation of everything finds, whatever the size of the rest."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg.build import NamedGraph
from kg.engine import Change, clone_store, flush_store, run_update, write_store
from kg.engine.recording import Recorder, opened
from kg.errors import Violation
from kg.iris import Iris
from kg.terms import PKG, PREFIXES, RDF
from kg.validate import Contract, read_shapes, validate_change, validate_shapes
from kg.validate.datatypes import as_stored
from tests.length import is_long

pytestmark = pytest.mark.xdist_group("changes")

LONG = is_long(__name__)

SHAPES = Path(__file__).resolve().parents[2] / "ontology" / "shapes"
IRIS = Iris()
SAMPLES = 60 if LONG else 4
MEASURE, SECTOR = IRIS.mint("measure", "gd-ai45-ai-phones"), IRIS.mint("sector", "healthcare")
SOURCE = IRIS.graph("source", "dayoo-20240607")
COPIES = 20
COPIED = re.compile(
    r"/id/(measure|evidence|statement|clause|passage|target|quantity|inferred-statement|derivation)/([^>#/]+)"
)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.read(SHAPES)


@pytest.fixture(scope="module")
def store(graphs: tuple[NamedGraph, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("real") / "store"
    write_store(path, [(graph.iri, graph.ntriples()) for graph in graphs])
    return path


@pytest.fixture(scope="module")
def large(graphs: tuple[NamedGraph, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real graph with twenty times the measures, targets and evidence, about the same sectors and documents."""
    path = tmp_path_factory.mktemp("large") / "store"
    ontology, vocabularies, *others = ((graph.iri, graph.ntriples()) for graph in graphs)

    def copied(content: bytes) -> bytes:
        text = content.decode()
        return "".join([text, *(COPIED.sub(rf"/id/\1/\2-{n}", text) for n in range(1, COPIES))]).encode()

    write_store(path, [ontology, vocabularies, *((iri, copied(content)) for iri, content in others)])
    return path


def everything(path: Path, shapes: Graph) -> set[Violation]:
    graph = Graph()
    triples = {quad.triple for quad in ox.Store.read_only(str(path))}
    graph.parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    return {item for item in validate_shapes([NamedGraph("", graph)], shapes) if item.severity == "Violation"}


def changed(store: Path, new: Path, apply: Callable[[Recorder], None]) -> Change:
    clone_store(store, new)
    with opened(new) as recorder:
        apply(recorder)
        change = recorder.change()
    del recorder
    return change


def updated(store: Path, new: Path, text: str) -> Change:
    clone_store(store, new)
    change = run_update(new, text)
    flush_store(new)
    return change


def mutate(recorder: Recorder, chance: random.Random, quads: list[ox.Quad]) -> None:
    """Remove, replace and add a few quads that look like others."""
    for _ in range(chance.choice([1, 1, 2, 5, 12])):
        quad, other = chance.choice(quads), chance.choice(quads)
        kind = chance.choice(["remove", "remove", "value", "subject", "predicate"])
        if kind in {"remove", "value"}:
            recorder.remove([quad])
        if kind == "value":
            recorder.add([ox.Quad(quad.subject, quad.predicate, other.object, quad.graph_name)])
        elif kind == "subject":
            recorder.add([ox.Quad(other.subject, quad.predicate, quad.object, quad.graph_name)])
        elif kind == "predicate":
            recorder.add([ox.Quad(quad.subject, other.predicate, quad.object, quad.graph_name)])


def test_real_shapes_can_be_read_ahead(contract: Contract) -> None:
    assert contract.whole == ""


@pytest.mark.parametrize("seed", range(SAMPLES))
def test_change_violates_what_everything_then_violates(
    store: Path, contract: Contract, tmp_path: Path, seed: int
) -> None:
    quads = sorted(ox.Store.read_only(str(store)), key=str)
    change = changed(store, tmp_path / "new", lambda recorder: mutate(recorder, random.Random(seed), quads))
    found = contract.check(store, tmp_path / "new", change)
    assert set(found) == everything(tmp_path / "new", as_stored(read_shapes(SHAPES)))
    assert list(found) == sorted(found)


ONTOLOGY = "https://w3id.org/policy-kg/ontology"
VOCABULARIES, TERMS = IRIS.graph("vocabularies"), IRIS.graph("ontology")
CHANGES = {
    "label of a measure": f"DELETE WHERE {{ GRAPH <{SOURCE}> {{ <{MEASURE}> rdfs:label ?l }} }}",
    "type of a hub": f"DELETE WHERE {{ GRAPH <{VOCABULARIES}> {{ <{SECTOR}> a pkg:Sector }} }}",
    "unit of targets": "DELETE { GRAPH ?g { ?u qudt:conversionMultiplier ?m } } INSERT { GRAPH ?g { ?u "
    "qudt:conversionMultiplier 17.0 } } WHERE { GRAPH ?g { ?u qudt:conversionMultiplier ?m ; qudt:symbol 'EFLOPS' } }",
    "subclass": f"INSERT DATA {{ GRAPH <{TERMS}> {{ pkg:Clause rdfs:subClassOf pkg:Measure }} }}",
    "superclass": f"DELETE WHERE {{ GRAPH <{TERMS}> {{ pkg:Sector rdfs:subClassOf ?c }} }}",
    "term of the ontology": f"DELETE WHERE {{ GRAPH <{TERMS}> {{ pkg:hasTheme rdfs:isDefinedBy ?o }} }}",
    "term of others": f"INSERT DATA {{ GRAPH <{TERMS}> {{ skos:broader skos:definition 'x' }} }}",
    "names of terms": f"INSERT DATA {{ GRAPH <{TERMS}> {{ pkg:wrong a owl:Class ; rdfs:domain <u:x> }} }}",
    "title of the ontology": f"DELETE WHERE {{ GRAPH <{TERMS}> {{ <{ONTOLOGY}> dcterms:title ?t }} }}",
    "blank node": f"INSERT DATA {{ GRAPH <{SOURCE}> {{ [] a pkg:Measure ; rdfs:label 'x' ; pkg:inPolicy [] }} }}",
    "whole document": f"CLEAR GRAPH <{SOURCE}>",
    "year and date": "DELETE { GRAPH ?g { ?i time:inXSDDate ?d } } INSERT { GRAPH ?g { ?i time:inXSDDate "
    "'2031-12-31'^^xsd:date } } WHERE { GRAPH ?g { ?i time:inXSDDate ?d } }",
}


@pytest.mark.parametrize("name", CHANGES if LONG else list(CHANGES)[:4])
def test_change_that_reaches_far_is_followed(store: Path, contract: Contract, tmp_path: Path, name: str) -> None:
    change = updated(store, tmp_path / "new", CHANGES[name])
    assert change != Change()
    found = set(contract.check(store, tmp_path / "new", change))
    assert found == everything(tmp_path / "new", as_stored(read_shapes(SHAPES)))


def test_triple_that_stands_in_another_graph_as_well_stays(store: Path, contract: Contract, tmp_path: Path) -> None:
    both = tmp_path / "both"
    updated(store, both, f"INSERT {{ GRAPH <urn:x> {{ <{MEASURE}> ?p ?o }} }} WHERE {{ <{MEASURE}> ?p ?o }}")
    change = updated(both, tmp_path / "new", f"DELETE WHERE {{ GRAPH <urn:x> {{ <{MEASURE}> ?p ?o }} }}")
    assert len(change.removed) > 5
    assert contract.check(both, tmp_path / "new", change) == ()


def test_excluded_graph_is_not_looked_at(store: Path, contract: Contract, tmp_path: Path) -> None:
    change = updated(store, tmp_path / "new", "INSERT DATA { GRAPH <urn:meta> { <urn:m> a pkg:Measure } }")
    assert contract.check(store, tmp_path / "new", change, exclude="urn:meta") == ()
    assert len(contract.check(store, tmp_path / "new", change)) > 2


def test_what_was_wrong_before_and_is_not_touched_is_not_reported(
    store: Path, contract: Contract, tmp_path: Path
) -> None:
    updated(store, tmp_path / "wrong", "INSERT DATA { GRAPH <urn:x> { <urn:m> a pkg:Measure } }")
    change = updated(tmp_path / "wrong", tmp_path / "new", "INSERT DATA { GRAPH <urn:x> { <urn:n> rdfs:label 'x' } }")
    assert contract.check(tmp_path / "wrong", tmp_path / "new", change) == ()


def test_empty_store_takes_what_is_not_about_policies(contract: Contract, tmp_path: Path) -> None:
    write_store(tmp_path / "empty", [])
    change = updated(tmp_path / "empty", tmp_path / "new", "INSERT DATA { <urn:a> a <urn:C> . <urn:C> a owl:Class }")
    assert contract.check(tmp_path / "empty", tmp_path / "new", change) == ()


def test_messages_come_in_the_language_asked_for(store: Path, tmp_path: Path) -> None:
    change = updated(store, tmp_path / "new", CHANGES["term of the ontology"])
    found = {item.rule: item for item in validate_change(store, tmp_path / "new", change, SHAPES, language="zh")}
    assert found["ontology-definedBy"].message == f"每个术语应以 rdfs:isDefinedBy 指明本体：{PKG}hasTheme"


TURTLE = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + "@prefix : <urn:> .\n"


def contract_of(text: str) -> Contract:
    return Contract(Graph().parse(data=TURTLE + text, format="turtle"))


@pytest.mark.parametrize(
    "shape",
    [
        ":S sh:targetClass :C ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:class :C ] .",
        ":S sh:targetClass :C ; sh:property :P . :P sh:path :p ; sh:node :S .",
        ":S a sh:NodeShape , owl:Class ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
        ":S sh:target [ a sh:SPARQLTarget ] ; sh:nodeKind sh:IRI .",
        ":S sh:targetClass :C ; sh:sparql [ sh:select 'SELECT $this (COUNT(?x) AS ?value) { $this :p ?x }' ] .",
        ":S sh:targetClass :C ; sh:sparql [ sh:ask 'ASK { $this <urn:p> ?x }' ] .",
        ":S sh:targetClass :C ; sh:js [] .",
    ],
    ids=["any-length", "recursive", "implicit-class", "query-target", "counting-query", "ask", "unknown"],
)
def test_shapes_that_may_look_anywhere_have_everything_validated(shape: str) -> None:
    assert contract_of(shape).whole != ""


SHAPES_OF_ALL_KINDS = """
:S sh:targetClass :C ; sh:property
    [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:class :D ; sh:message "p/^q" ] ,
    [ sh:path [ sh:alternativePath ( :r :s ) ] ; sh:maxCount 2 ; sh:message "r|s" ] ,
    [ sh:path :t ; sh:node [ sh:property [ sh:path :u ; sh:minCount 1 ] ] ; sh:message "t/u" ] ,
    [ sh:path :v ; sh:disjoint :w ; sh:message "v,w" ] .
:O sh:targetObjectsOf :p ; sh:closed true ; sh:ignoredProperties ( :q :t :u rdf:type ) ; sh:message "closed" .
:Q sh:targetClass :C ; sh:sparql [ sh:message "older" ; sh:prefixes :prefixes ;
    sh:select "SELECT $this ?value { $this :x ?value . ?value :age ?a . ?other :oldest ?b FILTER (?a > ?b) }" ] .
:prefixes sh:declare [ sh:prefix "" ; sh:namespace "urn:"^^xsd:anyURI ] .
"""


@pytest.mark.parametrize("seed", range(40 if LONG else 5))
def test_shapes_of_all_kinds_are_read_right(tmp_path: Path, seed: int) -> None:
    """Random graphs of few nodes, in which everything is near everything: changes from one that conforms."""
    contract = contract_of(SHAPES_OF_ALL_KINDS)
    assert contract.whole == ""
    chance = random.Random(seed)
    shapes = as_stored(Graph().parse(data=TURTLE + SHAPES_OF_ALL_KINDS, format="turtle"))
    nodes = [ox.NamedNode(f"urn:n{number}") for number in range(6)]

    def some() -> list[ox.Quad]:
        found = []
        for _ in range(chance.randint(3, 12)):
            name = chance.choice([*"pqrstuvwx", "age", "type", "oldest"])
            predicate = ox.NamedNode(RDF + "type" if name == "type" else f"urn:{name}")
            values: list[ox.NamedNode | ox.Literal] = [*nodes]
            if name in {"age", "oldest"}:
                values = [ox.Literal(number) for number in range(4)]
            elif name == "type":
                values = [ox.NamedNode("urn:C"), ox.NamedNode("urn:D")]
            found.append(ox.Quad(chance.choice(nodes), predicate, chance.choice(values)))
        return found

    write_store(tmp_path / "0", [])
    before = tmp_path / "0"
    for number in range(1, 12):
        new = tmp_path / str(number)
        removed = [quad for quad in ox.Store.read_only(str(before)) if chance.random() < 0.2]
        added = some()

        def apply(recorder: Recorder, gone: list[ox.Quad] = removed, come: list[ox.Quad] = added) -> None:
            recorder.remove(gone)
            recorder.add(come)

        change = changed(before, new, apply)
        flush_store(new)
        wanted = everything(new, shapes)
        assert set(contract.check(before, new, change)) == wanted
        if not wanted:
            before = new


HUB_CHANGES = {
    "label of a measure": f"INSERT DATA {{ GRAPH <{SOURCE}> {{ <{MEASURE}> skos:altLabel 'x'@en }} }}",
    "label of a sector": f"INSERT DATA {{ GRAPH <{VOCABULARIES}> {{ <{SECTOR}> skos:altLabel 'x'@en }} }}",
    "class of a sector": f"INSERT DATA {{ GRAPH <{VOCABULARIES}> {{ <{SECTOR}> a <urn:Thing> }} }}",
    "one more in a sector": f"INSERT DATA {{ GRAPH <{SOURCE}> {{ <{MEASURE}> pkg:appliesToSector <{SECTOR}> }} }}",
    "one more passage": f"INSERT {{ GRAPH <{SOURCE}> {{ <urn:p> a pkg:Passage ; dcterms:isPartOf ?d ; "
    "pkg:lineNumber 99 ; rdfs:label '第 99 段'@zh } } WHERE { ?d a pkg:SourceDocument }",
    "title of a document": f"INSERT {{ GRAPH <{SOURCE}> {{ ?d dcterms:title 'x'@en }} }} "
    "WHERE { ?d a pkg:SourceDocument }",
    "something else": "INSERT DATA { GRAPH <urn:x> { <urn:a> rdfs:label 'x' } }",
}


def least_time(work: Callable[[], object], times: int = 5) -> float:
    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return min(once() for _ in range(times))


def conforming(violations: Iterable[Violation]) -> set[str]:
    return {violation.rule for violation in violations}


@pytest.mark.parametrize("name", HUB_CHANGES)
def test_cost_does_not_grow_with_the_untouched_graph(
    store: Path,
    large: Path,
    contract: Contract,
    tmp_path: Path,
    name: str,
    record_property: Callable[[str, object], None],
) -> None:
    changes = {folder: updated(folder, tmp_path / folder.parent.name, HUB_CHANGES[name]) for folder in (store, large)}
    sizes = {folder: len(ox.Store.read_only(str(folder))) for folder in changes}
    assert sizes[large] > 15 * sizes[store]

    def check(folder: Path) -> tuple[Violation, ...]:
        return contract.check(folder, tmp_path / folder.parent.name, changes[folder])

    assert conforming(check(large)) == conforming(check(store))
    times = least_time(lambda: check(large)), least_time(lambda: check(store))
    record_property("figure", f"{name}: {times[0] / times[1]:.1f} × at {sizes[large] / sizes[store]:.0f} × the graph")
    assert times[0] < 2 * times[1] + 0.02
