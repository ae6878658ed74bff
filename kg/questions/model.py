"""A question with its parameters, and how values become SPARQL: terms alone, never text of a caller."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kg.errors import BadParameter
from kg.iris import Iris
from kg.questions.literals import LITERAL_KINDS, canonical, literal, sound

__all__ = ["LITERAL_KINDS", "Parameter", "Question", "Texts"]

Texts = Mapping[str, str]
"""Language → text, in zh and en."""

_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|^`\\\x7f]|[\ud800-\udfff]")
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may be set of a question.

    `kind` is a kind of things (`sector`, `platform-kind`), `thing` for things of any kind, or one of `LITERAL_KINDS`.
    `default` is an IRI or the form of a literal, None where all are meant; `datatype` is that of the default literal.
    """

    name: str
    kind: str
    variable: str
    label: Texts
    default: str | None
    datatype: str = ""

    @property
    def is_thing(self) -> bool:
        """Whether values are things."""
        return self.kind not in LITERAL_KINDS

    def value(self, given: str, iris: Iris) -> str:
        """Return a value as it is kept: the IRI of an id or IRI, or the canonical form of a literal.

        Raises:
            BadParameter: it is none of the kind.
        """
        sound(self.name, given)
        if not self.is_thing:
            return canonical(self.name, self.kind, given)
        if iris.parse(given) is not None:
            return given
        kind, slash, local = given.partition("/") if self.kind == "thing" else (self.kind, "/", given)
        if not (kind and slash and local):
            raise BadParameter(self.name, given, "must be `kind/id` or an IRI", "应为 `类别/id` 或 IRI")
        return iris.mint(kind, local.removeprefix(f"{kind}/"))

    def term(self, value: str) -> str:
        """Return a value as a term of SPARQL.

        Raises:
            BadParameter: it is an IRI with a character that none has.
        """
        if not self.is_thing:
            return literal(self.kind, value, self.datatype)
        if _NOT_IN_IRI.search(value):
            raise BadParameter(self.name, value, "is not an IRI", "不是 IRI")
        return f"<{value}>"


@dataclass(frozen=True, slots=True)
class Question:
    """A question: `texts` is what the file asks with its defaults, `asked` what is asked with other values.

    `body` is the SPARQL of the file without its first comments, about things under the base of `iris`; `lines` says
    in which of its lines each parameter is bound.
    """

    slug: str
    texts: Texts
    asked: Texts
    parameters: tuple[Parameter, ...]
    body: str
    lines: Mapping[str, int]
    iris: Iris

    def parameter(self, name: str) -> Parameter | None:
        """Return a parameter by its name."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    def text(self, values: Mapping[str, str] | None = None) -> str:
        """Return the SPARQL with parameters bound to ids, IRIs or the forms of literals; the others keep their default.

        A line that binds nothing is left out.

        Raises:
            BadParameter: there is no such parameter, or a value is none of its kind.
        """
        given = dict(values or {})
        lines: list[str | None] = list(self.body.split("\n"))
        for parameter in self.parameters:
            wanted = given.pop(parameter.name, None)
            value = parameter.default if wanted is None else parameter.value(wanted, self.iris)
            number = self.lines[parameter.name]
            line = lines[number] or ""
            indent = line[: len(line) - len(line.lstrip())]
            bound = f"{indent}VALUES ?{parameter.variable} {{ {parameter.term(value)} }}" if value is not None else None
            lines[number] = line if wanted is None and value is not None else bound
        for name, value in given.items():
            raise no_parameter(self, name, value)
        return "\n".join(line for line in lines if line is not None)

    def words(self, values: Mapping[str, Texts], changed: Collection[str]) -> Texts:
        """Return the question as it is asked: `values` is what the values are called, `changed` are no defaults.

        >>> place = Parameter("place", "place", "place", {"zh": "地点", "en": "The place"}, None)
        >>> question = Question("q", {"zh": "有哪些？", "en": "Which?"}, {}, (place,), "", {}, Iris())
        >>> question.words({"place": {"zh": "广东", "en": "Guangdong"}}, ["place"])["en"]
        'Which? (place: Guangdong)'
        """
        if not changed:
            return self.texts
        result = {}
        for language, text in self.texts.items():
            template = self.asked.get(language, "")
            parts = _PLACEHOLDER.split(template)  # every second one is a name
            parts[1::2] = [values[name][language] if name in values else "…" for name in parts[1::2]]
            filled = "".join(parts)
            rest = [self._named(name, values[name], language) for name in changed if f"{{{name}}}" not in template]
            suffix = (f"（{'；'.join(rest)}）" if language == "zh" else f" ({'; '.join(rest)})") if rest else ""
            result[language] = (filled or text) + suffix
        return result

    def _named(self, name: str, words: Texts, language: str) -> str:
        parameter = self.parameter(name)
        label = parameter.label["zh"].partition("；")[0] if parameter and language == "zh" else name
        return f"{label}：{words[language]}" if language == "zh" else f"{label}: {words[language]}"

    def to_json(self) -> dict[str, Any]:
        """Return slug and texts."""
        return {"slug": self.slug, "question": dict(self.texts)}


def no_parameter(question: Question, name: str, value: str) -> BadParameter:
    """Return the error that a name is which a question has no parameter of."""
    known = ", ".join(parameter.name for parameter in question.parameters) or "none"
    return BadParameter(
        name,
        value,
        f"is not a parameter of {question.slug}; parameters are {known}",
        f"不是 {question.slug} 的参数；可用：{known if question.parameters else '无'}",
    )
