"""Rules of inference: SPARQL CONSTRUCT queries of a narrow form, one a file, that say what follows from what.

A rule's WHERE is a basic graph pattern with filters: so each conclusion has premises that can be named, the triples of
the pattern, and more facts never take a conclusion back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from rdflib import BNode, Literal, URIRef, Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.engine import Term, Triple
from kg.engine.interface import Row
from kg.errors import Problem, SourceError

Slot = Term | str
"""A term, or the name of a variable."""
Pattern = tuple[Slot, str, Slot]

_FORM: Final = re.compile(
    r"(?P<prologue>.*?)\bCONSTRUCT\s*(?P<template>\{[^{}]*\})\s*WHERE\s*(?P<where>\{.*\})\s*", re.DOTALL | re.IGNORECASE
)
_LABEL: Final = re.compile(r"#\s*rule\.(zh|en):\s*(\S.*)")
_CHANGING: Final = {"Builtin_NOW", "Builtin_RAND", "Builtin_UUID", "Builtin_STRUUID", "Builtin_BNODE"}
_EXISTING: Final = {"Builtin_EXISTS", "Builtin_NOTEXISTS"}
_PARTS: Final = {
    "OptionalGraphPattern": "OPTIONAL",
    "MinusGraphPattern": "MINUS",
    "GroupOrUnionGraphPattern": "a group or UNION",
    "GraphGraphPattern": "GRAPH",
    "ServiceGraphPattern": "SERVICE",
    "Bind": "BIND",
    "InlineData": "VALUES",
    "SubSelect": "a subquery",
}
_CLAUSES: Final = {
    "datasetClause": "FROM",
    "orderby": "ORDER",
    "limitoffset": "LIMIT",
    "valuesClause": "VALUES",
    "groupby": "GROUP",
    "having": "HAVING",
}
_FORM_IN_WORDS: Final = "a rule is `CONSTRUCT { triples } WHERE { triples and FILTERs }`"


@dataclass(frozen=True)
class Rule:
    """A rule: its name, its sentence in both languages, its text, and what it concludes from which patterns."""

    name: str
    zh: str
    en: str
    text: str
    query: str
    """The SELECT query whose solutions are the applications of the rule."""
    template: tuple[Pattern, ...]
    patterns: tuple[Pattern, ...]

    @cached_property
    def reads(self) -> frozenset[tuple[str, str]]:
        """The predicates that the rule reads, each with the object that it must have, if the rule names one."""
        return _predicates(self.patterns)

    @cached_property
    def concludes(self) -> frozenset[tuple[str, str]]:
        """The predicates that the rule concludes, each with its object, if the rule names it."""
        return _predicates(self.template)

    def apply(self, rows: Iterable[Row]) -> Iterator[tuple[Triple, tuple[Triple, ...]]]:
        """Yield each conclusion with its premises; what has a blank node cannot be cited, and counts for nothing."""
        for row in rows:
            if any(term.kind == "blank" for term in row.values()):
                continue
            premises = tuple(dict.fromkeys(_filled(pattern, row) for pattern in self.patterns))
            for pattern in self.template:
                conclusion = _filled(pattern, row)
                if conclusion[0].kind == "iri" and conclusion not in premises:
                    yield conclusion, premises


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Return the rules of a folder, sorted by name; a folder that is not there has none.

    Raises:
        SourceError: rules that are not of the form; all problems at once.
    """
    rules: list[Rule] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.rq"), key=lambda path: path.stem):
        try:
            rules.append(read_rule(path))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)
    return tuple(rules)


