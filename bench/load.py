"""A load that is not ours: wrk sends the requests, and says how many were answered and how soon."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.reliability.processes import processor_seconds

WRK: Final = shutil.which("wrk")
CONNECTIONS: Final = 8
_SCRIPT: Final = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one load: requests answered a second, milliseconds at the median and the 99th percentile.

    `processors` is how many of them the server's processes kept busy, `failed` how many requests had no 2xx answer.
    """

    throughput: float
    median: float
    p99: float
    failed: int
    processors: float
    size: float


def load(
    port: int, paths: Sequence[str], *, accept: str, seconds: float, pid: int, connections: int = CONNECTIONS
) -> Load:
    """Send requests in turn for some seconds, over connections that stay open; `{n}` is another number each time.

    Raises:
        RuntimeError: wrk is not here, or failed.
    """
    if WRK is None:
        raise RuntimeError("wrk is missing: apt-get install wrk")
    with tempfile.NamedTemporaryFile("w", encoding="ascii", suffix=".txt") as requests:
        requests.write("\n".join(paths))
        requests.flush()
        variables = {"WRK_REQUESTS": requests.name, "WRK_ACCEPT": accept, "WRK_START": str(time.monotonic_ns())}
        command = [WRK, "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", str(_SCRIPT), f"http://127.0.0.1:{port}"]
        before, began = processor_seconds(pid), time.monotonic()
        done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
        spent = time.monotonic() - began
        used = processor_seconds(pid) - before
    if done.returncode or not (lines := [line for line in done.stdout.splitlines() if line.startswith("{")]):
        raise RuntimeError(f"wrk failed: {done.stderr or done.stdout}")
    found = json.loads(lines[-1])
    answered = found["requests"] - found["status"]
    return Load(
        answered / found["seconds"],
        found["median"],
        found["p99"],
        found["status"] + found["broken"],
        max(used, 0.0) / spent,
        found["bytes"] / max(found["requests"], 1),
    )
