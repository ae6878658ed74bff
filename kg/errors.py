"""Every error that the library raises, as a tree; they carry data, and the command line and the API put it into words.

KgError
├── SourceError          a facts or vocabulary file is wrong (carries the list of problems)
├── ValidationFailed     the graph violates a shape or a hygiene rule (carries the report)
├── StoreError
│   ├── RevisionNotFound
│   ├── PreconditionFailed (current)
│   └── StoreFailed      the SPARQL service that holds the store gave no usable answer (en, zh)
│       ├── StoreUnreachable (retry_after)
│       └── StoreTimeout
├── QueryError
│   ├── QuerySyntaxError (line, column)
│   │   └── DocumentSyntaxError
│   ├── UnknownFunction  (function)
│   ├── UnknownTerm      (term, nearest, line, column)
│   ├── Unsortable       values that the engine finds no order among
│   ├── OperationFailed  an update cannot be done on this data (operation, place in the update)
│   ├── QueryRefused     what the query asks for is not allowed
│   │   ├── ServiceRefused
│   │   ├── LoadRefused
│   │   ├── GraphKeptByStore (graph)
│   │   └── RemoteGraphRefused
│   ├── LimitExceeded    (name, limit, unit)
│   │   ├── QueryTimeout
│   │   └── QueryTooComplex
│   ├── Overloaded       (retry_after)
│   ├── NoRoom           a large answer finds no room on the disk
│   └── UnsupportedFormat
├── BadParameter         a parameter of a look-up has an impossible value
├── SettingError         a flag or an environment variable is wrong
└── NotFound             no thing has this id
    └── GraphNotFound
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


class RevisionPruned(StoreError):
    """A revision was published once, and has been pruned since; `revision` is its id."""

    def __init__(self, revision: str) -> None:
        """Keep the id."""
        self.revision = revision
        super().__init__(f"revision {revision} has been pruned: it cannot be read, or gone back to, any more")


class PreconditionFailed(StoreError):
    """A write was to happen on another revision than the current one (`current`); nothing was changed."""

    def __init__(self, current: str) -> None:
        """Keep the id of the current revision."""
        self.current = current
        super().__init__(f"the current revision is {current}, not the one that was expected; nothing was changed")


class GraphExists(PreconditionFailed):
    """A write was to make a graph that is there already; nothing was changed."""


class StoreFailed(StoreError):
    """The SPARQL service that holds the store gave no answer that can be used; `en` and `zh` say what it did."""

    def __init__(self, en: str, zh: str) -> None:
        """Keep what it did, in both languages."""
        self.en = en
        self.zh = zh
        super().__init__(en)


class StoreUnreachable(StoreFailed):
    """The SPARQL service that holds the store cannot be reached, or is too busy; try again in `retry_after` seconds."""

    def __init__(self, en: str, zh: str, retry_after: int = 5) -> None:
        """Keep what happened, and when to try again."""
        self.retry_after = retry_after
        super().__init__(en, zh)


class StoreTimeout(StoreFailed):
    """The SPARQL service that holds the store did not answer in time."""


class QueryError(KgError):
    """A query cannot be answered."""


class QuerySyntaxError(QueryError):
    """A query is not SPARQL; `line` and `column` (from 1, 0 if unknown) say where, `zh` what is wrong in Chinese."""

    def __init__(self, message: str, line: int = 0, column: int = 0, zh: str = "") -> None:
        """Keep the message of the parser and the position it gives; without Chinese, the message stands for it."""
        self.line = line
        self.column = column
        self.zh = zh or message
        super().__init__(message)


class DocumentSyntaxError(QuerySyntaxError):
    """A document that was sent, or loaded, is not in the format that it is said to be in."""


class UnknownFunction(QueryError):
    """A query calls a function that is neither one of SPARQL's nor known here; `function` is its IRI."""

    def __init__(self, function: str) -> None:
        """Keep the IRI of the function."""
        self.function = function
        super().__init__(f"there is no function <{function}>")


class UnknownTerm(QueryError):
    """A query uses a class or a property that the ontology does not have; `line` and `column` say where it stands."""

    def __init__(self, term: str, nearest: Sequence[str] = (), line: int = 0, column: int = 0) -> None:
        """Keep the term as it is written, those that look like it, and its place."""
        self.term = term
        self.nearest = tuple(nearest)
        self.line = line
        self.column = column
        super().__init__(f"the ontology has no {term}")


class Unsortable(QueryError):
    """A query sorts values that the engine finds no order among, such as numbers beside texts (it ends for it)."""

    name = "sorting"

    def __init__(self) -> None:
        """Say it."""
        super().__init__("ORDER BY has values of several kinds, such as numbers beside texts, that cannot be sorted")


class OperationFailed(QueryError):
    """An update names a graph that is missing, or one that is there already, and does not say SILENT.

    `operation` says which one it is, such as `CLEAR GRAPH <…>`; `line` and `column` say where it stands.
    """

    def __init__(self, operation: str, why: str, line: int = 0, column: int = 0) -> None:
        """Keep the operation and its place."""
        self.operation = operation
        self.line = line
        self.column = column
        super().__init__(f"{operation}: {why}")


