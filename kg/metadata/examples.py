"""The competency questions as example queries for machines, in the terms of SHACL that the editor of SIB reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from kg.iris import DEFAULT_BASE, Iris
from kg.metadata.names import Names
from kg.metadata.triples import a, iri, line, text, typed
from kg.terms import PREFIXES, RDFS, SCHEMA, SH

Form = Literal["select", "ask", "construct", "describe"]

_QUESTION: Final = re.compile(r"^# question\.(zh|en): *(.*?) *$", re.MULTILINE)
_HEADER: Final = re.compile(r"^# (?:question|asked|parameter)\.\w+:.*\n", re.MULTILINE)
_FORM: Final = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE | re.MULTILINE)
_TERM: Final = re.compile(r"\bpkg:(\w+)")
_EXECUTABLES: Final = {
    "select": "SPARQLSelectExecutable",
    "ask": "SPARQLAskExecutable",
    "construct": "SPARQLConstructExecutable",
    "describe": "SPARQLDescribeExecutable",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A query with the question that it answers, in both languages, and the terms of the ontology that it uses."""

    name: str
    zh: str
    en: str
    query: str
    form: Form
    keywords: tuple[str, ...]


def read_examples(folder: Path, iris: Iris) -> tuple[Example, ...]:
    """Return the questions of a folder, about things under a base, by name; a file without a question is none."""
    found = (_example(path, iris) for path in sorted(folder.glob("*.rq")))
    return tuple(example for example in found if example is not None)


def example_lines(names: Names, examples: Sequence[Example]) -> list[str]:
    """Return the lines of the examples and of the prefixes that they use."""
    prefixes = names.part("prefixes")
    lines: list[str] = []
    for prefix, namespace in PREFIXES.items():
        declaration = names.part("prefix", prefix)
        lines.append(line(prefixes, SH + "declare", iri(declaration)))
        lines.append(line(declaration, SH + "prefix", text(prefix)))
        lines.append(line(declaration, SH + "namespace", typed(namespace, "anyURI")))
    for example in examples:
        name = names.part("example", example.name)
        lines += a(name, SH + "SPARQLExecutable", SH + _EXECUTABLES[example.form])
        for language, comment in (("zh", example.zh), ("en", example.en)):
            lines += [line(name, RDFS + "comment", text(comment, language))] if comment else []
        lines.append(line(name, SH + example.form, text(example.query)))
        lines.append(line(name, SH + "prefixes", iri(prefixes)))
        lines += [line(name, SCHEMA + "keywords", text(keyword)) for keyword in example.keywords]
    return lines


def _example(path: Path, iris: Iris) -> Example | None:
    content = path.read_text(encoding="utf-8")
    questions = dict(_QUESTION.findall(content))
    form = _FORM.search(content)
    if not questions or form is None:
        return None
    query = _HEADER.sub("", content).strip().replace(f"<{DEFAULT_BASE}id/", f"<{iris.base}id/")
    return Example(
        path.stem,
        questions.get("zh", ""),
        questions.get("en", ""),
        query + "\n",
        _form(form.group(1)),
        tuple(sorted(set(_TERM.findall(query)))),
    )


def _form(keyword: str) -> Form:
    forms: dict[str, Form] = {"SELECT": "select", "ASK": "ask", "CONSTRUCT": "construct", "DESCRIBE": "describe"}
    return forms[keyword.upper()]