def read_rule(path: Path) -> Rule:
    """Return the rule of a file.

    Raises:
        SourceError: it is not of the form.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError([Problem(str(path), 0, 0, "", "is not UTF-8", "save the file as UTF-8")]) from error
    labels = {match[1]: match[2].strip() for line in text.splitlines() if (match := _LABEL.match(line))}
    for language in ("zh", "en"):
        if language not in labels:
            raise _problem(path, 1, f"has no sentence `# rule.{language}: …`", "say in both languages what follows")
    # Comment lines stay as empty ones, so that what is found wrong keeps its line.
    bare = "\n".join("" if line.lstrip().startswith("#") else line for line in text.splitlines())
    try:
        parsed = parseQuery(bare)
        algebra = translateQuery(parseQuery(bare)).algebra  # which takes the filters out of what it is given
    except Exception as error:  # rdflib raises what its parser does, and whatever comes up in its translation
        raise _problem(path, getattr(error, "lineno", 0), f"is not SPARQL: {error}") from error
    form = _FORM.fullmatch(bare)
    if algebra.name != "ConstructQuery" or form is None:
        raise _problem(path, _line(bare, r"\b(SELECT|ASK|DESCRIBE|CONSTRUCT)\b"), "is no rule", _FORM_IN_WORDS)
    _check_parts(path, bare, parsed[1])
    template = tuple(_pattern(path, bare, triple) for triple in algebra.template)
    patterns = tuple(_pattern(path, bare, triple) for triple in _in_order(bare, _triples(algebra.p)))
    unbound = _variables(template) - _variables(patterns)
    if unbound or not patterns:
        names = ", ".join(f"?{name}" for name in sorted(unbound)) or "nothing"
        raise _problem(path, _line(bare, r"\bCONSTRUCT\b"), f"concludes {names} that no pattern binds")
    query = f"{form['prologue']} SELECT DISTINCT * WHERE {form['where']}"
    return Rule(path.stem, labels["zh"], labels["en"], text, query, template, patterns)


def _check_parts(path: Path, text: str, construct: CompValue) -> None:
    for clause, word in _CLAUSES.items():
        if dict.get(construct, clause):
            raise _problem(path, _line(text, rf"\b{word}\b"), f"has {word}", _FORM_IN_WORDS)
    where = construct.where
    for part in where.part if where.name == "GroupGraphPatternSub" else [where]:
        if part.name not in {"TriplesBlock", "Filter"}:
            word = _PARTS.get(part.name, part.name)
            place = re.escape(word.split()[-1]) if word.isupper() else r"\bWHERE\b"
            raise _problem(path, _line(text, place), f"has {word}", _FORM_IN_WORDS)
    names = set(_names(where))
    if names & _EXISTING:
        raise _problem(path, _line(text, r"\bEXISTS\b"), "has EXISTS", "a conclusion must name its premises")
    for name in sorted(names & _CHANGING):
        word = name.partition("_")[2]
        raise _problem(path, _line(text, rf"\b{word}\b"), f"calls {word}", "a conclusion must be the same each time")


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, CompValue):
        yield value.name
        for child in value.values():
            yield from _names(child)
    elif isinstance(value, list | tuple) or type(value).__name__ in {"ParseResults", "plist"}:
        for child in value:
            yield from _names(child)


def _triples(algebra: Any) -> list[tuple[Any, Any, Any]]:
    while algebra.name != "BGP":
        algebra = algebra.p
    return list(algebra.triples)


def _in_order(text: str, triples: list[tuple[Any, Any, Any]]) -> list[tuple[Any, Any, Any]]:
    """Return triples from the subject of the conclusion on, each after one that it goes on from: the way to read them.

    The translation has sorted them for evaluation; what their order was is not kept.
    """
    first = re.search(r"\{\s*\?(\w+)", text)
    reached, ordered, left = {Variable(first[1]) if first else None}, [], sorted(triples)
    while left:
        following = next((triple for triple in left if triple[0] in reached), left[0])
        left.remove(following)
        ordered.append(following)
        reached.add(following[2])
    return ordered


def _pattern(path: Path, text: str, triple: tuple[Any, Any, Any]) -> Pattern:
    subject, predicate, value = triple
    if not isinstance(predicate, URIRef):
        what = "a variable" if isinstance(predicate, Variable) else "a property path"
        raise _problem(path, _line(text, r"\bWHERE\b"), f"has {what} as predicate", "name one property")
    return _slot(path, text, subject), str(predicate), _slot(path, text, value)


def _slot(path: Path, text: str, node: Any) -> Slot:
    if isinstance(node, Variable):
        return str(node)
    if isinstance(node, BNode):
        raise _problem(path, _line(text, r"\[|_:"), "has a blank node", "give it a variable")
    if isinstance(node, URIRef):
        return Term("iri", str(node))
    assert isinstance(node, Literal)
    return Term("literal", str(node), node.language or "", "" if node.language else str(node.datatype or ""))


def _predicates(patterns: Iterable[Pattern]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (predicate, value.value if isinstance(value, Term) and value.kind == "iri" else "")
        for _, predicate, value in patterns
    )


def _variables(patterns: Iterable[Pattern]) -> set[str]:
    return {slot for pattern in patterns for slot in (pattern[0], pattern[2]) if isinstance(slot, str)}


def _filled(pattern: Pattern, row: Row) -> Triple:
    subject, predicate, value = pattern
    return (
        row[subject] if isinstance(subject, str) else subject,
        predicate,
        row[value] if isinstance(value, str) else value,
    )


def _line(text: str, pattern: str) -> int:
    found = re.search(pattern, text, re.IGNORECASE)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _problem(path: Path, line: int, message: str, hint: str = "") -> SourceError:
    return SourceError([Problem(str(path), line, 1 if line else 0, "", message, hint)])
