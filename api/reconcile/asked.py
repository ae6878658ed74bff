"""A request with what answers it and in which language, as the paths of reconciliation are handed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from starlette.responses import Response

from api.exchange import JSON, Exchange, ExchangeDep, json_bytes
from api.reconcile.data import Data
from api.state import PerRevision
from api.words import Language
from kg.errors import BadParameter, NotFound
from kg.lookup import Thing

_NO_JSONP: Final = (
    "is not taken: there is no JSONP, for any origin may read the JSON itself (CORS)",
    "不可用：本服务不提供 JSONP，任何来源均可直接读取 JSON（CORS）",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what answers it and in which language; `chosen` where the client, and no header, named it."""

    exchange: Exchange
    data: Data
    language: Language
    chosen: bool

    def json(self, make: Callable[[], Mapping[str, Any]]) -> Response:
        """Answer with JSON as the specification has it; it has no place for the revision, which `X-Revision` names."""
        pretty = self.exchange.reads_html
        if self.exchange.request.method == "POST":
            return self.exchange.computed(JSON, json_bytes(make(), pretty=pretty))
        variant = f"{self.language} {pretty}"
        return self.exchange.answer(JSON, lambda: json_bytes(make(), pretty=pretty), variant=variant)

    def thing(self, id: str) -> Thing:
        """Return a thing.

        Raises:
            NotFound: there is none.
        """
        found = self.data.thing(id)
        if found is None:
            raise NotFound("thing", id)
        return found


def asked_in(fixed: Language | None) -> Any:
    """Return the annotation by which a path is handed its exchange, in the language of its own where it has one."""

    def asked(exchange: ExchangeDep) -> Asked:
        reconciliation: PerRevision[Data] = exchange.request.app.state.reconciliation
        if fixed:
            exchange.request.state.language = fixed  # errors speak it too
        _no_script(exchange.request)
        known = replace(exchange, display=fixed) if fixed else exchange
        chosen = fixed is not None or "lang" in exchange.request.query_params
        return Asked(known, reconciliation.of(exchange.snapshot), known.language, chosen)

    return Annotated[Asked, Depends(asked)]


def _no_script(request: Request) -> None:
    """Refuse JSONP, which older clients fall back on: it would have a browser run what we answer.

    Raises:
        BadParameter: a function is named that the answer is to be handed to.
    """
    callback = request.query_params.get("callback")
    if callback is not None:
        raise BadParameter("callback", callback[:200], *_NO_JSONP)
