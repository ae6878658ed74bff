"""The W3C tests of SPARQL 1.1 Update, carried out on a store directory; the engine's own update is a second oracle."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox
import pytest
from rdflib import RDFS, Namespace
from rdflib.term import Node

from kg.engine.parsing import checked
from kg.engine.updating import run_update
from kg.errors import QueryError, QuerySyntaxError
from tests.conformance.suite import MF, Case, of_category, read, suite_folder, why_absent
from tests.engine.stores import canonical, changed, make_store

T = TypeVar("T")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
THERE = suite_folder() is not None
EVALUATION = of_category("update evaluation") if THERE else ()
SYNTAX = of_category("update syntax") if THERE else ()

pytestmark = pytest.mark.skipif(not THERE, reason=why_absent())


def test_suite_is_whole() -> None:
    assert len(EVALUATION) >= 90
    assert len(SYNTAX) >= 50


def dataset_of(case: Case, node: Node) -> ox.Dataset:
    """Return the dataset that an action begins with, or that is to be the result."""
    dataset = ox.Dataset()
    numbers = itertools.count()
    files: list[tuple[Node, ox.NamedNode | ox.DefaultGraph]] = [
        (file, ox.DefaultGraph()) for file in case.manifest.objects(node, UT.data)
    ]
    for each in case.manifest.objects(node, UT.graphData):
        (file,) = case.manifest.objects(each, UT.graph)
        (name,) = case.manifest.objects(each, RDFS.label)
        files.append((file, ox.NamedNode(str(name))))
    for file, graph in files:
        number = next(numbers)
        for quad in ox.parse(read(str(file)), ox.RdfFormat.TURTLE, base_iri=str(file)):
            dataset.add(ox.Quad(apart(quad.subject, number), quad.predicate, apart(quad.object, number), graph))
    return dataset


def apart(term: T, number: int) -> T | ox.BlankNode:
    """Return a term; a blank node gets a label that no other file has."""
    return ox.BlankNode(f"{term.value}-{number}") if isinstance(term, ox.BlankNode) else term


def unreachable(iri: str) -> tuple[bytes, str]:
    raise QueryError(f"{iri} cannot be had")


@pytest.mark.parametrize("case", EVALUATION, ids=[case.id for case in EVALUATION])
def test_update_gives_the_dataset_of_the_suite(case: Case, tmp_path: Path) -> None:
    (action,) = case.manifest.objects(case.node, MF.action)
    (result,) = case.manifest.objects(case.node, MF.result)
    (request,) = case.manifest.objects(action, UT.request)
    before = dataset_of(case, action)
    path = make_store(tmp_path / "store", "".join(f"{quad} .\n" for quad in before))
    text, base = read(str(request)), str(request)
    after, _ = changed(path, lambda clone: run_update(clone, text, base=base, union=False, load=unreachable))
    found = canonical(ox.Store.read_only(str(after)))
    assert found == canonical(dataset_of(case, result))
    if "LOAD" not in text.upper():
        oracle = ox.Store()
        oracle.extend(before)
        oracle.update(text, base_iri=base)
        assert found == canonical(oracle)


@pytest.mark.parametrize("case", SYNTAX, ids=[case.id for case in SYNTAX])
def test_text_is_an_update_or_not_as_the_suite_says(case: Case) -> None:
    (action,) = case.manifest.objects(case.node, MF.action)
    if case.kind.startswith("Positive"):
        checked(read(str(action)), str(action))
    else:
        with pytest.raises(QuerySyntaxError):
            checked(read(str(action)), str(action))
