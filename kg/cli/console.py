"""How commands talk: settings from flags and environment, progress on a terminal, errors with the right exit code.

Exit codes: 0 done, 1 the data is wrong, 2 the call is wrong.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from kg.errors import (
    BadParameter,
    KgError,
    NotFound,
    QuerySyntaxError,
    SettingError,
    SourceError,
    UnsupportedFormat,
    ValidationFailed,
)
from kg.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

CALL_IS_WRONG = (SettingError, QuerySyntaxError, UnsupportedFormat, BadParameter, NotFound)


def settings_options(*names: str) -> Callable[[Callable[P, R]], Callable[..., R]]:
    """Give a command the flags of some settings, and hand it `settings` made of flags and environment."""

    def decorate(command: Callable[P, R]) -> Callable[..., R]:
        @functools.wraps(command)
        def with_settings(*args: Any, **flags: Any) -> R:
            given = {name: flags.pop(name) for name in names}
            return command(*args, settings=Settings.from_environment(os.environ, **given), **flags)  # type: ignore[arg-type]

        wrapped: Callable[..., R] = with_settings
        for item in fields(Settings):
            if item.name in names:
                kind = click.Path(path_type=Path) if item.name in {"store", "ontology", "seeds"} else None
                default = f" [default: {item.default}; KG_{item.name.upper()}]" if item.default is not None else ""
                flag = f"--{item.name.replace('_', '-')}"
                text = item.metadata["help"] + default
                wrapped = click.option(flag, item.name, type=kind, default=None, help=text)(wrapped)
        return wrapped

    return decorate


def reports_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the library's errors into messages on standard error and exit codes."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KgError as error:
            fail(error, as_json=bool(kwargs.get("as_json")))

    return guarded


def fail(error: KgError, *, as_json: bool = False) -> NoReturn:
    """Print what is wrong, and end with the exit code of its kind."""
    if as_json:
        click.echo(to_json(error_json(error)))
    if isinstance(error, SourceError):
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        click.secho(f"{count} problem{'s' if count != 1 else ''}; nothing was published", fg="red", err=True)
    elif isinstance(error, ValidationFailed):
        for violation in error.violations:
            click.echo(str(violation), err=True)
        click.secho(f"{len(error.violations)} violations; nothing was published", fg="red", err=True)
    elif isinstance(error, QuerySyntaxError) and error.line:
        click.echo(f"error: line {error.line}, column {error.column}: {error}", err=True)
    elif isinstance(error, NotFound) and error.nearest:
        click.echo(f"error: {error}; near it are {', '.join(error.nearest)}", err=True)
    else:
        click.echo(f"error: {error}", err=True)
    sys.exit(2 if isinstance(error, CALL_IS_WRONG) else 1)


def error_json(error: KgError) -> dict[str, Any]:
    """Return an error for scripts."""
    items: Sequence[Any] = getattr(error, "problems", None) or getattr(error, "violations", None) or ()
    return {
        "error": type(error).__name__,
        "message": str(error),
        "items": [{name: getattr(item, name) for name in item.__slots__} for item in items],
    }


def to_json(value: Any) -> str:
    """Return JSON for people and scripts alike."""
    return json.dumps(value, ensure_ascii=False, indent=2)


class Steps:
    """A progress bar over named steps on standard error; silent where that is not a terminal."""

    def __init__(self, steps: Sequence[str], label: str) -> None:
        """Begin a bar with one unit a step."""
        self._bar = click.progressbar(
            length=len(steps), label=label, item_show_func=lambda item: str(item or ""), file=sys.stderr
        )
        self._begun = 0

    def __enter__(self) -> Callable[[str], None]:
        """Show the bar; return what is to be told the name of each step as it begins."""
        if sys.stderr.isatty():
            self._bar.__enter__()
        return self._begin

    def __exit__(self, *_: object) -> None:
        """End the bar's line."""
        if sys.stderr.isatty():
            self._bar.render_finish()

    def _begin(self, step: str) -> None:
        if sys.stderr.isatty():
            self._bar.update(1 if self._begun else 0, step)
            self._begun += 1
