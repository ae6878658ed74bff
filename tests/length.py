"""How long the tests take: a short form of each in `make test`, the long one in `make test-long`."""

from __future__ import annotations

import os
from typing import Final

LONG: Final = os.environ.get("KG_LONG", "") not in {"", "0"}
"""Whether the long form runs: every attack, 200 kills, minutes of load, many examples."""
