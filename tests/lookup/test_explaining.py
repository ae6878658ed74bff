"""Why the graph says something: trees down to the clauses, whatever the triple and however it is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.build import NamedGraph
from kg.errors import BadParameter, NotFound
from kg.iris import Iris
from kg.lookup import Explanation, Lookup
from kg.terms import PKG, PROV, RDF, RDFS
from tests.inference.naive import BROADER, SECTOR, A
from tests.inference.stating import stated, with_more

HOSPITALS = Iris().mint("measure", "gd-ai45-smart-hospitals")


def leaves(explanation: Explanation) -> Iterator[Explanation]:
    if not explanation.reasons:
        yield explanation
    for reason in explanation.reasons:
        for premise in reason.premises:
            yield from leaves(premise)


def test_each_conclusion_is_explained_down_to_clauses_and_vocabulary(lookup: Lookup) -> None:
    rows = lookup.reader.select(
        "SELECT ?s ?p ?o { ?i a pkg:InferredStatement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
    )
    assert len(rows) > 80
    for row in rows:
        found = lookup.explain(row["s"].value, row["p"].value, row["o"].value)
        assert (found.stands, found.evidence) == ("inferred", ())
        assert found.reasons
        for leaf in leaves(found):
            assert (leaf.stands, bool(leaf.evidence)) in {("stated", True), ("vocabulary", False)}
            assert set(leaf.predicate_label) == {"zh", "en"}


@pytest.mark.parametrize(
    "subject", ["gd-ai45-smart-hospitals", "measure/gd-ai45-smart-hospitals", HOSPITALS, "建设智慧医院"]
)
@pytest.mark.parametrize("predicate", ["", "touches", "touchesSector", "pkg:touchesSector", PKG + "touchesSector"])
@pytest.mark.parametrize("value", ["healthcare", "sector/healthcare", "医疗", "Medical"])
def test_ends_and_property_are_named_in_every_way(lookup: Lookup, subject: str, predicate: str, value: str) -> None:
    found = lookup.explain(subject, predicate, value)
    assert (found.subject.id, found.predicate) == ("gd-ai45-smart-hospitals", "pkg:touchesSector")
    assert [reason.rule.id for reason in found.reasons] == ["touches-directly", "touches-through-product"]


def test_a_premise_that_follows_has_reasons_of_its_own(lookup: Lookup) -> None:
    found = lookup.explain("gd-ai45-robot-innovation", "touches", "industry")
    (reason,) = found.reasons
    assert [(premise.predicate, premise.stands) for premise in reason.premises] == [
        ("pkg:touchesSector", "inferred"),
        ("skos:broader", "vocabulary"),
        ("rdf:type", "vocabulary"),
    ]
    assert [inner.rule.id for inner in reason.premises[0].reasons] == ["touches-broader-sector"]
    assert [inner.rule.id for inner in reason.premises[0].reasons[0].premises[0].reasons] == [
        "touches-directly",
        "touches-through-target",
    ]


def test_a_fact_has_its_clauses_and_no_reasons(lookup: Lookup) -> None:
    found = lookup.explain("建设智慧医院", "sectors", "医疗")
    assert (found.predicate, found.stands, found.reasons) == ("pkg:appliesToSector", "stated", ())
    assert [citation.quote for citation in found.evidence] == ["建设智慧医院"]
    text = lookup.explain("gd-ai45", "declaredMeasures", "45")
    assert (text.stands, text.to_json()["object"]) == ("stated", "45")
    assert [citation.quote for citation in text.evidence] == ["45条措施"]
    label = lookup.explain("sector/healthcare", "skos:broader", "livelihood")
    assert (label.stands, label.evidence) == ("vocabulary", ())


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "kind", "near"),
    [
        (
            "gd-ai45-smart-hospitals",
            "",
            "education",
            "statement",
            "measure/gd-ai45-smart-hospitals pkg:touchesSector sector/healthcare",
        ),
        ("gd-ai45-smart-hospitals", "", "helthcare", "thing", "sector/healthcare"),
        ("建设智慧医", "", "healthcare", "thing", "measure/gd-ai45-smart-hospitals"),
        ("https://example.org/nothing", "", "healthcare", "statement", None),
        ("date/2027", "dueBy", "healthcare", "statement", None),
    ],
)
def test_what_the_graph_does_not_say_is_not_found(
    lookup: Lookup, subject: str, predicate: str, value: str, kind: str, near: str | None
) -> None:
    with pytest.raises(NotFound) as missing:
        lookup.explain(subject, predicate, value)
    assert missing.value.kind == kind
    assert near in missing.value.nearest if near else missing.value.nearest == ()


@pytest.mark.parametrize("predicate", ["touchSector", "nothing", "a b", "pkg:x> ?p ?o . ?s ?q", "http://e.org/> ?p"])
def test_what_is_no_property_is_told_so(lookup: Lookup, predicate: str) -> None:
    with pytest.raises(BadParameter, match="is no property of the ontology") as wrong:
        lookup.explain("gd-ai45-smart-hospitals", predicate, "healthcare")
    assert "不是本体的属性" in wrong.value.hint_zh
    if predicate == "touchSector":
        assert wrong.value.hint.endswith("for example touchesSector")


@pytest.mark.parametrize(
    "text", ["http://e.org/> ?p ?o } #", 'x"y', "a/b> ?p", "", " ", "\x00", "://", "/", "measure/"]
)
def test_no_text_is_ever_a_part_of_a_query(lookup: Lookup, text: str) -> None:
    for subject, value in ((text, "healthcare"), ("gd-ai45-smart-hospitals", text)):
        with pytest.raises(NotFound):
            lookup.explain(subject, "", value)


def test_cycles_are_explained_and_end(graphs: tuple[NamedGraph, ...]) -> None:
    health, one, other = (f"<{Iris().mint('sector', name)}>" for name in ("healthcare", "loop-a", "loop-b"))
    said = [(below, BROADER, above) for below, above in ((health, one), (one, other), (other, health))]
    said += [(sector, *SECTOR) for sector in (one, other)]
    lookup = with_more(graphs, [line for triple in said for line in stated(*triple)])
    found = lookup.explain(HOSPITALS, "", "sector/loop-b")
    assert found.reasons
    assert {leaf.stands for leaf in leaves(found)} == {"stated"}
    (hospitals,) = [thing for thing in lookup.things("measure", {"touches": "loop-b"}).items if thing.iri == HOSPITALS]
    assert hospitals.touches is not None
    assert [[step.object.id for step in touch.via] for touch in hospitals.touches] == [
        ["healthcare", "loop-a", "loop-b"],
        ["smart-hospitals", "healthcare", "loop-a", "loop-b"],
    ]


def test_no_reason_goes_round_in_a_circle(graphs: tuple[NamedGraph, ...]) -> None:
    """What follows from a conclusion alone is no premise of it, although the graph has a derivation by it."""
    health, one, other = (f"<{Iris().mint('sector', name)}>" for name in ("healthcare", "loop-a", "loop-b"))
    said = [(below, BROADER, above) for below, above in ((health, one), (one, other), (other, health))]
    said += [(sector, *SECTOR) for sector in (one, other)]
    lookup = with_more(graphs, [line for triple in said for line in stated(*triple)])
    found = lookup.explain(HOSPITALS, "", "healthcare")
    assert [reason.rule.id for reason in found.reasons] == ["touches-directly", "touches-through-product"]
    assert {leaf.stands for leaf in leaves(found)} == {"stated"}


def test_a_reason_that_a_client_makes_up_is_not_read(graphs: tuple[NamedGraph, ...], lookup: Lookup) -> None:
    sector, rule = Iris().mint("sector", "agriculture"), Iris().mint("rule", "touches-directly")
    forged = [
        f"<urn:d> <{PKG}derives> <urn:i>",
        f"<urn:d> <{PKG}byRule> <{rule}>",
        f"<urn:d> <{PROV}wasDerivedFrom> <urn:p>",
    ]
    for node, kind, name in (
        ("urn:i", "InferredStatement", "touchesSector"),
        ("urn:p", "PlainStatement", "appliesToSector"),
    ):
        said = {"type": PKG + kind, "subject": HOSPITALS, "predicate": PKG + name, "object": sector}
        forged += [f"<{node}> <{RDF}{key}> <{value}>" for key, value in said.items()]
    over = with_more(graphs, [*forged, f"<{HOSPITALS}> <{PKG}touchesSector> <{sector}>"])
    found = over.explain(HOSPITALS, "", "agriculture")
    assert (found.stands, found.reasons) == ("unstated", ())
    ids = {thing.id for thing in lookup.things("measure", {"touches": "agriculture"}).items}
    assert {thing.id for thing in over.things("measure", {"touches": "agriculture"}).items} == ids


def test_a_name_of_several_things_is_the_one_of_which_it_is_said(graphs: tuple[NamedGraph, ...]) -> None:
    product, sector = Iris().mint("product", "health"), Iris().mint("sector", "health")
    named = [f"<{product}> {A} <{PKG}Product>", f'<{product}> <{RDFS}label> "医疗"@zh']
    assert with_more(graphs, named).explain(HOSPITALS, "", "医疗").reasons
    named += [f"<{sector}> {' '.join(SECTOR)}", f'<{sector}> <{RDFS}label> "医疗"@zh']
    assert with_more(graphs, named).explain(HOSPITALS, "", "医疗").reasons
    over = with_more(graphs, [*named, *stated(f"<{HOSPITALS}>", f"<{PKG}appliesToSector>", f"<{sector}>")])
    with pytest.raises(BadParameter) as several:
        over.explain(HOSPITALS, "", "医疗")
    assert several.value.name == "object"
    assert several.value.hint == "means several things: sector/health, sector/healthcare; give one of these ids"
