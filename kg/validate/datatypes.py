"""Shapes for data as the store keeps it: Oxigraph has one type for all integers, and one for all times of a day.

What is written as `"3"^^xsd:nonNegativeInteger` is read as `"3"^^xsd:integer`. A shape that asks for the former is held
against stored data by asking for an integer in its range.
"""

from __future__ import annotations

from typing import Final

from rdflib import SH, XSD, Graph, Literal, URIRef

_RANGES: Final[dict[URIRef, tuple[int | None, int | None]]] = {
    XSD.nonNegativeInteger: (0, None),
    XSD.positiveInteger: (1, None),
    XSD.nonPositiveInteger: (None, 0),
    XSD.negativeInteger: (None, -1),
    **{
        XSD[name]: (-(1 << bits - 1), (1 << bits - 1) - 1)
        for name, bits in {"byte": 8, "short": 16, "int": 32, "long": 64}.items()
    },
    **{
        XSD[f"unsigned{name}"]: (0, (1 << bits) - 1)
        for name, bits in {"Byte": 8, "Short": 16, "Int": 32, "Long": 64}.items()
    },
}


def as_stored(shapes: Graph) -> Graph:
    """Return shapes that say of stored data what the given ones say of data as it is written."""
    found = Graph(bind_namespaces="none")
    for shape, predicate, value in shapes:
        if predicate != SH.datatype or not isinstance(value, URIRef):
            found.add((shape, predicate, value))
        elif value == XSD.dateTimeStamp:
            found.add((shape, SH.datatype, XSD.dateTime))
        elif value in _RANGES:
            found.add((shape, SH.datatype, XSD.integer))
            least, most = _RANGES[value]
            for bound, name in ((least, SH.minInclusive), (most, SH.maxInclusive)):
                if bound is not None and (shape, name, None) not in shapes:
                    found.add((shape, name, Literal(bound)))
        else:
            found.add((shape, predicate, value))
    return found
