"""Whether ids fit together over all sources: defined once, existing where referred to, never in a circle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final

from kg.errors import Problem
from kg.facts.document import Place
from kg.facts.draft import Draft, Entry
from kg.facts.hints import did_you_mean, nearest
from kg.facts.models import Measure, Unit
from kg.facts.values import Relation, ScopeRelation, Value
from kg.kinds import KIND_BY_NAME, RELATIONS

CONCEPT_KINDS: Final = ("theme", "sector", "product", "platform-kind")
"""The kinds whose ids come from the vocabularies."""

CIRCULAR: Final = {
    ("measure", "part_of"): "part of",
    ("place", "located_in"): "located in",
    ("theme", "broader"): "under",
    ("sector", "broader"): "under",
    ("product", "broader"): "under",
}
"""The relations that must not lead back to where they began, with their words."""


MAX_COMPARISONS: Final = 200_000
"""After so many comparisons of ids it is no longer guessed which one was meant: that takes time."""

MAX_CIRCLES: Final = 20
"""Further circles of a relation are told when these are mended."""


@dataclass(frozen=True)
class Vocabulary:
    """What facts may refer to beyond their own files.

    `concepts` has the ids of the concepts of each kind (`theme`, `sector`, `product`, `platform-kind`), and
    `units` the symbols of the units.
    """

    concepts: Mapping[str, frozenset[str]]
    units: frozenset[str]


@dataclass(frozen=True)
class Link:
    """A reference from an entry to a thing of a kind."""

    draft: Draft
    entry: Entry
    key: str
    path: Place
    kind: str
    to: str

    @property
    def place(self) -> tuple[str, int]:
        """File and line."""
        document = self.draft.facts_document
        return document.file, document.position(self.path)[0]

    def problem(self, message: str, hint: str = "") -> Problem:
        """Return a problem at the reference."""
        return self.draft.facts_document.problem(self.path, message, hint)


@dataclass
class Register:
    """The ids of all sources."""

    vocabulary: Vocabulary
    incomplete: set[str]
    defined: dict[str, dict[str, tuple[Draft, Entry]]] = field(default_factory=dict)
    comparisons: int = 0

    def ids(self, kind: str) -> Collection[str]:
        """Return the ids of a kind."""
        return self.vocabulary.concepts.get(kind, ()) if kind in CONCEPT_KINDS else self.defined.get(kind, ())

    def has(self, kind: str, key: str) -> bool:
        """Tell whether a thing exists, or may exist in what could not be read."""
        return key in self.ids(kind) or kind in self.incomplete

    def absence(self, kind: str, key: str) -> tuple[str, str]:
        """Return message and hint for a thing that does not exist."""
        known = self.ids(kind)
        kinds = dict.fromkeys((*CONCEPT_KINDS, *KIND_BY_NAME))
        elsewhere = [other for other in kinds if other != kind and key in self.ids(other)]
        hint = f"{key} is a {' and a '.join(elsewhere)}" if elsewhere else ""
        if not hint and self.comparisons < MAX_COMPARISONS:
            self.comparisons += len(known)
            hint = did_you_mean(key, known)
        if not hint and kind in CONCEPT_KINDS:
            hint = f"the {kind}s are in ontology/vocabularies/{kind}s.ttl"
        elif not hint:
            hint = f"define it among the {KIND_BY_NAME[kind].collection} of a facts file"
        return f"there is no {kind} {key}", hint


def check_references(drafts: Sequence[Draft], vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield what is wrong with ids and references, over all folders."""
    register = Register(vocabulary, {kind for draft in drafts for kind in draft.incomplete})
    for draft in drafts:
        yield from _register(draft, register)
    links: list[Link] = []
    for draft in drafts:
        source = draft.source
        if source is not None and not register.has("organization", source.publisher):
            yield draft.source_document.problem(("publisher",), *register.absence("organization", source.publisher))
        for entry in draft.entries:
            yield from _check_entry(draft, entry, register)
            links.extend(_links(draft, entry))
    yield from _check_links(links, register)
    yield from _check_circles(links)


def _register(draft: Draft, register: Register) -> Iterator[Problem]:
    """Enter the ids of a folder, and yield those that stand twice."""
    document = draft.facts_document
    here: dict[tuple[str, str], int] = {}
    for entry in draft.entries:
        key, name = entry.defines or entry.refers, "id" if entry.defines else "ref"
        line = document.position(entry.path)[0]
        if not key:
            continue
        if (entry.kind, key) in here:
            hint = f"the first is in line {here[entry.kind, key]}; keep one, or give this an id of its own"
            yield document.problem((*entry.path, name), f"{entry.kind} {key} stands twice in this file", hint)
            continue
        here[entry.kind, key] = line
        if not entry.defines:
            continue
        other = register.defined.setdefault(entry.kind, {}).setdefault(key, (draft, entry))
        if other[0] is not draft:
            file, at = other[0].facts_document, other[0].facts_document.position(other[1].path)[0]
            hint = f"the first is in {file.file}:{at}; if it is the same thing, write ref: {key} and drop label"
            yield document.problem((*entry.path, "id"), f"{entry.kind} {key} is defined twice", hint)


