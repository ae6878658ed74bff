"""`/search`: what a text means: the answer to a question with its reasons, and the things that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from api.described import typed_answer
from api.exchange import Exchange, ExchangeDep, once_each
from api.pages.answers import rows_of
from api.pages.rendering import Pages
from api.parameters import FormParameters
from api.routers.resolve import Resolvers
from api.state import PerRevision
from kg.folding import is_blank
from kg.questions import QuestionFolder, Questions
from kg.resolve import LONGEST
from kg.search.texts import MAX_TEXT

PATH: Final = "/search"
SHOWN: Final = 20
"""How many things are listed."""


class SearchPageParameters(FormParameters):
    """The parameters of the page."""

    q: Annotated[
        str,
        Field(max_length=LONGEST, description="A name or a question, in Chinese or English.", examples=["医疗"]),
    ] = ""


def search_page_router() -> APIRouter:
    """Return the router of the page of a search."""
    router = APIRouter(tags=["pages"], dependencies=[Depends(once_each)])

    @router.get(PATH, summary="Search, or ask", responses=typed_answer(["text/html"], 400))
    def page(exchange: ExchangeDep, parameters: Annotated[SearchPageParameters, Query()]) -> Response:
        """Show the answer to a question, and the things that a text may name."""
        pages: Pages = exchange.request.app.state.pages
        folder: QuestionFolder = exchange.request.app.state.questions
        questions = folder.current()

        def content() -> str:
            return pages.render("search.html", exchange, **_content(exchange, questions, parameters.q.strip()))

        return exchange.html(content, variant=questions.digest)

    return router


_SENTENCES: Final = {"measure", "target"}
"""The kinds whose names say what is to be done or to be so: one cannot ask “what is …” of them."""


def _is_sentence(suggestion: Mapping[str, Any]) -> bool:
    """Tell whether a question is what something is whose name is no noun; then its page is linked instead."""
    return suggestion["form"] == "describe" and suggestion["arguments"]["thing"]["type"] in _SENTENCES


def _content(exchange: Exchange, questions: Questions, q: str) -> dict[str, Any]:
    """Return what the page shows; nothing is asked where there is no text, or nothing to see in it."""
    if is_blank(q):
        return {"q": "", "found": None, "rows": (), "matches": (), "more": 0, "is_sentence": _is_sentence}
    resolvers: PerRevision[Resolvers] = exchange.request.app.state.resolvers
    found = resolvers.of(exchange.snapshot).of(questions).resolve(q, exchange.language).to_json()
    matches = exchange.snapshot.search.ranked(q) if len(q) <= MAX_TEXT else []
    return {
        "q": q,
        "found": found,
        "is_sentence": _is_sentence,
        "rows": rows_of(found["answer"], exchange) if found["kind"] == "question" and found["answer"] else (),
        "matches": [match.to_json() for match in matches[:SHOWN]],
        "more": max(0, len(matches) - SHOWN),
    }
