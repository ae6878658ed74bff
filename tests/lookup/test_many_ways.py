"""What follows by very many ways, or by very long ones, is answered all the same, and says that some are left out."""

from __future__ import annotations

import json
import time

import pytest

from kg.agents.arguments import Language
from kg.build import NamedGraph
from kg.cli.explain import explain_triple
from kg.lookup import Explanation, Lookup, Reference, derivations
from kg.lookup.derivations import MOST_WAYS
from kg.lookup.explaining import MOST_DEEP, MOST_REASONS
from kg.network import cited, read_network
from kg.terms import PKG, RDFS, SKOS
from tests.inference.naive import A
from tests.inference.stating import IRIS, ladder, stated, with_more

BROADER, LOCATED = SKOS + "broader", PKG + "locatedIn"
pytestmark = pytest.mark.xdist_group("many-ways")

SECONDS = 20
FORKS = {"sector": 60, "place": 20}
"""On how many levels things fork; fewer of places, for each of them is within all places above it."""
LENGTH = {"sector": 300, "place": 50}
MEASURE, PLATFORM = (IRIS.mint(kind, "low") for kind in ("measure", "platform"))


def low() -> list[str]:
    """Return the lines of a measure that applies to the lowest sector, and of a platform in the lowest place."""
    sector, place = (IRIS.mint(kind, "level-0-0") for kind in ("sector", "place"))
    return [
        f"<{MEASURE}> {A} <{PKG}Measure>",
        f'<{MEASURE}> <{RDFS}label> "A low measure"@en',
        f"<{PLATFORM}> {A} <{PKG}Platform>",
        f'<{PLATFORM}> <{RDFS}label> "A low platform"@en',
        *stated(f"<{MEASURE}>", f"<{PKG}appliesToSector>", f"<{sector}>"),
        *stated(f"<{PLATFORM}>", f"<{LOCATED}>", f"<{place}>"),
    ]


@pytest.fixture(scope="module")
def own(graphs: tuple[NamedGraph, ...]) -> tuple[NamedGraph, ...]:
    """The ontology and the vocabularies, without what any source says."""
    return tuple(graph for graph in graphs if "/source/" not in graph.iri)


@pytest.fixture(scope="module")
def forks(own: tuple[NamedGraph, ...]) -> Lookup:
    """2 ** 59 ways from a measure up to a sector, 2 ** 19 from a platform up to a place."""
    return with_more(
        own, [*low(), *ladder("sector", BROADER, FORKS["sector"]), *ladder("place", LOCATED, FORKS["place"])]
    )


@pytest.fixture(scope="module")
def chain(own: tuple[NamedGraph, ...]) -> Lookup:
    """One way of 301 steps from a measure up to a sector, one of 51 from a platform up to a place."""
    lines = [*low(), *ladder("sector", BROADER, LENGTH["sector"], 1), *ladder("place", LOCATED, LENGTH["place"], 1)]
    return with_more(own, lines)


