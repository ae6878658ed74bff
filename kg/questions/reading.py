"""Reading a folder of questions: the first comments of each `.rq` file, and the lines that bind parameters."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Final

from kg.engine import EmbeddedEngine, QueryRequest, ResultFormat
from kg.engine.examine import examine
from kg.errors import BadParameter, NotFound, Problem, QueryError, SourceError, UnsupportedFormat
from kg.iris import DEFAULT_BASE, Iris
from kg.questions.answers import EVIDENCE
from kg.questions.literals import LITERAL_KINDS, canonical
from kg.questions.model import Parameter, Question
from kg.terms import PREFIXES, XSD, sparql_prologue

RESERVED: Final = frozenset({"format", "lang", "bom", "timeout"})
"""Names that no parameter of a question may have, since every question has them."""

_LOG: Final = logging.getLogger(__name__)
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HEADER: Final = re.compile(r"# (question|asked|parameter)\.(\w+): *(.*?) *")
_PARAMETER: Final = re.compile(r"([a-z]+(?:-[a-z]+)*)(?: +\?(\w+))? +(?:—|--) +(.*?) +/ +(.*)")
_VALUES: Final = r"[ \t]*VALUES[ \t]+\?%s[ \t]*\{[ \t]*(.*?)[ \t]*\}[ \t]*"
_LITERAL: Final = re.compile(r'"([^"\\]*)"(?:\^\^(?:<([^<>"]*)>|([\w-]*):(\w+)))?')
_IRI: Final = re.compile(r"<([^<>\"{}|^`\\\s]+)>")
_NUMBERS: Final = (
    (re.compile(r"[+-]?[0-9]+"), XSD + "integer"),
    (re.compile(r"[+-]?[0-9]*\.[0-9]+"), XSD + "decimal"),
    (re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+"), XSD + "double"),
)


@dataclass(frozen=True)
class Questions:
    """The questions of a folder by slug; `problems` say which files are none, and why."""

    by_slug: Mapping[str, Question]
    problems: tuple[Problem, ...] = ()

    @classmethod
    def read(cls, folder: Path, iris: Iris) -> Questions:
        """Return the questions of a folder, about things under a base; a file that is wrong stands in `problems`."""
        found: dict[str, Question] = {}
        problems: list[Problem] = []
        engine = EmbeddedEngine.of_graphs(())
        for path in sorted(folder.glob("*.rq"), key=lambda path: path.stem):
            reader = _Reader(path, iris, engine)
            question = reader.question()
            problems += reader.problems
            if question is not None and not reader.problems:
                found[question.slug] = question
        return cls(found, tuple(problems))

    @cached_property
    def digest(self) -> str:
        """What changes when a question does: answers may then change, though the revision has not."""
        parts = [(each.slug, each.texts, each.asked, each.parameters, each.body) for each in self.by_slug.values()]
        return hashlib.sha256(repr(parts).encode(errors="surrogatepass")).hexdigest()

    def names(self) -> tuple[str, ...]:
        """Return the slugs in their order."""
        return tuple(self.by_slug)

    def get(self, slug: str) -> Question:
        """Return a question.

        Raises:
            NotFound: there is none of this name.
            SourceError: there is a file of this name, and it is wrong.
        """
        if slug not in self.by_slug:
            wrong = [problem for problem in self.problems if Path(problem.file).stem == slug]
            if wrong:
                raise SourceError(wrong)
            known = list(self.by_slug)
            nearest = get_close_matches(slug, known, n=5, cutoff=0.5)
            nearest += [name for name in known if set(slug.split("-")) & set(name.split("-"))]
            raise NotFound("question", slug, list(dict.fromkeys(nearest))[:5])
        return self.by_slug[slug]


@dataclass(slots=True)
class _Reader:
    """Reads one file, and collects what is wrong with it."""

    path: Path
    iris: Iris
    engine: EmbeddedEngine
    problems: list[Problem] = field(default_factory=list)

    def question(self) -> Question | None:
        """Return the question of the file, None where it asks none or cannot be read."""
        try:
            content = self.path.read_text(encoding="utf-8").replace("\r\n", "\n").lstrip("\ufeff")
        except (OSError, UnicodeDecodeError):
            self._wrong(0, "", "cannot be read as UTF-8", "save the file as UTF-8")
            return None
        lines = content.split("\n")
        end = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0)
        texts: dict[str, str] = {}
        asked: dict[str, str] = {}
        declared: dict[str, tuple[int, str]] = {}
        for number, what, name, value in self._headers(lines[:end]):
            if what == "parameter":
                if name in declared:
                    self._wrong(number, name, "is declared twice", "remove one of the two")
                declared[name] = (number, value)
            else:
                (texts if what == "question" else asked)[name] = value
        if not texts and not declared:
            return None  # a query that asks no question
        body = "\n".join(lines[end:]).strip("\n").replace(f"<{DEFAULT_BASE}id/", f"<{self.iris.base}id/")
        body_lines, bound = body.split("\n"), dict[str, int]()
        parameters = [
            parameter
            for name, (number, value) in declared.items()
            if (parameter := self._parameter(name, number, value, body_lines, bound)) is not None
        ]
        self._check_texts(texts, asked, declared)
        if not self.problems:
            self._check_query(body, end)
        return Question(self.path.stem, texts, asked, tuple(parameters), body + "\n", bound, self.iris)

    def _headers(self, lines: list[str]) -> Iterator[tuple[int, str, str, str]]:
        for number, line in enumerate(lines, start=1):
            found = _HEADER.fullmatch(line)
            if found:
                yield number, found[1], found[2], found[3]
            elif re.match(r"#\s*(?:question|asked|parameter)\b\.", line):
                self._wrong(number, "", "is no header", "write `# parameter.name: kind — 中文 / English`")

    def _parameter(
        self, name: str, number: int, value: str, lines: list[str], bound: dict[str, int]
    ) -> Parameter | None:
        """Return a parameter as it is declared; None where it is declared wrongly."""
        found = _PARAMETER.fullmatch(value)
        if found is None or not found[3] or not found[4]:
            hint = (
                f"write `# parameter.{name}: kind — 中文 / English`, with `?variable` after the kind if it is another"
            )
            self._wrong(number, name, "is not declared as parameters are", hint)
            return None
        if name in RESERVED:
            self._wrong(number, name, "is a name that every question uses", "choose another name")
            return None
        kind, variable = found[1], found[2] or name
        pattern = re.compile(_VALUES % re.escape(variable))
        at = [(place, match[1]) for place, line in enumerate(lines) if (match := pattern.fullmatch(line))]
        if len(at) != 1:
            hint = f"write one line `VALUES ?{variable} {{ default }}`, with UNDEF where there is none"
            self._wrong(number, name, f"is bound by {len(at) or 'no'} line{'s' * (len(at) > 1)} of its own", hint)
            return None
        bound[name] = at[0][0]
        default = self._default(name, kind, at[0][1], lines)
        if default is None:
            wanted = f"a {kind}" if kind in LITERAL_KINDS else "an IRI"
            self._wrong(number, name, f"has a default that is not {wanted}: {at[0][1]}", f"write {wanted}, or UNDEF")
            return None
        return Parameter(name, kind, variable, {"zh": found[3], "en": found[4]}, *default)

    def _default(self, name: str, kind: str, term: str, lines: list[str]) -> tuple[str | None, str] | None:
        """Return the default that a term of SPARQL is and its datatype, or None where it is none of the kind."""
        if term == "UNDEF":
            return None, ""
        if kind not in LITERAL_KINDS:
            iri = _IRI.fullmatch(term)
            return (iri[1], "") if iri else None
        value, datatype = term, next((type for pattern, type in _NUMBERS if pattern.fullmatch(term)), "")
        written = _LITERAL.fullmatch(term)
        if written:
            prefixes = PREFIXES | dict(
                re.findall(r"^\s*PREFIX\s+([\w-]*):\s*<([^<>]*)>", "\n".join(lines), re.MULTILINE | re.IGNORECASE)
            )
            short = prefixes.get(written[3] or "", "") + (written[4] or "") if written[4] else ""
            value, datatype = written[1], written[2] or short or XSD + "string"
        if not datatype or (kind == "text") != (datatype == XSD + "string"):
            return None
        try:
            return canonical(name, kind, value), datatype
        except BadParameter:
            return None

    def _check_texts(self, texts: dict[str, str], asked: dict[str, str], declared: Mapping[str, object]) -> None:
        for language in ("zh", "en"):
            if not texts.get(language):
                self._wrong(0, f"question.{language}", "is missing", "questions are put in both languages")
            if asked and not asked.get(language):
                self._wrong(0, f"asked.{language}", "is missing", "questions are put in both languages")
            for name in re.findall(r"\{(\w*)\}", asked.get(language, "")):
                if name not in declared:
                    self._wrong(0, f"asked.{language}", f"names {{{name}}}, which is no parameter", "declare it")
        if not _SLUG.fullmatch(self.path.stem):
            self._wrong(0, "", "has a name that no address has", "use small letters, digits and single hyphens")

    def _check_query(self, body: str, before: int) -> None:
        """Ask the query of an empty dataset: it must be SPARQL, and give a table."""
        if examine(body).services:
            return  # trying it would call another service
        try:
            found = self.engine.answer(QueryRequest(sparql_prologue() + body), ResultFormat.CSV, None)
            if EVIDENCE in found.content.decode().splitlines()[0].split(","):
                self._wrong(0, EVIDENCE, "is a column that every row has", "choose another name")
        except UnsupportedFormat:
            self._wrong(0, "", "gives no table", "a question is a SELECT query")
        except QueryError as error:
            line = max(0, getattr(error, "line", 0) - sparql_prologue().count("\n"))
            self._wrong(line + before if line else 0, "", str(error), "a question is a SELECT query")

    def _wrong(self, line: int, name: str, message: str, hint: str) -> None:
        """Keep what is wrong."""
        self.problems.append(Problem(str(self.path), line, 1 if line else 0, name, message, hint))


class QuestionFolder:
    """A folder of questions that is read again when a file comes, goes or changes."""

    def __init__(self, folder: Path, iris: Iris) -> None:
        """Read the folder when first asked."""
        self._folder = folder
        self._iris = iris
        self._lock = threading.Lock()
        self._stamp: tuple[tuple[str, int, int], ...] | None = None
        self._questions = Questions({})

    def current(self) -> Questions:
        """Return the questions that are there now; what is wrong with a file is told to the log, once."""
        with self._lock:
            stamp = tuple(_stamps(self._folder))
            if stamp != self._stamp:
                self._questions = Questions.read(self._folder, self._iris)
                self._stamp = stamp
                for problem in self._questions.problems:
                    _LOG.warning("no question: %s", problem)
            return self._questions


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in sorted(folder.glob("*.rq")):
        with contextlib.suppress(OSError):  # it has just gone
            status = path.stat()
            yield path.name, status.st_mtime_ns, status.st_size
