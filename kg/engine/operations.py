"""The operations of a SPARQL update (SPARQL 1.1 Update, section 3), each with the prologue that holds for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.engine.lexer import Token, tokens
from kg.errors import QuerySyntaxError

_KEYWORDS: Final = (
    *("ADD", "ALL", "BASE", "CLEAR", "COPY", "CREATE", "DATA", "DEFAULT", "DELETE", "DROP", "GRAPH", "INSERT", "INTO"),
    *("LOAD", "MOVE", "NAMED", "PREFIX", "SILENT", "TO", "USING", "VERSION", "WHERE", "WITH"),
)
_KEYWORD: Final = re.compile("|".join(_KEYWORDS), re.IGNORECASE)
_GLUED: Final = re.compile(f"(?:{_KEYWORD.pattern})+", re.IGNORECASE)
_PROLOGUE: Final = ("BASE", "PREFIX", "VERSION")
_NAMES: Final = ("iri", "pname")
Declared = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A text in braces, with them, and its tokens; places count from the beginning of the whole text."""

    text: str
    start: int
    tokens: tuple[Token, ...]

    def blanks(self) -> frozenset[str]:
        """Return the labels of blank nodes that are written in it."""
        return frozenset(token.text for token in self.tokens if token.kind == "blank")

    def has_word(self, words: frozenset[str]) -> bool:
        """Tell whether any of some keywords, in capitals, is written in it."""
        return any(token.kind == "word" and token.text.upper() in words for token in self.tokens)


@dataclass(frozen=True, slots=True)
class Operation:
    """Where an operation stands, and the declarations that hold for it, also by their places in the whole text."""

    prologue: str
    declared: Declared
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Data(Operation):
    """INSERT DATA and DELETE DATA."""

    insert: bool
    quads: Group


@dataclass(frozen=True, slots=True)
class Modify(Operation):
    """DELETE/INSERT … WHERE, and DELETE WHERE; names are as written, empty where there is none."""

    delete: Group | None
    insert: Group | None
    where: Group
    with_graph: str
    using: tuple[str, ...]
    using_named: tuple[str, ...]

    def groups(self) -> tuple[Group, ...]:
        """Return the groups that it has, each once."""
        found = (group for group in (self.delete, self.insert, self.where) if group is not None)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Manage(Operation):
    """LOAD, CLEAR, DROP, CREATE, ADD, MOVE, COPY: a name as written, or DEFAULT, NAMED, ALL; `target` may be empty."""

    verb: str
    silent: bool
    source: str
    target: str


def split(text: str) -> list[Operation]:
    r"""Return the operations of an update that the engine has parsed, or is about to.

    Raises:
        QuerySyntaxError: it is no sequence of operations.

    >>> [type(item).__name__ for item in split("INSERT DATA { <a> <b> 'c ; d' } ; # ;\n CLEAR ALL;")]
    ['Data', 'Manage']
    """
    reader = _Reader(text)
    found: list[Operation] = []
    declared: Declared = ()
    while True:
        declared += tuple(reader.declarations())
        if reader.ended():
            return found
        prologue = "".join(text[start:end] + "\n" for start, end in declared)
        found.append(_operation(reader, prologue, declared))
        if reader.ended():
            return found
        reader.expect(";")


