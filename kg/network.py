"""The graph of things as a network: nodes are things, edges are relations with the clauses that state them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import networkx as nx

from kg.engine import Engine
from kg.iris import Iris
from kg.kinds import KINDS, RELATIONS
from kg.lookup.reader import values_of
from kg.terms import PKG, sparql_prologue

GRAPHML_FORMATS = {"graphml": "application/graphml+xml", "gexf": "application/gexf+xml"}


def build_network(engine: Engine, iris: Iris) -> nx.MultiDiGraph[str]:
    """Return the network of a revision.

    A node is a thing's typed id, such as `sector/healthcare`, with `type`, `label_zh`, `label_en`, `iri`; an edge is a
    relation, keyed and labelled by its property, with `clause` (quotations, joined by ` | `) and `source`
    (`source:line:start-end`).
    """
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph(name="policy-kg")
    for kind in KINDS:
        _add_nodes(network, engine, iris, kind.class_iri)
    _add_nodes(network, engine, iris, PKG + "PlatformKind")
    clauses = _clauses(engine, iris)
    properties = sorted({relation.property_iri for relation in RELATIONS})
    rows = engine.select(
        f"{sparql_prologue()}SELECT ?s ?p ?o WHERE {{ {values_of('p', properties)} ?s ?p ?o }} ORDER BY ?s ?p ?o"
    )
    for row in rows:
        subject, value = iris.short(row["s"].value), iris.short(row["o"].value)
        if subject not in network or value not in network:
            continue
        name = iris.short(row["p"].value)
        quotes = clauses.get((row["s"].value, row["p"].value, row["o"].value), [])
        network.add_edge(
            subject,
            value,
            key=name,
            label=name,
            clause=" | ".join(quote for quote, _ in quotes),
            source=" | ".join(place for _, place in quotes),
        )
    return network


def write_network(network: nx.MultiDiGraph[str], format: str) -> bytes:
    """Return a network as GraphML (Cytoscape, yEd, Gephi) or GEXF 1.2 (Gephi)."""
    target = BytesIO()
    if format == "graphml":
        nx.write_graphml(network, target, named_key_ids=True)
    else:
        nx.write_gexf(network, target)
        return _without_date(target.getvalue())
    return target.getvalue()


def _without_date(gexf: bytes) -> bytes:
    """Drop the day on which the file was written, so that the same revision gives the same bytes."""
    start = gexf.find(b' lastmodifieddate="')
    if start < 0:
        return gexf
    end = gexf.index(b'"', start + len(b' lastmodifieddate="')) + 1
    return gexf[:start] + gexf[end:]


def _add_nodes(network: nx.MultiDiGraph[str], engine: Engine, iris: Iris, class_iri: str) -> None:
    rows = engine.select(
        f"{sparql_prologue()}SELECT ?s ?label WHERE {{ ?s a <{class_iri}> ; rdfs:label ?label }} ORDER BY ?s ?label"
    )
    for row in rows:
        iri = row["s"].value
        parsed = iris.parse(iri)
        if parsed is None:
            continue
        node = "/".join(parsed)
        attributes: dict[str, Any] = {"iri": iri, "type": parsed[0]}
        network.add_node(node, **attributes)
        network.nodes[node][f"label_{row['label'].language or 'en'}"] = row["label"].value
        network.nodes[node]["label"] = network.nodes[node].get("label_zh", row["label"].value)


def _clauses(engine: Engine, iris: Iris) -> dict[tuple[str, str, str], list[tuple[str, str]]]:
    rows = engine.select(
        f"""{sparql_prologue()}SELECT ?s ?p ?o ?clause ?quote WHERE {{
          ?statement rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
          ?evidence oa:hasBody ?statement ; oa:hasTarget ?clause . ?clause oa:hasSelector/oa:exact ?quote
        }} ORDER BY ?s ?p ?o ?clause"""
    )
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for row in rows:
        place = (iris.parse(row["clause"].value) or ("", row["clause"].value))[1].replace("/", ":")
        found.setdefault((row["s"].value, row["p"].value, row["o"].value), []).append((row["quote"].value, place))
    return found
