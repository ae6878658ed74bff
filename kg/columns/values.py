"""What terms are worth in expressions, as Oxigraph has it (SPARQL 1.1 Query, section 17).

An integer has 64 bits; a decimal is a whole number of units of 10⁻¹⁸ in 128 bits. Where Oxigraph has an error, so have
these; a value that they do not judge (a float, what is no number, a time with a zone) refuses the query.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Final

from kg.columns.refusal import Refused
from kg.terms import XSD

UNIT: Final = 10**18
_INT64: Final = 1 << 63
_INT128: Final = 1 << 127
_FEW: Final = 10**9
_MANY: Final = 10**12


class Failed(Exception):
    """An expression has an error, as SPARQL means it."""


class Family(IntEnum):
    """Values that can be compared with each other, and those that nothing is known of."""

    IRI = 0
    BLANK = 1
    STRING = 2
    TAGGED = 3
    BOOLEAN = 4
    INTEGER = 5
    DECIMAL = 6
    YEAR = 7
    DATE = 8
    TIME = 9
    DOUBLE = 10
    UNKNOWN = 11
    """What Oxigraph knows nothing of either: another datatype, or a number that is too large for it."""
    OPAQUE = 12


@dataclass(frozen=True, slots=True)
class Value:
    """A term's value: text, a number (a decimal in its units), a truth value, or a date as digits that sort."""

    family: Family
    content: str | int | float
    tag: str = ""
    """The language tag, the datatype of what is unknown or opaque, or `ROUNDED`."""


ROUNDED: Final = "rounded"
"""Marks a double whose last digits are another engine's as well as ours: nothing may depend on them."""

_NEAR: Final = 1e-9
"""Rounded doubles that are so near, in parts of themselves, may be in either order, or equal."""

TRUE: Final = Value(Family.BOOLEAN, 1)
FALSE: Final = Value(Family.BOOLEAN, 0)
EXACT: Final = (Family.INTEGER, Family.DECIMAL)
NUMBERS: Final = (*EXACT, Family.DOUBLE)
UNORDERED: Final = (Family.IRI, Family.BLANK, Family.BOOLEAN)
"""Values that `<` has an error for; Oxigraph has one for truth values as well."""

_DATATYPES: Final = {
    Family.BOOLEAN: XSD + "boolean",
    Family.INTEGER: XSD + "integer",
    Family.DECIMAL: XSD + "decimal",
    Family.YEAR: XSD + "gYear",
    Family.DATE: XSD + "date",
    Family.TIME: XSD + "dateTime",
    Family.DOUBLE: XSD + "double",
}
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}")
_DOUBLE: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TOO_LARGE: Final = re.compile(r"-?[1-9][0-9]{19,}(?:\.[0-9]+)?")
"""Numbers that Oxigraph may have no room for, as they are usually written."""

_JUDGED: Final = (XSD, "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.opengis.net/")
"""Namespaces with datatypes that Oxigraph may know; it knows none of any other one."""

_DECIMAL: Final = re.compile(r"([+-]?)([0-9]{0,24})(?:\.([0-9]{0,18}))?")
_PLAIN: Final = {
    XSD + "gYear": (Family.YEAR, re.compile(r"[1-9][0-9]{3}")),
    XSD + "date": (Family.DATE, re.compile(r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])")),
    XSD + "dateTime": (
        Family.TIME,
        re.compile(
            r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
        ),
    ),
}
"""Datatypes whose plain forms sort as texts do. Of the days, the 29th to the 31st are left to `_is_day`."""

_LATE_DAY: Final = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])-(29|30|31)")
_SPECIAL: Final = re.compile(r'[\x00-\x1f"\\\x7f]')
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LETTERS: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def value_of(term: bytes) -> Value:
    """Return the value of a term that is given as N-Triples."""
    text = term.decode("utf-8")
    if text.startswith("<"):
        return Value(Family.IRI, text[1:-1])
    if text.startswith("_:"):
        return Value(Family.BLANK, text[2:])
    end = text.rindex('"')
    lexical, rest = unescaped(text[1:end]), text[end + 1 :]
    if not rest:
        return Value(Family.STRING, lexical)
    if rest.startswith("@"):
        return Value(Family.OPAQUE if "--" in rest else Family.TAGGED, lexical, rest[1:])
    return typed_value(lexical, rest[3:-1])


def typed_value(lexical: str, datatype: str) -> Value:
    """Return the value of a literal with a datatype."""
    opaque = Value(Family.OPAQUE, lexical, datatype)
    if not datatype.startswith(_JUDGED):
        return Value(Family.UNKNOWN, lexical, datatype)
    if datatype in {XSD + "integer", XSD + "decimal", XSD + "double"}:
        return _number(lexical, datatype) or opaque
    if datatype == XSD + "boolean" and lexical in {"true", "false"}:
        return TRUE if lexical == "true" else FALSE
    if datatype in _PLAIN:
        family, form = _PLAIN[datatype]
        late = _LATE_DAY.match(lexical)
        day = late is None or _is_day(*late.groups())
        if day and form.fullmatch(_LATE_DAY.sub(r"\1-\2-28", lexical, count=1)):
            return Value(family, lexical)
    return opaque


