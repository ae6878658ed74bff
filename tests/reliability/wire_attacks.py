"""Attacks below SPARQL: requests that are too large, broken, or no HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from tests.reliability.attack import Attack

_QUERY = "application/sparql-query"
_ASK = "?query=ASK%20%7B%7D"


def _head(method: str, target: str, host: str, *lines: str) -> bytes:
    said = (f"{method} {target} HTTP/1.1", f"Host: {host}", "Accept: application/sparql-results+json", *lines, "", "")
    return "\r\n".join(said).encode("latin-1")


def _large_header(host: str, path: str) -> Iterator[bytes]:
    yield _head("GET", path + _ASK, host, "X-Large: " + "x" * 2_000_000)


def _many_headers(host: str, path: str) -> Iterator[bytes]:
    yield _head("GET", path + _ASK, host, *(f"X-{number}: {number}" for number in range(50_000)))


def _long_address(host: str, path: str) -> Iterator[bytes]:
    yield _head("GET", f"{path}{_ASK}%23{'x' * 2_000_000}", host)


def _many_parameters(host: str, path: str) -> Iterator[bytes]:
    body = b"query=ASK%20%7B%7D" + b"&named-graph-uri=urn:x" * 200_000
    kind = "Content-Type: application/x-www-form-urlencoded"
    yield _head("POST", path, host, kind, f"Content-Length: {len(body)}")
    yield body


def _large_body(host: str, path: str) -> Iterator[bytes]:
    yield _head("POST", path, host, f"Content-Type: {_QUERY}", f"Content-Length: {200 << 20}")
    yield b"ASK {} #"
    for _ in range(200):
        yield b"x" * (1 << 20)


def _endless_body(host: str, path: str) -> Iterator[bytes]:
    yield _head("POST", path, host, f"Content-Type: {_QUERY}", "Transfer-Encoding: chunked")
    for _ in range(300):
        yield b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"


def _bad_chunk(host: str, path: str) -> Iterator[bytes]:
    yield _head("POST", path, host, f"Content-Type: {_QUERY}", "Transfer-Encoding: chunked")
    yield b"fffffffffffffffffffffffffffffffffff\r\nASK {}\r\n0\r\n\r\n"


def _two_lengths(host: str, path: str) -> Iterator[bytes]:
    yield _head("POST", path, host, f"Content-Type: {_QUERY}", "Content-Length: 6", "Content-Length: 60")
    yield b"ASK {}"


def _not_utf8(host: str, path: str) -> Iterator[bytes]:
    body = b'ASK { FILTER("\xff\xfe\xc0\x80" = "x") }'
    yield _head("POST", path, host, f"Content-Type: {_QUERY}", f"Content-Length: {len(body)}")
    yield body


def _bad_escapes(host: str, path: str) -> Iterator[bytes]:
    yield _head("GET", f"{path}?query=%ZZ%00%ff%C0%80%u0041&query=ASK%20%7B%7D&%=%&=", host)


def _compressed(host: str, path: str) -> Iterator[bytes]:
    body = b"\x1f\x8b\x08\x00" + b"\x00" * 1_000
    kind = (f"Content-Type: {_QUERY}", "Content-Encoding: gzip")
    yield _head("POST", path, host, *kind, f"Content-Length: {len(body)}")
    yield body


def _no_http(host: str, path: str) -> Iterator[bytes]:
    yield b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + f"{host}{path}".encode() + bytes(range(256)) + b"\r\n\r\n"


WIRE = (
    Attack("header-large", ("protocol", "memory"), raw=_large_header, closes=True),
    Attack("headers-many", ("protocol", "memory"), raw=_many_headers, closes=True),
    Attack("address-long", ("protocol", "memory"), raw=_long_address, closes=True),
    Attack("parameters-many", ("protocol", "memory"), raw=_many_parameters, closes=True),
    Attack("body-large", ("protocol", "memory"), raw=_large_body, closes=True),
    Attack("body-endless", ("protocol", "memory"), raw=_endless_body, closes=True),
    Attack("chunk-broken", ("protocol", "crash"), raw=_bad_chunk, closes=True),
    Attack("lengths-differ", ("protocol",), raw=_two_lengths, closes=True),
    Attack("body-not-utf8", ("protocol", "crash"), raw=_not_utf8),
    Attack("escapes-broken", ("protocol", "crash"), raw=_bad_escapes),
    Attack("body-compressed", ("protocol", "crash"), raw=_compressed),
    Attack("no-http", ("protocol", "crash"), raw=_no_http, closes=True),
)
