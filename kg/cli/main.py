"""The commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO

import click

from kg import __version__
from kg.cli.console import Steps, reports_errors, settings_options, to_json
from kg.cli.loading import load
from kg.cli.revisions import revisions
from kg.cli.synth import synth
from kg.engine import QueryRequest
from kg.errors import RevisionNotFound, StoreError, ValidationFailed
from kg.export import FORMATS, export
from kg.kinds import KINDS
from kg.network import Direction, Measured
from kg.network.model import KIND_NAMES
from kg.query import GRAPH_FORMATS, RESULT_FORMATS, run_query
from kg.resources import ontology_folder
from kg.revisions import Publication, Revision, RevisionStore, local_author, reader_of, store_of
from kg.settings import Settings

SOURCES = ("ontology", "seeds", "base_iri")
QUERY_LIMITS = (
    "workers",
    "query_timeout",
    "worker_memory",
    "max_rows",
    "max_bytes",
    "max_query_length",
    "max_query_nesting",
)
MCP_SETTINGS = ("store", "default_graph", "memory_quads", "columns_quads", "empty", *QUERY_LIMITS, *SOURCES)


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

    store = store_of(settings)
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
    return found if found is not None and found.kind not in {"build", "load"} else None


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


@main.command()
@reports_errors
@settings_options("store", "base_iri", *SOURCES[:2])
@click.argument("slug", required=False)
@click.option("--set", "values", metavar="NAME=VALUE", multiple=True, help="Set a parameter; may be repeated.")
@click.option(
    "--format",
    "format",
    type=click.Choice(["table", "json", "csv", "xlsx", "rq"]),
    default=None,
    help="rq is the SPARQL. [default: table on a terminal, else json]",
)
@click.option("--output", "-o", type=click.File("wb"), default=None, help="File to write.")
def questions(
    settings: Settings, slug: str | None, values: tuple[str, ...], format: str | None, output: BinaryIO | None
) -> None:
    """Answer a canned question of the ontology's folder over the current revision, or list the questions.

    Things are named by id, IRI, or name in either language: kg questions measures-touching-sector --set sector=教育
    """
    from kg.cli.questions import answer_question, assignments, find, list_questions
    from kg.questions import Questions

    found = Questions.read((settings.ontology or ontology_folder()) / "questions", settings.iris)
    given = assignments(values)
    if slug is None:
        if given or output is not None:
            raise click.UsageError("--set and --output go with a question")
        list_questions(found, lambda: _open(settings).open(), settings.iris, format)
        return
    revision = _open(settings)
    engine = revision.open()
    asked = find(found, slug, given, engine, settings.iris)
    answer_question(asked, engine, settings.iris, revision.id, format, output)


@main.command()
@reports_errors
@settings_options("store", "base_iri", *SOURCES[:2])
@click.argument("text")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), default=None, help="Language of the answer. [default: the text's]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the resolution as JSON.")
def resolve(settings: Settings, text: str, lang: str | None, as_json: bool) -> None:
    """Say what a name or a question means, and answer it from the current revision.

    kg resolve "which measures touch healthcare", kg resolve 超过1000亿元的目标, kg resolve 鹏城云脑

    The exit code is 2 where there is no answer; what may be meant is printed then.
    """
    from kg.cli.resolving import resolve_text
    from kg.questions import Questions

    questions = Questions.read((settings.ontology or ontology_folder()) / "questions", settings.iris)
    revision = _open(settings)
    answered = resolve_text(text, lang, revision.open(), settings.iris, questions, revision.id, as_json=as_json)
    sys.exit(0 if answered else 2)


@main.command()
@reports_errors
@settings_options("store", "base_iri", *SOURCES[:2])
@click.argument("text")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([kind.name for kind in KINDS]),
    multiple=True,
    help="Look among these kinds only.",
)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the things as JSON.")
def search(settings: Settings, text: str, kinds: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find things by name: whole or in part, by alias, in pinyin, by initials, or with typos."""
    from kg.cli.resolving import search_text

    revision = _open(settings)
    search_text(text, kinds, limit, revision.open(), settings.iris, revision.id, as_json=as_json)


NETWORK_FORMATS = ("text", "json", "cytoscape", "graphml", "gexf", "dot", "csv", "csv-nodes")


def _network_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of all that shows the network."""
    to_file = click.option("--output", "-o", type=click.File("wb"), default=None, help="File to write.")
    text = "csv has the edges, csv-nodes the things. [default: text]"
    as_format = click.option("--format", "format", type=click.Choice(NETWORK_FORMATS), default="text", help=text)
    return as_format(to_file(command))


def _choosing_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose a part of the network."""
    text = "Follow this relation only (sectors, pkg:appliesToSector); may be repeated."
    relations = click.option("--relation", "relations", multiple=True, help=text)
    text = "Go through things of this kind only; may be repeated."
    kinds = click.option("--kind", "kinds", type=click.Choice(KIND_NAMES), multiple=True, help=text)
    inferred = click.option("--inferred", is_flag=True, help="Follow relations that follow by rules, too.")
    return relations(kinds(inferred(_network_options(command))))


