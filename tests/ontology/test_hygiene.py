"""The hygiene rules: none has an offender in the real graph, and each finds the one that is planted for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg import inference
from kg.build import NamedGraph
from kg.engine import EmbeddedEngine
from kg.errors import SourceError, Violation
from kg.iris import Iris
from kg.terms import PREFIXES
from kg.validate import check_hygiene, read_rules

FOLDER = Path(__file__).resolve().parents[2] / "ontology" / "hygiene"
RULES = read_rules(FOLDER)
EX = Iris().mint("example", "")
SCHEME = Iris().mint("scheme", "sectors")
HEALTHCARE = Iris().mint("sector", "healthcare")

# Rule → what is planted, and who offends. The offenders of other rules do not matter here.
PLANTED: dict[str, tuple[str, set[str]]] = {
    "ambiguous-alias": ('ex:a a pkg:Place ; skos:altLabel "穗"@zh . ex:b a pkg:Place ; rdfs:label "穗"@zh .', {"a"}),
    "blank-node": ("ex:a pkg:hasTarget [] .", set()),
    "broader-across-schemes": (
        "ex:a skos:inScheme ex:s ; skos:broader ex:b . ex:b skos:inScheme ex:t .",
        {"a"},
    ),
    "broader-cycle": ("ex:a skos:broader ex:b . ex:b skos:broader ex:a .", {"a", "b"}),
    "clause-length": (
        'ex:a a pkg:Clause ; rdfs:label "医院"@zh ; oa:hasSelector ex:q , ex:p . '
        'ex:q oa:exact "医院" . ex:p oa:start 3 ; oa:end 6 .',
        {"a"},
    ),
    "clause-outside-source": (
        "<https://w3id.org/policy-kg/graph/source/planted> prov:wasDerivedFrom ex:this . "
        "ex:a oa:hasSource ex:passage . ex:passage dcterms:isPartOf ex:other .",
        {"a"},
    ),
    "contradictory-reading": (
        "ex:a oa:hasBody ex:b ; oa:hasTarget ex:c ; pkg:reading ex:name . "
        "ex:z oa:hasBody ex:b ; oa:hasTarget ex:c ; pkg:reading ex:stated .",
        {"a"},
    ),
    "dangling-object": ("ex:a pkg:hasTarget ex:nowhere . ex:a a pkg:Measure .", {"nowhere"}),
    "duplicate-label": (
        'ex:a a pkg:Measure ; rdfs:label "同名"@zh . ex:b a pkg:Measure ; rdfs:label "同名"@zh .',
        {"a"},
    ),
    "evidence-for-nothing": ("ex:a a pkg:Evidence ; oa:hasBody ex:nothing .", {"a"}),
    "evidence-without-clause": ("ex:a a pkg:Evidence ; oa:hasTarget ex:c . ex:c a pkg:Clause .", {"a"}),
    "foreign-relation": (
        "ex:a pkg:hasTarget ex:t ; pkg:inPolicy ex:p . ex:t pkg:inPolicy ex:q .",
        {"a"},
    ),
    "idle-clause": ("ex:a a pkg:Clause .", {"a"}),
    "inferred-without-derivation": (f"ex:a pkg:touchesSector <{HEALTHCARE}> .", {"a"}),
    "measure-cycle": ("ex:a pkg:partOfMeasure ex:a .", {"a"}),
    "measure-stated-twice": (
        'ex:a a pkg:Measure ; pkg:inPolicy ex:p ; rdfs:label "同"@zh . ex:e oa:hasBody ex:a ; oa:hasTarget ex:c . '
        'ex:b a pkg:Measure ; pkg:inPolicy ex:p ; rdfs:label "同"@zh . ex:f oa:hasBody ex:b ; oa:hasTarget ex:c .',
        {"a"},
    ),
    "missing-language": ('ex:a pkg:purpose "促进发展"@zh .', {"a"}),
    "more-measures-than-declared": (
        "ex:a pkg:declaredMeasures 1 . ex:m pkg:inPolicy ex:a ; pkg:measureKind ex:titled . "
        "ex:n pkg:inPolicy ex:a ; pkg:measureKind ex:titled .",
        {"a"},
    ),
    "one-sided-hierarchy": ("ex:a skos:narrower ex:b .", {"a"}),
    "orphan": ("ex:a a pkg:Place ; pkg:statedIn ex:passage .", {"a"}),
    "overlapping-label": (f'ex:a skos:altLabel "医疗"@zh ; skos:inScheme <{SCHEME}> .', {"a"}),
    "passage-stated-twice": (
        "ex:a pkg:lineNumber 7 ; dcterms:isPartOf ex:s . ex:b pkg:lineNumber 7 ; dcterms:isPartOf ex:s .",
        {"a"},
    ),
    "place-cycle": ("ex:a pkg:locatedIn ex:b . ex:b pkg:locatedIn ex:a .", {"a", "b"}),
    "redundant-broader": (
        "ex:a skos:broader ex:b , ex:c . ex:b skos:broader ex:c .",
        {"a"},
    ),
    "statement-stated-twice": (
        "ex:a a pkg:Statement ; rdf:subject ex:s ; rdf:predicate pkg:scope ; rdf:object ex:o . "
        "ex:b a pkg:Statement ; rdf:subject ex:s ; rdf:predicate pkg:scope ; rdf:object ex:o .",
        {"a"},
    ),
    "statement-without-triple": (
        "ex:a a pkg:Statement ; rdf:subject ex:s ; rdf:predicate pkg:scope ; rdf:object ex:o .",
        {"a"},
    ),
    "target-stated-twice": (
        "ex:a pkg:inPolicy ex:p ; pkg:hasIndicator ex:i ; pkg:deadline ex:d ; pkg:scope ex:s . "
        "ex:a pkg:normalizedQuantity ex:q . "
        "ex:b pkg:inPolicy ex:p ; pkg:hasIndicator ex:i ; pkg:deadline ex:d ; pkg:scope ex:s . "
        "ex:b pkg:normalizedQuantity ex:r . "
        "ex:q qudt:numericValue 5.0E2 . ex:r qudt:numericValue 500 .",
        {"a"},
    ),
    "titled-part": ("ex:a pkg:partOfMeasure ex:b ; pkg:measureKind <https://example.org/kind/titled> .", {"a"}),
    "triple-without-statement": (f"ex:a pkg:appliesToSector <{HEALTHCARE}> .", {"a"}),
    "undeclared-reuse": ("ex:a <https://example.org/likes> ex:b .", {"https://example.org/likes"}),
    "undeclared-term": ("ex:a pkg:hasBudget ex:b .", {"https://w3id.org/policy-kg/ontology#hasBudget"}),
    "unlabelled": ("ex:a pkg:hasTarget ex:b .", {"b"}),
    "unreachable-concept": ("ex:a a skos:Concept ; skos:inScheme ex:s ; skos:broader ex:b .", {"a"}),
    "untidy-label": ('ex:a rdfs:label "smart  hospitals"@en .', {"a"}),
    "wrong-language": ('ex:a rdfs:label "智慧医院"@en .', {"a"}),
}

# What is nearly as wrong, and right.
INNOCENT = {
    "target-stated-twice": "ex:a pkg:inPolicy ex:p ; pkg:hasIndicator ex:i ; pkg:deadline ex:d ; pkg:scope ex:s . "
    "ex:b pkg:inPolicy ex:p ; pkg:hasIndicator ex:i ; pkg:deadline ex:d ; pkg:scope ex:s , ex:t .",
    "foreign-relation": "ex:a pkg:hasTarget ex:t ; pkg:inPolicy ex:p . ex:t pkg:inPolicy ex:p .",
    "clause-length": 'ex:a a pkg:Clause ; rdfs:label "𠮷祥"@zh ; oa:hasSelector ex:q , ex:p . '
    'ex:q oa:exact "𠮷祥" . ex:p oa:start 4 ; oa:end 6 .',
    "wrong-language": 'ex:a rdfs:label "smart hospitals"@en , "AI PC"@zh .',
    "missing-language": 'ex:a pkg:wording "超过"@zh .',
    "more-measures-than-declared": "ex:a pkg:declaredMeasures 1 . ex:m pkg:inPolicy ex:a ; pkg:measureKind ex:titled . "
    "ex:n pkg:inPolicy ex:a ; pkg:measureKind ex:provision .",
}


def found_in(graphs: tuple[NamedGraph, ...], turtle: str, rule: str, folder: Path) -> list[Violation]:
    """Return what one rule finds in ontology, vocabularies and a planted graph."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in {**PREFIXES, "ex": EX}.items())
    planted = NamedGraph(Iris().graph("source", "planted"), Graph().parse(data=prefixes + turtle, format="turtle"))
    engine = EmbeddedEngine.of_graphs((graph.iri, graph.ntriples()) for graph in (*graphs[:2], planted))
    (folder / f"{rule}.rq").write_bytes((FOLDER / f"{rule}.rq").read_bytes())
    return list(check_hygiene(engine, folder))


