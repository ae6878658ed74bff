"""The register: the one source that every corpus has, and that names the places, offices and uses of products."""

from __future__ import annotations

import datetime
from typing import Final

from pydantic import HttpUrl

from kg.facts import Facts, Organization, Place, ProductConcept, Relation, Source, Text
from kg.synth.page import Page
from kg.synth.places import CHINA, CITIES
from kg.synth.places import Place as Named
from kg.synth.world import World

GAZETTE: Final = "synth-gazette"

_USES: Final = (
    ("smart-hospitals", "healthcare"),
    ("medical-assistants", "healthcare"),
    ("smart-classrooms", "education"),
    ("smart-campuses", "education"),
    ("virtual-simulation", "education"),
    ("smart-agriculture", "agriculture"),
    ("smart-transport", "transport"),
    ("robotaxis", "transport"),
    ("smart-government", "government"),
    ("smart-energy", "energy"),
    ("smart-construction", "construction"),
    ("robots", "robotics"),
    ("smart-sensors", "smart-sensor-industry"),
    ("smart-software", "software"),
)
"""Products, and the sectors that they serve."""


def office_of(province: Named) -> str:
    """Return the id of the office of a province, which publishes its policies."""
    return f"{province.id}-office"


def office_names(province: Named) -> tuple[str, str]:
    """Return the names of the office of a province."""
    return f"{province.zh}智能发展办公室（合成）", f"Office for intelligent development of {province.en} (synthetic)"


def register(world: World) -> tuple[Source, Facts, Page]:
    """Return the register: its source, its facts, and its text."""
    page, places, bodies = Page(), [], []
    page.say("本名录由")
    name = page.quote("合成数据编辑部")
    page.say("编制，该部")
    seat = [Relation(to=CHINA.id, evidence=[page.quote("设在中国")])]
    page.say("；所列地点均属")
    places.append(Place(id=CHINA.id, label=Text(zh=CHINA.zh, en=CHINA.en), evidence=[page.quote("中国")]))
    page.end()
    gazette = Text(zh="合成数据编辑部", en="Editors of the synthetic data")
    bodies.append(Organization(id=GAZETTE, label=gazette, evidence=[name], located_in=seat))
    for province, cities in CITIES.items():
        places.append(_place(page, province, "属于中国"))
        for city in cities:
            page.say("，")
            places.append(_place(page, city, f"属于{province.zh}"))
        page.say("，")
        bodies.append(_office(page, province))
        page.end()
    products = _products(page, world)
    title = "合成语料地点与机构名录", "Register of the places and bodies of the synthetic corpus"
    source = source_of(page, "synth-register", title, GAZETTE, datetime.date(2017, 1, 1))
    return source, Facts(places=places, organizations=bodies, products=products), page


def source_of(page: Page, key: str, title: tuple[str, str], publisher: str, published: datetime.date) -> Source:
    """Return the source that has a page as its text."""
    return Source(
        id=key,
        title=Text(zh=title[0], en=title[1]),
        publisher=publisher,
        language="zh",
        published=published,
        url=HttpUrl(f"https://example.org/{key}.html"),
        lines=len(page.lines),
        sha256=page.sha256,
    )


def _place(page: Page, place: Named, within: str) -> Place:
    name = page.quote(place.zh)
    inside = Relation(to=place.within, evidence=[page.quote(within)])
    return Place(id=place.id, label=Text(zh=place.zh, en=place.en), evidence=[name], located_in=[inside])


def _office(page: Page, province: Named) -> Organization:
    zh, en = office_names(province)
    name = page.quote(zh)
    seat = Relation(to=province.id, evidence=[page.quote(f"设在{province.zh}")])
    return Organization(id=office_of(province), label=Text(zh=zh, en=en), evidence=[name], located_in=[seat])


def _products(page: Page, world: World) -> list[ProductConcept]:
    products = {each.id: each for each in world.products}
    sectors = {each.id: each for each in world.sectors}
    found = []
    for product, sector in _USES:
        if product in products and sector in sectors:
            name = page.quote(products[product].zh)
            serves = Relation(to=sector, evidence=[page.quote(f"服务于{sectors[sector].zh}")])
            found.append(ProductConcept(ref=product, evidence=[name], serves_sectors=[serves]))
            page.end()
    return found
