"""Texts, documents, parameters and headers at random: no 500, and every error is a problem."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import TOKEN, honest, small, trying
from tests.fuzz.texts import ANY_TEXT, DOCUMENTS, QUERY_TEXT, UPDATE_TEXT, changed
from tests.reliability.wire import Endpoint, Reply, send

pytestmark = pytest.mark.xdist_group("fuzz")

PATHS = (
    "/api/v1",
    "/api/v1/meta",
    "/api/v1/measures",
    "/api/v1/targets",
    "/api/v1/sectors/healthcare/measures",
    "/api/v1/platforms",
    "/doc/sector/healthcare",
    "/download/graph.nt",
    "/ontology",
    "/health/ready",
    "/limits",
    "/.well-known/void",
    "/store",
    "/sparql",
    "/",
)
NAMES = (
    "touches",
    "deadline",
    "kind",
    "limit",
    "cursor",
    "lang",
    "q",
    "query",
    "format",
    "timeout",
    "graph",
    "default",
    "default-graph-uri",
    "base",
)
HEADERS = (
    "Accept",
    "Accept-Language",
    "Accept-Encoding",
    "If-None-Match",
    "If-Match",
    "Range",
    "Content-Type",
    "Authorization",
)
VALUE = st.one_of(
    st.sampled_from(
        ("", "0", "-1", "1e9", "zh", "json", "text/*;q=0.5", "*/*", '"x"', "urn:x", "a b", "\x00", "汉", "../..")
    ),
    st.sampled_from((f"Bearer {TOKEN}", "bytes=0-1,5-", "text/turtle;q=2", "q=;", "NaN", "1_000", "٣", "9" * 400)),
    ANY_TEXT,
)


def request(
    endpoint: Endpoint, method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes | None = None
) -> Reply:
    lines = [f"{method} {target} HTTP/1.1", f"Host: localhost:{endpoint.port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Content-Length: {len(body)}"] if body is not None else []
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogatepass")
    return send(endpoint, [head, body or b""], 20)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/store"])
def test_the_paths_that_are_tried_are_there(endpoint: Endpoint, path: str) -> None:
    assert request(endpoint, "GET", path).status in {200, 303}


@given(text=QUERY_TEXT, form=st.booleans())
@trying(120, 4000)
def test_queries(endpoint: Endpoint, text: str, form: bool) -> None:
    body = text.encode("utf-8", "surrogatepass")
    kind = "application/sparql-query"
    if form:
        body, kind = urlencode({"query": body}).encode(), "application/x-www-form-urlencoded"
    reply = request(endpoint, "POST", "/sparql", [("Content-Type", kind)], body)
    honest(reply)
    assert reply.status in {200, 400, 403, 406, 422, 504}, reply


@given(text=UPDATE_TEXT, using=st.lists(ANY_TEXT, max_size=1))
@trying(15, 400)
def test_updates(endpoint: Endpoint, text: str, using: list[str]) -> None:
    target = "/sparql" + (
        "?" + urlencode({"using-graph-uri": using}, doseq=True, errors="surrogatepass") if using else ""
    )
    headers = [("Content-Type", "application/sparql-update"), ("Authorization", f"Bearer {TOKEN}")]
    reply = request(endpoint, "POST", target, headers, text.encode("utf-8", "surrogatepass"))
    honest(reply)
    assert reply.status in {200, 400, 403, 404, 409, 422, 504}, reply
    assert small(endpoint)


@given(data=st.data(), method=st.sampled_from(("GET", "PUT", "POST", "DELETE")))
@trying(20, 600)
def test_graph_store(endpoint: Endpoint, data: st.DataObject, method: str) -> None:
    kind = data.draw(st.sampled_from(tuple(DOCUMENTS)))
    body = data.draw(
        st.one_of(changed((DOCUMENTS[kind],)).map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary())
    )
    name = data.draw(st.one_of(st.just("urn:example:fuzz"), st.just("urn:example:fuzz"), VALUE))
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Content-Type", data.draw(st.sampled_from((kind, "text/html"))))]
    target = "/store?" + urlencode({"graph": name}, errors="surrogatepass")
    reply = request(endpoint, method, target, headers, body if method in {"PUT", "POST"} else None)
    honest(reply)
    assert reply.status in {200, 201, 204, 400, 404, 409, 415, 422}, reply


@given(
    path=st.sampled_from(PATHS),
    parameters=st.lists(st.tuples(st.sampled_from(NAMES), VALUE), max_size=3),
    token=st.booleans(),
)
@trying(80, 3000)
def test_parameters(endpoint: Endpoint, path: str, parameters: list[tuple[str, str]], token: bool) -> None:
    target = path + "?" + urlencode(parameters, errors="surrogatepass")
    honest(request(endpoint, "GET", target, [("Authorization", f"Bearer {TOKEN}")] if token else []))


@given(path=ANY_TEXT, method=st.sampled_from(("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")))
@trying(60, 2000)
def test_paths(endpoint: Endpoint, path: str, method: str) -> None:
    honest(
        request(endpoint, method, "/" + quote(path, safe="/?&=%", errors="surrogatepass")), may_close=method == "FOO"
    )


@given(
    path=st.sampled_from(PATHS),
    headers=st.lists(
        st.tuples(
            st.sampled_from(HEADERS), VALUE.map(lambda text: "".join(c for c in text if c >= " " and c != "\x7f"))
        ),
        max_size=4,
    ),
)
@trying(80, 3000)
def test_headers(endpoint: Endpoint, path: str, headers: list[tuple[str, str]]) -> None:
    honest(request(endpoint, "GET", path, headers))


@given(head=st.binary(max_size=200))
@trying(40, 2000)
def test_bytes_that_are_no_http(endpoint: Endpoint, head: bytes) -> None:
    honest(send(endpoint, [head + b"\r\n\r\n"], 20), may_close=True)
