"""`kg load`: files of RDF as a revision, whatever their size."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.console import Counting, reports_errors, settings_options, to_json
from kg.engine import FORMATS, File
from kg.revisions import local_author
from kg.settings import Settings

STDIN = Path("-")


@click.command()
@reports_errors
@settings_options("store", "keep_revisions", "ontology", "base_iri")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format",
    type=click.Choice(sorted(FORMATS)),
    default=None,
    help="Format of all files. [default: by the ends of their names, .gz after them for what is compressed]",
)
@click.option("--graph", default="", help="IRI of the graph that triples go into, where a format has no graphs.")
@click.option(
    "--validate/--no-validate",
    "validated",
    default=True,
    help="Hold the graph against the shapes, or trust it. [default: validate]",
)
@click.option("--note", default="", help="Why, for the history.")
@click.option("--json", "as_json", is_flag=True, help="Print the revision, or the problems, as JSON.")
def load(
    settings: Settings,
    files: tuple[Path, ...],
    format: str | None,
    graph: str,
    validated: bool,
    note: str,
    as_json: bool,
) -> None:
    """Publish what files of RDF hold, exactly that, as a revision: kg export's N-Quads give the same revision again.

    Revisions before it stay, and `kg revisions rollback` goes back to them. `-` is standard input.

    kg load corpus.nq.gz --no-validate
    """
    from kg.pipeline import load as load_files

    given = [File(Path("/dev/stdin") if path == STDIN else path, _format(path, format), graph) for path in files]
    size = sum(item.path.stat().st_size for item in given if item.path.is_file())
    with Counting(size >> 10, "Loading (KiB)", quiet=not size) as progress:
        revision = load_files(
            settings,
            given,
            lambda read: progress(min(read, size) >> 10),
            step=_say,
            validated=validated,
            author=local_author(),
            note=note,
        )
    if as_json:
        click.echo(to_json({**revision.manifest, "path": str(revision.path)}))
    else:
        trusted = "" if validated else ", not validated"
        click.echo(f"revision {revision.id}: {revision.manifest['triples']:,} quads in {settings.store}{trusted}")


def _say(step: str) -> None:
    """Say on a terminal what takes its time once all has been read."""
    if sys.stderr.isatty():
        click.echo(f"\n{step} …", err=True)


def _format(path: Path, given: str | None) -> str:
    if given is not None:
        return given
    name = path.name.removesuffix(".gz").rpartition(".")[2]
    if path == STDIN or name not in FORMATS:
        known = ", ".join(sorted(FORMATS))
        raise click.UsageError(f"the format of {path} is not told by its name; --format may be {known}")
    return name
