"""A revision as a file: RDF in any syntax, a table of facts, or a network for Gephi, Cytoscape and Graphviz."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from kg.engine import Engine, GraphFormat
from kg.errors import UnsupportedFormat
from kg.iris import Iris
from kg.network import build_network, write_network
from kg.terms import sparql_prologue

NETWORKS = ("graphml", "gexf", "cytoscape", "dot")
FORMATS = ("ttl", "nt", "nq", "trig", "jsonld", "rdfxml", "csv", *NETWORKS)
"""The short names of the formats."""

FACT_COLUMNS = (
    "subject",
    "subject_zh",
    "subject_en",
    "property",
    "object",
    "object_zh",
    "object_en",
    "clause",
    "reading",
    "source",
    "line",
    "start",
    "end",
    "url",
)
"""The columns of the table of facts."""


def export(engine: Engine, iris: Iris, format: str) -> Iterator[bytes]:
    """Yield a revision in a format, in chunks; the same revision gives the same bytes.

    The graph that only describes the dataset is left out: it is no part of what the revision's id stands for.

    `csv` is the table of stated facts, one row for each fact and clause, with a byte-order mark so that spreadsheets
    read the Chinese.

    Raises:
        UnsupportedFormat: there is no such format.
    """
    rdf = {item.short: item for item in GraphFormat}
    if format in rdf:
        yield from engine.dump(rdf[format], leave=iris.graph("metadata"))
    elif format == "csv":
        yield from _facts(engine, iris)
    elif format in NETWORKS:
        yield write_network(build_network(engine, iris), format)
    else:
        raise UnsupportedFormat(format, FORMATS)


def _facts(engine: Engine, iris: Iris) -> Iterator[bytes]:
    rows = engine.select(
        f"""{sparql_prologue()}SELECT * WHERE {{
          ?statement rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
          ?evidence oa:hasBody ?statement ; oa:hasTarget ?clause ; pkg:reading ?reading .
          ?clause oa:hasSource ?passage ; oa:hasSelector ?quoted , ?position .
          ?quoted oa:exact ?quote . ?position oa:start ?start ; oa:end ?end .
          ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source . ?source schema:url ?url .
          OPTIONAL {{ ?s rdfs:label ?s_zh FILTER(LANG(?s_zh) = "zh") }}
          OPTIONAL {{ ?s rdfs:label ?s_en FILTER(LANG(?s_en) = "en") }}
          OPTIONAL {{ ?o rdfs:label ?o_zh FILTER(LANG(?o_zh) = "zh") }}
          OPTIONAL {{ ?o rdfs:label ?o_en FILTER(LANG(?o_en) = "en") }}
          OPTIONAL {{ ?o qudt:numericValue ?number ; qudt:hasUnit/qudt:symbol ?symbol }}
        }} ORDER BY ?s ?p ?o ?source ?line ?start ?reading"""
    )
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(FACT_COLUMNS)
    for row in rows:
        text = {name: term.value for name, term in row.items()}
        shown = f"{text['number']} {text['symbol']}" if "number" in text and "symbol" in text else iris.short(text["o"])
        writer.writerow(
            [
                iris.short(text["s"]),
                text.get("s_zh", ""),
                text.get("s_en", ""),
                iris.short(text["p"]),
                shown,
                text.get("o_zh", ""),
                text.get("o_en", ""),
                text["quote"],
                iris.short(text["reading"]).removeprefix("reading/"),
                iris.short(text["source"]).removeprefix("source/"),
                text["line"],
                text["start"],
                text["end"],
                text["url"],
            ]
        )
    yield b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")
