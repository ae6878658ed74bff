"""Years, dates, numbers and texts: what a caller writes, its canonical form, and the literal of SPARQL."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from kg.errors import BadParameter
from kg.terms import XSD

LONGEST: Final = 500
"""Characters of a text at most."""

_YEAR: Final = re.compile(r"([0-9]{4})年?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BARE: Final = {
    XSD + "integer": re.compile(r"-?[0-9]+"),
    XSD + "decimal": re.compile(r"-?[0-9]+\.[0-9]+"),
}
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _year(text: str) -> str | None:
    found = _YEAR.fullmatch(text)
    return found[1] if found and found[1] != "0000" else None


def _integer(text: str) -> str | None:
    return str(int(text)) if _INTEGER.fullmatch(text) else None


def _number(text: str) -> str | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    if not number:
        return "0"
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _date(text: str) -> str | None:
    try:
        return datetime.date.fromisoformat(text).isoformat() if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _text(text: str) -> str | None:
    sound = 0 < len(text) <= LONGEST and not any(unicodedata.category(character) in {"Cs", "Cc"} for character in text)
    return text if sound else None


_KINDS: Final[Mapping[str, tuple[Callable[[str], str | None], str, str, str]]] = {
    "year": (_year, XSD + "integer", "must be a year, such as 2027", "应为年份，如 2027"),
    "date": (_date, XSD + "date", "must be a date, such as 2027-12-31", "应为日期，如 2027-12-31"),
    "integer": (_integer, XSD + "integer", "must be a whole number, such as 100", "应为整数，如 100"),
    "number": (_number, XSD + "decimal", "must be a number, such as 50 or 1.5e3", "应为数字，如 50 或 1.5e3"),
    "text": (
        _text,
        XSD + "string",
        f"must be a text of 1 to {LONGEST} characters without control characters",
        f"应为 1 到 {LONGEST} 个字符的文本，不含控制字符",
    ),
}

LITERAL_KINDS: Final = frozenset(_KINDS)
"""The kinds of parameters whose values are literals."""


def sound(name: str, given: str) -> None:
    """Refuse what is no Unicode text, such as one half of a pair of surrogates.

    Raises:
        BadParameter: it is none.
    """
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise BadParameter(name, ascii(given), "is not Unicode text", "不是 Unicode 文本") from error


def canonical(name: str, kind: str, given: str) -> str:
    """Return the canonical form of a value; full-width digits are digits.

    >>> canonical("by", "year", "２０２７年"), canonical("above", "number", "5.50E1")
    ('2027', '55')

    Raises:
        BadParameter: it is none of the kind.
    """
    read, _, en, zh = _KINDS[kind]
    found = read(given if kind == "text" else unicodedata.normalize("NFKC", given).strip())
    if found is None:
        raise BadParameter(name, given, en, zh)
    return found


def literal(kind: str, value: str, datatype: str = "") -> str:
    r"""Return a canonical form as a literal of SPARQL; `datatype` is that of the default, which the query expects.

    >>> literal("year", "2027"), literal("number", "1.5"), literal("text", 'a"b\\')
    ('2027', '1.5', '"a\\"b\\\\"')
    """
    if kind == "text":
        return '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'
    datatype = datatype or _KINDS[kind][1]
    if kind == "number" and datatype in _BARE:  # a number asked for as 50 may be given as 50.5, and back
        datatype = XSD + ("decimal" if "." in value else "integer")
    if datatype in _BARE and _BARE[datatype].fullmatch(value):
        return value
    return f'"{value}"^^<{datatype}>'
