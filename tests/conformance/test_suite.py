"""The W3C SPARQL 1.1 test suite over HTTP, against `kg serve` as an operator starts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.conformance.client import Target
from tests.conformance.known import KNOWN, LEAST, OUT_OF_SCOPE
from tests.conformance.running import Surroundings, run_category, surroundings
from tests.conformance.servers import ours
from tests.conformance.suite import CATEGORIES, RUN, Category, cases, of_category, suite_folder, why_absent

pytestmark = [
    pytest.mark.skipif(suite_folder() is None, reason=why_absent()),
    pytest.mark.xdist_group("conformance"),
]


@dataclass(frozen=True, slots=True)
class Bench:
    target: Target
    around: Surroundings


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with surroundings() as around, ours(tmp_path_factory.mktemp("conformance"), around.origins) as target:
        yield Bench(target, around)


@pytest.mark.parametrize("category", RUN)
def test_category_passes_but_for_what_is_known(
    bench: Bench, category: Category, record_property: Callable[[str, object], None]
) -> None:
    found = run_category(category, bench.target, bench.around)
    assert len(found) >= LEAST[category]
    record_property("tests of the W3C", len(found))
    record_property("of them passed", sum(wrong is None for wrong in found.values()))
    failed = {name: wrong for name, wrong in found.items() if wrong is not None}
    assert {name: wrong for name, wrong in failed.items() if name not in KNOWN} == {}
    assert [name for name in found if name in KNOWN and name not in failed] == [], "known failures that pass"


def test_every_test_of_the_suite_is_run_or_has_a_reason() -> None:
    assert len(cases()) == len({case.id for case in cases()})
    assert set(RUN) | set(OUT_OF_SCOPE) == set(CATEGORIES)
    assert not set(RUN) & set(OUT_OF_SCOPE)
    for category in CATEGORIES:
        assert len(of_category(category)) >= LEAST[category], category
    assert set(KNOWN) - {case.id for case in cases()} == set()
