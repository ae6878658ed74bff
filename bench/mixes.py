"""What is asked of every server: look-ups, joins with the tree of sectors, aggregates, and labels that contain a text.

The queries are made from what the data hold, so that no server is asked the same ten texts. In a mix of queries that
nobody has asked before, each text ends with a number of its own.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from kg.engine import Engine
from kg.terms import sparql_prologue

RESULTS: Final = "application/sparql-results+json"
_MOST: Final = 64
"""How many different queries a mix has at most."""

TREE: Final = """SELECT ?measure ?label WHERE {{ ?measure pkg:appliesToSector ?sector . ?sector skos:broader* <{0}> .
  ?measure rdfs:label ?label FILTER(LANG(?label) = "zh") }}"""
LOOKUP: Final = "SELECT ?property ?value WHERE {{ <{0}> ?property ?value }}"
TARGETS: Final = """SELECT ?target ?label ?value ?unit WHERE {{ ?target pkg:inPolicy <{0}> ; rdfs:label ?label .
  OPTIONAL {{ ?target pkg:normalizedQuantity ?quantity . ?quantity qudt:numericValue ?value ; qudt:hasUnit ?unit }}
  FILTER(LANG(?label) = "en") }}"""
AGGREGATE: Final = """SELECT ?indicator ?year (COUNT(?target) AS ?targets) (AVG(?value) AS ?mean) (MAX(?value) AS ?most)
WHERE {{ ?target pkg:hasIndicator ?indicator ; pkg:deadline/time:inXSDgYear ?year ;
  pkg:normalizedQuantity/qudt:numericValue ?value FILTER(?year >= "{0}"^^xsd:gYear) }} GROUP BY ?indicator ?year"""
PER_SECTOR: Final = """SELECT ?top (COUNT(DISTINCT ?measure) AS ?measures) WHERE {{
  ?measure pkg:appliesToSector ?sector . ?sector skos:broader* ?top . ?top a pkg:Sector }}
  GROUP BY ?top ORDER BY DESC(?measures) ?top LIMIT {0}"""
TEXT: Final = """SELECT ?thing ?label WHERE {{ ?thing a pkg:Measure ; rdfs:label ?label
  FILTER(CONTAINS(LCASE(STR(?label)), "{0}")) }}"""


@dataclass(frozen=True, slots=True)
class Mix:
    """Queries of one kind."""

    name: str
    about: str
    queries: tuple[str, ...]

    def paths(self, endpoint: str, *, fresh: bool) -> list[str]:
        """Return the paths that ask them; `{n}` stands where one that is fresh has its number."""
        end = "%0A%23%20{n}" if fresh else ""
        return [f"{endpoint}?query={quote(query, safe='')}{end}" for query in self.queries]


def mixes(engine: Engine, seed: int = 1) -> dict[str, Mix]:
    """Return the mixes by name, for what an engine holds."""
    chosen = random.Random(seed)

    def some(pattern: str) -> list[str]:
        rows = engine.select(f"{sparql_prologue()}SELECT DISTINCT ?x WHERE {{ {pattern} }} ORDER BY ?x")
        found = [row["x"].value for row in rows]
        return chosen.sample(found, min(_MOST, len(found)))

    def mix(name: str, about: str, *parts: tuple[str, Sequence[object]]) -> Mix:
        texts = [sparql_prologue() + template.format(value) for template, values in parts for value in values]
        chosen.shuffle(texts)
        return Mix(name, about, tuple(texts))

    things = some("?x a pkg:Measure")
    words = sorted(
        {
            word.lower()
            for label in some("?m a pkg:Measure ; rdfs:label ?x FILTER(LANG(?x) = 'en')")
            for word in label.split()
            if word.isalpha() and len(word) > 4
        }
    )
    found = [
        mix("look-up", "all that is said of a measure", (LOOKUP, things)),
        mix("policy", "the targets of a policy with their numbers", (TARGETS, some("?x a pkg:Policy"))),
        mix("tree", "the measures for a sector or one below it", (TREE, some("?x a pkg:Sector"))),
        mix(
            "aggregate",
            "counts, means and largest values by indicator and year; measures by sector, upwards",
            (AGGREGATE, range(2024, 2032)),
            (PER_SECTOR, range(3, 11)),
        ),
        mix("text", "measures whose label contains a word", (TEXT, chosen.sample(words, min(_MOST, len(words))))),
    ]
    return {each.name: each for each in found}


def api_paths(engine: Engine, seed: int = 1) -> Mapping[str, Sequence[str]]:
    """Return paths of the JSON API by what they ask for: things, lists, and questions to be resolved."""
    chosen = random.Random(seed)

    def ids(kind: str) -> list[str]:
        rows = engine.select(f"{sparql_prologue()}SELECT ?x WHERE {{ ?x a pkg:{kind} }} ORDER BY ?x")
        found = [row["x"].value.rpartition("/")[2] for row in rows]
        return chosen.sample(found, min(_MOST, len(found)))

    sectors = ids("Sector")
    return {
        "things": [f"/api/v1/measures/{each}" for each in ids("Measure")],
        "lists": ["/api/v1/sectors", *(f"/api/v1/measures?touches={each}&limit=20" for each in sectors[:16])],
        "resolve": [f"/api/v1/resolve?q={quote(f'which measures touch {each}')}" for each in sectors[:16]],
    }
