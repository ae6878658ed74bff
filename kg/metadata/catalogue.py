"""The dataset as an entry of a catalogue (DCAT 3, W3C Recommendation 2024): what, whose, which version, which files.

A revision does not depend on the machine that serves it, so addresses are left out of the graph that travels with it.
Whoever serves it knows them, and adds them: `address_lines`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kg.metadata.names import Names
from kg.metadata.triples import a, both, iri, line, text, typed
from kg.terms import DCAT, DCTERMS, FOAF, ONTOLOGY_IRI, SCHEMA, SD, VOID

LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"
TITLE: Final = ("政策知识图谱", "Policy knowledge graph")
DESCRIPTION: Final = (
    "政策文件的知识图谱：措施、目标、行业、平台、机构、地点和产品，每条事实都引自来源原文。"
    "统计不包括本描述所在的图；同一三元组出现在多个图中只计一次。",
    "Policy documents as a knowledge graph: measures, targets, sectors, platforms, bodies, places and products, every "
    "fact quoted from its source. Counts leave out the graph that has this description; a triple that stands in "
    "several graphs counts once.",
)
PUBLISHER: Final = "policy-kg contributors"
KEYWORDS: Final = (("政策", "人工智能", "产业", "目标"), ("policy", "artificial intelligence", "industry", "targets"))
DISTRIBUTIONS: Final = {
    "ttl": ("text/turtle", "Turtle"),
    "nt": ("application/n-triples", "N-Triples"),
    "nq": ("application/n-quads", "N-Quads"),
    "trig": ("application/trig", "TriG"),
    "jsonld": ("application/ld+json", "JSON-LD"),
    "rdf": ("application/rdf+xml", "RDF/XML"),
}
"""The files that the dataset can be had as: extension → media type and name."""

_LANGUAGES: Final = ("http://id.loc.gov/vocabulary/iso639-1/zh", "http://id.loc.gov/vocabulary/iso639-1/en")
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Release:
    """Which version of the dataset it is: the id of its revision, of the one before, the day of its last change.

    What is not known is empty, and left out.
    """

    revision: str = ""
    previous: str = ""
    modified: str = ""


def catalogue_lines(names: Names) -> list[str]:
    """Return the lines that are the same for every revision under a base."""
    dataset, publisher = names.dataset, names.part("publisher")
    lines = a(dataset, VOID + "Dataset", DCAT + "Dataset", SD + "Dataset")
    lines += both(dataset, DCTERMS + "title", *TITLE)
    lines += both(dataset, DCTERMS + "description", *DESCRIPTION)
    for language, words in zip(("zh", "en"), KEYWORDS, strict=True):
        lines += [line(dataset, DCAT + "keyword", text(word, language)) for word in words]
    lines += [line(dataset, DCTERMS + "language", iri(language)) for language in _LANGUAGES]
    lines += [
        line(dataset, DCTERMS + "license", iri(LICENSE)),
        line(dataset, DCTERMS + "publisher", iri(publisher)),
        line(dataset, DCTERMS + "conformsTo", iri(ONTOLOGY_IRI)),
        line(dataset, VOID + "uriSpace", text(f"{names.iris.base}id/")),
        *a(publisher, FOAF + "Agent"),
        line(publisher, FOAF + "name", text(PUBLISHER)),
        *a(names.graph, VOID + "DatasetDescription"),
        line(names.graph, FOAF + "primaryTopic", iri(dataset)),
    ]
    return [*lines, *_distributions(names), *_services(names)]


def release_lines(names: Names, release: Release) -> list[str]:
    """Return the lines that say which version it is."""
    lines: list[str] = []
    if release.revision:
        lines.append(line(names.dataset, DCAT + "version", text(release.revision)))
    if release.previous:
        lines.append(line(names.dataset, DCAT + "previousVersion", iri(names.part("revision", release.previous))))
    if release.modified:
        lines.append(line(names.dataset, DCTERMS + "modified", typed(release.modified, "date")))
    return lines


def example_resource_lines(names: Names, things: Iterable[str]) -> list[str]:
    """Return the lines that name things to look at."""
    return [line(names.dataset, VOID + "exampleResource", iri(thing)) for thing in things]


def address_lines(names: Names, root: str, examples: Iterable[str]) -> list[str]:
    """Return the lines with the addresses of everything, for a service under a URL, which has no slash at its end."""
    dataset, sparql, api = names.dataset, names.part("sparql"), names.part("api")
    lines = [
        line(dataset, VOID + "sparqlEndpoint", iri(f"{root}/sparql")),
        line(dataset, DCAT + "landingPage", iri(f"{root}/")),
        line(sparql, DCAT + "endpointURL", iri(f"{root}/sparql")),
        line(sparql, DCAT + "endpointDescription", iri(f"{root}/sparql")),
        line(api, DCAT + "endpointURL", iri(f"{root}/api/v1")),
        line(api, DCAT + "endpointDescription", iri(f"{root}/openapi.json")),
    ]
    for extension in DISTRIBUTIONS:
        file = f"{root}/download/graph.{extension}"
        distribution = names.part("distribution", extension)
        lines.append(line(dataset, VOID + "dataDump", iri(file)))
        lines.append(line(distribution, DCAT + "downloadURL", iri(file)))
        lines.append(line(distribution, DCAT + "accessURL", iri(file)))
    return lines + [line(example, SCHEMA + "target", iri(f"{root}/sparql")) for example in examples]


def _distributions(names: Names) -> list[str]:
    lines: list[str] = []
    for extension, (media_type, title) in DISTRIBUTIONS.items():
        distribution = names.part("distribution", extension)
        lines += [
            line(names.dataset, DCAT + "distribution", iri(distribution)),
            *a(distribution, DCAT + "Distribution"),
            *both(distribution, DCTERMS + "title", f"{title} 文件", f"{title} file"),
            line(distribution, DCAT + "mediaType", iri(_MEDIA_TYPES + media_type)),
            line(distribution, DCTERMS + "license", iri(LICENSE)),
        ]
    return lines


def _services(names: Names) -> list[str]:
    sparql, api = names.part("sparql"), names.part("api")
    lines = [
        *both(sparql, DCTERMS + "title", "SPARQL 查询服务", "SPARQL endpoint"),
        line(sparql, DCTERMS + "conformsTo", iri("http://www.w3.org/TR/sparql11-protocol/")),
        *both(api, DCTERMS + "title", "JSON 接口", "JSON API"),
        line(api, DCTERMS + "conformsTo", iri("https://spec.openapis.org/oas/v3.1.0")),
    ]
    for service in (sparql, api):
        lines += [
            *a(service, DCAT + "DataService"),
            line(service, DCAT + "servesDataset", iri(names.dataset)),
            line(service, DCTERMS + "license", iri(LICENSE)),
        ]
    return lines
