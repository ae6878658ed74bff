"""Names of things: what an id, an IRI or a name may mean, and that a name of several things is never guessed."""

from __future__ import annotations

import pytest

from kg.build import NamedGraph
from kg.errors import BadParameter, NotFound
from kg.lookup import Lookup
from kg.lookup.touches import touching
from kg.questions import Questions, ask
from kg.terms import PKG, RDFS, SKOS
from tests.inference.naive import A
from tests.inference.stating import IRIS, with_more
from tests.ontology.expected import QUESTIONS

NAME, ALIAS = "孪生", "孪生之一"
SECTORS = ["sector/twin-a", "sector/twin-b"]
ALL = [*SECTORS, "product/twin"]
CLASSES = {"sector": "Sector", "product": "Product"}


def twins() -> list[str]:
    """Return the lines of two sectors, a product, and two units of the same name."""
    lines = []
    for id in (*ALL, "unit/twin-a", "unit/twin-b"):
        thing = IRIS.mint(*id.split("/"))
        class_iri = PKG + CLASSES.get(id.partition("/")[0], "Unit")
        lines += [f"<{thing}> {A} <{class_iri}>", f'<{thing}> <{RDFS}label> "{NAME}"@zh']
        lines += [f'<{thing}> <{SKOS}altLabel> "{ALIAS}"@zh']
    return lines


@pytest.fixture(scope="module")
def crowded(graphs: tuple[NamedGraph, ...]) -> Lookup:
    return with_more(graphs, twins())


@pytest.fixture(scope="module")
def questions() -> Questions:
    return Questions.read(QUESTIONS, IRIS)


def short(iris: list[str]) -> list[str]:
    return [IRIS.short(iri) for iri in iris]


def test_a_name_may_mean_several_things_and_an_id_means_one(crowded: Lookup) -> None:
    finder = crowded.finder
    assert short(finder.matches("sector", NAME)) == SECTORS
    assert short(finder.matches(None, NAME)) == ALL
    assert short(finder.matches(None, f"sector/{NAME}")) == SECTORS
    assert short(finder.matches("unit", NAME)) == ["unit/twin-a", "unit/twin-b"]
    for kind in (None, "sector"):
        for wanted in ("twin-a", "sector/twin-a", IRIS.mint("sector", "twin-a")):
            assert short(finder.matches(kind, wanted)) == ["sector/twin-a"]
    assert finder.matches(None, "twin-c") == finder.matches("sector", "product/twin") == []
    assert short(finder.matches(None, IRIS.mint("unit", "twin-b"))) == ["unit/twin-b"]


def test_what_has_it_for_an_id_goes_before_what_has_it_for_a_name(graphs: tuple[NamedGraph, ...]) -> None:
    sector = IRIS.mint("sector", "other")
    over = with_more(graphs, [f"<{sector}> {A} <{PKG}Sector>", f'<{sector}> <{RDFS}label> "healthcare"@en'])
    assert over.thing("sector", "healthcare").iri == IRIS.mint("sector", "healthcare")


@pytest.mark.parametrize(
    ("kind", "filters", "name"),
    [
        ("measure", {"touches": NAME}, "touches"),
        ("target", {"sector": ALIAS}, "sector"),
        ("measure", {"kind": "titled", "touches": NAME}, "touches"),
    ],
)
def test_a_filter_that_names_several_things_is_told_their_ids(
    crowded: Lookup, kind: str, filters: dict[str, str], name: str
) -> None:
    with pytest.raises(BadParameter) as several:
        crowded.things(kind, filters)
    assert (several.value.name, several.value.value) == (name, filters[name])
    assert several.value.hint == f"means several things: {', '.join(SECTORS)}; give one of these ids"
    assert several.value.hint_zh == f"可指 {', '.join(SECTORS)}；请给出其中的 id"


def test_a_path_that_might_lead_to_several_things_leads_to_none(crowded: Lookup) -> None:
    with pytest.raises(NotFound) as missing:
        crowded.thing("sector", NAME)
    assert (missing.value.kind, missing.value.nearest) == ("sector", ("twin-a", "twin-b"))
    assert crowded.thing("product", NAME).id == "twin"


