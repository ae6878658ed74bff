"""Random queries over random graphs: what the columns take, Oxigraph answers in the same way."""

from __future__ import annotations

import os
import random

import pytest

from kg.engine import EmbeddedEngine
from tests.columns.comparing import Both
from tests.columns.generated import Analyst, Generator, graphs

GRAPHS = 25 if not os.environ.get("KG_LONG") else 2000
ANALYSES = 150 if not os.environ.get("KG_LONG") else 3000
QUERIES = 20
"""How many queries are asked of each graph."""


@pytest.mark.parametrize("part", range(4))
def test_what_is_taken_is_answered_as_oxigraph_does(part: int) -> None:
    taken = 0
    seeds = range(part, GRAPHS, 4)
    for seed in seeds:
        chosen = random.Random(seed)
        both = Both.of(graphs(chosen))
        generator = Generator(chosen)
        for _ in range(QUERIES):
            query = generator.query()
            difference = both.difference(query.text, query.order)
            assert not difference, f"seed {seed}: {query.text}\n{difference}"
            taken += difference is not None
    assert taken >= len(seeds) * QUERIES // 2


@pytest.mark.parametrize("of", ["seeds", "corpus"])
def test_analyses_of_our_graphs_are_answered_as_oxigraph_does(of: str, engine: EmbeddedEngine, both: Both) -> None:
    asked, taken = (Both.of(engine) if of == "seeds" else both), 0
    analyst = Analyst(random.Random(of), asked.engine)
    for _ in range(ANALYSES):
        query = analyst.query()
        difference = asked.difference(query.text, query.order)
        assert not difference, f"{query.text}\n{difference}"
        taken += difference is not None
    assert taken >= ANALYSES * 2 // 3
