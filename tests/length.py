"""How long the tests take: a short form of each in `make test`, the long one in `make test-long`."""

from __future__ import annotations

import os


def is_long(module: str) -> bool:
    """Tell whether the tests of a module run in their long form: 200 kills, minutes of load, many examples.

    `KG_LONG` is 1 for all of them, or the name of a package (`tests.reliability`) whose tests alone do.
    """
    asked = os.environ.get("KG_LONG", "")
    return module.startswith(f"{asked}.") if asked.startswith("tests") else asked not in {"", "0"}
