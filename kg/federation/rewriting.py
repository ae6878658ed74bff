"""Put other addresses into a SPARQL text where it names the services that it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping


def substitute(text: str, replacements: Mapping[tuple[int, int], str]) -> str:
    """Return a text with the IRI references at `(start, end)`, brackets included, replaced by other IRIs.

    Raises:
        ValueError: a place is not an IRI reference, or two places overlap.

    >>> substitute("SERVICE <http://a/> {}", {(8, 19): "http://b/"})
    'SERVICE <http://b/> {}'
    """
    pieces, position = [], 0
    for (start, end), iri in sorted(replacements.items()):
        found = text[start:end]
        if not 0 <= position <= start < end <= len(text) or found[:1] != "<" or found[-1:] != ">":
            raise ValueError(f"no IRI reference at {start} to {end}")
        pieces += [text[position:start], f"<{iri}>"]
        position = end
    return "".join([*pieces, text[position:]])


def rewrite(text: str, services: Iterable[tuple[str, int, int, bool]], url_for: Callable[[str, bool], str]) -> str:
    """Return a query that calls `url_for(iri, silent)` wherever it called a service.

    `services` has IRIs, where they stand (`start`, `end`) and whether they are called by SERVICE SILENT.
    A service within a service is replaced too: what is sent to the outer one gets its own address back in the gateway.

    Raises:
        ValueError: a place is not an IRI reference.
    """
    return substitute(text, {(start, end): url_for(iri, silent) for iri, start, end, silent in services})
