"""What pydantic finds wrong, in words that a curator can act on: what is wrong, and what would be right."""

from __future__ import annotations

import datetime
import re
import types
from collections.abc import Callable, Mapping
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from kg.errors import Problem
from kg.facts.document import Document, Place
from kg.facts.hints import did_you_mean, nearest, slug
from kg.facts.values import SCOPE_KINDS, Evidence

MAX_GUESSES: Final = 1000
"""Of more mistakes in one mapping it is not guessed what was meant: that takes time."""

_ID_RULE: Final = "an id has lower-case letters a–z, digits and single hyphens"

_MEANT: Final = {
    ">": "gt",
    ">=": "ge",
    "≥": "ge",
    "=": "eq",
    "==": "eq",
    "<=": "le",
    "≤": "le",
    "<": "lt",
    "~": "approx",
    "≈": "approx",
    "超过": "gt",
    "以上": "ge",
    "不低于": "ge",
    "达到": "ge",
    "不超过": "le",
    "以内": "le",
    "低于": "lt",
    "约": "approx",
    "左右": "approx",
    "gte": "ge",
    "lte": "le",
    "cn": "zh",
}
"""What people write for a choice, and the choice."""


def problems_of(
    error: ValidationError, model: type[BaseModel], document: Document, prefix: Place = ()
) -> list[Problem]:
    """Return the problems of a failed validation of `model`, which stands at `prefix` of the document.

    What is wrong with YAML at a place is not said twice.
    """
    problems: list[Problem] = []
    for details in error.errors(include_url=False):
        path = (*prefix, *details["loc"])
        place = document.place(path)
        if document.is_flawed(place):
            continue
        message, hint = _explain(details, model, document.texts.get(place), len(problems) < MAX_GUESSES)
        problems.append(document.problem(path, message, hint))
    return problems


def _explain(details: ErrorDetails, model: type[BaseModel], text: str | None, guesses: bool) -> tuple[str, str]:
    """Return message and hint for one error."""
    loc, kind = details["loc"], details["type"]
    given: Any = details["input"]
    context: Mapping[str, Any] = details.get("ctx") or {}
    key = str(loc[-1]) if loc else ""
    parent, info, inner = _field_at(model, loc)
    if kind == "extra_forbidden" and parent is not None:
        keys = list(parent.model_fields)
        guess = did_you_mean(key, keys) if guesses else ""
        allowed = f"allowed here: {', '.join(keys)}"
        if given is None and " " in key.strip():
            guess = "a comma in braces ends a text: put the whole text in quotes;"
        return f"unknown key {key}", f"{guess} {allowed}".strip()
    if kind == "missing" or given is None:
        message = f"{key} is missing" if kind == "missing" else "has no value"
        return message, _what_for(key, info) or "write one, or drop the key"
    if kind == "value_error":
        message, _, hint = str(context["error"]).partition("; ")
        return message, hint
    if kind in {"model_type", "model_attributes_type"} or (kind == "list_type" and inner is Evidence):
        return _mapping(given, inner, text)
    teller = _url if kind.startswith("url") else _TELLERS.get(kind)
    if teller is not None:
        return teller(given, context, info, text)
    return details["msg"][:1].lower() + details["msg"][1:], _example(info)


