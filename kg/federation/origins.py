"""Web addresses reduced to what decides: scheme, host and port, each in one spelling.

One reader serves the allow-list, the queries and the redirects, so that no two of them can understand an address
differently. It is stricter than RFC 3986: what browsers and libraries read in different ways is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import quote

Address = IPv4Address | IPv6Address

DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_IRI: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(?:#.*)?", re.DOTALL)
_AUTHORITY: Final = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\\<>\"{}|^`]")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"0x[0-9a-f]*|[0-9]+")
# These are letters of their own in today's IDNA, and were mapped to others, or dropped, in that of 2003, which the
# standard library knows: the same name would be two hosts.
_DEVIATIONS: Final = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Scheme, host and port (RFC 6454); the host in lower-case ASCII without a final dot, or an IP address."""

    scheme: str
    host: str
    port: int

    @property
    def address(self) -> Address | None:
        """The IP address that the host is, or None if it is a name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    def __str__(self) -> str:
        """Return the origin as it is written in an allow-list."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Target:
    """A web address to call: its origin, and its path with the query, in ASCII."""

    origin: Origin
    path: str

    def __str__(self) -> str:
        """Return the address without its fragment."""
        return f"{self.origin}{self.path}"


def parse_target(iri: str) -> Target:
    """Return what a web address points at; a fragment is dropped (RFC 3986 §3.5).

    Raises:
        ValueError: it is not an absolute http or https address, or one that could be read in two ways; says why.

    >>> str(parse_target("HTTP://Example.COM.:80/a?b#c"))
    'http://example.com/a?b'
    >>> parse_target("http://0x7f.1/").origin.host
    '127.0.0.1'
    """
    match = _IRI.fullmatch(iri)
    if match is None or match[1].lower() not in DEFAULT_PORTS:
        raise ValueError("it must begin with http:// or https://")
    if _FORBIDDEN.search(iri):
        raise ValueError("it contains a character that no address may contain")
    scheme, authority, path = match[1].lower(), match[2], match[3]
    if "@" in authority:
        raise ValueError("it must not contain a user name or password")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise ValueError("after the host only :port may follow")
    port = int(parts[2]) if parts[2] else DEFAULT_PORTS[scheme]
    if not 1 <= port <= 65535:
        raise ValueError("the port must be between 1 and 65535")
    ascii_path = quote(path, safe="/?%:@!$&'()*+,;=-._~[]")
    return Target(
        Origin(scheme, normal_host(parts[1]), port), ascii_path if ascii_path.startswith("/") else f"/{ascii_path}"
    )


def normal_host(text: str) -> str:
    """Return a host in its one spelling: names in lower-case ASCII (IDNA), IP addresses in canonical form.

    Raises:
        ValueError: it is not a host; says why.

    >>> normal_host("广东.例子.")
    'xn--xhq521b.xn--fsqu00a'
    >>> normal_host("[::FFFF:10.0.0.1]"), normal_host("2130706433"), normal_host("１２７.0.0.1")
    ('10.0.0.1', '127.0.0.1', '127.0.0.1')
    """
    if text.startswith("["):
        return str(normal_address(text[1:-1], version=6))
    if len(text) > 253 or _DEVIATIONS.search(text):
        raise ValueError("the host must be written in its ASCII form (xn--…)")
    try:
        host = text.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise ValueError("the host is not a name that IDNA knows; write its ASCII form (xn--…)") from error
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return str(_ipv4(labels))
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the host is not a name")
    return host


def normal_address(text: str, version: int = 0) -> Address:
    """Return an IP address; an IPv6 address that only wraps one of IPv4 is that one.

    Raises:
        ValueError: it is not an IP address, not of the version asked for, or has a zone.
    """
    address = ip_address(text)
    if "%" in text or version not in {0, address.version}:
        raise ValueError("the host is not an IPv6 address")
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _ipv4(labels: list[str]) -> IPv4Address:
    """Read an IPv4 address as the resolver of the system would: decimal, octal, hexadecimal, with one to four parts."""
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        raise ValueError("the host is neither a name nor an IPv4 address")
    numbers = [_number(label) for label in labels]
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise ValueError("the host is not an IPv4 address: a part is too large")
    high = sum(number << 8 * (3 - place) for place, number in enumerate(numbers[:-1]))
    return IPv4Address(high + numbers[-1])


def _number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    try:
        return int(label, 8) if label.startswith("0") else int(label)
    except ValueError as error:
        raise ValueError("the host is not an IPv4 address: a part that begins with 0 is octal") from error
