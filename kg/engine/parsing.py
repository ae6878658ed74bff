"""Whether a text is an update, before anything of it is evaluated."""

from __future__ import annotations

import secrets

import pyoxigraph as ox

from kg.engine.operations import Data, Modify, Operation, position, split
from kg.engine.syntax import syntax_error
from kg.errors import QuerySyntaxError
from kg.terms import PREFIXES


def checked(text: str, base: str = "") -> list[Operation]:
    """Return the operations of an update that the engine can read; nothing is evaluated.

    Raises:
        QuerySyntaxError: it cannot, at this place.
    """
    try:
        operations = split(text)
    except QuerySyntaxError as error:
        complaint = _complaint(text + "\n}", base)
        raise _first(error, complaint) from None
    if not operations:  # the engine accepts declarations alone, but not followed by the operation that is put there
        _raise(_complaint(text, base))
    elif all(operation.declared == operations[0].declared for operation in operations):
        start = operations[0].start
        complaint = _complaint_at(text[:start], text[start:], position(text, start), base)
        if complaint is not None and not complaint.line:
            try:
                _check_each(operations, text, base)
            except QuerySyntaxError as error:  # which knows the place
                complaint.line, complaint.column = error.line, error.column
        _raise(complaint)
    else:
        _check_each(operations, text, base)
    return operations


def _check_each(operations: list[Operation], text: str, base: str) -> None:
    """Check operations one by one: the engine takes declarations before the first one only (as of Oxigraph 0.5)."""
    labels: frozenset[str] = frozenset()
    for operation in operations:
        line, column = position(text, operation.start)
        head, last = "", 0
        for start, end in operation.declared:
            head += _blanked(text[last:start]) + text[start:end]
            last = end
        head += _blanked(text[last : operation.start])
        _raise(_complaint_at(head, text[operation.start : operation.end], (line, column), base))
        mine = _labels(operation)
        if mine & labels:
            raise QuerySyntaxError(f"the blank node {min(mine & labels)} is written in two operations", line, column)
        labels |= mine


def _first(error: QuerySyntaxError, other: QuerySyntaxError | None) -> QuerySyntaxError:
    """Return what stands first; where both stand at one place, the parser has more to say."""
    if other is None or (error.line, error.column) < (other.line, other.column):
        return error
    return other


def _blanked(text: str) -> str:
    return "".join("\n" if character == "\n" else " " for character in text)


def _labels(operation: Operation) -> frozenset[str]:
    if isinstance(operation, Data):
        return operation.quads.blanks()
    groups = operation.groups() if isinstance(operation, Modify) else ()
    return frozenset(label for group in groups for label in group.blanks())


def _complaint_at(head: str, text: str, place: tuple[int, int], base: str) -> QuerySyntaxError | None:
    """Return what the engine's parser says against operations at a place, and the declarations before them.

    An operation that must fail is put between them, so that nothing else is evaluated.
    """
    line, column = place
    error = _complaint(f"{head}CLEAR GRAPH <{fresh_iri()}> ;\n{' ' * (column - 1)}{text}", base)
    if error is not None and error.line > line:
        error.line -= 1
    return error


def _complaint(text: str, base: str) -> QuerySyntaxError | None:
    """Return what the engine's parser says against a text that does nothing, or fails before it does anything."""
    try:
        ox.Store().update(text, base_iri=base or None, prefixes=dict(PREFIXES))
    except SyntaxError as error:
        return syntax_error(error, text)
    except ValueError as error:
        return QuerySyntaxError(str(error))
    except RuntimeError:
        return None
    return None


def _raise(error: QuerySyntaxError | None) -> None:
    if error is not None:
        raise error


def fresh_iri() -> str:
    """Return an IRI that stands nowhere."""
    return f"urn:x-kg:{secrets.token_hex(16)}"