@pytest.mark.parametrize(
    ("slug", "parameter", "ids"),
    [
        ("facts-behind-thing", "thing", ALL),
        ("measures-touching-sector", "sector", SECTORS),
        ("units", "unit", ["unit/twin-a", "unit/twin-b"]),
    ],
)
def test_a_value_of_a_question_that_names_several_things_is_told_their_ids(
    crowded: Lookup, questions: Questions, slug: str, parameter: str, ids: list[str]
) -> None:
    """Also where it names two things of one kind and one of another, which then is not the one that was meant."""
    with pytest.raises(BadParameter) as several:
        ask(questions.get(slug), {parameter: NAME}, crowded)
    assert several.value.name == parameter
    assert several.value.hint == f"means several things: {', '.join(ids)}; give one of these ids"


def test_of_a_literal_it_must_be_clear_as_well_whose_it_is(crowded: Lookup) -> None:
    with pytest.raises(BadParameter) as several:
        crowded.explain(NAME, "skos:altLabel", ALIAS)
    assert several.value.name == "subject"
    assert several.value.hint == f"means several things: {', '.join(sorted(ALL))}; give one of these ids"
    assert crowded.explain("sector/twin-b", "skos:altLabel", ALIAS).subject.id == "twin-b"
    assert crowded.explain("sector/twin-b", "skos:altLabel", ALIAS).stands == "unstated"


def test_names_that_come_near_are_ids_the_nearest_first(crowded: Lookup) -> None:
    assert crowded.finder.nearest("sector", "helthcare")[0] == "healthcare"
    assert crowded.finder.nearest(None, "helthcare")[0] == "sector/healthcare"
    assert crowded.finder.nearest("platform-kind", "compute-networks")[0] == "compute-network"
    assert crowded.finder.nearest(None, "") == []
    assert crowded.finder.nearest("sector", "智慧医疗服务")[0] == "healthcare"
    assert crowded.finder.nearest("sector", "healthcare services")[0] == "healthcare"
    assert crowded.finder.nearest("indicator", "capacity")[0] == "compute-capacity"


@pytest.mark.parametrize("far", ["nothing", "anything", "clothing", "tourism", "xyzzy"])
def test_a_name_that_only_has_an_ending_or_letters_in_common_does_not_come_near(crowded: Lookup, far: str) -> None:
    assert crowded.finder.nearest("sector", far) == []


def test_a_thing_may_be_described_without_what_follows_of_it(lookup: Lookup) -> None:
    for kind, id in (("measure", "gd-ai45-ai-phones"), ("platform", "hengqin-advanced-computing-centre")):
        whole = lookup.describe(IRIS.mint(kind, id))
        stated = lookup.describe(IRIS.mint(kind, id), concluded=False)
        assert whole is not None
        assert stated is not None
        (listed,) = [thing for thing in lookup.things(kind, {}, limit=1000).items if thing.id == id]
        assert stated.to_json() == listed.to_json()
        assert whole.to_json() == lookup.thing(kind, id).to_json()
        assert whole.follows
        assert not stated.follows


def test_the_measures_that_touch_a_sector_are_found_without_reading_the_others(lookup: Lookup) -> None:
    every = lookup.finder.things("measure", {})
    for sector in lookup.finder.things("sector", {}):
        touched = touching(lookup.reader, sector).measures
        found = lookup.finder.things("measure", {"touches": sector})
        assert found == [iri for iri in every if iri in touched]
        direct = touching(lookup.reader, sector, transitive=False).measures
        listed = lookup.things("measure", {"touches": sector}, limit=1000, transitive=False)
        assert [thing.iri for thing in listed.items] == [iri for iri in every if iri in direct]
    assert 0 < len(lookup.finder.things("measure", {"touches": "healthcare"})) < len(every)
    with pytest.raises(NotFound, match="theme"):
        lookup.things("measure", {"touches": "no-such-sector", "theme": "no-such-theme"})