@pytest.fixture(autouse=True)
def in_time() -> object:
    """Fail a test that took its time."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < SECONDS


def test_of_very_many_ways_to_a_sector_some_are_told(forks: Lookup) -> None:
    page = forks.things("measure", {"touches": f"level-{FORKS['sector']}-0"})
    (thing,) = page.items
    assert thing.touches is not None
    assert len({tuple(step.object.iri for step in touch.via) for touch in thing.touches}) == MOST_WAYS
    for touch in thing.touches:
        assert (len(touch.via), touch.direct, touch.ways_omitted) == (FORKS["sector"] + 1, False, True)
        assert (touch.via[0].subject.iri, touch.via[-1].object.iri) == (MEASURE, touch.sector.iri)
        assert all(one.object == other.subject for one, other in zip(touch.via, touch.via[1:], strict=False))
    assert [item["ways_omitted"] for item in thing.to_json()["touches"]] == [True] * MOST_WAYS
    (one,) = forks.things("measure", {"touches": "level-1-0"}).items
    assert ["ways_omitted" in item for item in one.to_json()["touches"]] == [False]


def test_of_very_many_ways_to_a_place_some_are_told(forks: Lookup) -> None:
    found = forks.thing("platform", "low").to_json()["located_within"]
    ends = {item["place"]["id"] for item in found}
    assert ends == {f"level-{level}-{n}" for level in range(1, FORKS["place"] + 1) for n in range(2)} | {"level-0-0"}
    assert len(json.dumps(found)) < 50_000_000
    by_place = {end: [item for item in found if item["place"]["id"] == end] for end in ends}
    assert all(1 <= len(items) <= MOST_WAYS for items in by_place.values())
    assert [item["direct"] for item in by_place["level-0-0"]] == [True]
    assert by_place[f"level-{FORKS['place']}-0"][0]["ways_omitted"] is True


def nodes_of(explanation: Explanation) -> list[tuple[int, Explanation]]:
    """Return every triple of a tree, each with how deep it stands."""
    found = [(0, explanation)]
    for depth, each in found:
        found += [(depth + 1, premise) for reason in each.reasons for premise in reason.premises]
    return found


@pytest.mark.parametrize(
    ("predicate", "subject", "kind"), [("touches", MEASURE, "sector"), ("located_within", PLATFORM, "place")]
)
def test_a_tree_of_reasons_has_an_end(forks: Lookup, chain: Lookup, predicate: str, subject: str, kind: str) -> None:
    many = nodes_of(forks.explain(subject, predicate, f"{kind}/level-{FORKS[kind]}-0"))
    assert sum(len(each.reasons) for _, each in many) == MOST_REASONS
    assert any(each.reasons_omitted for _, each in many)
    assert {each.stands for _, each in many if each.predicate == many[0][1].predicate} == {"inferred"}
    long = nodes_of(chain.explain(subject, predicate, f"{kind}/level-{LENGTH[kind]}-0"))
    assert max(depth for depth, _ in long) == MOST_DEEP
    (cut,) = [each for _, each in long if each.reasons_omitted]
    assert (cut.stands, cut.reasons, cut.to_json()["reasons_omitted"]) == ("inferred", (), True)
    assert isinstance(cut.object, Reference)
    further = chain.explain(cut.subject.iri, cut.predicate, cut.object.iri)
    assert further.reasons
    few = nodes_of(chain.explain(subject, predicate, f"{kind}/level-3-0"))
    assert not any("reasons_omitted" in each.to_json() for _, each in few)


def test_a_long_way_is_told_whole(chain: Lookup) -> None:
    (thing,) = chain.things("measure", {"touches": f"level-{LENGTH['sector']}-0"}).items
    assert thing.touches is not None
    assert [(len(touch.via), touch.ways_omitted) for touch in thing.touches] == [(LENGTH["sector"] + 1, False)]


def test_what_there_is_no_room_for_is_told_without_its_steps(chain: Lookup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derivations, "MOST_STEPS", 300)
    found = chain.thing("platform", "low").to_json()["located_within"]
    assert [item["place"]["id"] for item in found] == [f"level-{level}-0" for level in range(LENGTH["place"] + 1)]
    assert [len(item["via"]) for item in found[:10]] == list(range(1, 11))
    assert not any("ways_omitted" in item for item in found[:10])
    assert (found[-1]["via"], found[-1]["ways_omitted"], found[-1]["direct"]) == ([], True, False)
    assert found[-1]["rule"]["id"] == "located-within-further"
    assert all(item["via"] or item["ways_omitted"] for item in found)


def test_edges_of_a_network_say_that_ways_are_left_out(forks: Lookup) -> None:
    network = read_network(forks.reader.engine, IRIS, inferred=True)
    far, near = f"sector/level-{FORKS['sector']}-0", "sector/level-0-0"
    edges = [edge for edge in network.edges if edge.inferred and edge.object in {far, near}]
    found = {edge.object: edge for edge in cited(forks.reader.engine, IRIS, network, edges)}
    assert (len(found[far].ways), found[far].to_json()["ways_omitted"]) == (MOST_WAYS, True)
    assert (len(found[near].ways), "ways_omitted" in found[near].to_json()) == (1, False)


def test_the_command_line_says_that_reasons_are_left_out(chain: Lookup, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[tuple[int, Language, str]] = [
        (300, "en", "it has more reasons"),
        (300, "zh", "另有理由"),
        (3, "en", ""),
    ]
    for level, language, words in asked:
        value = f"sector/level-{level}-0"
        explain_triple(MEASURE, "", value, language, chain.reader.engine, IRIS, "r", as_json=False)
        told = capsys.readouterr().out
        assert words in told
        assert ("more reasons" in told) == (words == "it has more reasons")
