"""Solutions of triple patterns: the order in which they are joined is chosen by what the tables hold."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kg.columns.algebra import Inverse, Node, Path, Triple, Variable
from kg.columns.arrays import UNBOUND, Array, is_among, unique
from kg.columns.paths import Paths, is_closure, parts_of, upright
from kg.columns.refusal import Refused
from kg.columns.relations import Relation, expand, join, restrict
from kg.columns.session import Session
from kg.columns.tables import Index, Table

Place = str | int
"""A variable's name, or a term's number."""

Narrow = Callable[[Relation], Relation]
"""Applies what filters can be applied to solutions."""

_MOST_STEPS: Final = 60
"""The order of joins is chosen in a time that grows with the square of their number."""

_APART: Final = 1e6
"""How much dearer a pattern is that shares no variable with what there is."""


@dataclass(frozen=True, slots=True)
class Step:
    """A pattern whose ends are variables or numbers, and whose predicate is one path, or a variable."""

    subject: Place
    path: Path | str
    object: Place

    @property
    def variables(self) -> list[str]:
        """The names that it binds."""
        return [each for each in (self.subject, self.object) if isinstance(each, str)] + (
            [self.path] if isinstance(self.path, str) else []
        )


class Matcher:
    """Joins the patterns of one query."""

    def __init__(self, session: Session, paths: Paths) -> None:
        """Match against the tables of a session."""
        self._session = session
        self._paths = paths
        self._between = itertools.count()

    def match(self, seed: Relation, triples: Sequence[Triple], narrow: Narrow) -> Relation:
        """Return the solutions of a seed, joined with patterns."""
        steps = [step for triple in triples for step in self._steps(triple)]
        if len(steps) > _MOST_STEPS:
            raise Refused("very many patterns")
        for name in {name for step in steps for name in step.variables} & set(seed.columns):
            if seed.size and int(seed.columns[name].min()) == UNBOUND:
                raise Refused("a pattern with a variable that may be unbound")
        found = narrow(seed)
        while steps:
            step = min(steps, key=lambda each: self._estimate(each, found))
            steps.remove(step)
            found = self._joined(found, step)
            self._session.budget.spend(found.size * len(found.columns))
            found = narrow(found)
        return found

    def _steps(self, triple: Triple) -> list[Step]:
        ends = [self._place(triple.subject), self._place(triple.object)]
        if isinstance(triple.predicate, Variable):
            return [Step(ends[0], triple.predicate.name, ends[1])]
        parts = list(parts_of(triple.predicate))
        nodes = [ends[0], *(f".between.{next(self._between)}" for _ in parts[1:]), ends[1]]
        return [_turned(nodes[each], part, nodes[each + 1]) for each, part in enumerate(parts)]

    def _place(self, node: Node) -> Place:
        return node.name if isinstance(node, Variable) else self._session.number(node)

    def _estimate(self, step: Step, found: Relation) -> float:
        """Return about how many solutions there are after a step."""
        begin, end = (isinstance(each, int) or each in found.columns for each in (step.subject, step.object))
        tied = any(name in found.columns for name in step.variables) or not found.columns
        apart = 1.0 if tied else _APART
        if isinstance(step.path, str):
            return (found.size * 20 if begin or end else float(len(self._session.tables))) * apart
        if is_closure(step.path):
            return (found.size * 4 + 10.0) * apart if begin or end else math.inf
        table = self._paths.table_of_pattern(step.path)
        return _estimate(step, table, found.size, begin=begin, end=end) * apart

    def _joined(self, found: Relation, step: Step) -> Relation:
        if isinstance(step.path, str):
            return self._anything(found, step)
        if is_closure(step.path):
            return self._closed(found, step)
        table = self._paths.table_of_pattern(step.path)
        subject, object_ = step.subject, step.object
        if isinstance(subject, int) and isinstance(object_, int):
            return found if object_ in table.forward.of_key(subject) else found.rows(np.zeros(0, np.int64))
        if isinstance(subject, int):
            return _with_others(found, str(object_), table.forward.of_key(subject))
        if isinstance(object_, int):
            return _with_others(found, subject, table.backward.of_key(object_))
        return _along(found, subject, object_, table)

    def _closed(self, found: Relation, step: Step) -> Relation:
        if isinstance(step.path, str):
            raise TypeError("a variable is no path")
        closure, backward = upright(step.path)
        begin, end = (step.object, step.subject) if backward else (step.subject, step.object)
        if begin == end:
            raise Refused("a path of any length from a node to itself")
        turned = not (isinstance(begin, int) or begin in found.columns)
        if turned:
            begin, end = end, begin
        if isinstance(begin, int):
            starts = np.array([begin], np.int32)
        elif begin in found.columns:
            starts = unique(found.columns[begin])
        elif closure.reflexive:
            raise Refused("a path of any length between any two nodes")
        else:
            begin, end, turned = end, begin, False
            starts = self._paths.starts(closure)
        if closure.reflexive and not all(self._is_node(each) for each in (begin, end) if isinstance(each, int)):
            raise Refused("a path of any length from what is no node of the graph")
        if closure.reflexive and np.any(starts < self._session.tables.dictionary.iris):
            # Oxigraph's planner takes it that what a path begins with is no literal, and compares accordingly.
            raise Refused("a path of any length from a literal")
        index = self._paths.reached(closure, starts, backward=turned)
        if isinstance(begin, int):
            others = index.others
            if isinstance(end, int):
                return found if end in others else found.rows(np.zeros(0, np.int64))
            return _with_others(found, end, others.astype(np.int32))
        if isinstance(end, int):
            return _with_others(found, begin, index.keys[index.others == end])
        return _along(found, begin, end, Table(index, index))

    def _is_node(self, number: int) -> bool:
        tables = self._session.tables
        return len(tables.by_subject.of_key(number)) > 0 or len(tables.by_object.of_key(number)) > 0

    def _anything(self, found: Relation, step: Step) -> Relation:
        """Join with triples of any predicate, which is that of a variable."""
        tables, row = self._session.tables, ".row"
        ends = ((step.subject, tables.subjects), (step.path, tables.predicates), (step.object, tables.objects))
        by_subject, by_object = tables.by_subject, tables.by_object
        if isinstance(step.subject, str) and step.subject in found.columns:
            found = expand(found, step.subject, by_subject, row)
        elif isinstance(step.object, str) and step.object in found.columns:
            found = expand(found, step.object, by_object, row)
        else:
            if isinstance(step.subject, int):
                rows = by_subject.of_key(step.subject)
            elif isinstance(step.object, int):
                rows = by_object.of_key(step.object)
            else:
                rows = np.arange(len(tables), dtype=np.int32)
            found = join(found, Relation({row: rows}, len(rows)))
        for place, column in ends:
            values = column[found.columns[row]]
            if isinstance(place, str) and place not in found.columns:
                found = found.with_columns({place: values})
            elif isinstance(place, str):
                found = found.rows(np.flatnonzero(found.columns[place] == values))
            elif isinstance(place, int):
                found = found.rows(np.flatnonzero(values == place))
        return found.without(row)


def _estimate(step: Step, table: Table, size: int, *, begin: bool, end: bool) -> float:
    """Return about how many solutions there are after a step along a table whose begin, or end, is known before."""
    if not len(table):
        return 0
    along, back = len(table) / table.forward.distinct, len(table) / table.backward.distinct
    if isinstance(step.subject, int):
        along = len(table.forward.of_key(step.subject))
    if isinstance(step.object, int):
        back = len(table.backward.of_key(step.object))
    if begin and end:
        if isinstance(step.object, int):
            return size * min(1.0, back / table.forward.distinct)
        return size * min(1.0, along / table.backward.distinct)
    return size * (along if begin else back if end else len(table))


def _turned(subject: Place, path: Path, object_: Place) -> Step:
    while isinstance(path, Inverse):
        subject, object_, path = object_, subject, path.path
    return Step(subject, path, object_)


def _with_others(found: Relation, name: str, others: Array) -> Relation:
    if name in found.columns:
        return found.rows(np.flatnonzero(is_among(found.columns[name], others)))
    relation = Relation({name: others}, len(others))
    return join(found, relation) if found.columns or found.size != 1 else relation


def _along(found: Relation, subject: str, object_: str, table: Table) -> Relation:
    if subject in found.columns and object_ in found.columns:
        return restrict(found, subject, table.forward, object_)
    if subject in found.columns:
        if subject == object_:
            return restrict(found, subject, table.forward, object_)
        return expand(found, subject, table.forward, object_)
    if object_ in found.columns:
        return expand(found, object_, table.backward, subject)
    pairs: Index = table.forward
    if subject == object_:
        same = pairs.keys[pairs.keys == pairs.others]
        relation = Relation({subject: same}, len(same))
    else:
        relation = Relation({subject: pairs.keys, object_: pairs.others}, len(pairs.keys))
    return join(found, relation) if found.columns or found.size != 1 else relation
