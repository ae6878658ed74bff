"""A real server, which must be as well after the fuzzing as before, and how hard it is fuzzed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from kg.revisions import Revision
from kg.settings import Settings
from tests.length import is_long
from tests.reliability.asking import MEMBERS, ask_small, is_right, problem_in
from tests.reliability.processes import settled, supported, tree, zombies
from tests.reliability.serving import Serving, serving
from tests.reliability.wire import Endpoint, Reply

LONG = is_long(__name__)

TOKEN = "fuzzing-token-0123456789"
__all__ = ["LONG", "MEMBERS", "TOKEN", "honest", "trying"]


_REPLIES: list[int] = []


@pytest.fixture(autouse=True)
def counted(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Tell how many answers a test has looked at."""
    _REPLIES.clear()
    yield
    record_property("answers", len(_REPLIES))


def trying(few: int, many: int) -> hypothesis_settings:
    """Return how often something is tried: few times in the short form, many times in the long one."""
    return hypothesis_settings(
        max_examples=many if LONG else few,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )


def honest(reply: Reply, *, may_close: bool = False) -> None:
    """Assert that a reply is no fault of ours, and a whole problem where it is an error."""
    _REPLIES.append(reply.status)
    if not reply.status:
        assert may_close, reply
        return
    assert reply.status != 500, reply.body
    if reply.status >= 400 and not (may_close and reply.media_type.startswith("text/plain")):
        problem_in(reply)


@pytest.fixture(scope="module")
def server(revision: Revision, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server that takes writes; at the end it still lives, and so does no process that it had to end."""
    if not supported():
        pytest.skip("processes are watched by /proc, which only Linux has")
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(settings.store, folder / "store")
    assert (folder / "store" / "current").read_text("utf-8").split()[0] == revision.id
    limits = {"KG_QUERY_TIMEOUT": "2", "KG_WORKER_MEMORY": "512MiB", "KG_KEEP_REVISIONS": "3", "KG_CACHE_BYTES": "0"}
    with serving(
        folder / "store", folder / "server.log", {**limits, "KG_WRITE_TOKEN": TOKEN, "KG_LOG": "none"}
    ) as server:
        yield server
        assert server.process.poll() is None, server.said
        assert settled(lambda: ask_small(Endpoint(server.port)).status == 200, 5)
        assert settled(lambda: zombies(server.pid) == 0, 5)
        assert settled(lambda: len(tree(server.pid)) <= 1 + 2 + 16, 5), "server, zygotes, idle workers"
        assert "Traceback" not in server.said, server.said[-5000:]


@pytest.fixture
def endpoint(server: Serving) -> Endpoint:
    """Where it listens."""
    return Endpoint(server.port)


def small(endpoint: Endpoint) -> bool:
    """Tell whether a stranger's small query is answered."""
    return is_right(ask_small(endpoint))
