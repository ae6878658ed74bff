"""Writing a network for other tools: GraphML, GEXF, Cytoscape JSON, DOT, and tables of nodes and edges."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kg.errors import UnsupportedFormat
from kg.lazy import Lazy

if TYPE_CHECKING:
    import networkx as nx
else:
    nx = Lazy("networkx")

FORMATS: Final = {
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "cytoscape": "application/vnd.cytoscape+json",
    "dot": "text/vnd.graphviz; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "csv-nodes": "text/csv; charset=utf-8",
}
"""The formats of networks, with their media types; `csv` is the table of edges."""

EXTENSIONS: Final = {
    "graphml": "graphml",
    "gexf": "gexf",
    "cytoscape": "cyjs",
    "dot": "gv",
    "csv": "edges.csv",
    "csv-nodes": "nodes.csv",
}
"""What the names of files end with."""

Attributes = Mapping[str, Any]
_NOT_IN_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML 1.0 (section 2.2)."""

_DATE: Final = re.compile(rb' lastmodifieddate="[^"]*"')
_SHAPES: Final = {
    "measure": "box",
    "sector": "ellipse",
    "product": "hexagon",
    "target": "note",
    "platform": "component",
    "organization": "house",
    "place": "diamond",
    "policy": "folder",
}


def write_network(graph: nx.Graph[str], format: str) -> bytes:
    """Return a network in a format; the same network gives the same bytes.

    What is no character of XML, such as a control character, becomes U+FFFD in every format.

    Raises:
        UnsupportedFormat: there is no such format.
    """
    if format not in _WRITERS:
        raise UnsupportedFormat(format, tuple(FORMATS))
    return _WRITERS[format](_clean(graph))


def _clean(graph: nx.Graph[str]) -> nx.Graph[str]:
    """Return a copy without what XML cannot have; attributes in one order."""
    copy = graph.__class__(**graph.graph)
    for node, attributes in graph.nodes(data=True):
        copy.add_node(_text(node), **_texts(attributes))
    for one, other, key, attributes in _edges(graph):
        if copy.is_multigraph():
            copy.add_edge(_text(one), _text(other), key=key, **_texts(attributes))
        else:
            copy.add_edge(_text(one), _text(other), **_texts(attributes))
    return copy


def _text(value: Any) -> Any:
    return _NOT_IN_XML.sub("\ufffd", value) if isinstance(value, str) else value


def _texts(attributes: Attributes) -> dict[str, Any]:
    return {name: _text(value) for name, value in attributes.items() if value is not None}


