from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.federation.addresses import is_own_network, is_public


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "185.15.59.224", "2606:4700::1111", "2001:4860:4860::8888", "64:ff9b::808:808"]
)
def test_public(text: str) -> None:
    assert is_public(ip_address(text))
    assert not is_own_network(ip_address(text))


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "127.255.0.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12:3456::1"]
)
def test_own_networks(text: str) -> None:
    assert is_own_network(ip_address(text))
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "169.254.169.254",  # metadata of AWS, Google, Azure
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
        "169.254.0.1",
        "fe80::1",
        "fec0::1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "224.0.0.1",
        "239.255.255.250",
        "ff02::1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "192.88.99.1",
        "2001:db8::1",
        "3fff::1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "::7f00:1",
        "::808:808",
        "::ffff:0:808:808",
        "5f00::1",
    ],
)
def test_neither(text: str) -> None:
    assert not is_public(ip_address(text))
    assert not is_own_network(ip_address(text))


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_wrapping_an_ipv4_address_does_not_make_it_public(address: IPv4Address) -> None:
    wrapped = [IPv6Address(prefix | int(address)) for prefix in (0xFFFF << 32, int(IPv6Address("64:ff9b::")))]
    assert {is_public(one) for one in wrapped} == {is_public(address)}
    assert not is_public(IPv6Address(int(address)))
    assert not (is_public(address) and (address.is_private or address.is_link_local or address.is_multicast))
