"""Operators and functions of values (SPARQL 1.1 Query, sections 17.3 and 17.4), with Oxigraph's results and errors."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Final

from kg.columns.refusal import Refused
from kg.columns.values import (
    NUMBERS,
    ROUNDED,
    UNIT,
    Failed,
    Family,
    Value,
    compared,
    datatype_of,
    decimal,
    double,
    double_of,
    equal,
    integer,
    known,
    lexical_form,
    quotient,
    truth,
    units_of,
)

_DATED: Final = {"YEAR": (0, 4), "MONTH": (5, 7), "DAY": (8, 10)}


def call(name: str, values: Sequence[Value]) -> Value:
    """Return the result of an operator or function.

    Raises:
        Failed: it has an error.
        Refused: an argument is of no kind that is known here.
    """
    return _FUNCTIONS[name](values)


def _arithmetic(name: str) -> Callable[[Sequence[Value]], Value]:
    def apply(values: Sequence[Value]) -> Value:
        left, right = values
        known(left, right)
        if left.family not in NUMBERS or right.family not in NUMBERS:
            if {left.family, right.family} & {Family.DATE, Family.TIME, Family.YEAR}:
                raise Refused("arithmetic of dates")
            raise Failed
        if Family.DOUBLE in {left.family, right.family}:
            return _of_doubles(name, left, right)
        if name == "/":
            return quotient(units_of(left), right)
        both = left.family is right.family is Family.INTEGER
        first, second = (int(each.content) if both else units_of(each) for each in (left, right))
        if name == "*":
            return integer(first * second) if both else _product(first, second)
        found = first + second if name == "+" else first - second
        return integer(found) if both else decimal(found)

    return apply


def _of_doubles(name: str, left: Value, right: Value) -> Value:
    first, second = double_of(left), double_of(right)
    if name == "/" and second == 0:
        raise Refused("a double by zero")
    tag = left.tag or right.tag
    if tag and name in "+-":
        raise Refused("a sum of rounded doubles, which may take each other away")
    found = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[name](first, second)
    return double(found, tag)


def _product(left: int, right: int) -> Value:
    """Return a product of decimals, where all that it takes fits into 128 bits whichever way it is worked out."""
    exact = left * right
    if exact % UNIT or abs(exact) >= 1 << 126:
        raise Refused("a product of many digits")
    return decimal(exact // UNIT)


def _comparison(holds: Callable[[int, int], bool]) -> Callable[[Sequence[Value]], Value]:
    return lambda values: truth(holds(compared(*values), 0))


def _language(values: Sequence[Value]) -> Value:
    (value,) = values
    if value.family in {Family.IRI, Family.BLANK}:
        raise Failed
    return Value(Family.STRING, value.tag if value.family is Family.TAGGED else "")


def _language_matches(values: Sequence[Value]) -> Value:
    tag, wanted = values
    if tag.family is not Family.STRING or wanted.family is not Family.STRING:
        raise Refused("langMatches of what is no simple string")
    text, wish = str(tag.content).lower(), str(wanted.content).lower()
    if wish == "*":
        return truth(text != "")
    if not wish or wish.endswith("-") or "*" in wish:
        raise Refused("a language range that is not as usual")
    return truth(text == wish or text.startswith(wish + "-"))


def _datatype(values: Sequence[Value]) -> Value:
    (value,) = values
    if value.family in {Family.IRI, Family.BLANK}:
        raise Failed
    return Value(Family.IRI, datatype_of(value))


def _string(values: Sequence[Value]) -> Value:
    (value,) = values
    if value.family is Family.BLANK:
        raise Failed
    if value.tag == ROUNDED and value.family is Family.DOUBLE:
        raise Refused("the digits of a rounded double")
    return Value(Family.STRING, lexical_form(value))


def _is(*families: Family) -> Callable[[Sequence[Value]], Value]:
    def judge(values: Sequence[Value]) -> Value:
        if families == NUMBERS:
            known(*values)
        return truth(values[0].family in families)

    return judge


def _length(values: Sequence[Value]) -> Value:
    return integer(len(_text(values[0])))


def _lowered(_: Sequence[Value]) -> Value:
    raise Refused("small letters, which depend on tables of letters")


def _texts(judge: Callable[[str, str], bool]) -> Callable[[Sequence[Value]], Value]:
    def apply(values: Sequence[Value]) -> Value:
        text, part = _text(values[0]), _text(values[1])
        if values[1].tag and values[1].tag != values[0].tag:  # section 17.4.3.1.2, argument compatibility rules
            raise Failed
        return truth(judge(text, part))

    return apply


def _text(value: Value) -> str:
    known(value)
    if value.family not in {Family.STRING, Family.TAGGED}:
        raise Failed
    return str(value.content)


def _absolute(values: Sequence[Value]) -> Value:
    (value,) = values
    known(value)
    if value.family not in NUMBERS:
        raise Failed
    if value.family is Family.DOUBLE:
        return double(abs(float(value.content)), value.tag)
    number = abs(int(value.content))
    return integer(number) if value.family is Family.INTEGER else decimal(number)


def _dated(name: str) -> Callable[[Sequence[Value]], Value]:
    start, end = _DATED[name]

    def part(values: Sequence[Value]) -> Value:
        (value,) = values
        known(value)
        if value.family not in {Family.DATE, Family.TIME, Family.YEAR}:
            raise Failed
        digits = str(value.content)[start:end]
        if not digits:
            raise Failed
        return integer(int(digits))

    return part


def _equality(values: Sequence[Value]) -> Value:
    return truth(equal(*values))


def _inequality(values: Sequence[Value]) -> Value:
    return truth(not equal(*values))


def _identity(values: Sequence[Value]) -> Value:
    left, right = values
    if Family.BLANK in {left.family, right.family} or ROUNDED in {left.tag, right.tag}:
        raise Refused("blank nodes, or rounded doubles, are compared")
    return truth(left == right)


_FUNCTIONS: Final[dict[str, Callable[[Sequence[Value]], Value]]] = {
    **{name: _arithmetic(name) for name in "+-*/"},
    "=": _equality,
    "!=": _inequality,
    "<": _comparison(operator.lt),
    ">": _comparison(operator.gt),
    "<=": _comparison(operator.le),
    ">=": _comparison(operator.ge),
    "STR": _string,
    "LANG": _language,
    "LANGMATCHES": _language_matches,
    "DATATYPE": _datatype,
    "ISIRI": _is(Family.IRI),
    "ISBLANK": _is(Family.BLANK),
    "ISLITERAL": _is(*(each for each in Family if each not in {Family.IRI, Family.BLANK})),
    "ISNUMERIC": _is(*NUMBERS),
    "SAMETERM": _identity,
    "STRLEN": _length,
    "LCASE": _lowered,
    "CONTAINS": _texts(lambda text, part: part in text),
    "STRSTARTS": _texts(str.startswith),
    "STRENDS": _texts(str.endswith),
    "ABS": _absolute,
    "YEAR": _dated("YEAR"),
    "MONTH": _dated("MONTH"),
    "DAY": _dated("DAY"),
}
