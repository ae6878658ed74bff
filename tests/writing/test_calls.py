"""Updates that call other servers, where the operator allows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kg.errors import DocumentSyntaxError, LoadRefused, ServiceRefused
from kg.federation import RemoteFailure
from tests.writing.conftest import Writing

FOUND = {
    "head": {"vars": ["o"]},
    "results": {"bindings": [{"o": {"type": "literal", "value": "from elsewhere"}}]},
}
ANSWERS = {
    "/doc.ttl": ("text/turtle; charset=utf-8", b"<> <urn:p> 1 . <#x> <urn:p> 2 ."),
    "/broken.ttl": ("text/turtle", b"<> <urn:p>"),
    "/sparql": ("application/sparql-results+json", json.dumps(FOUND).encode()),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind, body = ANSWERS.get(self.path.partition("?")[0], ("text/plain", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def other() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_document_of_an_allowed_origin_is_loaded(writing_with: Callable[..., Writing], other: str) -> None:
    writing = writing_with(service_allow=other)
    assert writing.update(f"LOAD <{other}/doc.ttl> INTO GRAPH <urn:loaded>").added == 2
    assert writing.select("SELECT ?s { GRAPH <urn:loaded> { ?s ?p 1 } }") == [f"{other}/doc.ttl"]
    with pytest.raises(DocumentSyntaxError):
        writing.update(f"LOAD <{other}/broken.ttl>")
    with pytest.raises(RemoteFailure) as caught:
        writing.update(f"LOAD <{other}/missing>")
    assert (caught.value.reason, caught.value.target) == ("status", f"{other}/missing")
    assert not writing.update(f"LOAD SILENT <{other}/missing>").changed
    with pytest.raises(LoadRefused):
        writing.update("LOAD SILENT <http://127.0.0.2/>")


def test_service_of_an_allowed_origin_is_asked(writing_with: Callable[..., Writing], other: str) -> None:
    writing = writing_with(service_allow=other)
    text = "INSERT {{ GRAPH <urn:asked> {{ <urn:a> <urn:p> ?o }} }} WHERE {{ SERVICE {} <{}> {{ ?s ?p ?o }} }}"
    assert writing.update(text.format("", f"{other}/sparql")).added == 1
    assert writing.select("SELECT ?o { GRAPH <urn:asked> { ?s ?p ?o } }") == ["from elsewhere"]
    with pytest.raises(RemoteFailure):
        writing.update(text.format("", f"{other}/missing"))
    with pytest.raises(ServiceRefused):
        writing.update(text.format("SILENT", "http://127.0.0.2/"))
