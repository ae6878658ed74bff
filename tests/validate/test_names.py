"""Short names in messages."""

from __future__ import annotations

import pytest

from kg.errors import Violation
from kg.iris import Iris
from kg.validate import locate

BASE = "https://example.org/kg/"


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (f"{BASE}id/measure/ai-phones", "measure/ai-phones"),
        (f"{BASE}id/clause/s/2/16-30", "clause/s/2/16-30"),
        (f"{BASE}graph/ontology", f"{BASE}graph/ontology"),
        ("https://w3id.org/policy-kg/ontology#hasTarget", "pkg:hasTarget"),
        ("https://w3id.org/policy-kg/ontology", "https://w3id.org/policy-kg/ontology"),
        ("http://www.w3.org/ns/oa#hasBody", "oa:hasBody"),
        ("https://schema.org/a/b", "https://schema.org/a/b"),
        ("60 EFLOPS", "60 EFLOPS"),
        ("", ""),
    ],
)
def test_name_is_short_where_the_rest_is_known(iri: str, name: str) -> None:
    assert Iris(BASE).short(iri) == name


def test_names_inside_messages_are_short_and_keep_their_punctuation() -> None:
    raw = Violation("Violation", f"{BASE}id/target/a", "", "", "rule", f"see {BASE}id/target/b, https://example.com/c.")
    short = locate(raw, Iris(BASE))
    assert short.focus == "target/a"
    assert short.message == "see target/b, https://example.com/c."
