"""The promises that our tests alone prove, and what one run of those tests says of each."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.peers import ROOT


@dataclass(frozen=True, slots=True)
class Tested:
    """A promise, and the tests that prove it: files, or single tests after `::`, below `tests/`."""

    text: str
    tests: tuple[str, ...]


TESTED: Final = (
    Tested(
        "Beside 8 hostile clients, whether they send queries that never end or texts that are hard to read",
        ("reliability/test_fairness.py::test_a_stranger_is_answered_beside_eight_hostile_clients",),
    ),
    Tested(
        "Past the cap it is 503 with Retry-After, and one client alone cannot reach it",
        (
            "reliability/test_fairness.py::test_past_the_cap_it_is_503_with_retry_after",
            "reliability/test_fairness.py::test_one_client_alone_cannot_take_all_workers",
            "workers/test_gate.py",
        ),
    ),
    Tested("Answers stream to who reads, and who does not read is left", ("reliability/test_streams.py",)),
    Tested(
        "Deadline, memory, rows and bytes hold for each query, and its worker is replaced", ("workers/test_pool.py",)
    ),
    Tested(
        "SPARQL 1.1 Query, Update, Protocol, Graph Store and Service Description over HTTP, as the W3C tests them",
        ("conformance/test_suite.py",),
    ),
    Tested("Clients just work: SPARQLWrapper, rdflib, Jena, Comunica", ("clients",)),
    Tested("What is described of the data and of the service is so", ("metadata", "api/test_dataset.py")),
    Tested(
        "What violates the shapes is 422 with the report, who expects another revision is 412; neither changes data",
        ("api/test_updates.py", "revisions/test_write.py"),
    ),
    Tested(
        "To validate a write costs what it touches, not what is there",
        ("validate/test_changes.py::test_cost_does_not_grow_with_the_untouched_graph",),
    ),
    Tested(
        "A write is found valid exactly where all of the graph then is",
        (
            "validate/test_changes.py::test_change_violates_what_everything_then_violates",
            "validate/test_changes.py::test_change_that_reaches_far_is_followed",
            "validate/test_changes.py::test_triple_that_stands_in_another_graph_as_well_stays",
            "validate/test_changes.py::test_shapes_that_may_look_anywhere_have_everything_validated",
            "validate/test_changes.py::test_shapes_of_all_kinds_are_read_right",
        ),
    ),
    Tested(
        "What was acknowledged outlives kill -9, nothing is there by half, nothing needs repair",
        ("reliability/test_crashes.py", "revisions/test_crash.py"),
    ),
    Tested("A full disk and a missing permission are errors for the writer alone", ("reliability/test_disk.py",)),
    Tested(
        "Revisions are listed, compared, gone back to and pruned, with who and when",
        ("cli/test_revisions.py", "api/test_revisions.py", "revisions/test_history.py"),
    ),
    Tested(
        "SERVICE, LOAD and remote FROM are 403 in any spelling, and data where they are data",
        ("engine/test_examine.py", "engine/test_admission.py"),
    ),
    Tested("What an operator allows is exact: no other host, no redirect, no private range", ("federation",)),
    Tested(
        "Tokens are compared in constant time and never logged",
        ("api/test_tokens.py", "api/operations/test_logs.py"),
    ),
    Tested("Each client has so many requests a second", ("api/operations/test_ratelimit.py",)),
    Tested(
        "Addresses, headers, bodies have limits; who sends slowly is cut off",
        ("api/operations/test_requests.py", "api/operations/test_connections.py"),
    ),
    Tested(
        "No page runs a script but this server's, or stands in a frame; CORS without credentials",
        ("api/operations/test_headers.py",),
    ),
    Tested("Metrics are apart, and strangers cannot make them grow", ("api/operations/test_metrics.py",)),
    Tested("Fuzzing finds no 500 and no dead worker", ("fuzz",)),
    Tested("Memory is steady under a mixed load", ("reliability/test_soak.py",)),
)


@dataclass(slots=True)
class Result:
    """What became of the tests of a promise: how many passed, failed, were skipped; and what they have measured."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    figures: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether there were tests, and none failed."""
        return bool(self.passed) and not self.failed

    def __str__(self) -> str:
        """Return it as a cell of a table."""
        tests = f"{self.passed} test{'s' if self.passed != 1 else ''} passed"
        if not self.passed:
            tests = "**not run**"
        if self.failed:
            tests = f"**{len(self.failed)} failed**: {', '.join(self.failed)}"
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        counts = [f"{count:,} {name}" for name, count in self.counts.items()]
        return "; ".join([*self.figures, *counts, tests + skipped])


def run_tests(*, long: bool) -> list[Result]:
    """Run all of those tests, one after the other, and return what they say of each promise, in order.

    The tests of reliability run in their long form (200 kills, minutes of load), all others where it is asked for.
    """
    paths = sorted({f"tests/{test.partition('::')[0]}" for promise in TESTED for test in promise.tests})
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        for option in ("junit_family=xunit1", "faulthandler_timeout=3600"):  # the former has room for figures
            command += ["-o", option]
        command += paths
        environment = {**os.environ, "KG_LONG": "1" if long else "tests.reliability"}
        subprocess.run(command, check=False, cwd=ROOT, env=environment, stdout=2)
        cases = list(ET.parse(report).getroot().iter("testcase")) if report.exists() else []
    return [_result(promise, cases) for promise in TESTED]


def _result(promise: Tested, cases: Sequence[ET.Element]) -> Result:
    found = Result()
    for case in cases:
        if any(_is_of(case, test) for test in promise.tests):
            _count(found, case)
    return found


def _is_of(case: ET.Element, test: str) -> bool:
    """Tell whether a case belongs to a folder, a file, or a test."""
    path, _, name = test.partition("::")
    module = f"tests.{path.removesuffix('.py').replace('/', '.')}"
    there = case.get("classname", "")
    return (there == module or there.startswith(f"{module}.")) and name in {"", case.get("name", "").partition("[")[0]}


def _count(found: Result, case: ET.Element) -> None:
    kinds = {child.tag for child in case}
    if kinds & {"failure", "error"}:
        found.failed.append(case.get("name", ""))
    elif "skipped" in kinds:
        found.skipped += 1
    else:
        found.passed += 1
    for item in case.iter("property"):
        name, value = item.get("name", ""), item.get("value", "")
        if name == "figure":
            found.figures.append(value)
        else:
            found.counts[name] += int(value)
