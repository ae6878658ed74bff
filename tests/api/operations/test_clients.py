from __future__ import annotations

import pytest

from api.operations.clients import Proxies, client_of, key_of
from kg.errors import SettingError
from tests.api.operations.conftest import Ask, MakeApp

PROXIES = Proxies.parse("127.0.0.1, ::1 10.0.0.0/8,fd00::/8")


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("203.0.113.9", {b"x-forwarded-for": b"192.0.2.1"}, "203.0.113.9"),
        ("203.0.113.9", {b"forwarded": b"for=192.0.2.1"}, "203.0.113.9"),
        ("127.0.0.1", {}, "127.0.0.1"),
        ("127.0.0.1", {b"x-forwarded-for": b"192.0.2.1"}, "192.0.2.1"),
        ("127.0.0.1", {b"x-forwarded-for": b"198.51.100.7, 192.0.2.1"}, "192.0.2.1"),
        ("127.0.0.1", {b"x-forwarded-for": b"198.51.100.7, 192.0.2.1, 10.3.2.1"}, "192.0.2.1"),
        ("127.0.0.1", {b"x-forwarded-for": b"127.0.0.1, 192.0.2.1"}, "192.0.2.1"),
        ("127.0.0.1", {b"x-forwarded-for": b"10.0.0.9, 10.0.0.8"}, "10.0.0.9"),
        ("127.0.0.1", {b"x-forwarded-for": b"198.51.100.7, unknown"}, "127.0.0.1"),
        ("127.0.0.1", {b"x-forwarded-for": b"192.0.2.1:4711"}, "192.0.2.1"),
        ("127.0.0.1", {b"x-forwarded-for": b"[2001:db8::1]:4711"}, "2001:db8::1"),
        ("127.0.0.1", {b"x-forwarded-for": b""}, "127.0.0.1"),
        ("127.0.0.1", {b"x-forwarded-for": b"\xff\xfe, ,"}, "127.0.0.1"),
        ("::ffff:127.0.0.1", {b"x-forwarded-for": b"192.0.2.1"}, "192.0.2.1"),
        (
            "fd00::5",
            {b"forwarded": b'for=198.51.100.7, for="[2001:db8::1]:47";proto=https;by=203.0.113.43'},
            "2001:db8::1",
        ),
        ("::1", {b"forwarded": b"for=_hidden"}, "::1"),
        ("::1", {b"forwarded": b"for=198.51.100.7", b"x-forwarded-for": b"192.0.2.1"}, "192.0.2.1"),
        ("", {b"x-forwarded-for": b"192.0.2.1"}, ""),
    ],
)
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(
    peer: str, said: dict[bytes, bytes], client: str
) -> None:
    assert PROXIES.client(peer, said) == client


def test_a_client_of_ipv6_is_the_network_that_one_subscriber_has() -> None:
    assert key_of("2001:db8:1:2:3:4:5:6") == key_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert key_of("2001:db8:1:3::1") != key_of("2001:db8:1:2::1")
    assert key_of("fe80::1%eth0") == "fe80::/64"
    assert key_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert client_of({"client": ("2001:db8::9", 1)}) == "2001:db8::/64"
    assert client_of({"client": ("x", 1), "state": {"client": "192.0.2.1"}}) == "192.0.2.1"
    assert client_of({}) == ""


def test_a_trusted_proxy_that_is_no_address_is_refused_at_start(make_app: MakeApp) -> None:
    with pytest.raises(SettingError, match=r"KG_TRUSTED_PROXIES contains 'proxy\.example'"):
        make_app(trusted_proxies="127.0.0.1,proxy.example")


def url_seen(asking: Ask, headers: dict[str, str], address: str = "127.0.0.1", path: str = "", **settings: str) -> str:
    """Return the address of a request, and the prefix of the service, as the app sees them."""
    with asking(address, **settings) as client:
        seen = client.get(path or "/test/url", headers=headers).json()
        return f"{seen['url']} {seen['root']}"


def test_links_begin_with_what_the_request_says_unless_there_is_a_public_address(asking: Ask) -> None:
    assert url_seen(asking, {"host": "some.example"}) == "http://some.example/test/url "
    assert url_seen(asking, {"x-forwarded-proto": "https"}) == "https://testserver/test/url "
    assert url_seen(asking, {"x-forwarded-proto": "javascript"}) == "http://testserver/test/url "
    assert url_seen(asking, {"x-forwarded-proto": "https"}, "192.0.2.1") == "http://testserver/test/url "
    public = "https://kg.example/"
    assert url_seen(asking, {"host": "evil.example"}, public_url=public) == "https://kg.example/test/url "
    assert url_seen(asking, {"x-forwarded-host": "evil.example"}, public_url=public) == "https://kg.example/test/url "


@pytest.mark.parametrize("path", ["/test/url", "/policy/kg/test/url"])
def test_a_public_address_may_have_a_path_that_the_proxy_leaves_or_takes_off(asking: Ask, path: str) -> None:
    seen = url_seen(asking, {}, path=path, public_url="https://example.org/policy/kg/")
    assert seen == "https://example.org/policy/kg/test/url /policy/kg"


def test_errors_below_a_prefix_are_still_told_apart_by_path(asking: Ask) -> None:
    with asking(public_url="https://example.org/kg") as client:
        browser = {"accept": "text/html"}
        assert client.get("/api/nothing", headers=browser).headers["content-type"] == "application/problem+json"
        assert client.get("/nothing", headers=browser).headers["content-type"] == "text/html; charset=utf-8"
        assert client.get("/limit").json()["nearest"][0] == "/limits"
        assert client.get("/health/live").status_code == 200


def test_a_proxy_that_is_not_trusted_is_named_once(asking: Ask, caplog: pytest.LogCaptureFixture) -> None:
    with asking("198.51.100.1") as client:
        for _ in range(3):
            client.get("/health/live", headers={"x-forwarded-for": "192.0.2.1"})
    assert [record.getMessage() for record in caplog.records if "KG_TRUSTED_PROXIES" in record.getMessage()] == [
        "198.51.100.1 sends X-Forwarded-For and is not trusted; if it is your proxy, name it in KG_TRUSTED_PROXIES"
    ]
