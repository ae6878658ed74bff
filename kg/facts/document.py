"""Reading one YAML file: plain values, the position of every key and item, problems in place of tracebacks.

The values are made from PyYAML's events rather than from its nodes: its composer recurses and shares aliased
nodes, so that ten thousand brackets or a bomb of aliases would do harm before they could be refused.
Scalars follow the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), beside which ISO
dates are dates; `yes`, `no`, `on` and `off` are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.reader import Reader

from kg.errors import Problem, SourceError
from kg.facts.scalars import plain_value
from kg.facts.text import read_text

Place = tuple[str | int, ...]
"""Path within a document: keys, and indices from 0."""

MAX_BYTES: Final = 5_000_000
MAX_DEPTH: Final = 30

# libyaml is ten times as fast; both give the same events.
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True)
class Document:
    """A YAML file as plain values; `data` is None where it could not be read at all.

    `positions` has line and column (from 1) of every key and list item by its path, `texts` what stands in
    the file where a plain scalar became something else than text, `flawed` the paths whose values cannot be
    made, `repeated` the keys that stand more than once.
    """

    file: str
    data: dict[str, object] | None = None
    positions: Mapping[Place, tuple[int, int]] = field(default_factory=dict, repr=False)
    texts: Mapping[Place, str] = field(default_factory=dict, repr=False)
    flawed: frozenset[Place] = frozenset()
    repeated: frozenset[Place] = frozenset()
    problems: tuple[Problem, ...] = ()

    def place(self, path: Place) -> Place:
        """Return a path of the models as one of the file, where a mapping may stand for a list of one."""
        node: object = self.data
        found: list[str | int] = []
        for step in path:
            if isinstance(step, int) and not isinstance(node, list):
                continue
            found.append(step)
            if isinstance(node, dict):
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                node = None
        return tuple(found)

    @cached_property
    def _around_flaws(self) -> frozenset[Place]:
        return frozenset(flaw[:length] for flaw in self.flawed for length in range(len(flaw) + 1))

    def is_flawed(self, place: Place) -> bool:
        """Tell whether the value of a place, something within it or something around it could not be made."""
        within = any(place[:length] in self.flawed for length in range(len(place) + 1))
        return within or place in self._around_flaws

    def position(self, path: Place) -> tuple[int, int]:
        """Return line and column of a path, or of the nearest thing around it that stands in the file."""
        place = self.place(path)
        while place not in self.positions and place:
            place = place[:-1]
        return self.positions.get(place, (0, 0))

    def problem(self, path: Place, message: str, hint: str = "") -> Problem:
        """Return a problem at a path."""
        return Problem(self.file, *self.position(path), field_name(self.place(path)), message, hint)


def field_name(path: Place) -> str:
    """Return a path as it stands in a problem.

    >>> field_name(("targets", 3, "value", "unit"))
    'targets[3].value.unit'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def read_document(path: Path, loader: Any = LOADER) -> Document:
    """Return the document of a YAML file with every problem found, whatever the file holds."""
    file = str(path)
    try:
        text = read_text(path, MAX_BYTES).removeprefix("\ufeff")
    except SourceError as error:
        return Document(file, problems=error.problems)
    control = Reader.NON_PRINTABLE.search(text)
    if control:
        before = text[: control.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"has the control character U+{ord(control.group()):04X}"
        return Document(file, problems=(Problem(file, line, column, "", message, "delete it"),))
    builder = _Builder(file)
    try:
        data = builder.document(iter(yaml.parse(text, Loader=loader)))
    except _Stop:
        data = None
    except yaml.YAMLError as error:
        builder.problems.append(_syntax_problem(file, error, text))
        data = None
    flawed, repeated = frozenset(builder.flawed), frozenset(builder.repeated)
    return Document(file, data, builder.positions, builder.texts, flawed, repeated, tuple(builder.problems))


def _syntax_problem(file: str, error: yaml.YAMLError, text: str) -> Problem:
    """Return what PyYAML's scanner or parser says, with the usual mistake behind it."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = " ".join(str(part) for part in (getattr(error, "context", None), getattr(error, "problem", None)) if part)
    if mark is None:
        return Problem(file, 0, 0, "", f"is not YAML: {said or error}")
    lines = text.split("\n")
    here = lines[mark.line] if mark.line < len(lines) else ""
    hint = ""
    if "\t" in here[: mark.column + 1]:
        hint = "a tab stands here; indent with spaces"
    elif "mapping values are not allowed" in said:
        hint = "put a text with a colon and a space in quotes; otherwise compare the indentation"
    elif "found unexpected end of stream" in said or "found unexpected document" in said:
        hint = "a quotation mark or bracket is opened and never closed"
    elif "cannot start any token" in said:
        hint = "a text that begins with @, ` or % stands in quotes"
    elif "expected ',' or" in said:
        hint = "a comma or a closing bracket is missing; within braces, put a text with , [ ] { } or : in quotes"
    elif "expected <block end>" in said or "could not find expected ':'" in said:
        hint = "compare the indentation with the lines above; each key ends with a colon and a space"
    return Problem(file, mark.line + 1, mark.column + 1, "", f"is not YAML: {said}", hint)


def _begin(event: yaml.Event) -> tuple[int, int]:
    """Return line and column where an event begins, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


class _Stop(Exception):
    """The problem is noted, and reading cannot go on."""


class _Builder:
    """Makes values of events, and notes positions and problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.positions: dict[Place, tuple[int, int]] = {}
        self.texts: dict[Place, str] = {}
        self.flawed: set[Place] = set()
        self.repeated: set[Place] = set()
        self.problems: list[Problem] = []

    def say(self, event: yaml.Event, path: Place, message: str, hint: str = "") -> None:
        """Note a problem at an event."""
        self.flawed.add(path)
        self.problems.append(Problem(self.file, *_begin(event), field_name(path), message, hint))

    def document(self, events: Iterator[yaml.Event]) -> dict[str, object] | None:
        """Return the mapping that the only document of the stream is."""
        next(events)
        if isinstance(next(events), yaml.StreamEndEvent):
            self.problems.append(Problem(self.file, 0, 0, "", "is empty"))
            return None
        root = next(events)
        data = self.value(root, (), events)
        next(events)
        after = next(events)
        if isinstance(after, yaml.DocumentStartEvent):
            self.say(after, (), "a second document begins here", "one file is one document; delete the line ---")
            return None
        if isinstance(data, dict):
            return data
        if data is None and isinstance(root, yaml.ScalarEvent):
            self.problems.append(Problem(self.file, 0, 0, "", "is empty"))
        else:
            self.say(
                root,
                (),
                "must be a mapping of keys to values",
                "begin lines with a key and a colon, such as id: …",
            )
        return None

    def value(self, event: yaml.Event, path: Place, events: Iterator[yaml.Event]) -> object:
        """Return the value that begins with an event."""
        if len(path) > MAX_DEPTH:
            self.say(
                event,
                path[:3],
                f"is nested more than {MAX_DEPTH} deep",
                "no fact needs that; look for a stray bracket",
            )
            raise _Stop
        if isinstance(event, yaml.AliasEvent):
            self.say(event, path, f"alias *{event.anchor} is not supported", "write it out")
            return None
        self.plain(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, events)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, events)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        raise TypeError(f"unexpected {event}")

    def plain(self, event: yaml.Event, path: Place) -> None:
        """Refuse anchors and tags."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            self.say(
                event,
                path,
                f"anchor &{anchor} is not supported",
                "delete it, and write out what refers to it",
            )
        if tag:
            tag = tag.replace("tag:yaml.org,2002:", "!!")
            self.say(event, path, f"tag {tag} is not supported", "write the value alone; put text in quotes")

    def sequence(self, path: Place, events: Iterator[yaml.Event]) -> list[object]:
        """Return the list whose first event has been read."""
        items: list[object] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            place = (*path, len(items))
            self.positions[place] = _begin(event)
            items.append(self.value(event, place, events))
        return items

    def mapping(self, path: Place, events: Iterator[yaml.Event]) -> dict[str, object]:
        """Return the mapping whose first event has been read; the first of two equal keys counts."""
        found: dict[str, object] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.say(
                    event,
                    path,
                    "a key must be a word",
                    "braces and brackets cannot be keys; put the text in quotes",
                )
                aside = _Builder(self.file)
                aside.value(event, (*path, "?"), events)
                aside.value(next(events), (*path, "?"), events)
                continue
            key, place = event.value, (*path, event.value)
            self.plain(event, place)
            if key in found:
                line = self.positions[place][0]
                self.say(event, place, f"key {key} stands twice", f"the first is in line {line}; keep one of them")
                self.flawed.discard(place)
                self.repeated.add(place)
                _Builder(self.file).value(next(events), place, events)
                continue
            self.positions[place] = _begin(event)
            found[key] = self.value(next(events), place, events)
        return found

    def scalar(self, event: yaml.ScalarEvent, path: Place) -> object:
        """Return the value of a scalar; what is quoted or a block is text."""
        text = event.value
        if event.style:
            return text
        if _NO_NUMBER.fullmatch(text):
            self.say(
                event,
                path,
                f"{text} is no number that a fact could have",
                "write the number, or put text in quotes",
            )
            return None
        value = plain_value(text)
        if value is not text and value is not None:
            self.texts[path] = text
        return value
