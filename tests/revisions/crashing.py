"""A process whose writes are killed at a given step: run as a program, it reads steps and says how each write ended.

A step is an event that Python reports before it happens (PEP 578): a file below the store that is opened for writing,
renamed or removed, a directory that is made, the lock. Each write runs in a forked child, which kills itself as
`kill -9` would. What RocksDB does within is no step here.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from kg.revisions import RevisionStore
from tests.revisions.helpers import MADE, applying, content, line

STEPS = {"os.rename", "os.mkdir", "os.remove"}


def kill_at(step: int, root: str) -> None:
    """Kill this process at its n-th step."""
    left = [step]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        below = bool(arguments) and str(arguments[0]).startswith(root)
        opened = event == "open" and below and "w" in str(arguments[1])
        if not (opened or (event in STEPS and below) or event == "fcntl.flock"):
            return
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def write(store: RevisionStore, action: str, value: str) -> None:
    if action == "publish":
        store.publish(content(value), MADE)
    elif action == "rollback":
        store.rollback(next(entry.revision for entry in store.history() if entry.seq == 1), author="")
    else:
        end = (lambda _: os._exit(9)) if action == "commit" else (lambda _: None)
        store.write(applying(add=(line(value),)), kind="update", author="", on_commit=end)


def main() -> None:
    """Read `action step value` a line, and answer each with the exit code of its child."""
    root = Path(sys.argv[1])
    for request in sys.stdin:
        action, step, value = request.split()
        child = os.fork()
        if child == 0:
            kill_at(int(step), str(root))
            write(RevisionStore(root, keep=2), action, value)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
