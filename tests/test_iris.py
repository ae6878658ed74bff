"""Minting and parsing IRIs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SettingError
from kg.iris import DEFAULT_BASE, Iris

KINDS = st.sampled_from(["measure", "target", "sector", "clause"])


@given(kind=KINDS, local=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1))
def test_what_is_minted_is_parsed_back(kind: str, local: str) -> None:
    iris = Iris("https://example.org/kg/")
    assert iris.parse(iris.mint(kind, local)) == (kind, local)


def test_parts_are_joined_by_slashes() -> None:
    assert Iris().mint("clause", "report", "2", "16-30") == f"{DEFAULT_BASE}id/clause/report/2/16-30"


@pytest.mark.parametrize(
    "iri", ["https://example.org/id/sector/x", f"{DEFAULT_BASE}ontology#Measure", f"{DEFAULT_BASE}id/sector"]
)
def test_other_iris_are_not_things(iri: str) -> None:
    assert Iris().parse(iri) is None


def test_rebasing_moves_things_and_leaves_terms() -> None:
    iris = Iris("https://example.org/")
    assert iris.rebase(f"{DEFAULT_BASE}id/sector/healthcare") == "https://example.org/id/sector/healthcare"
    assert iris.rebase(f"{DEFAULT_BASE}ontology#Measure") == f"{DEFAULT_BASE}ontology#Measure"


@pytest.mark.parametrize(
    "base", ["example.org/", "https://example.org", "https://example.org/a b/", "https://example.org/#"]
)
def test_an_impossible_base_is_refused(base: str) -> None:
    with pytest.raises(SettingError, match="base IRI"):
        Iris(base)
