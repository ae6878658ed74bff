"""A query over a revision as the query that a service is asked, which holds several revisions under other names.

Names of graphs that stand in the text, behind GRAPH, become those under which the service has them. A variable behind
GRAPH gets a companion that ranges over the graphs of the service, and is joined with their names, so that it binds the
names of the revision wherever it stands: in the answer, in functions, and in triples about graphs. FROM and FROM NAMED
go, because the dataset is given beside the text. DESCRIBE becomes CONSTRUCT, since each service describes in its own
way: with the triples that have the thing as their subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urljoin

from kg.engine.examine import resolved
from kg.engine.lexer import Token, tokens
from kg.engine.remote.names import HIDDEN, MARK, NAMES
from kg.errors import QueryError
from kg.terms import PREFIXES

Form = Literal["select", "ask", "construct"]

HERE: Final = f"{MARK}@"
"""How names begin in a translated text that are filled in by `Translation.text_for`."""

_FORMS: Final[dict[str, Form]] = {
    "SELECT": "select",
    "ASK": "ask",
    "CONSTRUCT": "construct",
    "DESCRIBE": "construct",
}
_MODIFIERS: Final = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "FROM", "WHERE")
_OPEN: Final = frozenset("{([")
_CLOSE: Final = frozenset("})]")


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated query: the graphs that it names, and whether it ranges over all."""

    text: str
    form: Form
    constants: tuple[str, ...]
    ranges: bool
    hidden: str
    """How the names of the variables begin that are none of the query's own."""

    def text_for(self, names: str, graphs: Iterable[tuple[str, str]]) -> str:
        """Return the text with the graph of names, and the graph of the service for each that is named."""
        text = self.text.replace(f"<{HERE}names>", f"<{names}>")
        for name, graph in graphs:
            text = text.replace(f"<{HERE}graph:{name}>", f"<{graph}>")
        return text


@dataclass
class _Edits:
    """What is to be put in the place of parts of a text."""

    text: str
    made: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, text: str) -> None:
        self.made.append((start, end, text))

    def applied(self, start: int = 0) -> str:
        """Return the text from a place on."""
        pieces, position = [], start
        for begin, end, text in sorted(edit for edit in self.made if edit[0] >= start):
            pieces += [self.text[position:begin], text]
            position = end
        return "".join([*pieces, self.text[position:]])


def translate(text: str, base: str = "", named: Sequence[str] | None = None) -> Translation:
    r"""Return a query, which the engine's parser has taken, as one for a service.

    Relative IRIs are relative to `base`; `named` are the named graphs of a dataset that was given.

    Raises:
        QueryError: it cannot be translated.

    >>> print(translate("SELECT * { GRAPH <urn:g> { ?s a skos:Concept } }").text)
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT * { GRAPH <urn:x-kg:@graph:urn:g> { ?s a skos:Concept } }
    """
    translator = _Translator(text, base, named)
    return translator.translated()


