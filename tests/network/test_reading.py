"""The network has every triple between things, and nothing else; what SPARQL says is what it is held against."""

from __future__ import annotations

import pytest

from kg.engine import EmbeddedEngine
from kg.errors import BadParameter, LimitExceeded, NotFound
from kg.iris import Iris
from kg.kinds import KINDS, RELATIONS
from kg.lookup import Lookup
from kg.network import Network, cited, read_network, reading
from kg.terms import PKG, sparql_prologue


def triples(engine: EmbeddedEngine, pattern: str) -> set[tuple[str, str, str]]:
    query = f"{sparql_prologue()}SELECT ?s ?p ?o WHERE {{ {pattern} }}"
    return {(row["s"].value, row["p"].value, row["o"].value) for row in engine.select(query)}


def of(network: Network) -> set[tuple[str, str, str]]:
    nodes = network.nodes
    return {(nodes[edge.subject].iri, edge.predicate.iri, nodes[edge.object].iri) for edge in network.edges}


def test_stated_edges_are_the_triples_of_the_relations(engine: EmbeddedEngine, network: Network) -> None:
    properties = " ".join(sorted({f"<{relation.property_iri}>" for relation in RELATIONS}))
    classes = " ".join(f"<{kind.class_iri}>" for kind in KINDS) + " pkg:PlatformKind"
    expected = triples(
        engine,
        f"""VALUES ?p {{ {properties} }} GRAPH ?g {{ ?s ?p ?o }} FILTER(!STRENDS(STR(?g), "/inferred"))
            FILTER EXISTS {{ VALUES ?c {{ {classes} }} ?s a ?c }}
            FILTER EXISTS {{ VALUES ?d {{ {classes} }} ?o a ?d }}""",
    )
    assert of(network) == expected
    assert len(expected) > 400
    assert not any(edge.inferred for edge in network.edges)


def test_derived_edges_are_those_of_the_graph_of_what_follows(
    engine: EmbeddedEngine, network: Network, inferred: Network
) -> None:
    things = {node.iri for node in network.nodes.values()}
    expected = triples(
        engine,
        """?i a pkg:InferredStatement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
           GRAPH ?g { ?s ?p ?o } FILTER(STRENDS(STR(?g), "/inferred"))""",
    )
    expected = {triple for triple in expected if {triple[0], triple[2]} <= things}
    derived = {edge.triple for edge in inferred.edges if edge.inferred}
    assert of(inferred) == of(network) | expected
    assert len(derived) == len(inferred.edges) - len(network.edges) == len(expected - of(network)) > 50
    assert "touches_sector" in {item.key for item in inferred.predicates}


def test_every_thing_of_the_lists_is_a_node_with_labels_in_both_languages(lookup: Lookup, network: Network) -> None:
    for kind in KINDS:
        listed = lookup.things(kind.name, {}, limit=1000).items
        assert {f"{kind.name}/{thing.id}" for thing in listed} == {
            id for id, node in network.nodes.items() if node.type == kind.name
        }
    assert all(node.label.keys() == {"zh", "en"} for node in network.nodes.values())


def test_edges_are_cited_as_the_things_cite_them(engine: EmbeddedEngine, lookup: Lookup, network: Network) -> None:
    edges = cited(engine, Iris(), network, network.edges)
    assert len(edges) == len(network.edges)
    found = {edge.triple: edge for edge in edges}
    counted = 0
    for measure in lookup.things("measure", {}, limit=1000).items:
        for link in measure.links["sectors"]:
            edge = found[f"measure/{measure.id}", PKG + "appliesToSector", f"sector/{link.to.id}"]
            assert edge.evidence == link.evidence != ()
            counted += 1
    assert counted > 20
    assert {edge.predicate.name for edge in edges if not edge.evidence} <= {"skos:broader", "pkg:servesSector"}


def test_few_and_all_edges_are_cited_alike(
    engine: EmbeddedEngine, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = cited(engine, Iris(), network, network.edges)
    monkeypatch.setattr(reading, "_FEW", 1)
    assert cited(engine, Iris(), network, network.edges) == few


@pytest.mark.parametrize(
    "name",
    ["sector/healthcare", "healthcare", "https://w3id.org/policy-kg/id/sector/healthcare", "医疗", "HEALTHCARE "],
)
def test_a_thing_is_found_by_id_iri_and_exact_name(network: Network, name: str) -> None:
    assert network.find("root", name).id == "sector/healthcare"


def test_a_name_of_several_things_is_not_guessed(network: Network) -> None:
    several = [name for name, nodes in network._by_name.items() if len(nodes) > 1]
    assert several
    with pytest.raises(BadParameter, match="means several things") as caught:
        network.find("root", several[0])
    assert "可指" in caught.value.hint_zh


def test_what_is_no_thing_is_not_found(network: Network) -> None:
    with pytest.raises(NotFound):
        network.find("root", "helthcare")


def test_a_relation_that_there_is_not_says_which_is_meant(network: Network) -> None:
    with pytest.raises(BadParameter, match=r"did you mean sectors\?.*pkg:appliesToSector.*inferred=true") as caught:
        network.chosen(["sectosr"])
    assert "是否指 sectors" in caught.value.hint_zh
    with pytest.raises(BadParameter, match="is no kind"):
        network.kinds(["sectors"])


def test_a_network_that_is_too_large_is_refused_by_name(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_EDGES", 100)
    with pytest.raises(LimitExceeded) as caught:
        read_network(engine, Iris())
    assert caught.value.limit == {"name": "network_edges", "value": 100, "unit": "edges"}
    monkeypatch.setattr(reading, "MAX_NAMES", 10)
    with pytest.raises(LimitExceeded, match="network_names"):
        read_network(engine, Iris())
