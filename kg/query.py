"""Queries over one revision, from the short names of formats to bytes: what the command line and the API share."""

from __future__ import annotations

from kg.engine import Answer, Engine, GraphFormat, QueryRequest, ResultFormat
from kg.errors import UnsupportedFormat

RESULT_FORMATS = {item.short: item for item in ResultFormat}
GRAPH_FORMATS = {item.short: item for item in GraphFormat if item not in {GraphFormat.N_QUADS, GraphFormat.TRIG}}


def run_query(engine: Engine, request: QueryRequest, format: str | None = None) -> Answer:
    """Evaluate a query and return its answer in a format given by its short name.

    Without a format, tables come as SPARQL JSON and graphs as Turtle.

    Raises:
        UnsupportedFormat: there is no such format, or it cannot hold this query's kind of answer.
        QuerySyntaxError: the text is not SPARQL.
        QueryRefused: the query asks for what is not allowed.
        QueryError: evaluation failed.
    """
    if format is None:
        return engine.answer(request, ResultFormat.JSON, GraphFormat.TURTLE)
    if format in RESULT_FORMATS:
        return engine.answer(request, RESULT_FORMATS[format], None)
    if format in GRAPH_FORMATS:
        return engine.answer(request, None, GRAPH_FORMATS[format])
    raise UnsupportedFormat(format, [*RESULT_FORMATS, *GRAPH_FORMATS])
