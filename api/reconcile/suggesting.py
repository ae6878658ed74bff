"""Suggestions while somebody types: things, properties and types, by the beginning of a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from api.reconcile.data import Data, id_of
from api.reconcile.extending import property_json
from api.reconcile.matching import description_of, type_json
from api.reconcile.properties import properties_of
from api.views import text_in
from api.words import KIND_WORDS, Language
from kg.folding import folded
from kg.kinds import KINDS
from kg.lookup import Labels, Reference

DEFAULT: Final = 10
MAX_SUGGESTED: Final = 100
MAX_CURSOR: Final = 1000
_LONGEST: Final = 500
_SEARCHED: Final = 3
"""From so many characters on, the index of names knows what begins with a text."""

Json = dict[str, Any]


def entities(
    data: Data, prefix: str, kinds: Sequence[str], language: Language, cursor: int, limit: int
) -> tuple[list[Json], bool]:
    """Return the things whose names begin with a text, then those that are like it, and whether there are more."""
    text = prefix.strip()
    if not text or len(text) > _LONGEST:
        return [], False
    thing = data.thing(text)
    if thing is not None:
        found = [Reference(thing.id, thing.iri, thing.type, thing.label)]
    else:
        found = [match.reference for match in data.named(text, kinds, cursor + limit + 1)]
        found = found or _beginning(data, text, kinds)
    part = found[cursor : cursor + limit]
    texts = data.descriptions([reference.iri for reference in part])
    return [_entity(reference, texts.get(reference.iri), language) for reference in part], len(found) > cursor + limit


def _beginning(data: Data, text: str, kinds: Sequence[str]) -> list[Reference]:
    """Return the things that have a name which begins with what is too short to search by: one letter, or two."""
    key = folded(text)
    return [
        thing.reference
        for thing in data.index.things
        if len(key) < _SEARCHED
        and (not kinds or thing.reference.type in kinds)
        and any(folded(name.text).startswith(key) for name in thing.names)
    ]


def _entity(reference: Reference, text: Labels | None, language: Language) -> Json:
    return {
        "id": id_of(reference),
        "name": text_in(reference.label, language),
        "description": description_of(reference, text_in(text, language), language),
        "notable": [type_json(reference.type, language)],
    }


def properties(
    prefix: str, kinds: Sequence[str], language: Language, cursor: int, limit: int
) -> tuple[list[Json], bool]:
    """Return the properties whose id or name begins with a text, then those that have it; whether there are more."""
    known = [(property_json(item, language), (item.id, item.name.en, item.name.zh)) for item in properties_of(kinds)]
    return _cut(_alike(prefix, known), cursor, limit)


def types(prefix: str, language: Language, cursor: int, limit: int) -> tuple[list[Json], bool]:
    """Return the types whose id or name begins with a text, then those that have it, and whether there are more."""
    known = []
    for kind in KINDS:
        words = KIND_WORDS[kind.name]
        other = words.en if language == "zh" else words.zh
        shown: Json = {**type_json(kind.name, language), "description": f"{other} · {kind.class_iri}"}
        known.append((shown, (kind.name, kind.collection, kind.class_iri, words.en, words.zh)))
    return _cut(_alike(prefix, known), cursor, limit)


def _alike(prefix: str, known: Iterable[tuple[Json, Sequence[str]]]) -> list[Json]:
    key = folded(prefix)
    ranked = []
    for place, (shown, names) in enumerate(known):
        keys = [folded(name) for name in names]
        rank = 0 if key in keys else 1 if any(name.startswith(key) for name in keys) else 2
        if rank < 2 or any(key in name for name in keys):
            ranked.append((rank, place, shown))
    return [shown for _, _, shown in sorted(ranked, key=lambda item: item[:2])]


def _cut(found: list[Json], cursor: int, limit: int) -> tuple[list[Json], bool]:
    return found[cursor : cursor + limit], len(found) > cursor + limit