class QueryRefused(QueryError):
    """A query asks for what this service does not allow, such as calling another service."""


def _reach(allowed: Sequence[str], none: str) -> str:
    return f"allowed are {', '.join(allowed)} alone" if allowed else none


def _reach_zh(allowed: Sequence[str], none: str) -> str:
    return f"仅允许 {'、'.join(allowed)}" if allowed else none


class ServiceRefused(QueryRefused):
    """A query calls another service (SERVICE); `target` is its IRI where that is written, `allowed` may be called.

    `zh` is the message in Chinese.
    """

    def __init__(self, target: str = "", allowed: Sequence[str] = ()) -> None:
        """Keep what was to be called and what may be."""
        self.target = target
        self.allowed = tuple(allowed)
        how = ", each written as an IRI, and the word SERVICE nowhere else" if self.allowed and not target else ""
        reach = _reach(self.allowed, "no query makes this server call another")
        how_zh = "，且须写成 IRI，查询他处不得出现 SERVICE 一词" if how else ""
        reach_zh = _reach_zh(self.allowed, "查询不能让本服务访问其他服务")
        self.zh = f"SERVICE {target or '…'} 被拒绝：{reach_zh}{how_zh}"
        super().__init__(f"SERVICE {target or '…'} is refused: {reach}{how}")


class LoadRefused(QueryRefused):
    """An update loads a document (LOAD); `target` is its IRI where that is written, `allowed` may be loaded from.

    `zh` is the message in Chinese.
    """

    def __init__(self, target: str = "", allowed: Sequence[str] = ()) -> None:
        """Keep what was to be loaded and what may be."""
        self.target = target
        self.allowed = tuple(allowed)
        reach = _reach(self.allowed, "no update makes this server fetch a document")
        self.zh = f"LOAD {target or '…'} 被拒绝：{_reach_zh(self.allowed, '更新不能让本服务获取文档')}"
        super().__init__(f"LOAD {target or '…'} is refused: {reach}")


class GraphKeptByStore(QueryRefused):
    """A write changes a graph that only the store writes: the one of metadata, or the one of what follows.

    `graph` is its IRI, `zh` the message in Chinese.
    """

    def __init__(self, graph: str, *, inferred: bool = False) -> None:
        """Keep the IRI."""
        self.graph = graph
        what, what_zh = "describes the dataset", "描述数据集"
        if inferred:
            what, what_zh = "holds what follows from the other graphs by rules", "保存由规则从其他图推出的内容"
        self.zh = f"<{graph}> {what_zh}，只由本服务写入"
        super().__init__(f"<{graph}> {what} and is written by the store alone")


class RemoteGraphRefused(QueryRefused):
    """A query reads FROM a web address that is not a graph of this dataset and would have to be fetched."""

    def __init__(self, target: str) -> None:
        """Keep the graph's IRI."""
        self.target = target
        super().__init__(f"FROM {target} is refused: this dataset has no such graph, and nothing is fetched")


class LimitExceeded(QueryError):
    """A query went past a limit: `name` is time, memory, rows, bytes, complexity, length or nesting."""

    def __init__(self, name: str, limit: float, unit: str) -> None:
        """Keep which limit, its value and its unit."""
        self.name = name
        self.value = limit
        self.unit = unit
        super().__init__(f"the query was stopped: its limit of {name} is {limit:g} {unit}")

    @property
    def limit(self) -> dict[str, object]:
        """The limit for programs: `{"name", "value", "unit"}`."""
        return {"name": self.name, "value": self.value, "unit": self.unit}


class QueryTimeout(LimitExceeded):
    """A query was stopped at its deadline."""


class QueryTooComplex(LimitExceeded):
    """A query is longer, or nested deeper, than is read at all."""


class Overloaded(QueryError):
    """All workers are taken; it is worth trying again after `retry_after` seconds."""

    def __init__(self, retry_after: int = 1) -> None:
        """Keep when to try again."""
        self.retry_after = retry_after
        super().__init__(f"all workers are taken; try again in {retry_after} s")


class NoRoom(QueryError):
    """A large answer has to wait on the disk for its reader, and the disk is full."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("there is no room on the disk for the answer")


class UnsupportedFormat(QueryError):
    """The kind of answer that the query gives cannot be written in the format asked for; `supported` can."""

    def __init__(self, wanted: str, supported: Sequence[str]) -> None:
        """Keep what was asked for and what there is."""
        self.wanted = wanted
        self.supported = tuple(supported)
        super().__init__(f"{wanted} is not one of {', '.join(self.supported)}")


class BadParameter(KgError):
    """A parameter of a look-up has a value that it cannot have; `hint` says what it may be, `hint_zh` in Chinese."""

    def __init__(self, name: str, value: str, hint: str, hint_zh: str = "") -> None:
        """Keep the parameter's name, the value given, and what it may be; without Chinese, English stands for it."""
        self.name = name
        self.value = value
        self.hint = hint
        self.hint_zh = hint_zh or hint
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


class GraphNotFound(NotFound):
    """The dataset has no graph of this name."""

    def __init__(self, graph: str) -> None:
        """Keep the IRI of the graph."""
        super().__init__("graph", graph)
