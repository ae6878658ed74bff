"""`kg evidence`: the seeds' clauses held against the text that they are quoted from."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click

from kg.build import load_ontology
from kg.cli.console import to_json
from kg.errors import BadParameter, Problem, SourceError
from kg.facts import Seed, check_evidence, load_seeds, locate
from kg.resources import ontology_folder, seeds_folder
from kg.settings import Settings


def check_text(settings: Settings, text: Path, source: str | None, *, as_json: bool) -> None:
    """Check every clause of a source; print what does not stand, and end with exit code 1 if anything does not."""
    vocabulary = load_ontology(settings.ontology or ontology_folder(), settings.iris).vocabulary
    seed = _seed(load_seeds(settings.seeds or seeds_folder(), vocabulary), source, text)
    report = check_evidence(seed, _read(text))
    if as_json:
        problems = [str(problem) for problem in report.problems]
        counts = {
            "source": seed.source.id,
            "clauses": report.total,
            "found": report.found,
            "same_text": report.same_text,
        }
        click.echo(to_json({**counts, "problems": problems}))
    else:
        for problem in report.problems:
            click.echo(str(problem), err=True)
        share = 100 * report.found / report.total if report.total else 100
        click.echo(f"{seed.source.id}: {report.found} of {report.total} clauses stand at their place ({share:.4g} %)")
        if not report.same_text:
            click.echo(
                f"warning: the text is not the one that {seed.source.id} was curated from (SHA-256 differs)", err=True
            )
    sys.exit(1 if report.problems else 0)


def locate_clause(text: Path, clause: str, *, as_json: bool) -> None:
    """Print every place of a clause in a text, in the form of a facts file."""
    places = locate(_read(text), clause)
    if as_json:
        click.echo(to_json([{"line": place.line, "start": place.start, "end": place.end} for place in places]))
    else:
        for place in places:
            click.echo(f"{{line: {place.line}, start: {place.start}, end: {place.end}, clause: {clause}}}")
    if not places:
        click.echo("error: the text has no such clause", err=True)
        sys.exit(1)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError([Problem(str(path), 0, 0, "", "is not UTF-8", "save the text as UTF-8")]) from error


def _seed(seeds: tuple[Seed, ...], source: str | None, text: Path) -> Seed:
    """Return the source that is named; without a name the one that was curated from this very text, or the only one."""
    known = {seed.source.id: seed for seed in seeds}
    digest = hashlib.sha256(text.read_bytes()).hexdigest()
    source = source or next((seed.source.id for seed in seeds if seed.source.sha256 == digest), None)
    if source is None and len(seeds) == 1:
        return seeds[0]
    if source not in known:
        raise BadParameter("--source", source or "", f"name one of {', '.join(known)}: the text is none of theirs")
    return known[source]
