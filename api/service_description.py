"""What the endpoint says of itself: SPARQL 1.1 Service Description (W3C Recommendation 2013).

The graph is put together from lines and only written by the engine: nothing here runs a query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from api.dataset import WELL_KNOWN, DatasetDescription, in_syntax, root_of
from api.exchange import Exchange
from api.formats import GRAPH_OFFERS, RESULT_OFFERS
from api.negotiation import Offer
from kg.engine import GraphFormat, ResultFormat
from kg.federation import AllowList
from kg.metadata import Names
from kg.metadata.triples import a, both, iri, line, number
from kg.settings import Settings, format_size
from kg.terms import RDFS, SD, VOID
from kg.workers.pool import Limits

_FORMATS: Final = "http://www.w3.org/ns/formats/"
_FORMAT_IRIS: Final = {
    "json": _FORMATS + "SPARQL_Results_JSON",
    "xml": _FORMATS + "SPARQL_Results_XML",
    "csv": _FORMATS + "SPARQL_Results_CSV",
    "tsv": _FORMATS + "SPARQL_Results_TSV",
    "ttl": _FORMATS + "Turtle",
    "nt": _FORMATS + "N-Triples",
    "jsonld": _FORMATS + "JSON-LD",
    "rdfxml": _FORMATS + "RDF_XML",
}
_ENTAILMENT: Final = "http://www.w3.org/ns/entailment/Simple"
_TRIPLES: Final = re.compile(rf'^<([^>]*)> <{re.escape(VOID)}triples> "(\d+)"', re.MULTILINE)


def service_description(exchange: Exchange, format: GraphFormat) -> bytes:
    """Return the description of the endpoint: languages, formats, features, limits, and the graphs of its dataset."""
    state, names = exchange.request.app.state, Names(exchange.snapshot.iris)
    settings: Settings = state.settings
    allow: AllowList = state.allow
    root, writes = root_of(exchange), bool(state.tokens.enabled)
    service = names.part("service")
    lines = [
        *a(service, SD + "Service"),
        line(service, SD + "supportedLanguage", iri(SD + "SPARQL11Query")),
        line(service, SD + "defaultEntailmentRegime", iri(_ENTAILMENT)),
        line(service, SD + "defaultDataset", iri(names.dataset)),
        *both(service, RDFS + "comment", *limit_texts(settings, state.pool.limits, allow)),
    ]
    if root:
        lines.append(line(service, SD + "endpoint", iri(f"{root}/sparql")))
        lines.append(line(service, RDFS + "seeAlso", iri(f"{root}{WELL_KNOWN}")))
    lines += [line(service, SD + "resultFormat", iri(item)) for item in _format_iris((*RESULT_OFFERS, *GRAPH_OFFERS))]
    if writes:
        lines.append(line(service, SD + "supportedLanguage", iri(SD + "SPARQL11Update")))
        lines += [line(service, SD + "inputFormat", iri(item)) for item in _format_iris(GRAPH_OFFERS)]
    lines.append(line(service, SD + "feature", iri(SD + "EmptyGraphs")))
    if exchange.snapshot.union_default_graph:
        lines.append(line(service, SD + "feature", iri(SD + "UnionDefaultGraph")))
    if allow.names:
        lines.append(line(service, SD + "feature", iri(SD + "BasicFederatedQuery")))
    return in_syntax(
        names.graph, "".join(f"{item}\n" for item in [*lines, *_dataset(exchange, names)]).encode(), format
    )


def limit_texts(settings: Settings, limits: Limits, allow: AllowList) -> tuple[str, str]:
    """Return what holds for everybody's queries, in Chinese and in English."""
    memory, size = format_size(limits.memory), format_size(limits.bytes)
    origins = ", ".join(allow.names)
    return (
        f"每个查询至多 {limits.seconds:g} 秒、{memory} 内存；查询文本至多 {settings.max_query_length} 个字符、"
        f"{settings.max_query_nesting} 层嵌套；结果至多 {limits.rows} 行、{size}；同时至多 {limits.workers} 个查询。"
        "timeout= 可缩短时限。超过限制即返回错误并说明是哪一项，从不返回残缺的结果。"
        + (f"SERVICE 只可调用 {origins}。" if origins else "SERVICE 不可用。"),
        f"A query may take {limits.seconds:g} s and {memory} of memory; its text may have {settings.max_query_length} "
        f"characters and {settings.max_query_nesting} levels of nesting; its answer may have {limits.rows} rows and "
        f"{size}; {limits.workers} queries run at once. timeout= may ask for less time. Past a limit there is an error "
        "that says which it was, and never a part of the answer. "
        + (f"SERVICE may call {origins} only." if origins else "SERVICE is refused."),
    )


def _format_iris(offers: Iterable[Offer[ResultFormat] | Offer[GraphFormat]]) -> list[str]:
    return [_FORMAT_IRIS[name] for name in sorted({offer.value.short for offer in offers})]


def _dataset(exchange: Exchange, names: Names) -> Iterator[str]:
    """Yield the lines of the dataset and its graphs; how many triples each has where the revision carries that."""
    described: DatasetDescription = exchange.request.app.state.dataset
    stored = described.stored(exchange.snapshot)
    triples = {part: int(count) for part, count in _TRIPLES.findall((stored or b"").decode())}
    if stored is not None:
        triples[names.digest("graph", names.graph)] = stored.count(b"\n")
    default = names.part("default-graph")
    yield from a(names.dataset, SD + "Dataset")
    yield line(names.dataset, SD + "defaultGraph", iri(default))
    yield from a(default, SD + "Graph")
    for graph in sorted(exchange.snapshot.graph_names):
        named, part = names.digest("named-graph", graph), names.digest("graph", graph)
        yield line(names.dataset, SD + "namedGraph", iri(named))
        yield from a(named, SD + "NamedGraph")
        yield line(named, SD + "name", iri(graph))
        yield line(named, SD + "graph", iri(part))
        yield from a(part, SD + "Graph", VOID + "Dataset")
        if part in triples:
            yield line(part, VOID + "triples", number(triples[part]))
