"""The tokens of a SPARQL text (SPARQL 1.1 Query, section 19.8), for what must be known before the engine parses it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

Kind = Literal["iri", "pname", "blank", "var", "string", "lang", "number", "word", "punct"]

_CODEPOINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ESCAPE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL_ESCAPE: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
# A string with any other escape is none for the engine: then its quotes are read in another way.
_HEX: Final = "[0-9A-Fa-f]"
_NO_SURROGATE: Final = f"(?![dD][89a-fA-F]){_HEX}{{4}}"
_STRING_ESCAPE: Final = (
    rf"""\\[tbnrf"'\\]|\\u{_NO_SURROGATE}|\\U(?:0000{_NO_SURROGATE}|000[1-9A-Fa-f]{_HEX}{{4}}|0010{_HEX}{{4}})"""
)
_NAME: Final = "[\\w\u00b7\u0300-\u036f\u203f\u2040]"

TOKEN: Final = re.compile(
    rf"""
    (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*>)
  | (?P<string>'''(?:'{{0,2}}(?:[^'\\]|{_STRING_ESCAPE}))*''' | \"\"\"(?:"{{0,2}}(?:[^"\\]|{_STRING_ESCAPE}))*\"\"\"
      | '(?:[^'\\\n\r]|{_STRING_ESCAPE})*' | "(?:[^"\\\n\r]|{_STRING_ESCAPE})*")
  | (?P<var>[?$]{_NAME}+)
  | (?P<blank>_:\w(?:(?:{_NAME}|[.-])*(?:{_NAME}|-))?)
  | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)
  | (?P<pname>(?:[^\W\d_](?:(?:{_NAME}|[.-])*(?:{_NAME}|-))?)?:
      (?:(?:[\w:]|{_LOCAL_ESCAPE})(?:(?:{_NAME}|[.:-]|{_LOCAL_ESCAPE})*(?:{_NAME}|[:-]|{_LOCAL_ESCAPE}))?)?)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?|\d+\.[eE][+-]?\d+)
  | (?P<word>[^\W\d]\w*)
  | (?P<punct>\^\^|&&|\|\||!=|<=|>=|<<\(|\)>>|<<|>>|\{{\||\|\}}|.)
    """,
    re.VERBOSE | re.DOTALL,
)


_SPACE: Final = re.compile(r"[ \t\r\n\x0b\x0c]*+")
_WORD: Final = re.compile(r"(?P<word>[^\W\d]\w*)")
_RUN: Final = re.compile(rf"(?:{_NAME}|[.-])*+")
_QUOTE: Final = re.compile("(?P<punct>[\"'])")
_EMPTY: Final = re.compile("(?P<string>\"\"|'')")
_OPEN: Final = {
    **{quote: re.compile(rf"{quote}(?:[^{quote}\\\n\r]|{_STRING_ESCAPE})*+") for quote in "\"'"},
    **{quote * 3: re.compile(rf"{quote * 3}(?:{quote}{{0,2}}(?:[^{quote}\\]|{_STRING_ESCAPE}))*+") for quote in "\"'"},
}


@dataclass(frozen=True, slots=True)
class Token:
    """A token, with the text it is written as and where that stands, in characters from 0."""

    kind: Kind
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of some keywords, which SPARQL writes in any case."""
        return self.kind == "word" and self.text.upper() in words


class Scanner:
    """Finds the tokens of a text, in a time that does not grow faster than the text, whatever stands in it.

    An expression that fails after having looked at the whole rest of a text, for each of its characters, would take
    minutes for what a stranger may send. So what was found not to be closed is remembered: of the places before where
    a search for a closing quote ended, no other one opens a string that is closed; of a run of the characters of names
    without a colon, no part is the prefix of a name.
    """

    def __init__(self, text: str) -> None:
        """Read a text."""
        self.text = text
        self._open_until: dict[str, int] = {}
        self._no_prefix_until = 0

    def match(self, position: int) -> re.Match[str] | None:
        """Return the token at a place, behind the white space and the comments that stand there; None at the end."""
        position = self._past_blanks(position)
        first = self.text[position : position + 1]
        if first in {'"', "'"}:
            return self._quoted(first, position)
        if position < self._no_prefix_until and (word := _WORD.match(self.text, position)):
            return word
        found = TOKEN.match(self.text, position)
        if found and found.lastgroup == "word" and first != "_" and (run := _RUN.match(self.text, position)):
            self._no_prefix_until = run.end()
        return found

    def _past_blanks(self, position: int) -> int:
        while True:
            space = _SPACE.match(self.text, position)
            position = space.end() if space else position
            if not self.text.startswith("#", position):
                return position
            ends = (self.text.find(line, position) for line in "\n\r")
            position = min((end for end in ends if end >= 0), default=len(self.text))

    def _quoted(self, quote: str, position: int) -> re.Match[str] | None:
        opening = quote * 3 if self.text.startswith(quote * 3, position) else quote
        if position >= self._open_until.get(opening, 0):
            found = TOKEN.match(self.text, position)
            if found and found.lastgroup == "string" and len(found.group()) >= 2 * len(opening):
                return found
            rest = _OPEN[opening].match(self.text, position)
            self._open_until[opening] = rest.end() if rest else position + 1
        return (_EMPTY if opening != quote else _QUOTE).match(self.text, position)


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, without white space and comments; what is no token is punctuation.

    >>> [token.text for token in tokens("SELECT * { ?s <p> 'a # b' } # c")]
    ['SELECT', '*', '{', '?s', '<p>', "'a # b'", '}']
    """
    scanner, position, found = Scanner(text), 0, []
    while match := scanner.match(position):
        found.append(Token(cast("Kind", match.lastgroup), match.group(), match.start(), match.end()))
        position = match.end()
    return found


def unescape_codepoints(text: str) -> str:
    r"""Return a text in which the escapes of codepoints are resolved (SPARQL 1.1 Query, section 19.2).

    >>> unescape_codepoints("\\u0053ERVICE")
    'SERVICE'
    """

    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()

    return _CODEPOINT.sub(character, text)
