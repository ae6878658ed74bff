"""Queries that are sure to cost little: what is said of one thing, read along the index of subjects.

    SELECT ?property ?value WHERE { <…> ?property ?value }

One pattern whose subject is an IRI is a range of the index that is read from its beginning, and each triple of it is a
row, so what it costs is known: so much a row, and rows can be stopped at any time. That does not hold where triples are
read that make no row (DISTINCT, a variable that stands twice), nor where a row takes no room (none of the variables is
selected). No other text is told to be one; a text that is not is evaluated where it can be killed.
"""

from __future__ import annotations

import re
from typing import Final

MOST_BYTES: Final = 1 << 14
"""How large the answer to such a query may get where nothing can kill it; a larger one is evaluated elsewhere."""

LONGEST: Final = 4096

_SPACE: Final = r"(?:[ \t\r\n]|#[^\r\n]*[\r\n])*"
_IRI: Final = r"<[^\x00-\x20<>\"{}|^`\\]*>"
_NAME: Final = r"[A-Za-z][\w-]*:[\w-]*"
_VARIABLE: Final = r"[?$][A-Za-z_]\w*"
_LOOKUP: Final = re.compile(
    rf"{_SPACE}(?:(?i:PREFIX)(?=[ \t\r\n#]){_SPACE}(?:[A-Za-z][\w-]*)?:{_SPACE}{_IRI}{_SPACE})*"
    rf"(?i:SELECT)(?=[ \t\r\n#?$*]){_SPACE}"
    rf"(?P<selected>\*|{_VARIABLE}(?:[ \t\r\n]+{_VARIABLE})*){_SPACE}(?:(?i:WHERE)(?=[ \t\r\n#{{]){_SPACE})?\{{{_SPACE}"
    rf"(?:{_IRI}|{_NAME}(?=[ \t\r\n])){_SPACE}"
    rf"(?P<predicate>{_IRI}|{_NAME}(?=[ \t\r\n])|{_VARIABLE}|a(?=[ \t\r\n<?$])){_SPACE}"
    rf"(?P<object>{_IRI}|{_NAME}|{_VARIABLE}|\"[^\"\\\r\n]*\"(?:@[a-z]+)?){_SPACE}(?:\.{_SPACE})?\}}{_SPACE}"
    rf"(?:(?i:LIMIT)[ ]+[0-9]{{1,9}}{_SPACE})?(?:#[^\r\n]*)?",
    re.ASCII,
)


def is_lookup(text: str) -> bool:
    """Tell whether a text asks what is said of one thing, and nothing else.

    >>> is_lookup("SELECT * { <urn:a> ?p ?o } # why"), is_lookup("SELECT * { ?s ?p ?o }")
    (True, False)
    """
    found = _LOOKUP.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return False
    variables = [term[1:] for term in found.group("predicate", "object") if term[0] in "?$"]
    selected = {name[1:] for name in found["selected"].split()} if found["selected"] != "*" else set(variables)
    return len(variables) == len(set(variables)) and bool(selected & set(variables))
