"""A source folder as far as it can be read: each entry by itself, so that no mistake hides another."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from kg.errors import Problem
from kg.facts.document import Document, Place, read_document
from kg.facts.models import Facts, Source
from kg.facts.wording import problems_of
from kg.kinds import KIND_BY_COLLECTION

M = TypeVar("M", bound=BaseModel)


def walk(model: BaseModel, path: Place = ()) -> Iterator[tuple[Place, BaseModel]]:
    """Yield a model and every model within it, each with its path."""
    yield path, model
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from walk(value, (*path, name))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from walk(item, (*path, name, index))


@dataclass(frozen=True)
class Entry:
    """One entry of one section of a facts file; `model` is None where it is invalid.

    `defines` and `refers` are its id and its ref as they are written, so that references to an invalid entry
    can be told from references to nothing.
    """

    kind: str
    path: Place
    model: BaseModel | None
    defines: str
    refers: str

    def walk(self) -> Iterator[tuple[Place, BaseModel]]:
        """Yield every model of a valid entry with its path."""
        if self.model is not None:
            yield from walk(self.model, self.path)


@dataclass(frozen=True)
class Draft:
    """What could be read of a source folder."""

    folder: Path
    source_document: Document
    facts_document: Document
    source: Source | None
    entries: tuple[Entry, ...]
    incomplete: frozenset[str]
    """Kinds of which something could not be read, so that nobody knows what ids there are."""
    problems: tuple[Problem, ...] = field(repr=False)

    @cached_property
    def lines(self) -> int | None:
        """How many lines the source has, where that is known."""
        given = self._sound("lines")
        return given if isinstance(given, int) else None

    @cached_property
    def published(self) -> datetime.date | None:
        """When the source was published, where that is known."""
        given = self._sound("published")
        return given if isinstance(given, datetime.date) else None

    def _sound(self, key: str) -> object:
        """Return a value of source.yaml, also where something else in that file is wrong."""
        if self.source is not None:
            return getattr(self.source, key)
        if any(problem.field == key for problem in self.problems if problem.file == self.source_document.file):
            return None
        return (self.source_document.data or {}).get(key)

    def facts(self) -> Facts:
        """Return the facts of a draft that has no problem."""
        sections: dict[str, list[BaseModel]] = {}
        for entry in self.entries:
            if entry.model is not None:
                sections.setdefault(str(entry.path[0]), []).append(entry.model)
        return Facts.model_validate(sections)


def read_draft(folder: Path) -> Draft:
    """Return a source folder as far as it can be read; it raises nothing for what the files hold."""
    source_document = read_document(folder / "source.yaml")
    facts_document = read_document(folder / "facts.yaml")
    problems = [*source_document.problems, *facts_document.problems]
    source: Source | None = None
    if source_document.data is not None:
        source, found = validate(Source, source_document.data, source_document)
        problems += found
    entries: list[Entry] = []
    incomplete: set[str] = set()
    if facts_document.data is None:
        incomplete = {_kind(section) for section in Facts.model_fields}
    shell: dict[str, object] = {}
    for section, items in (facts_document.data or {}).items():
        if section in Facts.model_fields and isinstance(items, list):
            for index, item in enumerate(items):
                entry, found = _read_entry(section, index, item, facts_document)
                problems += found
                entries.append(entry)
                if not entry.defines and not entry.refers:
                    incomplete.add(entry.kind)
        else:
            shell[section] = items
    if facts_document.data is not None:
        _, found = validate(Facts, shell, facts_document)
        problems += found
        incomplete |= _unknown_kinds(shell, facts_document)
    return Draft(
        folder,
        source_document,
        facts_document,
        source,
        tuple(entries),
        frozenset(incomplete),
        tuple(problems),
    )


def _unknown_kinds(shell: dict[str, object], document: Document) -> set[str]:
    """Return the kinds of sections that are no list, stand twice, or perhaps stand under a misspelt name."""
    sections, given = set(Facts.model_fields), set(document.data or {})
    unknown = {section for section in shell if section in sections}
    unknown |= {str(place[0]) for place in document.repeated if len(place) == 1} & sections
    if given - sections:
        unknown |= sections - given
    return {_kind(section) for section in unknown}


def validate(model: type[M], value: Any, document: Document, prefix: Place = ()) -> tuple[M | None, list[Problem]]:
    """Return the model of a value, or None and the problems.

    Where text is wanted and an unquoted scalar looks like a number, a date or a boolean, its text is taken.
    """
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        repaired = _with_texts(value, error, document, prefix)
        if repaired is None:
            return None, problems_of(error, model, document, prefix)
    try:
        return model.model_validate(repaired), []
    except ValidationError as error:
        return None, problems_of(error, model, document, prefix)


def _with_texts(value: Any, error: ValidationError, document: Document, prefix: Place) -> Any:
    """Return a copy of a value with the text of unquoted scalars where text is wanted, or None."""
    wanted = [
        document.place((*prefix, *details["loc"]))
        for details in error.errors(include_url=False, include_context=False)
        if details["type"] == "string_type"
    ]
    wanted = [place for place in wanted if place in document.texts and len(place) > len(prefix)]
    if not wanted:
        return None
    value = copy.deepcopy(value)
    for place in wanted:
        node = value
        for step in place[len(prefix) : -1]:
            node = node[step]
        node[place[-1]] = document.texts[place]
    return value


def _read_entry(section: str, index: int, item: object, document: Document) -> tuple[Entry, list[Problem]]:
    path: Place = (section, index)
    (model_class,) = get_args(Facts.model_fields[section].annotation)
    model, problems = validate(model_class, item, document, path)
    written = item if isinstance(item, dict) else {}
    # An id such as 2027 is text once it is validated.
    defines, refers = (getattr(model, key, None) if model else written.get(key) for key in ("id", "ref"))
    return Entry(
        _kind(section), path, model, *(each if isinstance(each, str) else "" for each in (defines, refers))
    ), problems


def _kind(section: str) -> str:
    return "unit" if section == "units" else KIND_BY_COLLECTION[section].name
