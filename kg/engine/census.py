"""Counting a dataset in the terms of VoID, over columns of numbers that `kg.engine.tally` has read."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from kg.engine.statistics import Key, keys_of_triple
from kg.engine.tally import Part, Row, Scope, datatype_of
from kg.lazy import Lazy
from kg.terms import RDF

np: Any = Lazy("numpy")
T = TypeVar("T")

_TYPE: Final = f"<{RDF}type>".encode()
_ODD: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
"""Odd numbers by which numbers are multiplied to have sums of them differ (those of xxHash)."""


class Census:
    """Columns of all parts together: each subject, object, predicate has a number here, from 0."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """Bring the parts together."""
        self._parts = [part for part in parts if part.subjects]
        rows: dict[Row, int] = {}
        numbers = [
            np.fromiter((rows.setdefault(row, len(rows)) for row in part.numbers), np.int32, len(part.numbers))
            for part in self._parts
        ]
        self._predicates, predicate = _coded(row[0] for row in rows)
        self._kinds, kind = _coded(row[1] for row in rows)
        self._graphs, graph = _coded(row[2] for row in rows)
        row = _joined([again[_column(part.rows)] for part, again in zip(self._parts, numbers, strict=True)], np.int32)
        with ThreadPoolExecutor(2) as threads:  # numpy sorts beside other threads
            both = threads.map(self._ranked, ("subjects", "objects"))
        (self._subjects, subject), (self._objects, value) = both
        self._in_graph = np.bincount(graph[row], minlength=len(self._graphs)).tolist() if len(row) else []
        self._kind = np.zeros(len(self._objects), np.int64)
        self._kind[value] = kind[row] if len(row) else 0
        self._merge(subject, predicate[row] if len(row) else subject, value)

    def _ranked(self, name: str) -> tuple[Any, Any]:
        column = _joined([_column(getattr(part, name)) for part in self._parts], np.int64)
        return np.unique(column, return_inverse=True)  # type: ignore[no-any-return]

    def _merge(self, subject: Any, predicate: Any, value: Any) -> None:
        """Keep each triple once, whatever graphs it is in, sorted by subject, predicate, object."""
        many, wide = max(len(self._predicates), 1), max(len(self._objects), 1)
        if len(self._subjects) * many * wide < 1 << 63:
            packed = _distinct((subject * many + predicate) * wide + value)
            pairs, self._object = np.divmod(packed, wide)
            self._subject, self._predicate = np.divmod(pairs, many)
        else:
            self._subject, self._predicate, self._object = np.unique(np.stack((subject, predicate, value)), axis=1)

    def counts(self, scope: Scope) -> Counter[Key]:
        """Return all counts but those of the graphs that are there."""
        counts: Counter[Key] = Counter()
        for name, count in zip(self._graphs, self._in_graph, strict=True):
            if name is None:
                counts["default-graph",] = count
            elif name.startswith(b"<"):
                counts["graph", _iri(name)] = count
        counts["subjects",], counts["objects",] = len(self._subjects), len(self._objects)
        entities = _joined([_column(part.entities) for part in self._parts], np.int64)
        counts["entities",] = len(_distinct(entities)) if scope.space else 0
        for key, end, ends in (
            ("property-subjects", self._subject, self._subjects),
            ("property-objects", self._object, self._objects),
        ):
            pairs = _distinct(self._predicate * len(ends) + end)
            for number, count in enumerate(np.bincount(pairs // max(len(ends), 1)).tolist()):
                counts[key, _iri(self._predicates[number])] = count
        self._count_classes(counts)
        counts.update(("source", _iri(name)) for name in set().union(*(part.listed for part in self._parts)))
        return +counts

    def _count_classes(self, counts: Counter[Key]) -> None:
        """Count things by class, and triples by the classes of their ends and the datatypes of literals."""
        names = {number: name for part in self._parts for number, name in part.classes.items()}
        known = np.isin(self._objects, np.fromiter(names, np.int64, len(names)))
        typed = known[self._object] if len(self._object) else np.zeros(0, bool)
        typed &= self._predicate == (self._predicates.index(_TYPE) if _TYPE in self._predicates else -1)
        sets = _Sets(self._subject[typed], self._object[typed], len(self._subjects))

        def classes(number: int) -> list[str]:
            return [_iri(names[int(self._objects[cls])]) for cls in sets.members(number)]

        found, often = np.unique(self._object[typed], return_counts=True)
        for cls, count in zip(self._objects[found].tolist(), often.tolist(), strict=True):
            counts["class", _iri(names[cls])] = count
        # An object is a literal of a kind, or has the classes of the subject that it is, or none.
        ends = np.zeros(len(self._objects), np.int64)
        places = np.searchsorted(self._subjects, self._objects)
        places[places == len(self._subjects)] = 0
        same = self._subjects[places] == self._objects if len(places) else np.zeros(0, bool)
        ends[same] = sets.numbers[places[same]]
        literal = np.array([kind is not None for kind in self._kinds] or [False])[self._kind]
        ends[literal] = -1 - self._kind[literal]
        for (subject, predicate, end), count in _counted(
            sets.numbers[self._subject], self._predicate, ends[self._object]
        ):
            kind = datatype_of(self._kinds[-1 - end] or b"") if end < 0 else classes(end)
            for key in keys_of_triple(_iri(self._predicates[predicate]), classes(subject), kind):
                counts[key] += count


class _Sets:
    """Which classes things have: each set of classes that occurs has a number, 0 is that of no class."""

    def __init__(self, things: Any, classes: Any, count: int) -> None:
        """Know pairs of things, of which there are so many, and classes: sorted by things, and each pair once."""
        self._classes = classes
        named, starts = np.unique(things, return_index=True)
        # Two sets of classes are the same if the sums of the mixed numbers of their classes are.
        mixed = (classes.astype(np.uint64) + np.uint64(1)) * np.uint64(_ODD[0])
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(_ODD[1])
        mixed ^= mixed >> np.uint64(32)
        sums = np.add.reduceat(mixed, starts) if len(starts) else np.zeros(0, np.uint64)
        _, self._examples, numbers = np.unique(sums, return_index=True, return_inverse=True)
        self._starts = np.append(starts, len(things))
        self.numbers = np.zeros(count, np.int64)
        """The number of the set of each thing."""
        self.numbers[named] = numbers.reshape(-1) + 1

    def members(self, number: int) -> list[int]:
        """Return the classes of a set."""
        if number == 0:
            return []
        thing = int(self._examples[number - 1])
        found: list[int] = self._classes[self._starts[thing] : self._starts[thing + 1]].tolist()
        return found


def _coded(names: Iterable[T]) -> tuple[list[T], Any]:
    """Return the names that there are, and the column of their numbers."""
    every: dict[T, int] = {}
    column = np.array([every.setdefault(name, len(every)) for name in names], np.int64)
    return list(every), column


def _column(numbers: array[int]) -> Any:
    return np.frombuffer(numbers, np.dtype(numbers.typecode))


def _distinct(numbers: Any) -> Any:
    """Return the numbers that there are, in order; numpy's own way takes 20 times as long where most are different."""
    numbers = np.sort(numbers)
    first = np.ones(len(numbers), bool)
    first[1:] = numbers[1:] != numbers[:-1]
    return numbers[first]


def _joined(columns: Sequence[Any], kind: Any) -> Any:
    return np.concatenate(columns) if columns else np.empty(0, kind)


def _counted(*columns: Any) -> Iterator[tuple[tuple[int, ...], int]]:
    """Return which rows of small numbers there are, and how often each of them."""
    least = [int(column.min(initial=0)) for column in columns]
    spans = [int(column.max(initial=0)) - low + 1 for column, low in zip(columns, least, strict=True)]
    if math.prod(spans) >= 1 << 62:
        rows, found = np.unique(np.stack(columns), axis=1, return_counts=True)
        yield from zip(map(tuple, rows.T.tolist()), found.tolist(), strict=True)
        return
    packed = np.zeros(len(columns[0]), np.int64)
    for column, low, span in zip(columns, least, spans, strict=True):
        packed = packed * span + (column - low)
    for number, count in zip(*(found.tolist() for found in np.unique(packed, return_counts=True)), strict=True):
        rest, row = number, []
        for low, span in zip(reversed(least), reversed(spans), strict=True):
            rest, digit = divmod(rest, span)
            row.append(digit + low)
        yield tuple(reversed(row)), count


def _iri(name: bytes) -> str:
    return name[1:-1].decode() if name[:1] == b"<" else name.decode()
