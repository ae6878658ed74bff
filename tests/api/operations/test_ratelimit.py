from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.operations.ratelimit import OPEN_RATE, Buckets, is_loopback, rate_of
from api.operations.server import resolved
from kg.settings import Settings
from tests.api.helpers import assert_problem
from tests.api.operations.conftest import Ask


class Clock:
    """A clock that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    buckets = Buckets(2, clock, burst=3)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("b") == 0
    clock.now += 0.25
    assert buckets.take("a") == pytest.approx(0.25)
    clock.now += 0.25
    assert buckets.take("a") == 0
    clock.now += 3600
    assert [bool(buckets.take("a")) for _ in range(4)] == [False, False, False, True]
    assert buckets.refused == 3


def test_only_so_many_clients_are_kept_in_mind() -> None:
    buckets = Buckets(1, Clock(), burst=1, clients=100)
    for number in range(1000):
        assert buckets.take(f"client {number}") == 0
    assert len(buckets) == 100
    assert buckets.take("client 999") > 0


@given(st.lists(st.floats(0, 10), min_size=1, max_size=200), st.integers(1, 20), st.integers(1, 20))
def test_nobody_gets_more_than_the_burst_and_the_rate(waits: list[float], rate: int, burst: int) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock, burst=burst)
    passed, began = 0, clock.now
    for wait in waits:
        clock.now += wait
        passed += buckets.take("x") == 0
        assert passed <= burst + rate * (clock.now - began) + 1e-6


def test_a_clock_that_goes_back_does_no_harm() -> None:
    clock = Clock()
    buckets = Buckets(1, clock, burst=1)
    assert buckets.take("x") == 0
    clock.now -= 500
    assert buckets.take("x") == 1
    clock.now += 1
    assert buckets.take("x") == 0


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("kg.example", False),
    ],
)
def test_who_listens_beyond_this_machine_has_a_limit_unless_told_otherwise(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone
    assert resolved(Settings(), host).rate_limit == (0 if alone else OPEN_RATE)
    assert resolved(Settings(rate_limit=7), host).rate_limit == 7
    assert resolved(Settings(rate_limit=0), host).rate_limit == 0
    assert rate_of(Settings()) == 0


def test_one_request_too_many_is_429_and_says_when_to_come_back(asking: Ask) -> None:
    with asking(rate_limit=0.01) as client:
        allowed = [client.get("/test/item/x").status_code for _ in range(5)]
        response = client.get("/sparql?query=ASK{}", headers={"accept-language": "zh"})
        assert client.get("/health/live").status_code == 200
        assert client.options("/sparql").status_code == 204
        metrics = client.app.state.operations.metrics  # type: ignore[attr-defined]
        assert metrics.registry.get_sample_value("kg_rate_limited_total") == 1
    assert allowed == [200] * 5
    problem = assert_problem(response, 429, "rate-limited")
    assert problem["limit"] == {"name": "rate", "value": 0.01, "unit": "requests a second"}
    seconds = int(response.headers["retry-after"])
    assert 50 < seconds <= 100, "a hundred, less the moments that the requests took"
    assert problem["detail"] == f"每个客户端平均可发送 0.01 次请求/秒，请在 {seconds} 秒后重试。"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["x-request-id"]


def test_clients_behind_a_trusted_proxy_have_a_bucket_each(asking: Ask) -> None:
    with asking("127.0.0.1", rate_limit=0.01) as client:  # so that no bucket fills again meanwhile
        codes = {
            (address, client.get("/test/item/x", headers={"x-forwarded-for": address}).status_code)
            for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2")
            for _ in range(4)
        }
    assert codes == {
        ("192.0.2.1", 200),
        ("192.0.2.2", 200),
        ("2001:db8::1", 200),
        ("2001:db8::2", 200),
        ("2001:db8::2", 429),
    }


def test_a_stranger_cannot_get_a_new_bucket_by_a_header(asking: Ask) -> None:
    with asking("203.0.113.1", rate_limit=0.01) as client:
        codes = [
            client.get("/test/item/x", headers={"x-forwarded-for": f"192.0.2.{number}"}).status_code
            for number in range(7)
        ]
    assert codes == [200] * 5 + [429] * 2
