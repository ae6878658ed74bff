"""A store with the real graph, a crowd of two thousand things around one, and things whose names are hostile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kg.build import NamedGraph
from kg.revisions import RevisionStore
from kg.settings import Settings
from kg.terms import PKG, SKOS

ID: Final = "https://w3id.org/policy-kg/id/"
GROUPS: Final = 40
EACH: Final = 50
LONG: Final = "very long " * 500
NAMES: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "\u202egnp.exe\u202c {{ 7 * 7 }} ]]>&amp;",
    LONG,
)
"""The names of what stands around `sector/evil`; the first is its own."""

_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL: Final = "<http://www.w3.org/2000/01/rdf-schema#label>"


def crowded(store: Path, graphs: Sequence[NamedGraph]) -> None:
    """Publish the graphs with the crowd in a store."""
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    content.append(("https://w3id.org/policy-kg/graph/crowd", "\n".join([*_crowd(), *_evil()]).encode()))
    RevisionStore(store).publish(content, {"base_iri": Settings(store=store).base_iri, "triples": 1})


def _thing(id: str, kind: str, en: str, zh: str) -> Iterator[str]:
    yield f"<{ID}{id}> {_TYPE} <{PKG}{kind}> ."
    for text, language in ((en, "en"), (zh, "zh")):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        yield f'<{ID}{id}> {_LABEL} "{escaped}"@{language} .'


def _crowd() -> Iterator[str]:
    """Yield a sector with forty below it, each with fifty measures that hang together in a chain."""
    yield from _thing("sector/crowd", "Sector", "Crowd", "众多")
    for group in range(GROUPS):
        sector = f"sector/crowd-{group}"
        yield from _thing(sector, "Sector", f"Part {group} of the crowd", f"众多之{group}")
        yield f"<{ID}{sector}> <{SKOS}broader> <{ID}sector/crowd> ."
        for place in range(EACH):
            measure = f"measure/crowd-{group}-{place}"
            yield from _thing(measure, "Measure", f"Measure {place} of part {group}", f"第{group}部分的措施{place}")
            yield f"<{ID}{measure}> <{PKG}appliesToSector> <{ID}{sector}> ."
            if place:
                yield f"<{ID}{measure}> <{PKG}partOfMeasure> <{ID}measure/crowd-{group}-{place - 1}> ."


def _evil() -> Iterator[str]:
    for place, name in enumerate(NAMES):
        id = f"sector/evil{place or ''}"
        yield from _thing(id, "Sector", name, name)
        if place:
            yield f"<{ID}{id}> <{SKOS}broader> <{ID}sector/evil> ."
