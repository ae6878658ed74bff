"""Runs the tests that are a query or an update, with data to load before and an answer to compare."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from rdflib import RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

from tests.conformance.client import Reply, Target
from tests.conformance.comparing import Answer, Table, difference, table_of_graphs
from tests.conformance.results import CSV, JSON, TSV, TURTLE, XML, of_graph, read_answer
from tests.conformance.suite import MF, Case, Category, graph_of, of_category, read

QT: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT: Final = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

_EMPTY: Final = "urn:x-conformance:empty"
"""A graph that there is not: the default graph of tests that have an empty one."""

EVERYTHING: Final = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
_TYPES: Final = {"srx": XML, "srj": JSON, "csv": CSV, "tsv": TSV, "ttl": JSON}
_GRAPH_FORM: Final = re.compile(r"\b(CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_FROM: Final = re.compile(r"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", re.IGNORECASE)
_ORDERED: Final = re.compile(r"\bORDER\s+BY\b[^{}]*$", re.IGNORECASE)
_COMMENT: Final = re.compile(r"(?m)^\s*#.*$")

_AFTER_PARSING: Final = {"operation-failed", "unknown-function", "load-refused"}
"""The problems of our server that a text only has if it is well-formed."""

Dataset = Mapping[str, tuple[str, ...]]
"""Files by the name of the graph that they fill; the default graph has the empty name."""


def query_dataset(case: Case) -> Dataset:
    """Return what a query is asked of; what it reads by FROM is there under its own name."""
    action = _action(case)
    found: dict[str, tuple[str, ...]] = {}
    data = tuple(sorted(str(file) for file in case.manifest.objects(action, QT.data)))
    if data:
        found[""] = data
    for file in case.manifest.objects(action, QT.graphData):
        found[str(file)] = (str(file),)
    found.update({file: (file,) for file in _from(case)})
    return found


def _from(case: Case) -> list[str]:
    """Return the files that a query reads by FROM."""
    query = _one(case, _action(case), QT.query)
    return [f"{query.rpartition('/')[0]}/{name}" for name in _FROM.findall(_COMMENT.sub("", read(query)))]


def update_dataset(case: Case, of: URIRef) -> Dataset:
    """Return the dataset before (`mf:action`) or after (`mf:result`) an update."""
    state = case.manifest.value(case.node, of)
    assert state is not None, case.id
    found: dict[str, tuple[str, ...]] = {}
    data = tuple(sorted(str(file) for file in case.manifest.objects(state, UT.data)))
    if data:
        found[""] = data
    for graph in case.manifest.objects(state, UT.graphData):
        name = str(case.manifest.value(graph, RDFS.label))
        found[name] = (*found.get(name, ()), _one(case, graph, UT.graph))
    return found


def load(target: Target, dataset: Dataset, rewritten: Mapping[str, str] | None = None) -> None:
    """Let a server hold a dataset, and nothing else."""
    key = (sorted(dataset.items()), sorted((rewritten or {}).items()))
    if target.loaded == key:
        return
    reply = target.update(_rewritten(insertion(dataset), rewritten))
    assert reply.status in {200, 204}, f"the data cannot be loaded: {reply.status} {reply.text[:300]}"
    target.loaded = key


def insertion(dataset: Dataset) -> str:
    """Return the update that replaces everything by a dataset."""
    parts = []
    for name, files in dataset.items():
        triples = "".join(graph_of(file).serialize(format="nt") for file in files)
        parts.append(f"GRAPH <{name}> {{\n{triples}}}" if name else triples)
    return "DROP ALL ;\nINSERT DATA {\n" + "\n".join(parts) + "\n}"


def run_query(
    case: Case, target: Target, rewritten: Mapping[str, str] | None = None, more: Dataset | None = None
) -> str | None:
    """Evaluate a query over the whole dataset of a server, and return what is wrong with the answer, or None.

    `rewritten` replaces texts in data, query and result; `more` is loaded besides.
    """
    load(target, {**query_dataset(case), **(more or {})}, rewritten)
    return _judge_query(case, target, {}, rewritten)


def run_query_by_parameters(case: Case, target: Target) -> str | None:
    """Evaluate a query over the dataset that `default-graph-uri` and `named-graph-uri` choose, and judge the answer.

    So the files of all tests are loaded at once, each as a graph of its own.
    """
    load(target, _files_of_queries(case.category))
    dataset = query_dataset(case)
    if _from(case):
        return _judge_query(case, target, {}, None)
    default = [file for file in dataset.get("", ()) if len(graph_of(file))] or [_EMPTY]
    named = [name for name in dataset if name]
    return _judge_query(case, target, {"default_graph_uri": default, "named_graph_uri": named}, None)


@cache
def _files_of_queries(category: Category) -> Dataset:
    files = {file for case in of_category(category) for each in query_dataset(case).values() for file in each}
    return {file: (file,) for file in sorted(files)}


def query_of(case: Case) -> tuple[str, bool]:
    """Return the text of a query, and whether its answer has an order."""
    text = read(_one(case, _action(case), QT.query))
    return text, bool(_ORDERED.search(_COMMENT.sub("", text)))


def expected_of(case: Case, *, ordered: bool) -> Answer:
    """Return the answer that a test expects of a SELECT or ASK query."""
    result = _one(case, case.node, MF.result)
    extension = result.rpartition(".")[2]
    if extension == "ttl":
        return of_graph(graph_of(result))
    return read_answer(read(result).encode(), _TYPES[extension], ordered=ordered)


def _judge_query(
    case: Case, target: Target, parameters: Mapping[str, Sequence[str]], rewritten: Mapping[str, str] | None
) -> str | None:
    file, result = _one(case, _action(case), QT.query), _one(case, case.node, MF.result)
    text, extension = read(file), result.rpartition(".")[2]
    bare = _COMMENT.sub("", text)
    ordered = bool(_ORDERED.search(bare))
    graph_form = extension == "ttl" and _GRAPH_FORM.search(bare) is not None
    accept = TURTLE if graph_form else _TYPES[extension]
    reply = target.query(f"BASE <{file}>\n{_rewritten(text, rewritten)}", accept, **parameters)
    if reply.status != 200:
        return f"{reply.status}: {reply.text[:300]}"
    if reply.media_type != accept:
        return f"asked for {accept}, got {reply.media_type}"
    if extension == "ttl":
        expected = of_graph(graph_of(result))
    else:
        expected = read_answer(_rewritten(read(result), rewritten).encode(), accept, ordered=ordered)
    return difference(expected, read_answer(reply.body, accept, ordered=ordered, base=file))


def run_update(case: Case, target: Target) -> str | None:
    """Run an update, read the dataset back, and return what is wrong with it, or None."""
    load(target, update_dataset(case, MF.action))
    file = _one(case, _action(case), UT.request)
    reply = target.update(f"BASE <{file}>\n{read(file)}")
    if reply.status not in {200, 204}:
        return f"{reply.status}: {reply.text[:300]}"
    expected: dict[str, Graph] = {}
    for name, files in update_dataset(case, MF.result).items():
        expected[name] = sum((graph_of(each) for each in files[1:]), graph_of(files[0]))
    return difference(table_of_graphs(expected), everything(target))


def everything(target: Target) -> Table:
    """Return every quad that a server holds."""
    reply = target.query(EVERYTHING, JSON)
    assert reply.status == 200, f"{reply.status}: {reply.text[:300]}"
    answer = read_answer(reply.body, JSON)
    assert isinstance(answer, Table)
    return answer


def run_syntax(case: Case, target: Target, rewritten: Mapping[str, str] | None = None) -> str | None:
    """Send a text that is SPARQL or is not, and return what is wrong with the answer, or None."""
    text = _rewritten(read(_one(case, case.node, MF.action)), rewritten)
    if "Update" in case.kind or case.id.startswith("delete-insert#"):
        target.loaded = None
        reply = target.update(text)
    else:
        load(target, {})
        reply = target.query(text)
    if case.kind.startswith("Negative"):
        return _refusal(reply, text, target.problems)
    if reply.status in {200, 204}:
        return None
    # What is well-formed may still fail, as CLEAR of a graph that is not there does.
    told = reply.problem()["type"].rpartition("/")[2] if target.problems else ""
    well_formed = told in _AFTER_PARSING if target.problems else reply.status not in {400, 401, 403}
    return None if well_formed else f"{reply.status}: {reply.text[:300]}"


def _refusal(reply: Reply, text: str, problems: bool) -> str | None:
    if reply.status != 400:
        return f"expected 400, got {reply.status}: {reply.text[:200]}"
    if not problems:
        return None
    problem = reply.problem()
    if not problem["type"].endswith("/query-syntax"):
        return f"the problem is {problem['type']}"
    line, column = problem.get("line"), problem.get("column")
    lines = text.split("\n")
    if not (isinstance(line, int) and isinstance(column, int) and 1 <= line <= len(lines) and column >= 1):
        return f"no place in the text: line {line}, column {column}"
    return None


def _rewritten(text: str, rewritten: Mapping[str, str] | None) -> str:
    for before, after in (rewritten or {}).items():
        text = text.replace(before, after)
    return text


def _action(case: Case) -> Node:
    action = case.manifest.value(case.node, MF.action)
    assert action is not None, case.id
    return action


def _one(case: Case, subject: Node, predicate: URIRef) -> str:
    found = list(case.manifest.objects(subject, predicate))
    assert len(found) == 1, f"{case.id}: {predicate} has {len(found)} values"
    return str(found[0])
