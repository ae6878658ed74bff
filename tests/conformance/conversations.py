"""Runs the tests that are a conversation over HTTP: the SPARQL Protocol, and the Graph Store Protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from rdflib import RDFS, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from tests.conformance.client import Reply, Target
from tests.conformance.comparing import difference
from tests.conformance.evaluating import UT, load
from tests.conformance.results import CSV, JSON, TSV, XML, of_graph, read_answer
from tests.conformance.suite import MF, Case
from tests.conformance.terms import parse_graph

HT: Final = Namespace("http://www.w3.org/2011/http#")
HTS: Final = Namespace("http://www.w3.org/2011/http-statusCodes#")
CNT: Final = Namespace("http://www.w3.org/2011/content#")

_STATUS: Final = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404, "BadRequest": 400}
_FORMATS: Final = {
    "boolean": {JSON, XML},
    "tabular": {JSON, XML, CSV, TSV},
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}
_EXAMPLE_GRAPH: Final = "http://kasei.us/2009/09/sparql/data/data0.rdf"
_DATA: Final = "http://kasei.us/2009/09/sparql/data/"


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a conversation, and what its answer must be; an expectation that is None is not made."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    encoding: str
    statuses: tuple[str, ...]
    boolean: bool | None
    format: str | None
    location: str | None
    graph: str | None


def requests_of(case: Case) -> Iterator[Request]:
    """Yield the requests of a test in order."""
    manifest = case.manifest
    action = manifest.value(case.node, MF.action)
    requests = manifest.value(action, HT.requests)
    assert requests is not None, case.id
    for node in Collection(manifest, requests):
        response = manifest.value(node, HT.resp)
        body = manifest.value(node, HT.body)
        assert response is not None
        truth = _text(case, response, MF.expectedBoolean)
        yield Request(
            method=_text(case, node, HT.methodName) or "",
            path=_text(case, node, HT.absolutePath) or "",
            headers=tuple(_headers(case, node)),
            body=_text(case, body, CNT.chars) if body else None,
            encoding=(_text(case, body, CNT.characterEncoding) or "UTF-8") if body else "UTF-8",
            statuses=tuple(sorted(str(s).removeprefix(HTS) for s in manifest.objects(response, MF.expectedStatus))),
            boolean=None if truth is None else truth == "true",
            format=_text(case, response, MF.expectedFormat),
            location=_text(case, response, MF.expectedLocation),
            graph=_text(case, manifest.value(response, HT.body), CNT.chars),
        )


def run_protocol(case: Case, target: Target) -> str | None:
    """Run a test of the SPARQL Protocol; every data set that the tests name exists."""
    graphs = {_EXAMPLE_GRAPH: (f"{_folder(case)}data1.nt",)}
    for data in case.manifest.objects(case.node, UT.graphData):
        graphs[str(case.manifest.value(data, RDFS.label))] = (str(case.manifest.value(data, UT.graph)),)
    load(target, graphs)
    for number, request in enumerate(requests_of(case), 1):
        updates = "update" in case.id and not _is_query(request)
        path = (target.update_path if updates else target.query_path) + request.path.removeprefix("/sparql/")
        authorization = target.authorization if updates else ()
        body = None if request.body is None else _encoded(request)
        if updates:
            target.loaded = None
        reply = target.send(request.method, path, [*request.headers, *authorization], body)
        wrong = _wrong(request, reply, target)
        if wrong:
            return f"request {number}: {wrong}"
    return None


def run_store(case: Case, target: Target) -> str | None:
    """Run a test of the Graph Store Protocol, beginning with an empty store."""
    target.loaded = None
    load(target, {})
    target.loaded = None
    # The graphs lie below the store's own address, as direct identification of graphs demands.
    known = {"http://www.example/gsp": f"{target.url}{target.store_path}"}
    known.update({quote(before, safe=""): quote(after, safe="") for before, after in list(known.items())})
    names: dict[str, str] = {}
    for number, request in enumerate(requests_of(case), 1):
        path, body, graph = (_filled(text, known | names) for text in (request.path, request.body, request.graph))
        assert path is not None
        path = target.store_path + path.removeprefix("/gsp")
        headers = [*request.headers, *target.authorization]
        reply = target.send(request.method, path, headers, None if body is None else body.encode(request.encoding))
        wrong = _wrong(request, reply, target) or (_wrong_graph(graph, reply) if graph else None)
        if request.location and not wrong:
            location = reply.headers.get("location", "")
            wrong = None if location else "no Location"
            names[request.location] = location
        if wrong:
            return f"request {number}, {request.method} {path}: {wrong}"
    return None


def _filled(text: str | None, names: dict[str, str]) -> str | None:
    for name, value in names.items():
        text = text.replace(name, value) if text is not None else None
    return text


def _wrong(request: Request, reply: Reply, target: Target) -> str | None:
    if not any(_matches(reply.status, status) for status in request.statuses):
        return f"expected {' or '.join(request.statuses)}, got {reply.status}: {reply.text[:300]}"
    if reply.status in {401, 403} or (reply.status >= 400 and target.problems and request.method != "HEAD"):
        # A refusal for another reason than the test's would prove nothing.
        if reply.status in {401, 403}:
            return f"refused: {reply.status}"
        reply.problem()
    if request.method == "HEAD" and reply.body:
        return "an answer to HEAD has a body"
    if request.format and reply.media_type not in _FORMATS[request.format]:
        return f"expected the format {request.format}, got {reply.media_type}"
    if request.boolean is not None:
        return difference(request.boolean, read_answer(reply.body, reply.media_type))
    return None


def _wrong_graph(expected: str, reply: Reply) -> str | None:
    base = "http://www.example/"
    return difference(
        of_graph(parse_graph(expected, "turtle", base)), read_answer(reply.body, reply.media_type, base=base)
    )


def _matches(status: int, expected: str) -> bool:
    if expected.startswith("StatusCode"):
        return str(status)[0] == expected.removeprefix("StatusCode")[0]
    return status == _STATUS[expected]


def _is_query(request: Request) -> bool:
    kinds = {value for name, value in request.headers if name.lower() == "content-type"}
    return any(kind.startswith("application/sparql-query") for kind in kinds)


def _encoded(request: Request) -> bytes:
    assert request.body is not None
    return request.body.encode(request.encoding)


def _headers(case: Case, node: Node) -> Iterable[tuple[str, str]]:
    found = case.manifest.value(node, HT.headers)
    for header in Collection(case.manifest, found) if found is not None else ():
        name, value = _text(case, header, HT.fieldName), _text(case, header, HT.fieldValue)
        assert name is not None
        assert value is not None
        yield name, value


def _text(case: Case, subject: Node | None, predicate: URIRef) -> str | None:
    value = case.manifest.value(subject, predicate) if subject is not None else None
    return None if value is None else str(value)


def _folder(case: Case) -> str:
    return str(case.node).rpartition("/")[0] + "/"
