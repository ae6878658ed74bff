"""The form of rules: what is of another is refused with file and line, and what is right says what it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.inference import read_rule, read_rules
from tests.conftest import ROOT

HEAD = "# rule.zh: 某事\n# rule.en: Something\n"
PREFIX = "PREFIX ex: <http://e.org/>\n"

WRONG = {
    "no Chinese sentence": ("# rule.en: Something\nCONSTRUCT { ?a <urn:p> ?b } WHERE { ?a <urn:q> ?b }", 1, "rule.zh"),
    "no SPARQL": (HEAD + "CONSTRUCT { ?a <urn:p> } WHERE { ?a <urn:q> ?b }", 3, "is not SPARQL"),
    "undeclared prefix": (HEAD + "CONSTRUCT { ?a no:p ?b } WHERE { ?a no:q ?b }", 0, "is not SPARQL"),
    "a table": (HEAD + PREFIX + "SELECT * WHERE { ?a ex:q ?b }", 4, "is no rule"),
    "an ASK": (HEAD + PREFIX + "ASK { ?a ex:q ?b }", 4, "is no rule"),
    "short form": (HEAD + PREFIX + "CONSTRUCT WHERE { ?a ex:q ?b }", 4, "is no rule"),
    "OPTIONAL": (
        HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE {\n ?a ex:q ?b\n OPTIONAL { ?b ex:r ?c } }",
        6,
        "OPTIONAL",
    ),
    "MINUS": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE {\n ?a ex:q ?b\n MINUS { ?b ex:r ?c } }", 6, "MINUS"),
    "UNION": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { { ?a ex:q ?b } UNION { ?a ex:r ?b } }", 4, "UNION"),
    "GRAPH": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE {\n GRAPH ?g { ?a ex:q ?b } }", 5, "GRAPH"),
    "BIND": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?c } WHERE {\n ?a ex:q ?b BIND (IRI(?b) AS ?c) }", 5, "BIND|Bind"),
    "VALUES": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { ?a ex:q ?b\n VALUES ?b { 1 } }", 5, "VALUES"),
    "negation": (
        HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { ?a ex:q ?b\n FILTER NOT EXISTS { ?a ex:r ?b } }",
        5,
        "EXISTS",
    ),
    "FROM": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b }\nFROM <urn:g> WHERE { ?a ex:q ?b }", 0, "."),
    "LIMIT": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { ?a ex:q ?b }\nLIMIT 1", 0, "."),
    "a path": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { ?a ex:q+ ?b }", 4, "a property path as predicate"),
    "a variable predicate": (
        HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { ?a ?q ?b }",
        4,
        "a variable as predicate",
    ),
    "a blank node": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { ?a ex:q [ ex:r ?b ] }", 4, "a blank node"),
    "a new node": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p [] } WHERE { ?a ex:q ?b }", 4, "a blank node"),
    "an unbound conclusion": (
        HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?c } WHERE { ?a ex:q ?b }",
        4,
        r"\?c that no pattern",
    ),
    "chance": (
        HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { ?a ex:q ?b\n FILTER (RAND() > 0.5) }",
        5,
        "calls RAND",
    ),
    "the time": (HEAD + PREFIX + "CONSTRUCT { ?a ex:p ?b } WHERE { ?a ex:q ?b\n FILTER (NOW() > ?b) }", 5, "calls NOW"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_of_the_form_is_refused_with_file_and_line(tmp_path: Path, name: str) -> None:
    text, line, message = WRONG[name]
    path = tmp_path / "a-rule.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as refused:
        read_rule(path)
    (problem,) = refused.value.problems
    assert problem.file == str(path)
    if line:
        assert problem.line == line


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a-rule.rq"
    path.write_bytes(b"\xff")
    with pytest.raises(SourceError, match="is not UTF-8"):
        read_rule(path)


def test_all_that_is_wrong_in_a_folder_comes_at_once(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.rq").write_text(HEAD + "ASK {}", encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        read_rules(tmp_path)
    assert [Path(problem.file).name for problem in refused.value.problems] == ["a.rq", "b.rq"]


def test_a_rule_says_what_it_reads_and_concludes() -> None:
    rules = {rule.name: rule for rule in read_rules(ROOT / "ontology" / "rules")}
    assert list(rules) == sorted(rules)
    broader = rules["touches-broader-sector"]
    assert broader.en == "A measure that touches a sector touches the broader sector as well"
    assert [pattern[1].rpartition("#")[2] for pattern in broader.patterns] == ["touchesSector", "broader", "type"]
    assert [pattern[1].rpartition("#")[2] for pattern in broader.template] == ["touchesSector"]


def test_a_folder_that_is_not_there_has_no_rules(tmp_path: Path) -> None:
    assert read_rules(tmp_path / "rules") == ()
