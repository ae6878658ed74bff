"""Which tests of a folder run: all in one process, long ones when asked for, and none that the server cannot pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.length import is_long

SAMPLED = 3
"""How many sets of parameters of a test run over a server in `make test`."""


def mark(
    items: list[pytest.Item], folder: Path, server: str, long: Sequence[str], deviations: Mapping[str, str]
) -> None:
    """Have the tests of a folder share a server, and skip those that are not to run now, with the reason."""
    seen: Counter[tuple[object, str]] = Counter()
    for item in items:
        if not item.path.is_relative_to(folder):
            continue
        for node in item.listchain():
            node.own_markers[:] = [each for each in node.own_markers if each.name != "xdist_group"]
        item.add_marker(pytest.mark.xdist_group(f"remote-{server}"), append=False)
        name = getattr(item, "originalname", item.name)
        seen[item.path, name] += 1
        if name in deviations:
            item.add_marker(pytest.mark.skip(reason=deviations[name]))
        elif item.path.stem.removeprefix("test_") in long and not is_long("tests.remote.all"):
            item.add_marker(pytest.mark.skip(reason=f"over {server} in make test-long alone"))
        elif seen[item.path, name] > SAMPLED and not is_long("tests.remote.all"):
            item.add_marker(pytest.mark.skip(reason=f"over {server}, more sets of parameters in make test-long alone"))
