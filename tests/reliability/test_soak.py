"""A mixed load for a while: memory, files and processes stay as they were after the first part of it."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.length import is_long
from tests.reliability.asking import LARGE, ask_small, problem_in, query
from tests.reliability.attack import Attack
from tests.reliability.battery import BATTERY
from tests.reliability.conftest import TOKEN, linux
from tests.reliability.processes import descriptors, memory, settled, shown, tree, zombies
from tests.reliability.serving import ROOT, Serving, serving
from tests.reliability.wire import Endpoint, Reply, request_of, send
from tests.reliability.writing import graph, insert, put, update

LONG = is_long(__name__)

pytestmark = [linux, pytest.mark.xdist_group("crashes")]

SECONDS = float(os.environ.get("KG_SOAK_SECONDS") or (240 if LONG else 9))
WARM = 0.4
"""The part of the time after which nothing may grow any more."""

GROWTH = 6.0
"""MiB a minute by which memory may seem to grow: twice what the noise of measuring gives in the long form."""

PATHS = (
    "/",
    "/health/ready",
    "/api/v1/sectors?limit=20",
    "/api/v1/targets?deadline=2027&limit=5",
    "/ontology",
    "/openapi.json",
    "/.well-known/void",
    "/sparql",
    "/nowhere",
)
QUESTIONS = tuple(path.read_text("utf-8") for path in sorted((ROOT / "ontology" / "questions").glob("*.rq")))


@dataclass(slots=True)
class Load:
    """Clients of several kinds, and what they were answered."""

    endpoint: Endpoint
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self, action: Callable[[random.Random], Reply], seed: int, pause: float = 0.0) -> threading.Thread:
        """Have a client act again and again."""

        def acting() -> None:
            chance = random.Random(seed)
            while not self.over.wait(pause):
                reply = action(chance)
                self.statuses[reply.status] += 1
                if reply.status == 500 or (reply.status >= 400 and problem_in(reply)["status"] != reply.status):
                    self.wrong.append(f"{reply.status} {reply.body[:300]!r}")

        thread = threading.Thread(target=acting, daemon=True)
        thread.start()
        return thread


def test_memory_is_steady_under_a_mixed_load(
    fresh: Callable[[str], Path], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    settings = {
        "KG_QUERY_TIMEOUT": "1",
        "KG_WORKER_MEMORY": "256MiB",
        "KG_WRITE_TOKEN": TOKEN,
        "KG_LOG": "none",
        "KG_KEEP_REVISIONS": "3",
        "KG_CACHE_BYTES": "4MiB",
    }
    with serving(fresh("seeds"), tmp_path / "server.log", settings) as server:
        load = Load(Endpoint(server.port))
        began = time.monotonic()
        threads = _clients(load)
        samples, files = _watch(server, began)
        load.over.set()
        for thread in threads:
            thread.join(30)
        assert settled(lambda: zombies(server.pid) == 0, 5)
        assert settled(lambda: len(tree(server.pid)) <= 3 + 16, 10), shown(server.pid)
        assert ask_small(load.endpoint).status == 200
        rate = _slope(samples)
        held = [size >> 20 for _, size in samples]
        steady = SECONDS >= 120  # a slope over seconds says nothing
        record_property(
            "figure",
            f"{SECONDS:g} s, {sum(load.statuses.values())} requests {dict(sorted(load.statuses.items()))}: "
            f"memory {min(held)} to {max(held)} MiB{f', {rate:+.1f} MiB a minute' if steady else ''}; "
            f"{files[0]} files at first, {files[1]} at the end",
        )
    assert load.wrong == []
    assert load.statuses[200] > SECONDS
    assert load.statuses[0] == 0
    assert files[1] <= files[0] + 8
    assert not steady or rate < GROWTH
    assert max(held) < 1024


def _clients(load: Load) -> list[threading.Thread]:
    endpoint = load.endpoint
    attacks = [attack for attack in BATTERY if attack.raw is None and attack.operation == "query"]
    numbers = iter(range(1, 10**9))

    def path(chance: random.Random) -> Reply:
        head = f"GET {chance.choice(PATHS)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        return send(endpoint, [head.encode()], 20, "127.0.5.1")

    def question(chance: random.Random) -> Reply:
        text = f"{chance.choice(QUESTIONS)}\n# {chance.random() if chance.random() < 0.5 else ''}"
        return send(endpoint, query(text), 20, "127.0.5.2")

    def hostile(chance: random.Random) -> Reply:
        attack: Attack = chance.choice(attacks)
        return send(endpoint, request_of(attack, endpoint, "http://127.0.0.1:9/"), 20, "127.0.5.3")

    def gone(chance: random.Random) -> Reply:
        send(endpoint, query(f"{LARGE} # {chance.random()}"), 0.05, "127.0.5.4")
        return ask_small(endpoint, 20)

    def writing(chance: random.Random) -> Reply:
        number = next(numbers)
        return update(endpoint, insert(number % 50)) if chance.random() < 0.5 else put(endpoint, graph(number))

    actions = ((path, 0.02), (question, 0.02), (hostile, 0.1), (gone, 0.2), (writing, 0.5))
    return [load.run(action, seed, pause) for seed, (action, pause) in enumerate(actions)]


def _watch(server: Serving, began: float) -> tuple[list[tuple[float, int]], tuple[int, int]]:
    """Return the memory at moments after the warm-up, and how many files were open first and last."""
    samples: list[tuple[float, int]] = []
    first: list[int] = []
    last: list[int] = []
    while (moment := time.monotonic() - began) < SECONDS:
        assert server.process.poll() is None, server.said
        time.sleep(0.5)
        if moment > WARM * SECONDS:
            samples.append((moment, memory(server.pid)))
            (first if moment < (WARM + 1) / 2 * SECONDS else last).append(descriptors(server.pid, but=".sst"))
    # The least of each half: what is open for a request that is under way does not count; and of how many files a
    # revision consists, which writes add to until they are put together, is no leak.
    return samples, (min(first), min(last))


def _slope(samples: list[tuple[float, int]]) -> float:
    """Return by how many MiB a minute memory grows: the slope through the medians of the first and the last third."""
    third = max(1, len(samples) // 3)
    ends = []
    for part in (samples[:third], samples[-third:]):
        held = sorted(size for _, size in part)
        ends.append((sum(moment for moment, _ in part) / len(part), held[len(held) // 2] / (1 << 20)))
    (first, small), (last, large) = ends
    return 60 * (large - small) / max(1.0, last - first)
