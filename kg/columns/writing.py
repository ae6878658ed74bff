"""Writes solutions as SPARQL 1.1 Query Results JSON, byte for byte as Oxigraph does."""

from __future__ import annotations

import json
from typing import Final

from kg.columns.answering import Solutions
from kg.columns.arrays import UNBOUND, unique_places
from kg.columns.session import Session
from kg.columns.values import NUMBERS, datatype_of, lexical_form, unescaped
from kg.engine.output import Limited

_AT_ONCE: Final = 4096
_TYPED: Final = b'"^^<'


def write_json(found: Solutions, output: Limited) -> None:
    """Write solutions; what the output raises, passes."""
    head = ",".join(json.dumps(name, ensure_ascii=False) for name in found.names)
    output.write(f'{{"head":{{"vars":[{head}]}},"results":{{"bindings":['.encode())
    labels = [json.dumps(name, ensure_ascii=False).encode() + b":" for name in found.names]
    for start in range(0, found.size, _AT_ONCE):
        output.count(min(_AT_ONCE, found.size - start))
        columns = []
        for label, column in zip(labels, found.columns, strict=True):
            part, places = unique_places(column[start : start + _AT_ONCE])
            terms = [b"" if each == UNBOUND else label + _written(found.session, each) for each in part.tolist()]
            columns.append([terms[place] for place in places.tolist()])
        alone: list[tuple[bytes, ...]] = [()] * min(_AT_ONCE, found.size - start)
        written = zip(*columns, strict=True) if columns else alone
        rows = (b"{" + b",".join(filter(None, row)) + b"}" for row in written)
        output.write((b"," if start else b"") + b",".join(rows))
    output.write(b"]}}")


def _written(session: Session, number: int) -> bytes:
    if number >= session.size and (value := session.value(number)).family in NUMBERS:
        number_form = '{"type":"literal","value":"%s","datatype":"%s"}'
        return (number_form % (lexical_form(value), datatype_of(value))).encode()
    return _json(session.term(number))


def _json(term: bytes) -> bytes:
    """Return a term that is given as N-Triples.

    >>> _json(b'"a"@en')
    b'{"type":"literal","value":"a","xml:lang":"en"}'
    """
    if term.startswith(b"<"):
        return b'{"type":"uri","value":"' + term[1:-1] + b'"}'
    if term.startswith(b"_:"):
        return b'{"type":"bnode","value":"' + term[2:] + b'"}'
    end = term.rindex(b'"')
    text, rest = term[1:end], term[end:]
    if b"\\" in text:
        text = json.dumps(unescaped(text.decode()), ensure_ascii=False).encode()[1:-1]
    if rest.startswith(_TYPED):
        return b'{"type":"literal","value":"' + text + b'","datatype":"' + rest[len(_TYPED) : -1] + b'"}'
    if rest.startswith(b'"@'):
        return b'{"type":"literal","value":"' + text + b'","xml:lang":"' + rest[2:] + b'"}'
    return b'{"type":"literal","value":"' + text + b'"}'
