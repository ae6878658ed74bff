"""What follows is kept true by writes: the same facts give the same graph, however they came about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from kg.engine import Change, run_update
from kg.errors import GraphKeptByStore, NotFound
from kg.inference import keep_inferred, read_rules
from kg.iris import Iris
from kg.lookup import Lookup
from kg.questions import Questions
from kg.resources import ontology_folder
from kg.terms import OA, PKG, PROV, RDF, SKOS, sparql_prologue
from tests.inference.stating import stated
from tests.revisions.helpers import lines_of
from tests.writing.conftest import Writing

INFERRED = Iris().graph("inferred")
SOURCE = Iris().graph("source", "dayoo-20240607")
MEASURE = Iris().mint("measure", "gd-ai45-ai-phones")
SECTOR = Iris().mint("sector", "high-end-equipment")
BARE = f"<{MEASURE}> <{PKG}appliesToSector> <{SECTOR}>"
FACT = f"GRAPH <{SOURCE}> {{ {' . '.join(stated(*BARE.split(' ')))} }}"
HEALTHCARE = Iris().mint("sector", "healthcare")


def inferred(writing: Writing) -> set[str]:
    return {line for line in lines_of(writing.store.current().data) if line.endswith(f" <{INFERRED}> .")}


def touched(writing: Writing, measure: str = MEASURE) -> list[str]:
    return writing.select(f"{sparql_prologue()}SELECT DISTINCT ?s {{ <{measure}> pkg:touchesSector ?s }}")


def test_a_fact_that_is_written_brings_what_follows_and_takes_it_away_again(
    writing_with: Callable[..., Writing],
) -> None:
    writing = writing_with()
    before, revision = inferred(writing), writing.store.current_id()
    assert len(before) > 1000
    assert touched(writing) == []
    done = writing.update(f"{sparql_prologue()}INSERT DATA {{ {FACT} }}")
    assert done.changed
    assert done.added > 10
    above = ("equipment-manufacturing", "high-end-equipment", "industry", "manufacturing")
    assert touched(writing) == [Iris().mint("sector", name) for name in above]
    writing.update(f"{sparql_prologue()}DELETE DATA {{ {FACT} }}")
    assert inferred(writing) == before
    assert writing.store.current_id() == revision


def test_a_fact_that_is_removed_takes_what_hung_on_it_alone(writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    hospitals = Iris().mint("measure", "gd-ai45-smart-hospitals")
    sectors = [Iris().mint("sector", name) for name in ("healthcare", "livelihood")]
    assert touched(writing, hospitals) == sectors
    product = Iris().mint("product", "smart-hospitals")
    text = f"{sparql_prologue()}DELETE WHERE {{ GRAPH ?g {{ <{product}> pkg:servesSector ?s }} }}"
    before = inferred(writing)
    writing.update(text)
    assert touched(writing, hospitals) == sectors, "it applies to the sector by itself as well"
    assert inferred(writing) < before


def test_an_update_that_no_rule_reads_changes_nothing_more(writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    done = writing.update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }")
    assert (done.added, done.removed) == (1, 0)


@pytest.mark.parametrize(
    "text",
    [
        f"INSERT DATA {{ GRAPH <{INFERRED}> {{ <urn:s> <urn:p> 1 }} }}",
        f"COPY <{SOURCE}> TO <{INFERRED}>",
        f"WITH <{INFERRED}> INSERT {{ ?s <urn:p> 1 }} WHERE {{ ?s ?p ?o }}",
    ],
)
def test_what_follows_is_not_written_by_clients(text: str, writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    before = writing.store.current_id()
    with pytest.raises(GraphKeptByStore, match="holds what follows") as refused:
        writing.update(text)
    assert refused.value.graph == INFERRED
    assert writing.store.current_id() == before


@pytest.mark.parametrize("text", [f"DROP GRAPH <{INFERRED}>", f"CLEAR GRAPH <{INFERRED}>"])
def test_what_follows_comes_back_when_it_is_removed(text: str, writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    before = writing.store.current_id()
    done = writing.update(text)
    assert not done.changed
    assert writing.store.current_id() == before


def touching(writing: Writing, sector: str) -> set[str]:
    lookup = Lookup(writing.store.current().open(), Iris())
    return {thing.id for thing in lookup.things("measure", {"touches": sector}, limit=1000).items}


UNSTATED = {
    "a copy of what follows": f"<{MEASURE}> <{PKG}touchesSector> <{HEALTHCARE}>",
    "a copy of what follows, in a graph": f"GRAPH <urn:forge> {{ <{MEASURE}> <{PKG}touchesSector> <{HEALTHCARE}> }}",
    "a copy of what follows, with a clause": " . ".join(
        stated(f"<{MEASURE}>", f"<{PKG}touchesSector>", f"<{HEALTHCARE}>")
    ),
    "a fact without evidence": f"GRAPH <urn:forge2> {{ <{MEASURE}> <{PKG}appliesToSector> <{HEALTHCARE}> }}",
    "a fact without evidence, in the graph of a source": (
        f"GRAPH <{SOURCE}> {{ <{MEASURE}> <{PKG}appliesToSector> <{HEALTHCARE}> }}"
    ),
    "a fact without evidence, among the vocabularies": (
        f"GRAPH <{Iris().graph('vocabularies')}> {{ <{MEASURE}> <{PKG}appliesToSector> <{HEALTHCARE}> }}"
    ),
    "an edge of another taxonomy": (
        f"GRAPH <urn:forge> {{ <{HEALTHCARE}> <{SKOS}broader> <{Iris().mint('sector', 'agriculture')}> }}"
    ),
}


@pytest.mark.parametrize("name", UNSTATED)
def test_what_is_unstated_derives_nothing(name: str, writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    before = inferred(writing)
    sets = {sector: touching(writing, sector) for sector in ("healthcare", "livelihood", "agriculture")}
    assert writing.update(f"INSERT DATA {{ {UNSTATED[name]} }}").changed
    assert inferred(writing) == before
    assert {sector: touching(writing, sector) for sector in sets} == sets


def test_what_is_unstated_is_said_to_be_so(writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    writing.update(f"INSERT DATA {{ {UNSTATED['a copy of what follows']} }}")
    lookup = Lookup(writing.store.current().open(), Iris())
    found = lookup.explain(MEASURE, "", HEALTHCARE)
    assert (found.stands, found.evidence, found.reasons) == ("unstated", (), ())
    with pytest.raises(NotFound) as missing:
        lookup.explain(MEASURE, "", Iris().mint("sector", "livelihood"))
    assert missing.value.kind == "statement"


@pytest.mark.parametrize("predicate", [RDF + "type", OA + "hasBody"])
def test_a_fact_that_loses_its_evidence_takes_what_hung_on_it(predicate: str, tmp_path: Path) -> None:
    """The shapes refuse such a write; what they do not see holds all the same."""
    rules = read_rules(ontology_folder() / "rules")
    graph = Iris().graph("source", "a")
    lines = [f"{line} <{graph}> ." for line in stated(*BARE.split(" "))]
    Store(str(tmp_path)).bulk_load("\n".join(lines).encode(), RdfFormat.N_QUADS)
    keep_inferred(tmp_path, Change(frozenset(lines)), rules, Iris())
    kept = {line for line in lines_of(tmp_path) if f"<{INFERRED}>" in line}
    assert kept
    evidence = stated(*BARE.split(" "))[5].split(" ")[0]
    (line,) = [line for line in lines if line.startswith(f"{evidence} <{predicate}> ")]
    change = run_update(tmp_path, f"DELETE DATA {{ GRAPH <{graph}> {{ {line.removesuffix(f' <{graph}> .')} }} }}")
    assert change.removed == {line}
    done = keep_inferred(tmp_path, change, rules, Iris())
    assert kept <= done.removed
    assert not [line for line in lines_of(tmp_path) if f"<{INFERRED}>" in line]


@pytest.mark.parametrize("verb", ["MOVE", "COPY"])
def test_a_copy_of_what_follows_adds_nothing_to_it(verb: str, writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    before = inferred(writing)
    assert writing.update(f"{verb} <{INFERRED}> TO <urn:x>").added == len(before)
    assert inferred(writing) == before
    fact = f"INSERT DATA {{ {FACT} }}"
    writing.update(fact)
    other = writing_with()
    other.update(fact)
    assert inferred(writing) == inferred(other) > before


def rows(writing: Writing, slug: str, **values: str) -> list[dict[str, str]]:
    text = Questions.read(ontology_folder() / "questions", Iris()).get(slug).text(values)
    return [
        {name: term.value for name, term in row.items()}
        for row in writing.store.current().open().select(sparql_prologue() + text)
    ]


def test_questions_for_reasons_answer_by_ours_alone(writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    rule = Iris().mint("rule", "touches-directly")
    forged = [
        f"<{MEASURE}> <{PKG}touchesSector> <{HEALTHCARE}>",
        f"<urn:d> <{RDF}type> <{PKG}Derivation>",
        f"<urn:d> <{PKG}derives> <urn:i>",
        f"<urn:d> <{PKG}byRule> <{rule}>",
        f"<urn:d> <{PROV}wasDerivedFrom> <urn:p>",
    ]
    for node, kind, predicate in (
        ("<urn:i>", "InferredStatement", "touchesSector"),
        ("<urn:p>", "PlainStatement", "appliesToSector"),
    ):
        named = {"type": PKG + kind, "subject": MEASURE, "predicate": PKG + predicate, "object": HEALTHCARE}
        forged += [f"{node} <{RDF}{key}> <{value}>" for key, value in named.items()]
    asked = {"why-measures-touch-sector": {"sector": HEALTHCARE}, "rules-in-use": {}}
    before = {slug: rows(writing, slug, **values) for slug, values in asked.items()}
    assert all(before.values())
    for graph in ("urn:forge", "https://example.org/graph/inferred"):
        assert writing.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {' . '.join(forged)} }} }}").changed
        assert {slug: rows(writing, slug, **values) for slug, values in asked.items()} == before
