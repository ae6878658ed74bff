"""Graphs that are made: large ones with everything that a network is read from, and small ones of a known form."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.kinds import KIND_BY_NAME
from kg.network import Edge, Network, Node, Predicate
from kg.terms import DCTERMS, OA, PKG, PROV, RDF, RDFS, SCHEMA, XSD

IRIS = Iris()


def made(measures: int, sectors: int, products: int, edges: int, seed: int = 0) -> EmbeddedEngine:
    """Return an engine over made graphs."""
    return EmbeddedEngine.of_graphs(made_graphs(measures, sectors, products, edges, seed))


def made_graphs(measures: int, sectors: int, products: int, edges: int, seed: int = 0) -> list[tuple[str, bytes]]:
    """Return graphs with things, and edges with a clause each; what applies to a sector touches it by a rule."""
    chance = random.Random(seed)
    triples: set[tuple[str, str, str]] = set()
    while len(triples) < edges:
        measure = IRIS.mint("measure", f"m{chance.randrange(measures)}")
        if chance.random() < 0.5:
            triples.add((measure, PKG + "appliesToSector", IRIS.mint("sector", f"s{chance.randrange(sectors)}")))
        else:
            triples.add((measure, PKG + "concernsProduct", IRIS.mint("product", f"p{chance.randrange(products)}")))
    ordered = sorted(triples)
    counts = {"measure": measures, "sector": sectors, "product": products}
    stated = [*_things(counts), *(line for number, triple in enumerate(ordered) for line in _stated(number, *triple))]
    derived = [
        line for number, (s, p, o) in enumerate(ordered) if p.endswith("Sector") for line in _follows(number, s, o)
    ]
    graphs = {"source/made": stated, "inferred": derived}
    return [(IRIS.graph(*name.split("/")), "\n".join(lines).encode() + b"\n") for name, lines in graphs.items()]


def layers(count: int, width: int) -> tuple[dict[str, Node], tuple[Edge, ...]]:
    """Return two things and layers of others between them, each thing joined to all of the next layer."""
    names = [["a"], *([f"{layer}-{number}" for number in range(width)] for layer in range(count)), ["z"]]
    nodes = {f"measure/{name}": _node(name) for layer in names for name in layer}
    part = Predicate(PKG + "partOfMeasure", "pkg:partOfMeasure", "part_of", {"zh": "属于", "en": "part of"}, 0)
    edges = [
        Edge(f"measure/{one}", part, f"measure/{other}")
        for here, there in pairwise(names)
        for one in here
        for other in there
    ]
    return nodes, tuple(sorted(edges, key=lambda edge: edge.order))


def _node(name: str) -> Node:
    return Node(f"measure/{name}", IRIS.mint("measure", name), "measure", {"zh": name, "en": name})


def _things(counts: dict[str, int]) -> Iterator[str]:
    for kind, count in counts.items():
        for number in range(count):
            iri = IRIS.mint(kind, f"{kind[0]}{number}")
            yield f"<{iri}> <{RDF}type> <{KIND_BY_NAME[kind].class_iri}> ."
            yield f'<{iri}> <{RDFS}label> "{kind} {number}"@en .'
            yield f'<{iri}> <{RDFS}label> "{kind}第{number}号"@zh .'
    source, passage = IRIS.mint("source", "made"), IRIS.mint("passage", "made", "1")
    yield f'<{source}> <{SCHEMA}url> "https://example.org/made" .'
    yield f"<{passage}> <{DCTERMS}isPartOf> <{source}> ."
    yield f'<{passage}> <{PKG}lineNumber> "1"^^<{XSD}integer> .'


def _stated(number: int, subject: str, predicate: str, value: str) -> Iterator[str]:
    statement, evidence = IRIS.mint("statement", str(number)), IRIS.mint("evidence", str(number))
    clause = IRIS.mint("clause", "made", "1", f"{number}-{number + 2}")
    yield f"<{subject}> <{predicate}> <{value}> ."
    yield f"<{statement}> <{RDF}type> <{PKG}Statement> ."
    yield f"<{statement}> <{RDF}subject> <{subject}> ."
    yield f"<{statement}> <{RDF}predicate> <{predicate}> ."
    yield f"<{statement}> <{RDF}object> <{value}> ."
    yield f"<{evidence}> <{OA}hasBody> <{statement}> ."
    yield f"<{evidence}> <{OA}hasTarget> <{clause}> ."
    yield f"<{evidence}> <{PKG}reading> <{IRIS.mint('reading', 'stated')}> ."
    yield f"<{clause}> <{OA}hasSource> <{IRIS.mint('passage', 'made', '1')}> ."
    yield f"<{clause}> <{OA}hasSelector> <{clause}#q> ."
    yield f"<{clause}> <{OA}hasSelector> <{clause}#p> ."
    yield f'<{clause}#q> <{OA}exact> "第{number}句" .'
    yield f'<{clause}#p> <{OA}start> "{number}"^^<{XSD}integer> .'
    yield f'<{clause}#p> <{OA}end> "{number + 2}"^^<{XSD}integer> .'


def _follows(number: int, measure: str, sector: str) -> Iterator[str]:
    conclusion, derivation = IRIS.mint("inferred", str(number)), IRIS.mint("derivation", str(number))
    yield f"<{measure}> <{PKG}touchesSector> <{sector}> ."
    yield f"<{conclusion}> <{RDF}type> <{PKG}InferredStatement> ."
    yield f"<{conclusion}> <{RDF}subject> <{measure}> ."
    yield f"<{conclusion}> <{RDF}predicate> <{PKG}touchesSector> ."
    yield f"<{conclusion}> <{RDF}object> <{sector}> ."
    yield f"<{derivation}> <{PKG}derives> <{conclusion}> ."
    yield f"<{derivation}> <{PKG}byRule> <{IRIS.mint('rule', 'touches-directly')}> ."
    yield f"<{derivation}> <{PROV}wasDerivedFrom> <{IRIS.mint('statement', str(number))}> ."


def communities_example() -> Network:
    """Return a network of 60 measures that touch 12 sectors, made by chance with a seed."""
    chance = random.Random(7)
    measures = [f"measure/{number}" for number in range(60)]
    sectors = [f"sector/{number}" for number in range(12)]
    nodes = {}
    for id in (*measures, *sectors):
        kind, _, local = id.partition("/")
        nodes[id] = Node(id, IRIS.mint(kind, local), kind, {"zh": id, "en": id})
    touches = Predicate(
        PKG + "touchesSector", "pkg:touchesSector", "touches_sector", {"zh": "涉及", "en": "touches"}, 0
    )
    pairs = {(measure, chance.choice(sectors)) for measure in measures for _ in range(2)}
    return Network(nodes, tuple(Edge(one, touches, other) for one, other in sorted(pairs)), (touches,), {}, True)
