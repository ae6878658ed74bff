"""What the endpoint says of itself: SPARQL 1.1 Service Description, as a graph that the engine writes in any syntax."""

from __future__ import annotations

import re
from typing import Final

from api.formats import GRAPH_OFFERS, RESULT_OFFERS
from kg.engine import Engine, GraphFormat, QueryRequest

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMAT_IRIS: Final = {
    "json": "http://www.w3.org/ns/formats/SPARQL_Results_JSON",
    "xml": "http://www.w3.org/ns/formats/SPARQL_Results_XML",
    "csv": "http://www.w3.org/ns/formats/SPARQL_Results_CSV",
    "tsv": "http://www.w3.org/ns/formats/SPARQL_Results_TSV",
    "ttl": "http://www.w3.org/ns/formats/Turtle",
    "nt": "http://www.w3.org/ns/formats/N-Triples",
    "jsonld": "http://www.w3.org/ns/formats/JSON-LD",
    "rdfxml": "http://www.w3.org/ns/formats/RDF_XML",
}
_IRI: Final = re.compile(r"^https?://[^\s<>\"{}|\\^`\x00-\x20]+$")


def service_description(engine: Engine, endpoint: str, *, union: bool, format: GraphFormat) -> bytes:
    """Return the description of the endpoint at a URL: languages, formats, and the named graphs.

    A URL that is no IRI (the Host header is the client's) is left out rather than written into a query.
    """
    offers = {offer.value.short for offer in (*RESULT_OFFERS, *GRAPH_OFFERS)}
    formats = ", ".join(f"<{_FORMAT_IRIS[name]}>" for name in sorted(offers))
    address = f"<{endpoint}>" if _IRI.match(endpoint) else "[]"
    features = "; sd:feature sd:UnionDefaultGraph" if union else ""
    graphs = " ".join(f"_:set sd:namedGraph [ a sd:NamedGraph ; sd:name <{name}> ] ." for name in engine.graph_names())
    query = f"""PREFIX sd: <{_SD}> CONSTRUCT {{
      _:service a sd:Service ; sd:endpoint {address} ; sd:supportedLanguage sd:SPARQL11Query ;
        sd:resultFormat {formats} {features} ; sd:defaultDataset _:set .
      _:set a sd:Dataset . {graphs}
    }} WHERE {{}}"""
    return engine.answer(QueryRequest(query), None, format).content
