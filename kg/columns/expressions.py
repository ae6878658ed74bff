"""Reads expressions (SPARQL 1.1 Query, section 19.8, rules 110 to 127), as far as the columns evaluate them."""

from __future__ import annotations

from typing import Final

from kg.columns.algebra import Aggregate, Call, Expression
from kg.columns.refusal import Refused
from kg.columns.tokens import Tokens

FUNCTIONS: Final = {
    "BOUND": (1, 1),
    "IF": (3, 3),
    "COALESCE": (1, 99),
    "STR": (1, 1),
    "LANG": (1, 1),
    "LANGMATCHES": (2, 2),
    "DATATYPE": (1, 1),
    "ISIRI": (1, 1),
    "ISURI": (1, 1),
    "ISBLANK": (1, 1),
    "ISLITERAL": (1, 1),
    "ISNUMERIC": (1, 1),
    "SAMETERM": (2, 2),
    "STRLEN": (1, 1),
    "LCASE": (1, 1),
    "CONTAINS": (2, 2),
    "STRSTARTS": (2, 2),
    "STRENDS": (2, 2),
    "ABS": (1, 1),
    "YEAR": (1, 1),
    "MONTH": (1, 1),
    "DAY": (1, 1),
}
"""The functions that are taken, with how many arguments they have.

What depends on tables of letters is left out; but LCASE may stand within a search, see `kg.columns.searching`.
"""

AGGREGATES: Final = {"COUNT", "SUM", "AVG", "MIN", "MAX"}
"""The aggregates that are taken: what SAMPLE and GROUP_CONCAT answer depends on the engine's order of solutions."""

_COMPARISONS: Final = {"=", "!=", "<", ">", "<=", ">="}
_DEEPEST: Final = 50


class Expressions:
    """Reads the expressions of a query."""

    def __init__(self, tokens: Tokens) -> None:
        """Read on from where the tokens are."""
        self._tokens = tokens
        self._depth = 0

    def bracketed(self) -> Expression:
        """Return an expression in parentheses."""
        self._tokens.expect("(")
        found = self.any()
        self._tokens.expect(")")
        return found

    def constraint(self) -> Expression:
        """Return what stands behind FILTER or HAVING: an expression in parentheses, or a call."""
        return self.bracketed() if self._tokens.is_next("(") else self._call()

    def begins_constraint(self) -> bool:
        """Tell whether a constraint is next."""
        token = self._tokens.next
        return self._tokens.is_next("(") or (token.kind == "word" and token.text.upper() in {*FUNCTIONS, *AGGREGATES})

    def any(self) -> Expression:
        """Return an expression."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("an expression that is nested deeply")
        found = self._and()
        while self._tokens.accept("||"):
            found = Call("||", (found, self._and()))
        self._depth -= 1
        return found

    def _and(self) -> Expression:
        found = self._relation()
        while self._tokens.accept("&&"):
            found = Call("&&", (found, self._relation()))
        return found

    def _relation(self) -> Expression:
        found = self._sum()
        token = self._tokens.next
        if token.kind == "punct" and token.text in _COMPARISONS:
            self._tokens.take()
            return Call(token.text, (found, self._sum()))
        negated = self._tokens.accept("NOT")
        if negated or self._tokens.is_next("IN"):
            self._tokens.expect("IN")
            among = Call("IN", (found, *self._arguments()))
            return Call("!", (among,)) if negated else among
        return found

    def _sum(self) -> Expression:
        found = self._product()
        while self._tokens.is_next("+", "-"):
            found = Call(self._tokens.take().text, (found, self._product()))
        return found

    def _product(self) -> Expression:
        found = self._unary()
        while self._tokens.is_next("*", "/"):
            found = Call(self._tokens.take().text, (found, self._unary()))
        return found

    def _unary(self) -> Expression:
        if self._tokens.accept("!"):
            self._deeper()
            return Call("!", (self._unary(),))
        if self._tokens.is_next("+", "-"):
            if self._tokens.after_next.kind == "number":
                return self._tokens.constant()
            raise Refused("a sign before what is no number")
        return self._primary()

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("an expression that is nested deeply")

    def _primary(self) -> Expression:
        token = self._tokens.next
        if token.kind == "var":
            return self._tokens.variable()
        if self._tokens.is_next("("):
            return self.bracketed()
        if token.kind == "word" and token.text not in {"true", "false"}:
            return self._call()
        if token.kind in {"iri", "pname"} and self._tokens.after_next.text == "(":
            raise Refused("a function that is named by an IRI")
        return self._tokens.constant()

    def _call(self) -> Expression:
        name = self._tokens.take()
        upper = name.text.upper()
        if name.kind == "word" and upper in AGGREGATES:
            return self._aggregate(upper)
        if name.kind != "word" or upper not in FUNCTIONS:
            raise Refused(f"{name.text!r} is no function that the columns have")
        if upper == "COALESCE" and self._tokens.next.start != name.end:
            raise Refused("COALESCE and a space, which the engine does not read")
        arguments = self._arguments()
        least, most = FUNCTIONS[upper]
        if not least <= len(arguments) <= most:
            raise Refused(f"{upper} with {len(arguments)} arguments")
        return Call("ISIRI" if upper == "ISURI" else upper, arguments)

    def _aggregate(self, name: str) -> Aggregate:
        self._tokens.expect("(")
        distinct = self._tokens.accept("DISTINCT")
        if self._tokens.accept("*"):
            self._tokens.expect(")")
            if name != "COUNT" or distinct:
                raise Refused(f"{name} of all, or distinct, rows")
            return Aggregate(name, None, False)
        argument = self.any()
        self._tokens.expect(")")
        return Aggregate(name, argument, distinct)

    def _arguments(self) -> tuple[Expression, ...]:
        self._tokens.expect("(")
        found: list[Expression] = []
        while not self._tokens.is_next(")"):
            if found:
                self._tokens.expect(",")
            found.append(self.any())
        self._tokens.expect(")")
        return tuple(found)
