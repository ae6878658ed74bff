"""A network of many edges is read, cut and cited in bounded time; several threads read it once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kg.engine import EmbeddedEngine
from kg.errors import BadParameter, LimitExceeded, Overloaded
from kg.iris import Iris
from kg.network import (
    Centrality,
    Communities,
    Network,
    Networks,
    centrality_of,
    cited,
    communities_of,
    lazy,
    neighbourhood,
    paths_between,
    reading,
)

SECONDS = 30.0
"""How long each may take here; the machine may be busy, and none takes more than two."""


def test_a_large_neighbourhood_has_all_its_evidence(large: EmbeddedEngine, large_network: Network) -> None:
    begun = time.perf_counter()
    found = neighbourhood(large_network, "sector/s1", depth=4, limit=1000)
    edges = cited(large, Iris(), large_network, found.edges)
    assert time.perf_counter() - begun < SECONDS
    assert len(found.distances) == 1000
    assert len(found.distances) + sum(found.beyond.values()) > 3_500
    assert len(edges) > 1_000
    assert all(edge.evidence and bool(edge.ways) == edge.inferred for edge in edges)


def test_a_large_network_has_paths_and_a_centre(large_network: Network) -> None:
    begun = time.perf_counter()
    found = paths_between(large_network, "measure/m1", "product/p77")
    central = centrality_of(large_network)
    assert time.perf_counter() - begun < SECONDS
    assert found.paths
    assert len(central.scores) == 4_040
    assert central.sources < len(central.scores)


def test_a_network_is_read_once_for_all_threads(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    real = reading.read_network

    def counted(engine: EmbeddedEngine, iris: Iris, *, inferred: bool) -> Network:
        reads.append(inferred)
        return real(engine, iris, inferred=inferred)

    monkeypatch.setattr(lazy, "read_network", counted)
    networks = Networks(engine, Iris())
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: networks.network(), range(32)))
    assert len({id(network) for network in found}) == len(reads) == 1


def test_that_a_revision_is_too_large_is_found_out_once(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    real = reading.read_network

    def counted(engine: EmbeddedEngine, iris: Iris, *, inferred: bool) -> Network:
        reads.append(inferred)
        return real(engine, iris, inferred=inferred)

    monkeypatch.setattr(lazy, "read_network", counted)
    monkeypatch.setattr(reading, "MAX_EDGES", 10)
    networks = Networks(engine, Iris())
    errors = []
    for ask in (networks.network, lambda: networks.network(inferred=True), networks.centrality, networks.communities):
        for _ in range(3):
            with pytest.raises(LimitExceeded) as caught:
                ask()
            errors.append(caught.value)
    assert reads == [False, True]
    assert {str(error.limit) for error in errors} == {str({"name": "network_edges", "value": 10, "unit": "edges"})}
    assert len({id(error) for error in errors}) == len(errors), "one error would hold the frames of all who asked"


def test_a_resolution_has_two_places_and_what_is_kept_has_an_end(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def communities(network: Network, resolution: float) -> Communities:
        made.append(resolution)
        return communities_of(network, resolution)

    def central(network: Network) -> Centrality:
        made.append(-1)
        return centrality_of(network)

    monkeypatch.setattr(lazy, "communities_of", communities)
    monkeypatch.setattr(lazy, "centrality_of", central)
    networks = Networks(engine, Iris())
    central_before = networks.centrality()
    first = networks.communities(1.001)
    assert networks.communities(0.9951) is networks.communities() is first
    assert first.resolution == 1
    for number in range(2 * lazy.MOST_KEPT):
        networks.communities(2 + number / 10)
    assert len(networks._communities) == lazy.MOST_KEPT
    assert networks.centrality() is central_before
    assert made == [-1, 1.0, *(round(2 + number / 10, 2) for number in range(2 * lazy.MOST_KEPT))]
    with pytest.raises(BadParameter, match="resolution"):
        networks.communities(0.04)


def test_who_waits_too_long_for_others_is_told_to_come_again(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lazy, "PATIENCE", 0.05)
    networks = Networks(engine, Iris())
    central = networks.centrality()
    begun, go_on = threading.Event(), threading.Event()

    def slow(network: Network, resolution: float) -> Communities:
        begun.set()
        go_on.wait(30)
        return communities_of(network, resolution)

    monkeypatch.setattr(lazy, "communities_of", slow)

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(networks.communities)
        assert begun.wait(30)
        with pytest.raises(Overloaded):
            networks.communities(2)
        assert networks.network().nodes  # what only reads does not wait
        assert networks.centrality() is central, "nor what has been computed"
        go_on.set()
        assert running.result() is networks.communities()
