"""Which tests of a folder run: all in one process, long ones when asked for, and none that the server cannot pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.length import is_long

SAMPLED = 1
"""How many sets of parameters of each test run over a server in `make test`."""


def mark(
    config: pytest.Config,
    items: list[pytest.Item],
    folder: Path,
    long: Sequence[str],
    deviations: Mapping[str, str],
) -> None:
    """Have the tests of a folder share a server, and leave out those that are not to run now; one says why for all."""
    seen: Counter[tuple[object, str]] = Counter()
    mine = [item for item in items if item.path.is_relative_to(folder)]
    later = []
    for item in mine:
        for node in item.listchain():
            node.own_markers[:] = [each for each in node.own_markers if each.name != "xdist_group"]
        item.add_marker(pytest.mark.xdist_group(f"remote-{folder.name}"), append=False)
        name = getattr(item, "originalname", item.name)
        seen[item.path, name] += 1
        if item.path.stem.removeprefix("test_") in long or name in long or seen[item.path, name] > SAMPLED:
            later.append(item)
        for start in deviations:
            if item.name.startswith(start):
                item.add_marker(pytest.mark.skip(reason=deviations[start]))
    if later and len(later) < len(mine) and not is_long("tests.remote.all"):
        reason = f"it and {len(later) - 1} more tests of tests/api run over {folder.name} in make test-long alone"
        later[0].add_marker(pytest.mark.skip(reason=reason))
        left = set(later[1:])
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