def _edges(graph: nx.Graph[str]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield the edges with a key each, which is empty where there is one edge between two nodes at most."""
    if isinstance(graph, nx.MultiGraph):
        yield from graph.edges(keys=True, data=True)
    else:
        yield from ((one, other, "", attributes) for one, other, attributes in graph.edges(data=True))


def _graphml(graph: nx.Graph[str]) -> bytes:
    """Return GraphML whose ids are unique, as its DTD has it: those of edges are their numbers.

    Keys by name would have one id for two keys where nodes and edges have an attribute of the same name.
    """
    numbered = nx.create_empty_copy(graph)
    for number, (one, other, _, attributes) in enumerate(_edges(graph)):
        named = {"key": f"e{number}"} if isinstance(numbered, nx.MultiGraph) else {}
        numbered.add_edge(one, other, **named, **attributes)
    target = io.BytesIO()
    nx.write_graphml_xml(numbered, target)
    return target.getvalue()


def _gexf(graph: nx.Graph[str]) -> bytes:
    """Return GEXF 1.2 without the day on which it was written."""
    target = io.BytesIO()
    nx.write_gexf(graph, target)
    return _DATE.sub(b"", target.getvalue(), count=1)


def _cytoscape(graph: nx.Graph[str]) -> bytes:
    """Return JSON that Cytoscape.js takes for its elements, Cytoscape opens as .cyjs, and networkx reads."""
    nodes = [{"data": {**data, "id": id, "name": data["label"], "value": id}} for id, data in graph.nodes(data=True)]
    edges = []
    for number, (one, other, key, data) in enumerate(_edges(graph)):
        named = {"key": key} if key else {}
        edges.append({"data": {**data, "id": f"e{number}", "source": one, "target": other, **named}})
    value = {
        "format_version": "1.0",
        "generated_by": graph.graph.get("name", ""),
        "target_cytoscapejs_version": "~3.0",
        "data": dict(graph.graph),
        "directed": graph.is_directed(),
        "multigraph": graph.is_multigraph(),
        "elements": {"nodes": nodes, "edges": edges},
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _dot(graph: nx.Graph[str]) -> bytes:
    """Return DOT for Graphviz: labels in both languages, a shape for each kind, the clauses as tooltips."""
    directed = graph.is_directed()
    lines = [f"{'digraph' if directed else 'graph'} {_quoted(str(graph.graph.get('name', '')))} {{"]
    lines.append('  graph [overlap=false, splines=true]; node [fontname="Noto Sans CJK SC, sans-serif"];')
    for id, data in graph.nodes(data=True):
        label = "\n".join(dict.fromkeys([data["label"], data.get("label_en", data["label"])]))
        shown = {"shape": _SHAPES.get(data["type"], "ellipse"), **data, "label": label, "URL": data["iri"]}
        lines.append(f"  {_quoted(id)} {_attributes(shown)};")
    for one, other, key, data in _edges(graph):
        shown = {**data, "tooltip": data.get("clause") or data["label"]}
        named = {"key": key} if key else {}
        lines.append(
            f"  {_quoted(one)} {'->' if directed else '--'} {_quoted(other)} {_attributes({**named, **shown})};"
        )
    return "\n".join([*lines, "}", ""]).encode()


def _attributes(values: Attributes) -> str:
    return f"[{', '.join(f'{name}={_quoted(str(value))}' for name, value in values.items())}]"


def _quoted(text: str) -> str:
    r"""Return a text as DOT quotes it; a backslash is doubled, since one begins an escape in labels.

    >>> print(_quoted('a "b"'))
    "a \"b\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n")
    return f'"{escaped}"'


def _csv_edges(graph: nx.Graph[str]) -> bytes:
    """Return the table of edges under the headings that Gephi knows."""
    kind = "Directed" if graph.is_directed() else "Undirected"
    rows = [
        {"Source": one, "Target": other, "Type": kind, "Id": number, **_capital(data, "label", "weight")}
        for number, (one, other, _, data) in enumerate(_edges(graph))
    ]
    return _table(["Source", "Target", "Type", "Id", "Label"], rows)


def _csv_nodes(graph: nx.Graph[str]) -> bytes:
    """Return the table of nodes under the headings that Gephi knows."""
    return _table(["Id", "Label"], [{"Id": id, **_capital(data, "label")} for id, data in graph.nodes(data=True)])


def _capital(attributes: Attributes, *names: str) -> dict[str, Any]:
    """Return attributes, some of them with a capital, as Gephi has them."""
    return {name.capitalize() if name in names else name: value for name, value in attributes.items()}


def _table(first: list[str], rows: list[dict[str, Any]]) -> bytes:
    columns = list(dict.fromkeys([*first, *(name for row in rows for name in row)]))
    target = io.StringIO()
    writer = csv.DictWriter(target, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: str(v).lower() if isinstance(v, bool) else v for name, v in row.items()} for row in rows)
    return target.getvalue().encode()


_WRITERS: Final[Mapping[str, Callable[[nx.Graph[str]], bytes]]] = {
    "graphml": _graphml,
    "gexf": _gexf,
    "cytoscape": _cytoscape,
    "dot": _dot,
    "csv": _csv_edges,
    "csv-nodes": _csv_nodes,
}
