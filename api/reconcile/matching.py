"""From a query to candidates: who bears the name, and has the properties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.reconcile.allowance import Allowance
from api.reconcile.conditions import Wanted
from api.reconcile.data import MOST_UNNAMED, Data, id_of
from api.reconcile.properties import kind_named
from api.reconcile.queries import Query
from api.views import text_in
from api.words import KIND_WORDS, Language
from kg.errors import BadParameter
from kg.kinds import KINDS
from kg.lookup import Reference, Thing
from kg.search import EXACT_WAYS

_AS_WRITTEN: Final = frozenset({"id", "label", "alias"})
"""Of these the name is the text itself: one thing is called so as much as another."""

NEAR: Final = frozenset({"pinyin", "typo"})
"""The ways by which a text is a whole name, though not as it is written."""

SURE, CLEAR = 0.9, 0.1
"""How alike a name must be that is not the same, and by how much more than that of any other thing."""

MAX_CANDIDATES: Final = 100
_DEFAULT: Final = 10
_LOOKED_AT: Final = 25
"""Candidates that are looked at where fewer are asked for, so that of two with the same name both are seen."""

_LONGEST: Final = 500
"""Characters of a name; nothing here has a longer one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a query may mean: how it was found (empty without a name), and which of the properties it has."""

    reference: Reference
    alike: float
    how: str
    met: tuple[tuple[str, bool], ...]

    @property
    def meets_all(self) -> bool:
        """Whether it has all properties that are asked for."""
        return all(met for _, met in self.met)

    @property
    def score(self) -> float:
        """How well it matches, from 0 to 100: properties that it has not make it less likely."""
        return round(100 * self.alike * (1 + sum(met for _, met in self.met)) / (1 + len(self.met)), 2)

    def to_json(self, language: Language, text: str, *, match: bool) -> dict[str, Any]:
        """Return the candidate as the specification writes it; `text` is what it is, in words."""
        features: list[dict[str, Any]] = []
        if self.how:
            features += [
                {"id": "name_similarity", "value": self.alike},
                {"id": "name_exact", "value": self.how in EXACT_WAYS},
                {"id": f"found_by_{self.how}", "value": True},
            ]
        features += [{"id": f"property_{name}", "value": met} for name, met in self.met]
        return {
            "id": id_of(self.reference),
            "name": text_in(self.reference.label, language),
            "description": description_of(self.reference, text, language),
            "type": [type_json(self.reference.type, language)],
            "score": self.score,
            "features": features,
            "match": match,
        }


def type_json(kind: str, language: Language) -> dict[str, str]:
    """Return a kind as a type."""
    return {"id": kind, "name": KIND_WORDS[kind].in_(language)}


def description_of(reference: Reference, text: str, language: Language) -> str:
    """Return what tells a thing from its namesakes: its kind, its name in the other language, what it is."""
    shown = text_in(reference.label, language)
    others = [name for name in reference.label.values() if name != shown]
    return " · ".join([KIND_WORDS[reference.type].in_(language), *others[:1], *([text] if text else [])])


def answer(data: Data, query: Query, language: Language, parameter: str, allowance: Allowance) -> dict[str, Any]:
    """Return the result of a query: candidates, the likeliest first, of which one may be a match (see `certain`).

    Raises:
        BadParameter: a type or a property is none, or there is no name and there are too many things.
        QueryTimeout: it takes too long to look at the properties.
    """
    found = sorted(_candidates(data, query, parameter, allowance), key=lambda item: (-item.score, item.reference.iri))
    match = certain(found)
    shown = found[: int(min(query.limit or _DEFAULT, MAX_CANDIDATES))]
    texts = data.descriptions([item.reference.iri for item in shown])
    return {
        "result": [
            item.to_json(language, text_in(texts.get(item.reference.iri), language), match=item is match)
            for item in shown
        ]
    }


def certain(found: Sequence[Candidate]) -> Candidate | None:
    """Return the candidate that is meant without doubt, or None where a person has to decide.

    It alone bears the very name and has all properties. Where no thing bears the name, it is the one whose name is
    nearly that, mistyped or in pinyin, where no other that has the properties comes close.
    """
    bearing = [item for item in found if item.how in EXACT_WAYS]
    whole = [item for item in bearing or found if item.meets_all]
    if bearing:
        return whole[0] if len(whole) == 1 else None
    best = max(whole, key=lambda item: item.alike, default=None)
    if best is None or best.how not in NEAR or best.alike < SURE:
        return None
    return best if all(item is best or item.alike < best.alike - CLEAR for item in whole) else None


def _candidates(data: Data, query: Query, parameter: str, allowance: Allowance) -> list[Candidate]:
    kinds = list(dict.fromkeys(kind_named(name, parameter) for name in query.types))
    conditions = [Wanted.of(data, item, parameter) for item in query.properties or ()]
    if query.type_strict == "all" and len(kinds) > 1:
        return []  # a thing is of one kind
    found: list[Candidate] = []
    for reference, alike, how, known in allowance.each(_named(data, query, kinds, parameter)):
        met = tuple((item.property.id, item.met_by(data, reference.iri, known)) for item in conditions)
        if query.query is not None or all(ok for _, ok in met):
            found.append(Candidate(reference, alike, how, met))
    return found


def _named(
    data: Data, query: Query, kinds: list[str], parameter: str
) -> list[tuple[Reference, float, str, Thing | None]]:
    """Return the things that a name may mean, how like it is, in which way, and the things as far as they are read.

    Without a name, these are all things of the kinds.

    Raises:
        BadParameter: these are too many.
    """
    if query.query is None:
        return [(_reference(thing), 1.0, "", thing) for thing in _unnamed(data, kinds, parameter)]
    text = query.query.strip()
    if not text or len(text) > _LONGEST:
        return []
    thing = data.thing(text)
    if thing is not None:
        return [(_reference(thing), 1.0, "id", thing)] if not kinds or thing.type in kinds else []
    limit = max(_LOOKED_AT, int(min(query.limit or 0, MAX_CANDIDATES)))
    found = [(item.reference, item.score, item.matched.how) for item in data.named(text, kinds, limit)]
    return [(reference, 1.0 if how in _AS_WRITTEN else alike, how, None) for reference, alike, how in found]


def _unnamed(data: Data, kinds: list[str], parameter: str) -> list[Thing]:
    wanted = kinds or [kind.name for kind in KINDS]
    count = data.count(wanted)
    if count > MOST_UNNAMED:
        raise BadParameter(
            parameter,
            ", ".join(kinds),
            f"has no `query`, and there are {count} things of these types, of which {MOST_UNNAMED} may be compared; "
            "give a name, or a type with fewer things",
            f"没有 `query`，而这些类型共有 {count} 个事物，最多可比较 {MOST_UNNAMED} 个；请给出名称，或事物较少的类型",
        )
    return [thing for kind in wanted for thing in data.all_of(kind)]


def _reference(thing: Thing) -> Reference:
    return Reference(thing.id, thing.iri, thing.type, thing.label)
