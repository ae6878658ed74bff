"""The names of things as the graph has them, and what each is compared by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kg.kinds import KINDS
from kg.lookup import Reference
from kg.lookup.reader import Reader
from kg.search.chinese import Chinese, alike
from kg.search.model import Matched
from kg.search.texts import Terms, has_han, initials_of, key_of, plain_of, squeezed, terms_of, words_of
from kg.terms import SKOS

_ALIAS: Final = SKOS + "altLabel"
_CLASSES: Final = " ".join(f"<{kind.class_iri}>" for kind in KINDS)


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A thing with its names, label or alias."""

    reference: Reference
    names: tuple[Matched, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one thing, in every form in which it is compared; `thing` is the thing's place in the index."""

    thing: int
    kind: str
    matched: Matched
    squeezed: str
    simplified: tuple[str, ...]
    """Without noise, in simplified characters; in the words of mainland, Taiwan and Hong Kong, where they differ."""
    key: str
    terms: Terms
    pinyin: tuple[str, ...] = ()
    alike: frozenset[str] = frozenset()
    initials: frozenset[str] = field(default_factory=frozenset)
    has_digits: bool = False
    """Whether a digit in its pinyin may be one of the name, and no tone."""


def read_things(reader: Reader) -> tuple[NamedThing, ...]:
    """Return the things of a revision, by IRI, each with its labels and aliases; what has none has its id only."""
    # Put in order here: the engine takes many times as long to sort some ten thousand rows, and to tell them apart.
    rows = reader.select(
        f"""SELECT ?thing ?property ?name WHERE {{ VALUES ?class {{ {_CLASSES} }} ?thing a ?class .
            OPTIONAL {{ VALUES ?property {{ rdfs:label skos:altLabel }} ?thing ?property ?name }} }}"""
    )
    found: dict[str, set[tuple[bool, str, str]]] = {}
    for row in rows:
        names = found.setdefault(row["thing"].value, set())
        if "name" in row:
            names.add((row["property"].value == _ALIAS, row["name"].language, row["name"].value))
    things = (_named(reader, iri, names) for iri, names in sorted(found.items()))
    return tuple(thing for thing in things if thing is not None)


def _named(reader: Reader, iri: str, names: Iterable[tuple[bool, str, str]]) -> NamedThing | None:
    """Return a thing with its names, labels before aliases, Chinese before English; None where it is not of ours."""
    if reader.iris.parse(iri) is None:
        return None
    ordered = sorted(names, key=lambda name: name[2])
    ordered.sort(key=lambda name: name[1], reverse=True)
    ordered.sort(key=lambda name: name[0])
    labels: dict[str, str] = {}
    matched: dict[Matched, None] = {}
    for is_alias, language, text in ordered:
        if not is_alias:
            labels.setdefault(language or "en", text)
        matched[Matched(text, language or "en", "alias" if is_alias else "label")] = None
    return NamedThing(reader.reference(iri, {iri: labels} if labels else {}), tuple(matched))


def compared(things: Iterable[NamedThing], chinese: Chinese, known: Mapping[str, Name] | None = None) -> Iterator[Name]:
    """Yield every name of things in all forms; a name without a letter, character or digit is found as it stands only.

    What is `known`, by its text, is not worked out again, nor is a text that several things have for a name.
    """
    things, worked_out = tuple(things), dict[str, Name | None](known or {})
    new = {matched.text for thing in things for matched in thing.names} - worked_out.keys()
    plain = {text: plain_of(text) for text in new}
    elsewhere = chinese.said_elsewhere(plain.values())
    for number, thing in enumerate(things):
        kind = thing.reference.type
        for matched in thing.names:
            text = matched.text
            if text not in worked_out:
                bare = plain[text]
                more = elsewhere.get(bare, ())
                worked_out[text] = _name(number, kind, matched, bare, chinese, more) if squeezed(bare) else None
            name = worked_out[text]
            if name is not None:
                same = name.thing == number and name.kind == kind and name.matched is matched
                yield name if same else replace(name, thing=number, kind=kind, matched=matched)


def _name(number: int, kind: str, matched: Matched, plain: str, chinese: Chinese, elsewhere: Sequence[str]) -> Name:
    forms = (*chinese.forms(plain), *elsewhere)
    key, bare = key_of(forms[0]), squeezed(plain)
    if not has_han(plain):
        initials = frozenset(initials_of(words_of(plain)))
        return Name(number, kind, matched, bare, (bare,), key, terms_of(plain), initials=initials)
    simplified = squeezed(forms[0])
    readings = chinese.readings(simplified)
    pinyin = tuple(dict.fromkeys("".join(reading) for reading in readings))
    return Name(
        number,
        kind,
        matched,
        bare,
        tuple(dict.fromkeys(squeezed(form) for form in forms)),
        key,
        terms_of(forms[0]),
        pinyin,
        frozenset(map(alike, pinyin)),
        _initials(readings, simplified),
        any(map(str.isdigit, plain)),
    )


def _initials(readings: Sequence[tuple[str, ...]], text: str) -> frozenset[str]:
    """Return the first letters of syllables; what the name has in letters or digits stands whole."""
    syllables = {syllable for reading in readings for syllable in reading}
    first = {syllable: syllable if syllable in text else syllable[:1] for syllable in syllables}
    return frozenset("".join(map(first.__getitem__, reading)) for reading in readings if len(reading) >= 2)
