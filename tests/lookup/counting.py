"""An engine that counts: how many queries were asked, and how many rows they gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kg.engine import Answer, Engine, GraphFormat, QueryRequest, ResultFormat
from kg.engine.interface import Row

T = TypeVar("T")


@dataclass(slots=True)
class Counting:
    """Asks another engine, and remembers how many rows each SELECT gave."""

    engine: Engine
    rows: list[int] = field(default_factory=list)

    def select(self, query: str) -> list[Row]:
        """Return the solutions of the other engine."""
        found = self.engine.select(query)
        self.rows.append(len(found))
        return found

    def answer(
        self, request: QueryRequest, results: ResultFormat | None = None, graph: GraphFormat | None = None
    ) -> Answer:
        """Return the answer of the other engine."""
        return self.engine.answer(request, results, graph)

    def dump(self, format: GraphFormat, graph: str | None = None, *, leave: str = "") -> Iterator[bytes]:
        """Yield the dataset of the other engine."""
        return self.engine.dump(format, graph, leave=leave)

    def graph_names(self) -> Sequence[str]:
        """Return the names of the graphs of the other engine."""
        return self.engine.graph_names()

    def count(self) -> int:
        """Return how many quads the other engine has."""
        return self.engine.count()

    def of(self, work: Callable[[], T]) -> list[int]:
        """Return how many rows each query gave that some work asked."""
        before = len(self.rows)
        work()
        return self.rows[before:]
