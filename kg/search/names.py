"""The names of things as the graph has them, and what each is compared by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from kg.kinds import KINDS
from kg.lookup import Reference
from kg.lookup.reader import Reader
from kg.search.chinese import Chinese, alike, with_tones
from kg.search.model import How, Matched
from kg.search.texts import Terms, has_han, initials_of, key_of, plain_of, squeezed, terms_of, words_of

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
    toned: tuple[str, ...] = ()
    """Patterns of the pinyin with tones, where the name has digits, which are none."""


def read_things(reader: Reader) -> tuple[NamedThing, ...]:
    """Return the things of a revision, by IRI, each with its labels and aliases; what has none has its id only."""
    rows = reader.select(
        f"""SELECT DISTINCT ?thing ?name ?alias WHERE {{ VALUES ?class {{ {_CLASSES} }} ?thing a ?class .
            OPTIONAL {{ {{ ?thing rdfs:label ?name BIND(false AS ?alias) }}
              UNION {{ ?thing skos:altLabel ?name BIND(true AS ?alias) }} }} }}
            ORDER BY ?thing ?alias DESC(LANG(?name)) ?name"""
    )
    labels: dict[str, dict[str, str]] = {}
    names: dict[str, dict[Matched, None]] = {}
    for row in rows:
        iri = row["thing"].value
        found = names.setdefault(iri, {})
        if "name" in row:
            text, language = row["name"].value, row["name"].language or "en"
            how: How = "alias" if row["alias"].value == "true" else "label"
            found[Matched(text, language, how)] = None
            if how == "label":
                labels.setdefault(iri, {}).setdefault(language, text)
    return tuple(
        NamedThing(reader.reference(iri, labels), tuple(found))
        for iri, found in sorted(names.items())
        if reader.iris.parse(iri) is not None
    )


def compared(things: Iterable[NamedThing], chinese: Chinese, known: Mapping[str, Name] | None = None) -> Iterator[Name]:
    """Yield every name of things in all forms; a name without a letter, character or digit is found as it stands only.

    What is `known`, by its text, is not worked out again.
    """
    for number, thing in enumerate(things):
        for matched in thing.names:
            same = known.get(matched.text) if known else None
            if same is not None:
                yield replace(same, thing=number, kind=thing.reference.type, matched=matched)
                continue
            plain = plain_of(matched.text)
            if squeezed(plain):
                yield _name(number, thing.reference.type, matched, plain, chinese)


def _name(number: int, kind: str, matched: Matched, plain: str, chinese: Chinese) -> Name:
    forms = (*chinese.forms(plain), *chinese.said_elsewhere(plain))
    key = key_of(forms[0])
    if not has_han(plain):
        initials = frozenset(initials_of(words_of(plain)))
        bare = squeezed(plain)
        return Name(number, kind, matched, bare, (bare,), key, terms_of(plain), initials=initials)
    readings = chinese.readings(squeezed(forms[0]))
    pinyin = tuple(dict.fromkeys("".join(reading) for reading in readings))
    return Name(
        number,
        kind,
        matched,
        squeezed(plain),
        tuple(dict.fromkeys(squeezed(form) for form in forms)),
        key,
        terms_of(forms[0]),
        pinyin,
        frozenset(alike(sound) for sound in pinyin),
        frozenset(_initials(reading, squeezed(forms[0])) for reading in readings if len(reading) >= 2),
        tuple(map(with_tones, readings)) if any(map(str.isdigit, plain)) else (),
    )


def _initials(reading: tuple[str, ...], text: str) -> str:
    """Return the first letters of syllables; what the name has in letters or digits stands whole."""
    return "".join(syllable if syllable in text else syllable[:1] for syllable in reading)
