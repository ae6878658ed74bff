"""What is looked up costs what is shown of it: ids are read by themselves, and lists, orders and names once."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from rdflib import Graph

from kg.build import NamedGraph
from kg.engine import EmbeddedEngine
from kg.errors import BadParameter, NotFound
from kg.folding import folded
from kg.kinds import KIND_BY_NAME, KINDS
from kg.lookup import Lookup
from kg.lookup.derivations import derivations
from kg.lookup.finder import CHOICES, RELATED
from kg.lookup.reader import MOST_LABELS, Reader
from kg.lookup.remembered import BESIDES, Known, Lists, Once
from kg.lookup.touches import touching
from kg.terms import PKG, PREFIXES, RDFS, TOUCHES_SECTOR
from tests.inference.naive import A
from tests.inference.stating import IRIS, with_more
from tests.lookup.counting import Counting

COUNTED = ("sector", "measure", "target", "policy", "unit")


@pytest.fixture
def counting(engine: EmbeddedEngine) -> Counting:
    return Counting(engine)


@pytest.fixture
def counted(counting: Counting) -> Lookup:
    return Lookup(counting, IRIS)


def all_names(reader: Reader, kind: str) -> dict[str, set[str]]:
    """Return the names of all things of a kind, read in the plainest way."""
    pattern = f"?thing a <{KIND_BY_NAME[kind].class_iri}> OPTIONAL {{ ?thing rdfs:label|skos:altLabel ?name }}"
    names: dict[str, set[str]] = {}
    for row in reader.select(f"SELECT ?thing ?name WHERE {{ {pattern} }}"):
        names.setdefault(row["thing"].value, set()).update({folded(row["name"].value)} if "name" in row else ())
    return names


def in_order(reader: Reader, kind: str, pattern: str = "") -> list[str]:
    """Return the things of a kind in the order of the source, each time with all their evidence."""
    rows = reader.select(
        f"""SELECT ?thing (MIN(STR(?source)) AS ?origin) (MIN(?line) AS ?first) (MIN(?start) AS ?begin) WHERE {{
          ?thing a <{KIND_BY_NAME[kind].class_iri}> . {pattern}
          OPTIONAL {{ ?evidence oa:hasBody ?thing ; oa:hasTarget ?clause .
            ?clause oa:hasSource ?passage ; oa:hasSelector/oa:start ?start .
            ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source }} }} GROUP BY ?thing"""
    )
    places: dict[str, tuple[str, int, int]] = {}
    for row in rows:
        named = "first" in row and kind in {"measure", "target"}
        place = (
            (row["origin"].value, int(row["first"].value), int(row["begin"].value)) if named else ("\U0010ffff", 0, 0)
        )
        places[row["thing"].value] = place
    return sorted(places, key=lambda iri: (*places[iri], iri))


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_ids_and_names_mean_what_they_do_where_all_names_are_read(lookup: Lookup, kind: str) -> None:
    names = all_names(lookup.reader, kind)
    for iri, known in names.items():
        local = iri.rpartition("/")[2]
        for wanted in (local, f"{kind}/{local}", iri):
            assert lookup.finder.matches(kind, wanted) == [iri]
        for name in known:
            expected = [iri for iri in names if iri.endswith(f"/{name}")] or sorted(
                other for other, others in names.items() if name in others
            )
            assert lookup.finder.matches(kind, name.upper()) == lookup.finder.matches(kind, f" {name}") == expected
    assert len(names) >= 1


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_lists_are_those_that_one_query_over_everything_gives(lookup: Lookup, kind: str) -> None:
    every = in_order(lookup.reader, kind)
    assert lookup.finder.things(kind, {}) == every
    assert lookup.meta()["counts"][KIND_BY_NAME[kind].collection] == len(every)
    for text in ("智", "AI", "no such text", " "):
        found = [iri for iri in every if any(folded(text) in name for name in all_names(lookup.reader, kind)[iri])]
        assert lookup.finder.things(kind, {"q": text}) == found
    filters = [
        (name, other)
        for name, (kind_of, _) in RELATED.get(kind, {}).items()
        for other in in_order(lookup.reader, kind_of)
    ]
    filters += [(name, choice) for name, choices in CHOICES.get(kind, {}).items() for choice in choices]
    for name, value in filters:
        expected = in_order(lookup.reader, kind, lookup.finder.pattern(kind, name, value))
        assert lookup.finder.things(kind, {name: value}) == expected, (name, value)


@pytest.mark.parametrize("wanted", ["sector/healthcare", "healthcare", IRIS.mint("sector", "healthcare")])
def test_an_id_is_read_by_itself(counting: Counting, counted: Lookup, wanted: str) -> None:
    assert counting.of(lambda: counted.finder.matches("sector", wanted)) == [1]
    assert counting.of(lambda: counted.finder.resolve("sector", wanted)) == [1]


def test_names_are_read_once_and_only_where_a_text_is_no_id(counting: Counting, counted: Lookup) -> None:
    assert len(counting.of(lambda: counted.finder.matches("sector", "医疗"))) == 2
    assert counting.of(lambda: counted.finder.matches("sector", "教育")) == [0]
    assert counting.of(lambda: counted.finder.matches("sector", "Education")) == [0]


def test_kinds_that_there_are_not_have_nothing_read_again(counting: Counting, counted: Lookup) -> None:
    assert counted.finder.matches("unit", "亿元") != []
    for kind in ("unit", "ghost", "spectre", 'gh"ost', "gh ost", "%zz"):
        found = counting.of(lambda kind=kind: counted.finder.matches(None, f"{IRIS.base}id/{kind}/nothing"))  # type: ignore[misc]
        assert sum(found) == 0


@pytest.mark.parametrize("odd", ["100%", "a%zz", "half \ud800", "<x>", '"', "\\", "a b", "x" * 5000, "..", "%%", ""])
def test_what_no_iri_can_say_is_no_id_and_no_error(lookup: Lookup, odd: str) -> None:
    for kind in (*COUNTED, None):
        assert lookup.finder.matches(kind, odd) == []
    with pytest.raises(NotFound):
        lookup.thing("sector", odd)


@pytest.mark.parametrize("end", ["数字", "%E6%95%B0%E5%AD%97", "a%62", "a/b", "a~b", "a'b", "x" * 600])
def test_an_id_is_found_however_its_iri_is_escaped(graphs: tuple[NamedGraph, ...], end: str) -> None:
    iri = f"{IRIS.base}id/sector/{end}"
    over = with_more(graphs, [f"<{iri}> {A} <{PKG}Sector>", f'<{iri}> <{RDFS}label> "odd one"@en'])
    parsed = IRIS.parse(iri)
    assert parsed is not None
    for wanted in (parsed[1], f"sector/{parsed[1]}", iri):
        assert over.finder.matches("sector", wanted) == [iri]
    assert over.finder.matches(None, "Odd one") == [iri]


@pytest.mark.parametrize(
    ("kind", "filters"),
    [("measure", {}), ("target", {}), ("measure", {"touches": "manufacturing"}), ("measure", {"q": "ai"})],
)
def test_a_page_costs_as_many_queries_as_any_other(
    counting: Counting, counted: Lookup, kind: str, filters: Mapping[str, str]
) -> None:
    """Also one that shows more, and the next one has no list made again."""
    first = counted.things(kind, filters, limit=2)
    assert first.next is not None
    counted.things(kind, filters, limit=1000)  # so that it is known what everything is called
    costs = [
        counting.of(lambda: counted.things(kind, filters, limit=2)),
        counting.of(lambda: counted.things(kind, filters, limit=3, cursor=first.next)),
        counting.of(lambda: counted.things(kind, filters, limit=1000)),
    ]
    assert len({len(cost) for cost in costs}) == 1
    assert len(costs[0]) <= 10
    assert sum(costs[0]) < sum(costs[2])


def test_things_cost_as_many_queries_as_any_other(counting: Counting, counted: Lookup) -> None:
    for kind in ("measure", "target", "sector", "policy", "platform"):
        iris = counted.finder.things(kind, {})[:20]
        for iri in iris:
            counted.thing(kind, iri)
        assert max(len(counting.of(lambda iri=iri: counted.thing(kind, iri))) for iri in iris) <= 13  # type: ignore[misc]  # noqa: B023


def test_coverage_is_counted_once(counting: Counting, counted: Lookup) -> None:
    first = counted.meta()
    again: list[object] = []
    assert counting.of(lambda: again.append(counted.meta())) == []
    assert again == [first]


@pytest.mark.parametrize("transitive", [True, False])
def test_what_touches_a_sector_is_what_derivations_of_all_measures_say(lookup: Lookup, transitive: bool) -> None:
    for sector in lookup.finder.things("sector", {}):
        known = derivations(lookup.reader, f"?statement rdf:predicate pkg:touchesSector ; rdf:object <{sector}> .")
        expected = {
            fact[0]
            for fact, found in known.items()
            if fact[1] == TOUCHES_SECTOR
            and fact[2].value == sector
            and any(transitive or all(p != TOUCHES_SECTOR for _, p, _ in each.premises) for each in found)
        }
        assert touching(lookup.reader, sector, transitive=transitive).measures == expected
        page = lookup.things("measure", {"touches": sector}, limit=1000, transitive=transitive)
        assert {thing.iri for thing in page.items} == expected
        for thing in page.items[:3]:
            alone = touching(lookup.reader, sector, transitive=transitive).touches([thing.iri])
            assert alone == {thing.iri: thing.touches}


def test_nobody_makes_up_that_a_measure_touches_a_sector(graphs: tuple[NamedGraph, ...], lookup: Lookup) -> None:
    """Not even with a statement and a derivation that look like those of the store."""
    measure, sector = IRIS.mint("measure", "gd-ai45-ai-phones"), IRIS.mint("sector", "healthcare")
    real = lookup.reader.select(f"SELECT ?d WHERE {{ ?d pkg:derives/rdf:object <{sector}> }} LIMIT 1")[0]["d"].value
    made_up = f"""<{measure}> <{TOUCHES_SECTOR}> <{sector}> .
        <urn:s> a pkg:InferredStatement ; rdf:subject <{measure}> ; rdf:predicate pkg:touchesSector ;
            rdf:object <{sector}> .
        <{real}> pkg:derives <urn:s> .
        <urn:d> pkg:derives <urn:s> ; pkg:byRule <urn:r> ; prov:wasDerivedFrom <urn:s> ."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    lines = Graph().parse(data=prefixes + made_up, format="turtle").serialize(format="nt").encode()
    engine = EmbeddedEngine.of_graphs([*((graph.iri, graph.ntriples()) for graph in graphs), ("urn:more", lines)])
    for transitive in (True, False):
        assert measure not in touching(Reader(engine, IRIS), sector, transitive=transitive).measures
        page = Lookup(engine, IRIS).things("measure", {"touches": "healthcare"}, limit=1000, transitive=transitive)
        expected = lookup.things("measure", {"touches": "healthcare"}, limit=1000, transitive=transitive)
        assert [thing.iri for thing in page.items] == [thing.iri for thing in expected.items]


