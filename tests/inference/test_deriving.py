"""Rules run to a fixpoint: a second implementation agrees, cycles end, and each conclusion hangs on its premises."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kg.build import NamedGraph
from kg.engine import FactBase, line_of_triple
from kg.inference import derive, inferred_graph, read_rules, reads_of
from kg.iris import Iris
from kg.terms import PKG, SKOS
from tests.conftest import ROOT
from tests.inference.naive import BROADER, RULES, SECTOR, A, Found, Triple, follows, holds, pkg
from tests.inference.stating import stated

READ = read_rules(ROOT / "ontology" / "rules")
READS = reads_of(READ)
OWN = ("urn:g",)
"""The graph of these tests is that of our vocabularies too."""


def fact_base(lines: Iterable[str]) -> FactBase:
    """Return facts all of which count: each has evidence where it needs it."""
    given = list(lines)
    facts = [text for each in given if PKG in each.split(" ")[1] for text in stated(*parts(each))]
    return FactBase.of_graphs([("urn:g", "\n".join([*given, *(f"{text} ." for text in facts)]).encode())], READS, OWN)


def derived(lines: Iterable[str]) -> set[Found]:
    """Return what the rules of the folder derive, as the second implementation writes it."""
    return {
        (
            each.rule.name,
            parts(line_of_triple(each.conclusion)),
            frozenset(parts(line_of_triple(p)) for p in each.premises),
        )
        for each in derive(fact_base(lines), READ)
    }


def parts(line: str) -> Triple:
    subject, predicate, value = line.removesuffix(" .").split(" ", 2)
    return subject, predicate, value


def line(triple: Triple) -> str:
    return f"{' '.join(triple)} ."


@pytest.fixture(scope="module")
def real(graphs: tuple[NamedGraph, ...]) -> list[str]:
    """All triples of the build but those that follow."""
    return [text for graph in graphs[:-1] for text in graph.ntriples().decode().splitlines()]


@pytest.fixture(scope="module")
def read(real: Sequence[str]) -> set[Triple]:
    """The triples that rules read."""
    reads = {f"<{predicate}>": value for predicate, value in READS if not value}
    objects = {(f"<{predicate}>", f"<{value}>") for predicate, value in READS if value}
    return {triple for triple in map(parts, real) if triple[1] in reads or triple[1:] in objects}


def test_the_second_implementation_has_every_rule() -> None:
    assert set(RULES) == {rule.name for rule in READ}


def test_a_second_implementation_agrees_on_the_real_graph(real: Sequence[str], read: set[Triple]) -> None:
    found = derived(real)
    assert found == follows(read)
    assert len({conclusion for _, conclusion, _ in found}) > 80


THINGS = [f"<urn:{kind}:{number}>" for kind in "mtpsx" for number in range(3)]
KEYS = ("appliesToSector", "concernsProduct", "servesSector", "hasTarget", "scope", "deadline", "supportsPlatform")
LOOPS = (pkg("locatedIn"), BROADER, pkg("touchesSector"))
SMALL = st.sets(
    st.one_of(
        st.tuples(st.sampled_from(THINGS), st.sampled_from([*map(pkg, KEYS), *LOOPS]), st.sampled_from(THINGS)),
        st.tuples(st.sampled_from(THINGS), st.just(A), st.just(SECTOR[1])),
    ),
    max_size=40,
)


@given(SMALL)
@examples(max_examples=60, deadline=None)
def test_a_second_implementation_agrees_on_any_graph(facts: set[Triple]) -> None:
    found = derived(map(line, facts))
    assert found == follows(facts)
    assert holds(found, facts) == {conclusion for _, conclusion, _ in found}, "something rests on itself alone"


@given(SMALL.filter(bool), st.randoms(use_true_random=False))
@examples(max_examples=60, deadline=None)
def test_without_a_fact_goes_what_hung_on_it_and_nothing_else(facts: set[Triple], chance: random.Random) -> None:
    before = derived(map(line, facts))
    left = facts - {chance.choice(sorted(facts))}
    assert {conclusion for _, conclusion, _ in derived(map(line, left))} == holds(before, left)


def test_without_any_premise_of_the_real_graph_goes_what_hung_on_it_and_nothing_else(
    real: Sequence[str], read: set[Triple]
) -> None:
    before = derived(real)
    premises = sorted({premise for _, _, premises in before for premise in premises} & read)
    assert len(premises) > 90
    gone = 0
    for premise in premises:
        left = read - {premise}
        after = derived(map(line, left))
        assert {conclusion for _, conclusion, _ in after} == holds(before, left), premise
        assert after == {each for each in before if each[2] <= left | holds(before, left)}, premise
        gone += len(before) > len(after)
    assert gone == len(premises), "a premise on which nothing hangs"


CYCLES = {
    "sectors": (
        [("<urn:a>", BROADER, "<urn:b>"), ("<urn:b>", BROADER, "<urn:c>"), ("<urn:c>", BROADER, "<urn:a>")]
        + [(f"<urn:{name}>", *SECTOR) for name in "abc"]
        + [("<urn:m>", pkg("appliesToSector"), "<urn:a>")],
        {("<urn:m>", pkg("touchesSector"), f"<urn:{name}>") for name in "abc"},
    ),
    "a sector above itself": (
        [("<urn:a>", BROADER, "<urn:a>"), ("<urn:a>", *SECTOR), ("<urn:m>", pkg("appliesToSector"), "<urn:a>")],
        {("<urn:m>", pkg("touchesSector"), "<urn:a>")},
    ),
    "places": (
        [("<urn:a>", pkg("locatedIn"), "<urn:b>"), ("<urn:b>", pkg("locatedIn"), "<urn:a>")],
        {("<urn:a>", pkg("locatedWithin"), "<urn:b>"), ("<urn:b>", pkg("locatedWithin"), "<urn:a>")},
    ),
}


@pytest.mark.parametrize("name", CYCLES)
def test_cycles_end(name: str) -> None:
    facts, conclusions = CYCLES[name]
    found = derived(map(line, facts))
    assert {conclusion for _, conclusion, _ in found} == conclusions == holds(found, facts)
    assert all(conclusion not in premises for _, conclusion, premises in found)


def bare(lines: Iterable[str], own: Iterable[str] = OWN) -> FactBase:
    return FactBase.of_graphs([("urn:g", "\n".join(f"{text} ." for text in lines).encode())], READS, tuple(own))


def test_what_rules_conclude_is_no_fact_whoever_says_it() -> None:
    copy, edge = ("<urn:m>", pkg("touchesSector"), "<urn:s>"), ("<urn:s>", BROADER, "<urn:t>")
    base = bare([*stated(*copy), " ".join(edge), f"<urn:t> {' '.join(SECTOR)}"])
    assert derive(base, READ) == ()
    both = bare([*stated(*copy), *stated("<urn:m>", pkg("appliesToSector"), "<urn:s>")])
    (found,) = derive(both, READ)
    assert parts(line_of_triple(found.conclusion)) == copy
    assert not both.is_fact(found.conclusion)


FACT = ("<urn:m>", pkg("appliesToSector"), "<urn:s>")
WHOLE = stated(*FACT)


@pytest.mark.parametrize("missing", [0, 1, 2, 3, 4, 5, 6])
def test_a_fact_is_stated_by_a_statement_with_evidence_or_counts_for_nothing(missing: int) -> None:
    assert len(derive(bare(WHOLE), READ)) == 1
    assert derive(bare(WHOLE[:missing] + WHOLE[missing + 1 :]), READ) == ()


@pytest.mark.parametrize("own", [(), ("urn:other",)])
def test_a_taxonomy_counts_where_our_vocabularies_or_a_source_have_it(own: tuple[str, ...]) -> None:
    edge, kind = ("<urn:s>", BROADER, "<urn:t>"), ("<urn:t>", *SECTOR)
    assert len(derive(bare([*WHOLE, " ".join(edge), " ".join(kind)]), READ)) == 2
    assert len(derive(bare([*WHOLE, " ".join(edge), " ".join(kind)], own), READ)) == 1
    assert len(derive(bare([*WHOLE, *stated(*edge), *stated(*kind)], own), READ)) == 2


def test_what_has_a_blank_node_is_not_cited_and_concludes_nothing() -> None:
    assert derived([f"_:b <{PKG}appliesToSector> <urn:s> .", f"<urn:m> <{PKG}appliesToSector> _:c ."]) == set()


def test_order_of_facts_and_of_rules_is_of_no_account(real: Sequence[str]) -> None:
    def lines(facts: Sequence[str], rules: Sequence[object]) -> frozenset[str]:
        base = fact_base(facts)
        return inferred_graph(derive(base, rules), base, Iris())  # type: ignore[arg-type]

    first = lines(real, READ)
    shuffled = list(real)
    random.Random(4).shuffle(shuffled)
    assert lines(shuffled, READ[::-1]) == first
    assert not any(re.match(r"_:|.* _:", text) for text in first)


def test_reads_name_what_rules_read() -> None:
    assert (SKOS + "broader", "") in READS
    assert not {PKG + name for name in ("touchesSector", "locatedWithin")} & {predicate for predicate, _ in READS}
    assert ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", PKG + "Sector") in READS
    assert ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "") not in READS
