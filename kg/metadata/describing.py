"""Writing the graph that describes a dataset: all of it for a build, and for a write what the write has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from kg.engine import ChangedQuads, Scope, Survey, survey
from kg.engine.statistics import BUDGET, Key, Recount, count_change
from kg.engine.view import StoreView, edit_graph, replace_graph
from kg.iris import Iris
from kg.kinds import KINDS
from kg.metadata.catalogue import Release, catalogue_lines, example_resource_lines, release_lines
from kg.metadata.examples import Example, example_lines
from kg.metadata.names import Names
from kg.metadata.partitions import TOTALS, lines_of, place_of, uncounted_lines, vocabulary_lines
from kg.metadata.triples import line, typed
from kg.terms import DCAT, DCTERMS, ONTOLOGY_IRI, PKG, RDFS, VOID

_SOURCE: Final = PKG + "SourceDocument"
_CLASSES: Final = tuple(dict.fromkeys(kind.class_iri for kind in KINDS))


def scope_of(iris: Iris) -> Scope:
    """Return what is counted of a dataset for its description."""
    return Scope(exclude=Names(iris).graph, space=f"{iris.base}id/", listed=_SOURCE)


def description(
    store: Path,
    iris: Iris,
    examples: Sequence[Example],
    release: Release,
    *,
    counted: bool = True,
    found: Survey | None = None,
) -> bytes:
    """Return the graph that describes a store directory, as N-Triples in the order of the lines.

    Counting reads everything, unless what was `found` is known; without it, the description says what the dataset is
    but not how much of what it has.

    Raises:
        StoreError: the directory is not a store.
    """
    names = Names(iris)
    lines = {*catalogue_lines(names), *example_lines(names, examples)}
    if counted:
        lines.update(_all_counts(names, (found or survey(store, scope_of(iris))).counts))
    with StoreView(store, names.graph) as view:
        issued, modified = _days(view, iris)
        lines.update(release_lines(names, replace(release, modified=release.modified or modified)))
        lines.update([line(names.dataset, DCTERMS + "issued", typed(issued, "date"))] if issued else [])
        lines.update(example_resource_lines(names, _example_resources(view, iris)))
    return "".join(f"{item}\n" for item in sorted(lines)).encode()


def describe(
    store: Path, iris: Iris, examples: Sequence[Example], release: Release, found: Survey | None = None
) -> None:
    """Write the graph that describes a store directory into it, in place of one that may be there.

    What it holds is counted, unless what was `found` is known.

    Raises:
        StoreError: the directory is not a store or cannot be written.
    """
    replace_graph(store, Names(iris).graph, description(store, iris, examples, release, found=found))


def describe_change(
    old: Path, new: Path, change: ChangedQuads, iris: Iris, release: Release, *, budget: int = BUDGET
) -> bool:
    """Bring the graph that describes a store directory up to date after a change, at a cost that the change determines.

    What the change did to that graph itself is undone. Returns False, and does nothing, where the directory before
    was not described, so that `describe` has to.

    Raises:
        StoreError: a directory is not a store, or the new one cannot be written.
    """
    names = Names(iris)
    recount = count_change(old, new, change, scope_of(iris), budget=budget)
    with StoreView(old, names.graph) as was, StoreView(new, names.graph) as now:
        if next(was.lines_apart(names.dataset, VOID + "triples"), None) is None:
            return False
        edit = _Edit(names, was, recount)
        edit.counts()
        edit.replaced(DCAT + "version", release_lines(names, Release(revision=release.revision)))
        edit.replaced(DCAT + "previousVersion", release_lines(names, Release(previous=release.previous)))
        if release.modified:
            edit.replaced(DCTERMS + "modified", release_lines(names, Release(modified=release.modified)))
        edit.replaced(VOID + "exampleResource", example_resource_lines(names, _example_resources(now, iris)))
        removed, added = edit.result()
    edit_graph(new, names.graph, removed, added, undo=change)
    return True


class _Edit:
    """Collects which lines go and which come; a line that does both stays."""

    def __init__(self, names: Names, was: StoreView, recount: Recount) -> None:
        self._names = names
        self._was = was
        self._deltas = dict(recount.deltas)
        self._uncounted = recount.uncounted
        self._removed: set[str] = set()
        self._added: set[str] = set()

    def counts(self) -> None:
        """Bring the counts up to date."""
        silent = self._leave_out()
        came = {kind: self._counted(kind, silent) for kind in ("class", "property")}
        for key, delta in self._deltas.items():
            if key[0] not in came and not (key[0] == "class-property-class" and key[3] in silent):
                self._count(key, delta)
        if not any(came.values()):
            return
        for kind, total in (("class", "classes"), ("property", "properties")):
            self._count((total,), sum(came[kind].values()))
        used = {term for kind in came for term in self._was.values_apart(None, VOID + kind)}
        used |= {term for changed in came.values() for term, sign in changed.items() if sign > 0}
        used -= {term for changed in came.values() for term, sign in changed.items() if sign < 0}
        self.replaced(VOID + "vocabulary", vocabulary_lines(self._names, used))

    def replaced(self, predicate: str, lines: Iterable[str]) -> None:
        """Replace what is said of the dataset by one property."""
        self._removed.update(self._was.lines_apart(self._names.dataset, predicate))
        self._added.update(lines)

    def result(self) -> tuple[list[str], list[str]]:
        """Return the lines that go, and those that come."""
        return sorted(self._removed - self._added), sorted(self._added - self._removed)

    def _counted(self, kind: str, silent: set[str]) -> dict[str, int]:
        """Count classes or properties; return those that came (1) or went (-1)."""
        came: dict[str, int] = {}
        for key, delta in self._deltas.items():
            if key[0] == kind:
                before, after = self._count(key, delta)
                if (before > 0) != (after > 0):
                    came[key[1]] = 1 if after > 0 else -1
                if kind == "class" and key[1] in silent and after <= 0:
                    self._removed.update(uncounted_lines(self._names, key[1]))
                    self._added.difference_update(uncounted_lines(self._names, key[1]))
        return came

    def _count(self, key: Key, delta: int) -> tuple[int, int]:
        """Add to a count; return it before and after."""
        if key[0] in {"named-graph", "source"}:
            before = int(delta < 0)
        else:
            before = next((int(value) for value in self._was.values_apart(*place_of(self._names, key))), 0)
        self._removed.update(lines_of(self._names, key, before))
        self._added.update(lines_of(self._names, key, before + delta))
        return before, before + delta

    def _leave_out(self) -> set[str]:
        """Leave out what leads to classes that it would cost too much to count; return all for which that is so."""
        for cls in self._uncounted:
            for part in self._was.subjects_apart(VOID + "class", cls):
                if part != self._names.digest("class", cls):
                    self._removed.update(self._was.lines_apart(part))
                    self._removed.update(self._was.lines_apart(None, VOID + "classPartition", part))
            self._added.update(uncounted_lines(self._names, cls))
        concerned = {key[3] for key in self._deltas if key[0] == "class-property-class"}
        concerned |= {key[1] for key in self._deltas if key[0] == "class"}
        marked = {
            cls
            for cls in concerned
            if next(self._was.lines_apart(self._names.digest("class", cls), RDFS + "comment"), None) is not None
        }
        return marked | self._uncounted


def _all_counts(names: Names, counts: Mapping[Key, int]) -> Iterator[str]:
    terms = [key[1] for key in counts if key[0] in {"class", "property"}]
    totals: dict[Key, int] = {(kind,): counts.get((kind,), 0) for kind in TOTALS}
    totals["classes",] = sum(key[0] == "class" for key in counts)
    totals["properties",] = sum(key[0] == "property" for key in counts)
    for key, count in {**counts, **totals}.items():
        yield from lines_of(names, key, count)
    yield from vocabulary_lines(names, terms)


def _days(view: StoreView, iris: Iris) -> tuple[str, str]:
    """Return when the dataset was issued and last modified, as far as the data says: the ontology, and its sources."""
    ontology = iris.graph("ontology")
    issued = list(view.values(ONTOLOGY_IRI, DCTERMS + "created", ontology))
    modified = list(view.values(ONTOLOGY_IRI, DCTERMS + "modified", ontology))
    modified += [day for source in _sources(view) for day in view.values(source, DCTERMS + "issued")]
    return min(issued, default="")[:10], max(modified, default="")[:10]


def _sources(view: StoreView) -> Iterator[str]:
    return iter(view.instances(_SOURCE, "", at_most=100_000))


def _example_resources(view: StoreView, iris: Iris) -> list[str]:
    """Return one thing of each kind, where there is one."""
    return [thing for cls in _CLASSES for thing in view.instances(cls, f"{iris.base}id/", at_most=1)]
