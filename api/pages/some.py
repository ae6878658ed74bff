"""What pages show where there may be more of it than is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Some:
    """The first of several, and how many there are; `key` says of what: a year, a collection."""

    items: Sequence[Any]
    total: int
    key: str = ""
