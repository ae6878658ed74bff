"""Property paths as tables of pairs (SPARQL 1.1 Query, section 18.4)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kg.columns.algebra import Alternative, Closure, Inverse, Link, Path, Sequence
from kg.columns.arrays import Array, check_size, is_among, spread, unique
from kg.columns.refusal import Refused
from kg.columns.session import Session
from kg.columns.tables import Index, Table, table_of
from kg.columns.values import Family, Value


class Paths:
    """The pairs of the paths of one query, each worked out once."""

    def __init__(self, session: Session) -> None:
        """Read the tables of a session."""
        self._session = session
        self._tables: dict[Path, Table] = {}

    def table(self, path: Path) -> Table:
        """Return all pairs of a path that is no closure."""
        if path not in self._tables:
            self._tables[path] = self._made(path)
        return self._tables[path]

    def table_of_pattern(self, path: Path) -> Table:
        """Return all pairs of a path that stands in a pattern.

        Raises:
            Refused: it leads from one node to another in several ways, which count as several in the specification
                (section 18.4) and as one in Oxigraph.
        """
        table = self.table(path)
        if not isinstance(path, Link):
            keys, others = table.forward.keys, table.forward.others
            if np.any((keys[1:] == keys[:-1]) & (others[1:] == others[:-1])):
                raise Refused("a path that leads somewhere in several ways")
        return table

    def _made(self, path: Path) -> Table:
        match path:
            case Link(iri):
                number = self._session.number(Value(Family.IRI, iri))
                return self._session.tables.by_predicate.get(number) or _EMPTY
            case Inverse(inner):
                table = self.table(inner)
                return Table(table.backward, table.forward)
            case Alternative(left, right):
                tables = [self.table(left).forward, self.table(right).forward]
                keys = np.concatenate([each.keys for each in tables])
                return table_of(keys, np.concatenate([each.others for each in tables]))
            case Sequence(first, second):
                begin, index = self.table(first).forward, self.table(second).forward
                begins, counts = index.ranges(begin.others)
                check_size(int(counts.sum()), 4)
                which, places = spread(begins, counts)
                return table_of(begin.keys[which], index.others[places])
            case Closure():
                raise Refused("a path of any length within another path")

    def reached(self, closure: Closure, starts: Array, *, backward: bool) -> Index:
        """Return, by start, the ends that a closure leads to from some distinct nodes, or that lead to them."""
        if not self._session.is_known(starts):
            raise Refused("a path from a term that is not in the graph")
        table = self.table(closure.path)
        index = table.backward if backward else table.forward
        origins = np.arange(len(starts), dtype=np.int64)
        span = self._session.size
        pairs = [origins * span + starts] if closure.reflexive else []
        seen = pairs[0] if pairs else origins[:0]
        here, at = origins, starts
        while len(at):
            begins, counts = index.ranges(at)
            check_size(int(counts.sum()), 4)
            which, places = spread(begins, counts)
            found = unique(here[which] * span + index.others[places])
            found = found[~is_among(found, seen)]
            seen = np.sort(np.concatenate([seen, found]))
            check_size(len(seen), 4)
            self._session.budget.spend(5 * len(seen))  # they are sorted, which takes longer than a join
            pairs.append(found)
            here, at = found // span, found % span
            if not closure.repeated:
                break
        all_pairs = np.sort(np.concatenate(pairs)) if pairs else seen
        return Index.of(starts[all_pairs // span], all_pairs % span)

    def starts(self, closure: Closure) -> Array:
        """Return the nodes that the first step of a closure leads away from."""
        return unique(self.table(closure.path).forward.keys)


def is_closure(path: Path | object) -> bool:
    """Tell whether a path is a closure, or the inverse of one."""
    return isinstance(path, Closure) or (isinstance(path, Inverse) and is_closure(path.path))


def upright(path: Path) -> tuple[Closure, bool]:
    """Return the closure that a path is, and whether it is followed from its end."""
    backward = False
    while isinstance(path, Inverse):
        path, backward = path.path, not backward
    if not isinstance(path, Closure):
        raise TypeError(f"{path} is no closure")
    return path, backward


def parts_of(path: Path) -> Iterable[Path]:
    """Yield the steps of a sequence, in their order."""
    if isinstance(path, Sequence):
        yield from parts_of(path.first)
        yield from parts_of(path.second)
    elif isinstance(path, Inverse) and isinstance(path.path, Sequence):
        yield from reversed([Inverse(each) for each in parts_of(path.path)])
    else:
        yield path


_NONE = np.zeros(0, np.int32)
_EMPTY = Table(Index.of(_NONE, _NONE), Index.of(_NONE, _NONE))
