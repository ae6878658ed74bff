from __future__ import annotations

import http.client
import json
import re
import socket
import time

import pyoxigraph as ox
import pytest

from kg.errors import ServiceRefused
from kg.federation import AllowList, Gateway, rewrite
from tests.federation.servers import RESULTS, Handler, Remote, redirect, results, say, trickle

QUERY = "SELECT ?s WHERE { SERVICE <%s> { ?s ?p ?o } }"


def asked(gateway: Gateway, query: str) -> list[str]:
    """Return the answers of the real engine to a query whose services have been replaced by the gateway."""
    found = [
        (match[3], match.start(2), match.end(2), bool(match[1]))
        for match in re.finditer(r"SERVICE (SILENT )?(<(.*?)>)", query)
    ]
    assert found
    text = rewrite(query, found, gateway.url_for)
    assert all(f"<{iri}>" not in text for iri, *_ in found)
    answer = json.loads(written(text))
    return [row["s"]["value"] if row else "" for row in answer["results"]["bindings"]]


def written(text: str) -> bytes:
    found = ox.Store().query(text)
    try:
        assert isinstance(found, ox.QuerySolutions)
        return found.serialize(format=ox.QueryResultsFormat.JSON) or b""
    finally:
        del found  # else a traceback keeps it until some thread of a server collects it, and solutions forbid that


