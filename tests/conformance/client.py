"""A client that sends just what it is told to: no header of its own but Host and Content-Length, no redirects."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text, for messages too."""
        return self.body.decode("utf-8", "replace")

    def problem(self) -> dict[str, Any]:
        """Return the problem document (RFC 9457) that the body is."""
        assert self.media_type == "application/problem+json", f"{self.status} {self.media_type}: {self.text[:300]}"
        problem: dict[str, Any] = json.loads(self.body)
        assert problem["status"] == self.status
        return problem


@dataclass(slots=True)
class Target:
    """A server under test: its address, its paths, its token for writes, and whether its errors say where."""

    url: str
    query_path: str = "/sparql"
    update_path: str = "/sparql"
    store_path: str = "/store"
    token: str | None = None
    problems: bool = False
    loaded: object = None
    """Which dataset it holds, if one that may be used again."""
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    @property
    def authority(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    @property
    def authorization(self) -> Headers:
        """The header that allows to write."""
        return [("Authorization", f"Bearer {self.token}")] if self.token else []

    def send(self, method: str, path: str, headers: Headers = (), body: bytes | None = None) -> Reply:
        """Send a request and return the answer; a connection that was closed while idle is opened again."""
        for again in (True, False):
            fresh = self._connection is None
            connection = self._connection or http.client.HTTPConnection(self.authority, timeout=60)
            self._connection = connection
            try:
                connection.putrequest(method, path, skip_accept_encoding=True)
                for name, value in headers:
                    connection.putheader(name, value)
                if body is not None:
                    connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body)
                response = connection.getresponse()
                found = {name.lower(): value for name, value in response.getheaders()}
                reply = Reply(response.status, found, response.read())
            except (http.client.HTTPException, OSError):
                self.close()
                if fresh or not again:
                    raise
                continue
            if response.will_close:
                self.close()
            return reply
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def query(self, text: str, accept: str = "*/*", **dataset: Sequence[str]) -> Reply:
        """Send a query as the body of a request; `default_graph_uri=[…]` and the like choose the dataset."""
        path = self.query_path + parameters(dataset)
        headers = [("Content-Type", "application/sparql-query"), ("Accept", accept)]
        return self.send("POST", path, headers, text.encode("utf-8"))

    def update(self, text: str, **dataset: Sequence[str]) -> Reply:
        """Send an update as the body of a request."""
        self.loaded = None
        headers = [("Content-Type", "application/sparql-update"), *self.authorization]
        return self.send("POST", self.update_path + parameters(dataset), headers, text.encode("utf-8"))


def parameters(values: Mapping[str, Sequence[str]]) -> str:
    """Return the query part of a URL; underscores in names become hyphens."""
    pairs = [(name.replace("_", "-"), value) for name, given in values.items() for value in given]
    return f"?{urlencode(pairs)}" if pairs else ""
