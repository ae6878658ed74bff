"""`kg graph`, `kg paths`, `kg analytics`: the graph as a network on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from kg.cli.console import to_json
from kg.engine import Engine
from kg.iris import Iris
from kg.lookup import Citation
from kg.network import (
    Answers,
    Centrality,
    Communities,
    Edge,
    Measured,
    Neighbourhood,
    Network,
    Node,
    Paths,
    centrality_of,
    communities_of,
    file_of,
    read_network,
)


class Writer:
    """Writes what is found: as text, as JSON, or as a file for another tool."""

    def __init__(self, format: str, output: BinaryIO | None, revision: str) -> None:
        """Write to a file, or to standard output."""
        self._format = format
        self._output = output
        self._revision = revision

    def write(
        self, lines: Callable[[], Iterator[str]], value: Callable[[], object], drawn: Callable[[], bytes]
    ) -> None:
        """Write one of these, according to the format."""
        if self._format == "text":
            content = "".join(f"{line}\n" for line in lines()).encode()
        elif self._format == "json":
            content = to_json(value()).encode() + b"\n"
        else:
            content = drawn()
        (self._output or sys.stdout.buffer).write(content)

    def graph(self, found: Neighbourhood) -> None:
        """Write a neighbourhood."""
        self.write(
            lambda: _near(found),
            lambda: {**found.to_json(), "revision": self._revision},
            lambda: file_of(found, self._format),
        )

    def paths(self, found: Paths) -> None:
        """Write paths."""
        self.write(
            lambda: _ways(found),
            lambda: {**found.to_json(), "revision": self._revision},
            lambda: file_of(found, self._format),
        )

    def analytics(self, central: Centrality, communities: Communities, by: Measured, limit: int) -> None:
        """Write centrality and communities; as a file, measures, sectors and products with all their numbers."""
        self.write(
            lambda: _numbers(central, communities, by, limit),
            lambda: {
                "centrality": central.to_json(by, (), limit),
                "communities": communities.to_json(),
                "revision": self._revision,
            },
            lambda: file_of(central, self._format, communities),
        )

    def communities(self, found: Communities) -> None:
        """Write communities; as a file, measures joined by the sectors that they share."""
        self.write(
            lambda: _communities(found),
            lambda: {"communities": found.to_json(), "revision": self._revision},
            lambda: file_of(found, self._format),
        )


def find_near(engine: Engine, iris: Iris, thing: str | None, *, inferred: bool, **chosen: Any) -> Neighbourhood:
    """Return what `Answers.near` does, of the network of a revision; raises what that raises."""
    return _answers(engine, iris).near(read_network(engine, iris, inferred=inferred), thing, **chosen)


def find_paths(engine: Engine, iris: Iris, start: str, end: str, *, inferred: bool, **chosen: Any) -> Paths:
    """Return what `Answers.paths` does, of the network of a revision; raises what that raises."""
    return _answers(engine, iris).paths(read_network(engine, iris, inferred=inferred), start, end, **chosen)


def find_numbers(engine: Engine, iris: Iris, resolution: float) -> tuple[Centrality, Communities]:
    """Return how central measures, sectors and products are, and which measures belong together.

    Raises:
        BadParameter, LimitExceeded: as `kg.network.communities_of`.
    """
    network = read_network(engine, iris, inferred=True)
    return centrality_of(network), communities_of(network, resolution)


def _answers(engine: Engine, iris: Iris) -> Answers:
    def nearest(text: str) -> list[str]:
        from kg.search import SearchIndex  # slow to load, and only needed here

        near = SearchIndex.of(engine, iris).search(text, limit=5)
        return [f"{match.reference.type}/{match.reference.id}" for match in near]

    return Answers(engine, iris, nearest)


def _named(node: Node) -> str:
    both = dict.fromkeys(node.label[language] for language in ("zh", "en") if language in node.label)
    return f"{' · '.join(both)} [{node.id}]"


def _stated(network: Network, edge: Edge, indent: str) -> Iterator[str]:
    label = " · ".join(dict.fromkeys([edge.predicate.label["zh"], edge.predicate.label["en"]]))
    yield f"{indent}{_named(network.nodes[edge.subject])} — {label} → {_named(network.nodes[edge.object])}"
    if not edge.ways:
        yield from _quoted(edge.evidence, f"{indent}    ")
    for way in edge.ways:
        rule = " · ".join(dict.fromkeys(way.rule.label.values()))
        yield f"{indent}    follows: {rule} [{way.rule.type}/{way.rule.id}]"
        yield from _quoted(way.evidence, f"{indent}      ")


def _quoted(evidence: Sequence[Citation], indent: str) -> Iterator[str]:
    for citation in evidence:
        yield f"{indent}“{citation.quote}” ({citation.source}:{citation.line}:{citation.start}-{citation.end})"


def _near(found: Neighbourhood) -> Iterator[str]:
    if found.root is not None:
        yield _named(found.root)
    for edge in found.edges:
        yield from _stated(found.network, edge, "  ")
    things = len(found.distances)
    yield f"{things} thing{'s' if things != 1 else ''}, {len(found.edges)} edge{'s' if len(found.edges) != 1 else ''}"
    if found.beyond:
        kinds = ", ".join(f"{count} {kind}" for kind, count in found.beyond.items())
        yield f"left out by --limit: {kinds}"


def _ways(found: Paths) -> Iterator[str]:
    reason = found.explanation()
    if reason is not None:
        yield reason["text"]["zh"]
        yield reason["text"]["en"]
        return
    value = found.to_json()
    edges = {edge.triple: edge for edge in found.edges}
    by_name = {item.name: item.iri for item in found.network.predicates}
    shown = f", {len(found.paths)} of them shown" if found.more else ""
    yield f"distance {found.distance}, {found.total} shortest path{'s' if found.total != 1 else ''}{shown}"
    for number, path in enumerate(value["paths"], 1):
        yield f"{number}. {' — '.join(node['id'] for node in path['nodes'])}"
        for step in path["steps"]:
            for each in step["edges"]:
                key = each["subject"], by_name[each["predicate"]["id"]], each["object"]
                yield from _stated(found.network, edges[key], "   ")


def _numbers(central: Centrality, communities: Communities, by: Measured, limit: int) -> Iterator[str]:
    value = central.to_json(by, (), limit)
    for method in value["methods"]:
        given = ", ".join(f"{name}={setting}" for name, setting in method["parameters"].items())
        yield f"{method['id']}: {method['text']['zh']} · {method['text']['en']}{f' ({given})' if given else ''}"
    for kind, items in value["items"].items():
        yield f"{kind}, by {by}"
        for item in items:
            joined = ", ".join(f"{count} {other}" for other, count in item["joined_to"].items())
            node = central.scores[item["thing"]["id"]].node
            yield f"{item['rank']:>4}  {item[by]:.4f}  {_named(node)}  ({joined})"
        if value["omitted"][kind]:
            yield f"      and {value['omitted'][kind]} more"
    yield from _communities(communities)


def _communities(found: Communities) -> Iterator[str]:
    value = found.to_json()
    for method in value["methods"]:
        given = ", ".join(f"{name}={setting}" for name, setting in method["parameters"].items())
        yield f"{method['id']}: {method['text']['zh']} · {method['text']['en']} ({given})"
    yield f"{len(found.items)} communities, modularity {found.modularity:.4f}"
    for item, community in zip(value["items"], found.items, strict=True):
        yield f"{item['id']}. {item['label']['zh']} · {item['label']['en']}: {item['size']} measures"
        for shared in community.shared:
            shares = f"{shared.measures} of {item['size']}"
            yield f"     {shares} touch {_named(shared.sector)}; {shared.elsewhere} elsewhere"
        for node in community.measures:
            yield f"   - {_named(node)}"
    if found.alone:
        yield f"{len(found.alone)} measures share no sector with another"
