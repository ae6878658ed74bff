"""Rules on variables that the engine's parser holds a query to, and where its answer is not determined.

A query that breaks one is left to the engine, which says what is wrong with it.
"""

from __future__ import annotations

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
    Select,
    Union,
    Variable,
    aggregates_of,
    variables_of,
    visible_in,
)
from kg.columns.refusal import Refused


def check_select(select: Select) -> None:
    """Refuse a query whose variables are not as they must be, or that cuts solutions that are in no order."""
    visible = visible_in(select.where)
    _check_group(select.where, frozenset())
    names = [name for name, _ in select.projection or ()]
    if len(set(names)) != len(names):
        raise Refused("a variable is selected twice")
    if any(expression is not None and name in visible for name, expression in select.projection or ()):
        raise Refused("a variable is selected that has a value already")
    if (select.limit is not None or select.offset) and not select.order:
        raise Refused("a part of the solutions, which are in no order")
    if select.keys is None:
        if select.having:
            raise Refused("HAVING without groups")
        return
    _check_grouped(select, visible)


def _check_grouped(select: Select, visible: set[str]) -> None:
    if select.projection is None:
        raise Refused("all variables of groups")
    keys = {name for name, _ in select.keys or ()}
    if len(keys) != len(select.keys or ()):
        raise Refused("a key is named twice")
    if any(expression is not None and name in visible for name, expression in select.keys or ()):
        raise Refused("a key is named as a variable is")
    if keys & {name for name, expression in select.projection if expression is not None}:
        raise Refused("a key is selected as something else")
    if any(isinstance(expression, Variable) for _, expression in select.keys or ()):
        raise Refused("a key that only renames a variable, which the engine does not read")
    if any(aggregates_of(expression) for _, expression in select.keys or () if expression is not None):
        raise Refused("an aggregate as a key")
    known = set(keys)
    for condition in select.having:
        _check_outside(condition, known)
    for name, expression in select.projection:
        if expression is None:
            _check_outside(Variable(name), known)
        else:
            _check_outside(expression, known)
            known.add(name)
    for key in select.order:
        _check_outside(key.expression, known)


def _check_outside(expression: Expression, known: set[str]) -> None:
    """Refuse an expression that reads, outside aggregates, what a group has no single value of."""
    if isinstance(expression, Variable) and expression.name not in known:
        raise Refused("a variable that is no key of the groups")
    if isinstance(expression, Call):
        for each in expression.arguments:
            _check_outside(each, known)
    if isinstance(expression, Aggregate) and expression.argument is not None:
        if aggregates_of(expression.argument):
            raise Refused("an aggregate within an aggregate")
        if variables_of(expression.argument) & {name for name in known if name.startswith(".")}:
            raise Refused("a hidden key within an aggregate")


def _check_group(group: Group, outside: frozenset[str]) -> None:
    """Refuse a group in which an engine that goes from left to right could see other values than one from within.

    `outside` are the variables that are bound around the group.
    """
    visible = visible_in(group)
    for place, member in enumerate(group.members):
        others = Group((*group.members[:place], *group.members[place + 1 :]))
        around = outside | visible_in(others)
        before = visible_in(Group(group.members[:place]))
        match member:
            case Filter(condition):
                if aggregates_of(condition) or variables_of(condition) - visible:
                    raise Refused("a filter of aggregates, or of what its group does not bind")
            case Bind(expression, name):
                if name in around or variables_of(expression) - before:
                    raise Refused("BIND of a variable that is bound elsewhere, or of what is not bound before it")
            case Exists(inner, _):
                _check_condition(inner, visible, around)
            case Minus(inner):
                _check_condition(inner, before, around)
            case Optional(inner):
                if (visible_in(inner) & around) - before:
                    raise Refused("an optional variable that is bound elsewhere")
                _check_group(inner, around)
            case _:
                _check_inner(member, around)


def _check_inner(member: Member, around: frozenset[str]) -> None:
    match member:
        case Union(groups):
            for each in groups:
                _check_group(each, around)
        case Group():
            _check_group(member, around)
        case Select():
            check_select(member)
        case _:
            pass


def _check_condition(inner: Group, before: set[str], around: frozenset[str]) -> None:
    """Refuse a group of EXISTS or MINUS that is more than patterns and filters, or that shares nothing."""
    names = visible_in(inner)
    if not all(isinstance(each, Basic | Filter) for each in inner.members) or not names & before:
        raise Refused("EXISTS or MINUS of more than patterns, or of what shares no variable")
    if (names & around) - before:
        raise Refused("EXISTS or MINUS with a variable that is bound elsewhere")
    _check_group(inner, around)
