from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.federation.rewriting import rewrite, substitute

TEXT = "SELECT * { SERVICE <http://a/> { ?s <http://a/> '<http://a/>' } SERVICE SILENT <http://b/> {} }"


def span(text: str, part: str, start: int = 0) -> tuple[int, int]:
    place = text.index(part, start)
    return place, place + len(part)


def test_only_the_places_named_are_replaced() -> None:
    first, second = span(TEXT, "<http://a/>"), span(TEXT, "<http://b/>")
    assert substitute(TEXT, {second: "urn:2", first: "urn:1"}) == (
        "SELECT * { SERVICE <urn:1> { ?s <http://a/> '<http://a/>' } SERVICE SILENT <urn:2> {} }"
    )
    assert substitute(TEXT, {}) == TEXT


def test_each_service_gets_its_address() -> None:
    services = [("http://a/", *span(TEXT, "<http://a/>"), False), ("http://b/", *span(TEXT, "<http://b/>"), True)]
    assert rewrite(TEXT, services, lambda iri, silent: f"{iri}{silent}") == (
        "SELECT * { SERVICE <http://a/False> { ?s <http://a/> '<http://a/>' } SERVICE SILENT <http://b/True> {} }"
    )


@pytest.mark.parametrize("place", [(0, 6), (19, 29), (20, 30), (19, 19), (30, 19), (-3, 5), (19, 400)])
def test_a_place_that_is_no_iri_is_an_error(place: tuple[int, int]) -> None:
    assert TEXT[19:30] == "<http://a/>"
    with pytest.raises(ValueError, match="no IRI reference"):
        substitute(TEXT, {place: "urn:1"})


def test_places_that_overlap_are_an_error() -> None:
    with pytest.raises(ValueError, match="no IRI reference"):
        substitute("<a><b>", {(0, 6): "urn:1", (3, 6): "urn:2"})


@given(st.lists(st.tuples(st.text(alphabet="ab {}<>'\n"), st.text(alphabet="xyz:/")), max_size=6))
def test_what_stands_between_stays(parts: list[tuple[str, str]]) -> None:
    text, wanted, places = "", "", {}
    for between, iri in parts:
        start = len(text) + len(between)
        text += f"{between}<{iri}>"
        wanted += f"{between}<new:{iri}>"
        places[start, len(text)] = f"new:{iri}"
    assert substitute(text, places) == wanted
