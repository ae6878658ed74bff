"""Many measures for one sector, each of them stated: more than one answer shows."""

from __future__ import annotations

from typing import Final

from kg.iris import Iris
from kg.terms import PKG, RDF, RDFS
from tests.inference.stating import stated

MANY: Final = 130
SECTOR: Final = "agriculture"
_IRIS: Final = Iris()


def measure(number: int) -> str:
    """Return the IRI of one of them; they sort by their numbers."""
    return _IRIS.mint("measure", f"crowd-{number:03}")


def crowd(many: int = MANY) -> list[str]:
    """Return the lines, without their points, of so many measures that apply to the sector."""
    sector = f"<{_IRIS.mint('sector', SECTOR)}>"
    lines = []
    for number in range(many):
        thing = f"<{measure(number)}>"
        lines += [f"{thing} <{RDF}type> <{PKG}Measure>", f"{thing} <{PKG}inPolicy> <{_IRIS.mint('policy', 'gd-ai45')}>"]
        lines += [f'{thing} <{RDFS}label> "crowd {number}"@en', f'{thing} <{RDFS}label> "第{number}项"@zh']
        lines += stated(thing, f"<{PKG}appliesToSector>", sector)
    return lines
