"""Rows of patterns, as people write sentences, compiled to what matches whole sentences.

A row is a sentence with slots: `which <measures> <touch> {x}`. `(a|b)` is one of several, `[a]` may be missing,
`<a>` is a cue with its synonyms (`kg.resolve.words`), and `{x}` is a slot. In English, words are apart by spaces; in
Chinese, spaces mean nothing. A row that begins with `^` is the name of what is asked for (`the measures that touch
{x}`), around which "what are …" or …有哪些 may stand. ` => tag` at its end says how the row asks what its form asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from kg.resolve.forms import FORMS
from kg.resolve.model import Form
from kg.resolve.texts import LANGUAGES, Language, Sentence
from kg.resolve.words import CUES

_NAMED: Final[Mapping[Language, tuple[str, str]]] = {
    "en": (
        "[(what|which) (are|is|were|be)|are there|is there] [all|each|every] [of] [a|the|any|some] [names of|list of|"
        "set of] [all] [of] [the] ",
        " [are|is|there are|that there are|there is]",
    ),
    "zh": (
        "[一共|共|都][有哪些|有什么|哪些是|什么是][所有的|所有|全部的|全部|一切|全体]",
        "[都|分别|具体|各][有哪些|是什么|是哪些|有什么|包括哪些|包括什么|有哪几项|有哪几条|的列表|的清单|列表|清单|"
        "名单|一览]",
    ),
}
_SLOT: Final = re.compile(r"\{(\w+)\}")
_YEARS: Final[Mapping[Language, str]] = {
    "en": r"(?:31 (?:of )?dec(?:ember)? |dec(?:ember)? 31 )?(?:the )?(?:year )?(?:19|20|21)[0-9]{2} ",
    "zh": r"(?:(?:19|20|21)[0-9]{2}|[一二][零〇一二三四五六七八九]{3})年?(?:(?<=年)12月31日)?",
}
_MONTHS: Final[Mapping[Language, str]] = {
    "en": "[a-z]{3,9} ",
    "zh": "(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row, compiled: form, tag, and the expressions that match it; several where slots may be cut differently."""

    form: str
    tag: str
    language: Language
    row: str
    expressions: tuple[re.Pattern[str], ...]

    def matches(self, sentence: Sentence) -> Iterator[Mapping[str, tuple[int, int]]]:
        """Yield the slots of a sentence that the row matches as a whole: where in the text each stands."""
        seen = []
        for expression in self.expressions:
            found = expression.fullmatch(sentence.text)
            if found:
                slots = {name: found.span(name) for name in expression.groupindex}
                if slots not in seen:
                    seen.append(slots)
                    yield slots


def compiled(form: str, language: Language, row: str, cues: Mapping[str, str]) -> Pattern:
    """Return a row as a pattern.

    Raises:
        ValueError: the row is none, or names a cue that there is not; rows are ours, so that this is a mistake of ours.
    """
    text, _, tag = row.partition("=>")
    text = text.strip()
    if text.startswith("^"):
        before, after = _NAMED[language]
        text = before + text[1:] + after
    slots = _SLOT.findall(text)
    if len(slots) != len(set(slots)):
        raise ValueError(f"a slot stands twice in {row!r}")
    expressions = [_Compiler(language, cues, "+?").expression(text)]
    if len(slots) > 1:
        expressions.append(_Compiler(language, cues, "+").expression(text))
    return Pattern(form, tag.strip(), language, row, tuple(re.compile(expression) for expression in expressions))


def expression(row: str, language: Language) -> str:
    """Return the regular expression of a part of a row, with the cues of the language.

    >>> expression("(by|before) {year}", "en")[:20]
    '(?:by |before )(?P<y'
    """
    return _Compiler(language, CUES[language], "+?").expression(row)


@cache
def _tokens(text: str) -> tuple[str, ...]:
    """Return the signs and words of a row.

    >>> _tokens("which [of the] (a|b) {x}")
    ('which', '[', 'of', 'the', ']', '(', 'a', '|', 'b', ')', '{x}')
    """
    return tuple(re.findall(r"\{\w+\}|<[\w-]+>|[\[\]()|?]|[^\s\[\]()|{}<>?]+", text))


class _Compiler:
    """Turns one row into a regular expression by recursive descent."""

    def __init__(self, language: Language, cues: Mapping[str, str], length: str) -> None:
        self._language = language
        self._cues = cues
        self._length = length

    def expression(self, text: str) -> str:
        """Return the expression of a row.

        >>> _Compiler("en", {}, "+?").expression("which [of] {x}")
        'which (?:of )?(?P<x>(?:[^ ]+ )+?)'
        """
        tokens = list(_tokens(text))
        found = self._choice(tokens)
        if tokens:
            raise ValueError(f"a bracket too many in {text!r}")
        return found

    def _choice(self, tokens: list[str]) -> str:
        ways = [self._sequence(tokens)]
        while tokens and tokens[0] == "|":
            tokens.pop(0)
            ways.append(self._sequence(tokens))
        return "|".join(ways)

    def _sequence(self, tokens: list[str]) -> str:
        parts = []
        while tokens and tokens[0] not in {"|", ")", "]"}:
            parts.append(self._item(tokens))
        return "".join(parts)

    def _item(self, tokens: list[str]) -> str:
        token = tokens.pop(0)
        if token == "?":
            raise ValueError("a question mark follows no bracket")
        if token in {"(", "["}:
            inner = self._choice(tokens)
            if not tokens or tokens.pop(0) != {"(": ")", "[": "]"}[token]:
                raise ValueError("a bracket too few")
            optional = token == "["
            if tokens and tokens[0] == "?":
                tokens.pop(0)
                optional = True
            return f"(?:{inner}){'?' if optional else ''}"
        if token.startswith("{"):
            return f"(?P<{token[1:-1]}>{self._slot(token[1:-1])})"
        if token.startswith("<"):
            name = token[1:-1]
            if name not in self._cues:
                raise ValueError(f"no cue is called {name!r}")
            inner_tokens = list(_tokens(self._cues[name]))
            return f"(?:{self._choice(inner_tokens)})"
        return re.escape(token) + (" " if self._language == "en" else "")

    def _slot(self, name: str) -> str:
        """Return what may stand in a slot; a year is known by its digits, so that it is not cut in two."""
        if name == "year":
            return _YEARS[self._language]
        if name == "month":
            return _MONTHS[self._language]
        if name == "value" and self._language == "zh":
            return f"(?:百分之)?[0-9零〇一二两三四五六七八九十百千¥].*{self._length[1:]}"
        return f"{'(?:[^ ]+ )' if self._language == 'en' else '.'}{self._length}"


class Grammar:
    """The patterns of all forms, by language."""

    def __init__(self, forms: Iterable[Form]) -> None:
        """Compile the rows of forms."""
        self._patterns: dict[Language, list[Pattern]] = {language: [] for language in LANGUAGES}
        for form in forms:
            for language in LANGUAGES:
                rows = dict.fromkeys(form.rows[language])
                self._patterns[language] += [compiled(form.name, language, row, CUES[language]) for row in rows]

    def patterns(self, language: Language) -> Sequence[Pattern]:
        """Return the patterns of a language, in the order of the forms."""
        return self._patterns[language]


@cache
def grammar() -> Grammar:
    """Return the grammar of all forms; it is the same for every revision, and compiled once."""
    return Grammar(FORMS)
