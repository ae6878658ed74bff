"""The description stands in the default graph of every query; what reads it gives the answers that it gave before."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.descriptions import describe
from kg.engine import EmbeddedEngine, Engine, GraphFormat
from kg.export import export
from kg.iris import Iris
from kg.kinds import KINDS
from kg.lookup import Lookup
from kg.metadata import Names
from kg.network import build_network, write_network
from kg.revisions import Revision
from kg.validate import check_hygiene

FOLDER = Path(__file__).resolve().parents[2] / "ontology" / "hygiene"


@pytest.fixture(scope="module")
def described(revision: Revision) -> Engine:
    return revision.open()


def test_the_description_is_there(described: Engine, engine: EmbeddedEngine) -> None:
    assert set(described.graph_names()) - set(engine.graph_names()) == {Names(Iris()).graph}


def test_hygiene_finds_nothing(described: Engine) -> None:
    assert check_hygiene(described, FOLDER) == ()


def test_lookups_find_the_same_things(described: Engine, lookup: Lookup) -> None:
    over = Lookup(described, Iris())
    for kind in KINDS:
        before = [item.to_json() for item in lookup.things(kind.name, {}, limit=1000).items]
        assert [item.to_json() for item in over.things(kind.name, {}, limit=1000).items] == before
        assert len(before) >= 1


def test_everything_with_an_address_is_described_as_before(
    described: EmbeddedEngine, engine: EmbeddedEngine, lookup: Lookup
) -> None:
    found, iris = Lookup(described, Iris()), Iris()
    rows = engine.select("SELECT DISTINCT ?thing { ?thing ?p ?o FILTER(ISIRI(?thing)) } ORDER BY ?thing")
    samples: dict[str, list[str]] = {}
    for row in rows:
        parsed = iris.parse(row["thing"].value)
        if parsed is not None and len(samples.setdefault(parsed[0], [])) < 3:
            samples[parsed[0]].append(row["thing"].value)
    assert samples.keys() >= {"source", "statement", "clause", "passage", "evidence", "unit", "scheme", "measure"}
    for things in samples.values():
        for thing in things:
            assert found.describe(thing) == lookup.describe(thing)
            before, after = (
                set(describe(over, thing, GraphFormat.N_TRIPLES).splitlines()) for over in (engine, described)
            )
            assert before <= after
            assert all(
                line.startswith(b"<https://w3id.org/policy-kg/graph/metadata#dataset> ") for line in after - before
            )


def test_coverage_is_the_same(described: Engine, lookup: Lookup) -> None:
    assert Lookup(described, Iris()).meta() == lookup.meta()


@pytest.mark.parametrize("format", ["csv", "graphml", "nq", "nt"])
def test_tables_and_networks_are_the_same(described: Engine, engine: EmbeddedEngine, format: str) -> None:
    assert b"".join(export(described, Iris(), format)) == b"".join(export(engine, Iris(), format))


def test_network_has_no_part_of_the_description(described: Engine) -> None:
    assert b"graph/metadata" not in write_network(build_network(described, Iris()), "graphml")
