"""The commands."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from kg import __version__
from kg.cli.console import Steps, reports_errors, settings_options, to_json
from kg.cli.revisions import revisions
from kg.engine import QueryRequest
from kg.errors import RevisionNotFound, StoreError, ValidationFailed
from kg.export import FORMATS, export
from kg.query import GRAPH_FORMATS, RESULT_FORMATS, run_query
from kg.revisions import Publication, Revision, RevisionStore, local_author
from kg.settings import Settings

SOURCES = ("ontology", "seeds", "base_iri")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, package_name="policy-kg", prog_name="kg")
def main() -> None:
    """Policy as a knowledge graph that one can trust.

    Exit codes: 0 done, 1 the data is wrong, 2 the call is wrong.
    Every flag of a setting is also an environment variable.
    """


@main.command()
@reports_errors
@settings_options("store", "keep_revisions", *SOURCES)
@click.option("--note", default="", help="Why, for the history.")
@click.option("--json", "as_json", is_flag=True, help="Print the revision, or the problems, as JSON.")
def build(settings: Settings, note: str, as_json: bool) -> None:
    """Build the graph from ontology and seeds, validate it, and publish it as a revision."""
    from kg.pipeline import STEPS  # reading rdflib costs time that other commands need not pay
    from kg.pipeline import build as build_revision

    store = RevisionStore(settings.store)
    before, left = _current(store), _written(store)
    with Steps(STEPS, "Building") as progress:
        revision = build_revision(settings, progress, author=local_author(), note=note)
    if as_json:
        click.echo(to_json({**revision.manifest, "path": str(revision.path)}))
    else:
        done = "is current already" if revision.id == before else "published"
        click.echo(f"revision {revision.id}: {revision.manifest['triples']} triples, {done} in {settings.store}")
    if left is not None and left.revision != revision.id:
        who = f" by {left.author}" if left.author else ""
        click.echo(
            f"What was written{who} on {left.published} (revision {left.revision}) is not in it; to go back: "
            f"kg revisions rollback {left.revision} --store {settings.store}",
            err=True,
        )


def _current(store: RevisionStore) -> str:
    try:
        return store.current_id()
    except StoreError:
        return ""


def _written(store: RevisionStore) -> Publication | None:
    """Return the write that has led to the current revision; None where that is a build's, or there is none."""
    try:
        history = list(store.history())
    except StoreError:  # a history that cannot be read is no reason not to build
        return None
    made = (entry for entry in history if entry.revision == history[0].revision and entry.kind != "rollback")
    found = next(made, None)
    return found if found is not None and found.kind != "build" else None


@main.command()
@reports_errors
@settings_options(*SOURCES)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def validate(settings: Settings, as_json: bool) -> None:
    """Check ontology and seeds as a build does, and publish nothing."""
    from kg.pipeline import STEPS, check

    with Steps(STEPS[:-1], "Validating") as progress:
        built = check(settings, progress)
    report = built.report
    if not report.conforms:
        raise ValidationFailed(report.violations)
    for warning in report.warnings:
        click.echo(str(warning), err=True)
    if as_json:
        click.echo(to_json({"conforms": True, "triples": built.manifest["triples"], "warnings": len(report.warnings)}))
    else:
        click.echo(f"valid: {built.manifest['triples']} triples from {len(built.seeds)} source(s), no violation")


@main.command()
@reports_errors
@settings_options(*SOURCES)
@click.option(
    "--text",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The text of the source, in UTF-8.",
)
@click.option("--source", default=None, help="Id of the source; needed only where there are several.")
@click.option(
    "--locate", metavar="CLAUSE", default=None, help="Print where a clause stands in the text, and check nothing."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def evidence(settings: Settings, text: Path, source: str | None, locate: str | None, as_json: bool) -> None:
    """Hold every locator and clause of the seeds against the text of their source."""
    from kg.cli.evidence import check_text, locate_clause

    if locate is not None:
        locate_clause(text, locate, as_json=as_json)
    else:
        check_text(settings, text, source, as_json=as_json)


@main.command()
@reports_errors
@settings_options("store", "base_iri", "default_graph", *SOURCES[:2])
@click.argument("query", required=False)
@click.option(
    "--file", "file", type=click.File("r", encoding="utf-8"), help="Read the query from a file; - is standard input."
)
@click.option(
    "--format",
    "format",
    type=click.Choice(["table", *RESULT_FORMATS, *GRAPH_FORMATS]),
    default=None,
    help="[default: table on a terminal, else json; ttl for graphs]",
)
def query(settings: Settings, query: str | None, file: TextIO | None, format: str | None) -> None:
    """Answer a SPARQL query over the current revision; the project's prefixes need not be declared.

    It may take any time and memory: the limits are the server's. Ctrl-C ends it.
    """
    if (query is None) == (file is None):
        raise click.UsageError("give either a query or --file")
    text = file.read() if file is not None else str(query)
    engine = _open(settings).open()
    request = QueryRequest(text, union_default_graph=settings.default_graph == "union")
    if format == "table" or (format is None and sys.stdout.isatty()):
        from kg.cli.table import print_table

        if print_table(engine, request, settings.iris):
            return
        format = None
    answer = run_query(engine, request, format)
    sys.stdout.buffer.write(answer.content)
    if not answer.content.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")


@main.command(name="export")
@reports_errors
@settings_options("store", "base_iri", *SOURCES[:2])
@click.option(
    "--format", "format", type=click.Choice(FORMATS), required=True, help="csv is the table of facts with clauses."
)
@click.option("--output", "-o", type=click.File("wb"), default="-", help="File to write; standard output if not given.")
def export_command(settings: Settings, format: str, output: BinaryIO) -> None:
    """Write the current revision as RDF, as a table of facts, or as a network."""
    for chunk in export(_open(settings).open(), settings.iris, format):
        output.write(chunk)


@main.command()
@reports_errors
@settings_options(*(item.name for item in fields(Settings)))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
def serve(settings: Settings, host: str, port: int) -> None:
    """Serve SPARQL, the JSON API and the things over HTTP; the store is built first if it does not exist."""
    from kg.cli.serving import run_server

    run_server(settings, _open(settings), host, port)


def _open(settings: Settings) -> Revision:
    """Return the current revision; where there is none, make it first, and only then pay for reading rdflib."""
    try:
        return RevisionStore(settings.store).current(settings.base_iri)
    except RevisionNotFound:
        from kg.pipeline import STEPS, build, publish_empty

        if settings.empty:
            click.echo(f"{settings.store} has no revision yet: starting it without data", err=True)
            return publish_empty(settings, author=local_author())
        click.echo(f"{settings.store} has no revision yet: building it from the seeds", err=True)
        with Steps(STEPS, "Building") as progress:
            return build(settings, progress, author=local_author())


main.add_command(revisions)
