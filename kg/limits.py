"""From the settings to what queries are held to, whichever way they come."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

from kg.settings import Settings
from kg.workers.pool import Limits

MOST_WORKERS: Final = 16
_FEWEST_WORKERS: Final = 4
_CONTAINER: Final = Path("/sys/fs/cgroup/memory.max")
_SHARE: Final = 0.75
"""The part of this machine's memory that all workers together may fill."""


def worker_limits(settings: Settings) -> Limits:
    """Return the limits of queries."""
    return Limits(
        seconds=settings.query_timeout,
        memory=settings.worker_memory,
        rows=settings.max_rows,
        bytes=settings.max_bytes,
        workers=settings.workers or _fitting_workers(settings.worker_memory),
    )


def _fitting_workers(memory: int) -> int:
    """Return for how many workers this machine, or this container, has memory, should all take what they may."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # "max" where a container has no limit
        whole = min(whole, int(_CONTAINER.read_text(encoding="ascii")))
    return max(_FEWEST_WORKERS, min(MOST_WORKERS, int(_SHARE * whole / memory)))
