"""The reader's guide: its queries run, its figures hold, and every class of the ontology is named in it."""

from __future__ import annotations

import re
from pathlib import Path

from rdflib import OWL, RDF, URIRef

from kg.build import NamedGraph
from kg.engine import EmbeddedEngine
from kg.terms import PKG

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "ontology.md").read_text(encoding="utf-8")


def test_query_of_the_guide_gives_the_clause_of_each_number(engine: EmbeddedEngine) -> None:
    queries = re.findall(r"```sparql\n(.*?)```", GUIDE, re.DOTALL)
    assert len(queries) == 1
    rows = engine.select(queries[0])
    assert len(rows) == 17
    shown = re.search(r"One of its rows: `(.+)`, (\d+) (\S+), line (\d+), (\S+)\. ", GUIDE)
    assert shown
    found = [[str(row[name]) for name in ("number", "symbol", "line", "clause")] for row in rows]
    row = found.index(list(shown.groups()[1:]))
    assert str(rows[row]["target"]).endswith(f"/{shown.group(1)}")


def test_every_class_and_property_is_in_the_guide(graphs: tuple[NamedGraph, ...]) -> None:
    kinds = (OWL.Class, OWL.ObjectProperty)
    terms = {
        str(term) for kind in kinds for term in graphs[0].graph.subjects(RDF.type, kind) if isinstance(term, URIRef)
    }
    ours = {term.removeprefix(PKG) for term in terms if term.startswith(PKG)}
    assert len(ours) >= 45
    assert {name for name in ours if not re.search(rf"\b{name}\b", GUIDE)} == set()
