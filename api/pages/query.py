"""`/sparql` for browsers: a form for queries that a script makes an editor, with the canned questions as examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import Response

from api.exchange import Exchange
from api.formats import QUERY_FORMATS
from api.pages.rendering import Pages
from kg.questions import QuestionFolder
from kg.settings import Settings
from kg.terms import PREFIXES, sparql_prologue

_EXAMPLE: Final = """SELECT ?measure ?sector {
  ?measure a pkg:Measure ; pkg:touchesSector ?sector .
} ORDER BY ?sector ?measure"""
EXAMPLES: Final = {
    "en": f"# Measures, and the sectors that they touch\n{_EXAMPLE}",
    "zh": f"# 措施及其涉及的行业\n{_EXAMPLE}",
}
"""What the editor holds at first, by language."""
_TIMES: Final = (1, 5, 10, 30, 60, 120, 300)
"""Seconds that may be chosen, as far as they are below the limit."""


def query_page(exchange: Exchange) -> Response:
    """Answer with the page of queries."""
    pages: Pages = exchange.request.app.state.pages
    folder: QuestionFolder = exchange.request.app.state.questions
    settings: Settings = exchange.request.app.state.settings
    questions = folder.current()
    limit = settings.query_timeout

    def content() -> str:
        return pages.render(
            "sparql.html",
            exchange,
            "query",
            query=EXAMPLES[exchange.language],
            formats=QUERY_FORMATS,
            limits={"seconds": limit, "rows": settings.max_rows, "bytes": settings.max_bytes},
            times=[seconds for seconds in _TIMES if seconds < limit],
            examples=[
                (question.texts, exchange.path(f"/api/v1/questions/{quote(question.slug)}.rq"))
                for question in questions.by_slug.values()
            ],
            vocabulary=_vocabulary(exchange),
        )

    return exchange.html(content, variant=f"{questions.digest} {limit} {settings.max_rows} {settings.max_bytes}")


def _vocabulary(exchange: Exchange) -> dict[str, Any]:
    """Return what the editor knows: prefixes, classes and properties by their names."""
    return {
        "prefixes": PREFIXES,
        "terms": list(_terms(exchange)),
    }


def _terms(exchange: Exchange) -> Iterator[dict[str, Any]]:
    """Yield the classes and properties that have labels, each with those in both languages."""
    rows = exchange.snapshot.engine.select(
        f"""{sparql_prologue()}SELECT ?term ?class ?zh ?en WHERE {{
          {{ SELECT ?term (MAX(?is) AS ?class) WHERE {{
               VALUES (?type ?is) {{ (owl:Class true) (rdfs:Class true) (owl:ObjectProperty false)
                 (owl:DatatypeProperty false) (owl:AnnotationProperty false) (rdf:Property false) }}
               ?term a ?type }} GROUP BY ?term }}
          OPTIONAL {{ ?term rdfs:label ?zh FILTER(LANG(?zh) = "zh") }}
          OPTIONAL {{ ?term rdfs:label ?en FILTER(LANG(?en) = "en") }}
          FILTER(ISIRI(?term))
        }} ORDER BY ?term"""
    )
    seen = ""
    for row in rows:
        iri = row["term"].value
        if iri == seen:  # a second label in a language
            continue
        seen = iri
        labels = {language: row[language].value for language in ("zh", "en") if language in row}
        yield {"iri": iri, "class": row["class"].value == "true", **labels}
