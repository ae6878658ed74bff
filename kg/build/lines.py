"""Triples as lines of N-Triples: what a graph would be written as, without the graph."""

from __future__ import annotations

from rdflib import Literal, URIRef

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"', "\r": "\\r"})


class Lines:
    """Takes triples, and keeps each as one line of N-Triples.

    >>> lines = Lines()
    >>> lines.add((URIRef("http://e.org/s"), URIRef("http://e.org/p"), Literal("医疗", lang="zh")))
    >>> lines.sorted()
    ('<http://e.org/s> <http://e.org/p> "医疗"@zh .',)
    """

    def __init__(self) -> None:
        self._lines: set[str] = set()

    def add(self, triple: tuple[URIRef, URIRef, URIRef | Literal], /) -> None:
        """Take a triple; the same one again changes nothing."""
        subject, predicate, value = triple
        end = _literal(value) if isinstance(value, Literal) else f"<{value}>"
        self._lines.add(f"<{subject}> <{predicate}> {end} .")

    def sorted(self) -> tuple[str, ...]:
        """Return the lines in the order of their bytes in UTF-8, which is that of their code points."""
        return tuple(sorted(self._lines))


def _literal(value: Literal) -> str:
    text = f'"{str(value).translate(_ESCAPES)}"'
    if value.language:
        return f"{text}@{value.language}"
    return f"{text}^^<{value.datatype}>" if value.datatype else text
