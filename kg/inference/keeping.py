"""Keeping what follows true when a dataset is written to: what no longer follows goes, what follows now comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from kg.engine import Change, ChangedQuads, FactBase, delete_graph, graph_names, put_graph, triples_of, without_graph
from kg.errors import GraphKeptByStore
from kg.inference.deriving import derive, reads_of
from kg.inference.graph import inferred_graph, own_graphs
from kg.inference.rules import Rule
from kg.iris import Iris
from kg.terms import INFERRED, OA, PKG, RDF

_NAMING: Final = frozenset({RDF + "subject", RDF + "predicate", RDF + "object", OA + "hasBody"})
"""The properties by which a statement names a triple and has its evidence: only what has both is a premise."""
_KINDS: Final = frozenset({PKG + "Statement", PKG + "Evidence"})


def keep_inferred(path: Path, change: ChangedQuads, rules: Sequence[Rule], iris: Iris) -> ChangedQuads:
    """Bring the graph of what follows up to date in a store directory after a change; return the change with that.

    Raises:
        GraphKeptByStore: the change added to that graph.
        StoreError: the directory is not a store, or cannot be written.
    """
    graph = iris.graph(INFERRED)
    if _any_in(change.added, graph):
        raise GraphKeptByStore(graph, inferred=True)
    own = _any_in(change.removed, graph) or graph in _bare(change.created | change.dropped)
    if not own and not _concerns(change, rules, iris.graph("metadata")):
        return change
    facts = FactBase.of_directory(path, reads_of(rules), own_graphs(iris), leave=(graph, iris.graph("metadata")))
    lines = inferred_graph(derive(facts, rules), facts, iris)
    if lines:
        following, _ = put_graph(path, graph, "\n".join(sorted(lines)).encode(), "application/n-triples")
    elif graph in graph_names(path):
        following = delete_graph(path, graph)
    else:
        return change
    return _one_after_the_other(change, following)


def _any_in(lines: frozenset[str], graph: str) -> bool:
    return sum(1 for _ in without_graph(lines, graph)) < len(lines)


def _concerns(change: ChangedQuads, rules: Sequence[Rule], metadata: str) -> bool:
    reads = reads_of(rules) | {(RDF + "type", kind) for kind in _KINDS}
    return any(
        predicate in _NAMING or (predicate, "") in reads or (predicate, value.value) in reads
        for lines in (change.added, change.removed)
        for _, predicate, value in triples_of(lines, metadata)
    )


def _one_after_the_other(first: ChangedQuads, second: Change) -> Change:
    """Return what two changes come to; what the second one takes back did not happen."""
    return Change(
        (first.added - second.removed) | (second.added - first.removed),
        (first.removed - second.added) | (second.removed - first.added),
        (first.created - second.dropped) | (second.created - first.dropped),
        (first.dropped - second.created) | (second.dropped - first.created),
    )


def _bare(names: Iterable[str]) -> set[str]:
    return {name.strip("<>") for name in names}
