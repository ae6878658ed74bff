"""What every benchmark says: where it ran, how far it is, and what it found."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from pathlib import Path


def machine() -> str:
    """Return the machine in a line."""
    processors = len(os.sched_getaffinity(0))
    return f"{platform.system()} {platform.machine()}, {processors} processors, Python {platform.python_version()}"


def say(text: str) -> None:
    """Say how far it is, on standard error."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def hand_over(page: str, figures: object, output: Path | None, raw: Path | None) -> None:
    """Write a page into a file, or on standard output, and the figures as they were measured where they are wanted."""
    if output:
        output.write_text(page, encoding="utf-8")
    else:
        print(page)
    if raw:
        raw.write_text(json.dumps(figures, indent=1), encoding="utf-8")
