"""Short names in messages: `measure/gd-ai45-ai-phones`, `pkg:hasTarget`, where the reader knows the rest of the IRI."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kg.build import NamedGraph
from kg.errors import Violation
from kg.iris import Iris

_IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`，。；：（）]*[^\s<>\"{}|\\^`，。；：（）.,;:)]")


def base_of(graphs: Sequence[NamedGraph]) -> Iris:
    """Return the IRIs under the base that the graphs are named by; under the default base where none tells."""
    for graph in graphs:
        base, found, _ = graph.iri.partition("graph/")
        if found:
            return Iris(base)
    return Iris()


def locate(violation: Violation, iris: Iris) -> Violation:
    """Return a violation with short names in place of IRIs."""

    def shortened(text: str) -> str:
        return _IRI.sub(lambda match: iris.short(match.group()), text)

    return replace(
        violation,
        focus=iris.short(violation.focus),
        path=iris.short(violation.path),
        value=iris.short(violation.value),
        message=shortened(violation.message),
    )
