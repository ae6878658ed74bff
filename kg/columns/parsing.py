"""Reads the queries that the columns take; whatever else a text has in it refuses it.

The engine's parser stays the judge of what is SPARQL: a text is taken only where each of its parts is one of those that
are read here, and where the rules on variables hold that a parser looks after (section 19.8, notes 9 to 16).
"""

from __future__ import annotations

from typing import Final

from kg.columns.algebra import (
    Alternative,
    Basic,
    Bind,
    Closure,
    Exists,
    Expression,
    Filter,
    Group,
    Inverse,
    Link,
    Member,
    Minus,
    Node,
    Optional,
    Order,
    Path,
    Select,
    Sequence,
    Triple,
    Union,
    Values,
    Variable,
    aggregates_of,
    visible_in,
)
from kg.columns.expressions import Expressions
from kg.columns.refusal import Refused
from kg.columns.scoping import check_select
from kg.columns.tokens import Tokens
from kg.columns.values import Value
from kg.terms import RDF

_DEEPEST: Final = 20
_AFTER_TRIPLES: Final = ("}", "{", "FILTER", "OPTIONAL", "BIND", "VALUES", "MINUS")
_MODIFIERS: Final = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET")


def parse(text: str) -> Select:
    """Return the query that a text is.

    Raises:
        Refused: it is not one that the columns take.
    """
    parser = _Parser(Tokens(text))
    query = parser.query()
    check_select(query)
    return query


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._expressions = Expressions(tokens)
        self._depth = 0

    def query(self) -> Select:
        self._tokens.prologue()
        found = self._select()
        if self._tokens.next.text:
            raise Refused(f"{self._tokens.next.text!r} after the query")
        return found

    def _select(self) -> Select:
        tokens = self._tokens
        tokens.expect("SELECT")
        distinct = tokens.accept("DISTINCT")
        projection = None if tokens.accept("*") else self._projection()
        tokens.accept("WHERE")
        where = self._group()
        keys = self._keys()
        having = self._having()
        order = self._order()
        limit, offset = self._slice()
        said: list[Expression] = [*having, *(each.expression for each in order)]
        said += [expression for _, expression in projection or () if expression is not None]
        if keys is None and any(aggregates_of(each) for each in said):
            keys = ()
        return Select(projection, distinct, where, keys, having, order, limit, offset)

    def _projection(self) -> tuple[tuple[str, Expression | None], ...]:
        found: list[tuple[str, Expression | None]] = []
        while not self._tokens.is_next("WHERE", "{"):
            if self._tokens.accept("("):
                expression = self._expressions.any()
                self._tokens.expect("AS")
                found.append((self._tokens.variable().name, expression))
                self._tokens.expect(")")
            else:
                found.append((self._tokens.variable().name, None))
        if not found:
            raise Refused("nothing is selected")
        return tuple(found)

    def _keys(self) -> tuple[tuple[str, Expression | None], ...] | None:
        if not self._tokens.accept("GROUP"):
            return None
        self._tokens.expect("BY")
        found: list[tuple[str, Expression | None]] = []
        while not found or (self._tokens.next.text and not self._tokens.is_next(*_MODIFIERS, "}")):
            if not self._tokens.accept("("):
                found.append((self._tokens.variable().name, None))
                continue
            expression = self._expressions.any()
            name = self._tokens.variable() if self._tokens.accept("AS") else self._tokens.hidden()
            found.append((name.name, expression))
            self._tokens.expect(")")
        return tuple(found)

    def _having(self) -> tuple[Expression, ...]:
        found: list[Expression] = []
        if self._tokens.accept("HAVING"):
            while not found or self._expressions.begins_constraint():
                found.append(self._expressions.constraint())
        return tuple(found)

    def _order(self) -> tuple[Order, ...]:
        found: list[Order] = []
        if not self._tokens.accept("ORDER"):
            return ()
        self._tokens.expect("BY")
        while not found or self._expressions.begins_constraint() or self._begins_key():
            if self._tokens.is_next("ASC", "DESC"):
                descending = self._tokens.take().is_word("DESC")
                found.append(Order(self._expressions.bracketed(), descending))
            elif self._tokens.next.kind == "var":
                found.append(Order(self._tokens.variable(), False))
            else:
                found.append(Order(self._expressions.constraint(), False))
        return tuple(found)

    def _begins_key(self) -> bool:
        return self._tokens.next.kind == "var" or self._tokens.is_next("ASC", "DESC")

    def _slice(self) -> tuple[int | None, int]:
        found: dict[str, int] = {}
        while self._tokens.is_next("LIMIT", "OFFSET"):
            word, number = self._tokens.take().text.upper(), self._tokens.take()
            if word in found or not (number.kind == "number" and number.text.isascii() and number.text.isdigit()):
                raise Refused(f"{word} of {number.text!r}")
            found[word] = int(number.text)
        return found.get("LIMIT"), found.get("OFFSET", 0)

    def _group(self) -> Group:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("groups that are nested deeply")
        tokens = self._tokens
        tokens.expect("{")
        members: list[Member] = []
        if tokens.is_next("SELECT"):
            members.append(self._select())
        while not tokens.accept("}"):
            member = self._member(Group(tuple(members)))
            members.append(member)
            if not isinstance(member, Basic):
                tokens.accept(".")
        self._depth -= 1
        return Group(tuple(members))

    def _member(self, before: Group) -> Member:
        for word, read in (
            ("FILTER", self._filter),
            ("OPTIONAL", lambda: Optional(self._group())),
            ("MINUS", lambda: Minus(self._group())),
            ("BIND", lambda: self._bind(before)),
            ("VALUES", self._values),
        ):
            if self._tokens.accept(word):
                return read()
        if not self._tokens.is_next("{"):
            return Basic(tuple(self._triples()))
        groups = [self._group()]
        while self._tokens.accept("UNION"):
            groups.append(self._group())
        return Union(tuple(groups)) if len(groups) > 1 else groups[0]

    def _filter(self) -> Filter | Exists:
        negated = self._tokens.next.is_word("NOT")
        if negated or self._tokens.next.is_word("EXISTS"):
            self._tokens.take()
            if negated:
                self._tokens.expect("EXISTS")
            return Exists(self._group(), negated)
        return Filter(self._expressions.constraint())

    def _bind(self, before: Group) -> Bind:
        self._tokens.expect("(")
        expression = self._expressions.any()
        self._tokens.expect("AS")
        name = self._tokens.variable().name
        self._tokens.expect(")")
        if name in visible_in(before) or aggregates_of(expression):
            raise Refused("a variable that is bound already, or an aggregate, in BIND")
        return Bind(expression, name)

    def _values(self) -> Values:
        tokens = self._tokens
        single = tokens.next.kind == "var"
        if single:
            names = [tokens.variable().name]
        else:
            tokens.expect("(")
            names = []
            while not tokens.accept(")"):
                names.append(tokens.variable().name)
        if len(set(names)) != len(names) or not names:
            raise Refused("VALUES of no variables, or of one several times")
        rows: list[tuple[Value | None, ...]] = []
        tokens.expect("{")
        while not tokens.accept("}"):
            if not single:
                tokens.expect("(")
            rows.append(tuple(None if tokens.accept("UNDEF") else tokens.constant() for _ in names))
            if not single:
                tokens.expect(")")
        return Values(tuple(names), tuple(rows))

    def _triples(self) -> list[Triple]:
        found: list[Triple] = []
        while not self._tokens.is_next(*_AFTER_TRIPLES):
            before = len(found)
            subject = self._node(found)
            if len(found) == before or not self._tokens.is_next(".", *_AFTER_TRIPLES):  # `[ :p :o ]` may stand alone
                self._properties(subject, found)
            if not self._tokens.accept("."):
                if not self._tokens.is_next(*_AFTER_TRIPLES):
                    raise Refused(f"{self._tokens.next.text!r} where triples end")
                break
        if not found:
            raise Refused(f"{self._tokens.next.text!r} where a pattern is expected")
        return found

    def _properties(self, subject: Node, found: list[Triple]) -> None:
        tokens = self._tokens
        while True:
            predicate: Path | Variable = tokens.variable() if tokens.next.kind == "var" else self._path()
            found.append(Triple(subject, predicate, self._node(found)))
            while tokens.accept(","):
                found.append(Triple(subject, predicate, self._node(found)))
            if not tokens.accept(";"):
                return
            while tokens.accept(";"):
                pass
            if tokens.is_next(".", "]", *_AFTER_TRIPLES):
                return

    def _node(self, found: list[Triple]) -> Node:
        tokens = self._tokens
        if tokens.next.kind == "var":
            return tokens.variable()
        if tokens.accept("["):
            node = tokens.hidden()
            if not tokens.is_next("]"):
                self._deeper()
                self._properties(node, found)
                self._depth -= 1
            tokens.expect("]")
            return node
        return tokens.constant()

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("a text that is nested deeply")

    def _path(self) -> Path:
        self._deeper()
        found = self._path_sequence()
        while self._tokens.accept("|"):
            found = Alternative(found, self._path_sequence())
        self._depth -= 1
        return found

    def _path_sequence(self) -> Path:
        found = self._path_step()
        while self._tokens.accept("/"):
            found = Sequence(found, self._path_step())
        return found

    def _path_step(self) -> Path:
        inverse = self._tokens.accept("^")
        if self._tokens.accept("("):
            found = self._path()
            self._tokens.expect(")")
        elif self._tokens.next.kind == "word" and self._tokens.next.text == "a":
            self._tokens.take()
            found = Link(RDF + "type")
        else:
            found = Link(self._tokens.iri())
        if self._tokens.accept("*"):
            found = Closure(found, reflexive=True)
        elif self._tokens.accept("+"):
            found = Closure(found, reflexive=False)
        elif self._tokens.accept("?"):
            found = Closure(found, reflexive=True, repeated=False)
        return Inverse(found) if inverse else found
