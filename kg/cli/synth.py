"""`kg synth`: a synthetic corpus as a stream of quads, to a file that is there whole or not at all, or to a pipe."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, NoReturn

import click

from kg.cli.console import Counting, reports_errors, settings_options, to_json
from kg.resources import ontology_folder
from kg.settings import Settings

MAX_POLICIES = 1_000_000
STDOUT = Path("-")


@click.command()
@reports_errors
@settings_options("base_iri", "ontology")
@click.option("--policies", type=click.IntRange(1, MAX_POLICIES), required=True, help="How many policies.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Another seed, another corpus."
)
@click.option(
    "--format",
    "format",
    type=click.Choice(["nq", "nt"]),
    default="nq",
    show_default=True,
    help="N-Quads, or N-Triples, which have no graph names.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path),
    default=STDOUT,
    help="File to write; standard output if not given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON; needs --output.")
def synth(settings: Settings, policies: int, seed: int, format: str, output: Path, as_json: bool) -> None:
    """Write a synthetic corpus in this ontology: as many policies as wanted, about 550 quads each.

    The same number and seed give the same bytes on every machine, and a larger corpus begins with the smaller one.
    Nothing in it is true: names and ids say that they are synthetic.

    kg synth --policies 2000 --seed 7 --output corpus.nq
    """
    from kg.synth import Corpus, Counts

    if as_json and output == STDOUT:
        raise click.UsageError("--json goes with --output FILE: standard output has the corpus")
    corpus = Corpus(settings.ontology or ontology_folder(), settings.iris, seed)
    counts, digest, size = Counts(), hashlib.sha256(), 0
    # On a terminal, a bar would stand between the lines of the corpus.
    quiet = output == STDOUT and sys.stdout.isatty()
    with _writing(output) as file, Counting(policies, "Writing policies", quiet=quiet) as progress:
        for part in corpus.parts(policies):
            content = part.write("nt" if format == "nt" else "nq")
            file.write(content)
            digest.update(content)
            size += len(content)
            counts += part.counts
            progress(counts.policies)
    if as_json:
        about = {"output": str(output), "format": format, "seed": seed, "bytes": size, "sha256": digest.hexdigest()}
        click.echo(to_json({**asdict(counts), **about}))
    elif output != STDOUT:
        named = f"{counts.policies:,} policies, {counts.measures:,} measures, {counts.targets:,} targets"
        click.echo(f"{output}: {counts.quads:,} {'quads' if format == 'nq' else 'triples'}: {named}")


@contextmanager
def _writing(output: Path) -> Iterator[BinaryIO]:
    """Give a file to write into; it is at its place once all of it is written, and otherwise leaves nothing behind."""
    if output == STDOUT:
        with _told("standard output"):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    goal = Path(os.path.realpath(output))
    if goal.exists() and not goal.is_file():  # a pipe or a device is written into, not replaced
        with _told(output), goal.open("wb") as file:
            yield file
        return
    part = goal.with_name(f".{goal.name}.{os.getpid()}.part")
    try:
        file = part.open("xb")
    except OSError as error:
        raise click.BadParameter(f"cannot write {output}: {error.strerror}", param_hint="--output") from error
    try:
        with _told(output), _ending_cleanly():
            with file:
                yield file
            part.replace(goal)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _told(what: object) -> Iterator[None]:
    """Say what could not be written, and why; a pipe that its reader closed is for click to end quietly."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        click.echo(f"error: cannot write {what}: {error.strerror}", err=True)
        sys.exit(1)


@contextmanager
def _ending_cleanly() -> Iterator[None]:
    """Let a request to end (SIGTERM) pass through what cleans up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)
