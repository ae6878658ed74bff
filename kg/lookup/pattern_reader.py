"""Reading the triple patterns of a SELECT off its text, without knowing all of SPARQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kg.engine import Term
from kg.engine.lexer import Token, tokens, unescape_codepoints
from kg.lookup.patterns import Node, Pattern, Predicates, Selected, written
from kg.terms import PREFIXES, RDF

_MOST_PREDICATES: Final = 200
_MOST_TEXT: Final = 2_000_000
"""Characters of IRIs and paths: a prefix may be long, and stand in a query thousands of times."""

_OF_A_TOKEN: Final = 10
"""To read a token over again takes about as long as to write so many characters more."""

_AGGREGATES: Final = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "GROUP", "HAVING")
_HIDDEN: Final = "hidden_node_"
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}

_Step = tuple[str, Predicates]
"""A step of a path: its text, and the predicates that a triple for it may have."""


def selected(text: str) -> Selected | None:
    """Return what a SELECT asks for; None for one that counts, calls others, or is not read here.

    >>> found = selected("SELECT ?m { ?m a ?kind ; pkg:hasTarget/pkg:scope <urn:s> }")
    >>> [(pattern.subject, pattern.object) for pattern in found.patterns if pattern.subject == "m"]
    [('m', 'kind'), ('m', 'hidden_node_1')]
    >>> selected("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") is None
    True
    """
    reader = _Reader(unescape_codepoints(text) if "\\u" in text.lower() else text)
    try:
        return reader.selected()
    except (_UnreadableError, _TooMuchError, IndexError, RecursionError):
        return None


class _UnreadableError(Exception):
    """A query is written in a way that is not read here."""


class _TooMuchError(Exception):
    """A query is larger than what is read here."""


class _Reader:
    """Reads the tokens of a query: what is not known ends the reading."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.prefixes: dict[str, str] = dict(PREFIXES)
        self.patterns: list[Pattern] = []
        self.variables: set[str] = set()
        self.blanks: dict[str, str] = {}
        self.named = {token.text[1:] for token in self.tokens if token.kind == "var"}
        self.nodes: set[str] = set()  # what nodes without a name are called here
        self.hidden: dict[str, list[str]] = {}  # the texts of the patterns that each of them stands in
        self.count = 0
        self.depth = 0
        self.predicates = 0
        self.length = 0

    def selected(self) -> Selected | None:
        self._prologue()
        start = self.tokens[self.at].start
        if not self._take("SELECT"):
            return None
        dataset = None
        while self.tokens[self.at].text != "{":
            token = self.tokens[self.at]
            if token.is_word(*_AGGREGATES):
                return None
            if token.is_word("FROM") and dataset is None:
                dataset = token.start
            self.at += 1
        opened = self.tokens[self.at].start
        end = self.tokens[self.at - 1].start if self.tokens[self.at - 1].is_word("WHERE") else opened
        read = self.text[dataset:end] if dataset is not None else ""
        self._group()
        closed = self.tokens[self.at - 1].end
        rest = self.tokens[self.at :]
        if any(token.is_word(*_AGGREGATES) for token in rest):
            return None
        behind = next((self.text[token.start :] for token in rest if token.is_word("VALUES")), "")
        return Selected(
            tuple(self.patterns),
            frozenset(self.variables),
            f"{self.text[:start]}SELECT * {read}",
            self.text[opened:closed],
            tuple(self._joined()),
            behind,
        )

    def _joined(self) -> Iterator[str]:
        """Yield the patterns that have nodes without a name, those that hang together in one text."""
        groups: list[tuple[set[str], list[str]]] = []
        for text in dict.fromkeys(text for texts in self.hidden.values() for text in texts):
            names = {name for name, texts in self.hidden.items() if text in texts}
            mine = [group for group in groups if group[0] & names]
            groups = [group for group in groups if not group[0] & names]
            groups.append(
                (names.union(*(group[0] for group in mine)), [t for group in mine for t in group[1]] + [text])
            )
        for _, texts in groups:
            yield " . ".join(texts)

    def _prologue(self) -> None:
        while self.tokens[self.at].is_word("PREFIX", "BASE"):
            if self.tokens[self.at].is_word("PREFIX"):
                name, iri = self.tokens[self.at + 1 : self.at + 3]
                self.prefixes[name.text.rstrip(":")] = iri.text[1:-1]
                self.at += 3
            else:
                self.at += 2

    def _take(self, *words: str) -> bool:
        """Go past a keyword or a mark, if it is the next token."""
        token = self.tokens[self.at]
        found = token.is_word(*words) or (token.kind == "punct" and token.text in words)
        self.at += found
        return found

    def _past(self, opening: str) -> None:
        """Go past what stands in brackets."""
        if self.tokens[self.at].text != opening:
            raise _UnreadableError
        pairs = {"{": "}", "(": ")", "[": "]"}
        depth = 0
        while True:
            text = self.tokens[self.at].text
            depth += (text in pairs) - (text in pairs.values())
            self.at += 1
            if depth == 0:
                return

    def _spend(self, characters: int) -> None:
        """Count the characters of what is written out here, which a query may have many times over."""
        self.length += characters
        if self.length > _MOST_TEXT:
            raise _TooMuchError

    def _group(self) -> None:
        if not self._take("{"):
            raise _UnreadableError
        if self.tokens[self.at].is_word("SELECT"):  # its variables are its own
            self.at -= 1
            here = self.at
            self._past("{")
            projected = iter(self.tokens[here + 2 : self.at])
            for token in projected:
                if token.text == "{":
                    break
                if token.kind == "var":
                    self.variables.add(token.text[1:])
            return
        self.depth += 1
        while not self._take("}"):
            self._part()
        self.depth -= 1

    def _part(self) -> None:
        token = self.tokens[self.at]
        if token.is_word("SERVICE"):
            raise _UnreadableError
        if token.text == "{":
            self._group()
        elif token.is_word("MINUS", "FILTER", "BIND", "VALUES"):
            self.at += 1
            self._aside(token)
        elif self._take("GRAPH"):
            self._node()
            self._group()
        elif not self._take(".", "OPTIONAL", "UNION"):
            self._triples()

    def _aside(self, word: Token) -> None:
        """Go past a part that has no triples of the answer."""
        if word.is_word("MINUS"):
            self._past("{")
        elif word.is_word("FILTER"):
            if self._take("NOT", "EXISTS"):
                self._take("EXISTS")
                self._past("{")
            else:
                self.at += self.tokens[self.at].text != "("
                self._past("(")
        elif word.is_word("BIND"):
            self._past("(")
            self.variables.add(self.tokens[self.at - 2].text[1:])
        else:
            while self.tokens[self.at].text != "{":
                if self.tokens[self.at].kind == "var":
                    self.variables.add(self.tokens[self.at].text[1:])
                self.at += 1
            self._past("{")

    def _triples(self) -> None:
        anonymous = self.tokens[self.at].text == "["
        subject = self._node()
        if not (anonymous and self.tokens[self.at].text in {".", "}"}):
            self._properties(subject, {".", "}"})

    def _properties(self, subject: Node, ends: set[str]) -> None:
        while True:
            steps = self._path()
            while True:
                self._add(subject, steps, self._node())
                if not self._take(","):
                    break
            while self._take(";"):
                pass
            token = self.tokens[self.at]
            if token.text in ends or token.is_word("OPTIONAL", "FILTER", "BIND", "GRAPH", "MINUS", "VALUES", "SERVICE"):
                return
            if token.text == "{":
                return

    def _add(self, subject: Node, steps: Sequence[_Step], value: Node) -> None:
        here = subject
        for number, (text, predicates) in enumerate(steps, 1):
            there = value if number == len(steps) else self._fresh()
            self.patterns.append(Pattern(here, predicates, there))
            self.predicates += max(1, len(predicates))
            if self.predicates > _MOST_PREDICATES:
                raise _TooMuchError
            # What may not match at all, as in OPTIONAL and UNION, is not asked again: it would match anything.
            for node in (here, there) if self.depth == 1 else ():
                if isinstance(node, str) and node in self.nodes:
                    line = f"{self._shown(here)} {text} {self._shown(there)}"
                    self._spend(len(line))
                    self.hidden.setdefault(node, []).append(line)
            here = there

    def _fresh(self) -> str:
        """Return a name for a node without one, which no variable of the query has."""
        self.count += 1
        while f"{_HIDDEN}{self.count}" in self.named:
            self.count += 1
        self.nodes.add(f"{_HIDDEN}{self.count}")
        return f"{_HIDDEN}{self.count}"

    def _shown(self, node: Node) -> str:
        return f"?{node}" if isinstance(node, str) else written(node)

    def _node(self) -> Node:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "var":
            self.variables.add(token.text[1:])
            return token.text[1:]
        if token.kind in {"iri", "pname"}:
            return Term("iri", self._expanded(token))
        if token.kind == "blank":
            return self.blanks.setdefault(token.text, self._fresh())
        if token.text == "[":
            node = self._fresh()
            if not self._take("]"):
                self._properties(node, {"]"})
                if not self._take("]"):
                    raise _UnreadableError
            return node
        return self._literal(token)

    def _literal(self, token: Token) -> Term:
        xsd = PREFIXES["xsd"]
        if token.text in {"+", "-"} and self.tokens[self.at].kind == "number":
            token = Token("number", token.text + self.tokens[self.at].text, token.start, self.tokens[self.at].end)
            self.at += 1
        if token.kind == "number":
            kind = "double" if "e" in token.text.lower() else "decimal" if "." in token.text else "integer"
            return Term("literal", token.text, "", xsd + kind)
        if token.is_word("TRUE", "FALSE"):
            return Term("literal", token.text.lower(), "", xsd + "boolean")
        if token.kind != "string":
            raise _UnreadableError
        marks = 3 if token.text.startswith(('"""', "'''")) else 1
        text = re.sub(r"\\(.)", lambda found: _ESCAPED.get(found[1], found[1]), token.text[marks:-marks], flags=re.S)
        following = self.tokens[self.at]
        if following.kind == "lang":
            self.at += 1
            return Term("literal", text, following.text[1:])
        if self._take("^^"):
            self.at += 1
            return Term("literal", text, "", self._expanded(self.tokens[self.at - 1]))
        return Term("literal", text)

    def _expanded(self, token: Token) -> str:
        if token.kind == "iri" and ":" in token.text:
            return token.text[1:-1]
        prefix, colon, local = token.text.partition(":")
        if token.kind != "pname" or not colon or prefix not in self.prefixes:
            raise _UnreadableError
        self._spend(len(self.prefixes[prefix]) + len(local))
        return self.prefixes[prefix] + local.replace("\\", "")

    def _path(self) -> list[_Step]:
        """Return a predicate as the steps of a sequence; a choice among properties is one step."""
        if self.tokens[self.at].kind == "var":
            name = self.tokens[self.at].text[1:]
            self.variables.add(name)
            self.at += 1
            return [(f"?{name}", ((name, False),))]
        steps = [self._step()]
        mark = self.tokens[self.at].text
        while mark in {"/", "|"} and self._take(mark):
            steps.append(self._step())
        if self.tokens[self.at].text in {"/", "|"}:  # a choice among sequences
            raise _UnreadableError
        return [_either(steps)] if mark == "|" else steps

    def _choice(self) -> _Step:
        """Return what is in brackets: a choice among properties, or what no single triple stands for."""
        start = self.at
        if self._take("("):
            try:
                choices = [self._step()]
                while self._take("|"):
                    choices.append(self._step())
            except _UnreadableError:
                choices = []
            if choices and self._take(")"):
                return _either(choices)
            self.at = start
            self._past("(")
        else:
            self.at += 1
            self.at += self.tokens[self.at].text == "^"
            if self.tokens[self.at].text == "(":
                self._past("(")
            else:
                self.at += 1
        return " ".join(self._in_full(token) for token in self.tokens[start : self.at]), ()

    def _in_full(self, token: Token) -> str:
        self._spend(len(token.text) + _OF_A_TOKEN)  # in brackets within brackets, for each of them
        return f"<{self._expanded(token)}>" if token.kind == "pname" else token.text

    def _step(self) -> _Step:
        inverse = self._take("^")
        if self.tokens[self.at].text in {"(", "!"}:
            text, predicates = self._choice()
        else:
            token = self.tokens[self.at]
            iri = RDF + "type" if token.text == "a" else self._expanded(token)
            self.at += 1
            text, predicates = f"<{iri}>", ((Term("iri", iri), False),)
        if inverse:
            text, predicates = f"^{text}", tuple((predicate, not turned) for predicate, turned in predicates)
        for mark in "*+?":
            if self._take(mark):
                text += mark
        return text, predicates


def _either(choices: Sequence[_Step]) -> _Step:
    text = "|".join(text for text, _ in choices)
    return f"({text})", tuple(each for _, predicates in choices for each in predicates)