def _choice(given: Any, context: Mapping[str, Any], _info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
    written = text or str(given)
    meant = _MEANT.get(written, "")
    guess = f"did you mean {meant}?" if meant in choices else did_you_mean(written.lower(), choices)
    return f"{_shown(given, text)} is not a choice", f"{guess} write one of {', '.join(choices)}".strip()


def _pattern(given: Any, context: Mapping[str, Any], _info: FieldInfo | None, _text: str | None) -> tuple[str, str]:
    pattern, written = str(context.get("pattern", "")), str(given)
    if "64" in pattern:
        return (
            "is no SHA-256",
            f"write 64 digits 0–9 and a–f, as sha256sum prints them; these are {len(written)} characters",
        )
    if "/" in pattern:
        kind, slash, local = written.partition("/")
        kinds = [kind] if slash and kind in SCOPE_KINDS else nearest(kind, SCOPE_KINDS) if slash else SCOPE_KINDS
        guess = " or ".join(f"{each}/{slug(local or kind) or '…'}" for each in kinds or SCOPE_KINDS)
        return f"{_shown(given)} is no id with its kind", f"put the kind in front: {guess}; {_ID_RULE}"
    guess = slug(written)
    return (
        f"{_shown(given)} is no id",
        f"{_ID_RULE}{f'; {guess} would do' if guess else '; write it in English'}",
    )


def _whole(given: Any, _context: Mapping[str, Any], info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    return (
        f"{_shown(given, text)} is not a whole number",
        f"write digits without quotes or unit{_such_as(info)}",
    )


def _number(given: Any, _context: Mapping[str, Any], info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    return (
        f"{_shown(given, text)} is not a number",
        f"write digits without quotes, unit or commas{_such_as(info)}",
    )


def _words(given: Any, _context: Mapping[str, Any], info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    return f"must be text, not {_shown(given, text)}", f"write one text{_such_as(info)}"


def _day(given: Any, _context: Mapping[str, Any], info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
        return f"{given} is no day of the calendar", ""
    return (
        f"{_shown(given, text)} is no date",
        f"write year-month-day with two digits each, no quotes{_such_as(info)}",
    )


def _url(given: Any, _context: Mapping[str, Any], info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    return f"{_shown(given, text)} is no address", f"write it whole{_such_as(info)}"


def _list(given: Any, _context: Mapping[str, Any], _info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    return (
        f"must be a list, not {_shown(given, text)}",
        "begin each item in a line of its own with a hyphen and a space",
    )


def _mapping(given: Any, model: type[BaseModel] | None, text: str | None) -> tuple[str, str]:
    fields = model.model_fields if model else {}
    shape = [f"{name}: …" for name, info in fields.items() if info.is_required()] or ["id: …"]
    return f"must be a mapping, not {_shown(given, text)}", f"write {{{', '.join(shape)}}}"


def _small(given: Any, context: Mapping[str, Any], _info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    if "gt" in context:
        return f"{_shown(given, text)} is too small", f"it must be more than {context['gt']:g}"
    return f"{_shown(given, text)} is too small", f"the least is {context['ge']}"


def _large(given: Any, context: Mapping[str, Any], _info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    return f"{_shown(given, text)} is too large", f"the most is {context['le']}"


def _short(_given: Any, _context: Mapping[str, Any], info: FieldInfo | None, _text: str | None) -> tuple[str, str]:
    return "is empty", _example(info)


def _long(given: Any, context: Mapping[str, Any], _info: FieldInfo | None, _text: str | None) -> tuple[str, str]:
    return f"has {len(given)} characters", f"the most is {context['max_length']}"


def _infinite(given: Any, _context: Mapping[str, Any], _info: FieldInfo | None, text: str | None) -> tuple[str, str]:
    return f"{_shown(given, text)} is too large", "write the number as the clause states it"


def _no_clause(_given: Any, _context: Mapping[str, Any], _info: FieldInfo | None, _text: str | None) -> tuple[str, str]:
    return "is an empty list", "give at least one clause, or drop the fact"


_TELLERS: Final[dict[str, Callable[[Any, Mapping[str, Any], FieldInfo | None, str | None], tuple[str, str]]]] = {
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
    "int_type": _whole,
    "float_type": _number,
    "string_type": _words,
    "date_type": _day,
    "list_type": _list,
    "greater_than": _small,
    "greater_than_equal": _small,
    "less_than_equal": _large,
    "string_too_short": _short,
    "string_too_long": _long,
    "finite_number": _infinite,
    "too_short": _no_clause,
}


def _shown(given: Any, text: str | None = None) -> str:
    """Return a value as the curator wrote it, cut where it is long."""
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, list):
        return "a list"
    if text is not None:
        return text if len(text) <= 60 else f"{text[:60]}…"
    if isinstance(given, str):
        return f"“{given}”" if len(given) <= 60 else f"“{given[:60]}…”"
    return given.isoformat() if isinstance(given, datetime.date) else str(given)


def _what_for(key: str, info: FieldInfo | None) -> str:
    described = info.description if info else None
    return f"{key}: {described}{_such_as(info)}" if described else ""


def _such_as(info: FieldInfo | None) -> str:
    if not info or not info.examples:
        return ""
    example = info.examples[0]
    return f", such as {example[0] if isinstance(example, list) else example}"


def _example(info: FieldInfo | None) -> str:
    return f"write it{_such_as(info)}" if info and info.examples else ""


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """Return the model in an annotation: itself, in a list, or beside None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {list, Union, types.UnionType} or hasattr(annotation, "__metadata__"):
        for part in get_args(annotation):
            if (found := _model_of(part)) is not None:
                return found
    return None


def _field_at(
    model: type[BaseModel], loc: tuple[int | str, ...]
) -> tuple[type[BaseModel] | None, FieldInfo | None, type[BaseModel] | None]:
    """Return the model that the last key of a path stands in, the field of that name, and the model within it."""
    parent: type[BaseModel] | None = model
    inner: type[BaseModel] | None = model
    info: FieldInfo | None = None
    for step in loc:
        if isinstance(step, int):
            continue
        parent = inner
        info = parent.model_fields.get(step) if parent else None
        inner = _model_of(info.annotation) if info else None
    return parent, info, inner
