"""The columns of a revision, and which queries they answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from kg.columns.algebra import (
    Alternative,
    Basic,
    Call,
    Closure,
    Exists,
    Expression,
    Filter,
    Group,
    Inverse,
    Minus,
    Optional,
    Path,
    Select,
    Sequence,
    Union,
    Variable,
)
from kg.columns.answering import solutions
from kg.columns.parsing import parse
from kg.columns.refusal import Refused
from kg.columns.searching import SEARCHES
from kg.columns.tables import Tables
from kg.columns.writing import write_json
from kg.engine.output import Limited

_TELLING: Final = re.compile(rf"\b(?:COUNT|SUM|AVG|MIN|MAX|GROUP|{'|'.join(SEARCHES)})\b|[\w>)]\s*[*+]", re.IGNORECASE)
"""What a text has in it that is worth reading; most texts have not, and are not held up."""


Outcome = Literal["answered", "refused", ""]


_LONGEST: Final = 5000
"""Characters of a query that is read: what is looked after in it takes a time that grows with their square."""


class Columns:
    """The triples of one revision, read as the merge of all its graphs."""

    def __init__(self, tables: Tables) -> None:
        """Answer from tables, which are only read."""
        self.tables = tables

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Columns | None:
        """Return the columns of distinct lines of N-Triples, None where there is among them what they cannot hold."""
        try:
            return cls(Tables.of(lines))
        except Refused:
            return None

    def write_json(self, text: str, output: Limited) -> Outcome:
        """Write the answer to an analytical query, and return what became of it.

        It was `answered`, or it was `refused`, and nothing was written; empty where it is not analytical.

        Raises:
            LimitExceeded: the answer is larger than the output takes.
        """
        if len(text) > _LONGEST or not _TELLING.search(text):
            return ""
        try:
            query = parse(text)
            if not is_analytical(query):
                return ""
            found = solutions(self.tables, query)
        except (Refused, RecursionError, MemoryError):
            return "refused"
        write_json(found, output)
        return "answered"


def is_analytical(query: Select) -> bool:
    """Tell whether a query has an aggregate, a path of any length, or a search for texts, anywhere."""
    return query.keys is not None or any(_is_analytical(each) for each in _members(query.where))


def _members(group: Group) -> Iterator[Basic | Filter | Select]:
    for member in group.members:
        if isinstance(member, Basic | Filter | Select):
            yield member
        elif isinstance(member, Group):
            yield from _members(member)
        elif isinstance(member, Optional | Minus | Exists):
            yield from _members(member.group)
        elif isinstance(member, Union):
            for each in member.groups:
                yield from _members(each)


def _is_analytical(member: Basic | Filter | Select) -> bool:
    if isinstance(member, Select):
        return is_analytical(member)
    if isinstance(member, Filter):
        return _searches(member.condition)
    return any(not isinstance(each.predicate, Variable) and _has_closure(each.predicate) for each in member.triples)


def _searches(expression: Expression) -> bool:
    if not isinstance(expression, Call):
        return False
    return expression.name in SEARCHES or any(_searches(each) for each in expression.arguments)


def _has_closure(path: Path) -> bool:
    match path:
        case Closure():
            return path.repeated or _has_closure(path.path)
        case Inverse(inner):
            return _has_closure(inner)
        case Sequence(first, second) | Alternative(first, second):
            return _has_closure(first) or _has_closure(second)
        case _:
            return False
