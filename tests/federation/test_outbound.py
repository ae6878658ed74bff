from __future__ import annotations

import socket
import threading
import time

import pytest

from kg.errors import LoadRefused
from kg.federation import AllowList, RemoteFailure, fetch_graph
from kg.federation.outbound import Outbound, Request, system_resolver
from tests.federation.servers import Handler, Remote, endless, redirect, say, trickle, trickle_headers

TURTLE = b"<http://example.com/a> <http://example.com/b> 1 ."


def soon(seconds: float = 20) -> float:
    return time.monotonic() + seconds


class Names:
    """The outside network's names; `asked` has every question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def failure(iri: str, allow: AllowList, *, names: Names | None = None, size: int = 100_000, time_: float = 20) -> str:
    """Return why a document cannot be had."""
    with pytest.raises(RemoteFailure) as caught:
        fetch_graph(iri, allow, soon(time_), size, resolver=names or system_resolver)
    assert caught.value.target in caught.value.en
    assert caught.value.target in caught.value.zh
    return caught.value.reason


def test_a_document_is_loaded_and_nothing_is_told_about_us(remote: Remote, allow: AllowList) -> None:
    remote.replies["/a.ttl?x=%C3%A4"] = say(TURTLE, "Text/Turtle; charset=utf-8")
    assert fetch_graph(f"{remote.origin}/a.ttl?x=ä#b", allow, soon(), 1000) == (TURTLE, "text/turtle")
    (seen,) = remote.seen
    assert (seen.method, seen.body) == ("GET", b"")
    assert seen.headers.pop("accept").startswith("text/turtle, application/n-triples")
    assert seen.headers == {
        "host": f"127.0.0.1:{remote.port}",
        "accept-encoding": "identity",
        "user-agent": "policy-kg",
        "connection": "close",
    }


def test_the_proxy_of_the_environment_is_not_used(
    remote: Remote, elsewhere: Remote, allow: AllowList, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, elsewhere.origin)
    fetch_graph(f"{remote.origin}/", allow, soon(), 1000)
    assert elsewhere.seen == []


def test_what_is_not_listed_is_refused_before_anything_happens(elsewhere: Remote, allow: AllowList) -> None:
    names = Names(["127.0.0.1"])
    for iri in (f"{elsewhere.origin}/", f"http://localhost:{elsewhere.port}/", "file:///etc/passwd", "a.ttl"):
        with pytest.raises(LoadRefused, match="allowed are http://127"):
            fetch_graph(iri, allow, soon(), 1000, resolver=names)
    assert elsewhere.seen == []
    assert names.asked == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["169.254.169.254"],
        ["fe80::1%eth0"],
        ["10.0.0.1"],
        ["0.0.0.0"],
        ["8.8.8.8", "127.0.0.1"],
        ["2606:4700::1111", "::1"],
    ],
)
def test_a_public_name_may_not_lead_to_an_address_that_is_not(remote: Remote, addresses: list[str]) -> None:
    names = Names(addresses)
    iri = f"http://graph.example:{remote.port}"
    assert failure(f"{iri}/", AllowList.parse(iri), names=names) == "address"
    assert names.asked == [("graph.example", remote.port)]
    assert remote.seen == []


def test_a_name_marked_private_may_lead_to_loopback(remote: Remote) -> None:
    iri = f"http://graph.example:{remote.port}"
    names = Names(["127.0.0.1"])
    fetch_graph(f"{iri}/", AllowList.parse(f"{iri}#private"), soon(), 1000, resolver=names)
    assert remote.seen[0].headers["host"] == f"graph.example:{remote.port}"
    for address in ("169.254.169.254", "fd00:ec2::254", "fe80::1", "0.0.0.0", "224.0.0.1"):
        assert failure(f"{iri}/", AllowList.parse(f"{iri}#private"), names=Names([address])) == "address"


def test_the_system_resolver_is_held_to_the_same_rule(remote: Remote) -> None:
    iri = f"http://localhost:{remote.port}"
    assert "127.0.0.1" in system_resolver("localhost", remote.port)
    fetch_graph(f"{iri}/", AllowList.parse(f"{iri}#private"), soon(), 1000)
    origin = AllowList.parse(f"{iri}#private").origins
    assert failure(f"{iri}/", AllowList(origin)) == "address"
    assert len(remote.seen) == 1


def test_the_connection_goes_to_the_address_that_was_checked(remote: Remote) -> None:
    """A name that changes between the check and the connection (DNS rebinding) is asked for once only."""
    remote.replies["/"] = redirect("/next")
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    iri = f"http://graph.example:{remote.port}"
    fetch_graph(f"{iri}/", AllowList.parse(f"{iri}#private"), soon(), 1000, resolver=names)
    assert [seen.path for seen in remote.seen] == ["/", "/next"]
    assert len(names.asked) == 1


def test_the_second_address_is_tried_where_the_first_does_not_answer(remote: Remote) -> None:
    iri = f"http://graph.example:{remote.port}"
    names = Names(["127.0.0.3", "127.0.0.1"])  # the server listens on the second only
    assert fetch_graph(f"{iri}/", AllowList.parse(f"{iri}#private"), soon(), 1000, resolver=names)[0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_elsewhere_is_not_followed(
    remote: Remote, elsewhere: Remote, allow: AllowList, status: int
) -> None:
    wrong = [
        f"{elsewhere.origin}/secret",
        f"//127.0.0.1:{elsewhere.port}/secret",
        f"https://127.0.0.1:{remote.port}/",
        f"http://localhost:{remote.port}/",
        f"http://x@127.0.0.1:{remote.port}/",
        "file:///etc/passwd",
        "http://[/",
    ]
    for location in wrong:
        remote.replies["/"] = redirect(location, status)
        assert failure(f"{remote.origin}/", allow) == "redirect", location
    assert elsewhere.seen == []
    assert len(remote.seen) == len(wrong)


def test_a_redirect_to_another_listed_origin_is_not_followed_either(remote: Remote, elsewhere: Remote) -> None:
    remote.replies["/"] = redirect(f"{elsewhere.origin}/next")
    allow = AllowList.parse(f"{remote.origin} {elsewhere.origin}")
    with pytest.raises(RemoteFailure, match=f"redirects to {elsewhere.origin}/next") as caught:
        fetch_graph(f"{remote.origin}/", allow, soon(), 1000)
    assert caught.value.detail == f"{elsewhere.origin}/next"
    assert elsewhere.seen == []


def test_redirects_within_the_origin_are_followed_three_times(remote: Remote, allow: AllowList) -> None:
    remote.replies |= {
        "/1": redirect("/2"),
        "/2": redirect(f"{remote.origin}/3"),
        "/3": redirect("4?a=ä".encode().decode("latin-1")),
    }
    assert fetch_graph(f"{remote.origin}/1", allow, soon(), 1000)[0]
    assert [seen.path for seen in remote.seen] == ["/1", "/2", "/3", "/4?a=%C3%A4"]
    assert failure(f"{remote.origin}/4", allow, size=1) == "size"
    remote.replies["/0"] = redirect("/1")
    assert failure(f"{remote.origin}/0", allow) == "redirect"


@pytest.mark.parametrize(("status", "method"), [(301, "POST"), (302, "POST"), (303, "GET"), (307, "POST")])
def test_only_see_other_turns_a_query_into_a_look(remote: Remote, allow: AllowList, status: int, method: str) -> None:
    remote.replies["/"] = redirect("/next", status)
    target = allow.check(f"{remote.origin}/")
    with Outbound(allow, soon()).call(target, Request("POST", {}, b"ASK {}")) as answer:
        assert answer.status == 200
    assert (remote.seen[1].method, remote.seen[1].body) == (method, b"ASK {}" if method == "POST" else b"")


def test_too_large(remote: Remote, allow: AllowList) -> None:
    remote.replies |= {"/said": say(b"x" * 1001), "/endless": endless, "/fits": say(b"x" * 1000)}
    assert failure(f"{remote.origin}/said", allow, size=1000) == "size"
    assert failure(f"{remote.origin}/endless", allow, size=1000) == "size"
    assert fetch_graph(f"{remote.origin}/fits", allow, soon(), 1000)[0] == b"x" * 1000


def silent(handler: Handler) -> None:
    handler.rfile.read(1)


@pytest.mark.parametrize("reply", [silent, trickle, trickle_headers])
def test_too_slow(remote: Remote, allow: AllowList, reply: object) -> None:
    remote.replies["/"] = reply  # type: ignore[assignment]
    start = time.monotonic()
    assert failure(f"{remote.origin}/", allow, time_=0.4) == "time"
    assert 0.3 < time.monotonic() - start < 1.5


def test_a_deadline_that_has_passed(remote: Remote, allow: AllowList) -> None:
    assert failure(f"{remote.origin}/", allow, time_=-1) == "time"
    assert remote.seen == []


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    release = threading.Event()

    def hang(_host: str, _port: int) -> list[str]:
        release.wait(20)
        return ["8.8.8.8"]

    start = time.monotonic()
    with pytest.raises(RemoteFailure) as caught:
        fetch_graph("http://a.example/", AllowList.parse("http://a.example"), soon(0.3), 10, resolver=hang)
    release.set()
    assert caught.value.reason == "time"
    assert time.monotonic() - start < 1.5


def test_a_host_that_nobody_knows() -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    allow = AllowList.parse("http://a.example")
    for resolver in (nobody, Names([])):
        with pytest.raises(RemoteFailure, match=r"its host is not known: a\.example") as caught:
            fetch_graph("http://a.example/", allow, soon(), 10, resolver=resolver)
        assert caught.value.zh == "调用 http://a.example/ 失败：无法解析其主机名：a.example"


def test_a_port_on_which_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert failure(f"{origin}/", AllowList.parse(origin)) == "connection"


def raw(text: bytes) -> object:
    return lambda handler: handler.wfile.write(text)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
    ],
)
def test_an_answer_that_is_cut_or_not_http_is_an_error(remote: Remote, allow: AllowList, answer: bytes) -> None:
    remote.replies["/"] = raw(answer)  # type: ignore[assignment]
    assert failure(f"{remote.origin}/", allow) in {"answer", "connection"}


def test_a_document_that_is_not_there(remote: Remote, allow: AllowList) -> None:
    for status in (204, 206, 404, 500):
        remote.replies["/"] = say(b"", status=status)
        assert failure(f"{remote.origin}/", allow) == "status"
