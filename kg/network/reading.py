"""Reading a network out of a revision: what is stated, and where that is wanted, what rules have derived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from kg.engine import Engine
from kg.errors import LimitExceeded
from kg.iris import Iris, is_iri
from kg.kinds import KINDS, RELATIONS, key_of
from kg.lookup import Citation, Labels, Reference
from kg.lookup.derivations import Way, Ways, derivations, ways_to
from kg.lookup.reader import Key, Reader, values_of
from kg.network.model import Edge, Grounds, Network, Node, Predicate
from kg.terms import INFERRED, PKG, SKOS

CLASSES: Final = (*(kind.class_iri for kind in KINDS), PKG + "PlatformKind")
"""What has nodes: the things of every collection, and the kinds of platforms."""

MAX_EDGES: Final = 250_000
"""How many edges a network may have; each takes about half a kilobyte of memory."""

MAX_READ: Final = 4 * MAX_EDGES
"""How many triples are looked at for that: a triple may stand in several graphs, and its ends may be no things."""

MAX_NAMES: Final = 1_000_000
"""How many labels and aliases its things may have."""

_AT_ONCE: Final = 500
"""How many triples one query asks the citations of."""

_FEW: Final = 5_000
"""Of more triples than these, if they are most of all, the citations are read in one go with those of the others."""

_APPARATUS: Final = "rdf:type, rdf:subject, rdf:predicate, rdf:object, prov:wasDerivedFrom, pkg:derives, pkg:byRule"
"""What the graph of what follows says of the derivations themselves."""

_STATED: Final = """?statement a pkg:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
    ?evidence a pkg:Evidence ; oa:hasBody ?statement ."""
"""That a source states a triple."""

_FOREIGN: Final[Mapping[str, Labels]] = {SKOS + "broader": {"zh": "上位", "en": "broader"}}
"""Labels of the relations that are not ours and that the graph therefore does not name."""


def read_network(engine: Engine, iris: Iris, *, inferred: bool = False) -> Network:
    """Return the network of a revision: the relations of `kg.kinds`, and with `inferred` the derived ones as well.

    The edges have neither citations nor ways yet: `cited` reads those of the edges that are shown.

    Raises:
        LimitExceeded: the revision has more names or edges than are held in memory.
    """
    reader = Reader(engine, iris)
    nodes, names = _nodes(reader)
    stated, derived = _triples(reader, nodes, inferred)
    keys = _keys()
    named = reader.names({*keys, *(predicate for _, predicate, _ in derived)})
    predicates = {
        iri: Predicate(iri, iris.short(iri), key, _labels(iri, key, named), rank)
        for rank, (iri, key) in enumerate(keys.items())
    }
    for iri in sorted({predicate for _, predicate, _ in derived} - predicates.keys()):
        key = key_of(iri)
        predicates[iri] = Predicate(iri, iris.short(iri), key, _labels(iri, key, named), len(predicates))
    by_iri = {node.iri: node.id for node in nodes.values()}
    edges = [
        Edge(by_iri[triple[0]], predicates[triple[1]], by_iri[triple[2]], inferred=triple in derived)
        for triple in stated | derived
    ]
    ordered = tuple(sorted(edges, key=lambda edge: edge.order))
    return Network(nodes, ordered, tuple(predicates.values()), names, inferred)


def cited(engine: Engine, iris: Iris, network: Network, edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """Return edges of a network with the clauses that state them; those that follow with rules and their clauses."""
    reader = Reader(engine, iris)
    nodes = network.nodes
    triples = {edge.triple: (nodes[edge.subject].iri, edge.predicate.iri, nodes[edge.object].iri) for edge in edges}
    rests = _rests(reader, [triples[edge.triple] for edge in edges if edge.inferred])
    stated = {triples[edge.triple] for edge in edges if not edge.inferred}
    wanted = sorted(stated.union(*(_facts(way) for ways in rests.values() for way in ways.told)))
    if len(wanted) > _FEW and 2 * len(wanted) > len(network.edges):
        found = reader.citations_of_triples()
    else:
        found = {}
        for start in range(0, len(wanted), _AT_ONCE):
            found.update(reader.citations_of_triples(wanted[start : start + _AT_ONCE]))
    applied = {way.rule for ways in rests.values() for way in ways.told}
    names = reader.names(applied)
    rules = {iri: reader.reference(iri, names) for iri in applied}
    return tuple(
        _followed(edge, rests.get(triples[edge.triple], Ways((), False)), found, rules)
        if edge.inferred
        else replace(edge, evidence=found.get(triples[edge.triple], ()))
        for edge in edges
    )


def _followed(
    edge: Edge, ways: Ways, found: Mapping[Key, tuple[Citation, ...]], rules: Mapping[str, Reference]
) -> Edge:
    """Return an edge that follows, with the rule of each way, and the clauses of what the way rests on."""
    grounds = tuple(
        Grounds(rules[way.rule], _once(citation for fact in _facts(way) for citation in found.get(fact, ())))
        for way in ways.told
    )
    evidence = _once(citation for way in grounds for citation in way.evidence)
    return replace(edge, ways=grounds, ways_omitted=ways.omitted, evidence=evidence)


def _once(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple({citation.iri: citation for citation in citations}.values())


def _facts(way: Way) -> list[Key]:
    return [(subject, predicate, value.value) for subject, predicate, value in way.facts if value.kind == "iri"]


def _rests(reader: Reader, triples: Sequence[Key]) -> dict[Key, Ways]:
    """Return how triples follow, down to the facts that they rest on."""
    found: dict[Key, Ways] = {}
    for start in range(0, len(triples), _AT_ONCE):
        part = {triple for triple in triples[start : start + _AT_ONCE] if all(map(is_iri, triple))}
        rows = " ".join(f"(<{subject}> <{predicate}> <{value}>)" for subject, predicate, value in sorted(part))
        known = derivations(reader, f"VALUES (?s ?p ?o) {{ {rows} }}")
        wanted = [fact for fact in known if (fact[0], fact[1], fact[2].value) in part]
        found |= {(fact[0], fact[1], fact[2].value): ways for fact, ways in ways_to(known, wanted).items()}
    return found


def _nodes(reader: Reader) -> tuple[dict[str, Node], dict[str, tuple[str, ...]]]:
    rows = reader.select(
        f"""SELECT ?s ?p ?name WHERE {{ {values_of("class", CLASSES)} ?s a ?class ; ?p ?name
            FILTER(?p IN (rdfs:label, skos:altLabel)) }} LIMIT {MAX_NAMES + 1}"""
    )
    if len(rows) > MAX_NAMES:
        raise LimitExceeded("network_names", MAX_NAMES, "names")
    # Labels before aliases, Chinese before English; sorted here, for the engine takes longer for it.
    rows.sort(key=lambda row: row["name"].value)
    rows.sort(key=lambda row: row["name"].language, reverse=True)
    rows.sort(key=lambda row: (row["s"].value, row["p"].value == SKOS + "altLabel"))
    labels: dict[str, dict[str, str]] = {}
    names: dict[str, dict[str, None]] = {}
    for row in rows:
        iri = row["s"].value
        names.setdefault(iri, {})[row["name"].value] = None
        if row["p"].value != SKOS + "altLabel":
            labels.setdefault(iri, {}).setdefault(row["name"].language or "en", row["name"].value)
    nodes, called = {}, {}
    for iri, found in sorted(labels.items()):
        parsed = reader.iris.parse(iri)
        if parsed is not None:
            node = Node("/".join(parsed), iri, parsed[0], found)
            nodes[node.id], called[node.id] = node, tuple(names[iri])
    return nodes, called


def _triples(reader: Reader, nodes: Mapping[str, Node], inferred: bool) -> tuple[set[Key], set[Key]]:
    """Return the stated triples between nodes, and the derived ones that are not stated as well."""
    graph = reader.iris.graph(INFERRED)
    things = {node.iri for node in nodes.values()}

    def rows(pattern: str) -> set[Key]:
        found = reader.select(f"SELECT ?s ?p ?o WHERE {{ {pattern} FILTER(ISIRI(?o)) }} LIMIT {MAX_READ}")
        if len(found) == MAX_READ:
            raise LimitExceeded("network_edges", MAX_EDGES, "edges")
        keys = ((row["s"].value, row["p"].value, row["o"].value) for row in found)
        return {key for key in keys if key[0] in things and key[2] in things}

    relations = values_of("p", sorted(_keys()))
    derived = rows(f"GRAPH <{graph}> {{ ?s ?p ?o }} FILTER(?p NOT IN ({_APPARATUS}))")
    stated = rows(f"{relations} ?s ?p ?o")
    if derived:
        # What a rule derives may be stated by a source as well; that another graph has it, without a clause, is not
        # that.
        both = values_of("p", sorted(_keys().keys() & {predicate for _, predicate, _ in derived}))
        said = rows(f"{both} GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{graph}>) {_STATED}")
        stated, derived = (stated - derived) | said, derived - said
    if not inferred:
        derived = set()
    if len(stated) + len(derived) > MAX_EDGES:
        raise LimitExceeded("network_edges", MAX_EDGES, "edges")
    return stated, derived


def _keys() -> dict[str, str]:
    """Return the properties of the relations in their order, each with its key at the subject of the triple."""
    keys: dict[str, str] = {}
    for relation in RELATIONS:
        keys.setdefault(relation.property_iri, relation.inverse if relation.backwards else relation.key)
    return keys


def _labels(iri: str, key: str, named: Mapping[str, Labels]) -> Labels:
    return {"zh": key, "en": key, **_FOREIGN.get(iri, {}), **named.get(iri, {})}
