from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.state import CHECK_EVERY, PerRevision, Snapshot, Snapshots
from kg.build import NamedGraph
from kg.errors import RevisionNotFound
from kg.revisions import Revision, RevisionStore
from kg.settings import Settings
from kg.terms import SKOS
from kg.workers.pool import Limits, WorkerPool
from tests.conftest import ROOT
from tests.reliability.processes import tree


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(Limits())
    yield pool
    pool.close()


def publish(settings: Settings, graphs: Sequence[NamedGraph], extra: str = "") -> Revision:
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    if extra:
        content.append(("urn:extra", f"<urn:{extra}> <urn:b> <urn:c> .\n".encode()))
    return RevisionStore(settings.directory).publish(content, {"base_iri": settings.base_iri, "triples": 1})


def test_another_revision_is_served_within_a_second(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings, clock = Settings(store=tmp_path), Clock()
    first = publish(settings, graphs)
    snapshots = Snapshots(settings, pool, first, clock)
    assert snapshots.current().revision == first
    second = publish(settings, graphs, "a")
    assert second.id != first.id
    assert snapshots.current().revision == first, "the pointer was looked at less than a second ago"
    clock.now += CHECK_EVERY
    assert snapshots.current().revision == second
    assert snapshots.opened == second.id


def test_the_index_of_names_is_taken_over_as_far_as_names_are_the_same(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings = Settings(store=tmp_path)
    snapshots = Snapshots(settings, pool, publish(settings, graphs))
    first = snapshots.current().search
    assert snapshots.current().search is first
    publish(settings, graphs, "a")
    snapshots.refreshed()
    publish(settings, graphs, "b")
    assert snapshots.refreshed().search is first, "nobody has searched in the one between"
    named = f'<{settings.iris.mint("sector", "healthcare")}> <{SKOS}altLabel> "诊疗"@zh .\n'
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    RevisionStore(settings.directory).publish(
        [*content, ("urn:name", named.encode())], {"base_iri": settings.base_iri, "triples": 1}
    )
    last = snapshots.refreshed().search
    assert last is not first
    assert last.matching.chinese is first.matching.chinese
    assert [match.reference.id for match in last.confident("诊疗")] == ["healthcare"]
    assert first.confident("诊疗") == ()


def test_it_is_told_that_a_revision_will_be_replaced_before_the_other_is_opened(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings, told = Settings(store=tmp_path), list[str]()
    first = publish(settings, graphs)
    snapshots = Snapshots(settings, pool, first)
    snapshots.before_swap = lambda: told.append(f"before {snapshots.opened}")
    snapshots.on_swap = lambda replaced: told.append(f"after {replaced.revision.id}")
    snapshots.refreshed()
    assert told == []
    second = publish(settings, graphs, "a")
    snapshots.refreshed()
    assert told == [f"before {first.id}", f"after {first.id}"]
    assert snapshots.opened == second.id


IMPORTED = """
import sys
from pathlib import Path
from starlette.testclient import TestClient
from api.app import create_app
from kg.settings import Settings

with TestClient(create_app(Settings(store=Path(sys.argv[1]), write_token="a-token-that-nobody-knows"))) as client:
    for path in ("search?q=智慧医院", "search?q=zhihuiyiyuan", "resolve?q=哪些措施涉及医疗？", "sectors", "meta"):
        assert client.get(f"/api/v1/{path}").status_code == 200, path
    assert client.get("/").status_code == 200
    assert not client.app.state.writes._writer.process
slow = ("pypinyin", "rdflib", "pyshacl", "owlrl", "yaml", "openpyxl", "networkx", "numpy", "mcp", "kg.facts")
print([name for name in slow if name in sys.modules])
"""


def test_the_server_holds_nothing_that_few_answers_need(settings: Settings, revision: Revision) -> None:
    assert revision.id
    command = [sys.executable, "-W", "ignore", "-c", IMPORTED, str(settings.store)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_what_is_made_of_a_revision_is_made_once_and_by_nobody_else(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings = Settings(store=tmp_path)
    snapshots = Snapshots(settings, pool, publish(settings, graphs))
    old = snapshots.current()
    publish(settings, graphs, "a")
    new = snapshots.refreshed()
    made: list[str] = []
    go_on = threading.Event()

    def make(snapshot: Snapshot) -> list[str]:
        made.append(snapshot.revision.id)
        assert snapshot is new or go_on.wait(30)
        return [snapshot.revision.id]

    per_revision = PerRevision(make)
    found: list[list[str]] = []
    waiting = [threading.Thread(target=lambda: found.append(per_revision.of(old))) for _ in range(4)]
    for thread in waiting:
        thread.start()
    first = per_revision.of(new)  # does not wait for what is made of the other one
    go_on.set()
    for thread in waiting:
        thread.join(30)
    assert per_revision.of(new) is first, "requests of the old revision take nothing away"
    assert sorted(made) == sorted([old.revision.id, new.revision.id])
    assert len({id(each) for each in found}) == 1
    assert PerRevision(make).of(new) is not first


def test_what_could_not_be_made_is_tried_again(tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool) -> None:
    settings = Settings(store=tmp_path)
    snapshot = Snapshots(settings, pool, publish(settings, graphs)).current()
    attempts: list[int] = []

    def make(_: Snapshot) -> list[int]:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("once")
        return attempts

    per_revision = PerRevision(make)
    with pytest.raises(OSError, match="once"):
        per_revision.of(snapshot)
    assert per_revision.of(snapshot) is attempts


def test_nothing_keeps_a_revision_that_has_been_replaced(tmp_path: Path, graphs: Sequence[NamedGraph]) -> None:
    """Whatever was asked of it: the engine of a revision is by far the largest thing in the server."""
    settings = Settings(store=tmp_path)
    app = create_app(settings, publish(settings, graphs))
    snapshots: Snapshots = app.state.snapshots
    with TestClient(app) as client:
        for path in (
            "/api/v1/graph?root=healthcare",
            "/api/v1/analytics",
            "/api/v1/resolve?q=医疗",
            "/api/v1/search?q=医疗",
            "/reconcile?query=医疗",
        ):
            assert client.get(path).status_code == 200
        engine = weakref.ref(snapshots.current().engine)
        publish(settings, graphs, "a")
        snapshots.refreshed()
        deadline = time.monotonic() + 10
        while engine() is not None:
            assert time.monotonic() < deadline, "something still holds it"
            time.sleep(0.05)
            gc.collect()


def test_the_snapshot_stays_while_the_pointer_does(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings, clock = Settings(store=tmp_path), Clock()
    snapshots = Snapshots(settings, pool, publish(settings, graphs), clock)
    before = snapshots.current()
    publish(settings, graphs)
    clock.now += 5
    assert snapshots.current() is before, "the same content is the same revision"


def test_a_pointer_that_cannot_be_read_leaves_the_snapshot(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings, clock = Settings(store=tmp_path), Clock()
    first = publish(settings, graphs)
    snapshots = Snapshots(settings, pool, None, clock)
    assert snapshots.current().revision == first
    for broken in ("0123456789abcdef\n", "nonsense\n"):
        (tmp_path / "current").write_text(broken, encoding="ascii")
        clock.now += 5
        assert snapshots.current().revision == first
    second = publish(settings, graphs, "b")
    clock.now += 5
    assert snapshots.current().revision == second


def test_a_revision_that_cannot_be_opened_leaves_no_process(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings, clock = Settings(store=tmp_path), Clock()
    first = publish(settings, graphs)
    snapshots = Snapshots(settings, pool, None, clock)
    snapshots.current().nursery.start()
    processes = tree(os.getpid())
    damaged = publish(settings, graphs, "b")
    shutil.rmtree(damaged.data)
    damaged.data.write_text("no store")
    for _ in range(3):
        clock.now += 5
        assert snapshots.current().revision == first
    assert tree(os.getpid()) == processes


def test_a_store_that_gets_its_first_revision_becomes_ready(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings = Settings(store=tmp_path / "store")
    snapshots = Snapshots(settings, pool)
    with pytest.raises(RevisionNotFound):
        snapshots.current()
    with TestClient(create_app(settings)) as client:
        assert client.get("/health/ready").status_code == 503
        first = publish(settings, graphs)
        assert client.get("/health/ready").json()["revision"] == first.id
        assert client.get("/api/v1/policies").json()["revision"] == first.id


def test_many_requests_at_once_open_a_revision_once(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool
) -> None:
    settings = Settings(store=tmp_path)
    publish(settings, graphs)
    snapshots = Snapshots(settings, pool)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(id(snapshots.current()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_etag_changes_with_the_revision(tmp_path: Path, graphs: Sequence[NamedGraph]) -> None:
    settings = Settings(store=tmp_path)
    tags = []
    for extra in ("", "c"):
        with TestClient(create_app(settings, publish(settings, graphs, extra))) as client:
            tags.append(client.get("/api/v1/sectors/healthcare").headers["etag"])
    assert tags[0] != tags[1]


def test_that_triples_are_counted_wrongly_is_said(
    tmp_path: Path, graphs: Sequence[NamedGraph], pool: WorkerPool, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(store=tmp_path, memory_quads=0)
    revision = publish(settings, graphs)
    snapshots = Snapshots(settings, pool, revision)
    (said,) = [record.getMessage() for record in caplog.records if record.name == "api.state"]
    assert said.startswith(f"revision {revision.id} is read from disk and has no merge of its graphs")
    caplog.clear()
    for others in (replace(settings, memory_quads=10), replace(settings, default_graph="strict")):
        assert Snapshots(others, pool, revision).current().revision == revision
    assert not caplog.records
    assert snapshots.current().engine.count() > 10_000
