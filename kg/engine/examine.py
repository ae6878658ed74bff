"""What a SPARQL text asks for beyond its data: other services, documents to load, graphs to read, how deep it nests.

Oxigraph has no switch against `SERVICE`. So the text is examined before it is evaluated; that this reading and the
engine's may differ somewhere is why workers have no network besides.

Two texts can be read in two ways, and each reading is examined: `?a <?b#> …` is a comparison with a comment, or an IRI;
and where there are codepoint escapes, with and without resolving them first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from kg.engine.lexer import Scanner, Token, tokens, unescape_codepoints
from kg.terms import PREFIXES

_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_INK: Final = re.compile(r"[^\r\n]")
_TELLING: Final = ("SERVICE", "LOAD", "FROM", "\\")
"""What a text has in which something may be called, or a dataset be named; letters may be written as escapes."""

_VOLATILE: Final = ("RAND", "UUID", "NOW", "BNODE")

_CERTAIN: Final = re.compile(r"""<[A-Za-z][A-Za-z0-9+.-]*://[^\x00-\x20<>"'{}|^`\\]*>""")
"""An absolute IRI, wherever it stands: nothing can end within it that would make a part of it anything else."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to another service: the IRI, empty where it is a variable or a name, and where that IRI is written.

    `silent` tells that the query goes on where the call fails.
    """

    iri: str
    start: int
    end: int
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """What a text asks for.

    `hidden_call` tells that a call appears in one of several readings only, so that it cannot be pointed at.
    `volatile` tells that the text has what may answer differently each time, or a word that looks like it.
    `default_graphs` and `named_graphs` are what FROM and FROM NAMED give, None where a name cannot be resolved.
    """

    services: tuple[Call, ...]
    loads: tuple[Call, ...]
    hidden_call: bool
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    nesting: int
    volatile: bool
    bare: str
    """The text with blanks in place of its comments, so that no reading can find anything there."""
    named_services: int
    """How often the word SERVICE stands in that, in strings and names too, but for absolute IRIs."""


def examine(text: str, base: str = "") -> Examination:
    r"""Return what a query or an update asks for; relative names of graphs are relative to `base`.

    >>> examine("SELECT * { SERVICE <http://example.com/sparql> { ?s ?p ?o } }").services[0].iri
    'http://example.com/sparql'
    >>> examine("SELECT * { ?service rdfs:label 'SERVICE <x>' } # SERVICE <x>").services
    ()
    >>> examine("SELECT * { \\u0053ERVICE <http://example.com/> {} }").hidden_call
    True
    """
    found = tokens(text)
    services = tuple(_calls(found, "SERVICE"))
    loads = tuple(_calls(found, "LOAD"))
    readings = [text, unescape_codepoints(text)] if "\\" in text else [text]
    seen = sum(_count_calls(reading) for reading in readings)
    default, named = _dataset(found, base)
    bare = _bare(text, found) if services else text
    return Examination(
        services=services,
        loads=loads,
        hidden_call=seen > len(readings) * (len(services) + len(loads)) or any(not call.iri for call in services),
        default_graphs=default,
        named_graphs=named,
        nesting=_nesting(found),
        volatile=any(_is_volatile(reading.upper()) for reading in readings),
        bare=bare,
        named_services=_mentions(found),
    )


def examine_plain(text: str, most_brackets: int) -> Examination | None:
    """Return the examination of a text in which no word can be a call or name a dataset, however it is read.

    Most texts are of this kind, and to read one as `examine` does takes ten times as long as a look-up. None for the
    others, and for one with more opening brackets than `most_brackets`, whose depth has to be known; of the others,
    `nesting` is how many there are.

    >>> examine_plain("SELECT * { ?s ?p '(' }", 10).nesting, examine_plain("# from", 10)
    (2, None)
    """
    upper = _CERTAIN.sub("<>", text).upper()
    nesting = text.count("{") + text.count("(") + text.count("[")
    if nesting > most_brackets or any(word in upper for word in _TELLING):
        return None
    return Examination((), (), False, (), (), nesting, _is_volatile(text.upper()), text, 0)


def _is_volatile(upper: str) -> bool:
    return any(word in upper for word in _VOLATILE)


