"""The numbers of the targets as bars, one chart for each unit, on a logarithmic scale where they range widely."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.pages.target_view import Viewed
from api.views import figure_of, number, text_in
from api.words import Language
from kg.lookup import Brief

BARS: Final = 20
"""Bars of a chart, those of the largest numbers."""
CHARTS: Final = 8
"""Charts of the page, those of the units that most targets have."""
WIDE: Final = 1000.0
"""From this ratio of the largest to the smallest number on, a scale is logarithmic: else the small have no length."""

RATIO: Final = "比率"
"""The symbol of the unit of shares, which are shown in percent."""

_FACTORS: Final[Mapping[Language, Sequence[tuple[float, str]]]] = {
    "en": ((1e12, "tn"), (1e9, "bn"), (1e6, "m")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale: where, in percent, and its number."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A target: what it is called, its figure and year; in percent, where its bar begins, how long it is, its end."""

    address: str
    name: str
    label: str
    figure: str
    year: str
    start: float
    length: float
    at: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The targets of one unit; `total` counts those that are not shown as well.

    `factor` is by how much a line of a logarithmic scale is more than the one before; empty where it is a linear one.
    """

    unit: str
    name: str
    factor: str
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Charts:
    """All charts; `without` targets have no number, and `left_out` are of units that are not shown."""

    charts: tuple[Chart, ...]
    without: int
    left_out: int


def chart_of(view: Viewed) -> Charts:
    """Return the charts of the targets that were found."""
    by_unit: dict[str, list[tuple[float, Brief]]] = {}
    for brief in view.comparison.briefs:
        if brief.value is not None and math.isfinite(brief.value):
            by_unit.setdefault(brief.unit, []).append((brief.value, brief))
    units = sorted(by_unit, key=lambda unit: (-len(by_unit[unit]), unit))
    with_numbers = sum(len(found) for found in by_unit.values())
    shown = units[:CHARTS]
    charts = tuple(_chart(view, unit, by_unit[unit]) for unit in shown)
    return Charts(charts, len(view.comparison.briefs) - with_numbers, with_numbers - sum(c.total for c in charts))


def _chart(view: Viewed, unit: str, found: Sequence[tuple[float, Brief]]) -> Chart:
    largest = sorted(found, key=lambda pair: -pair[0])[:BARS]
    values = [value for value, _ in largest]
    low, high = min(values), max(values)
    logarithmic = low > 0 and high / low >= WIDE
    language = view.exchange.language
    whole = 1.0 if unit == RATIO and high <= 1 else high  # a share stands before the whole
    places = log_scale(low, high) if logarithmic else scale(min(low, 0.0), max(whole, 0.0))
    first, last = places[0], places[-1]

    def at(value: float) -> float:
        if logarithmic:
            if value <= 0:
                return 0.0
            share = (math.log10(value) - math.log10(first)) / (math.log10(last) - math.log10(first))
        else:
            share = (value - first) / (last - first)
        return round(100 * share, 2)

    ticks = tuple(Tick(at(place), short_number(place, unit, language)) for place in places)
    name = text_in(view.targets.unit_labels.get(unit), language)
    factor = number(round(places[1] / places[0])) if logarithmic else ""
    return Chart(unit, name, factor, ticks, _marks(view, largest, at), len(found))


def _marks(view: Viewed, found: Sequence[tuple[float, Brief]], at: Callable[[float], float]) -> tuple[Mark, ...]:
    things = view.exchange.snapshot.lookup.several("target", [brief.iri for _, brief in found])
    marks = []
    for (value, brief), thing in zip(found, things, strict=True):
        json = thing.to_json()
        figure = figure_of({**json, "deadline_year": None}, view.exchange.language)
        named = json["indicator"] or json
        label = text_in(thing.label, view.exchange.language)
        name = text_in(named["label"], view.exchange.language)
        year = str(json.get("deadline_year") or "")
        here, zero = at(value), at(0.0)
        start, length = min(here, zero), round(abs(here - zero), 2)
        marks.append(Mark(view.exchange.page_of(brief.iri), name, label, figure, year, start, length, here))
    return tuple(marks)


def scale(low: float, high: float) -> list[float]:
    """Return the lines of a scale from `low` to `high` and a little beyond, at round numbers.

    >>> scale(0, 4.4), scale(-3, 0), scale(0, 0)
    ([0.0, 2.0, 4.0, 6.0], [-3.0, -2.0, -1.0, 0.0], [0, 1.0])
    """
    if high <= low:
        return [low, low + 1.0]
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((power * each for each in _STEPS if power * each >= rough * 0.999), power * 10)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, last + 1)]


def log_scale(low: float, high: float) -> list[float]:
    """Return the lines of a logarithmic scale: powers of ten, six at most between the first and the last.

    >>> log_scale(50, 1e8)
    [10.0, 100.0, 1000.0, 10000.0, 100000.0, 1000000.0, 10000000.0, 100000000.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high) - 1e-9)
    every = max(1, math.ceil((last - first) / 8))
    last = first + every * math.ceil((last - first) / every)
    return [10.0**power for power in range(first, last + 1, every)]


def short_number(value: float, unit: str, language: Language) -> str:
    """Return the number of a line of a scale, short.

    >>> short_number(6e19, "FLOPS", "en"), short_number(4e11, "CNY", "zh"), short_number(4e11, "CNY", "en")
    ('60 E', '4,000亿', '400bn')
    """
    size = abs(value)
    if unit.endswith("FLOPS") or size >= 1e15:
        for factor, prefix in ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")):
            if size >= factor:
                return f"{number(round(value / factor, 3))} {prefix}"
    if unit == RATIO:
        return f"{number(round(100 * value, 3))}%"
    for factor, word in _FACTORS[language]:
        if size >= factor:
            return f"{number(round(value / factor, 3))}{word}"
    return number(value)