@main.command()
@reports_errors
@settings_options("store", "base_iri", *SOURCES[:2])
@click.argument("thing", required=False)
@click.option("--depth", type=click.IntRange(1, 4), default=1, show_default=True, help="How many steps away.")
@click.option("--direction", type=click.Choice(["out", "in", "both"]), default="both", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many things at most.")
@_choosing_options
def graph(
    settings: Settings, thing: str | None, format: str, output: BinaryIO | None, direction: Direction, **chosen: Any
) -> None:
    """Show what is near a thing, with the clauses of every edge; without a thing, the whole network.

    kg graph 医疗, kg graph sector/healthcare --depth 2 --format gexf --output healthcare.gexf
    """
    from kg.cli.network import Writer, find_near

    revision = _open(settings)
    found = find_near(revision.open(), settings.iris, thing, direction=direction, **chosen)
    Writer(format, output, revision.id).graph(found)


@main.command()
@reports_errors
@settings_options("store", "base_iri", *SOURCES[:2])
@click.argument("start", metavar="A")
@click.argument("end", metavar="B")
@click.option("--max-length", type=click.IntRange(1, 10), default=6, show_default=True, help="How many steps at most.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="How many paths at most.")
@_choosing_options
def paths(settings: Settings, start: str, end: str, format: str, output: BinaryIO | None, **chosen: Any) -> None:
    """Show the shortest paths between two things, with the clauses of every step.

    kg paths 鹏城云脑 医疗, kg paths 鹏城云脑 医疗 --kind measure --kind product --kind sector
    """
    from kg.cli.network import Writer, find_paths

    revision = _open(settings)
    Writer(format, output, revision.id).paths(find_paths(revision.open(), settings.iris, start, end, **chosen))


@main.command()
@reports_errors
@settings_options("store", "base_iri", *SOURCES[:2])
@click.option(
    "--report", type=click.Choice(["all", "communities"]), default="all", show_default=True, help="What to show."
)
@click.option("--by", type=click.Choice(["degree", "betweenness", "pagerank"]), default="degree", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many of each kind.")
@click.option(
    "--resolution", type=float, default=1.0, show_default=True, help="Above 1, communities are smaller; below, larger."
)
@_network_options
def analytics(
    settings: Settings,
    report: str,
    by: Measured,
    limit: int,
    resolution: float,
    format: str,
    output: BinaryIO | None,
) -> None:
    """Show which measures, sectors and products are central, and which measures share sectors."""
    from kg.cli.network import Writer, find_numbers

    revision = _open(settings)
    central, communities = find_numbers(revision.open(), settings.iris, resolution)
    writer = Writer(format, output, revision.id)
    if report == "communities":
        writer.communities(communities)
    else:
        writer.analytics(central, communities, by, limit)


@main.command()
@reports_errors
@settings_options("store", "base_iri", *SOURCES[:2])
@click.argument("triple", metavar="SUBJECT [PREDICATE] OBJECT", nargs=-1, required=True)
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="Language. [default: the names']")
@click.option("--json", "as_json", is_flag=True, help="Print the tree as JSON.")
def explain(settings: Settings, triple: tuple[str, ...], lang: Literal["zh", "en"] | None, as_json: bool) -> None:
    """Say why the graph has a fact: the rules by which it follows, their premises, and the clauses that state them.

    kg explain 建设智慧医院 医疗, kg explain "Pengcheng Cloud Brain" supportedBy gd-ai45-public-compute-platforms

    Things are named by id, IRI, or name in either language. Without a predicate, why a measure touches a sector.
    """
    from kg.agents.arguments import language_in
    from kg.cli.explain import explain_triple

    if len(triple) not in {2, 3}:
        raise click.UsageError("give a subject and an object, and between them the predicate, if not touchesSector")
    predicate = triple[1] if len(triple) == 3 else ""
    revision = _open(settings)
    language = lang or language_in(triple)
    engine, iris = revision.open(), settings.iris
    explain_triple(triple[0], predicate, triple[-1], language, engine, iris, revision.id, as_json=as_json)


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
@click.option(
    "--reuse-port",
    is_flag=True,
    help="Let other servers of yours with this flag listen there too: the kernel divides new connections among them.",
)
def serve(settings: Settings, host: str, port: int, *, reuse_port: bool) -> None:
    """Serve SPARQL, the JSON API and the things over HTTP; the store is built first if it does not exist."""
    from kg.cli.serving import run_server

    run_server(settings, _open(settings), host, port, shared=reuse_port)


@main.command()
@reports_errors
@settings_options(*MCP_SETTINGS)
def mcp(settings: Settings) -> None:
    """Serve agents over standard input and output (Model Context Protocol); over HTTP, `serve` does it at /mcp."""
    from kg.cli.mcp import run_stdio

    run_stdio(settings, _open(settings))


def _open(settings: Settings) -> Revision:
    """Return the current revision; where there is none, make it first, and only then pay for reading rdflib."""
    try:
        return reader_of(settings).current(settings.base_iri)
    except RevisionNotFound:
        from kg.pipeline import STEPS, build, publish_empty

        if settings.empty:
            click.echo(f"{settings.store} has no revision yet: starting it without data", err=True)
            return publish_empty(settings, author=local_author())
        click.echo(f"{settings.store} has no revision yet: building it from the seeds", err=True)
        with Steps(STEPS, "Building") as progress:
            return build(settings, progress, author=local_author())


main.add_command(load)
main.add_command(revisions)
main.add_command(synth)
