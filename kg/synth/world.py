"""What all policies of a corpus share: the concepts of the vocabularies, and pools that grow with the policies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import isqrt
from typing import Final

from kg.build import Ontology
from kg.errors import Problem, SourceError
from kg.synth.dice import Dice
from kg.synth.places import CITIES, PROVINCES, Place
from kg.synth.words import INDICATORS

_COMPUTE: Final = {
    "computing-centre",
    "edge-computing-centre",
    "data-centre",
    "public-computing-platform",
    "compute-network",
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a vocabulary: its id and its labels."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform of the pool: what it is, where it lies, who develops it, and which product it serves."""

    id: str
    zh: str
    en: str
    kind: Concept
    place: Place
    product: Concept
    developer: str
    developer_zh: str
    developer_en: str
    brings_developer: bool
    """Whether the policy that brings this platform up brings its developer up, too."""

    @property
    def computes(self) -> bool:
        """Whether it supplies computing power."""
        return self.kind.id in _COMPUTE


@dataclass(frozen=True)
class World:
    """The concepts, the most frequent first, and the seed of all chance."""

    seed: int
    sectors: tuple[Concept, ...]
    products: tuple[Concept, ...]
    themes: tuple[Concept, ...]
    kinds: tuple[Concept, ...]

    @classmethod
    def read(cls, ontology: Ontology, seed: int) -> World:
        """Return the world of an ontology.

        Raises:
            SourceError: the vocabularies lack what policies are made of.
        """
        wanted = ("sector", "product", "theme", "platform-kind")
        concepts = {kind: _in_order(ontology, kind) for kind in wanted}
        lacking = [f"no {kind}" for kind in wanted if not concepts[kind]]
        units = {indicator.unit for indicator in INDICATORS} - {""}
        lacking += [f"no unit {unit}" for unit in sorted(units - ontology.units.keys())]
        if lacking:
            folder = str(ontology.folder / "vocabularies")
            hint = "a synthetic corpus is made of the concepts and units that come with the package"
            raise SourceError([Problem(folder, 0, 0, "", f"has {', '.join(lacking)}", hint)])
        return cls(seed, *(concepts[kind] for kind in wanted))

    def dice(self, *name: int | str) -> Dice:
        """Return the dice of a thing of this world."""
        return Dice(self.seed, *name)

    def place(self, dice: Dice) -> tuple[Place, Place]:
        """Return a province, the first ones more often, and a place in it: a city, or the province itself."""
        province = dice.skewed(PROVINCES)
        cities = CITIES[province]
        return province, dice.pick(cities) if cities and dice.chance(65) else province

    def platform(self, number: int) -> Platform:
        """Return a platform of the pool; numbers count from 0."""
        dice = self.dice("platform", number)
        _, place = self.place(dice)
        kind, product = dice.skewed(self.kinds), dice.skewed(self.products)
        lead = number - number % 2  # who develops one platform develops the next one as well
        home = place if lead == number else self.platform(lead).place
        return Platform(
            f"synth-platform-{number:03d}",
            f"{place.zh}{kind.zh}（合成 {number:03d}）",
            f"{kind.en} of {place.en} (synthetic {number:03d})",
            kind,
            place,
            product,
            f"synth-lab-{lead:03d}",
            f"{home.zh}智能实验室（合成 {lead:03d}）",
            f"Intelligence laboratory of {home.en} (synthetic {lead:03d})",
            lead == number,
        )


def platforms_by(policy: int) -> int:
    """Return how many platforms the policies up to one have brought up: with four times the policies, twice as many.

    >>> platforms_by(1), platforms_by(100), platforms_by(20_000)
    (2, 20, 282)
    """
    return isqrt(4 * policy)


def indicators_by(policy: int) -> int:
    """Return how many indicators the policies up to one have brought up.

    >>> indicators_by(1), indicators_by(1_000)
    (2, 20)
    """
    return min(len(INDICATORS), isqrt(4 * policy))


def _in_order(ontology: Ontology, kind: str) -> tuple[Concept, ...]:
    """Return the concepts of a kind in an order of their own, the same for every seed and whatever else there is."""
    named = (Concept(local, zh, en) for local, (zh, en) in ontology.names.get(kind, {}).items())
    return tuple(sorted(named, key=lambda concept: hashlib.sha256(f"{kind}/{concept.id}".encode()).digest()))
