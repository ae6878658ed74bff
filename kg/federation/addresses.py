"""Which IP addresses are the public internet, which are somebody's own network, and which are nobody's to call."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from kg.federation.origins import Address

# Where clouds hand out credentials to whoever asks. Some lie in ranges that are public or private otherwise.
_METADATA: Final = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
    )
)
_OWN_NETWORKS: Final = tuple(
    ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
)
_IPV6_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
# Within the unicast space, and yet not plain addresses: Teredo, 6to4 and its relays lead to an IPv4 address inside
# them; documentation; protocol assignments. Not every version of the standard library knows all of them.
_NOT_PLAIN: Final = tuple(
    ip_network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")
)


def is_public(address: Address) -> bool:
    """Return whether an address is a plain host of the public internet (IANA special-purpose registries).

    >>> is_public(ip_address("8.8.8.8")), is_public(ip_address("10.0.0.1")), is_public(ip_address("169.254.169.254"))
    (True, False, False)
    >>> is_public(ip_address("64:ff9b::808:808")), is_public(ip_address("64:ff9b::a00:1"))
    (True, False)
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _IPV6_UNICAST:
            return False
    if address in _METADATA or address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _NOT_PLAIN)


def is_own_network(address: Address) -> bool:
    """Return whether an address is this machine or in a private network (RFC 1918, 4193, 6598), and not a metadata one.

    >>> is_own_network(ip_address("127.0.0.1")), is_own_network(ip_address("169.254.169.254"))
    (True, False)
    """
    return address not in _METADATA and any(address in network for network in _OWN_NETWORKS)
