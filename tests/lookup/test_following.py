"""What follows of things besides sectors: by when measures are due, and within which places things are, and why."""

from __future__ import annotations

import pytest

from kg.build import NamedGraph
from kg.iris import Iris
from kg.lookup import Lookup
from kg.terms import PKG, RDFS
from tests.inference.naive import A
from tests.inference.stating import stated, with_more

KINDS = {"due_by": ("measure",), "located_within": ("platform", "organization", "place")}
PROPERTIES = {"due_by": "dueBy", "located_within": "locatedWithin"}
MEMBERS = {"due_by": "deadline", "located_within": "place"}


@pytest.mark.parametrize("key", KINDS)
def test_what_follows_of_a_thing_is_what_the_graph_has_with_rule_and_clauses(lookup: Lookup, key: str) -> None:
    rows = lookup.reader.select(
        f"SELECT ?s ?o {{ GRAPH <{Iris().graph('inferred')}> {{ ?s pkg:{PROPERTIES[key]} ?o }} }}"
    )
    found = set()
    for kind in KINDS[key]:
        for listed in lookup.things(kind, {}, limit=1000).items:
            thing = lookup.thing(kind, listed.id).to_json()
            assert key not in listed.to_json()
            for item in thing[key]:
                end = item[MEMBERS[key]]
                found.add((thing["iri"], end["iri"]))
                explained = lookup.explain(thing["iri"], PKG + PROPERTIES[key], end["iri"])
                assert item["rule"]["id"] in {reason.rule.id for reason in explained.reasons}
                assert item["rule"]["label"].keys() == {"zh", "en"}
                assert item["direct"] == (len(item["via"]) == 1)
                assert item["via"][0]["evidence"]
                assert {each["iri"] for each in item["evidence"]} == {
                    each["iri"] for step in item["via"] for each in step["evidence"]
                }
    assert found == {(row["s"].value, row["o"].value) for row in rows}
    assert len(found) > 10


def test_a_measure_is_due_by_the_deadline_of_its_target(lookup: Lookup) -> None:
    thing = lookup.thing("measure", "gd-ai45-ai-phones").to_json()
    (due,) = thing["due_by"]
    assert (due["date"], due["deadline"]["label"], due["direct"]) == (
        "2027-12-31",
        {"zh": "2027年", "en": "2027"},
        False,
    )
    assert due["rule"]["id"] == "due-by"
    assert [step["predicate"] for step in due["via"]] == ["pkg:hasTarget", "pkg:deadline"]
    assert all(step["evidence"] for step in due["via"])


def test_a_platform_is_within_the_places_above_its_own(graphs: tuple[NamedGraph, ...]) -> None:
    below, above = (Iris().mint("place", name) for name in ("hengqin", "guangdong"))
    over = with_more(graphs, stated(f"<{below}>", f"<{PKG}locatedIn>", f"<{above}>"))
    found = over.thing("platform", "hengqin-advanced-computing-centre").to_json()["located_within"]
    assert [(item["place"]["id"], item["rule"]["id"], item["direct"]) for item in found] == [
        ("hengqin", "located-within", True),
        ("guangdong", "located-within-further", False),
    ]
    assert [step["object"]["id"] for step in found[1]["via"]] == ["hengqin", "guangdong"]
    assert found[1]["evidence"][:-1] == found[0]["evidence"] != []
    assert found[1]["evidence"][-1]["quote"] == "建设智慧医院"


def test_a_measure_touches_the_sector_that_an_application_serves(graphs: tuple[NamedGraph, ...]) -> None:
    """Applications are products: the class is `pkg:Product`, whose definition names them."""
    measure, application, sector = (
        Iris().mint(*id.split("/"))
        for id in ("measure/gd-ai45-ai-phones", "product/remote-diagnosis", "sector/elderly-care")
    )
    over = with_more(
        graphs,
        [
            f"<{application}> {A} <{PKG}Product>",
            f'<{application}> <{RDFS}label> "远程诊断应用"@zh',
            f'<{application}> <{RDFS}label> "Remote diagnosis application"@en',
            *stated(f"<{application}>", f"<{PKG}servesSector>", f"<{sector}>"),
            *stated(f"<{measure}>", f"<{PKG}concernsProduct>", f"<{application}>"),
        ],
    )
    listed = {thing.id: thing for thing in over.things("measure", {"touches": "elderly-care"}).items}
    (touch,) = listed["gd-ai45-ai-phones"].touches or ()
    assert touch.rule.id == "touches-through-product"
    assert [step.object.id for step in touch.via] == ["remote-diagnosis", "elderly-care"]
    assert over.explain(measure, "", sector).reasons[0].rule.id == "touches-through-product"
