"""Readers of the results of queries, written for these tests so that no engine judges itself."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any, Final
from xml.etree import ElementTree

from rdflib import RDF, Graph, Namespace

from tests.conformance.comparing import Answer, Table, table_of_graphs
from tests.conformance.terms import XSD, Term, blank, iri, literal, of_node, parse_graph

JSON: Final = "application/sparql-results+json"
XML: Final = "application/sparql-results+xml"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
TURTLE: Final = "text/turtle"

_RS: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
_NAMESPACE: Final = "{http://www.w3.org/2005/sparql-results#}"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_GRAPHS: Final = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
}
_CELL: Final = re.compile(
    r"""<(?P<iri>[^>]*)> | _:(?P<blank>\S+)
      | (?P<quote>["'])(?P<value>(?:[^\\]|\\.)*)(?P=quote)(?:@(?P<lang>[\w-]+)|\^\^<(?P<type>[^>]*)>)?
      | (?P<integer>[+-]?\d+) | (?P<decimal>[+-]?\d*\.\d+) | (?P<double>[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+)
      | (?P<boolean>true|false)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def read_answer(content: bytes, media_type: str, *, ordered: bool = False, base: str = "") -> Answer:
    """Return the answer that a body of a media type has."""
    if media_type in _GRAPHS:
        return of_graph(parse_graph(content, _GRAPHS[media_type], base))
    if media_type == JSON:
        return _of_json(json.loads(content), ordered)
    if media_type == XML:
        return _of_xml(ElementTree.fromstring(content), ordered)
    assert media_type in {CSV, TSV}, f"an answer of type {media_type!r}"
    return (_of_csv if media_type == CSV else _of_tsv)(content.decode("utf-8"), ordered)


def of_graph(graph: Graph) -> Answer:
    """Return the result that a graph describes, or the graph itself."""
    found = graph.value(None, RDF.type, _RS.ResultSet)
    if found is None:
        return table_of_graphs({"": graph})
    truth = graph.value(found, _RS.boolean)
    if truth is not None:
        return str(truth) == "true"
    rows: list[tuple[int, dict[str, Term]]] = []
    for solution in graph.objects(found, _RS.solution):
        row: dict[str, Term] = {}
        for binding in graph.objects(solution, _RS.binding):
            value = graph.value(binding, _RS.value)
            assert value is not None
            row[str(graph.value(binding, _RS.variable))] = of_node(value)
        rows.append((int(str(graph.value(solution, _RS["index"]) or 0)), row))
    ordered = any(index for index, _ in rows)
    variables = [str(name) for name in graph.objects(found, _RS.resultVariable)]
    return Table.of(variables, [row for _, row in sorted(rows, key=lambda pair: pair[0])], ordered=ordered)


def _of_json(document: Any, ordered: bool) -> Answer:
    if "boolean" in document:
        assert isinstance(document["boolean"], bool)
        return document["boolean"]
    rows = [
        {name: _of_json_term(value) for name, value in binding.items()} for binding in document["results"]["bindings"]
    ]
    return Table.of(document["head"]["vars"], rows, ordered=ordered)


def _of_json_term(term: dict[str, str]) -> Term:
    if term["type"] == "uri":
        return iri(term["value"])
    if term["type"] == "bnode":
        return blank(term["value"])
    assert term["type"] in {"literal", "typed-literal"}, term
    return literal(term["value"], term.get("datatype", ""), term.get("xml:lang", ""))


def _of_xml(root: ElementTree.Element, ordered: bool) -> Answer:
    assert root.tag == f"{_NAMESPACE}sparql", root.tag
    truth = root.find(f"{_NAMESPACE}boolean")
    if truth is not None:
        assert (truth.text or "").strip() in {"true", "false"}
        return (truth.text or "").strip() == "true"
    rows = [
        {str(binding.get("name")): _of_xml_term(binding[0]) for binding in result}
        for result in root.iterfind(f"{_NAMESPACE}results/{_NAMESPACE}result")
    ]
    return Table.of(
        [str(variable.get("name")) for variable in root.iterfind(f"{_NAMESPACE}head/{_NAMESPACE}variable")],
        rows,
        ordered=ordered,
    )


def _of_xml_term(element: ElementTree.Element) -> Term:
    text, kind = element.text or "", element.tag.removeprefix(_NAMESPACE)
    if kind in {"uri", "bnode"}:
        return iri(text) if kind == "uri" else blank(text)
    assert kind == "literal", kind
    return literal(text, element.get("datatype") or "", element.get(_XML_LANG) or "")


def _of_csv(text: str, ordered: bool) -> Table:
    """Return a table of texts: CSV does not tell an IRI from a literal, nor an empty text from nothing."""
    header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    for line in lines:
        assert len(line) == len(header), line
        cells = {name: cell for name, cell in zip(header, line, strict=True) if cell}
        rows.append(
            {name: blank(cell[2:]) if cell.startswith("_:") else ("text", cell, "", "") for name, cell in cells.items()}
        )
    return Table.of(header, rows, ordered=ordered)


def _of_tsv(text: str, ordered: bool) -> Table:
    lines = text.removesuffix("\n").split("\n")
    header = lines[0].split("\t")
    assert all(name.startswith("?") for name in header), header
    rows = []
    for line in lines[1:]:
        cells = line.split("\t")
        assert len(cells) == len(header), line
        rows.append({name[1:]: _of_tsv_cell(cell) for name, cell in zip(header, cells, strict=True) if cell})
    return Table.of([name[1:] for name in header], rows, ordered=ordered)


def _of_tsv_cell(cell: str) -> Term:
    match = _CELL.fullmatch(cell)
    assert match is not None, f"no term of Turtle: {cell!r}"
    found = match.groupdict()
    if found["iri"] is not None:
        return iri(found["iri"])
    if found["blank"] is not None:
        return blank(found["blank"])
    if found["quote"] is not None:
        value = re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), found["value"], flags=re.DOTALL)
        return literal(value, found["type"] or "", found["lang"] or "")
    return literal(cell, XSD + next(name for name in ("integer", "decimal", "double", "boolean") if found[name]))
