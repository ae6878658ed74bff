"""From what a caller gives to what is asked: names of things to IRIs, and the question in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.errors import BadParameter
from kg.lookup import Lookup, Reference
from kg.questions.literals import sound
from kg.questions.model import Parameter, Question, Texts, no_parameter


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter with its value: a thing, or the form of a literal; neither where all are meant."""

    parameter: Parameter
    value: str | None
    thing: Reference | None = None

    @property
    def is_default(self) -> bool:
        """Whether the value is what the file has."""
        return self.value == self.parameter.default

    @property
    def words(self) -> Texts:
        """What the value is called."""
        if self.thing is not None:
            first = next(iter(self.thing.label.values()))
            return {language: self.thing.label.get(language, first) for language in ("zh", "en")}
        return {"zh": self.value or "", "en": self.value or ""}

    def to_json(self) -> Any:
        """Return the value: a reference, a number, a text, or null where all are meant."""
        if self.thing is not None:
            return self.thing.to_json()
        return plain(self.parameter, self.value)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its values: the SPARQL that asks it, and the question in words."""

    question: Question
    choices: tuple[Choice, ...]
    sparql: str
    words: Texts


def plain(parameter: Parameter, value: str | None) -> Any:
    """Return the form of a literal as JSON has it, a number as a number."""
    if value is None or parameter.kind not in {"year", "integer", "number"}:
        return value
    return float(value) if "." in value else int(value)


def ask(question: Question, given: Mapping[str, str], lookup: Lookup) -> Asked:
    """Return a question with the values that are given: ids, IRIs, names in either language, numbers, dates, texts.

    An empty value of a parameter without a default is none: a form sends one where nothing was filled in.

    Raises:
        BadParameter: there is no such parameter, a literal is none of its kind, or a name has several things.
        NotFound: there is no such thing; `nearest` has ids near it.
    """
    for name, value in given.items():
        sound(name, value)
        if question.parameter(name) is None:
            raise no_parameter(question, name, value)
    choices = tuple(_choice(parameter, given.get(parameter.name), lookup) for parameter in question.parameters)
    changed = {choice.parameter.name: choice.value for choice in choices if not choice.is_default}
    shown = {choice.parameter.name: choice.words for choice in choices if choice.value is not None}
    values = {name: value for name, value in changed.items() if value is not None}
    return Asked(question, choices, question.text(values), question.words(shown, tuple(values)))


def default_of(parameter: Parameter, lookup: Lookup) -> Choice:
    """Return the default of a parameter."""
    return _choice(parameter, None, lookup)


def choices_of(parameter: Parameter, lookup: Lookup, most: int) -> tuple[Reference, ...] | None:
    """Return the things that a parameter may be; None where it may be any literal, or more than `most` things."""
    if not parameter.is_thing or parameter.kind == "thing":
        return None
    found = lookup.finder.some(parameter.kind, most + 1)
    if len(found) > most:
        return None
    names = lookup.reader.names(found)
    return tuple(lookup.reader.reference(iri, names) for iri in found)


def _choice(parameter: Parameter, given: str | None, lookup: Lookup) -> Choice:
    if given == "" and parameter.default is None:
        given = None
    if given == "":
        words = "is empty; leave it out to have the default", "为空；不给出该参数即用默认值"
        raise BadParameter(parameter.name, "", *words)
    if not parameter.is_thing:
        return Choice(parameter, parameter.default if given is None else parameter.value(given, lookup.iris))
    kind = None if parameter.kind == "thing" else parameter.kind
    iri = parameter.default if given is None else lookup.finder.resolve(kind, given, parameter.name)
    if iri is None:
        return Choice(parameter, None)
    return Choice(parameter, iri, lookup.reader.reference(iri, lookup.reader.names([iri])))
