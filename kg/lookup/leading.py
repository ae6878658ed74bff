"""The targets to show first, where not all of them are shown: those with a number, by year, in the order of the source.

The graph itself puts them in order, so that no more of them is read than is shown, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.lookup.lookup import Lookup
from kg.lookup.things import Thing

_YEAR: Final = '?thing pkg:deadline/time:inXSDgYear ?year FILTER REGEX(STR(?year), "^[0-9]{4}$")'
"""What has a year by which targets can be asked for."""


@dataclass(frozen=True, slots=True)
class Leading:
    """The first of some targets, and how many there are; `year` is that of all of them where they were put by year."""

    things: tuple[Thing, ...]
    total: int
    year: str = ""


def leading(lookup: Lookup, filters: Mapping[str, str], most: int) -> Leading:
    """Return the first of the targets that pass filters.

    Raises:
        NotFound: a filter names a thing that there is not.
        BadParameter: a filter has an impossible value, or names several things.
    """
    patterns = (lookup.finder.pattern("target", name, value) for name, value in filters.items())
    return _leading(lookup, " ".join(patterns), most)


def leading_by_year(lookup: Lookup, most: int) -> Iterator[Leading]:
    """Yield the first targets of each year, the years in order, and last those of no year."""
    rows = lookup.reader.select(f"SELECT DISTINCT (STR(?year) AS ?name) WHERE {{ ?thing a pkg:Target . {_YEAR} }}")
    for year in sorted(row["name"].value for row in rows):
        yield _leading(lookup, lookup.finder.pattern("target", "deadline", year), most, year)
    rest = _leading(lookup, f"FILTER NOT EXISTS {{ {_YEAR} }}", most)
    if rest.total:
        yield rest


def _leading(lookup: Lookup, pattern: str, most: int, year: str = "") -> Leading:
    start = lookup.iris.mint("target", "")
    which = f'?thing a pkg:Target . {pattern} FILTER STRSTARTS(STR(?thing), "{start}")'
    counted = lookup.reader.select(f"SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE {{ {which} }}")
    # What no source names comes last, as in lists: an unbound value would come first. It is bound within, since
    # Virtuoso 7.2 cannot compile a COALESCE of an aggregate here (SQ156: Bad dfe in sqlo_place_exp).
    rows = lookup.reader.select(
        f"""SELECT ?thing (MIN(?words) AS ?in_words) (MIN(?falls) AS ?due)
              (MIN(?from) AS ?origin) (MIN(?at) AS ?first) (MIN(?begins) AS ?begin) WHERE {{
              {{ SELECT DISTINCT ?thing WHERE {{ {which} }} }}
              BIND(IF(EXISTS {{ ?thing a pkg:QuantitativeTarget }}, 0, 1) AS ?words)
              OPTIONAL {{ ?thing pkg:deadline/time:inXSDgYear ?stated }}
              BIND(COALESCE(STR(?stated), "9999") AS ?falls)
              OPTIONAL {{ ?evidence oa:hasBody ?thing ; oa:hasTarget ?clause .
                ?clause oa:hasSource ?passage ; oa:hasSelector/oa:start ?start .
                ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source }}
              BIND(COALESCE(STR(?source), "\U0010ffff") AS ?from)
              BIND(COALESCE(?line, 0) AS ?at) BIND(COALESCE(?start, 0) AS ?begins)
            }} GROUP BY ?thing ORDER BY ?in_words ?due ?origin ?first ?begin ?thing LIMIT {most}"""
    )
    things = lookup.several("target", [row["thing"].value for row in rows])
    return Leading(tuple(things), int(counted[0]["n"].value), year)
