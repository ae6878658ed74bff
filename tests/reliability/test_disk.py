"""A disk that is full, and a store that may not be written: an error for who writes, and nothing for who reads."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability.asking import LARGE, ask, ask_small, is_right, problem_in
from tests.reliability.conftest import TOKEN, linux
from tests.reliability.serving import serving
from tests.reliability.wire import Endpoint
from tests.reliability.writing import graph, insert, put, seen, update

pytestmark = [linux, pytest.mark.xdist_group("crashes")]

SETTINGS = {"KG_WRITE_TOKEN": TOKEN, "KG_LOG": "none", "KG_KEEP_REVISIONS": "2"}
SIZE = 64 << 20
QUOTA = 8 << 20
"""Bytes that a file may have: more than the empty store's largest, less than what is to be written."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    if os.geteuid():
        pytest.skip("only root may mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_an_error_for_the_writer_alone(served: Path, disk: Path, tmp_path: Path) -> None:
    shutil.copytree(served, disk / "store")
    with serving(disk / "store", tmp_path / "server.log", SETTINGS) as server:
        endpoint = Endpoint(server.port)
        assert update(endpoint, insert(1)).status == 200
        before = seen(endpoint)
        failed = 0
        for room in (0, 20_000, 200_000, 1_000_000, 3_000_000):
            with _filled(disk, room):
                reply = update(endpoint, insert(2)) if room != 200_000 else put(endpoint, graph(2))
                if reply.status >= 400:
                    failed += 1
                    assert reply.status in {503, 507}, reply.body
                    assert problem_in(reply)
                    assert seen(endpoint) == before
                    assert [path.name for path in (disk / "store").iterdir() if path.name.startswith(".new")] == []
                assert is_right(ask_small(endpoint))
                assert ask(endpoint, LARGE).complete
        assert failed >= 2
        assert update(endpoint, insert(3)).status == 200
        assert 3 in seen(endpoint)[0]
    with serving(disk / "store", tmp_path / "server.log", SETTINGS) as server:
        assert {1, 3} <= set(seen(Endpoint(server.port))[0])


def test_files_that_may_not_grow_are_an_error_for_the_writer_alone(
    fresh: Callable[[str], Path], tmp_path: Path
) -> None:
    """The same for whoever may not mount a disk: past a quota, no file of the server can grow."""
    quota = ["sh", "-c", f'ulimit -f {QUOTA >> 9}; exec "$@"', "sh"]
    with serving(fresh("seeds"), tmp_path / "server.log", SETTINGS, through=quota) as server:
        endpoint = Endpoint(server.port)
        assert update(endpoint, insert(1)).status == 200
        before = seen(endpoint)
        large = "x" * 1000
        rows = " .\n".join(
            f'<urn:example:row:{row}> <urn:example:version> "{row}{large}"' for row in range(QUOTA // 400)
        )
        for reply in (
            put(endpoint, f"{rows} ."),
            update(endpoint, f"INSERT DATA {{ GRAPH <urn:example:put> {{ {rows} }} }}"),
        ):
            assert reply.status in {503, 507}, reply.body[:500]
            assert problem_in(reply)
            assert seen(endpoint) == before
            assert is_right(ask_small(endpoint))
        assert update(endpoint, insert(2)).status == 200
        assert set(seen(endpoint)[0]) == {1, 2}


@contextlib.contextmanager
def _filled(disk: Path, room: int) -> Iterator[None]:
    """Leave so many bytes of a disk free."""
    free = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - room)))
    try:
        yield
    finally:
        ballast.unlink()


def test_a_store_that_may_not_be_written_is_an_error_for_the_writer_alone(
    fresh: Callable[[str], Path], tmp_path: Path
) -> None:
    store = fresh("seeds")
    with serving(store, tmp_path / "server.log", SETTINGS, through=_bound()) as server:
        endpoint = Endpoint(server.port)
        assert update(endpoint, insert(1)).status == 200
        before = seen(endpoint)
        for closed in (store, store / "revisions", store / "history"):
            closed.chmod(0o500)
            try:
                reply = update(endpoint, insert(2))
                assert reply.status in {503, 507}, reply.body
                assert problem_in(reply)
                assert is_right(ask_small(endpoint))
                assert seen(endpoint) == before
            finally:
                closed.chmod(0o700)
        assert put(endpoint, graph(3)).status in {200, 201, 204}
        assert update(endpoint, insert(4)).status == 200
        assert set(seen(endpoint)[0]) == {1, 4}


def _bound() -> list[str]:
    """Return the command that takes from root, who may write everywhere, the right to."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and there is no setpriv to take that right away")
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", "--bounding-set", rights, "--inh-caps", rights]
