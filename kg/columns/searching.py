"""Filters by a text that terms contain, or begin or end with: one pass over the bytes of all of them.

What LCASE makes of a text depends on tables of letters, and those on the version of Unicode. Whether it contains a text
of ASCII, and of letters without case, does not: only A to Z become letters of ASCII, and two more that are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from kg.columns.algebra import Call, Expression, Variable
from kg.columns.arrays import UNBOUND, Array, codes
from kg.columns.evaluating import MOST_DIFFERENT
from kg.columns.relations import Relation
from kg.columns.session import Session
from kg.columns.values import Family, Value, lexical_form, unescaped

ERROR: Final = -1
"""Stands where a condition is neither true nor false."""

SEARCHES: Final[Mapping[str, Callable[[bytes, bytes], bool]]] = {
    "CONTAINS": lambda text, part: part in text,
    "STRSTARTS": bytes.startswith,
    "STRENDS": bytes.endswith,
}

_CASELESS: Final = re.compile("[\0-@\\[-\x7f\u2010-\u2027\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff20]*")
"""ASCII without its capitals; dashes and quotes; signs, kana and characters of East Asia."""

_BECOME_ASCII: Final = {b"i": "\u0130".encode(), b"k": "\u212a".encode()}
"""The letters besides the capitals of ASCII that become letters of it: I with a dot, and the sign of the kelvin."""


def searched(session: Session, condition: Call, relation: Relation) -> Array | None:
    """Return 1, 0 or -1 for each solution as terms have a text that is given, or are none that can have it.

    None where it is not told in this way.
    """
    text, part = condition.arguments
    if not isinstance(part, Value) or part.family is not Family.STRING:
        return None
    name, lowered, of_any = _subject(text)
    wanted = str(part.content)
    if name is None or (lowered and not _CASELESS.fullmatch(wanted)):
        return None
    terms, places = codes(relation.column(name))
    if not session.is_known(terms) or (len(terms) and int(terms[0]) == UNBOUND):
        return None
    which, texts = _texts(session, terms, of_any=of_any)
    sought, holds = wanted.encode(), SEARCHES[condition.name]
    doubtful = [other for letter, other in _BECOME_ASCII.items() if lowered and letter in sought]
    if texts is None or any(other in text for other in doubtful for text in texts):
        return None
    found = np.full(len(terms), ERROR, np.int64)
    found[which] = [holds(text.lower() if lowered else text, sought) for text in texts]
    return found[places]


def _subject(expression: Expression) -> tuple[str | None, bool, bool]:
    """Return the variable whose text an expression is, if it is one; whether in small letters; and of any term."""
    lowered = of_any = False
    while isinstance(expression, Call) and expression.name in {"LCASE", "STR"}:
        of_any = expression.name == "STR"
        lowered = lowered or not of_any
        (expression,) = expression.arguments
    return (expression.name if isinstance(expression, Variable) else None), lowered, of_any


def _texts(session: Session, terms: Array, *, of_any: bool) -> tuple[Array, list[bytes] | None]:
    """Return which terms of the revision have a text, as strings do, or as STR gives to any but blank nodes, and those.

    None where that cannot be told of so many.
    """
    dictionary, literals = session.tables.dictionary, session.tables.literals
    families = literals.families[terms]
    strings = (families == Family.STRING) | (families == Family.TAGGED)
    plain = np.flatnonzero(strings | (families == Family.IRI) if of_any else strings)
    others = np.flatnonzero(~strings & (families != Family.IRI) & (families != Family.BLANK))
    if len(others) > MOST_DIFFERENT or (not of_any and np.any(families == Family.OPAQUE)):
        return others, None
    numbers = terms[plain]
    begins, ends = dictionary.offsets[numbers] + 1, dictionary.offsets[numbers + 1] - 1
    tags = np.array([len(tag) + 1 if tag else 0 for tag in literals.languages], np.int64)
    tagged = np.flatnonzero(families[plain] == Family.TAGGED)
    ends[tagged] -= tags[literals.tags[numbers[tagged]]]
    session.budget.spend(int((ends - begins).sum()))
    content = dictionary.content.data
    texts = [content[begin:end].tobytes() for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    texts = [unescaped(text.decode()).encode() if b"\\" in text else text for text in texts]
    if not of_any:
        return plain, texts
    forms = [lexical_form(session.value(number)).encode() for number in terms[others].tolist()]
    return np.concatenate([plain, others]), texts + forms
