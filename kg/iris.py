"""Minting and parsing the IRIs of things: `{base}id/{kind}/{local}` for things, `{base}graph/{name}` for named graphs.

The ontology's own terms are shared by every installation and do not move with the base.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from kg.errors import SettingError
from kg.terms import PREFIXES

DEFAULT_BASE: Final = "https://w3id.org/policy-kg/"
"""The base that the vocabularies are written with."""

_WIDE: Final = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane << 16 | (0x1000 if plane == 0xE else 0))}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 0xF)
)
_PRIVATE: Final = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"


def _some(characters: str) -> str:
    """Return the pattern of any number of characters, and of escaped ones."""
    return f"[{characters}]*(?:%[0-9A-Fa-f]{{2}}[{characters}]*)*"


_IN_PART: Final = rf"A-Za-z0-9\-._~!$&'()*+,;=:@{_WIDE}"
_ABSOLUTE: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    rf"(?://(?:{_some(_IN_PART)}@)?\[[0-9A-Fa-fvV:.]+\](?::[0-9]*)?(?=[/?#]|$))?"
    rf"{_some(_IN_PART + '/')}(?:\?{_some(_IN_PART + '/?' + _PRIVATE)})?(?:#{_some(_IN_PART + '/?')})?"
)


def is_iri(text: str) -> bool:
    """Tell whether a text is an absolute IRI, with or without a fragment (RFC 3987, section 2.2).

    >>> is_iri("https://example.org/医"), is_iri("urn:a#b"), is_iri("https://example.org/%zz"), is_iri("a b")
    (True, True, False, False)
    """
    return _ABSOLUTE.fullmatch(text) is not None


_LOCAL: Final = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Iris:
    """The IRIs under one base.

    >>> iris = Iris()
    >>> iris.mint("sector", "healthcare")
    'https://w3id.org/policy-kg/id/sector/healthcare'
    >>> iris.parse('https://w3id.org/policy-kg/id/sector/healthcare')
    ('sector', 'healthcare')
    """

    base: str = DEFAULT_BASE

    def __post_init__(self) -> None:
        """Refuse a base that IRIs cannot be minted under."""
        if not self.base.startswith(("http://", "https://")) or not self.base.endswith("/"):
            raise SettingError(
                f"base IRI {self.base!r} must start with http:// or https:// and end with /, like {DEFAULT_BASE}"
            )
        if any(character in self.base for character in ' <>"{}|\\^`#?'):
            raise SettingError(f"base IRI {self.base!r} has a character that an IRI's path cannot have")

    def mint(self, kind: str, *local: str) -> str:
        """Return the IRI of a thing; further parts are joined by slashes, other characters are escaped."""
        return f"{self.base}id/{'/'.join(quote(part, safe='-._~!$,;=:@') for part in (kind, *local))}"

    def parse(self, iri: str) -> tuple[str, str] | None:
        """Return the kind and the local part of a thing's IRI, or None where it is not a thing of this base."""
        prefix = f"{self.base}id/"
        if not iri.startswith(prefix):
            return None
        kind, slash, local = iri.removeprefix(prefix).partition("/")
        return (kind, unquote(local)) if slash and kind and local else None

    def short(self, iri: str) -> str:
        """Return the short name of an IRI, `sector/healthcare` or `pkg:hasTarget`, or the IRI where it has none.

        >>> Iris().short("https://w3id.org/policy-kg/id/sector/healthcare")
        'sector/healthcare'
        >>> Iris().short("https://w3id.org/policy-kg/ontology#hasTarget")
        'pkg:hasTarget'
        >>> Iris().short("https://example.org/")
        'https://example.org/'
        """
        parsed = self.parse(iri)
        if parsed is not None:
            return "/".join(parsed)
        for prefix, namespace in PREFIXES.items():
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri.removeprefix(namespace)):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri

    def graph(self, *parts: str) -> str:
        """Return the IRI of a named graph."""
        return f"{self.base}graph/{'/'.join(parts)}"

    def rebase(self, iri: str) -> str:
        """Return a thing's IRI under this base where it stands under the default one, and any other IRI as it is."""
        default = f"{DEFAULT_BASE}id/"
        return f"{self.base}id/{iri.removeprefix(default)}" if iri.startswith(default) else iri
