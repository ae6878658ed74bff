"""`kg questions`: the canned questions on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import click

from kg.cli.console import to_json
from kg.cli.table import lines, print_table
from kg.engine import Engine, QueryRequest, ResultFormat
from kg.iris import Iris
from kg.lookup import Lookup
from kg.lookup.citing import cite_at_once
from kg.questions import MOST_CITED, Asked, Parameter, Questions, ask, default_of, table_of, workbook


def assignments(given: Sequence[str]) -> dict[str, str]:
    """Return what `--set NAME=VALUE` gives, by name.

    Raises:
        click.UsageError: one is not of that form, or a name is given twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise click.UsageError(f"--set {text}: write NAME=VALUE")
        if name in found:
            raise click.UsageError(f"--set {name} is given more than once")
        found[name] = value
    return found


def list_questions(questions: Questions, engine: Callable[[], Engine], iris: Iris, format: str | None) -> None:
    """Print the questions with their parameters; what is wrong with a file goes to standard error."""
    for problem in questions.problems:
        click.echo(str(problem), err=True)
    found = questions.by_slug.values()
    if format == "json":
        lookup = Lookup(engine(), iris)
        items = [
            {**question.to_json(), "parameters": [_parameter(item, lookup) for item in question.parameters]}
            for question in found
        ]
        click.echo(to_json({"items": items, "total": len(items)}))
        return
    if format not in {None, "table"}:
        raise click.UsageError("the list of questions comes as table or json")
    rows = [[question.slug, *_line(question.parameters), question.texts["zh"]] for question in found]
    for line in lines(["question", "parameters", ""], rows):
        click.echo(line)
    for question in found:
        click.echo(f"{question.slug}: {question.texts['en']}")


def answer_question(
    asked: Asked, engine: Engine, iris: Iris, revision: str, format: str | None, output: BinaryIO | None
) -> None:
    """Answer a question: to a file, or to standard output, as a table where that is a terminal."""
    request = QueryRequest(asked.sparql)
    format = format or ("table" if output is None and sys.stdout.isatty() else "json")
    if format == "table":
        if output is not None:
            raise click.UsageError("--output takes json, csv, xlsx or rq")
        click.echo(asked.words["zh"], err=True)
        click.echo(asked.words["en"], err=True)
        print_table(engine, request, iris)
        return
    if format == "xlsx" and output is None and sys.stdout.isatty():
        raise click.UsageError("a workbook is no text for a terminal: give --output FILE")
    content = _content(asked, engine, iris, revision, format)
    (output or sys.stdout.buffer).write(content)


def find(questions: Questions, slug: str, values: dict[str, str], engine: Engine, iris: Iris) -> Asked:
    """Return the question as it is asked.

    Raises:
        NotFound: there is no such question, or a value is no thing.
        BadParameter: there is no such parameter, or a value is none of its kind.
        SourceError: the file of the question is wrong.
    """
    return ask(questions.get(slug), values, Lookup(engine, iris))


def _content(asked: Asked, engine: Engine, iris: Iris, revision: str, format: str) -> bytes:
    if format == "rq":
        return asked.sparql.encode()
    if format == "csv":
        return engine.answer(QueryRequest(asked.sparql), ResultFormat.CSV).content
    table = table_of(engine.answer(QueryRequest(asked.sparql), ResultFormat.JSON).content)
    if format == "xlsx":
        return workbook(table, asked, revision)
    lookup = Lookup(engine, iris)
    value: dict[str, Any] = {
        "slug": asked.question.slug,
        "question": dict(asked.words),
        "parameters": {choice.parameter.name: choice.to_json() for choice in asked.choices},
        **table.to_json(lookup, cite_at_once(lookup.reader, asked.sparql, table.solutions[:MOST_CITED])),
        "sparql": asked.sparql,
        "revision": revision,
    }
    return to_json(value).encode() + b"\n"


def _parameter(parameter: Parameter, lookup: Lookup) -> dict[str, Any]:
    default = default_of(parameter, lookup).to_json()
    return {"name": parameter.name, "kind": parameter.kind, "label": dict(parameter.label), "default": default}


def _line(parameters: Sequence[Parameter]) -> list[str]:
    return [" ".join(f"{parameter.name}:{parameter.kind}" for parameter in parameters)]
