"""What a network is made of: nodes are things, edges are triples between them with the clauses that state them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from kg.errors import BadParameter, NotFound
from kg.folding import folded
from kg.kinds import KINDS
from kg.lookup import Citation, Labels, Reference
from kg.lookup.finder import several_things

KIND_NAMES: Final = (*(kind.name for kind in KINDS), "platform-kind")
"""The kinds of things that are nodes."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """A relation: its IRI, its short name (`pkg:appliesToSector`), its key in JSON (`sectors`), its labels."""

    iri: str
    name: str
    key: str
    label: Labels = field(compare=False)
    rank: int
    """Its place in the order in which edges are followed."""

    def to_json(self) -> dict[str, Any]:
        """Return the relation as JSON."""
        return {"id": self.name, "iri": self.iri, "key": self.key, "label": dict(self.label)}


@dataclass(frozen=True, slots=True)
class Node(Reference):
    """A thing; its id has its kind in it (`sector/healthcare`), so that it is unique among things of all kinds."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """One way in which an edge follows: the rule, and the clauses of the facts that it rests on in the end."""

    rule: Reference
    evidence: tuple[Citation, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the way as JSON."""
        return {"rule": self.rule.to_json(), "evidence": [citation.to_json() for citation in self.evidence]}


@dataclass(frozen=True, slots=True)
class Edge:
    """A triple between two things, by their ids.

    One that follows by a rule has its `ways`, and their clauses for its evidence; `ways_omitted` says that there may
    be others. An edge has no citation where the vocabulary itself has it; and neither citations nor ways until `cited`
    has read them.
    """

    subject: str
    predicate: Predicate
    object: str
    evidence: tuple[Citation, ...] = ()
    inferred: bool = False
    ways: tuple[Grounds, ...] = ()
    ways_omitted: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the triple as JSON, as it stands."""
        return {
            "subject": self.subject,
            "predicate": self.predicate.to_json(),
            "object": self.object,
            "inferred": self.inferred,
            "rule": self.ways[0].rule.to_json() if self.ways else None,
            "ways": [way.to_json() for way in self.ways],
            "evidence": [citation.to_json() for citation in self.evidence],
        } | ({"ways_omitted": True} if self.ways_omitted else {})

    @property
    def triple(self) -> tuple[str, str, str]:
        """What tells it from other edges."""
        return self.subject, self.predicate.iri, self.object

    @property
    def order(self) -> tuple[int, str, str, str]:
        """The key by which edges are sorted."""
        return self.predicate.rank, self.predicate.name, self.subject, self.object


@dataclass(frozen=True)
class Network:
    """The things of a revision and the triples between them; the same revision gives the same one, in the same order.

    `names` has, for each thing, what it is called besides its id and IRI: labels and aliases.
    """

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    predicates: tuple[Predicate, ...]
    names: Mapping[str, Collection[str]]
    inferred: bool = False
    outgoing: Mapping[str, tuple[Edge, ...]] = field(init=False)
    incoming: Mapping[str, tuple[Edge, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the edges by their ends."""
        outgoing: dict[str, list[Edge]] = {}
        incoming: dict[str, list[Edge]] = {}
        for edge in self.edges:
            outgoing.setdefault(edge.subject, []).append(edge)
            incoming.setdefault(edge.object, []).append(edge)
        object.__setattr__(self, "outgoing", {node: tuple(edges) for node, edges in outgoing.items()})
        object.__setattr__(self, "incoming", {node: tuple(edges) for node, edges in incoming.items()})

    def kinds(self, wanted: Sequence[str]) -> frozenset[str]:
        """Return kinds of things by their names; all if none is given.

        Raises:
            BadParameter: one is no kind; the error has the list.
        """
        for name in wanted:
            if name not in KIND_NAMES:
                known = ", ".join(KIND_NAMES)
                raise BadParameter("kind", name, f"is no kind; kinds are {known}", f"不是可用的类别；可用：{known}")
        return frozenset(wanted or KIND_NAMES)

    def degree(self, node: str, chosen: Collection[Predicate]) -> int:
        """Return how many edges of the chosen relations a thing has, either way; one to itself counts twice."""
        edges = (*self.outgoing.get(node, ()), *self.incoming.get(node, ()))
        return sum(edge.predicate in chosen for edge in edges)

    def chosen(self, wanted: Sequence[str]) -> frozenset[Predicate]:
        """Return the relations that keys, short names or IRIs mean; all where none is given.

        Raises:
            BadParameter: one is no relation of this network; the error has the list.
        """
        by_name = {name: item for item in self.predicates for name in (item.key, item.name, item.iri)}
        found = set()
        for name in wanted:
            if name not in by_name:
                known = ", ".join(sorted(f"{item.key} ({item.name})" for item in self.predicates))
                close = difflib.get_close_matches(name, by_name, n=1)
                meant, meant_zh = (f"; did you mean {close[0]}?", f"；是否指 {close[0]}？") if close else ("", "")
                more, more_zh = "", ""
                if not self.inferred:
                    more, more_zh = "; derived relations need inferred=true", "；推理得到的关系需加 inferred=true"
                words = (
                    f"is no relation{meant}; relations are {known}{more}",
                    f"不是可用的关系{meant_zh}；可用：{known}{more_zh}",
                )
                raise BadParameter("relation", name, *words)
            found.add(by_name[name])
        return frozenset(found or self.predicates)

    def find(self, parameter: str, wanted: str) -> Node:
        """Return the thing that an id, a short id, an IRI, or an exact label or alias means.

        Raises:
            NotFound: there is none.
            BadParameter: a name means several things; the error has their ids.
        """
        key = folded(wanted)
        for index in (self._by_id, self._by_local, self._by_name):
            found = index.get(wanted) or index.get(key) or ()
            if len(found) == 1:
                return self.nodes[found[0]]
            if found:
                raise several_things(parameter, wanted, found)
        raise NotFound("thing", wanted)

    @cached_property
    def _by_id(self) -> Mapping[str, Sequence[str]]:
        return {name: [node.id] for node in self.nodes.values() for name in (node.id, node.iri)}

    @cached_property
    def _by_local(self) -> Mapping[str, Sequence[str]]:
        return _index((node.id.partition("/")[2], node.id) for node in self.nodes.values())

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[str]]:
        return _index((folded(name), node) for node, names in self.names.items() for name in sorted(names))


def _index(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name, node in pairs:
        nodes = found.setdefault(name, [])
        if node not in nodes:
            nodes.append(node)
    return found