def request(url: str, method: str = "POST", body: bytes = b"ASK {}", **headers: str) -> tuple[int, bytes]:
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=20)
    try:
        connection.request(method, f"/{path}", body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_a_query_reaches_the_service_that_is_allowed(remote: Remote, gateway: Gateway) -> None:
    remote.replies["/sparql?a=b"] = say(results("1", "2", "中"))
    assert asked(gateway, QUERY % f"{remote.origin}/sparql?a=b") == ["1", "2", "中"]
    (seen,) = remote.seen
    assert (seen.method, seen.path, seen.body) == ("POST", "/sparql?a=b", b"SELECT * WHERE { ?s ?p ?o . }")
    assert seen.headers == {
        "host": f"127.0.0.1:{remote.port}",
        "accept": "application/sparql-results+json, application/sparql-results+xml",
        "accept-encoding": "identity",
        "content-type": "application/sparql-query",
        "content-length": "29",
        "user-agent": "policy-kg",
        "connection": "close",
    }
    assert gateway.failures == ()


def test_a_large_answer_passes_whole(remote: Remote, allow: AllowList) -> None:
    values = [f"value number {number}" for number in range(50_000)]
    remote.replies["/"] = say(results(*values))
    with Gateway(allow, time.monotonic() + 60, 10_000_000) as gateway:
        assert asked(gateway, QUERY % f"{remote.origin}/") == values
        assert asked(gateway, QUERY % f"{remote.origin}/" + " LIMIT 1") == values[:1]
        assert gateway.failures == ()


def test_two_services_in_one_query(remote: Remote, elsewhere: Remote) -> None:
    remote.replies["/"], elsewhere.replies["/"] = say(results("1", "2", "3")), say(results("2", "3", "4"))
    with Gateway(AllowList.parse(f"{remote.origin} {elsewhere.origin}"), time.monotonic() + 20, 100_000) as gateway:
        query = "SELECT ?s { SERVICE <%s/> { ?s ?p ?o } SERVICE <%s/> { ?s ?q ?z } }"
        assert sorted(asked(gateway, query % (remote.origin, elsewhere.origin))) == ["2", "3"]


def test_a_service_within_a_service_is_called_by_that_one(remote: Remote, elsewhere: Remote) -> None:
    with Gateway(AllowList.parse(f"{remote.origin} {elsewhere.origin}"), time.monotonic() + 20, 100_000) as gateway:
        query = "SELECT ?s { SERVICE <%s/> { ?s ?p ?o . SERVICE <%s/inner> { ?s ?q ?z } } }"
        assert asked(gateway, query % (remote.origin, elsewhere.origin)) == ["1"]
    assert f"SERVICE <{elsewhere.origin}/inner>".encode() in remote.seen[0].body
    assert str(gateway.port).encode() not in remote.seen[0].body
    assert elsewhere.seen == []


def test_what_is_not_allowed_gets_no_url(elsewhere: Remote, gateway: Gateway) -> None:
    with pytest.raises(ServiceRefused, match="allowed are http://127"):
        gateway.url_for(f"{elsewhere.origin}/sparql")


def test_a_url_cannot_be_guessed_or_bent(remote: Remote, elsewhere: Remote, gateway: Gateway) -> None:
    url = gateway.url_for(f"{remote.origin}/sparql")
    assert url == gateway.url_for(f"{remote.origin}/sparql")
    assert url != gateway.url_for(f"{remote.origin}/other")
    assert len(url.rpartition("/")[2]) >= 43
    for wrong in (f"http://127.0.0.1:{gateway.port}/", f"{url}x", f"{url}/", f"{url}?query=x", f"{url}/../x", url[:-1]):
        assert request(wrong) == (404, b"there is nothing here")
    # As a forward proxy it is of no use.
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    connection.request("GET", f"{elsewhere.origin}/")
    assert connection.getresponse().status == 404
    connection.close()
    for method in ("PUT", "DELETE", "CONNECT", "OPTIONS", "PATCH"):
        assert request(url, method)[0] == 501
    assert remote.seen == elsewhere.seen == []
    assert request(url, "GET")[0] == 200


def test_only_two_headers_pass(remote: Remote, gateway: Gateway) -> None:
    url = gateway.url_for(f"{remote.origin}/")
    headers = {"Cookie": "a=b", "Authorization": "Bearer t", "X_Forwarded_For": "10.0.0.1", "Accept": "text/csv"}
    assert request(url, "POST", b"", Host="evil.example", Content_Type="application/sparql-query", **headers)[0] == 200
    sent = set(remote.seen[0].headers) - {"host", "accept-encoding", "content-length", "user-agent", "connection"}
    assert sent == {"accept", "content-type"}
    assert remote.seen[0].headers["accept"] == "text/csv"
    assert remote.seen[0].headers["host"] == f"127.0.0.1:{remote.port}"


def test_headers_of_the_answer_do_not_pass_beside_the_media_type(remote: Remote, gateway: Gateway) -> None:
    def reply(handler: Handler) -> None:
        handler.head(Content_Type=RESULTS, Set_Cookie="a=b", Content_Length="2", Location="http://evil.example/")
        handler.wfile.write(b"{}")

    remote.replies["/"] = reply
    host, _, path = gateway.url_for(f"{remote.origin}/").removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("GET", f"/{path}")
    response = connection.getresponse()
    names = {name.lower() for name in response.headers}
    assert names == {"server", "date", "content-type", "transfer-encoding", "connection"}
    assert (response.headers["Content-Type"], response.read()) == (RESULTS, b"{}")
    connection.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_elsewhere_is_an_error_and_nobody_is_called(
    remote: Remote, elsewhere: Remote, gateway: Gateway, status: int
) -> None:
    remote.replies["/"] = redirect(f"{elsewhere.origin}/secret", status)
    with pytest.raises(OSError, match="502 Bad Gateway") as caught:
        asked(gateway, QUERY % f"{remote.origin}/")
    text = gateway.readable(str(caught.value))
    assert f"redirects to {elsewhere.origin}/secret" in text
    assert f"{remote.origin}/" in text
    assert str(gateway.port) not in text
    assert [failure.reason for failure in gateway.failures] == ["redirect"]
    assert elsewhere.seen == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_within_the_origin_is_followed_with_the_query(remote: Remote, gateway: Gateway, status: int) -> None:
    remote.replies["/"] = redirect("/sparql", status)
    assert asked(gateway, QUERY % f"{remote.origin}/") == ["1"]
    assert [(seen.method, seen.path) for seen in remote.seen] == [("POST", "/"), ("POST", "/sparql")]
    assert remote.seen[0].body == remote.seen[1].body


def test_other_redirections_are_errors(remote: Remote, gateway: Gateway) -> None:
    for status in (300, 304, 305, 307):
        remote.replies["/"] = say(b"", status=status)
        assert request(gateway.url_for(f"{remote.origin}/"))[0] == 502


def test_a_name_that_leads_to_loopback_is_an_error(remote: Remote) -> None:
    origin = f"http://graph.example:{remote.port}"
    with Gateway(
        AllowList.parse(origin), time.monotonic() + 20, 1000, resolver=lambda _host, _port: ["127.0.0.1"]
    ) as gateway:
        with pytest.raises(OSError, match="an address that is not public") as caught:
            asked(gateway, QUERY % f"{origin}/")
        assert f"{origin}#private" in str(caught.value)
    assert remote.seen == []


def test_an_error_of_the_service_is_passed_on_in_short(remote: Remote, gateway: Gateway) -> None:
    remote.replies["/"] = say("Syntaxfehler é".encode() + b"x" * 9000, "text/plain", 400)
    with pytest.raises(OSError, match="Syntaxfehler é") as caught:
        asked(gateway, QUERY % f"{remote.origin}/")
    assert "400 Bad Request" in str(caught.value)
    assert len(str(caught.value)) < 3000
    assert [(failure.reason, failure.detail) for failure in gateway.failures] == [("status", "400")]
    assert asked(gateway, (QUERY % f"{remote.origin}/").replace("SERVICE", "SERVICE SILENT")) == [""]
    assert len(gateway.failures) == len(gateway.silenced) == 1


def test_an_answer_that_is_too_large_is_never_taken_for_a_whole_one(remote: Remote, gateway: Gateway) -> None:
    remote.replies["/said"] = say(b"x" * 100_001)
    with pytest.raises(OSError, match="larger than the 100000 bytes"):
        asked(gateway, QUERY % f"{remote.origin}/said")
    assert [failure.reason for failure in gateway.failures] == ["size"]


@pytest.mark.parametrize("service", ["SERVICE", "SERVICE SILENT"])
def test_an_answer_that_does_not_say_how_large_it_is_neither(remote: Remote, gateway: Gateway, service: str) -> None:
    def forever(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n\r\n")
        handler.wfile.write(results("1").removesuffix(b"]}}"))
        while True:
            handler.wfile.write(b', {"s": {"type": "literal", "value": "1"}}' * 1000)

    remote.replies["/"] = forever
    with pytest.raises(RuntimeError):
        asked(gateway, (QUERY % f"{remote.origin}/").replace("SERVICE", service))
    assert [failure.reason for failure in gateway.failures + gateway.silenced] == ["size"]


def test_the_bytes_count_for_the_whole_query(remote: Remote, gateway: Gateway) -> None:
    remote.replies["/"] = say(results("x" * 60_000))
    assert asked(gateway, QUERY % f"{remote.origin}/")
    with pytest.raises(OSError, match="larger than the 100000 bytes"):
        asked(gateway, QUERY % f"{remote.origin}/")


def test_an_answer_that_is_cut_is_an_error(remote: Remote, gateway: Gateway) -> None:
    whole = results(*map(str, range(1500)))

    def cut(handler: Handler) -> None:
        handler.head(Content_Type=RESULTS, Content_Length=str(len(whole) + 1))
        handler.wfile.write(whole)

    remote.replies["/"] = cut
    with pytest.raises(RuntimeError):
        asked(gateway, QUERY % f"{remote.origin}/")
    assert [failure.reason for failure in gateway.failures] == ["answer"]


def test_a_slow_answer_ends_at_the_deadline(remote: Remote, allow: AllowList) -> None:
    remote.replies["/"] = trickle
    start = time.monotonic()
    with Gateway(allow, start + 0.5, 100_000) as gateway:
        with pytest.raises(OSError, match="did not answer within the time"):
            asked(gateway, QUERY % f"{remote.origin}/")
        assert time.monotonic() - start < 2
        assert [failure.reason for failure in gateway.failures] == ["time"]


def test_a_query_cannot_be_used_to_flood_a_service(remote: Remote, gateway: Gateway) -> None:
    query = "SELECT ?s { VALUES ?s { %s } FILTER EXISTS { SERVICE <%s/> { ?a ?p ?s } } }"
    # The engine goes on where a call failed within EXISTS: a wrong answer, of which only the gateway knows.
    assert len(asked(gateway, query % (" ".join(map(str, range(2000, 3000))), remote.origin))) == 990
    assert len(remote.seen) == 10
    assert {failure.en for failure in gateway.failures} == {
        f"the call of {remote.origin}/ failed: one query may make 10 calls at most"
    }
    with pytest.raises(OSError, match="one query may make 10 calls at most"):
        asked(gateway, QUERY % f"{remote.origin}/")


def test_large_and_odd_requests_are_not_forwarded(remote: Remote, gateway: Gateway) -> None:
    url = gateway.url_for(f"{remote.origin}/")
    assert request(url, body=b"", Content_Length="1048577")[0] == 413
    assert request(url, body=b"", Content_Length="-1")[0] == 411
    assert request(url, body=b"0\r\n\r\n", Transfer_Encoding="chunked")[0] == 411
    assert remote.seen == []


def test_it_listens_on_loopback_and_until_it_is_closed(allow: AllowList) -> None:
    with Gateway(allow, time.monotonic() + 20, 1000) as gateway:
        address = ("127.0.0.1", gateway.port)
        socket.create_connection(address, timeout=5).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", gateway.port), timeout=5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)
