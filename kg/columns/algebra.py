"""The queries that the columns take: patterns, expressions, and what is made of the solutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.columns.values import Value


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; a blank node of a pattern, and what a path goes through, are variables whose names have a dot."""

    name: str


Node = Variable | Value


@dataclass(frozen=True, slots=True)
class Link:
    """One step along a predicate."""

    iri: str


@dataclass(frozen=True, slots=True)
class Inverse:
    """A path from its end to its start."""

    path: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    """A path, and another one from where it ends."""

    first: Path
    second: Path


@dataclass(frozen=True, slots=True)
class Alternative:
    """Either of two paths."""

    left: Path
    right: Path


@dataclass(frozen=True, slots=True)
class Closure:
    """A path any number of times: at least once, unless `reflexive`; at most once, if not `repeated`."""

    path: Path
    reflexive: bool
    repeated: bool = True


Path = Link | Inverse | Sequence | Alternative | Closure


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple pattern; its predicate may be a path."""

    subject: Node
    predicate: Path | Variable
    object: Node

    def variables(self) -> Iterator[str]:
        """Yield the names of its variables."""
        for node in (self.subject, self.predicate, self.object):
            if isinstance(node, Variable):
                yield node.name


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function with its arguments, named as SPARQL writes it, in upper case."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of an expression; None is `*`."""

    name: str
    argument: Expression | None
    distinct: bool


Expression = Variable | Value | Call | Aggregate


@dataclass(frozen=True, slots=True)
class Basic:
    """Triple patterns that hold together."""

    triples: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the solutions of its group fulfil."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Exists:
    """A filter that asks whether a group has a solution with the values that its own group has; or that it has none."""

    group: Group
    negated: bool


@dataclass(frozen=True, slots=True)
class Minus:
    """A group whose solutions take away those before it that are compatible with them."""

    group: Group


@dataclass(frozen=True, slots=True)
class Bind:
    """A variable that gets the value of an expression."""

    expression: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Optional:
    """A group that may have no solution."""

    group: Group


@dataclass(frozen=True, slots=True)
class Union:
    """Groups, of which each gives its solutions."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """Solutions as they are written; None is UNDEF."""

    names: tuple[str, ...]
    rows: tuple[tuple[Value | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Patterns in braces, in their order."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A key to sort by."""

    expression: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT query. `projection` is None for `*`; `keys` is None where the solutions are not grouped."""

    projection: tuple[tuple[str, Expression | None], ...] | None
    distinct: bool
    where: Group
    keys: tuple[tuple[str, Expression | None], ...] | None
    having: tuple[Expression, ...]
    order: tuple[Order, ...]
    limit: int | None
    offset: int


Member = Basic | Filter | Exists | Minus | Bind | Optional | Union | Values | Group | Select


def variables_of(expression: Expression) -> set[str]:
    """Return the names of the variables that an expression reads, those within aggregates too."""
    if isinstance(expression, Variable):
        return {expression.name}
    if isinstance(expression, Call):
        return set().union(*(variables_of(each) for each in expression.arguments))
    if isinstance(expression, Aggregate) and expression.argument is not None:
        return variables_of(expression.argument)
    return set()


def aggregates_of(expression: Expression) -> set[Aggregate]:
    """Return the aggregates of an expression."""
    if isinstance(expression, Aggregate):
        return {expression}
    if isinstance(expression, Call):
        return set().union(*(aggregates_of(each) for each in expression.arguments))
    return set()


def visible_in(group: Group) -> set[str]:
    """Return the names of the variables that a group binds (section 18.2.1)."""
    found: set[str] = set()
    for member in group.members:
        match member:
            case Basic(triples):
                found.update(name for triple in triples for name in triple.variables())
            case Bind(_, name):
                found.add(name)
            case Values(names, _):
                found.update(names)
            case Optional(inner):
                found |= visible_in(inner)
            case Union(groups):
                found.update(name for each in groups for name in visible_in(each))
            case Group():
                found |= visible_in(member)
            case Select():
                found.update(columns_of(member))
            case Filter() | Exists() | Minus():
                pass
    return {name for name in found if "." not in name}


def columns_of(select: Select) -> list[str]:
    """Return the names that a query projects; those of `*` in Oxigraph's order, the alphabet's."""
    if select.projection is None:
        return sorted(visible_in(select.where))
    return [name for name, _ in select.projection]
