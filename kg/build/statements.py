"""Writing facts with their evidence: a statement names each triple that has any, and each clause is a thing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, XSD

from kg.facts import Evidence, Source
from kg.iris import Iris
from kg.terms import OA, PKG

Node = URIRef | Literal


class Sink(Protocol):
    """What triples are written into: a graph, or the lines of one."""

    def add(self, triple: tuple[URIRef, URIRef, Node], /) -> object:
        """Take a triple; the same one again changes nothing."""


@dataclass(frozen=True)
class Writer:
    """Writes into the graph of one source."""

    graph: Sink
    iris: Iris
    source: Source
    _written: set[tuple[str, str]] = field(default_factory=set, init=False, repr=False, compare=False)
    """Clauses and passages that are there already; many facts share one."""

    def add(self, subject: URIRef, predicate: str, value: Node) -> None:
        """Add a triple that carries no evidence of its own."""
        self.graph.add((subject, URIRef(predicate), value))

    def state(
        self, subject: URIRef, predicate: str, value: Node, evidence: Iterable[Evidence], reading: str | None = None
    ) -> None:
        """Add a triple, the statement that names it, and the evidence of that statement."""
        self.add(subject, predicate, value)
        name = _digest(self.source.id, str(subject), predicate, value.n3())
        statement = URIRef(self.iris.mint("statement", name))
        self.add(statement, RDF.type, URIRef(PKG + "Statement"))
        self.add(statement, RDF.subject, subject)
        self.add(statement, RDF.predicate, URIRef(predicate))
        self.add(statement, RDF.object, value)
        self.evidence(statement, evidence, reading)

    def evidence(self, body: URIRef, evidence: Iterable[Evidence], reading: str | None = None) -> None:
        """Tie a thing or a statement to the clauses that state it (Web Annotation Data Model, section 4)."""
        for item in evidence:
            clause = self._clause(item)
            manner = reading or item.reading
            node = URIRef(self.iris.mint("evidence", _digest(str(body), str(clause), manner)))
            self.add(node, RDF.type, URIRef(PKG + "Evidence"))
            self.add(node, OA + "hasBody", body)
            self.add(node, OA + "hasTarget", clause)
            self.add(node, OA + "motivatedBy", URIRef(OA + "identifying"))
            self.add(node, PKG + "reading", URIRef(self.iris.mint("reading", manner)))

    def stated_in(self, thing: URIRef, evidence: Iterable[Evidence]) -> None:
        """Say in which passages a thing is stated."""
        for item in evidence:
            self.add(thing, PKG + "statedIn", self._passage(item.line))

    def _clause(self, item: Evidence) -> URIRef:
        clause = URIRef(self.iris.mint("clause", self.source.id, str(item.line), f"{item.start}-{item.end}"))
        if (clause, item.clause) in self._written:
            return clause
        self._written.add((clause, item.clause))
        quote, position = URIRef(f"{clause}#quote"), URIRef(f"{clause}#position")
        self.add(clause, RDF.type, URIRef(PKG + "Clause"))
        self.add(clause, RDFS.label, Literal(item.clause, lang=self.source.language))
        self.add(clause, OA + "hasSource", self._passage(item.line))
        self.add(clause, OA + "hasSelector", quote)
        self.add(clause, OA + "hasSelector", position)
        self.add(quote, RDF.type, URIRef(OA + "TextQuoteSelector"))
        self.add(quote, OA + "exact", Literal(item.clause))
        self.add(position, RDF.type, URIRef(OA + "TextPositionSelector"))
        self.add(position, OA + "start", Literal(item.start, datatype=XSD.nonNegativeInteger))
        self.add(position, OA + "end", Literal(item.end, datatype=XSD.nonNegativeInteger))
        return clause

    def _passage(self, line: int) -> URIRef:
        passage = URIRef(self.iris.mint("passage", self.source.id, str(line)))
        if (passage, "") in self._written:
            return passage
        self._written.add((passage, ""))
        self.add(passage, RDF.type, URIRef(PKG + "Passage"))
        self.add(passage, PKG + "lineNumber", Literal(line))
        self.add(passage, RDFS.label, Literal(f"{self.source.title.zh}，第 {line} 行", lang="zh"))
        self.add(passage, RDFS.label, Literal(f"{self.source.title.en}, line {line}", lang="en"))
        self.add(passage, DCTERMS.isPartOf, URIRef(self.iris.mint("source", self.source.id)))
        return passage


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
