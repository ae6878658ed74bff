"""The figures of the speed of servers as Markdown: every goal beside what was reached, and the figures themselves."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.load import Load
from bench.measured import Effort, Measured
from bench.reporting import machine

QUERY_MIXES: Final = ("look-up", "policy", "tree", "aggregate", "text")
API_MIXES: Final = ("things", "lists", "resolve")


Servers = Mapping[str, Measured]
Libraries = Mapping[str, Mapping[str, Any]]
"""What libraries do, by library and mix; see `bench.libraries`."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached: `of` gives the figure, which is to be at least, or at most, `bound`."""

    text: str
    of: Callable[[Servers], float]
    bound: float
    least: bool = True
    unit: str = "×"

    def line(self, servers: Servers) -> str:
        """Return the line of the table."""
        try:
            value = self.of(servers)
        except KeyError:
            return f"| {self.text} | {self._bound} | not measured | |"
        reached = value >= self.bound if self.least else value <= self.bound
        return f"| {self.text} | {self._bound} | {_short(value)} {self.unit} | {'yes' if reached else '**no**'} |"

    @property
    def _bound(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g} {self.unit}"


def _rate(server: Measured, load: str) -> float:
    return float(statistics.median(each.throughput for each in server.loads[load]))


def _against(other: str, kind: str, mixes: Sequence[str]) -> Callable[[Servers], float]:
    """Return the geometric mean, over mixes, of our throughput as a multiple of another server's."""

    def ratio(servers: Servers) -> float:
        pairs = [(f"{mix} {kind}", f"{mix} {kind}") for mix in mixes]
        logs = [math.log(_rate(servers["ours"], ours) / _rate(servers[other], theirs)) for ours, theirs in pairs]
        return math.exp(statistics.fmean(logs))

    return ratio


def _repeated(servers: Servers) -> float:
    return statistics.fmean(_rate(servers["ours"], f"{mix} repeated") for mix in QUERY_MIXES)


GOALS: Final = (
    Goal("repeated queries, all mixes: Oxigraph server", _against("oxigraph", "repeated", QUERY_MIXES), 4),
    Goal("… look-ups alone", _against("oxigraph", "repeated", ["look-up"]), 4),
    Goal("repeated queries, all mixes: rdflib-endpoint", _against("rdflib-endpoint", "repeated", QUERY_MIXES), 40),
    Goal(
        "a repeated look-up: a bare static answer of its size",
        lambda servers: _rate(servers["ours"], "look-up repeated") / _rate(servers["static"], "static repeated"),
        0.7,
    ),
    Goal("never-seen look-ups: Oxigraph server", _against("oxigraph", "fresh", ["look-up"]), 1),
    Goal("never-seen look-ups: rdflib-endpoint", _against("rdflib-endpoint", "fresh", ["look-up"]), 10),
    Goal("never-seen aggregates: Oxigraph server", _against("oxigraph", "fresh", ["aggregate"]), 5),
    Goal("never-seen paths through the tree: Oxigraph server", _against("oxigraph", "fresh", ["tree"]), 5),
    *(
        Goal(
            f"JSON API, {name}: our repeated queries",
            lambda servers, name=name: _rate(servers["ours"], f"{name} repeated") / _repeated(servers),  # type: ignore[misc]
            0.5,
        )
        for name in API_MIXES
    ),
    Goal("start to first answer", lambda servers: statistics.median(servers["ours"].start), 1.5, least=False, unit="s"),
    Goal(
        "all our processes together, after all loads",
        lambda servers: servers["ours"].memory / (1 << 20),
        250,
        least=False,
        unit="MiB",
    ),
)


def markdown(
    found: Sequence[Measured], libraries: Mapping[str, Mapping[str, Any]], *, triples: int, effort: Effort
) -> str:
    """Return the page: goals, then the figures of each server."""
    servers = {server.name: server for server in found}
    lines = [
        "# Speed",
        "",
        f"Measured by `make bench` on {machine()}; {triples:,} triples; each load lasts {effort.seconds:g} s and is "
        f"sent {effort.runs} times by wrk over 8 connections, on the same machine. Ratios are of one run.",
        "",
        "| what, and against what | goal | reached | |",
        "|---|---|---|---|",
        *(goal.line(servers) for goal in GOALS),
        "",
        "## Queries a second",
        "",
        "Median of the runs, and the smallest and largest; then milliseconds at the median and the 99th percentile.",
        "",
        *_figures(found),
        "",
        "## Libraries",
        "",
        "In the process of whoever asks, one query after the other, without HTTP: milliseconds at the median, and how "
        "many of the queries are answered at all.",
        "",
        *_libraries(libraries),
        "",
        "## Beside",
        "",
        "| server | version | answers equal to the library's | start, s | a small write, ms | most memory, MiB |",
        "|---|---|---|---|---|---|",
        *(_beside(server) for server in found if server.start),
        "",
    ]
    return "\n".join(lines)


def _figures(found: Sequence[Measured]) -> list[str]:
    names = list(dict.fromkeys(name for server in found for name in server.loads))
    lines = [f"| load | {' | '.join(server.name for server in found)} |", f"|---|{'---|' * len(found)}"]
    return lines + [
        f"| {name} | {' | '.join(_cell(server.loads[name]) if name in server.loads else '' for server in found)} |"
        for name in names
    ]


def _cell(loads: Sequence[Load]) -> str:
    rates = [each.throughput for each in loads]
    median, p99 = (statistics.median(getattr(each, name) for each in loads) for name in ("median", "p99"))
    failed = sum(each.failed for each in loads)
    busy = statistics.median(each.processors for each in loads)
    text = (
        f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f}); {_short(median)}, {_short(p99)} ms"
    )
    return f"{text}; {busy:.1f} CPU{f'; **{failed} failed**' if failed else ''}"


def _libraries(libraries: Libraries) -> list[str]:
    if not libraries:
        return ["Not measured."]
    lines = [f"| mix | {' | '.join(libraries)} |", f"|---|{'---|' * len(libraries)}"]
    return lines + [
        f"| {mix} | {' | '.join(_answers(by_mix.get(mix, {})) for by_mix in libraries.values())} |"
        for mix in QUERY_MIXES
    ]


def _answers(found: Mapping[str, Any]) -> str:
    rows = found.get("rows")
    if not rows or found["median"] is None:
        return "none"
    return f"{_short(found['median'])} ms; {sum(each is not None for each in rows)} of {len(rows)}"


def _beside(server: Measured) -> str:
    write = statistics.median(server.write) * 1000 if server.write else float("nan")
    return (
        f"| {server.name} | {server.version} | {server.equal} of {server.asked} | "
        f"{statistics.median(server.start):.2f} | {'—' if math.isnan(write) else f'{write:.0f}'} | "
        f"{server.memory / (1 << 20):.0f} |"
    )


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"
