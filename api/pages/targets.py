"""`/targets`: the targets as a table and as a chart, to sort, filter, group and take along."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from api.described import typed_answer
from api.exchange import Exchange, ExchangeDep, once_each
from api.pages.rendering import Pages
from api.pages.target_files import csv_of, workbook_of
from api.pages.target_mistakes import mistaken
from api.pages.target_table import ROWS, table_content
from api.parameters import FILTER_TEXTS, FormParameters
from api.state import PerRevision, Snapshot
from kg.errors import BadParameter, NotFound
from kg.lookup import FACETS, SORTS, Comparison, Targets, compare
from kg.questions import WORKBOOK

PATH: Final = "/targets"
FILTERS: Final = (*FACETS, "q")
_CSV: Final = "text/csv; charset=utf-8"
_SORTS: Final = tuple(f"{mark}{name}" for name in SORTS for mark in ("", "-"))


def _filter(name: str) -> Any:
    text, example = FILTER_TEXTS[name]
    return Field(max_length=500, description=text, examples=[example] if example else None)


class TargetsParameters(FormParameters):
    """The parameters of the page and of its files: the filters of `/api/v1/targets`, an order, and groups."""

    deadline: Annotated[str | None, _filter("deadline")] = None
    indicator: Annotated[str | None, _filter("indicator")] = None
    sector: Annotated[str | None, _filter("sector")] = None
    comparator: Annotated[Literal["gt", "ge", "eq", "le", "lt", "approx"] | None, _filter("comparator")] = None
    policy: Annotated[str | None, _filter("policy")] = None
    measure: Annotated[str | None, _filter("measure")] = None
    quantitative: Annotated[Literal["true", "false"] | None, _filter("quantitative")] = None
    q: Annotated[str | None, _filter("q")] = None
    sort: Annotated[str, Field(description=f"One of {', '.join(SORTS)}; `-` before it turns it round.")] = "source"
    group: Annotated[
        Literal["none", "deadline", "indicator", "sector", "comparator", "policy"],
        Field(description="What the rows are grouped by; a target has a row for each sector that its scope names."),
    ] = "none"
    show: Annotated[Literal["all", "table", "chart"], Field(description="What the page shows.")] = "all"
    page: Annotated[int, Field(ge=1, le=1_000_000, description=f"Which {ROWS} rows the page shows.")] = 1

    def filters(self) -> dict[str, str]:
        """Return the filters that are given, by name.

        Raises:
            BadParameter: a year is none.
        """
        found = {name: value.strip() for name in FILTERS if (value := getattr(self, name)) and value.strip()}
        year = found.get("deadline")
        if year is not None and not (year.isascii() and year.isdigit() and len(year) == 4):
            raise BadParameter("deadline", year, "must be a year, such as 2027", "应为年份，如 2027")
        return found

    def order(self) -> str:
        """Return what is sorted by.

        Raises:
            BadParameter: there is no such order.
        """
        if self.sort not in _SORTS:
            raise BadParameter("sort", self.sort, f"may be {', '.join(_SORTS)}", f"可为 {'、'.join(_SORTS)}")
        return self.sort


Parameters = Annotated[TargetsParameters, Query()]


def targets_of(snapshot: Snapshot) -> Targets:
    """Return the targets of a revision, as they are compared."""
    return Targets(snapshot.lookup.finder)


def targets_router() -> APIRouter:
    """Return the router of the page and of its files."""
    router = APIRouter(tags=["pages"], dependencies=[Depends(once_each)])

    @router.get(PATH, summary="Compare targets", responses=typed_answer(["text/html"], 400, 404, 422))
    def page(exchange: ExchangeDep, parameters: Parameters) -> Response:
        """Show the targets that pass the filters as a table and as a chart."""
        pages: Pages = exchange.request.app.state.pages
        try:
            targets, comparison = _compared(exchange, parameters)
        except (NotFound, BadParameter) as error:
            if not exchange.reads_html:
                raise
            return mistaken(exchange, error)

        def content() -> str:
            shown = table_content(exchange, targets, comparison, parameters.model_dump())
            return pages.render("targets.html", exchange, "targets", **shown)

        return exchange.html(content)

    @router.get(f"{PATH}.csv", summary="Targets as CSV", responses=typed_answer(["text/csv"], 400, 404, 422))
    def as_csv(exchange: ExchangeDep, parameters: Parameters) -> Response:
        """Return all rows that the page has for the same parameters, in the same order; `page` is not looked at."""
        targets, comparison = _compared(exchange, parameters)
        tag = exchange.tag(*exchange.asked, _CSV, exchange.language)
        if exchange.is_known(tag):
            return exchange.not_modified(tag)
        headers = {**exchange.headers(tag), **_attachment("csv")}
        return StreamingResponse(csv_of(exchange, targets, comparison, parameters.group), 200, headers, _CSV)

    @router.get(f"{PATH}.xlsx", summary="Targets as a workbook", responses=typed_answer([WORKBOOK], 400, 404, 422))
    def as_workbook(exchange: ExchangeDep, parameters: Parameters) -> Response:
        """Return all rows that the page has for the same parameters, in the same order; `page` is not looked at."""
        targets, comparison = _compared(exchange, parameters)
        asked = {**parameters.filters(), "sort": parameters.sort, "group": parameters.group}

        def content() -> bytes:
            return workbook_of(exchange, targets, comparison, parameters.group, asked)

        return exchange.answer(WORKBOOK, content, variant=exchange.language, headers=_attachment("xlsx"))

    return router


def _compared(exchange: Exchange, parameters: TargetsParameters) -> tuple[Targets, Comparison]:
    known: PerRevision[Targets] = exchange.request.app.state.targets
    targets = known.of(exchange.snapshot)
    found = compare(targets, parameters.filters(), parameters.order(), parameters.group, exchange.language)
    return targets, found


def _attachment(extension: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="targets.{extension}"'}
