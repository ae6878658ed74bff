"""The hostile battery against `kg serve`: each attack ends honestly and in time; then a stranger is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.length import is_long
from tests.reliability.asking import COUNT, ask, ask_small, counted, is_right, problem_in
from tests.reliability.attack import Attack
from tests.reliability.battery import BATTERY
from tests.reliability.conftest import linux
from tests.reliability.processes import Watch, memory, settled, tree, zombies
from tests.reliability.serving import Serving, serving
from tests.reliability.wire import Endpoint, Listener, Reply, judge, request_of, send

LONG = is_long(__name__)

pytestmark = [linux, pytest.mark.xdist_group("reliability")]

DEADLINE = 2.0
WORKER_MEMORY = 512 << 20
BOUND = WORKER_MEMORY + (1 << 30)
"""What all processes may hold while one hostile query runs: its worker's share, and as much as an idle service."""

SLOW = (
    "product-sort",
    "product-count",
    "product-group",
    "product-construct",
    "path-all-star",
    "path-rows",
    "group-concat",
    "regex-backtracking",
    "optionals-apart",
    "random-order",
    "limit-huge",
    "describe-everything",
)
"""Those that run up to a limit, of which the short form sends some of each kind."""

QUICK = tuple(
    attack for attack in BATTERY if attack.raw is not None or set(attack.aims) & {"nesting", "network", "crash"}
)
SENT = BATTERY if LONG else tuple(attack for attack in BATTERY if attack.name in SLOW or attack in QUICK)


@dataclass(slots=True)
class Stage:
    """A server that lives through the whole battery, and what it was like before."""

    serving: Serving
    endpoint: Endpoint
    listener: Listener
    watch: Watch
    triples: int
    idle: int


@pytest.fixture(scope="module")
def stage(served: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    settings = {"KG_QUERY_TIMEOUT": f"{DEADLINE:g}", "KG_WORKER_MEMORY": str(WORKER_MEMORY), "KG_LOG": "none"}
    log = tmp_path_factory.mktemp("battery") / "server.log"
    with serving(served, log, settings) as server, Listener().listening() as listener:
        endpoint = Endpoint(server.port)
        triples = counted(ask(endpoint, COUNT))
        assert is_right(ask_small(endpoint))
        with Watch(server.pid).watching() as watch:
            yield Stage(server, endpoint, listener, watch, triples, memory(server.pid))


def test_there_are_more_than_thirty_of_many_kinds() -> None:
    assert len({attack.name for attack in BATTERY}) == len(BATTERY) >= 30
    aims = {aim for attack in BATTERY for aim in attack.aims}
    assert aims == {"time", "memory", "rows", "bytes", "length", "nesting", "network", "crash", "disk", "protocol"}
    assert set(SLOW) <= {attack.name for attack in BATTERY}
    assert len(SENT) >= 30


def test_an_answer_of_which_a_part_is_kept_is_not_judged_by_that_part() -> None:
    attack = next(attack for attack in BATTERY if attack.name == "product-rows")
    part = Reply(200, "application/sparql-results+json", b'{"head": {"vars": ["a"', 10**9, 1.0, complete=True)
    assert judge(attack, part, DEADLINE, 10) == "right"
    assert judge(attack, replace(part, size=len(part.body)), DEADLINE, 10) == "cut"


@pytest.mark.parametrize("attack", SENT, ids=str)
def test_attack_ends_honestly_and_in_time(stage: Stage, attack: Attack) -> None:
    request = request_of(attack, stage.endpoint, stage.listener.url)
    reply = send(stage.endpoint, request, DEADLINE + 6)
    verdict = judge(attack, reply, DEADLINE, stage.triples, fetched=stage.listener.contacts > 0)
    allowed = {"right", "refused", "closed"} if attack.closes else {"right", "refused"}
    assert verdict in allowed, f"{verdict} after {reply.seconds:.2f} s: {reply.status} {reply.body[:500]!r}"
    if reply.status >= 400 and reply.complete and not attack.closes:
        problem = problem_in(reply)
        assert reply.status != 500, problem
        if "limit" in problem and attack.raw is None:
            assert problem["limit"]["name"] in (*attack.limits, "length", "nesting", "body"), problem
            assert {"name", "value", "unit"} <= set(problem["limit"])
    assert is_right(ask_small(stage.endpoint, 3))


def test_nothing_is_left_after_the_battery(stage: Stage) -> None:
    """Runs last: no dead process, no worker that is still busy, nothing fetched, nothing changed, memory given back."""
    assert stage.serving.process.poll() is None
    assert stage.listener.contacts == 0
    assert counted(ask(stage.endpoint, COUNT)) == stage.triples
    assert settled(lambda: zombies(stage.serving.pid) == 0, 5)
    assert settled(lambda: len(tree(stage.serving.pid)) <= 2 + 16, 5), "server, zygote, workers"
    assert settled(lambda: memory(stage.serving.pid) < stage.idle + (256 << 20), 10)
    assert stage.watch.peak < BOUND
