"""A corpus as a stream: the graphs of the ontology, the register, and one policy after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, Self

from kg.build import build_graphs, load_ontology
from kg.build.compile import compile_lines
from kg.facts import Facts, Source
from kg.inference import INFERRED, read_rules
from kg.iris import Iris
from kg.synth.inferring import Inferring
from kg.synth.policies import policy_document
from kg.synth.register import register
from kg.synth.world import World

Format = Literal["nq", "nt"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of a corpus, or of a part of it."""

    policies: int = 0
    measures: int = 0
    targets: int = 0
    platforms: int = 0
    indicators: int = 0
    organizations: int = 0
    places: int = 0
    quads: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both."""
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a graph: its name, its lines in N-Triples, and what it brings that no part before it has."""

    graph: str
    lines: tuple[str, ...]
    counts: Counts

    @classmethod
    def of(cls, graph: str, lines: Sequence[str], facts: Facts | None = None) -> Self:
        """Return the part, counted: of things only those that the facts define."""
        names = [each.name for each in fields(Counts)] if facts is not None else []
        items = {name: getattr(facts, name, []) for name in names}
        counts = {name: sum(1 for item in found if item.id is not None) for name, found in items.items()}
        return cls(graph, tuple(lines), Counts(**(counts | {"quads": len(lines)})))

    def write(self, format: Format) -> bytes:
        """Return the part as N-Quads, or as N-Triples without the graph's name."""
        end = f"<{self.graph}> .\n" if format == "nq" else ".\n"
        return "".join(f"{line[:-1]}{end}" for line in self.lines).encode()


class Corpus:
    """All corpora of one seed: the larger one begins with the smaller one, byte for byte."""

    def __init__(self, folder: Path, iris: Iris, seed: int) -> None:
        """Read the ontology of a folder.

        Raises:
            SourceError: it cannot be read, or lacks what policies are made of.
        """
        self._ontology = load_ontology(folder, iris)
        self._rules = read_rules(folder / "rules")
        self.world = World.read(self._ontology, seed)

    def parts(self, policies: int) -> Iterator[Part]:
        """Yield the parts of the corpus of so many policies, one at a time; what was yielded is not kept."""
        iris = self._ontology.iris
        own = build_graphs(self._ontology, ())
        for graph in own:
            yield Part.of(graph.iri, graph.ntriples().decode().splitlines())
        inferring = Inferring(own, self._rules, iris)
        source, facts, _ = register(self.world)
        first = self._source(source, facts)
        yield first
        yield Part.of(iris.graph(INFERRED), inferring.register(first.lines))
        for number in range(1, policies + 1):
            document = policy_document(self.world, number)
            part = self._source(document.source, document.facts)
            yield part
            yield Part.of(iris.graph(INFERRED), inferring.source(part.lines))

    def _source(self, source: Source, facts: Facts) -> Part:
        lines = compile_lines(source, facts, self._ontology)
        return Part.of(self._ontology.iris.graph("source", source.id), lines, facts)
