"""Short names in messages: `measure/gd-ai45-ai-phones`, `pkg:hasTarget`, where the reader knows the rest of the IRI."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kg.build import NamedGraph
from kg.errors import Violation
from kg.iris import Iris
from kg.terms import PREFIXES

_IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`，。；：（）]*[^\s<>\"{}|\\^`，。；：（）.,;:)]")


def base_of(graphs: Sequence[NamedGraph]) -> Iris:
    """Return the IRIs under the base that the graphs are named by; under the default base where none tells."""
    for graph in graphs:
        base, found, _ = graph.iri.partition("graph/")
        if found:
            return Iris(base)
    return Iris()


def short_name(iri: str, iris: Iris) -> str:
    """Return the short name of an IRI, or the IRI where it has none.

    >>> short_name("https://w3id.org/policy-kg/id/sector/healthcare", Iris())
    'sector/healthcare'
    >>> short_name("https://w3id.org/policy-kg/ontology#hasTarget", Iris())
    'pkg:hasTarget'
    >>> short_name("https://example.org/", Iris())
    'https://example.org/'
    """
    parsed = iris.parse(iri)
    if parsed is not None:
        return "/".join(parsed)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and re.fullmatch(r"[\w-]+", iri.removeprefix(namespace)):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def locate(violation: Violation, iris: Iris) -> Violation:
    """Return a violation with short names in place of IRIs."""

    def shortened(text: str) -> str:
        return _IRI.sub(lambda match: short_name(match.group(), iris), text)

    return replace(
        violation,
        focus=short_name(violation.focus, iris),
        path=short_name(violation.path, iris),
        value=short_name(violation.value, iris),
        message=shortened(violation.message),
    )
