"""The figures of the speed of servers as Markdown: every goal beside what was reached, and the figures themselves."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.load import Load
from bench.measured import Effort, Measured, Run
from bench.peers import TWICE
from bench.reporting import machine
from bench.scales import SAME_QUADS

QUERY_MIXES: Final = ("look-up", "policy", "tree", "aggregate", "text")
API_MIXES: Final = ("things", "lists", "resolve")


Libraries = Mapping[str, Mapping[str, Any]]
"""What libraries do, by library and mix; see `bench.libraries`."""
Runs = Sequence[Run]
Figure = Callable[[Runs], float]
NOTES: Final = Path(__file__).with_name("notes.md")
"""What limits it, and what was tried: a part of the page that people write."""
_LARGE: Final = 600_000
"""How many triples, at least, what is to be measured with 700,000 is measured with."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached: `of` gives the figure, which is to be at least, or at most, `bound`."""

    text: str
    of: Figure
    bound: float
    least: bool = True
    unit: str = "×"

    def line(self, runs: Runs) -> str:
        """Return the line of the table."""
        try:
            value = self.of(runs)
        except (KeyError, StopIteration, statistics.StatisticsError):
            return f"| {self.text} | {self._bound} | not measured | |"
        reached = value >= self.bound if self.least else value <= self.bound
        return f"| {self.text} | {self._bound} | {_short(value)} {self.unit} | {'yes' if reached else '**no**'} |"

    @property
    def _bound(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g} {self.unit}"


def _rate(server: Measured, load: str) -> float:
    return float(statistics.median(each.throughput for each in server.loads[load]))


def _against(
    other: str, kind: str, mixes: Sequence[str], run: Callable[[Runs], Run] | None = None, by: str = "ours"
) -> Figure:
    """Return the geometric mean, over mixes, of our throughput as a multiple of another server's."""

    def ratio(runs: Runs) -> float:
        servers = (run or _smallest)(runs).servers
        loads = [f"{mix} {kind}" for mix in mixes]
        logs = [math.log(_rate(servers[by], load) / _rate(servers[other], load)) for load in loads]
        return math.exp(statistics.fmean(logs))

    return ratio


def _smallest(runs: Runs) -> Run:
    return min(runs, key=lambda run: run.triples)


def _largest(runs: Runs) -> Run:
    return max(runs, key=lambda run: run.triples)


def _large(runs: Runs) -> Run:
    """Return the run with 700,000 triples, or the next larger one."""
    return next(run for run in sorted(runs, key=lambda run: run.triples) if run.triples >= _LARGE)


def _repeated(runs: Runs) -> float:
    ours = _smallest(runs).servers["ours"]
    return statistics.fmean(_rate(ours, f"{mix} repeated") for mix in QUERY_MIXES)


def _of_ours(load: str) -> Figure:
    return lambda runs: _rate(_smallest(runs).servers["ours"], load)


def _latency(run: Run, load: str) -> float:
    return float(statistics.median(each.median for each in run.servers["ours"].loads[load]))


def _grown(runs: Runs, figure: Callable[[Run], float]) -> float:
    if len(runs) < 2:
        raise KeyError
    return figure(_largest(runs)) / figure(_smallest(runs))


def _against_library(name: str, mix: str) -> Figure:
    """Return how many times as many queries of a mix we answer in a second as a library does in its own process."""
    return lambda runs: (
        _rate(_large(runs).servers["ours"], f"{mix} fresh") / float(_large(runs).libraries[name][mix]["throughput"])
    )


def _loading(other: str) -> Figure:
    return lambda runs: _large(runs).loading[other] / _large(runs).loading["ours"]


def _per_quad(runs: Runs) -> float:
    found = _largest(runs).per_quad
    if found is None:
        raise KeyError
    return found


def _write(run: Run) -> float:
    return float(statistics.median(run.servers["ours"].write))