def test_there_are_rules_enough() -> None:
    assert len(RULES) >= 34


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_begins_with_two_sentences(rule: object) -> None:
    assert all(sentence.endswith(".") for sentence in (getattr(rule, "wrong", ""), getattr(rule, "right", "")))


def test_real_graph_is_clean(engine: EmbeddedEngine) -> None:
    assert check_hygiene(engine, FOLDER) == ()


def test_every_rule_has_a_planted_offender() -> None:
    assert {rule.name for rule in RULES} == PLANTED.keys()


@pytest.mark.parametrize("rule", PLANTED)
def test_rule_finds_planted_offender(rule: str, graphs: tuple[NamedGraph, ...], tmp_path: Path) -> None:
    turtle, offenders = PLANTED[rule]
    found = found_in(graphs, turtle, rule, tmp_path)
    assert found
    assert {violation.rule for violation in found} == {rule}
    if offenders:
        expected = {name if "://" in name else EX + name for name in offenders}
        assert {violation.focus for violation in found} == expected


@pytest.mark.parametrize("rule", INNOCENT)
def test_rule_leaves_what_is_right(rule: str, graphs: tuple[NamedGraph, ...], tmp_path: Path) -> None:
    assert found_in(graphs, INNOCENT[rule], rule, tmp_path) == []


