"""Hostile clients without pause: `python -m tests.reliability.hostile PORT PATH CLIENTS SECONDS [texts]`."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence

from tests.reliability.battery import BATTERY
from tests.reliability.wire import Endpoint, request_of, send

FAIRNESS = (
    "product-count",
    "product-sort-limit",
    "product-min",
    "path-stars-in-line",
    "product-distinct-count",
    "group-concat",
    "regex-for-each-row",
    "optionals-same-subject",
)

TEXTS = (
    "braces",
    "functions-nested",
    "arithmetic-flat",
    "prefix-bomb",
    "open-string",
    "path-nesting",
    "in-list",
    "bangs",
)
"""Those that cost before they are evaluated at all."""


def attack_without_pause(
    endpoint: Endpoint, clients: int, seconds: float, names: Sequence[str] = FAIRNESS
) -> Counter[int]:
    """Let each client send one attack after the other from an address of its own; return the statuses."""
    attacks = [next(attack for attack in BATTERY if attack.name == name) for name in names]
    statuses: Counter[int] = Counter()
    deadline = time.monotonic() + seconds

    def client(number: int) -> None:
        turn = number
        while (left := deadline - time.monotonic()) > 0:
            attack = attacks[turn % len(attacks)]
            turn += 1
            # Never the same twice: no cache may help.
            varied = request_of(attack, endpoint, "")
            head, body = tuple(varied)
            addition = f" # {number} {turn}".encode()
            length = f"Content-Length: {len(body)}".encode()
            head = head.replace(length, f"Content-Length: {len(body) + len(addition)}".encode())
            statuses[send(endpoint, [head, body + addition], left, f"127.0.1.{number + 1}").status] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


if __name__ == "__main__":
    port, path, clients, seconds, *kind = sys.argv[1:]
    found = attack_without_pause(Endpoint(int(port), path), int(clients), float(seconds), TEXTS if kind else FAIRNESS)
    print(" ".join(f"{status}:{count}" for status, count in sorted(found.items())))
