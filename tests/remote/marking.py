"""Which tests of a folder run: all in one process, the long ones when asked for, and none that the server cannot pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.length import is_long


def mark(
    items: list[pytest.Item], folder: Path, server: str, long: Sequence[str], deviations: Mapping[str, str]
) -> None:
    """Have the tests of a folder share a server, and skip those that are not to run now, with the reason."""
    for item in items:
        if not item.path.is_relative_to(folder):
            continue
        item.add_marker(pytest.mark.xdist_group(f"remote-{server}"), append=False)
        name = getattr(item, "originalname", item.name)
        if name in deviations:
            item.add_marker(pytest.mark.skip(reason=deviations[name]))
        elif item.path.stem.removeprefix("test_") in long and not is_long("tests.remote.all"):
            item.add_marker(pytest.mark.skip(reason=f"over {server} in make test-long: {item.path.stem}"))
