"""What a thing is related to comes in parts where it is much: nothing is lost, and what is left out is counted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kg.build import NamedGraph
from kg.engine import EmbeddedEngine
from kg.engine.interface import Row
from kg.errors import BadParameter, NotFound
from kg.kinds import KINDS
from kg.lookup import Lookup
from kg.terms import PKG, RDF, RDFS
from tests.inference.stating import CLAUSE, IRIS, more, stated, with_more
from tests.lookup.counting import Counting
from tests.lookup.crowd import MANY, SECTOR, crowd, measure

HOSTILE = (
    f"{IRIS.mint('rule', '')}x> ?p ?o }} #",
    f"{IRIS.mint('sector', '')}x> ?p ?o }} #",
    "rule/x> ?p ?o } #",
    "ru>le/x",
    "a/b/c",
    "/",
    "rule/\ud800",
    *(
        f"{IRIS.mint('rule', '')}{end}"
        for end in ("%zz", "%", "[x]", "a#b#c", "\x7f", "\x85", "\ue000", "\ufffe", "\ufdd0")
    ),
    f"{IRIS.base}id/[/x",
)
"""What is no thing, and would be a part of a query if it were put into one."""


@pytest.fixture(scope="module")
def crowded(graphs: Sequence[NamedGraph]) -> Lookup:
    return with_more(tuple(graphs), crowd())


def parts(lookup: Lookup, of: str, key: str, limit: int) -> list[list[str]]:
    """Return the IRIs of all parts, one after the other."""
    found, cursor = [], None
    while True:
        part = lookup.links(of, key, limit=limit, cursor=cursor)
        found.append([link.to.iri for link in part.items])
        cursor = part.next
        if cursor is None:
            return found


def test_a_thing_has_the_first_links_and_says_how_many_are_left_out(crowded: Lookup) -> None:
    whole = crowded.thing("sector", SECTOR)
    some = crowded.thing("sector", SECTOR, most=100)
    assert not whole.omitted
    assert "omitted" not in whole.to_json()
    assert len(whole.links["measures"]) >= MANY
    assert some.links["measures"] == whole.links["measures"][:100]
    assert some.to_json()["omitted"] == {"measures": len(whole.links["measures"]) - 100}
    assert {key: links for key, links in some.links.items() if key != "measures"} == {
        key: links for key, links in whole.links.items() if key != "measures"
    }
    assert some.to_json()["measures"][0]["evidence"][0]["iri"] == CLAUSE
    assert (some.evidence, some.values, some.measures_touching) == (
        whole.evidence,
        whole.values,
        whole.measures_touching,
    )


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_what_is_shown_is_what_the_whole_begins_with(lookup: Lookup, kind: str) -> None:
    whole = lookup.things(kind, {}, limit=1000).items
    some = lookup.things(kind, {}, limit=1000, most=1).items
    assert len(whole) == len(some) == lookup.finder.count(kind) > 0
    cut = 0
    for thing, first in zip(whole, some, strict=True):
        assert first.links == {key: links[:1] for key, links in thing.links.items()}
        assert first.omitted == {key: len(links) - 1 for key, links in thing.links.items() if len(links) > 1}
        assert (first.id, first.label, first.values, first.evidence) == (
            thing.id,
            thing.label,
            thing.values,
            thing.evidence,
        )
        cut += len(first.omitted)
    assert cut or kind == "organization", "nothing of this kind has two links of a key"


def test_a_target_of_several_measures_is_not_said_to_be_of_one(lookup: Lookup) -> None:
    several = [each for each in lookup.things("target", {}, limit=1000).items if len(each.links["measures"]) > 1]
    assert several
    for thing in several:
        assert lookup.thing("target", thing.id, most=1).to_json()["measure"] is None


def test_the_parts_are_the_whole(crowded: Lookup) -> None:
    whole = [link.to.iri for link in crowded.thing("sector", SECTOR).links["measures"]]
    found = parts(crowded, f"sector/{SECTOR}", "measures", 50)
    assert [len(part) for part in found] == [50, 50, len(whole) - 100]
    assert [iri for part in found for iri in part] == whole
    assert {measure(number) for number in range(MANY)} <= set(whole)
    part = crowded.links("农业", "measures", limit=1)
    assert (part.of.id, part.key, part.total) == (SECTOR, "measures", len(whole))
    assert part.items == crowded.thing("sector", SECTOR).links["measures"][:1]


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_each_key_of_each_kind_has_its_parts(lookup: Lookup, kind: str) -> None:
    for thing in lookup.things(kind, {}, limit=3).items:
        for key, links in thing.links.items():
            found = lookup.links(f"{kind}/{thing.id}", key, limit=1000)
            assert (found.items, found.total, found.next) == (links, len(links), None)


def test_what_points_at_a_rule_is_not_read_to_be_counted(graphs: Sequence[NamedGraph]) -> None:
    graphs = more(tuple(graphs), crowd())
    engine = EmbeddedEngine.of_graphs((graph.iri, graph.ntriples()) for graph in graphs)
    lookup, counting = Lookup(engine, IRIS), Counting(engine)
    rule = IRIS.mint("rule", "touches-directly")
    whole = lookup.describe(rule)
    assert whole is not None
    derived = whole.links["by_rule_of"]
    assert len(derived) > MANY
    found = []
    rows = counting.of(lambda: found.append(Lookup(counting, IRIS).describe(rule, most=5)))
    some = found[0]
    assert some is not None
    assert max(rows) < 100
    assert some.links["by_rule_of"] == derived[:5]
    assert some.omitted["by_rule_of"] == len(derived) - 5
    assert [iri for part in parts(lookup, rule, "by_rule_of", 60) for iri in part] == [link.to.iri for link in derived]
    assert lookup.links("rule/touches-directly", "by_rule_of", limit=1).total == len(derived)


def test_the_first_passages_of_a_source_are_those_that_are_read_first(lookup: Lookup) -> None:
    source = IRIS.mint("source", "dayoo-20240607")
    whole = lookup.describe(source)
    some = lookup.describe(source, most=3)
    assert whole is not None
    assert some is not None
    key = "is_part_of_of"
    assert len(whole.links[key]) > 10
    assert some.links[key] == whole.links[key][:3]
    assert some.omitted == {key: len(whole.links[key]) - 3}
    assert [iri for part in parts(lookup, source, key, 7) for iri in part] == [link.to.iri for link in whole.links[key]]


def test_mistakes_say_what_would_be_right(lookup: Lookup) -> None:
    with pytest.raises(BadParameter) as wrong:
        lookup.links("sector/healthcare", "measure")
    assert "measures" in str(wrong.value)
    assert wrong.value.hint_zh.startswith("可为 ")
    for of in ("sector/helthcare", *HOSTILE, "rule/nothing", "source/nothing", "clause/nothing"):
        with pytest.raises(NotFound):
            lookup.links(of, "measures")
    for limit in (0, 1001):
        with pytest.raises(BadParameter, match="limit"):
            lookup.links("sector/healthcare", "measures", limit=limit)
    with pytest.raises(BadParameter, match="cursor"):
        lookup.links("sector/healthcare", "measures", cursor="bzk5OTk")
    with pytest.raises(BadParameter, match="cursor"):
        lookup.links("rule/touches-directly", "by_rule_of", cursor="bzk5OTk")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_no_iri_is_in_no_query(engine: EmbeddedEngine, hostile: str) -> None:
    asked: list[str] = []

    class Listening(Counting):
        def select(self, query: str) -> list[Row]:
            asked.append(query)
            return super().select(query)

    lookup = Lookup(Listening(engine), IRIS)
    for most in (None, 5):
        assert lookup.describe(hostile, most=most) is None
    with pytest.raises(NotFound):
        lookup.links(hostile, "measures")
    assert not any("x> ?p" in query or "ru>le" in query for query in asked)


def test_a_name_may_have_a_slash(graphs: Sequence[NamedGraph]) -> None:
    thing = f"<{IRIS.mint('measure', 'slashed')}>"
    lines = [f"{thing} <{RDF}type> <{PKG}Measure>", f'{thing} <{RDFS}label> "rules/and more"@en']
    lines += stated(thing, f"<{PKG}appliesToSector>", f"<{IRIS.mint('sector', 'healthcare')}>")
    found = with_more(tuple(graphs), lines).links("rules/and more", "sectors")
    assert [link.to.id for link in found.items] == ["healthcare"]


def _over(graphs: Sequence[NamedGraph], *lines: str) -> Lookup:
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    return Lookup(
        EmbeddedEngine.of_graphs([*content, ("urn:more", "".join(f"{line} .\n" for line in lines).encode())]), IRIS
    )


def test_a_key_has_what_all_properties_with_its_name_lead_to(graphs: Sequence[NamedGraph]) -> None:
    collected = f"<{IRIS.mint('odd', 'collected')}>"
    lines = [f'{collected} <{RDFS}label> "collected"@en']
    lines += [
        f"<{IRIS.mint('odd', f'{name}{n}')}> <urn:{name}#rel> {collected}" for name in ("aa", "bb") for n in range(4)
    ]
    lines += [
        f"<{IRIS.mint('odd', 'aa0')}> <urn:bb#rel> {collected}",
        f"{collected} <urn:cc#rel_of> <{IRIS.mint('odd', 'out')}>",
    ]
    over = _over(graphs, *lines)
    iri = IRIS.mint("odd", "collected")
    whole = over.describe(iri)
    assert whole is not None
    assert len(whole.links["rel_of"]) == 9
    for most in (1, 3, 8, 9):
        some = over.describe(iri, most=most)
        assert some is not None
        assert some.links["rel_of"] == whole.links["rel_of"][:most]
        assert some.omitted == ({"rel_of": 9 - most} if most < 9 else {})
    assert [iri for part in parts(over, "odd/collected", "rel_of", 2) for iri in part] == [
        link.to.iri for link in whole.links["rel_of"]
    ]


def test_what_has_no_name_is_no_relation(graphs: Sequence[NamedGraph]) -> None:
    kind = IRIS.mint("measure-kind", "provision")
    blank = [f"_:b{n} <{PKG}measureKind> <{kind}>" for n in range(3)]
    blank += [f"_:b{n} <{PKG}appliesToSector> <{IRIS.mint('sector', 'healthcare')}>" for n in range(3)]
    over, plain = _over(graphs, *blank), _over(graphs)
    for most in (None, 2):
        assert over.describe(kind, most=most) == plain.describe(kind, most=most)
        assert over.thing("sector", "healthcare", most=most) == plain.thing("sector", "healthcare", most=most)
    assert over.links("measure-kind/provision", "measure_kind_of") == plain.links(
        "measure-kind/provision", "measure_kind_of"
    )


def test_a_thing_and_its_parts_have_the_same_clauses(lookup: Lookup) -> None:
    seen = 0
    for of in ("comparator/eq", "measure-kind/provision", "instant/2025-12-31", "source/dayoo-20240607"):
        thing = lookup.describe(IRIS.mint(*of.split("/")))
        assert thing is not None
        for key, links in thing.links.items():
            assert lookup.links(of, key, limit=1000).items == links
            seen += sum(bool(link.evidence) for link in links)
    assert seen > 10


def test_what_is_only_pointed_at_is_no_thing(graphs: Sequence[NamedGraph]) -> None:
    over = _over(graphs, f"<urn:ghost> <urn:gg#rel> <{IRIS.mint('ghost', '1')}>")
    assert over.describe(IRIS.mint("ghost", "1")) is None
    with pytest.raises(NotFound):
        over.links("ghost/1", "rel_of")
