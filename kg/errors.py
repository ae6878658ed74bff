"""Every error that the library raises, as a tree; they carry data, and the command line and the API put it into words.

KgError
├── SourceError          a facts or vocabulary file is wrong (carries the list of problems)
├── ValidationFailed     the graph violates a shape or a hygiene rule (carries the report)
├── StoreError
│   └── RevisionNotFound
├── QueryError
│   ├── QuerySyntaxError (line, column)
│   ├── QueryRefused   what the query asks for is not allowed
│   └── UnsupportedFormat
├── BadParameter         a parameter of a look-up has an impossible value
├── SettingError         a flag or an environment variable is wrong
└── NotFound             no thing has this id
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file: where it is, what is wrong, and what would be right.

    `line` and `column` count from 1; 0 means that the problem concerns the file as a whole.
    `field` is the path within the file, such as `targets[3].value.unit`.
    """

    file: str
    line: int
    column: int
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as one line, in the manner of a compiler: `file:line:column: field: message (hint)`."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        field = f"{self.field}: " if self.field else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {field}{self.message}{hint}"


class KgError(Exception):
    """Base of all errors of this library."""


class SourceError(KgError):
    """One or more files of a source or of the ontology are wrong; `problems` has all of them, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems, sorted by file and line."""
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One violation of a shape or a hygiene rule by one node of the graph."""

    severity: str
    focus: str
    path: str
    value: str
    rule: str
    message: str
    place: str = ""
    """`file:line` of where the focus is written, where that is known."""

    def __str__(self) -> str:
        """Return the violation as one line."""
        place = f"{self.place}: " if self.place else ""
        path = f" {self.path}" if self.path else ""
        value = f" = {self.value}" if self.value else ""
        return f"{place}{self.severity}: {self.focus}{path}{value}: {self.message} [{self.rule}]"


class ValidationFailed(KgError):
    """The graph violates its contract; `violations` has every violation."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        """Keep the violations, sorted."""
        self.violations = tuple(sorted(violations))
        super().__init__("\n".join(str(violation) for violation in self.violations))


class StoreError(KgError):
    """The store cannot be read or written; nothing that was published is lost."""


class RevisionNotFound(StoreError):
    """The store has no such revision, or none at all."""


class QueryError(KgError):
    """A query cannot be answered."""


class QuerySyntaxError(QueryError):
    """A query is not SPARQL; `line` and `column` (from 1, 0 if unknown) say where."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        """Keep the message of the parser and the position it gives."""
        self.line = line
        self.column = column
        super().__init__(message)


class QueryRefused(QueryError):
    """A query asks for what this service does not allow, such as calling another service."""


class UnsupportedFormat(QueryError):
    """The kind of answer that the query gives cannot be written in the format asked for; `supported` can."""

    def __init__(self, wanted: str, supported: Sequence[str]) -> None:
        """Keep what was asked for and what there is."""
        self.wanted = wanted
        self.supported = tuple(supported)
        super().__init__(f"{wanted} is not one of {', '.join(self.supported)}")


class BadParameter(KgError):
    """A parameter of a look-up has a value that it cannot have; `hint` says what it may be."""

    def __init__(self, name: str, value: str, hint: str) -> None:
        """Keep the parameter's name, the value given, and what it may be."""
        self.name = name
        self.value = value
        self.hint = hint
        super().__init__(f"{name}={value!r}: {hint}")


class SettingError(KgError):
    """A flag or environment variable has a value that it cannot have; the message says which and what it may be."""


class NotFound(KgError):
    """No thing of this kind has this id, IRI or label; `nearest` are ids that look like it."""

    def __init__(self, kind: str, wanted: str, nearest: Sequence[str] = ()) -> None:
        """Keep what was looked for and what comes near."""
        self.kind = kind
        self.wanted = wanted
        self.nearest = tuple(nearest)
        super().__init__(f"no {kind} {wanted!r}")