class _Translator:
    def __init__(self, text: str, base: str, named: Sequence[str] | None) -> None:
        self._text = text
        self._base = base
        self._named = named
        self._found = tokens(text)
        self._edits = _Edits(text)
        self._declared: dict[str, str] = {}
        self._constants: dict[str, None] = {}
        self._ranges = 0
        self._form = ""
        self._at = 0
        self._hidden = HIDDEN
        while self._hidden in text:
            self._hidden += "_"

    def translated(self) -> Translation:
        first_base, depth = self._base, 0
        for index, token in enumerate(self._found):
            if token.kind == "punct":
                depth += (token.text[0] in _OPEN and token.text != "<<") - (token.text[-1] in _CLOSE)
            elif not depth and not self._form and token.is_word("BASE", "PREFIX"):
                self._declare(index)
            elif not depth and not self._form and token.is_word(*_FORMS):
                self._form, self._at = token.text.upper(), index
            elif not depth and token.is_word("FROM"):
                self._drop_from(index)
            elif token.is_word("GRAPH"):
                self._graph(index)
        if not self._form:
            raise QueryError("the form of the query cannot be told")
        text = self._described() if self._form == "DESCRIBE" else self._edits.applied()
        constants = tuple(self._constants)
        return Translation(
            self._prologue(first_base) + text, _FORMS[self._form], constants, bool(self._ranges), self._hidden
        )

    def _declare(self, index: int) -> None:
        token, following = self._found[index], self._found[index + 1 : index + 3]
        if token.is_word("BASE") and following and following[0].kind == "iri":
            self._base = urljoin(self._base, following[0].text[1:-1])
        elif token.is_word("PREFIX") and len(following) == 2 and following[1].kind == "iri":
            self._declared[following[0].text.rstrip(":")] = urljoin(self._base, following[1].text[1:-1])

    def _drop_from(self, index: int) -> None:
        named = index + 1 < len(self._found) and self._found[index + 1].is_word("NAMED")
        last = self._found[min(index + 1 + named, len(self._found) - 1)]
        self._edits.replace(self._found[index].start, last.end, "")

    def _graph(self, index: int) -> None:
        if index + 1 >= len(self._found):
            return
        token, target = self._found[index], self._found[index + 1]
        if target.kind in {"iri", "pname"}:
            name = resolved(target, {**PREFIXES, **self._declared}, self._base)
            if name is None:
                raise QueryError(f"the graph {target.text} cannot be told")
            self._constants[name] = None
            self._edits.replace(target.start, target.end, f"<{HERE}graph:{name}>")
        elif target.kind == "var":
            last = self._closing(index + 2)
            variable, companion = target.text, f"?{self._hidden}{self._ranges}"
            self._ranges += 1
            names = f"GRAPH <{HERE}names> {{ {companion} <{NAMES}> {variable} }}"
            if self._named is not None:
                names = f"VALUES {variable} {{ {' '.join(f'<{name}>' for name in self._named)} }} {names}"
            if last == index + 3:  # an empty pattern asks for the names alone
                self._edits.replace(token.start, self._found[last].end, f"{{ {names} }}")
                return
            self._edits.replace(token.start, token.start, f"{{ {names} ")
            self._edits.replace(target.start, target.end, companion)
            self._edits.replace(self._found[last].end, self._found[last].end, " }")

    def _closing(self, index: int) -> int:
        """Return which token closes the group that opens at one."""
        depth = 0
        for at in range(index, len(self._found)):
            depth += {"{": 1, "}": -1}.get(self._found[at].text, 0)
            if depth == 0:
                return at
        raise QueryError("the group of a GRAPH cannot be told")

    def _described(self) -> str:
        """Return DESCRIBE as CONSTRUCT."""
        behind = self._at + 1
        while behind < len(self._found) and not (
            self._found[behind].text == "{" or self._found[behind].is_word(*_MODIFIERS)
        ):
            behind += 1
        targets = self._found[self._at + 1 : behind]
        rest = self._edits.applied(self._found[behind].start) if behind < len(self._found) else ""
        variables = [token.text for token in targets if token.kind == "var"]
        if any(token.text == "*" for token in targets):
            inside = (token.text for token in self._found[behind:] if token.kind == "var")
            variables = list(dict.fromkeys(inside))
        thing, predicate, value = (f"?{self._hidden}{name}" for name in ("thing", "predicate", "value"))
        parts = [f"{{ SELECT ({variable} AS {thing}) {rest} }}" for variable in variables]
        iris = " ".join(token.text for token in targets if token.kind in {"iri", "pname"})
        parts += [f"{{ VALUES {thing} {{ {iris} }} }}"] if iris else []
        triple = f"{thing} {predicate} {value}"
        before = self._text[: self._found[self._at].start]
        return f"{before}CONSTRUCT {{ {triple} }} WHERE {{ {{ {' UNION '.join(parts)} }} {triple} }}"

    def _prologue(self, base: str) -> str:
        """Return declarations of what the text uses without declaring it."""
        used = {token.text.partition(":")[0] for token in self._found if token.kind == "pname"}
        lines = [
            f"PREFIX {name}: <{PREFIXES[name]}>" for name in sorted(used & PREFIXES.keys() - self._declared.keys())
        ]
        if base and any(_is_relative(token) for token in self._found):
            lines.insert(0, f"BASE <{base}>")
        return "".join(f"{line}\n" for line in lines)


def _is_relative(token: Token) -> bool:
    return token.kind == "iri" and ":" not in token.text.partition("/")[0]