def position(text: str, place: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a place in a text."""
    before = text[:place]
    return before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1


def _operation(reader: _Reader, prologue: str, declared: Declared) -> Operation:
    start = reader.place
    for verb in ("LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"):
        if reader.take(verb):
            silent = reader.take("SILENT")
            source, target = _names(reader, verb)
            return Manage(prologue, declared, start, reader.last_end, verb, silent, source, target)
    with_graph = reader.name() if reader.take("WITH") else ""
    delete = insert = None
    if reader.take("DELETE"):
        if not with_graph and reader.take("DATA"):
            return _data(reader, prologue, declared, start, insert=False)
        if not with_graph and reader.take("WHERE"):
            group = reader.group()
            return Modify(prologue, declared, start, reader.last_end, group, None, group, "", (), ())
        delete = reader.group()
    if reader.take("INSERT"):
        if not with_graph and delete is None and reader.take("DATA"):
            return _data(reader, prologue, declared, start, insert=True)
        insert = reader.group()
    if delete is None and insert is None:
        reader.fail("an operation of an update was expected here")
    using: list[str] = []
    using_named: list[str] = []
    while reader.take("USING"):
        (using_named if reader.take("NAMED") else using).append(reader.name())
    if not reader.take("WHERE"):
        reader.fail("WHERE was expected here")
    where = reader.group()
    end = reader.last_end
    return Modify(prologue, declared, start, end, delete, insert, where, with_graph, tuple(using), tuple(using_named))


def _data(reader: _Reader, prologue: str, declared: Declared, start: int, *, insert: bool) -> Data:
    group = reader.group()
    return Data(prologue, declared, start, reader.last_end, insert, group)


def _names(reader: _Reader, verb: str) -> tuple[str, str]:
    """Return the names that follow a verb of graph management."""
    if verb == "LOAD":
        source = reader.name()
        if not reader.take("INTO"):
            return source, "DEFAULT"
        reader.take("GRAPH")
        return source, reader.name()
    if verb in {"CLEAR", "DROP"}:
        return reader.graph("DEFAULT", "NAMED", "ALL"), ""
    if verb == "CREATE":
        return reader.graph(), ""
    source = reader.graph("DEFAULT")
    if not reader.take("TO"):
        reader.fail("TO was expected here")
    return source, reader.graph("DEFAULT")


class _Reader:
    """Reads tokens one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [part for token in tokens(text) for part in _unglued(token)]
        self._next = 0
        self.last_end = 0

    def ended(self) -> bool:
        return self._next >= len(self._tokens)

    @property
    def place(self) -> int:
        return len(self._text) if self.ended() else self._tokens[self._next].start

    def fail(self, message: str) -> None:
        """Raise an error at the next token."""
        raise QuerySyntaxError(message, *position(self._text, self.place))

    def take(self, word: str) -> bool:
        """Go past a keyword if it is the next token."""
        if self.ended() or not self._tokens[self._next].is_word(word):
            return False
        self._advance()
        return True

    def expect(self, punctuation: str) -> None:
        if self.ended() or self._tokens[self._next].text != punctuation:
            self.fail(f"“{punctuation}” was expected here")
        self._advance()

    def name(self) -> str:
        """Return an IRI, or a name with a prefix, as it is written."""
        if self.ended() or self._tokens[self._next].kind not in _NAMES:
            self.fail("an IRI was expected here; between a keyword and a name there must be white space")
        return self._advance().text

    def graph(self, *words: str) -> str:
        """Return one of some keywords, or the name of a graph."""
        for word in words:
            if self.take(word):
                return word
        self.take("GRAPH")
        return self.name()

    def group(self) -> Group:
        """Return what stands in braces."""
        first = self._next
        start = self.place
        depth = 0
        while not self.ended():
            token = self._advance()
            depth += (token.text == "{") - (token.text == "}")
            if depth == 0:
                if self._next - first < 2:
                    break
                return Group(self._text[start : token.end], start, tuple(self._tokens[first : self._next]))
        self.fail("“{” was expected here" if depth == 0 else "“}” is missing")
        raise AssertionError

    def declarations(self) -> Iterator[tuple[int, int]]:
        """Yield where the declarations that come next stand."""
        while not self.ended() and self._tokens[self._next].is_word(*_PROLOGUE):
            start = self.place
            is_prefix = self._advance().is_word("PREFIX")
            if is_prefix and not self.ended():
                self._advance()
            if self.ended():
                self.fail("an IRI was expected here")
            yield start, self._advance().end

    def _advance(self) -> Token:
        token = self._tokens[self._next]
        self._next += 1
        self.last_end = token.end
        return token


def _unglued(token: Token) -> list[Token]:
    """Return the keywords that a word consists of: the engine asks for no space between them."""
    if token.kind != "word" or not _GLUED.fullmatch(token.text):
        return [token]
    return [
        Token("word", found.group(), token.start + found.start(), token.start + found.end())
        for found in _KEYWORD.finditer(token.text)
    ]
