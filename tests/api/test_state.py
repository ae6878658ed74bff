from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.state import CHECK_EVERY, Snapshots
from kg.build import NamedGraph
from kg.errors import RevisionNotFound
from kg.revisions import Revision, RevisionStore
from kg.settings import Settings
from kg.workers.pool import Limits, WorkerPool


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
    return RevisionStore(settings.store).publish(content, {"base_iri": settings.base_iri, "triples": 1})


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
