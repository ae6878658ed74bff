"""Conditions over whole tables of solutions: by ranks and languages where those tell, else one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from kg.columns.algebra import Call, Expression, Variable
from kg.columns.arrays import UNBOUND, Array
from kg.columns.evaluating import Arguments, different, value_in
from kg.columns.literals import CLASS_OF
from kg.columns.relations import Relation
from kg.columns.searching import ERROR, SEARCHES, searched
from kg.columns.session import Session
from kg.columns.values import (
    EXACT,
    UNORDERED,
    Failed,
    Family,
    Value,
    compared,
    double_of,
    effective_truth,
    equal,
)

_MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_X: Final = Variable("x")


def fulfilling(session: Session, condition: Expression, relation: Relation) -> Relation:
    """Return the solutions for which a condition is true.

    Raises:
        Refused: it cannot be told for some of them.
    """
    which = np.flatnonzero(_truths(session, condition, relation) == 1)
    return relation if len(which) == relation.size else relation.rows(which)


def _truths(session: Session, condition: Expression, relation: Relation) -> Array:
    """Return 1, 0 or -1 for each solution: true, false, or an error."""
    if isinstance(condition, Call):
        if condition.name in _FORMS:
            return _FORMS[condition.name](session, condition.arguments, relation)
        if condition.name in _MIRRORED:
            return _comparison(session, condition, relation)
        if condition.name in SEARCHES and (found := searched(session, condition, relation)) is not None:
            return found
    return _one_by_one(session, condition, relation)


def _either(session: Session, arguments: Arguments, relation: Relation) -> Array:
    first, second = (_truths(session, each, relation) for each in arguments)
    undecided = np.where((first == ERROR) | (second == ERROR), ERROR, 0)
    return np.where((first == 1) | (second == 1), 1, undecided)


def _both(session: Session, arguments: Arguments, relation: Relation) -> Array:
    first, second = (_truths(session, each, relation) for each in arguments)
    undecided = np.where((first == ERROR) | (second == ERROR), ERROR, 1)
    return np.where((first == 0) | (second == 0), 0, undecided)


def _negated(session: Session, arguments: Arguments, relation: Relation) -> Array:
    found = _truths(session, arguments[0], relation)
    return np.where(found == ERROR, ERROR, 1 - found)


_FORMS: Final[Mapping[str, Callable[[Session, Arguments, Relation], Array]]] = {
    "||": _either,
    "&&": _both,
    "!": _negated,
}


def _one_by_one(session: Session, condition: Expression, relation: Relation) -> Array:
    rows, which = different(condition, relation)
    found = []
    for row in rows:
        try:
            found.append(int(effective_truth(value_in(session, condition, row))))
        except Failed:
            found.append(ERROR)
    return np.array(found, np.int64)[which] if found else np.zeros(0, np.int64)


def _comparison(session: Session, condition: Call, relation: Relation) -> Array:
    name, (left, right) = condition.name, condition.arguments
    if isinstance(left, Value):
        name, left, right = _MIRRORED[name], right, left
    if isinstance(right, Value):
        if isinstance(left, Variable):
            return _compared(session, relation.column(left.name), name, right)
        if isinstance(left, Call) and (left.name, name, right.family) == ("LANG", "=", Family.STRING):
            (inner,) = left.arguments
            if isinstance(inner, Variable) and session.is_known(relation.column(inner.name)):
                return _has_language(session, relation.column(inner.name), str(right.content))
    return _one_by_one(session, condition, relation)


def _has_language(session: Session, column: Array, wanted: str) -> Array:
    """Return whether the language of terms is a wanted one; IRIs and blank nodes have none to ask for."""
    literals = session.tables.literals
    is_literal = (column >= 0) & (column < session.tables.dictionary.iris)
    if not is_literal.any():
        return np.full(len(column), ERROR, np.int64)
    tag = literals.languages.index(wanted) if wanted in literals.languages else -2
    same = literals.tags[np.where(is_literal, column, 0)] == tag
    return np.where(is_literal, same, ERROR).astype(np.int64)


def _compared(session: Session, column: Array, name: str, value: Value) -> Array:
    """Return how terms compare with a constant: by their ranks, where they are terms of the revision."""
    bound = column != UNBOUND
    if not session.is_known(column) or value.family in {Family.TAGGED, Family.BLANK, Family.UNKNOWN, Family.OPAQUE}:
        return _one_by_one(session, Call(name, (_X, value)), _single(column))
    places = np.where(bound, column, 0)
    families = session.tables.literals.families[places]
    if np.any(bound & _is_slow(families, value)):
        return _one_by_one(session, Call(name, (_X, value)), _single(column))
    if value.family in EXACT and np.any(bound & (families == Family.DOUBLE)):
        if np.any(bound & ((families == Family.INTEGER) | (families == Family.DECIMAL))):
            return _one_by_one(session, Call(name, (_X, value)), _single(column))
        value = Value(Family.DOUBLE, double_of(value))  # as which it is compared with doubles
    alike = CLASS_OF[families] == CLASS_OF[value.family]
    ranks = session.tables.literals.ranks[places]
    low, high = _range(session, value)
    same = alike & (ranks >= low) & (ranks < high)
    if name in {"=", "!="}:
        return np.where(bound, same == (name == "="), ERROR).astype(np.int64)
    holds = {"<": ranks < low, "<=": ranks < high, ">": ranks >= high, ">=": ranks >= low}[name]
    return np.where(bound & (same if value.family in UNORDERED else alike), holds, ERROR).astype(np.int64)


def _is_slow(families: Array, value: Value) -> Array:
    """Tell which families compare with a value in ways that ranks do not show."""
    kinds = [Family.OPAQUE, Family.UNKNOWN, Family.BLANK]
    kinds += [Family.INTEGER, Family.DECIMAL] if value.family is Family.DOUBLE else []
    slow = np.zeros(len(Family), np.bool_)
    slow[kinds] = True
    found: Array = slow[families]
    return found


def _range(session: Session, value: Value) -> tuple[int, int]:
    """Return the least rank of terms that are not below a value, and the least of those that are above it."""
    ordered = session.tables.literals.ordered.get(Family(int(CLASS_OF[value.family])))
    ranks = session.tables.literals.ranks
    if ordered is None or not len(ordered):
        return 0, 0
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if _is_before(session.value(int(ordered[middle])), value):
            low = middle + 1
        else:
            high = middle
    if low == len(ordered):
        end = int(ranks[ordered[-1]]) + 1
        return end, end
    rank = int(ranks[ordered[low]])
    return rank, rank + equal(session.value(int(ordered[low])), value)


def _is_before(value: Value, other: Value) -> bool:
    if value.family in UNORDERED:  # as their ranks have it
        return str(value.content).encode() < str(other.content).encode()
    return compared(value, other) < 0


def _single(column: Array) -> Relation:
    return Relation({_X.name: column}, len(column))
