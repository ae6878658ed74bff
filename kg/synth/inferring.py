"""What follows from a corpus, source by source: each is held beside what all sources share, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from kg.build import NamedGraph
from kg.engine import FactBase
from kg.inference import Rule, derive, inferred_graph, own_graphs, reads_of
from kg.iris import Iris
from kg.terms import OA, PKG, RDF

_LOCATED: Final = f"<{PKG}locatedIn>"
_PREDICATE: Final = f"<{RDF}predicate>"
_BODY: Final = f"<{OA}hasBody>"


class Inferring:
    """Applies rules to one source after the other, and returns what follows from each that had not followed before.

    It comes to the same as applying them to the whole, because the premises of a conclusion are all in one source, in
    the register, or in the vocabularies; `tests/synth/test_inferring.py` holds it against that.
    """

    def __init__(self, own: Sequence[NamedGraph], rules: Sequence[Rule], iris: Iris) -> None:
        """Keep what the rules read of the graphs of the ontology and its vocabularies."""
        self._rules = rules
        self._iris = iris
        self._reads = reads_of(rules)
        self._names = {f"<{predicate}>" for predicate, _ in self._reads}
        self._own = [
            (graph.iri, _joined(line for line in _lines(graph) if line.split(" ", 2)[1] in self._names))
            for graph in own
        ]
        self._register = self._unplaced = b""
        self._known: set[str] = set()
        self._shared = tuple(f"<{iris.mint(kind, '')}" for kind in ("rule", "plain-statement"))

    def register(self, lines: Sequence[str]) -> list[str]:
        """Return what follows from the register; what it states is there for every source after it."""
        self._register = _joined(lines)
        self._unplaced = _joined(_stating(lines, self._names - {_LOCATED}))
        self._known = self._infer(b"", self._register)
        return sorted(self._known)

    def source(self, lines: Sequence[str]) -> list[str]:
        """Return what follows from a further source and has not been returned yet."""
        # The tree of places has a say only where something is located in one; most sources have no such thing.
        located = any(f" {_LOCATED} " in line for line in lines)
        found = self._infer(self._register if located else self._unplaced, _joined(lines)) - self._known
        self._known.update(line for line in found if line.startswith(self._shared))
        return sorted(found)

    def _infer(self, register: bytes, source: bytes) -> set[str]:
        names = (self._iris.graph("source", each) for each in ("register", "source"))
        graphs = (*self._own, *zip(names, (register, source), strict=True))
        facts = FactBase.of_graphs(graphs, self._reads, own_graphs(self._iris))
        return set(inferred_graph(derive(facts, self._rules), facts, self._iris))


def _lines(graph: NamedGraph) -> list[str]:
    return graph.ntriples().decode().splitlines()


def _joined(lines: Iterable[str]) -> bytes:
    return "\n".join(lines).encode()


def _stating(lines: Sequence[str], predicates: Collection[str]) -> list[str]:
    """Return the triples with some predicates, and the statements that name them with their evidence."""
    triples = [(line, *line.split(" ", 2)) for line in lines]
    nodes = {
        subject for _, subject, predicate, value in triples if predicate == _PREDICATE and value[:-2] in predicates
    }
    nodes |= {subject for _, subject, predicate, value in triples if predicate == _BODY and value[:-2] in nodes}
    return [line for line, subject, predicate, _ in triples if predicate in predicates or subject in nodes]
