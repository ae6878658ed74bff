"""Facts as a source states them: the triple, the statement that names it, and the clause that states it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from typing import Final

from rdflib import Graph

from kg.build import NamedGraph
from kg.engine import EmbeddedEngine
from kg.inference import with_inferred
from kg.iris import Iris
from kg.kinds import KIND_BY_NAME
from kg.lookup import Lookup
from kg.terms import OA, PKG, RDF, RDFS
from tests.conftest import ROOT

IRIS: Final = Iris()
CLAUSE: Final = IRIS.mint("clause", "dayoo-20240607", "17", "61-67")
"""A clause of the seeds."""


def stated(subject: str, predicate: str, value: str) -> list[str]:
    """Return the lines, without their points, of a triple with evidence; its parts are as N-Triples has them."""
    name = hashlib.sha256(f"{subject} {predicate} {value}".encode()).hexdigest()[:20]
    statement, evidence = f"<{IRIS.mint('statement', name)}>", f"<{IRIS.mint('evidence', name)}>"
    return [
        f"{subject} {predicate} {value}",
        f"{statement} <{RDF}type> <{PKG}Statement>",
        f"{statement} <{RDF}subject> {subject}",
        f"{statement} <{RDF}predicate> {predicate}",
        f"{statement} <{RDF}object> {value}",
        f"{evidence} <{RDF}type> <{PKG}Evidence>",
        f"{evidence} <{OA}hasBody> {statement}",
        f"{evidence} <{OA}hasTarget> <{CLAUSE}>",
        f"{evidence} <{OA}motivatedBy> <{OA}identifying>",
        f"{evidence} <{PKG}reading> <{IRIS.mint('reading', 'stated')}>",
    ]


def more(graphs: tuple[NamedGraph, ...], triples: Iterable[str]) -> tuple[NamedGraph, ...]:
    """Return the graphs of a build with some more triples in a graph of a client, and what follows then."""
    added = Graph().parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")
    return with_inferred((*graphs[:-1], NamedGraph("urn:more", added)), ROOT / "ontology", IRIS)


def with_more(graphs: tuple[NamedGraph, ...], triples: Iterable[str]) -> Lookup:
    """Return a look-up over them."""
    followed = more(graphs, triples)
    return Lookup(EmbeddedEngine.of_graphs((graph.iri, graph.ntriples()) for graph in followed), IRIS)


def ladder(kind: str, predicate: str, levels: int, width: int = 2) -> list[str]:
    """Return the lines of things that fork and join again: each is tied to all of the level above it.

    They are called `{kind}/level-0-0`, from which `width ** (levels - 1)` ways lead to `{kind}/level-{levels}-0`.
    """
    names = [[f"<{IRIS.mint(kind, f'level-{level}-{n}')}>" for n in range(width)] for level in range(levels + 1)]
    class_iri = f"<{KIND_BY_NAME[kind].class_iri}>"
    lines = []
    for level, things in enumerate(names):
        for number, thing in enumerate(things):
            lines += stated(thing, f"<{RDF}type>", class_iri)
            lines += [
                f'{thing} <{RDFS}label> "level {level} {number}"@en',
                f'{thing} <{RDFS}label> "第{level}层{number}"@zh',
            ]
    for below, above in itertools.pairwise(names):
        for one, other in itertools.product(below, above):
            lines += stated(one, f"<{predicate}>", other)
    return lines