def test_what_a_new_rule_concludes_is_checked_as_well(graphs: tuple[NamedGraph, ...], tmp_path: Path) -> None:
    """A fifth property of a rule is known by what follows, wherever a triple of it stands."""
    follows = (
        "ex:s a pkg:InferredStatement ; rdf:subject ex:a ; rdf:predicate pkg:fifth ; rdf:object ex:b . "
        "ex:d a pkg:Derivation ; pkg:derives ex:s ; pkg:byRule ex:r ; prov:wasDerivedFrom ex:p . ex:a pkg:fifth ex:b ."
    )
    rule = "inferred-without-derivation"
    assert found_in(graphs, follows, rule, tmp_path) == []
    (violation,) = found_in(graphs, f"{follows} ex:c pkg:fifth ex:b .", rule, tmp_path)
    assert violation.focus == EX + "c"


def test_every_triple_of_the_graph_of_what_follows_has_a_derivation(graphs: tuple[NamedGraph, ...]) -> None:
    """Whatever its property is."""
    planted = f"<{EX}a> <{PREFIXES['skos']}related> <{EX}b> .\n".encode()
    lines = {graph.iri: graph.ntriples() for graph in graphs}
    lines[Iris().graph("inferred")] += planted
    (violation,) = [
        found
        for found in check_hygiene(EmbeddedEngine.of_graphs(lines.items()), FOLDER)
        if found.rule == "inferred-without-derivation"
    ]
    assert (violation.focus, violation.value) == (EX + "a", PREFIXES["skos"] + "related")


def test_what_rules_conclude_says_so(engine: EmbeddedEngine) -> None:
    """By that the hygiene rule knows the properties that nobody may state, before anything follows by them."""
    rows = engine.select(
        f"""SELECT ?property {{ ?property <{PREFIXES["skos"]}definition> ?said
            FILTER (STRENDS(STR(?said), "It follows by rules.")) }}"""
    )
    concluded = {
        predicate for rule in inference.read_rules(FOLDER.parent / "rules") for _, predicate, _ in rule.template
    }
    assert len(concluded) >= 4
    assert {row["property"].value for row in rows} == concluded


def test_warning_is_told_from_violation() -> None:
    severities = {rule.name: rule.severity for rule in RULES}
    assert severities["missing-language"] == "Warning"
    assert severities["blank-node"] == "Violation"


def test_rules_do_not_depend_on_the_default_base() -> None:
    for rule in RULES:
        assert "policy-kg/id/" not in rule.query
        assert "policy-kg/graph/" not in rule.query


def test_rule_without_sentences_is_refused(engine: EmbeddedEngine, tmp_path: Path) -> None:
    (tmp_path / "bare.rq").write_text("SELECT ?offender {}", encoding="utf-8")
    with pytest.raises(SourceError, match="begin with two comment lines"):
        check_hygiene(engine, tmp_path)


@pytest.mark.parametrize(
    ("query", "message"),
    [("SELECT ?offender {", "bad.rq"), ("SELECT ?thing { BIND (1 AS ?thing) }", "without \\?offender")],
)
def test_broken_rule_is_refused(query: str, message: str, engine: EmbeddedEngine, tmp_path: Path) -> None:
    (tmp_path / "bad.rq").write_text(f"# Wrong.\n# Right.\n{query}", encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        check_hygiene(engine, tmp_path)


def test_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no rules"):
        read_rules(tmp_path)
