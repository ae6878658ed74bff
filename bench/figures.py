"""The measured figures as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.promises import Fairness, Slow
from bench.tested import TESTED, Result
from tests.reliability.asking import Asked
from tests.reliability.wire import HONEST, Verdict

WORDS: Mapping[Verdict, str] = {
    "right": "answered",
    "refused": "refused",
    "closed": "closed",
    "broken": "broken off",
    "cut": "**200, cut**",
    "wrong": "**wrong**",
    "late": "**late**",
    "hang": "**no end**",
    "fetched": "**fetched**",
    "gone": "**gone**",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attack."""

    attack: str
    verdict: Verdict
    status: int
    seconds: float
    died: bool
    probe: float | None
    """Milliseconds of a stranger's query right after it; None where it was not answered within 5 s."""


@dataclass(slots=True)
class Figures:
    """What was measured of one server."""

    name: str
    about: str
    version: str
    outcomes: list[Outcome] = field(default_factory=list)
    deaths: int = 0
    killed_for_memory: int = 0
    peak: int = 0
    contacts: int = 0
    fairness: Fairness | None = None
    slow: Slow | None = None
    busy: float | None = None
    """Processors that are busy two seconds after the clients went away; None where the server did not answer then."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, which tests hold us to it, and the figure of a server."""

    text: str
    tests: tuple[str, ...]
    figure: Callable[[Figures], str]


def promises(deadline: float) -> tuple[Promise, ...]:
    """Return the promises that are measured on every server."""
    battery, fair, streams = (f"reliability/test_{name}.py" for name in ("battery", "fairness", "streams"))
    return (
        Promise(
            f"A query has ended {deadline + 1:g} s after it was sent, whatever it asks for",
            (battery,),
            lambda item: f"{_of(item, 'late', 'hang')} of {len(item.outcomes)} had not; longest {_longest(item)}",
        ),
        Promise(
            "An answer is whole, or it is an error: no 200 that is cut or wrong",
            (battery, streams),
            lambda item: f"{_of(item, 'cut', 'wrong')} were, {_of(item, 'gone')} without any answer",
        ),
        Promise(
            "Memory is bounded, by worker and so in all",
            (battery,),
            lambda item: (
                f"most {_peak(item)}"
                + (f"; ended for it {item.killed_for_memory} times" if item.killed_for_memory else "")
            ),
        ),
        Promise("The service outlives every query", (battery,), lambda item: f"started again {item.deaths} times"),
        Promise("A stranger is answered right after an attack", (battery,), _probes),
        Promise("Nothing is fetched for strangers", (battery,), lambda item: f"{item.contacts} addresses fetched"),
        Promise(
            "Beside 8 hostile clients, a small query takes less than 5 times as long, and none fails",
            (fair,),
            lambda item: (
                f"{_ratio(item.fairness)} ({_median(_alone(item))} → {_median(_beside(item))}), "
                f"{_failed(_beside(item))} failed"
            ),
        ),
        Promise(
            "Who reads slowly holds no memory and no worker",
            (streams,),
            lambda item: f"8 readers: {_grown(item.slow)}; small query {_median(_meanwhile(item))}",
        ),
        Promise(
            "Who goes away stops the query",
            (streams,),
            lambda item: f"{_busy(item)} processors busy 2 s later",
        ),
    )


def markdown(
    figures: Sequence[Figures], deadline: float, attacks: Sequence[str], machine: str, tested: Sequence[Result]
) -> str:
    """Return the page: what is promised, the summary, and each attack with its outcome by server."""
    names = " | ".join(item.name for item in figures)
    rule = "|---" * (len(figures) + 1) + "|"
    shown = [(promise, " | ".join(promise.figure(item) for item in figures)) for promise in promises(deadline)]
    lines = [
        "# Reliability",
        "",
        "What the service promises to those who share it with strangers, the test that proves it, and its figure",
        "beside that of two other servers under the same attacks. Made by `make bench-reliability`; not to be edited.",
        "What each line means is in [bench/README.md](../bench/README.md).",
        "",
        f"Deadline {deadline:g} s where it can be set; {machine}.",
        "",
        *(f"- {item.name}: {item.version}, {item.about}" for item in figures),
        "",
        "## Promises",
        "",
        f"| promise | test | {names} |",
        f"|---{rule}",
        *(f"| {promise.text} | {_links(promise.tests)} | {cells} |" for promise, cells in shown),
        *_tested(tested),
        "",
        "## The battery in numbers",
        "",
        f"| | {names} |",
        rule,
        *(f"| {label} | {' | '.join(cells)} |" for label, cells in _summary(figures, deadline)),
        "",
        "## Each attack",
        "",
        "A cell is the outcome, the status and the seconds; ✝ says that the server had to be started again after it.",
        "The attacks themselves are in [battery.py](../tests/reliability/battery.py).",
        "",
        f"| attack | {names} |",
        rule,
        *(f"| {name} | {' | '.join(_cell(item, name) for item in figures)} |" for name in attacks),
        "",
    ]
    return "\n".join(lines)


