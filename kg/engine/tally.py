"""Going once through the quads of a dataset, as lines of N-Quads: what they add to its hash, and what is counted.

Terms become numbers of 64 bits (Python's hash of their bytes, which differs from one run to the next), so that a
dataset of ten million quads is some columns of numbers. Two terms of ten million have the same number with a
probability of one in 300,000; a count would then be too small by one. The hash of the dataset reads the bytes.

Several processes can share the lines: each runs `main`, with the same `PYTHONHASHSEED` in each, reads lines
from its standard input and writes its part to its standard output; see `kg.engine.surveying`.
"""

from __future__ import annotations

import pickle
import re
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import shake_256
from typing import IO, Final

import pyoxigraph as ox

from kg.terms import RDF, XSD

BYTES: Final = 256
"""How long the hash of a line is; see `kg.engine.digest`."""

_TYPE: Final = f"<{RDF}type>".encode()
_IRI: Final = rb"<[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f]*>"
_LINE: Final = rb"(%s) (%s) (%s|%s(@[a-z]+(?:-[a-z0-9]+)*|\^\^<[^>]*>|))(?: (%s))? \.\n"
_CANONICAL: Final = re.compile(_LINE % (_IRI, _IRI, _IRI, rb'"(?:[^"\\\x00-\x1f\x7f]|\\["\\nrt])*"', _IRI)).fullmatch
"""A line as the engine would write it, if its typed literal is as the engine would write it; there are others."""
_PLAIN: Final = re.compile(_LINE % (b"<[^>]*>", b"<[^>]*>", b"<[^>]*>", b'"[^"]*"', b"<[^>]*>")).fullmatch
"""The same for what is known to be correct N-Quads, without characters that may be escaped: subject, predicate, object,
what follows the quotes of a literal, graph."""
_ESCAPED: Final = frozenset(range(0x20)) - {0x0A} | {0x7F} | frozenset(range(0xF0, 0x100))
"""Bytes of characters that are escaped in canonical lines, of white space, and of some others."""
_UNESCAPED: Final = bytes(byte for byte in range(0x100) if byte not in _ESCAPED)
_ESCAPED_PAIRS: Final = (b"\xef\xbf", b"\xef\xb7")
_QUOTE: Final = 34
_CARET: Final = 94
_NO_IRI: Final = (b"_:", b"<<")
_BLOCK: Final = 1 << 20
_MOST_KNOWN: Final = 100_000

Row = tuple[bytes, bytes | None, bytes | None]
"""What many quads have in common: the predicate, what follows the quotes of a literal, the graph."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: without which graph, which IRIs are those of things, and which class has its members listed."""

    exclude: str = ""
    space: str = ""
    listed: str = ""


@dataclass(slots=True)
class Part:
    """What some of the lines of a dataset come to; the columns have one number a quad."""

    lines: int = 0
    """How many quads were read, those of the graph that is left out included."""
    ground: int = 0
    """The sum of the hashes of the lines without blank nodes; see `kg.engine.digest.SetHash`."""
    blank: list[bytes] = field(default_factory=list)
    """The lines with blank nodes."""
    subjects: array[int] = field(default_factory=lambda: array("q"))
    objects: array[int] = field(default_factory=lambda: array("q"))
    rows: array[int] = field(default_factory=lambda: array("i"))
    """The numbers of what quads have in common."""
    numbers: dict[Row, int] = field(default_factory=dict)
    """The number of each row; None stands for an object that is no literal, and for the default graph."""
    entities: array[int] = field(default_factory=lambda: array("q"))
    """The subjects that are things, some of them several times."""
    classes: dict[int, bytes] = field(default_factory=dict)
    """The IRIs that are objects of `rdf:type`, by their numbers."""
    listed: set[bytes] = field(default_factory=set)
    """The things of the class whose members are listed."""

    def add(self, block: bytes, scope: Scope, canonical: Canonical | None = None) -> None:
        """Read whole lines; those of a file are made `canonical`, those that the engine has written are so already.

        Raises:
            ValueError: what is said to be canonical is no line of N-Quads.
        """
        plain = canonical is None or is_plain(block)
        lines = block.splitlines(keepends=True) if plain else block.split(b"\n")
        exclude, space = f"<{scope.exclude}>".encode(), f"<{scope.space}".encode()
        rows, number_of, append_row = self.numbers, self.numbers.get, self.rows.append
        append_subject, append_object, from_bytes = self.subjects.append, self.objects.append, int.from_bytes
        known, subject_number, ground = b"", 0, 0
        for line in lines:
            found = _PLAIN(line) if plain and b"\\" not in line else None
            if found is None:
                self._add_odd(line, scope, canonical)
                continue
            subject, predicate, value, suffix, graph = found.groups()
            if suffix and canonical is not None and suffix[0] == _CARET and not canonical.is_stored(value):
                self._add_odd(line, scope, canonical)
                continue
            self.lines += 1
            if graph == exclude:
                continue
            if subject != known:
                known, subject_number = subject, hash(subject)
                if subject.startswith(space):
                    self.entities.append(subject_number)
            row = (predicate, suffix, graph)
            number = number_of(row)
            if number is None:
                number = rows[row] = len(rows)
            append_subject(subject_number)
            append_object(hash(value))
            append_row(number)
            ground += from_bytes(shake_256(line[:-1]).digest(BYTES), "little")
            if predicate == _TYPE:
                self._add_class(subject, value, scope)
        self.ground += ground

    def _add_odd(self, line: bytes, scope: Scope, canonical: Canonical | None) -> None:
        """Read a line that is not like most."""
        for made in (line,) if canonical is None else canonical.of(line):
            self.lines += 1
            row, subject, value = _terms(made)
            if row[2] == f"<{scope.exclude}>".encode():
                continue
            if subject.startswith(f"<{scope.space}".encode()):
                self.entities.append(hash(subject))
            self.subjects.append(hash(subject))
            self.objects.append(hash(value))
            self.rows.append(self.numbers.setdefault(row, len(self.numbers)))
            if b"_:" in made and _has_blank_nodes(made):
                self.blank.append(made)
            else:
                self.ground += int.from_bytes(shake_256(made[:-1]).digest(BYTES), "little")
            if row[0] == _TYPE:
                self._add_class(subject, value, scope)

    def _add_class(self, subject: bytes, value: bytes, scope: Scope) -> None:
        if value[:1] == b"<" and value[:2] not in _NO_IRI:
            self.classes[hash(value)] = value
            if value == f"<{scope.listed}>".encode() and subject[:1] == b"<":
                self.listed.add(subject)


