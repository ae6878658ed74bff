"""The W3C SPARQL 1.1 test suite: where it lies, and the tests that its manifests list."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args
from urllib.parse import unquote

from rdflib import RDF, Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from tests.conformance.terms import parse_graph

MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
ROOT: Final = Path(__file__).resolve().parents[2]
BASE: Final = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
"""What the IRIs of the tests begin with, and so those of their files."""

Category = Literal[
    "query evaluation",
    "query syntax",
    "result formats",
    "update evaluation",
    "update syntax",
    "federation",
    "protocol",
    "graph store",
    "service description",
    "entailment",
    "graph store (deprecated)",
]
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
RUN: Final = CATEGORIES[:9]
"""The categories that are run; why the others are not stands in `known.OUT_OF_SCOPE`."""

_BY_FOLDER: Final[dict[str, Category]] = {
    "entailment": "entailment",
    "service": "federation",
    "syntax-fed": "federation",
    "csv-tsv-res": "result formats",
    "json-res": "result formats",
    "protocol": "protocol",
    "graph-store-protocol": "graph store",
    "http-rdf-update": "graph store (deprecated)",
    "service-description": "service description",
}
_BY_KIND: Final[dict[str, Category]] = {
    "QueryEvaluationTest": "query evaluation",
    "PositiveSyntaxTest11": "query syntax",
    "NegativeSyntaxTest11": "query syntax",
    "UpdateEvaluationTest": "update evaluation",
    "PositiveUpdateSyntaxTest11": "update syntax",
    "NegativeUpdateSyntaxTest11": "update syntax",
}
# Not included by manifest-all.ttl: these tests were replaced by those of graph-store-protocol.
_MANIFESTS: Final = ("manifest-all.ttl", "http-rdf-update/manifest.ttl")


@dataclass(frozen=True, slots=True)
class Case:
    """A test: its short id, folder and name, what kind it is, and its node in its manifest."""

    id: str
    kind: str
    category: Category
    node: Node
    manifest: Graph


def suite_folder() -> Path | None:
    """Return the folder of the suite, or None where there is none."""
    named = os.environ.get("KG_CONFORMANCE_DATA")
    folder = Path(named or ROOT.parent / "shared") / "w3c-sparql11"
    return folder.resolve() if (folder / "manifest-all.ttl").is_file() else None


def why_absent() -> str:
    """Return where the suite was looked for, as a reason to skip."""
    named = os.environ.get("KG_CONFORMANCE_DATA")
    place = f"KG_CONFORMANCE_DATA={named}" if named else "../shared/w3c-sparql11 beside the checkout"
    where = "KG_CONFORMANCE_DATA may name the folder that has w3c-sparql11/"
    return f"the W3C SPARQL 1.1 test suite is not there ({place}); {where}"


def file_of(iri: str) -> Path:
    """Return the file of the suite that an IRI names."""
    folder = suite_folder()
    assert folder is not None, why_absent()
    assert iri.startswith(BASE), iri
    return folder / unquote(iri.removeprefix(BASE))


def read(iri: str) -> str:
    """Return the text of a file of the suite."""
    return file_of(iri).read_bytes().decode("utf-8")


@cache
def graph_of(iri: str) -> Graph:
    """Return the graph in a file of the suite, literals as they are written."""
    return parse_graph(file_of(iri).read_bytes(), {"rdf": "xml", "nt": "nt"}.get(iri.rpartition(".")[2], "turtle"), iri)


@cache
def cases() -> tuple[Case, ...]:
    """Return all tests of the suite, in the order of its manifests."""
    return tuple(case for manifest in _MANIFESTS for case in _cases(BASE + manifest))


def of_category(category: Category) -> tuple[Case, ...]:
    """Return the tests of a category."""
    return tuple(case for case in cases() if case.category == category)


def _cases(iri: str) -> Iterator[Case]:
    manifest = graph_of(iri)
    folder = iri.removeprefix(BASE).rpartition("/")[0]
    for included in manifest.objects(None, MF.include):
        for each in Collection(manifest, included):
            yield from _cases(str(each))
    for entries in manifest.objects(None, MF.entries):
        for node in Collection(manifest, entries):
            kinds = [str(kind).removeprefix(MF) for kind in manifest.objects(node, RDF.type)]
            assert len(kinds) == 1, f"{node} is {kinds}"
            category = _BY_FOLDER.get(folder) or _BY_KIND[kinds[0]]
            yield Case(f"{folder}#{str(node).rpartition('#')[2]}", kinds[0], category, node, manifest)
