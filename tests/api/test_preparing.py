"""What is made of a large revision before anybody asks, and that a new revision has lists and names of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.preparing import Preparing
from api.state import Snapshot, Snapshots
from kg.build import NamedGraph
from kg.iris import Iris
from kg.revisions import RevisionStore
from kg.settings import Settings
from kg.terms import PKG, RDF, RDFS


def publish(settings: Settings, graphs: Sequence[NamedGraph], more: str = "") -> None:
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    content += [("urn:more", more.encode())] if more else []
    RevisionStore(settings.directory).publish(content, {"base_iri": settings.base_iri})


@pytest.fixture
def settings(tmp_path: Path, graphs: Sequence[NamedGraph]) -> Settings:
    settings = Settings(store=tmp_path)
    publish(settings, graphs)
    return settings


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def prepared(app: FastAPI, publishing: Callable[[], None]) -> Snapshot:
    """Return the snapshot that a running app has of what is published, once it is prepared, or a minute later."""

    async def run() -> Snapshot:
        async with app.router.lifespan_context(app):
            publishing()
            snapshot: Snapshot = await asyncio.to_thread(app.state.snapshots.refreshed)
            for _ in range(600):
                if app.state.resolvers in snapshot.made:
                    break
                await asyncio.sleep(0.1)
            return snapshot

    return asyncio.run(run())


def test_a_large_revision_is_prepared_and_a_small_one_is_not(app: FastAPI, client: TestClient) -> None:
    snapshots: Snapshots = app.state.snapshots
    snapshot = snapshots.current()
    small, large = Preparing(app), Preparing(app, large=10)
    small.begin()
    assert small.thread is None
    assert snapshot.made == {}
    large.begin()
    assert large.thread is not None
    assert large.thread.daemon
    large.thread.join(60)
    assert app.state.resolvers in snapshot.made
    assert client.get("/api/v1/resolve", params={"q": "医疗"}).json()["kind"] == "name"


def test_a_new_revision_is_prepared_when_none_follows_it(
    app: FastAPI, settings: Settings, graphs: Sequence[NamedGraph], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.preparing.LARGE", 10)
    monkeypatch.setattr("api.preparing.QUIET", 0.2)

    assert app.state.resolvers in prepared(app, lambda: publish(settings, graphs, '<urn:s> <urn:p> "1" .\n')).made


def test_the_first_revision_of_a_server_that_had_none_is_prepared(
    tmp_path: Path, graphs: Sequence[NamedGraph], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.preparing.LARGE", 10)
    monkeypatch.setattr("api.preparing.QUIET", 0.2)
    settings = Settings(store=tmp_path / "late")
    app = create_app(settings)

    assert app.state.resolvers in prepared(app, lambda: publish(settings, graphs)).made


def test_of_revisions_one_after_the_other_only_the_last_is_waited_for(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.preparing.QUIET", 0.6)
    assert client.get("/api/v1/themes").status_code == 200

    async def run() -> list[bool]:
        preparing, begun = Preparing(app, large=10), []
        for _ in range(4):
            preparing.begin_soon()
            await asyncio.sleep(0.3)
            begun.append(preparing.thread is not None)
        for _ in range(100):
            await asyncio.sleep(0.05)
            if preparing.thread is not None:
                break
        begun.append(preparing.thread is not None)
        preparing.begin_soon()
        preparing.close()
        return begun

    assert asyncio.run(run()) == [False, False, False, False, True]


def test_a_revision_has_lists_and_names_of_its_own(
    app: FastAPI, client: TestClient, settings: Settings, graphs: Sequence[NamedGraph]
) -> None:
    iri = Iris().mint("sector", "new-one")

    def told() -> tuple[int, list[str], int, int, int]:
        page = client.get("/api/v1/sectors", params={"limit": 1000}).json()
        return (
            page["total"],
            [item["id"] for item in page["items"] if item["id"] == "new-one"],
            client.get("/api/v1/sectors", params={"q": "newest"}).json()["total"],
            client.get("/api/v1/sectors/The%20newest").status_code,
            client.get("/api/v1/meta").json()["counts"]["sectors"],
        )

    total, _, _, _, count = told()
    assert told() == (total, [], 0, 404, count)
    publish(settings, graphs, f'<{iri}> <{RDF}type> <{PKG}Sector> .\n<{iri}> <{RDFS}label> "The newest"@en .\n')
    app.state.snapshots.refreshed()
    assert told() == (total + 1, ["new-one"], 1, 200, count + 1)
    publish(settings, graphs)
    app.state.snapshots.refreshed()
    assert told() == (total, [], 0, 404, count)
