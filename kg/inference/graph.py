"""The graph of what follows: the triples, and for each of them how it follows, down to what states its premises."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from kg.engine import FactBase, Term, Triple, line_of_triple
from kg.inference.deriving import Derivation
from kg.inference.rules import Rule
from kg.iris import Iris
from kg.terms import PKG, PROV, RDF, RDFS

_OWN: Final = ("ontology", "vocabularies")
"""The names of the graphs that say what needs no source."""


def own_graphs(iris: Iris) -> tuple[str, ...]:
    """Return the graphs of our ontology and vocabularies, which no source states."""
    return tuple(iris.graph(name) for name in _OWN)


def inferred_graph(derivations: Iterable[Derivation], facts: FactBase, iris: Iris) -> frozenset[str]:
    """Return the lines of the graph, in N-Triples; the same derivations give the same lines."""
    found = tuple(derivations)
    derived = frozenset(derivation.conclusion for derivation in found)
    writer = _Writer(iris, facts, derived)
    lines: set[str] = set()
    for rule in {derivation.rule.name: derivation.rule for derivation in found}.values():
        lines.update(writer.rule(rule))
    for triple in derived:
        lines.add(line_of_triple(triple))
        lines.update(writer.named(writer.inferred(triple), "InferredStatement", triple))
    for derivation in found:
        lines.update(writer.derivation(derivation))
    return frozenset(lines)


class _Writer:
    def __init__(self, iris: Iris, facts: FactBase, derived: frozenset[Triple]) -> None:
        self._iris = iris
        self._facts = facts
        self._derived = derived
        self._nodes: dict[Triple, tuple[str, ...]] = {}

    def rule(self, rule: Rule) -> Iterator[str]:
        node = self._iris.mint("rule", rule.name)
        yield _line(node, RDF + "type", Term("iri", PKG + "Rule"))
        yield _line(node, RDFS + "label", Term("literal", rule.zh, "zh"))
        yield _line(node, RDFS + "label", Term("literal", rule.en, "en"))
        yield _line(node, PKG + "ruleText", Term("literal", rule.text))

    def named(self, node: str, kind: str, triple: Triple) -> Iterator[str]:
        yield _line(node, RDF + "type", Term("iri", PKG + kind))
        yield _line(node, RDF + "subject", triple[0])
        yield _line(node, RDF + "predicate", Term("iri", triple[1]))
        yield _line(node, RDF + "object", triple[2])

    def inferred(self, triple: Triple) -> str:
        return self._iris.mint("inferred-statement", _digest(line_of_triple(triple)))

    def derivation(self, derivation: Derivation) -> Iterator[str]:
        rule, conclusion, premises = derivation.rule, derivation.conclusion, derivation.premises
        parts = (rule.name, line_of_triple(conclusion), *sorted(map(line_of_triple, premises)))
        node = self._iris.mint("derivation", _digest(*parts))
        yield _line(node, RDF + "type", Term("iri", PKG + "Derivation"))
        yield _line(node, PKG + "derives", Term("iri", self.inferred(conclusion)))
        yield _line(node, PKG + "byRule", Term("iri", self._iris.mint("rule", rule.name)))
        for premise in premises:
            for name in self._names(premise):
                yield _line(node, PROV + "wasDerivedFrom", Term("iri", name))
                if name == self._plain(premise):
                    yield from self.named(name, "PlainStatement", premise)

    def _names(self, premise: Triple) -> tuple[str, ...]:
        """Return the nodes that name a premise: as it is stated, and as it follows, where it does."""
        if premise not in self._nodes:
            names = list(self._facts.statements(premise))
            if not names and self._facts.is_fact(premise):
                names.append(self._plain(premise))
            if premise in self._derived:
                names.append(self.inferred(premise))
            self._nodes[premise] = tuple(names)
        return self._nodes[premise]

    def _plain(self, triple: Triple) -> str:
        return self._iris.mint("plain-statement", _digest(line_of_triple(triple)))


def _line(subject: str, predicate: str, value: Term) -> str:
    return line_of_triple((Term("iri", subject), predicate, value))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
