"""A text's tokens one after the other, and what the smallest parts of a query are."""

from __future__ import annotations

import itertools
import re
from typing import Final

from kg.columns.algebra import Variable
from kg.columns.refusal import Refused
from kg.columns.values import Family, Value, typed_value
from kg.engine.lexer import Token, tokens
from kg.terms import PREFIXES, XSD

_LOCAL_ESCAPE: Final = re.compile(r"\\(.)")
_STRING_ESCAPE: Final = re.compile(r"\\(.)")
_LETTERS: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_ABSOLUTE: Final = re.compile(r"[a-z][a-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\%]*")
_DECLARATION: Final = re.compile(r"\s*PREFIX\s+([A-Za-z][A-Za-z0-9_-]*|):\s*<([^<>\s\\]*)>", re.IGNORECASE)
_TAG: Final = re.compile(r"@([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)")
_KNOWN_TYPES: Final = {
    XSD + name for name in ("string", "integer", "decimal", "boolean", "double", "gYear", "date", "dateTime")
}
_END: Final = Token("punct", "", 0, 0)


class Tokens:
    """The tokens of a query, and the names that it declares.

    Whatever is not as expected refuses the query: it may be a text that only the engine understands, or none at all.
    """

    def __init__(self, text: str) -> None:
        """Read a text; one with escapes of code points is left to the engine."""
        if "\\u" in text or "\\U" in text:
            raise Refused("escapes of code points")
        self._prefixes = dict(PREFIXES)
        start = 0
        while declared := _DECLARATION.match(text, start):  # most texts begin so, and to make tokens takes longer
            self._prefixes[declared.group(1)] = _absolute(declared.group(2))
            start = declared.end()
        self._tokens = tokens(text[start:])
        self._place = 0
        self._hidden = itertools.count()

    @property
    def next(self) -> Token:
        """The token that is next, an empty one at the end."""
        return self._tokens[self._place] if self._place < len(self._tokens) else _END

    @property
    def after_next(self) -> Token:
        """The token behind it."""
        return self._tokens[self._place + 1] if self._place + 1 < len(self._tokens) else _END

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.next
        self._place += 1
        return token

    def accept(self, mark: str) -> bool:
        """Go past a mark or a keyword, if it is next."""
        token = self.next
        found = token.text == mark if token.kind == "punct" else token.is_word(mark)
        self._place += found
        return found

    def expect(self, mark: str) -> None:
        """Go past a mark or a keyword."""
        if not self.accept(mark):
            raise Refused(f"{self.next.text!r} where {mark} is expected")

    def is_next(self, *words: str) -> bool:
        """Tell whether one of some keywords, or marks, is next."""
        token = self.next
        return token.is_word(*words) or (token.kind == "punct" and token.text in words)

    def hidden(self) -> Variable:
        """Return a variable that no query can name."""
        return Variable(f".{next(self._hidden)}")

    def prologue(self) -> None:
        """Read the declarations of prefixes; a base is the engine's business."""
        while self.accept("PREFIX"):
            name, iri = self.take(), self.take()
            if name.kind != "pname" or not name.text.endswith(":") or iri.kind != "iri":
                raise Refused("a prefix that is not declared as usual")
            self._prefixes[name.text[:-1]] = _absolute(iri.text[1:-1])

    def variable(self) -> Variable:
        """Return the variable that is next."""
        token = self.take()
        if token.kind != "var":
            raise Refused(f"{token.text!r} where a variable is expected")
        return Variable(token.text[1:])

    def iri(self) -> str:
        """Return the IRI that is next, however it is written."""
        token = self.take()
        if token.kind == "iri":
            return _absolute(token.text[1:-1])
        if token.kind == "pname":
            prefix, _, local = token.text.partition(":")
            if prefix in self._prefixes and "%" not in local:
                return self._prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)
        raise Refused(f"{token.text!r} where an IRI is expected")

    def constant(self) -> Value:
        """Return the term that is next, as a value."""
        token = self.next
        if token.kind in {"iri", "pname"}:
            return Value(Family.IRI, self.iri())
        if token.kind == "string":
            return self._literal()
        if token.kind == "word" and token.text in {"true", "false"}:
            return typed_value(self.take().text, XSD + "boolean")
        sign = self.take().text if token.text in {"+", "-"} else ""
        number = self.take()
        if number.kind != "number" or "e" in number.text.lower() or number.text.endswith("."):
            raise Refused(f"{number.text!r} where a term is expected")
        if sign and number.start != token.end:
            raise Refused("a sign apart from its number")
        return _known(sign + number.text, XSD + ("decimal" if "." in number.text else "integer"))

    def _literal(self) -> Value:
        token = self.take()
        width = 3 if token.text[:3] in {'"""', "'''"} and len(token.text) >= 6 else 1
        text = _STRING_ESCAPE.sub(lambda match: _LETTERS.get(match.group(1), match.group(1)), token.text[width:-width])
        following = self.next
        if following.kind == "lang" and following.start == token.end:
            tag = _TAG.fullmatch(self.take().text)
            if tag is None:
                raise Refused("a language tag that is not as usual")
            return Value(Family.TAGGED, text, tag.group(1).lower())
        if self.accept("^^"):
            return _known(text, self.iri())
        return Value(Family.STRING, text)


def _known(lexical: str, datatype: str) -> Value:
    """Return the value of a literal of a query, in the one form that Oxigraph keeps of it."""
    if datatype == XSD + "string":
        return Value(Family.STRING, lexical)
    value = typed_value(lexical, datatype)
    if datatype not in _KNOWN_TYPES or value.family is Family.OPAQUE:
        raise Refused(f"a literal of {datatype}")
    return value


def _absolute(iri: str) -> str:
    if not _ABSOLUTE.fullmatch(iri) or "/." in iri:  # a base would have its segments of dots removed
        raise Refused("an IRI that is relative, or not in its usual form")
    return iri
