"""Expressions over whole tables of solutions: once for each different combination of what they read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from kg.columns.algebra import Call, Expression, Variable, variables_of
from kg.columns.arrays import UNBOUND, Array, first_rows, row_codes
from kg.columns.functions import call
from kg.columns.refusal import Refused
from kg.columns.relations import Relation
from kg.columns.session import Session
from kg.columns.values import FALSE, Failed, Family, Value, effective_truth, equal, truth

Row = Mapping[str, int]
Arguments = tuple[Expression, ...]

MOST_DIFFERENT: Final = 20_000
"""So many combinations are evaluated one by one, which takes 0.2 s; with more of them the engine is faster."""


def evaluated(session: Session, expression: Expression, relation: Relation) -> Array:
    """Return the terms that an expression gives for each solution, unbound where it has an error."""
    if isinstance(expression, Variable):
        return relation.column(expression.name)
    if isinstance(expression, Call) and expression.name == "LANG" and isinstance(expression.arguments[0], Variable):
        column = relation.column(expression.arguments[0].name)
        if session.is_known(column):
            return _tags(session, column)
    rows, which = different(expression, relation)
    found = [_number(session, expression, row) for row in rows]
    return np.array(found, np.int32)[which] if found else np.zeros(0, np.int32)


def different(expression: Expression, relation: Relation) -> tuple[list[Row], Array]:
    """Return the different combinations of what an expression reads, and which one each solution has.

    Raises:
        Refused: there are too many.
    """
    names = sorted(variables_of(expression) & set(relation.columns))
    key, count = row_codes([relation.columns[name] for name in names], relation.size)
    if count > MOST_DIFFERENT:
        raise Refused("an expression of too many different values")
    first = first_rows(key, count)
    parts = [relation.columns[name][first].tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*parts, strict=True)] if names else [{}] * count, key


def value_in(session: Session, expression: Expression, row: Row) -> Value:
    """Return the value of an expression in one solution.

    Raises:
        Failed: it has an error there.
    """
    if isinstance(expression, Value):
        return expression
    if isinstance(expression, Variable):
        number = row.get(expression.name, UNBOUND)
        if number == UNBOUND:
            raise Failed
        return session.value(number)
    if not isinstance(expression, Call):
        raise Refused("an aggregate where there are no groups")
    if expression.name in _FORMS:
        return _FORMS[expression.name](session, expression.arguments, row)
    return call(expression.name, [value_in(session, each, row) for each in expression.arguments])


def _number(session: Session, expression: Expression, row: Row) -> int:
    try:
        return session.number(value_in(session, expression, row))
    except Failed:
        return UNBOUND


def _tags(session: Session, column: Array) -> Array:
    """Return the languages of terms, as terms; IRIs, blank nodes and what is unbound have none to ask for."""
    literals = session.tables.literals
    numbers = np.array([session.number(Value(Family.STRING, tag)) for tag in literals.languages], np.int32)
    is_literal = (column >= 0) & (column < session.tables.dictionary.iris)
    if not is_literal.any():
        return np.full(len(column), UNBOUND, np.int32)
    return np.where(is_literal, numbers[literals.tags[np.where(is_literal, column, 0)]], UNBOUND).astype(np.int32)


def _connective(decisive: bool) -> Callable[[Session, Arguments, Row], Value]:
    """Return what evaluates `||` (which a truth decides) or `&&`, also where one side has an error (section 17.2)."""

    def evaluate(session: Session, arguments: Arguments, row: Row) -> Value:
        errors = 0
        for side in arguments:
            try:
                if effective_truth(value_in(session, side, row)) == decisive:
                    return truth(decisive)
            except Failed:
                errors += 1
        if errors:
            raise Failed
        return truth(not decisive)

    return evaluate


def _negated(session: Session, arguments: Arguments, row: Row) -> Value:
    return truth(not effective_truth(value_in(session, arguments[0], row)))


def _is_bound(_: Session, arguments: Arguments, row: Row) -> Value:
    if not isinstance(arguments[0], Variable):
        raise Refused("BOUND of what is no variable")
    return truth(row.get(arguments[0].name, UNBOUND) != UNBOUND)


def _chosen(session: Session, arguments: Arguments, row: Row) -> Value:
    condition, first, second = arguments
    return value_in(session, first if effective_truth(value_in(session, condition, row)) else second, row)


def _coalesced(session: Session, arguments: Arguments, row: Row) -> Value:
    for each in arguments:
        try:
            return value_in(session, each, row)
        except Failed:
            continue
    raise Failed


def _is_in(session: Session, arguments: Arguments, row: Row) -> Value:
    value, error = value_in(session, arguments[0], row), False
    for each in arguments[1:]:
        try:
            if equal(value, value_in(session, each, row)):
                return truth(True)
        except Failed:
            error = True
    if error:
        raise Failed
    return FALSE


_FORMS: Final[Mapping[str, Callable[[Session, Arguments, Row], Value]]] = {
    "||": _connective(True),
    "&&": _connective(False),
    "!": _negated,
    "BOUND": _is_bound,
    "IF": _chosen,
    "COALESCE": _coalesced,
    "IN": _is_in,
}
"""What does not evaluate all of its arguments, or does with their errors (section 17.4.1)."""