def test_lists_that_were_not_asked_for_longest_are_forgotten_first() -> None:
    lists: Lists[str, tuple[str, ...]] = Lists(3 * BESIDES + 12)
    made: list[str] = []

    def of(key: str, length: int = 4) -> None:
        def make() -> tuple[str, ...]:
            made.append(key)
            return ("x",) * length

        assert len(lists.of(key, make)) == length

    for key in "abcadab":
        of(key)
    assert "".join(made) == "abcdb"
    assert (len(lists), lists.size) == (3, 3 * (BESIDES + 4))
    of("large", 10_000)
    assert (len(lists), lists.size) == (0, 0), "what is larger than all together is answered, and not kept"


def test_what_many_ask_for_is_remembered_up_to_a_number(counting: Counting, counted: Lookup) -> None:
    for number in range(0, 3 * MOST_LABELS, 500):
        counted.reader.names(f"urn:{each}" for each in range(number, number + 500))
    assert len(counted.reader._labels) == MOST_LABELS
    iri = IRIS.mint("sector", "healthcare")
    assert counting.of(lambda: counted.reader.names([iri, "urn:1", iri])) == [2]
    assert counting.of(lambda: counted.reader.names([iri, "urn:1"])) == []
    assert counted.reader.names(["urn:1"]) == {}
    few: Known[int, int] = Known(2)
    assert few.of([1, 2, 3], lambda keys: {key: -key for key in keys}) == {1: -1, 2: -2, 3: -3}
    assert few.of([3, 2], lambda _: {}) == {3: -3, 2: -2}


def test_what_takes_long_is_made_by_one_of_many_threads_and_a_failure_is_not_kept() -> None:
    once: Once[str, int] = Once()
    begun: list[threading.Thread] = []

    def make() -> int:
        begun.append(threading.current_thread())
        time.sleep(0.05)
        if len(begun) == 1:
            raise BadParameter("x", "y", "once")
        return 7

    def ask(_: int) -> int | None:
        try:
            return once.of("key", make)
        except BadParameter:
            return None

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8)), key=str) == [7] * 7 + [None]
    assert len(begun) == 2