def _tested(results: Sequence[Result]) -> list[str]:
    """Return the table of the promises that tests alone prove."""
    if not results:
        return []
    cells = [(promise.text, _links(promise.tests), str(found)) for promise, found in zip(TESTED, results, strict=True)]
    return [
        "",
        "What our tests alone prove, in the same run; the W3C's tests of Oxigraph's server are in "
        "[conformance.md](conformance.md):",
        "",
        "| promise | test | figure |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in cells),
    ]


def _links(tests: Sequence[str]) -> str:
    """Return links to tests, each below `tests/`, by the names of their files."""
    paths = dict.fromkeys(test.partition("::")[0] for test in tests)
    return ", ".join(f"[{path.rpartition('/')[2]}](../tests/{path})" for path in paths)


def _peak(item: Figures) -> str:
    return f"{item.peak / (1 << 20):,.0f} MiB"


def _summary(figures: Sequence[Figures], deadline: float) -> list[tuple[str, list[str]]]:
    return [
        ("attacks sent", [str(len(item.outcomes)) for item in figures]),
        ("… ended honestly and in time", [_share(item) for item in figures]),
        (f"… not ended {deadline + 1:g} s later or later still", [_of(item, "late", "hang") for item in figures]),
        ("… 200 with a cut or wrong answer", [_of(item, "cut", "wrong") for item in figures]),
        ("… no answer, connection lost", [_of(item, "gone") for item in figures]),
        ("server had to be started again", [str(item.deaths) for item in figures]),
        ("… since it grew past the memory bound", [str(item.killed_for_memory) for item in figures]),
        ("longest time to an end", [_longest(item) for item in figures]),
        ("most memory, all processes", [_peak(item) for item in figures]),
        ("strangers answered right after an attack", [_probes(item) for item in figures]),
        ("addresses fetched for strangers", [str(item.contacts) for item in figures]),
        ("small query, undisturbed: median", [_median(_alone(item)) for item in figures]),
        ("… beside 8 hostile clients: median", [_median(_beside(item)) for item in figures]),
        ("… times the undisturbed median", [_ratio(item.fairness) for item in figures]),
        ("… 95 % below", [_p95(_beside(item)) for item in figures]),
        ("… failed of all", [_failed(_beside(item)) for item in figures]),
        ("8 slow readers of a large answer: memory grew by", [_grown(item.slow) for item in figures]),
        ("… small query meanwhile: median", [_median(_meanwhile(item)) for item in figures]),
        ("processors busy 2 s after 4 clients went away", [_busy(item) for item in figures]),
    ]


def _alone(item: Figures) -> Asked | None:
    return item.fairness.alone if item.fairness else None


def _beside(item: Figures) -> Asked | None:
    return item.fairness.beside if item.fairness else None


def _meanwhile(item: Figures) -> Asked | None:
    return item.slow.beside if item.slow else None


def _of(item: Figures, *verdicts: Verdict) -> str:
    return str(sum(outcome.verdict in verdicts for outcome in item.outcomes))


def _share(item: Figures) -> str:
    fine = sum(outcome.verdict in HONEST and not outcome.died for outcome in item.outcomes)
    kinds = Counter(outcome.verdict for outcome in item.outcomes)
    return f"{fine} of {len(item.outcomes)} ({kinds['right']} answered)"


def _longest(item: Figures) -> str:
    if any(outcome.verdict == "hang" for outcome in item.outcomes):
        return f"> {max(outcome.seconds for outcome in item.outcomes):.0f} s"
    return f"{max((outcome.seconds for outcome in item.outcomes), default=0):.1f} s"


def _probes(item: Figures) -> str:
    answered = sorted(outcome.probe for outcome in item.outcomes if outcome.probe is not None)
    slowest = f", slowest {answered[-1]:,.0f} ms" if answered else ""
    return f"{len(answered)} of {len(item.outcomes)}{slowest}"


def _median(asked: Asked | None) -> str:
    return "–" if asked is None else (f"{asked.median:.1f} ms" if asked.answered else "never answered")


def _p95(asked: Asked | None) -> str:
    return "–" if asked is None else (f"{asked.p95:.1f} ms" if asked.answered else "never answered")


def _failed(asked: Asked | None) -> str:
    return "–" if asked is None else f"{asked.failed} of {asked.answered + asked.failed}"


def _ratio(found: Fairness | None) -> str:
    if found is None:
        return "–"
    gone = "" if found.survived else ", then gone"
    return (f"{found.beside.median / found.alone.median:.1f} ×" if found.beside.answered else "–") + gone


def _grown(slow: Slow | None) -> str:
    return "–" if slow is None else f"{slow.grown / (1 << 20):,.0f} MiB"


def _busy(item: Figures) -> str:
    return "–" if item.busy is None else f"{item.busy:.2f}"


def _cell(item: Figures, name: str) -> str:
    outcome = next(outcome for outcome in item.outcomes if outcome.attack == name)
    status = f" {outcome.status}" if outcome.status else ""
    return f"{WORDS[outcome.verdict]}{status}, {outcome.seconds:.1f} s{' ✝' if outcome.died else ''}"
