"""Answers queries: from text to solutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from kg.columns.algebra import (
    Aggregate,
    Basic,
    Bind,
    Call,
    Exists,
    Expression,
    Filter,
    Group,
    Member,
    Minus,
    Optional,
    Order,
    Select,
    Triple,
    Union,
    Values,
    Variable,
    aggregates_of,
    columns_of,
    variables_of,
)
from kg.columns.arrays import UNBOUND, Array, distinct_rows
from kg.columns.evaluating import evaluated
from kg.columns.filtering import fulfilling
from kg.columns.grouping import Groups
from kg.columns.matching import Matcher
from kg.columns.paths import Paths
from kg.columns.refusal import Refused
from kg.columns.relations import UNIT, Relation, join, left_join, semi_join, union
from kg.columns.session import Session
from kg.columns.tables import Tables


@dataclass(frozen=True, slots=True)
class Solutions:
    """The solutions of a query, in its order: a column of terms for each variable that it selects."""

    names: tuple[str, ...]
    columns: tuple[Array, ...]
    size: int
    session: Session


def solutions(tables: Tables, query: Select) -> Solutions:
    """Return the solutions of a query.

    Raises:
        Refused: what the query meets among the data is not judged here.
    """
    session = Session(tables)
    found = _Answering(session).select(query, nested=False)
    names = columns_of(query)
    return Solutions(tuple(names), tuple(found.column(name) for name in names), found.size, session)


class _Answering:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._matcher = Matcher(session, Paths(session))

    def select(self, query: Select, *, nested: bool) -> Relation:
        found = self._group(query.where)
        projection: Sequence[tuple[str, Expression | None]] = query.projection or ()
        order = query.order
        if query.keys is not None:
            found, names = self._grouped(query, found, nested=nested)
            for condition in query.having:
                found = fulfilling(self._session, _renamed(condition, names), found)
            projection = [(name, None if each is None else _renamed(each, names)) for name, each in projection]
            order = tuple(Order(_renamed(each.expression, names), each.descending) for each in order)
        for name, expression in projection:
            if expression is not None:
                found = found.with_columns({name: evaluated(self._session, expression, found)})
        keys = [self._ranks(each, found) for each in order]
        rows = np.lexsort(keys[::-1]) if keys else np.arange(found.size)
        names_ = columns_of(query)
        if (query.distinct or nested) and any(self._session.is_rounded(found.column(name)) for name in names_):
            raise Refused("rounded doubles are told apart, or go on being evaluated")
        if query.distinct:
            rows = rows[distinct_rows([found.column(name)[rows] for name in names_], len(rows))]
        rows = _part(rows, keys, query.limit, query.offset)
        return Relation({name: found.column(name)[rows] for name in names_}, len(rows))

    def _ranks(self, order: Order, relation: Relation) -> Array:
        ranks = self._session.ranks(evaluated(self._session, order.expression, relation))
        return -ranks if order.descending else ranks

    def _grouped(self, query: Select, found: Relation, *, nested: bool) -> tuple[Relation, Mapping[Aggregate, str]]:
        keys = query.keys or ()
        for name, expression in keys:
            if expression is not None:
                found = found.with_columns({name: evaluated(self._session, expression, found)})
        number = self._session.number if nested else self._session.fresh
        groups = Groups(self._session, found, [name for name, _ in keys], number)
        said = [each for _, each in query.projection or () if each is not None]
        said += [*query.having, *(each.expression for each in query.order)]
        names: dict[Aggregate, str] = {}
        columns = dict(groups.keys)
        for aggregate in dict.fromkeys(each for expression in said for each in aggregates_of(expression)):
            names[aggregate] = f".aggregate.{len(names)}"
            columns[names[aggregate]] = groups.aggregated(aggregate)
        return Relation(columns, groups.count), names

    def _group(self, group: Group) -> Relation:
        found = UNIT
        filters = [member.condition for member in group.members if isinstance(member, Filter)]
        waiting: list[Triple] = []
        for member in group.members:
            if isinstance(member, Basic):
                waiting += member.triples
            elif not isinstance(member, Filter | Exists):
                found = self._with_member(self._matched(found, waiting, filters), member)
                waiting = []
        found = self._matched(found, waiting, filters)
        for condition in filters:
            found = fulfilling(self._session, condition, found)
        for member in group.members:
            if isinstance(member, Exists):
                found = semi_join(found, self._group(member.group), negated=member.negated)
        return found

    def _matched(self, found: Relation, triples: list[Triple], filters: list[Expression]) -> Relation:
        if not triples:
            return found
        return self._matcher.match(found, triples, partial(self._narrowed, filters))

    def _narrowed(self, filters: list[Expression], found: Relation) -> Relation:
        """Apply the filters whose variables all have values for good, and take them off the list."""
        for condition in [each for each in filters if variables_of(each) <= set(found.columns)]:
            if all(not found.size or int(found.columns[name].min()) != UNBOUND for name in variables_of(condition)):
                found = fulfilling(self._session, condition, found)
                filters.remove(condition)
        return found

    def _with_member(self, found: Relation, member: Member) -> Relation:
        """Return what a member of a group makes of the solutions before it."""
        match member:
            case Bind(expression, name):
                return found.with_columns({name: evaluated(self._session, expression, found)})
            case Optional(inner):
                return left_join(found, self._group(inner))
            case Minus(inner):
                return semi_join(found, self._group(inner), negated=True)
            case _:
                return join(found, self._alone(member))

    def _alone(self, member: Member) -> Relation:
        """Return the solutions of a member that does not depend on those before it."""
        match member:
            case Union(groups):
                return union(self._group(each) for each in groups)
            case Values():
                return self._written(member)
            case Select():
                return self.select(member, nested=True)
            case Group():
                return self._group(member)
            case _:
                raise TypeError(f"{member} depends on what is before it")

    def _written(self, values: Values) -> Relation:
        columns: dict[str, Array] = {}
        for place, name in enumerate(values.names):
            terms = [row[place] for row in values.rows]
            if all(term is None for term in terms) and terms:
                continue
            columns[name] = np.array(
                [UNBOUND if term is None else self._session.number(term) for term in terms], np.int32
            )
        return Relation(columns, len(values.rows))


def _part(rows: Array, keys: Sequence[Array], limit: int | None, offset: int) -> Array:
    """Return a part of ordered rows.

    Raises:
        Refused: the part begins or ends between rows that are equal to the order, so that the engine's choice counts.
    """
    ends = [offset] if limit is None or limit == 0 else [offset, offset + limit]
    for end in ends:
        if 0 < end < len(rows) and all(key[rows[end - 1]] == key[rows[end]] for key in keys):
            raise Refused("a part of the solutions that ends between equal ones")
    return rows[offset:] if limit is None else rows[offset : offset + limit]


def _renamed(expression: Expression, names: Mapping[Aggregate, str]) -> Expression:
    """Return an expression with variables in place of its aggregates."""
    if isinstance(expression, Aggregate):
        return Variable(names[expression])
    if isinstance(expression, Call):
        return Call(expression.name, tuple(_renamed(each, names) for each in expression.arguments))
    return expression
