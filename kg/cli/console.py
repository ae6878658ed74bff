"""How commands talk: settings from flags and environment, progress on a terminal, errors with the right exit code.

Exit codes: 0 done, 1 the data is wrong, 2 the call is wrong.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from kg.errors import (
    BadParameter,
    KgError,
    NotFound,
    QuerySyntaxError,
    RevisionPruned,
    SettingError,
    SourceError,
    UnsupportedFormat,
    ValidationFailed,
)
from kg.settings import Settings, format_size, parse, parse_size

P = ParamSpec("P")
R = TypeVar("R")

CALL_IS_WRONG = (SettingError, QuerySyntaxError, UnsupportedFormat, BadParameter, NotFound, RevisionPruned)


def settings_options(*names: str) -> Callable[[Callable[P, R]], Callable[..., R]]:
    """Give a command the flags of some settings, and hand it `settings` made of flags and environment."""

    def decorate(command: Callable[P, R]) -> Callable[..., R]:
        @functools.wraps(command)
        def with_settings(*args: Any, **flags: Any) -> R:
            given = {name: flags.pop(name) for name in names if name in flags}
            return command(*args, settings=Settings.from_environment(os.environ, **given), **flags)  # type: ignore[arg-type]

        wrapped: Callable[..., R] = with_settings
        for item in reversed(fields(Settings)):
            if item.name in names and not item.metadata["secret"]:
                wrapped = _option(item)(wrapped)
        return wrapped

    return decorate


def _option(item: Field[Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return the flag of a setting; a secret has none, since other users of the machine can read a command line."""
    variable = f"KG_{item.name.upper()}"
    flag = f"--{item.name.replace('_', '-')}"
    default: Any = item.default
    if item.metadata["kind"] is parse_size:
        default = format_size(default)
    shown = f"default: {default}; {variable}" if default not in {None, "", False} else variable
    text = f"{item.metadata['help']} [{shown}]"
    if isinstance(item.default, bool):
        return click.option(flag, item.name, is_flag=True, default=None, help=text)
    return click.option(flag, item.name, type=_SettingType(item), default=None, help=text)


class _SettingType(click.ParamType):  # type: ignore[type-arg]
    """A flag that is read as its environment variable is."""

    def __init__(self, item: Field[Any]) -> None:
        self._item = item
        names = {Path: "path", parse_size: "size", str: "text"}
        self.name = names.get(item.metadata["kind"], "number")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return parse(self._item.name, value) if isinstance(value, str) else value
        except SettingError as error:
            self.fail(str(error), param, ctx)


def reports_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the library's errors into messages on standard error and exit codes."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KgError as error:
            fail(error, as_json=bool(kwargs.get("as_json")))

    return guarded


def fail(error: KgError, *, as_json: bool = False, code: int | None = None) -> NoReturn:
    """Print what is wrong, and end with the exit code of its kind, or the one that is given."""
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
    if code is None:
        code = 2 if isinstance(error, CALL_IS_WRONG) else 1
    sys.exit(code)


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


class Counting:
    """A progress bar over equal steps on standard error, once they take a second; silent where that is no terminal."""

    def __init__(self, length: int, label: str, *, quiet: bool = False) -> None:
        """Begin to count to a length; where it is quiet, nothing is ever shown."""
        self._bar = click.progressbar(length=length, label=label, show_pos=True, file=sys.stderr)
        self._begun = time.monotonic()
        self._shown: int | None = None
        self._quiet = quiet or not sys.stderr.isatty()

    def __enter__(self) -> Callable[[int], None]:
        """Return what is to be told how many steps are done."""
        return self._reach

    def __exit__(self, *_: object) -> None:
        """End the bar's line, where there is one."""
        if self._shown is not None:
            self._bar.render_finish()

    def _reach(self, done: int) -> None:
        if self._quiet or (self._shown is None and time.monotonic() - self._begun < 1):
            return
        if self._shown is None:
            self._bar.__enter__()
            self._shown = 0
        self._bar.update(done - self._shown)
        self._shown = done
