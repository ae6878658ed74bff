"""Who a client is, and under which address the client knows this server; neither is believed of a stranger."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from kg.errors import SettingError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PREFIX: Final = 64
"""Bits of an IPv6 address that stand for one client: the network that a subscriber has whole."""

_FORWARDED_FOR: Final = re.compile(r'(?:^|[;,\s])for=("(?:[^"\\]|\\.)*"|[^;,\s]+)', re.IGNORECASE)
_HOPS: Final = 32
_LONGEST: Final = 2048
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose word about their clients is taken."""

    networks: tuple[Network, ...]

    @classmethod
    def parse(cls, text: str) -> Proxies:
        """Return the proxies of a text of addresses and networks, between them commas or blanks.

        Raises:
            SettingError: one is neither.

        >>> Proxies.parse("10.0.0.0/8, ::1").trust("10.1.2.3")
        True
        """
        found = []
        for item in re.split(r"[,\s]+", text):
            if not item:
                continue
            try:
                found.append(ipaddress.ip_network(item, strict=False))
            except ValueError:
                raise SettingError(
                    f"KG_TRUSTED_PROXIES contains {item!r}; it must be an address or a network, like 10.1.2.3, fd00::/8"
                ) from None
        return cls(tuple(found))

    def trust(self, address: str) -> bool:
        """Tell whether an address is that of such a proxy."""
        parsed = address_of(address)
        return parsed is not None and any(
            parsed.version == network.version and parsed in network for network in self.networks
        )

    def client(self, peer: str, headers: Mapping[bytes, bytes]) -> str:
        """Return the address of a client: the last one that no trusted proxy has, reading from here outwards.

        What stands further left was written by the client itself, which may write what it likes.
        """
        nearest = peer
        if not self.trust(peer):
            return nearest
        for said in _hops(headers):
            parsed = address_of(said)
            if parsed is None:
                return nearest  # `unknown`, or an obfuscated name: the proxy does not tell
            nearest = str(parsed)
            if not self.trust(nearest):
                break
        return nearest


def address_of(text: str) -> Address | None:
    """Return the address that a proxy's header names, with or without port; None if that is none.

    >>> address_of('"[2001:db8::1]:4711"'), address_of("::ffff:192.0.2.1"), address_of("unknown")
    (IPv6Address('2001:db8::1'), IPv4Address('192.0.2.1'), None)
    """
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def key_of(address: str) -> str:
    """Return what stands for a client: the address, or of an IPv6 address the network that one subscriber has.

    >>> key_of("192.0.2.1"), key_of("2001:db8:1:2:3:4:5:6")
    ('192.0.2.1', '2001:db8:1:2::/64')
    """
    parsed = address_of(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(parsed), _PREFIX), strict=False))
    return str(parsed) if parsed else address


def client_of(scope: Scope) -> str:
    """Return who asks, for queues and limits; see `key_of`."""
    known = scope.get("state", {}).get("client")
    if known is not None:
        return str(known)
    client = scope.get("client")
    return key_of(str(client[0])) if client else ""


def _hops(headers: Mapping[bytes, bytes]) -> Iterator[str]:
    """Yield what the proxies say, the nearest first; X-Forwarded-For wins over Forwarded (RFC 7239)."""
    said = headers.get(b"x-forwarded-for")
    if said is not None:
        found = said.decode("latin-1").split(",")
    else:
        found = _FORWARDED_FOR.findall(headers.get(b"forwarded", b"")[-_LONGEST:].decode("latin-1"))
    yield from reversed(found[-_HOPS:])


class ClientMiddleware:
    """Puts into the scope who asks, and the scheme, host and prefix under which this server is known.

    With a public address configured, the request's Host is not looked at; without one, it is what links begin with.
    """

    def __init__(self, app: ASGIApp, proxies: Proxies, public_url: str | None) -> None:
        self._app = app
        self._proxies = proxies
        public = urlsplit(public_url) if public_url else None
        self._public = (public.scheme, public.netloc.encode(), public.path.rstrip("/")) if public else None
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http":
            scope = {**scope, "state": {**scope.get("state", {})}}
            self._identify(scope)
            if self._public is not None:
                _rename(scope, *self._public)
        await self._app(scope, receive, send)

    def _identify(self, scope: Scope) -> None:
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            headers[name] = headers[name] + b"," + value if name in headers else value
        client = scope.get("client")
        peer = str(client[0]) if client else ""
        address = self._proxies.client(peer, headers)
        if address != peer:
            scope["client"] = (address, 0)
        scope["state"]["client"] = key_of(address)
        if self._proxies.trust(peer):
            scheme = headers.get(b"x-forwarded-proto", b"").rpartition(b",")[2].strip().lower()
            if scheme in {b"http", b"https"}:
                scope["scheme"] = scheme.decode()
        elif b"x-forwarded-for" in headers and not self._warned:
            self._warned = True
            _LOG.warning(
                "%s sends X-Forwarded-For and is not trusted; if it is your proxy, name it in KG_TRUSTED_PROXIES", peer
            )


def _rename(scope: Scope, scheme: str, host: bytes, prefix: str) -> None:
    """Make a request look as it did at the public address."""
    scope["scheme"] = scheme
    scope["headers"] = [(b"host", host), *(pair for pair in scope["headers"] if pair[0] != b"host")]
    if prefix and not scope.get("root_path"):
        scope["root_path"] = prefix
        # A proxy may have taken the prefix off; a path has it by contract (ASGI, HTTP connection scope).
        if not f"{scope['path']}/".startswith(f"{prefix}/"):
            scope["path"] = prefix + scope["path"]
            if scope.get("raw_path") is not None:
                scope["raw_path"] = prefix.encode() + scope["raw_path"]