GOALS: Final = (
    Goal("repeated queries, all mixes: Oxigraph server", _against("oxigraph", "repeated", QUERY_MIXES), 4),
    Goal("… look-ups alone", _against("oxigraph", "repeated", ["look-up"]), 4),
    Goal("repeated queries, all mixes: rdflib-endpoint", _against("rdflib-endpoint", "repeated", QUERY_MIXES), 40),
    Goal(
        "a repeated look-up: a bare static answer of its size",
        lambda runs: _of_ours("look-up repeated")(runs) / _rate(_smallest(runs).servers["static"], "static repeated"),
        0.7,
    ),
    Goal("never-seen look-ups: Oxigraph server", _against("oxigraph", "fresh", ["look-up"]), 1),
    Goal(
        "… by two servers of ours on one port",
        _against("oxigraph", "fresh", ["look-up"], by=TWICE),
        1,
    ),
    Goal("never-seen look-ups: rdflib-endpoint", _against("rdflib-endpoint", "fresh", ["look-up"]), 10),
    Goal(
        "never-seen aggregates, 700 k: Oxigraph server on disk", _against("oxigraph", "fresh", ["aggregate"], _large), 5
    ),
    Goal("never-seen tree paths, 700 k: Oxigraph server on disk", _against("oxigraph", "fresh", ["tree"], _large), 5),
    Goal("never-seen aggregates, 700 k: Virtuoso", _against("virtuoso", "fresh", ["aggregate"], _large), 1),
    Goal("never-seen tree paths, 700 k: Virtuoso", _against("virtuoso", "fresh", ["tree"], _large), 1),
    Goal("never-seen aggregates, 700 k: maplib in process", _against_library("maplib", "aggregate"), 1),
    *(
        Goal(
            f"JSON API, {name}: our repeated queries",
            lambda runs, name=name: _of_ours(f"{name} repeated")(runs) / _repeated(runs),  # type: ignore[misc]
            0.5,
        )
        for name in API_MIXES
    ),
    Goal("loading, 700 k: rdflib's parser", _loading("rdflib"), 10),
    Goal("loading, 700 k: `oxigraph load` of the same quads", _loading(SAME_QUADS), 0.8),
    Goal("… of their triples without graphs", _loading("oxigraph"), 0.8),
    Goal("loading a quad: the largest data against a quarter of it", _per_quad, 1.2, least=False),
    Goal(
        "a look-up: the largest data against the smallest",
        lambda runs: _grown(runs, lambda run: _latency(run, "look-up fresh")),
        2,
        least=False,
    ),
    Goal(
        "a small write: 700 k against the seeds",
        lambda runs: _write(_large(runs)) / _write(_smallest(runs)),
        3,
        least=False,
    ),
    Goal(
        "start to first answer, the seeds",
        lambda runs: statistics.median(_smallest(runs).servers["ours"].start),
        1.5,
        least=False,
        unit="s",
    ),
    Goal(
        "all our processes together, the seeds, after all loads",
        lambda runs: _smallest(runs).servers["ours"].memory / (1 << 20),
        250,
        least=False,
        unit="MiB",
    ),
    Goal(
        "all our processes together, the largest data",
        lambda runs: _largest(runs).servers["ours"].memory / (1 << 30),
        6,
        least=False,
        unit="GiB",
    ),
)


def markdown(runs: Runs, effort: Effort, pictures: Sequence[Path] = ()) -> str:
    """Return the page: goals, then the figures of each server with the data of each size."""
    sizes = ", ".join(f"{run.triples:,} ({run.scale})" for run in runs)
    lines = [
        "# Speed",
        "",
        f"Measured by `make bench` on {machine()}. Triples: {sizes}. Each load lasts {effort.seconds:g} s and is "
        f"sent {effort.runs} times by wrk over 8 connections, on the same machine. Ratios are of one run.",
        "",
        "| what, and against what | goal | reached | |",
        "|---|---|---|---|",
        *(goal.line(runs) for goal in GOALS),
        "",
    ]
    if pictures:
        lines += ["## How cost grows", "", *(f"![{path.stem}](performance/{path.name})" for path in pictures), ""]
    lines += [NOTES.read_text("utf-8")]
    for run in runs:
        lines += _of_run(run)
    return "\n".join(lines)


def _of_run(run: Run) -> list[str]:
    found = list(run.servers.values())
    loading = "; ".join(f"{name} {seconds:.1f} s" for name, seconds in run.loading.items()) or "not measured"
    return [
        f"## {run.scale[0].upper()}{run.scale[1:]}: {run.triples:,} triples",
        "",
        f"Loading: {loading}.",
        "",
        "Queries a second: median of the runs, and the smallest and largest; then milliseconds at the median and the "
        "99th percentile, and how many processors the server kept busy.",
        "",
        *_figures(found),
        "",
        "Libraries, in the process of whoever asks, one query after the other, without HTTP: milliseconds at the "
        "median, and how many of the queries are answered at all.",
        "",
        *_libraries(run.libraries),
        "",
        "| server | version | answers equal to the library's | start, s | a small write, ms | most memory, MiB |",
        "|---|---|---|---|---|---|",
        *(_beside(server) for server in found if server.start),
        "",
    ]


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