class Canonical:
    """Makes the lines of a file those that the engine would write once it has stored them."""

    def __init__(self) -> None:
        """Know no literal yet."""
        self._known: dict[bytes, bool] = {}

    def of(self, line: bytes) -> Iterable[bytes]:
        """Return the canonical line of each quad of a line; what is no quad is left to whoever loads it."""
        line = line.removesuffix(b"\n").removesuffix(b"\r") + b"\n"
        found = _CANONICAL(line) if is_plain(line) else None
        if found is None or (found[4] and found[4][0] == _CARET and not self.is_stored(found[3])):
            return _stored(line)
        return (line,)

    def is_stored(self, literal: bytes) -> bool:
        """Tell whether a literal with a datatype is stored as it is written, and not as another of the same value."""
        known = self._known.get(literal)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            probe = b"<urn:s> <urn:p> %s .\n" % literal
            known = self._known[literal] = _stored(probe) == [probe]
        return known


def is_plain(lines: bytes) -> bool:
    """Tell whether no character of lines, but for backslashes and what follows them, could be written otherwise."""
    return not lines.translate(None, _UNESCAPED) and not any(pair in lines for pair in _ESCAPED_PAIRS)


def _terms(line: bytes) -> tuple[Row, bytes, bytes]:
    """Return what a canonical line has in common with others, its subject and its object."""
    subject, predicate, rest = line.split(b" ", 2)
    value, _, last = rest[:-3].rpartition(b" ")
    graph: bytes | None = last
    if not value or not _is_graph(last):
        value, graph = rest[:-3], None
    suffix = value[value.rindex(b'"') + 1 :] if value[0] == _QUOTE else None
    return (predicate, suffix, graph), subject, value


def _stored(line: bytes) -> list[bytes]:
    """Return the quads of a line as the engine writes them once they are in a store."""
    try:
        quads = list(ox.parse(line, format=ox.RdfFormat.N_QUADS))
    except SyntaxError:
        return []
    found = []
    for quad in quads:  # each in a store of its own: the same quad twice is two lines
        store = ox.Store()
        store.add(quad)
        found += [f"{stored} .\n".encode() for stored in store]
    return found


def _is_graph(text: bytes) -> bool:
    """Tell whether the last term of a line is a graph, and not the end of a literal, or of a triple within."""
    return text[:2] == b"_:" or (text[:1] == b"<" and b'"' not in text)


def _has_blank_nodes(line: bytes) -> bool:
    quad = next(iter(ox.parse(line, format=ox.RdfFormat.N_QUADS)))
    return isinstance(quad.graph_name, ox.BlankNode) or any_blank(quad)


def any_blank(triple: ox.Quad | ox.Triple) -> bool:
    """Tell whether subject or object, or a triple within, is a blank node."""
    if isinstance(triple.object, ox.Triple) and any_blank(triple.object):
        return True
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)


def datatype_of(suffix: bytes) -> str:
    """Return the datatype of a literal whose quotes are followed by this.

    >>> datatype_of(b"@zh")
    'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString'
    """
    if not suffix:
        return XSD + "string"
    if suffix[:1] == b"@":
        return RDF + ("dirLangString" if b"--" in suffix else "langString")
    return suffix[3:-1].decode()


def blocks(source: IO[bytes]) -> Iterator[bytes]:
    """Yield what a source has in pieces of whole lines; the last line gets its end."""
    while block := source.read(_BLOCK):
        if block[-1] != 10:
            block += source.readline()
        yield block if block[-1] == 10 else block + b"\n"


def main() -> int:
    """Read lines, and write the part that they come to; the arguments are a scope, and whether to trust the lines."""
    exclude, space, listed, trusted = sys.argv[1:5]
    part, scope = Part(), Scope(exclude, space, listed)
    canonical = None if trusted == "trusted" else Canonical()
    for block in blocks(sys.stdin.buffer):
        part.add(block, scope, canonical)
    pickle.dump(part, sys.stdout.buffer, protocol=5)
    return 0
