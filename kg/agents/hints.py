"""What a query names, held against the graph: what is wrong before it runs, and why it may have found nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final, cast

from kg.agents.arguments import Language
from kg.agents.reading import Reading
from kg.agents.texts import say
from kg.agents.vocabulary import near_terms, term_names
from kg.engine.lexer import Kind, Scanner, Token, unescape_codepoints
from kg.errors import UnknownTerm
from kg.lookup.reader import values_of
from kg.terms import PKG, PREFIXES

MOST_HINTS: Final = 10
_MOST_TOKENS: Final = 2000
"""How many tokens of a query are looked at."""

_LONGEST: Final = 2000
"""Characters of an IRI that is looked for; a prefix may be long, and stand in a query thousands of times."""

_BATCH: Final = 500
_LANGUAGES: Final = ("", "zh", "en")


@dataclass(frozen=True, slots=True)
class Used:
    """An IRI in a query: as it is written, in full, and its place, from 1."""

    written: str
    iri: str
    line: int
    column: int


def used_terms(reading: Reading, text: str) -> list[Used]:
    """Return the IRIs that a query names.

    Raises:
        UnknownTerm: one of them is of our ontology, which has no such term.
    """
    used = list(named_in(text))
    own = [item for item in used if item.iri.startswith(PKG) and item.iri != PKG]
    present = _present(reading, [item.iri for item in own])
    for item in own:
        if item.iri not in present:
            raise UnknownTerm(item.written, near_terms(reading, item.iri), item.line, item.column)
    return used


def named_in(text: str) -> Iterator[Used]:
    r"""Yield the IRIs that a query names, its declarations left out; what is relative is left out as well.

    >>> [(item.iri, item.line, item.column) for item in named_in("PREFIX x: <urn:x:>\nASK { x:a ?p <urn:b> }")]
    [('urn:x:a', 2, 7), ('urn:b', 2, 14)]
    """
    prefixes = dict(PREFIXES)
    found = _tokens(text)
    skipped: set[int] = set()
    for index, token in enumerate(found):
        following = found[index + 1 : index + 3]
        if token.is_word("PREFIX") and [item.kind for item in following] == ["pname", "iri"]:
            prefixes[following[0].text.rstrip(":")] = following[1].text[1:-1]
            skipped |= {index + 1, index + 2}
        elif token.is_word("BASE"):
            skipped.add(index + 1)
    for index, token in enumerate(found):
        if index not in skipped and (iri := _expanded(token, prefixes)):
            line = text.count("\n", 0, token.start) + 1
            yield Used(token.text, iri, line, token.start - text.rfind("\n", 0, token.start))


def hints(reading: Reading, text: str, used: Sequence[Used], language: Language) -> list[dict[str, Any]]:
    """Return why a query may have no answer, `MOST_HINTS` reasons at most.

    They are names that the graph does not have, and texts that it has in another language.
    """
    found = chain(_name_hints(reading, used, language), _text_hints(reading, text, language))
    return list(islice(found, MOST_HINTS))


def _tokens(text: str) -> list[Token]:
    """Return the first tokens of a text, which may be longer than any query that is answered."""
    scanner, position, found = Scanner(text), 0, list[Token]()
    while len(found) < _MOST_TOKENS and (match := scanner.match(position)):
        found.append(Token(cast("Kind", match.lastgroup), match.group(), match.start(), match.end()))
        position = match.end()
    return found


def _expanded(token: Token, prefixes: Mapping[str, str]) -> str:
    """Return an IRI in full; nothing for what is none, and for one that is too long to be looked for."""
    if token.kind == "iri" and len(token.text) <= _LONGEST:
        iri = unescape_codepoints(token.text[1:-1])
        return iri if ":" in iri else ""
    if token.kind == "pname":
        prefix, _, local = token.text.partition(":")
        if prefix in prefixes and len(prefixes[prefix]) + len(local) <= _LONGEST:
            return prefixes[prefix] + local.replace("\\", "")
    return ""


def _present(reading: Reading, iris: Iterable[str]) -> set[str]:
    """Return which IRIs stand anywhere in the graph."""
    wanted = list(dict.fromkeys(iris))
    found: set[str] = set()
    for start in range(0, len(wanted), _BATCH):
        rows = reading.lookup.reader.select(
            f"""SELECT ?t WHERE {{ {values_of("t", wanted[start : start + _BATCH])}
                FILTER(EXISTS {{ ?t ?p ?o }} || EXISTS {{ ?s ?t ?o }} || EXISTS {{ ?s ?p ?t }}
                    || EXISTS {{ GRAPH ?t {{ ?s ?p ?o }} }}) }}"""
        )
        found |= {row["t"].value for row in rows}
    return found


def _name_hints(reading: Reading, used: Sequence[Used], language: Language) -> Iterator[dict[str, Any]]:
    present = _present(reading, [item.iri for item in used])
    names: dict[str, str] | None = None
    for item in {item.iri: item for item in used}.values():
        if item.iri in present or item.iri in PREFIXES.values() or _is_outside(item.iri):
            continue
        parsed = reading.iris.parse(item.iri)
        if parsed:
            near = reading.near(parsed[1], [parsed[0]])
        else:
            names = term_names(reading) if names is None else names
            near = near_terms(reading, item.iri, names)
        mean = say(language, f" Did you mean {', '.join(near)}?", f" 是否指 {'、'.join(near)}？") if near else ""
        en = f"Line {item.line}, column {item.column}: the graph has no {item.written}.{mean}"
        zh = f"第 {item.line} 行第 {item.column} 列：图中没有 {item.written}。{mean}"
        yield {"message": say(language, en, zh), "term": item.written, "nearest": near}


def _is_outside(iri: str) -> bool:
    """Tell whether an IRI is of SPARQL itself: a datatype, which is also a function."""
    return iri.startswith((PREFIXES["xsd"], "http://www.w3.org/2005/xpath-functions"))


def _text_hints(reading: Reading, text: str, language: Language) -> Iterator[dict[str, Any]]:
    """Yield for each text in a query that the graph has in another language, or with one, how it has it."""
    texts = _texts(text)
    known = _languages(reading, [words for words, _ in texts])
    for (words, given), written in texts.items():
        others = [f'"{words}"{f"@{name}" if name else ""}' for name in known[words] if name != given]
        if others:
            also = given in known[words]
            mine = f"{written}{f'@{given}' if given else ''}"
            en = f"The graph has {' and '.join(others)}{' as well as' if also else ', not'} {mine}."
            zh = f"图中{'还' if also else ''}有 {'、'.join(others)}，{'不止' if also else '没有'} {mine}。"
            yield {"message": say(language, en, zh), "term": written, "nearest": others}


def _texts(text: str) -> dict[tuple[str, str], str]:
    """Return the plain texts in a query, with the language of each, and how they are written there."""
    found = _tokens(text)
    texts: dict[tuple[str, str], str] = {}
    for token, after in zip(found, [*found[1:], None], strict=True):
        words = token.text[1:-1]
        if token.kind != "string" or not words or token.text.startswith(('"""', "'''")) or set(words) & {'"', "\\"}:
            continue
        given = after.text[1:] if after is not None and after.kind == "lang" else ""
        texts.setdefault((words, given), token.text)
    return texts


def _languages(reading: Reading, texts: Iterable[str]) -> dict[str, list[str]]:
    """Return the languages in which the graph has each text."""
    wanted = list(dict.fromkeys(texts))
    found: set[tuple[str, str]] = set()
    for start in range(0, len(wanted), _BATCH):
        values = " ".join(f'"{words}" "{words}"@zh "{words}"@en' for words in wanted[start : start + _BATCH])
        rows = reading.lookup.reader.select(
            f"SELECT ?l WHERE {{ VALUES ?l {{ {values} }} FILTER(EXISTS {{ ?s ?p ?l }}) }}"
        )
        found |= {(row["l"].value, row["l"].language) for row in rows}
    return {words: [name for name in _LANGUAGES if (words, name) in found] for words in wanted}
