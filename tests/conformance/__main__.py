"""How many tests of the W3C SPARQL 1.1 suite pass, by category, and which fail, as a page in Markdown.

`python -m tests.conformance --peer oxigraph > docs/conformance.md` writes the page of the documentation.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.conformance.known import KNOWN, OUT_OF_SCOPE
from tests.conformance.running import run_category, surroundings
from tests.conformance.servers import OXIGRAPH, ours, oxigraph
from tests.conformance.suite import RUN, Category, of_category, suite_folder, why_absent

_LONGEST: Final = 200
_NAMES: Final = {"ours": "this service", "oxigraph": "the server of Oxigraph"}
_ABOUT: Final = """# Conformance

The [W3C SPARQL 1.1 test suite](https://github.com/w3c/rdf-tests/tree/main/sparql/sparql11) over HTTP, against
`kg serve --empty --default-graph strict` with a write token, and against `oxigraph serve` with the same runner and the
same judge (`tests/conformance`). Answers are compared by a reader of our own and by rdflib, never by the engine; a
negative syntax test passes here only if the error says line and column. This page is written by
`python -m tests.conformance --peer oxigraph`; `make test` runs the suite where its data is at hand, and fails where a
test fails that is not listed here, or passes and is listed."""

Found = Mapping[Category, Mapping[str, str | None]]


def results(server: str) -> Found:
    """Return what is wrong with each test, or None, by category and test."""
    with tempfile.TemporaryDirectory() as folder, surroundings() as around:
        started = ours(Path(folder), around.origins) if server == "ours" else oxigraph(Path(folder))
        with started as target:
            return {category: run_category(category, target, around) for category in RUN}


def table(columns: Mapping[str, Found]) -> str:
    """Return the passed and all tests of each category as a table in Markdown."""
    lines = [f"| tests | {' | '.join(_NAMES[name] for name in columns)} |", f"|---|{'---:|' * len(columns)}"]
    totals = dict.fromkeys(columns, (0, 0))
    for category in RUN:
        cells = []
        for name, found in columns.items():
            passed = sum(wrong is None for wrong in found[category].values())
            totals[name] = (totals[name][0] + passed, totals[name][1] + len(found[category]))
            cells.append(f"{passed} / {len(found[category])}")
        lines.append(f"| {category} | {' | '.join(cells)} |")
    lines.append(f"| all | {' | '.join(f'{passed} / {count}' for passed, count in totals.values())} |")
    return "\n".join(lines)


def page(columns: Mapping[str, Found]) -> str:
    """Return the table, and below it the tests that fail, each with the reason or else with what is wrong."""
    parts = [_ABOUT, table(columns)]
    for name, found in columns.items():
        wrong = {test: text for each in found.values() for test, text in each.items() if text is not None}
        told = {test: KNOWN.get(test, text) if name == "ours" else text for test, text in wrong.items()}
        parts.append(f"## Not passed: {_NAMES[name]}")
        parts.append("\n".join(f"- `{test}`: {_line(text)}" for test, text in told.items()) or "Nothing.")
    parts.append("## Not run")
    parts.append(
        "\n".join(f"- {name} ({len(of_category(name))} tests): {reason}." for name, reason in OUT_OF_SCOPE.items())
    )
    return "\n\n".join(parts)


def _line(text: str) -> str:
    """Return a text as one line, cut where it is long, without addresses that change from run to run."""
    steady = re.sub(r"127\.0\.0\.1(:|%3A)\d+", r"127.0.0.1\1…", " ".join(text.split()))
    return re.sub(r"_:[0-9a-f]{16,}", "_:…", steady)[:_LONGEST]


def main() -> int:
    """Run, print the table and what fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peer", choices=["oxigraph"], help="also run against this server; bench/ installs it")
    parser.add_argument("--only", choices=["ours", "oxigraph"], help="run against this one alone")
    arguments = parser.parse_args()
    if suite_folder() is None:
        print(why_absent(), file=sys.stderr)
        return 2
    names = [arguments.only] if arguments.only else ["ours", *([arguments.peer] if arguments.peer else [])]
    if "oxigraph" in names and not OXIGRAPH.exists():
        print("the server of Oxigraph is not there; `python -m bench.reliability` installs it", file=sys.stderr)
        return 2
    columns: dict[str, Found] = {}
    for name in names:
        began = time.monotonic()
        columns[name] = results(name)
        print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    print(page(columns))
    failed = [test for found in columns.get("ours", {}).values() for test, wrong in found.items() if wrong is not None]
    return 1 if set(failed) - set(KNOWN) else 0


if __name__ == "__main__":
    sys.exit(main())
