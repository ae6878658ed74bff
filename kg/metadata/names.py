"""The IRIs of what the metadata graph speaks of: all of them are fragments of that graph's own IRI."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kg.iris import Iris


@dataclass(frozen=True, slots=True)
class Names:
    """The names under a base; no node is blank, so that a node can be found again and changed."""

    iris: Iris

    @property
    def graph(self) -> str:
        """The graph that describes the dataset."""
        return self.iris.graph("metadata")

    @property
    def dataset(self) -> str:
        """The dataset: everything but the graph that describes it."""
        return self.part("dataset")

    def part(self, *words: str) -> str:
        """Return the name of a fixed part, such as `distribution-ttl`.

        >>> Names(Iris()).part("distribution", "ttl")
        'https://w3id.org/policy-kg/graph/metadata#distribution-ttl'
        """
        return f"{self.graph}#{'-'.join(words)}"

    def digest(self, kind: str, *iris: str) -> str:
        """Return the name of a part that IRIs determine."""
        return self.part(kind, hashlib.sha256("\n".join(iris).encode()).hexdigest()[:16])
