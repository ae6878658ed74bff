"""What to look at instead, where a view of the targets was asked for with a filter that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from api.exchange import Exchange
from api.pages.target_view import FIELD_WORDS, PATH
from api.problems import respond
from api.views import text_in
from kg.errors import BadParameter, NotFound

NEAREST: Final = 3
"""How many things are offered in the place of one that there is not."""


def mistaken(exchange: Exchange, error: NotFound | BadParameter) -> Response:
    """Return the page of an error, with links to the same view: with what may be meant, and without the filter."""
    return respond(exchange.request, error, {"instead": list(_instead(exchange, error))})


def _instead(exchange: Exchange, error: NotFound | BadParameter) -> Iterator[tuple[str, str]]:
    """Yield what each link says, and where it leads."""
    # A filter by a thing is called as the kind of the thing is.
    name = error.name if isinstance(error, BadParameter) else error.kind
    called = FIELD_WORDS[name].in_(exchange.language) if name in FIELD_WORDS else name
    zh = exchange.language == "zh"
    if isinstance(error, NotFound):
        iris = [exchange.snapshot.iris.mint(name, id) for id in error.nearest[:NEAREST]]
        names = exchange.snapshot.lookup.reader.names(iris)
        for id, iri in zip(error.nearest, iris, strict=False):
            label = text_in(names.get(iri) or {}, exchange.language) or id
            yield f"{called}{'：' if zh else ': '}{label}", _address(exchange, name, id)
    yield f"不限“{called}”" if zh else f"Without “{called}”", _address(exchange, name, "")


def _address(exchange: Exchange, name: str, value: str) -> str:
    """Return the address of the view with another value of a parameter, or without it; it begins on its first page."""
    pairs = [
        (key, value if key == name else given)
        for key, given in exchange.request.query_params.multi_items()
        if key != "page" and (key != name or value)
    ]
    return exchange.path(PATH) + (f"?{urlencode(pairs)}" if pairs else "")