def _number(lexical: str, datatype: str) -> Value | None:
    if datatype == XSD + "double":
        number = float(lexical) if _DOUBLE.fullmatch(lexical) else math.inf
        return Value(Family.DOUBLE, number) if _is_plain(number) else None
    if datatype == XSD + "integer" and _INTEGER.fullmatch(lexical) and _is_integer(int(lexical)):
        return Value(Family.INTEGER, int(lexical))
    if datatype == XSD + "decimal" and (units := _units(lexical)) is not None:
        return Value(Family.DECIMAL, units)
    if _TOO_LARGE.fullmatch(lexical) and ("." not in lexical or datatype == XSD + "decimal"):
        return Value(Family.UNKNOWN, lexical, datatype)
    return None


def term_of(value: Value) -> bytes:
    """Return a value as N-Triples, the way Oxigraph writes it."""
    family, content = value.family, value.content
    if family is Family.IRI:
        return f"<{content}>".encode()
    if family is Family.BLANK:
        return f"_:{content}".encode()
    if family is Family.STRING:
        return f'"{escaped(str(content))}"'.encode()
    if family is Family.TAGGED:
        return f'"{escaped(str(content))}"@{value.tag}'.encode()
    return f'"{escaped(lexical_form(value))}"^^<{_DATATYPES.get(family, value.tag)}>'.encode()


def lexical_form(value: Value) -> str:
    """Return the text of a value, as STR has it."""
    if value.family is Family.BOOLEAN:
        return "true" if value.content else "false"
    if value.family is Family.DECIMAL:
        units = int(value.content)
        whole, part = divmod(abs(units), UNIT)
        digits = f"{part:018d}".rstrip("0")
        return f"{'-' if units < 0 else ''}{whole}{'.' if digits else ''}{digits}"
    if value.family is Family.DOUBLE:
        text = format(Decimal(repr(value.content)), "f")
        return text.removesuffix(".0")
    return str(value.content)


def datatype_of(value: Value) -> str:
    """Return the IRI of the datatype of a literal."""
    if value.family is Family.STRING:
        return XSD + "string"
    if value.family is Family.TAGGED:
        return "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
    return _DATATYPES.get(value.family, value.tag)


def truth(value: bool) -> Value:
    """Return a truth value."""
    return TRUE if value else FALSE


def integer(number: int) -> Value:
    """Return an integer; an error where it has more than 64 bits."""
    if not _is_integer(number):
        raise Failed
    return Value(Family.INTEGER, number)


def decimal(units: int) -> Value:
    """Return a decimal; an error where its units have more than 128 bits."""
    if not -_INT128 <= units < _INT128:
        raise Failed
    return Value(Family.DECIMAL, units)


def double(number: float, tag: str = "") -> Value:
    """Return a double; one that is none of the finite numbers, or the negative zero, refuses the query."""
    if not _is_plain(number):
        raise Refused("a double that is infinite, no number, or no zero like others")
    return Value(Family.DOUBLE, number, tag)


def are_near(first: float, second: float) -> bool:
    """Tell whether two numbers, one of which is rounded, may be equal or the other way round for another engine."""
    return abs(first - second) <= _NEAR * max(abs(first), abs(second))


def double_of(value: Value) -> float:
    """Return a number as a double, converted as Oxigraph does: a decimal by one division of two doubles."""
    if value.family is Family.DOUBLE:
        return float(value.content)
    number, by = int(value.content), 1
    if value.family is Family.DECIMAL:
        by = UNIT
        while by != 1 and number % 10 == 0:
            number, by = number // 10, by // 10
    return float(number) / float(by)


def units_of(value: Value) -> int:
    """Return a number in units of decimals; an error where there are too many."""
    number = int(value.content)
    return number if value.family is Family.DECIMAL else int(decimal(number * UNIT).content)


def quotient(units: int, divisor: Value) -> Value:
    """Return units by a number, cut towards zero, where Oxigraph's own way of dividing has a result.

    It multiplies the dividend by ten as often as that fits 128 bits, takes the zeros off the divisor, divides, and
    divides by the power of ten that is too much; where that power does not fit, there is an error.
    """
    if divisor.family is Family.INTEGER and 0 < int(divisor.content) < _FEW and abs(units) >= _MANY:
        found = abs(units) // int(divisor.content)  # the power of ten has 35 digits at most
        return decimal(-found if units < 0 else found)
    by = units_of(divisor)
    if by == 0:
        raise Failed
    shifts = 0
    left = abs(units)
    while left and left * 10 < _INT128:
        left *= 10
        shifts += 1
    while by % 10 == 0:
        by //= 10
        shifts += 1
    excess = shifts - 18
    if not 0 <= excess <= 38:
        raise Failed
    found = left // abs(by) // 10**excess
    return decimal(-found if (units < 0) != (by < 0) else found)


