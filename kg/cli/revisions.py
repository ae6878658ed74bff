"""`kg revisions`: what was published, what tells two revisions apart, going back, and letting old ones go."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice

import click

from kg.cli.console import fail, reports_errors, settings_options, to_json
from kg.errors import KgError, NotFound, RevisionNotFound
from kg.revisions import Delta, Publication, RevisionStore, local_author, store_of
from kg.settings import Settings


@click.group()
def revisions() -> None:
    """List, compare, take back and prune what was published; an id may be given by its first characters."""


@revisions.command(name="list")
@reports_errors
@settings_options("store")
@click.option(
    "--limit", type=click.IntRange(min=1), default=None, help="Print so many of the newest; all if not given."
)
@click.option("--json", "as_json", is_flag=True, help="Print the publications as JSON.")
def list_command(settings: Settings, limit: int | None, as_json: bool) -> None:
    """Print the publications, newest first: which revision, when, by whom, of what kind, and how much changed.

    `*` marks the current revision, `-` one that has been pruned.
    """
    store = store_of(settings)
    current, here = store.current_id(), store.ids()
    found = list(islice(store.history(), limit))
    if as_json:
        click.echo(to_json(store.listed(found)))
        return
    for number, item in enumerate(found):
        mark = "*" if number == 0 else " " if item.revision in here else "-"
        click.echo(f"{mark} {_line(item)}")
    if not found:
        click.echo(f"* {current}  published before there was a history")


@revisions.command(name="diff")
@settings_options("store")
@click.argument("before")
@click.argument("after", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=None, help="Print so many lines; all if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
def diff_command(settings: Settings, before: str, after: str | None, limit: int | None, as_json: bool) -> None:
    """Print what was removed (-) and added (+) from one revision to another, or to the current one, as N-Quads.

    Exit codes are those of diff: 0 no difference, 1 some, 2 trouble.
    """
    try:
        store = store_of(settings)
        ends = _resolve(store, before), _resolve(store, after) if after else store.current_id()
        delta = store.difference(*ends)
    except KgError as error:
        fail(error, as_json=as_json, code=2)
    lines = list(_lines(delta))
    if as_json:
        click.echo(
            to_json(
                {
                    "before": ends[0],
                    "after": ends[1],
                    "lines": len(lines),
                    **{name: sorted(value)[:limit] for name, value in asdict(delta).items()},
                }
            )
        )
    else:
        for line in lines[:limit]:
            click.echo(line)
    if limit is not None and limit < len(lines):
        click.echo(f"{limit} of {len(lines)} lines", err=True)
    sys.exit(1 if delta else 0)


@revisions.command()
@reports_errors
@settings_options("store", "keep_revisions")
@click.argument("revision")
@click.option("--note", default="", help="Why, for the history.")
@click.option("--json", "as_json", is_flag=True, help="Print the publication as JSON.")
def rollback(settings: Settings, revision: str, note: str, as_json: bool) -> None:
    """Make a revision that is still here the current one again; what came after it stays in the history."""
    store = store_of(settings)
    done = store.rollback(_resolve(store, revision), author=local_author(), note=note)
    click.echo(to_json(asdict(done)) if as_json else f"* {_line(done)}")


@revisions.command()
@reports_errors
@settings_options("store")
@click.option("--keep", type=click.IntRange(min=1), required=True, help="How many of the newest revisions stay.")
@click.option("--json", "as_json", is_flag=True, help="Print the ids of those removed as JSON.")
def prune(settings: Settings, keep: int, as_json: bool) -> None:
    """Remove all but the newest revisions; the current one stays, and so does one that is open somewhere."""
    store = store_of(settings)
    store.current_id()
    removed = store.prune(keep)
    if as_json:
        click.echo(to_json({"removed": removed, "kept": sorted(store.ids())}))
        return
    for name in removed:
        click.echo(name)
    click.echo(f"{len(removed)} removed, {len(store.ids())} kept", err=True)


def _resolve(store: RevisionStore, start: str) -> str:
    """Return the id that begins so; one that is not here is a wrong call."""
    try:
        return store.resolve(start)
    except RevisionNotFound as error:
        store.current_id()  # a store without any revision is another matter
        raise NotFound("revision", start, sorted(store.ids())[:5]) from error


def _line(item: Publication) -> str:
    size = "?" if item.added is None else f"+{item.added} -{item.removed}"
    line = f"{item.seq:>4}  {item.revision}  {item.published}  {item.kind:<11}  {size:<13}  {item.author}"
    return f"{line}  {item.note}".rstrip() if item.note else line.rstrip()


def _lines(delta: Delta) -> Iterator[str]:
    """Return a difference in the manner of `diff`; graphs without quads, which N-Quads cannot say, as comments."""
    marked = [(line, "-") for line in delta.removed] + [(line, "+") for line in delta.added]
    yield from (f"{mark} {line}" for line, mark in sorted(marked))
    yield from (f"- # graph <{name}>" for name in sorted(delta.dropped))
    yield from (f"+ # graph <{name}>" for name in sorted(delta.created))
