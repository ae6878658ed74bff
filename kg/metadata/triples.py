"""Lines of N-Triples, as plain strings: what describes a dataset is written without any library."""

from __future__ import annotations

from typing import Final

from kg.terms import RDF, XSD

_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def iri(value: str) -> str:
    """Return an IRI as it stands in a line."""
    return f"<{value}>"


def text(value: str, language: str = "") -> str:
    """Return a text as it stands in a line.

    >>> text("医疗", "zh")
    '"医疗"@zh'
    """
    return f'"{value.translate(_ESCAPES)}"' + (f"@{language}" if language else "")


def typed(value: str, datatype: str) -> str:
    """Return a value of a datatype of XML Schema, such as `date`."""
    return f"{text(value)}^^<{XSD}{datatype}>"


def number(value: int) -> str:
    """Return a whole number as it stands in a line."""
    return typed(str(value), "integer")


def line(subject: str, predicate: str, value: str) -> str:
    """Return a line; subject and predicate are IRIs, the value is one of the terms above."""
    return f"<{subject}> <{predicate}> {value} ."


def a(subject: str, *classes: str) -> list[str]:
    """Return the lines that give a thing its classes."""
    return [line(subject, RDF + "type", iri(name)) for name in classes]


def both(subject: str, predicate: str, zh: str, en: str) -> list[str]:
    """Return the lines of a text in both languages."""
    return [line(subject, predicate, text(zh, "zh")), line(subject, predicate, text(en, "en"))]
