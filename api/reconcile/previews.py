"""Previews: a small page of a thing for a frame, and the still smaller ones that fly out beside a suggestion."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from api.exchange import Exchange
from api.pages import templates_of
from api.reconcile.manifest import PREVIEW_SIZE
from api.reconcile.properties import kind_named, property_named
from api.views import view_of
from api.words import KIND_WORDS, Language
from kg.kinds import KIND_BY_NAME
from kg.lookup import Thing

FRAMED: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors *; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A preview loads nothing, runs no script and reads nothing of its origin, and any page may have it in a frame: that is
what it is for. What it may do is open the page of its thing in a window of its own."""

_CLAUSES: Final = 4
_FACTS: Final = 4


class Previews:
    """The templates of previews."""

    def __init__(self) -> None:
        self._environment = templates_of(Path(__file__).parent / "templates")

    def page(self, exchange: Exchange, thing: Thing, language: Language) -> str:
        """Return the page of a thing: names, what it is, and the clauses that name it."""
        width, height = PREVIEW_SIZE
        return self._environment.get_template("preview.html").render(
            width=width, height=height, address=exchange.page_of(thing.iri), **_shown(thing, language)
        )

    def entity(self, thing: Thing, language: Language) -> str:
        """Return a piece of HTML about a thing."""
        return self._environment.get_template("flyout.html").render(**_shown(thing, language))

    def property(self, id: str, language: Language) -> str:
        """Return a piece of HTML about a property.

        Raises:
            BadParameter: there is none.
        """
        found = property_named(id, "id")
        return self._term(found.name.in_(language), found.id, found.described(language))

    def type(self, id: str, language: Language) -> str:
        """Return a piece of HTML about a type.

        Raises:
            BadParameter: there is none.
        """
        kind = KIND_BY_NAME[kind_named(id, "id")]
        return self._term(KIND_WORDS[kind.name].in_(language), kind.name, kind.class_iri)

    def _term(self, title: str, id: str, text: str) -> str:
        return self._environment.get_template("term.html").render(title=title, id=id, text=text)


def _shown(thing: Thing, language: Language) -> dict[str, Any]:
    view = view_of(thing, language)

    def t(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    return {
        "lang": language,
        "t": t,
        "view": view,
        "id": f"{thing.type}/{thing.id}",
        "kind": KIND_WORDS[thing.type].in_(language),
        "facts": view.facts[:_FACTS],
        "clauses": view.evidence[:_CLAUSES],
        "more": max(0, len(view.evidence) - _CLAUSES),
    }
