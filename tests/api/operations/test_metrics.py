from __future__ import annotations

import socket

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.operations.exposition import parse_bind
from api.operations.metrics import Metrics
from kg.errors import SettingError
from tests.api.operations.conftest import Ask, MakeApp


def test_queries_writes_and_requests_are_counted_by_how_they_ended() -> None:
    metrics = Metrics()
    value = metrics.registry.get_sample_value
    metrics.query("answered", 0.02, 0.005)
    metrics.query("timeout", 10.1, 0.0)
    metrics.write("published", 0.4)
    metrics.request("/api/v1/sectors/{id:path}", "GET", 200)
    metrics.request("", "GET", 404)
    assert value("kg_queries_total", {"outcome": "answered"}) == 1
    assert value("kg_queries_total", {"outcome": "timeout"}) == 1
    assert value("kg_query_seconds_bucket", {"le": "0.03"}) == 1
    assert value("kg_query_seconds_count") == 2
    assert value("kg_query_waiting_seconds_sum") == 0.005
    assert value("kg_writes_total", {"outcome": "published"}) == 1
    assert value("kg_write_seconds_count") == 1
    route = {"route": "/api/v1/sectors/{id:path}", "method": "GET", "status": "2xx"}
    assert value("kg_http_requests_total", route) == 1
    assert value("kg_http_requests_total", {"route": "none", "method": "GET", "status": "4xx"}) == 1


def test_strangers_cannot_make_the_metrics_grow(asking: Ask) -> None:
    with asking() as client:
        for number in range(30):
            client.request(f"METHOD{number}", f"/made/up/{number}", headers={"host": f"host{number}.example"})
            client.get(f"/test/item/{number}")
        client.head("/test/item/x")
        registry = client.app.state.operations.metrics.registry  # type: ignore[attr-defined]
    (family,) = [family for family in registry.collect() if family.name == "kg_http_requests"]
    found = {tuple(sample.labels.values()): sample.value for sample in family.samples if sample.name.endswith("_total")}
    assert found == {
        ("none", "other", "4xx"): 30,
        ("/test/item/{name}", "GET", "2xx"): 30,
        ("/test/item/{name}", "HEAD", "2xx"): 1,
    }


def test_what_the_app_is_doing_is_read_when_it_is_asked_for(client: TestClient) -> None:
    assert client.get("/sparql?query=ASK{?s ?p ?metrics}").status_code == 200
    assert client.get("/sparql?query=ASK{?s ?p ?metrics}").status_code == 200
    app = client.app
    value = app.state.operations.metrics.registry.get_sample_value  # type: ignore[attr-defined]
    assert value("kg_revision", {"revision": app.state.snapshots.opened}) == 1  # type: ignore[attr-defined]
    assert value("kg_publication") == 1
    assert value("kg_workers", {"state": "idle"}) >= 1
    assert value("kg_workers", {"state": "busy"}) == 0
    assert value("kg_queries_now", {"state": "waiting"}) == 0
    assert value("kg_queries_total", {"outcome": "answered"}) >= 2
    assert value("kg_cache_answers_total", {"result": "hit"}) >= 1
    assert value("kg_cache_answers_total", {"result": "miss"}) >= 1
    assert value("kg_cache_bytes") > 0
    assert value("process_resident_memory_bytes") > 0


def test_each_app_has_metrics_of_its_own(make_app: MakeApp) -> None:
    one, other = make_app().state.operations.metrics, make_app().state.operations.metrics
    one.query("answered", 1, 0)
    assert other.registry.get_sample_value("kg_queries_total", {"outcome": "answered"}) is None


def answer_of(wire: socket.socket) -> bytes:
    """Return what a server says before it closes, or breaks, the connection."""
    try:
        return wire.recv(1000)
    except ConnectionError:
        return b""


def test_they_are_served_apart_from_the_public_port(asking: Ask) -> None:
    with asking(metrics_bind="127.0.0.1:0") as client:
        port = client.app.state.operations.exposition.port  # type: ignore[attr-defined]
        client.get("/test/item/x")
        assert client.get("/metrics").status_code == 404
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as operator:
            response = operator.get("/metrics?debug=1")
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/plain; version=")
            samples = {
                (sample.name, *sorted(sample.labels.values())): sample.value
                for family in text_string_to_metric_families(response.text)
                for sample in family.samples
            }
            assert samples[("kg_http_requests_total", "/test/item/{name}", "2xx", "GET")] == 1
            assert samples[("kg_http_requests_in_flight",)] == 0
            open_metrics = operator.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
            assert open_metrics.headers["content-type"].startswith("application/openmetrics-text")
            assert open_metrics.text.endswith("# EOF\n")
            assert operator.head("/metrics").content == b""
            assert operator.get("/sparql?query=ASK{}").status_code == 404
            assert operator.post("/metrics").status_code == 405
        with socket.create_connection(("127.0.0.1", port), 10) as wire:
            wire.sendall(b"GET /" + b"x" * 100_000 + b"\r\n\r\n")
            assert answer_of(wire) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)


@pytest.mark.parametrize("bind", ["9464", ":9464", "127.0.0.1", "127.0.0.1:99999", "a:b:c", "http://127.0.0.1:1"])
def test_an_address_that_is_none_is_refused_at_start(make_app: MakeApp, bind: str) -> None:
    with pytest.raises(SettingError, match="KG_METRICS_BIND"):
        make_app(metrics_bind=bind)


def test_an_address_that_is_taken_says_so(asking: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert parse_bind(f"127.0.0.1:{port}") == ("127.0.0.1", port)
        wanted = rf"cannot listen on 127\.0\.0\.1:{port}: .*; choose another port"
        with pytest.raises(SettingError, match=wanted), asking(metrics_bind=f"127.0.0.1:{port}"):
            pass
