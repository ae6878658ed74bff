"""The tool `query`: read-only SPARQL, what is wrong with a query said before and after it runs, rows with citations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal, TypeVar

from kg.agents.arguments import Language, QueryArguments
from kg.agents.hints import Used, hints, used_terms
from kg.agents.reading import Reading
from kg.agents.results import read_boolean, read_rows, read_triples
from kg.agents.texts import cited, joined, say, shown
from kg.agents.things import Result
from kg.engine import QueryRequest, Term
from kg.engine.interface import Row
from kg.lookup.citing import Cited, asked_again, cite, cite_triples, read_again
from kg.lookup.patterns import MOST_SOLUTIONS, Selected
from kg.lookup.things import Labels
from kg.workers.pool import Answered

T = TypeVar("T")
_CITED: Final = 8
"""Clauses of a row: as many as the premises of what follows may need."""

_MOST_NAMED: Final = 400
_CELL: Final = 300


@dataclass(frozen=True, slots=True)
class _Shown:
    """The rows of an answer that are shown, and how many there are."""

    form: Literal["select", "ask", "construct"]
    variables: list[str]
    rows: list[dict[str, Term]]
    total: int
    boolean: bool | None = None


async def query(reading: Reading, arguments: QueryArguments) -> Result:
    """Return the answer to a query: its first rows with citations, how many there are, and hints where there is none.

    Raises:
        UnknownTerm: the query uses a term that the ontology does not have.
        QueryError: as `WorkerPool.answer`.
    """
    return await answered(reading, arguments.query, arguments.limit, arguments.language, arguments.timeout)


async def answered(reading: Reading, text: str, limit: int, language: Language, seconds: float | None = None) -> Result:
    """Return the answer to a SPARQL text, as `query` does."""
    request = QueryRequest(text, union_default_graph=reading.union_default_graph)
    used = await reading.aside(partial(used_terms, reading, text))
    shown_ = await _taken(reading, await reading.ask(request, seconds), partial(_first_rows, limit=limit))
    query, found = await _asked_again(reading, request, shown_, seconds)
    return await reading.aside(partial(_result, reading, text, used, shown_, language, query, found))


async def _taken(reading: Reading, answer: Answered, read: Callable[[Answered], T]) -> T:
    """Return what is read of an answer, and close it."""
    result = asyncio.ensure_future(reading.aside(partial(read, answer)))

    def close(done: asyncio.Future[T]) -> None:
        answer.close()
        if not done.cancelled():
            done.exception()  # nobody may be there any more to be told

    # Who goes away does not close a file that a thread still reads.
    result.add_done_callback(close)
    return await asyncio.shield(result)


async def _asked_again(
    reading: Reading, request: QueryRequest, shown_: _Shown, seconds: float | None
) -> tuple[Selected | None, list[Row] | None]:
    """Return the query whose patterns the rows stand for, and its solutions for them; none where it takes too much.

    It is asked under the same limits as the query itself.
    """
    if shown_.form != "select" or not shown_.rows:
        return None, None
    query, again = await reading.aside(partial(read_again, request.text, shown_.rows))

    async def ask(text: str, left: float) -> tuple[Sequence[Row], int]:
        answer = await reading.ask(replace(request, text=text), left)
        return (await _taken(reading, answer, partial(read_rows, limit=MOST_SOLUTIONS + 1)))[1], answer.size

    return query, await asked_again(again, ask, seconds)


def _first_rows(answer: Answered, limit: int) -> _Shown:
    if answer.kind == "boolean":
        return _Shown("ask", [], [], 1, read_boolean(answer))
    if answer.kind == "graph":
        return _Shown("construct", ["subject", "predicate", "object"], read_triples(answer, limit), answer.rows)
    return _Shown("select", *read_rows(answer, limit), answer.rows)


def _result(
    reading: Reading,
    text: str,
    used: Sequence[Used],
    shown_: _Shown,
    language: Language,
    query: Selected | None,
    found: Sequence[Row] | None,
) -> Result:
    reader, rows = reading.lookup.reader, shown_.rows
    cited_ = cite_triples(reader, rows) if shown_.form == "construct" else cite(reader, rows, query, found)
    data: dict[str, Any] = {
        "form": shown_.form,
        "variables": shown_.variables,
        "rows": _rows(reading, rows, cited_, language),
        "total": shown_.total,
        "omitted": shown_.total - len(rows) if shown_.form != "ask" else 0,
        "hints": [],
    }
    if shown_.boolean is not None:
        data["boolean"] = shown_.boolean
    if shown_.boolean is False or data["total"] == 0:
        data["hints"] = hints(reading, text, used, language)
    return Result({**data, "revision": reading.revision}, joined(_lines(data, language)))


def _rows(
    reading: Reading, rows: Sequence[Row], evidence: Sequence[Sequence[Cited]], language: Language
) -> list[dict[str, Any]]:
    """Return rows as JSON: each value with its name, and the clauses of the row with what they state of it."""
    iris = dict.fromkeys(term.value for row in rows for term in row.values() if term.kind == "iri")
    names = reading.lookup.reader.names(list(iris)[:_MOST_NAMED])
    found = []
    for row, clauses in zip(rows, evidence, strict=True):
        left = {"evidence_omitted": len(clauses) - _CITED} if len(clauses) > _CITED else {}
        cells = {name: _cell(term, names, language) for name, term in row.items()}
        found.append({"values": cells, "evidence": [each.to_json() for each in clauses[:_CITED]], **left})
    return found


def _cell(term: Term, names: Mapping[str, Labels], language: Language) -> dict[str, Any]:
    cell: dict[str, Any] = {"type": term.kind, "value": term.value}
    if term.language:
        cell["lang"] = term.language
    if term.datatype:
        cell["datatype"] = term.datatype
    if term.value in names and term.kind == "iri":
        cell["display"] = shown(names[term.value], language)
    return cell


def _lines(data: Mapping[str, Any], language: Language) -> Iterable[str]:
    if data["form"] == "ask":
        yield say(language, "yes" if data["boolean"] else "no", "是" if data["boolean"] else "否")
    else:
        unit = ("rows", "行") if data["form"] == "select" else ("triples", "个三元组")
        left = (
            f", {data['omitted']} omitted: raise `limit`, or use LIMIT and OFFSET",
            f"，省略 {data['omitted']} {unit[1]}：可提高 `limit`，或使用 LIMIT 和 OFFSET",
        )
        cut = left if data["omitted"] else ("", "")
        yield say(language, f"{data['total']} {unit[0]}{cut[0]}.", f"{data['total']} {unit[1]}{cut[1]}。")
    for number, row in enumerate(data["rows"], 1):
        cells = [f"{name}={_shown_cell(cell)}" for name, cell in row["values"].items()]
        yield f"{number}. {' | '.join(cells)}"
        yield from cited(row, language)
        if row["evidence"] and row["evidence"][0]["states"] == "name":
            words = "These clauses only name what is in the row.", "以上原文仅提及该行中的事物，并不陈述该行。"
            yield f"   {say(language, *words)}"
    for hint in data["hints"]:
        yield hint["message"]


def _shown_cell(cell: Mapping[str, Any]) -> str:
    text = str(cell["value"])
    if cell["type"] == "iri":
        return f"{cell['display']} <{text}>" if "display" in cell else f"<{text}>"
    return text if len(text) <= _CELL else f"{text[:_CELL]}…"
