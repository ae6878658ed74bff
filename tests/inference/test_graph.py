"""The graph of what follows in a build: each triple has a reason, each reason its premises, each leaf a source."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.namespace import PROV
from rdflib.term import Node

from kg.build import NamedGraph, build_graphs, load_ontology
from kg.engine import EmbeddedEngine
from kg.facts import load_seeds
from kg.inference import INFERRED, with_inferred
from kg.iris import Iris
from kg.questions import Questions
from kg.terms import OA, PKG, sparql_prologue
from tests.conftest import ROOT

Triple = tuple[Node, Node, Node]
APPARATUS = {URIRef(PKG + name) for name in ("Rule", "Derivation", "InferredStatement", "PlainStatement")}


def pkg(name: str) -> URIRef:
    return URIRef(PKG + name)


@pytest.fixture(scope="module")
def inferred(graphs: tuple[NamedGraph, ...]) -> Graph:
    assert graphs[-1].iri == Iris().graph(INFERRED)
    return graphs[-1].graph


@pytest.fixture(scope="module")
def stated(graphs: tuple[NamedGraph, ...]) -> Graph:
    """All graphs but that of what follows."""
    union = Graph()
    for graph in graphs[:-1]:
        union += graph.graph
    return union


def conclusions(inferred: Graph) -> set[Triple]:
    """Return the triples of the graph that are not about rules, derivations and statements."""
    apparatus = {node for kind in APPARATUS for node in inferred.subjects(RDF.type, kind)}
    return {triple for triple in inferred if triple[0] not in apparatus}


def named(graph: Graph, statement: Node) -> Triple:
    """Return the one triple that a statement names."""
    (triple,) = [
        (s, p, o)
        for s in graph.objects(statement, RDF.subject)
        for p in graph.objects(statement, RDF.predicate)
        for o in graph.objects(statement, RDF.object)
    ]
    return triple


def test_no_derived_triple_lacks_a_derivation(inferred: Graph) -> None:
    triples = conclusions(inferred)
    by_triple = {named(inferred, node): node for node in inferred.subjects(RDF.type, pkg("InferredStatement"))}
    assert by_triple.keys() == triples
    assert len(triples) > 80
    for triple, statement in by_triple.items():
        assert list(inferred.subjects(pkg("derives"), statement)), triple


def test_each_derivation_has_one_conclusion_one_rule_and_premises_that_exist(inferred: Graph, stated: Graph) -> None:
    union = inferred + stated
    rules = {rule.stem for rule in (ROOT / "ontology" / "rules").glob("*.rq")}
    for derivation in inferred.subjects(RDF.type, pkg("Derivation")):
        (statement,) = inferred.objects(derivation, pkg("derives"))
        (rule,) = inferred.objects(derivation, pkg("byRule"))
        parsed = Iris().parse(str(rule))
        assert parsed is not None
        assert parsed[0] == "rule"
        assert parsed[1] in rules
        premises = list(inferred.objects(derivation, PROV.wasDerivedFrom))
        assert premises
        for premise in premises:
            triple = named(union, premise)
            assert triple in union
            assert triple != named(inferred, statement)


def test_each_leaf_is_a_fact_with_evidence_or_of_our_own_vocabulary(
    graphs: tuple[NamedGraph, ...], inferred: Graph, stated: Graph
) -> None:
    own = graphs[0].graph + graphs[1].graph
    leaves = set(inferred.objects(None, PROV.wasDerivedFrom)) - set(
        inferred.subjects(RDF.type, pkg("InferredStatement"))
    )
    kinds = {"stated": 0, "vocabulary": 0}
    for leaf in leaves:
        if (leaf, RDF.type, pkg("PlainStatement")) in inferred:
            assert named(inferred, leaf) in own
            kinds["vocabulary"] += 1
            continue
        assert (leaf, RDF.type, pkg("Statement")) in stated
        clauses = [
            clause
            for evidence in stated.subjects(URIRef(OA + "hasBody"), leaf)
            for clause in stated.objects(evidence, URIRef(OA + "hasTarget"))
        ]
        assert clauses, leaf
        for clause in clauses:
            selectors = stated.objects(clause, URIRef(OA + "hasSelector"))
            assert [quote for node in selectors for quote in stated.objects(node, URIRef(OA + "exact"))]
        kinds["stated"] += 1
    assert kinds["stated"] > 70
    assert kinds["vocabulary"] > 15


def test_rules_are_in_the_graph_with_their_text_and_both_labels(inferred: Graph) -> None:
    found = list(inferred.subjects(RDF.type, pkg("Rule")))
    assert found
    for rule in found:
        name = str(rule).rpartition("/")[2]
        (text,) = inferred.objects(rule, pkg("ruleText"))
        assert str(text) == (ROOT / "ontology" / "rules" / f"{name}.rq").read_text(encoding="utf-8")
        assert {label.language for label in inferred.objects(rule, RDFS.label)} == {"zh", "en"}  # type: ignore[attr-defined]


def test_another_build_gives_the_same_bytes(graphs: tuple[NamedGraph, ...]) -> None:
    ontology = load_ontology(ROOT / "ontology", Iris())
    again = with_inferred(
        build_graphs(ontology, load_seeds(ROOT / "seeds", ontology.vocabulary)), ontology.folder, Iris()
    )
    assert again[-1].ntriples() == graphs[-1].ntriples()


def test_another_base_moves_all_of_it(graphs: tuple[NamedGraph, ...]) -> None:
    iris = Iris("https://example.org/id/kg/")
    ontology = load_ontology(ROOT / "ontology", iris)
    moved = with_inferred(
        build_graphs(ontology, load_seeds(ROOT / "seeds", ontology.vocabulary)), ontology.folder, iris
    )
    assert moved[-1].iri == "https://example.org/id/kg/graph/inferred"
    assert len(moved[-1].graph) == len(graphs[-1].graph)
    assert b"https://w3id.org/policy-kg/id/" not in moved[-1].ntriples().replace(b"\\n", b"")
    engine = EmbeddedEngine.of_graphs((graph.iri, graph.ntriples()) for graph in moved)
    questions = Questions.read(ROOT / "ontology" / "questions", iris)
    for slug in ("rules-in-use", "why-measures-touch-sector"):
        assert len(list(engine.select(sparql_prologue() + questions.get(slug).text({})))) >= 8, slug


def test_without_rules_nothing_follows(graphs: tuple[NamedGraph, ...], tmp_path: Path) -> None:
    assert with_inferred(graphs[:-1], tmp_path, Iris()) == graphs[:-1]