def _bare(text: str, found: list[Token]) -> str:
    pieces, position = [], 0
    for token in found:
        pieces += [_INK.sub(" ", text[position : token.start]), token.text]
        position = token.end
    return "".join([*pieces, _INK.sub(" ", text[position:])])


def _mentions(found: list[Token]) -> int:
    """Count the word SERVICE in all tokens but absolute IRIs, which can be read in one way only."""
    loose = " ".join(token.text for token in found if token.kind != "iri" or not _ABSOLUTE.match(token.text))
    return max(reading.upper().count("SERVICE") for reading in (loose, unescape_codepoints(loose)))


def _calls(found: list[Token], keyword: str) -> Iterator[Call]:
    for index, token in enumerate(found):
        if not token.is_word(keyword):
            continue
        after = index + 1
        silent = after < len(found) and found[after].is_word("SILENT")
        after += silent
        target = found[after] if after < len(found) else token
        iri = unescape_codepoints(target.text[1:-1]) if target.kind == "iri" else ""
        yield Call(iri, target.start, target.end, silent)


def _count_calls(text: str) -> int:
    """Return how many places of a text any of its readings takes for a call.

    The engine asks for no space around keywords: `trueSERVICE<x>` is a literal and a call, and `SERVICE:x{` a call of
    the name `:x`. A word counts wherever it contains the keyword.
    """
    scanner = Scanner(text)
    places: set[int] = set()
    seen: set[int] = set()
    starts = [0]
    while starts:
        position = starts.pop()
        previous = ""
        while position not in seen:
            seen.add(position)
            match = scanner.match(position)
            if match is None:
                break
            position = match.start()
            kind, word = str(match.lastgroup), match.group()
            if kind == "iri" and not _ABSOLUTE.match(word):
                starts.append(position + 1)
            if _is_call(scanner, kind, word, previous, match.end()):
                places.add(position)
            position, previous = match.end(), word
    return len(places)


def _is_call(scanner: Scanner, kind: str, word: str, previous: str, end: int) -> bool:
    upper = word.upper()
    if kind == "word":
        return "SERVICE" in upper or "LOAD" in upper
    if kind != "pname":
        return False
    prefix = upper.partition(":")[0]
    match = scanner.match(end)
    after = match.group().upper() if match else ""
    if "SERVICE" in prefix and after == "{":
        return previous.upper() != "GRAPH"
    return "LOAD" in prefix and after in {"", ";", "INTO"}


def _dataset(found: list[Token], base: str) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Return the graphs of FROM and FROM NAMED, which stand outside all brackets."""
    prefixes = dict(PREFIXES)
    default: list[str | None] = []
    named: list[str | None] = []
    depth = 0
    for index, token in enumerate(found):
        depth += (token.text in {"{", "(", "["}) - (token.text in {"}", ")", "]"}) if token.kind == "punct" else 0
        following = found[index + 1 : index + 3]
        if depth or not following:
            continue
        if token.is_word("BASE") and following[0].kind == "iri":
            base = urljoin(base, following[0].text[1:-1])
        elif token.is_word("PREFIX") and len(following) == 2 and following[1].kind == "iri":
            prefixes[following[0].text.rstrip(":")] = urljoin(base, following[1].text[1:-1])
        elif token.is_word("FROM"):
            if following[0].is_word("NAMED"):
                named.append(resolved(following[-1], prefixes, base))
            else:
                default.append(resolved(following[0], prefixes, base))
    return _known(default), _known(named)


def resolved(token: Token, prefixes: Mapping[str, str], base: str) -> str | None:
    """Return the IRI that an IRI or a prefixed name stands for, None where it is neither, or has no such prefix."""
    if token.kind == "iri":
        return urljoin(base, unescape_codepoints(token.text[1:-1]))
    if token.kind != "pname":
        return None
    prefix, _, local = token.text.partition(":")
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local) if prefix in prefixes else None


def _known(graphs: list[str | None]) -> tuple[str, ...] | None:
    known = tuple(graph for graph in graphs if graph is not None)
    return known if len(known) == len(graphs) else None


def _nesting(found: list[Token]) -> int:
    depth = deepest = 0
    for token in found:
        if token.kind == "punct":
            depth += (token.text[0] in "{([") - (token.text[0] in "})]")
            deepest = max(deepest, depth)
    return deepest