def _check_entry(draft: Draft, entry: Entry, register: Register) -> Iterator[Problem]:
    """Yield what is wrong with the entry's own ref, and with its unit."""
    document, vocabulary = draft.facts_document, register.vocabulary
    if isinstance(entry.model, Unit):
        if entry.refers not in vocabulary.units:
            yield document.problem((*entry.path, "ref"), *_no_unit(entry.refers, vocabulary))
    elif entry.model is not None and entry.refers and not register.has(entry.kind, entry.refers):
        yield document.problem((*entry.path, "ref"), *register.absence(entry.kind, entry.refers))
    for path, model in entry.walk():
        if isinstance(model, Value) and model.unit not in vocabulary.units:
            yield document.problem((*path, "unit"), *_no_unit(model.unit, vocabulary))


def _no_unit(symbol: str, vocabulary: Vocabulary) -> tuple[str, str]:
    near = [unit for unit in sorted(vocabulary.units) if symbol in unit or unit in symbol] or nearest(
        symbol, vocabulary.units
    )
    near = near or [unit for unit in sorted(vocabulary.units) if set(unit) & set(symbol)] or sorted(vocabulary.units)
    return (
        f"there is no unit {symbol}",
        f"near ones: {', '.join(near)}; all are in ontology/vocabularies/units.ttl",
    )


def _links(draft: Draft, entry: Entry) -> Iterator[Link]:
    """Yield every reference that a valid entry makes."""
    for relation in RELATIONS:
        stated = getattr(entry.model, relation.key, None) if relation.subject == entry.kind else None
        path = (*entry.path, relation.key)
        if isinstance(stated, str):
            yield Link(draft, entry, relation.key, path, relation.objects[0], stated)
        for index, each in enumerate(stated if isinstance(stated, list) else []):
            place = (*path, index, "to")
            if isinstance(each, ScopeRelation):
                kind, _, key = each.to.partition("/")
                yield Link(draft, entry, relation.key, place, kind, key)
            elif isinstance(each, Relation):
                yield Link(draft, entry, relation.key, place, relation.objects[0], each.to)


def _check_links(links: Sequence[Link], register: Register) -> Iterator[Problem]:
    seen: dict[tuple[str, Place, str, str], Link] = {}
    for link in links:
        first = seen.setdefault((*_list_of(link), link.to, link.kind), link)
        if first is not link:
            hint = f"the first is in line {first.place[1]}; give that one both clauses, as a list"
            yield link.problem(f"{link.key} names {link.to} twice", hint)
        elif not register.has(link.kind, link.to):
            yield link.problem(*register.absence(link.kind, link.to))
        elif link.key == "part_of":
            yield from _check_whole(link, register)


def _list_of(link: Link) -> tuple[str, Place]:
    return link.draft.facts_document.file, link.path[:3]


def _check_whole(link: Link, register: Register) -> Iterator[Problem]:
    """Yield a problem where a measure is part of a measure of another policy."""
    defined = register.defined.get("measure", {}).get(link.to)
    whole = defined[1].model if defined else None
    part = link.entry.model
    if isinstance(whole, Measure) and isinstance(part, Measure) and whole.policy != part.policy:
        message = f"{link.to} is a measure of another policy"
        yield link.problem(message, f"it belongs to {whole.policy}, and {part.key} to {part.policy}")


def _check_circles(links: Sequence[Link]) -> Iterator[Problem]:
    """Yield each circle once, at the first of its references."""
    for (kind, key), words in CIRCULAR.items():
        edges: dict[tuple[str, str], Link] = {}
        for link in links:
            if link.entry.kind == kind and link.key == key:
                edges.setdefault((link.entry.defines or link.entry.refers, link.to), link)
        for source, goal in [edge for edge in edges if edge[0] == edge[1]]:
            yield edges.pop((source, goal)).problem(f"{source} is {words} itself", "drop this relation")
        for _ in range(MAX_CIRCLES):
            circle = _circle(edges)
            if not circle:
                break
            steps = [edges.pop(step) for step in circle]
            first = min(steps, key=lambda link: link.place)
            start = steps.index(first)
            names = [source for source, _ in (*circle[start:], *circle[:start], circle[start])]
            if len(names) > 12:
                names[5:-5] = ["…"]
            yield first.problem(f"{key} leads in a circle: {' → '.join(names)}", "drop one of these relations")


def _circle(edges: Mapping[tuple[str, str], Link]) -> list[tuple[str, str]]:
    """Return the edges of a circle; none where there is no circle."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, goal in edges:
        sorter.add(source, goal)
    try:
        sorter.prepare()
    except CycleError as error:
        nodes: list[str] = list(reversed(error.args[1]))
        return list(pairwise(nodes))
    return []
