"""RDF terms as plain tuples, and graphs parsed with literals just as they are written."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import rdflib
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
STRING: Final = XSD + "string"
LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_INTEGER: Final = re.compile(r"[+-]?\d+")
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_DOUBLE: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")

Term = tuple[str, str, str, str]
"""Kind (iri, blank, literal, text), value, datatype, language tag in lower case; the last two of literals alone."""


def iri(value: str) -> Term:
    """Return an IRI."""
    return ("iri", value, "", "")


def blank(label: str) -> Term:
    """Return a blank node."""
    return ("blank", label, "", "")


def literal(value: str, datatype: str = "", language: str = "") -> Term:
    """Return a literal; one without datatype and language is a string."""
    return ("literal", value, datatype or (LANG_STRING if language else STRING), language.lower())


def by_value(term: Term) -> Term:
    """Return a number or a truth value in one spelling; any other term, and what is ill-typed, as it is.

    >>> by_value(literal("01.50", XSD + "decimal"))[1], by_value(literal("1e1", XSD + "double"))[1]
    ('1.5', '10.0')
    """
    kind, value, datatype, language = term
    name = datatype.removeprefix(XSD) if kind == "literal" and datatype.startswith(XSD) else ""
    if name == "integer" and _INTEGER.fullmatch(value):
        value = str(int(value))
    elif name == "decimal" and _DECIMAL.fullmatch(value):
        value = format(Decimal(value).normalize() + 0, "f")
    elif name in {"double", "float"} and _DOUBLE.fullmatch(value):
        value = repr(float(value))
    elif name == "boolean":
        value = {"1": "true", "0": "false"}.get(value, value)
    return (kind, value, datatype, language)


def of_node(node: Node) -> Term:
    """Return a term of rdflib."""
    if isinstance(node, Literal):
        return literal(str(node), str(node.datatype or ""), node.language or "")
    return blank(str(node)) if isinstance(node, BNode) else iri(str(node))


def to_node(term: Term) -> Node:
    """Return the term of rdflib; text without a type becomes a string."""
    kind, value, datatype, language = term
    if kind == "iri":
        return URIRef(value)
    if kind == "blank":
        return BNode(value)
    if language:
        return Literal(value, lang=language)
    return Literal(value, datatype=URIRef(datatype or STRING), normalize=False)


def parse_graph(content: bytes | str, format: str, base: str) -> Graph:
    """Return a graph from its text; unlike rdflib by default, `01` stays `01`."""
    with _as_written():
        return Graph().parse(data=content, format=format, publicID=base)


@contextlib.contextmanager
def _as_written() -> Iterator[None]:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before