def known(*values: Value) -> None:
    """Refuse values that nothing is known of."""
    if any(value.family is Family.OPAQUE for value in values):
        raise Refused("a value of a datatype that the columns do not judge")


def effective_truth(value: Value) -> bool:
    """Return the effective boolean value (section 17.2.2)."""
    known(value)
    if value.family in {Family.BOOLEAN, *NUMBERS}:
        return value.content != 0  # a double that is no number is opaque
    if value.family is Family.STRING:
        return value.content != ""
    raise Failed


def equal(left: Value, right: Value) -> bool:
    """Tell whether values are equal (section 17.4.1.7)."""
    known(left, right)
    if left.family in NUMBERS and right.family in NUMBERS:
        return compared(left, right) == 0
    if left.family is Family.BLANK or right.family is Family.BLANK:
        raise Refused("blank nodes are compared")
    apart = {left.family, right.family} & {Family.IRI, Family.TAGGED}
    if left != right and not apart and Family.UNKNOWN in {left.family, right.family}:
        raise Failed
    return left == right


def compared(left: Value, right: Value) -> int:
    """Return -1, 0 or 1 as a value comes before, with, or after another one; an error where they have no order.

    A term is equal to itself, whatever it is: so `<=` holds for an IRI and itself, and has an error for two.
    """
    known(left, right)
    if Family.BLANK in {left.family, right.family}:
        raise Refused("blank nodes are compared")
    if ROUNDED in {left.tag, right.tag} and left.family in NUMBERS and right.family in NUMBERS:
        if are_near(double_of(left), double_of(right)):
            raise Refused("rounded doubles that are nearly equal are compared")
    elif left == right:
        return 0
    if left.family in NUMBERS and right.family in NUMBERS:
        first, second = _comparable(left, right)
        return (first > second) - (first < second)
    if left.family is right.family is Family.UNKNOWN:
        raise Refused("values of unknown datatypes are compared")
    if left.family != right.family or left.tag != right.tag or left.family in UNORDERED:
        raise Failed
    key, other = sort_key(left), sort_key(right)
    return (key > other) - (key < other)


def _comparable(left: Value, right: Value) -> tuple[float, float]:
    """Return two numbers as what they are compared as: whole numbers, exactly, unless one is a double."""
    if Family.DOUBLE in {left.family, right.family}:
        return double_of(left), double_of(right)
    if left.family == right.family:
        return int(left.content), int(right.content)
    return units_of(left), units_of(right)


def order_of(left: Value, right: Value) -> int:
    """Return how ORDER BY, MIN and MAX put two terms: -1, 0 or 1 (section 15.1, and Oxigraph where that is silent).

    IRIs come before literals. Literals that have no order by value are put by their text, then by datatype and tag.
    """
    known(left, right)
    if Family.BLANK in {left.family, right.family}:
        raise Refused("blank nodes are ordered")
    iris = (left.family is Family.IRI, right.family is Family.IRI)
    if iris[0] != iris[1]:
        return -1 if iris[0] else 1
    if left.family in NUMBERS and right.family in NUMBERS:
        return compared(left, right)
    first, second = ((lexical_form(each).encode(), datatype_of(each), each.tag) for each in (left, right))
    return (first > second) - (first < second)


def sort_key(value: Value) -> bytes:
    """Return bytes that sort as the text of a value does in Oxigraph: by code points, then by language tag."""
    return str(value.content).encode("utf-8", "surrogatepass") + b"\0" + value.tag.encode()


def escaped(text: str) -> str:
    """Return a text as N-Triples has it between quotes."""
    if not _SPECIAL.search(text):
        return text
    names = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", '"': '\\"', "\\": "\\\\"}
    return "".join(
        names.get(each) or (f"\\u{ord(each):04X}" if each < " " or each == "\x7f" else each) for each in text
    )


def unescaped(text: str) -> str:
    """Return what stands between the quotes of a literal in N-Triples."""
    if "\\" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        code = match.group(1) or match.group(2)
        return chr(int(code, 16)) if code else _LETTERS.get(match.group(3), match.group(3))

    return _ESCAPE.sub(character, text)


def _units(lexical: str) -> int | None:
    match = _DECIMAL.fullmatch(lexical)
    if match is None or not (match.group(2) or match.group(3)):
        return None
    sign, whole, part = match.groups()
    units = int(whole or "0") * UNIT + int((part or "").ljust(18, "0"))
    units = -units if sign == "-" else units
    return units if -_INT128 <= units < _INT128 else None


def _is_integer(number: int) -> bool:
    return -_INT64 <= number < _INT64


def _is_day(year: str, month: str, day: str) -> bool:
    number = int(year)
    leap = number % 4 == 0 and (number % 100 != 0 or number % 400 == 0)
    longest = 31 if month in {"01", "03", "05", "07", "08", "10", "12"} else 30
    return int(day) <= (28 + leap if month == "02" else longest)


def _is_plain(number: float) -> bool:
    return math.isfinite(number) and (number != 0 or math.copysign(1, number) > 0)
