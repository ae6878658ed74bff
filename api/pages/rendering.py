"""The pages: HTML from templates, which escape everything. Whole without a script; scripts make them lively."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from api.assets import Assets
from api.exchange import Exchange, in_language, kept
from api.views import text_in
from api.words import KIND_WORDS, READING_WORDS, Language
from kg.kinds import KINDS
from kg.terms import ONTOLOGY_IRI, PREFIXES

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")


def language_of_text(text: str) -> str:
    """Return the language that a text is written in, for the `lang` attribute.

    >>> language_of_text("算力规模"), language_of_text("60 EFLOPS")
    ('zh', 'en')
    """
    return "zh" if _CHINESE.search(text) else "en"


def inner_quotes(text: str) -> str:
    """Return a text as it stands within quotation marks: marks within it are the inner ones.

    >>> inner_quotes("打造“智医助理”")
    '打造‘智医助理’'
    """
    return text.replace("“", "‘").replace("”", "’")


def only_given(parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters of an address that have a value.

    >>> only_given({"q": "", "page": 2})
    {'page': 2}
    """
    return {name: value for name, value in parameters.items() if value not in ("", None)}


def templates_of(folder: Path) -> Environment:
    """Return the templates of a folder: they escape everything, and a name that is not given is an error."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(language_of_text=language_of_text)
    environment.filters["only_given"] = only_given
    environment.filters["inner_quotes"] = inner_quotes
    return environment


class Pages:
    """The templates of the service."""

    def __init__(self, assets: Assets) -> None:
        """Read no template yet; pages load what `assets` has."""
        self._environment = templates_of(_TEMPLATES)
        self._environment.globals.update(
            text_in=text_in, kinds=KINDS, kind_words=KIND_WORDS, assets=assets, ontology=f"{ONTOLOGY_IRI}#"
        )

    def render(self, template: str, exchange: Exchange, *entries: str, **values: Any) -> str:
        """Return a page from a template; `entries` are the scripts that it needs beside those of every page."""
        return self._environment.get_template(template).render(
            root=exchange.path(""),
            base=exchange.snapshot.iris.base,
            page_url=exchange.request.url.path,
            revision=exchange.snapshot.revision.id,
            page_of=exchange.page_of,
            kept=exchange.kept,
            in_language=exchange.in_language,
            predicate_words=_PredicateWords(exchange),
            entries=("site", *entries),
            **_texts(exchange.language),
            **values,
        )

    def problems(self, exchange: Exchange, shapes: Sequence[Any]) -> str:
        """Return the page of the types of problems."""
        return self.render("problems.html", exchange, shapes=shapes)

    def problem(self, problem: Mapping[str, Any], language: Language, request: Request) -> str:
        """Return the page of one error."""
        return self._environment.get_template("problem.html").render(
            problem=problem,
            root=request.scope.get("root_path", ""),
            base="",
            page_url="",
            revision="",
            kept=kept(request, language),
            in_language=partial(in_language, request),
            entries=("site",),
            **_texts(language),
        )


class _PredicateWords:
    """What a predicate (`pkg:appliesToSector`) is called by the ontology; each is read once a page."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._known: dict[str, str] = {}

    def __call__(self, short: str) -> str:
        if short not in self._known:
            prefix, _, local = short.partition(":")
            iri = f"{PREFIXES[prefix]}{local}" if prefix in PREFIXES else short
            labels = self._exchange.snapshot.lookup.reader.names([iri]).get(iri)
            self._known[short] = text_in(labels, self._exchange.language) or short
        return self._known[short]


def _texts(language: Language) -> dict[str, Any]:
    """Return what templates say words with: `t("English", "中文")`, the names of kinds, the ways of reading."""

    def t(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    def reading(name: str) -> str:
        return READING_WORDS[name].in_(language) if name in READING_WORDS else name

    return {"lang": language, "t": t, "reading": reading, "colon": t(": ", "：")}
