"""Content negotiation (RFC 9110, section 12.5): which of our formats, and which language, a client likes best."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from api.words import Language

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# Without going back: what a stranger sends must not take a time that grows with its square.
_ELEMENT: Final = re.compile(r'(?:[^,"]++|"(?:[^"\\]++|\\.?)*+"?)++', re.DOTALL)
_PARAMETER: Final = re.compile(r';\s*+([^=;\s]++)\s*+=\s*+("(?:[^"\\]++|\\.?)*+"?|[^;\s]*+)', re.DOTALL)
_LONGEST: Final = 4096
"""Characters of a header that is looked at; a longer one says nothing."""

_RANGE: Final = re.compile(r"^[\w!#$&^.+*-]+/[\w!#$&^.+*-]+$")
_QUALITY: Final = re.compile(r"^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$")


@dataclass(frozen=True, slots=True)
class Offer(Generic[T_co]):
    """A format that we have: what it is for us, its media type, and how well it suits us from 0 to 1.

    A weight below 1 is for names that a format also goes by: a browser accepts `application/xml` before `*/*`,
    and yet would rather not read SPARQL XML.
    """

    value: T_co
    media_type: str
    weight: float = 1.0


def acceptable(header: str | None, offers: Sequence[Offer[T]]) -> list[Offer[T]]:
    """Return the offers that an Accept header allows, the best liked first; equals stay in our order.

    >>> offers = [Offer("json", "application/json"), Offer("ttl", "text/turtle")]
    >>> [offer.value for offer in acceptable("text/*, application/json;q=0.5", offers)]
    ['ttl', 'json']
    """
    ranges = list(_ranges(header)) if header else []
    if not ranges:
        return list(offers)
    scored = [(_quality(offer.media_type, ranges) * offer.weight, offer) for offer in offers]
    return [offer for score, offer in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


def names(header: str | None, media_type: str) -> bool:
    """Tell whether an Accept header names a media type itself, as browsers name text/html, and does not refuse it."""
    return any(found == media_type and quality > 0 for found, quality in _ranges(header or ""))


def preferred_language(header: str | None) -> Language | None:
    """Return the language of ours that an Accept-Language header likes best, or None where it names neither.

    >>> preferred_language("fr, zh-Hant-TW;q=0.8, en;q=0.7"), preferred_language("fr")
    ('zh', None)
    """
    best: tuple[float, Language] | None = None
    for text, quality in _elements(header or ""):
        primary = text.lower().partition("-")[0]
        if primary in {"zh", "en"} and quality > (best[0] if best else 0):
            best = (quality, "zh" if primary == "zh" else "en")
    return best[1] if best else None


def takes_coding(header: str | None, coding: str) -> bool:
    """Return whether `Accept-Encoding` takes a content coding (RFC 9110, section 12.5.3).

    >>> takes_coding("br, gzip;q=0.5", "gzip"), takes_coding("gzip;q=0, *", "gzip"), takes_coding("*", "gzip")
    (True, False, True)
    """
    qualities = {text.lower(): quality for text, quality in _elements(header or "")}
    return qualities.get(coding, qualities.get("*", 0.0)) > 0


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality that the most specific range gives."""
    kind = media_type.partition("/")[0]
    for wanted in (media_type, f"{kind}/*", "*/*"):
        found = [quality for name, quality in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for text, quality in _elements(header):
        if _RANGE.match(text):
            yield text.lower(), quality


def _elements(header: str) -> Iterator[tuple[str, float]]:
    """Yield the elements of a list header without parameters, each with its quality; unreadable qualities are 0."""
    if len(header) > _LONGEST:
        return
    for element in _ELEMENT.findall(header):
        text, quality = element.partition(";")[0].strip(), 1.0
        for name, value in _PARAMETER.findall(element):
            if name.lower() == "q":
                quality = float(value) if _QUALITY.match(value) else 0.0
        if text:
            yield text, quality
