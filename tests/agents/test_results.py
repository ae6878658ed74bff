"""Reading the first rows of answers of any size, from bytes and from files, cut anywhere."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest

from kg.agents import results
from kg.agents.hints import named_in
from kg.agents.results import MOST_READ, read_boolean, read_rows, read_triples
from kg.engine import EmbeddedEngine, GraphFormat, QueryRequest, ResultFormat, Term
from kg.errors import LimitExceeded
from kg.workers.pool import Answered

LINES = "".join(
    f'<urn:s{n}> <urn:p> "值 \\"{n}\\" ]}},{{ \\n 🀄"@zh .\n<urn:s{n}> <urn:q> {n} .\n'.replace(
        f" {n} .\n", f' "{n}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    )
    for n in range(50)
)


def answer(query: str, *, spooled: bool, lines: str = LINES) -> Answered:
    engine = EmbeddedEngine.of_graphs([("urn:g", lines.encode())])
    found = engine.answer(QueryRequest(query), ResultFormat.JSON, GraphFormat.N_TRIPLES)
    if not spooled:
        return Answered(found.kind, found.media_type, 0, len(found.content), 0, 0, found.content)
    with tempfile.TemporaryFile() as file:
        file.write(found.content)
        file.flush()
        return Answered(found.kind, found.media_type, 0, len(found.content), 0, 0, b"", os.dup(file.fileno()))


@pytest.mark.parametrize("chunk", [1, 7, 100, 1 << 18])
def test_the_first_rows_are_read_from_a_file_that_is_cut_anywhere(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(results, "_CHUNK", chunk)
    query = "SELECT ?s ?text ?n ?none { ?s <urn:p> ?text ; <urn:q> ?n } ORDER BY ?n"
    spooled = answer(query, spooled=True)
    variables, rows = read_rows(spooled, 3)
    assert variables == ["s", "text", "n", "none"]
    assert rows == read_rows(answer(query, spooled=False), 3)[1]
    assert rows[2] == {
        "s": Term("iri", "urn:s2"),
        "text": Term("literal", '值 "2" ]},{ \n 🀄', "zh"),
        "n": Term("literal", "2", "", "http://www.w3.org/2001/XMLSchema#integer"),
    }
    assert len(read_rows(spooled, 1000)[1]) == 50
    spooled.close()


@pytest.mark.parametrize("chunk", [1, 1 << 18])
def test_triples_and_answers_of_ask_are_read(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(results, "_CHUNK", chunk)
    graph = answer("CONSTRUCT { ?s <urn:p> ?o } { ?s <urn:p> ?o }", spooled=True)
    assert len(read_triples(graph, 1000)) == 50
    (row,) = read_triples(graph, 1)
    assert row["predicate"] == Term("iri", "urn:p")
    assert row["object"].language == "zh"
    graph.close()
    assert read_boolean(answer("ASK { ?s <urn:p> ?o }", spooled=False)) is True
    assert read_rows(answer("SELECT * { ?s <urn:none> ?o }", spooled=False), 5)[1] == []


@pytest.mark.parametrize("form", ["SELECT ?o", "CONSTRUCT"])
def test_one_long_literal_is_read_in_a_time_that_grows_as_it_does(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(results, "_CHUNK", 256)
    literal = "x" * 3_000_000
    found = answer(f"{form} WHERE {{ ?s <urn:p> ?o }}", spooled=True, lines=f'<urn:s> <urn:p> "{literal}" .\n')
    began = time.thread_time()
    row = read_rows(found, 1)[1][0]["o"] if form.startswith("SELECT") else read_triples(found, 1)[0]["object"]
    assert row.value == literal
    assert time.thread_time() - began < 2
    found.close()


@pytest.mark.parametrize("spooled", [True, False])
def test_only_so_much_of_an_answer_is_read(spooled: bool) -> None:
    """The first rows of a large answer are; a row, or a triple, that is larger than that is refused."""
    text = "x" * (MOST_READ // 4)
    lines = "".join(f'<urn:s> <urn:p> "{number}{text}" .\n' for number in range(5))
    table = answer("SELECT ?o { ?s <urn:p> ?o }", spooled=spooled, lines=lines)
    assert table.size > MOST_READ
    assert len(read_rows(table, 3)[1]) == 3
    with pytest.raises(LimitExceeded) as caught:
        read_rows(table, 5)
    assert caught.value.limit == {"name": "bytes", "value": MOST_READ, "unit": "bytes"}
    table.close()
    graph = answer("CONSTRUCT WHERE { ?s <urn:p> ?o }", spooled=spooled, lines=lines)
    assert len(read_triples(graph, 2)) == 2
    with pytest.raises(LimitExceeded):
        read_triples(graph, 5)
    graph.close()


def test_names_in_comments_strings_and_declarations_are_none() -> None:
    text = """PREFIX x: <urn:x:>  # <urn:comment>
SELECT * { x:a rdfs:label "x:b <urn:c>" ; <relative> unknown:d FILTER(?n < 3 && ?m > 2) }"""
    found = [(item.written, item.iri, item.line) for item in named_in(text)]
    assert found == [("x:a", "urn:x:a", 2), ("rdfs:label", "http://www.w3.org/2000/01/rdf-schema#label", 2)]


def test_only_the_first_names_of_a_long_text_are_looked_at_and_none_that_a_prefix_makes_long() -> None:
    began = time.thread_time()
    assert len(list(named_in("ASK { " + "<urn:a> <urn:b> <urn:c> . " * 200_000))) == 1499
    assert time.thread_time() - began < 1
    long = f"PREFIX x: <urn:{'x' * 50_000}> ASK {{ " + " ".join(f"x:a{number}" for number in range(1900)) + " <urn:b> }"
    assert [item.iri for item in named_in(long)] == ["urn:b"]


def test_the_modules_that_tools_are_made_of_do_not_know_the_protocol() -> None:
    folder = Path(results.__file__).parent
    assert len(list(folder.glob("*.py"))) >= 8
    assert not [path.name for path in folder.glob("*.py") if "import mcp" in path.read_text("utf-8")]
