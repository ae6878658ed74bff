"""Writes, each in a process of its own: what is acknowledged is published, what is an error changes nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import (
    BadParameter,
    DocumentSyntaxError,
    GraphNotFound,
    KgError,
    LimitExceeded,
    LoadRefused,
    OperationFailed,
    Overloaded,
    PreconditionFailed,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooComplex,
    ServiceRefused,
    StoreError,
    Unsortable,
    UnsupportedFormat,
    ValidationFailed,
)
from kg.writing import Write, WriteResult, writer
from tests.conftest import ROOT
from tests.engine.mixed import MIXED
from tests.writing.conftest import Writing

ENDLESS = 'INSERT { ?a <urn:p> 1 } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(STR(?a), STR(?f), ?i) = "no") }'
X = "x" * 16
LONG = f'REPLACE(REPLACE(REPLACE("{X}", "x", "{X}"), "x", "{X}"), "x", "{X}")'
HUNGRY = f"INSERT {{ ?a ?b ?x }} WHERE {{ ?a ?b ?c . BIND(CONCAT(STR(?c), {LONG}) AS ?x) }}"


def put(graph: str | None, content: bytes, media_type: str = "text/turtle") -> Write:
    return Write("put", "me", graph=graph, content=content, media_type=media_type, base=graph or "")


def test_update_is_published_with_who_and_why(writing: Writing) -> None:
    before = writing.store.current_id()
    done = writing.update('INSERT DATA { GRAPH <urn:one> { <urn:a> rdfs:label "one" } }', note="a note")
    assert done.changed
    assert (done.added, done.removed) == (1, 0)
    assert writing.store.current_id() == done.revision != before
    newest = next(iter(writing.store.history()))
    assert (newest.seq, newest.revision, newest.parent) == (done.seq, done.revision, before)
    assert (newest.author, newest.note, newest.kind, newest.added) == ("me", "a note", "update", 1)
    assert writing.select("SELECT ?l { GRAPH <urn:one> { ?s rdfs:label ?l } }") == ["one"]


def test_update_that_changes_nothing_publishes_nothing(writing: Writing) -> None:
    text = 'INSERT DATA { GRAPH <urn:same> { <urn:a> rdfs:label "same" } }'
    first, second = writing.update(text), writing.update(text)
    assert (second.revision, second.seq, second.changed) == (first.revision, first.seq, False)


def test_undone_update_leads_back_to_the_same_revision(writing: Writing) -> None:
    before = writing.store.current_id()
    there = writing.update("INSERT DATA { GRAPH <urn:undone> { <urn:a> <urn:n> 1 } }")
    back = writing.update("DROP GRAPH <urn:undone>")
    assert (there.revision != before, back.revision) == (True, before)


def test_graph_store_operations_are_published(writing: Writing) -> None:
    first = writing.write(put("urn:g", b"<a> <urn:p> 1 , 2 ."))
    assert (first.added, first.existed, first.changed) == (2, False, True)
    second = writing.write(put("urn:g", b"<a> <urn:p> 2 ."))
    assert (second.added, second.removed, second.existed) == (0, 1, True)
    third = writing.write(Write("post", "me", graph="urn:g", content=b"<urn:b> <urn:p> 3 .", media_type="text/turtle"))
    assert third.added == 1
    assert writing.select("SELECT ?o { GRAPH <urn:g> { ?s ?p ?o } }") == ["2", "3"]
    assert writing.write(Write("delete", "me", graph="urn:g")).removed == 2
    assert "urn:g" not in writing.store.current().open().graph_names()
    assert next(iter(writing.store.history())).kind == "graph-store"


def test_description_of_the_dataset_is_kept_up_to_date(writing: Writing) -> None:
    query = "SELECT ?n { ?d a void:Dataset ; void:triples ?n ; dcat:version ?v }"
    (before,) = writing.select(query)
    writing.update("INSERT DATA { GRAPH <urn:described> { <urn:a> <urn:p> 1 } }")
    assert writing.select(query) == [str(int(before) + 1)]


def test_union_is_what_a_pattern_sees_unless_the_service_is_strict(
    writing: Writing, writing_with: Callable[..., Writing]
) -> None:
    text = "INSERT { GRAPH <urn:seen> { ?s <urn:seen> true } } WHERE { ?s a pkg:Policy }"
    assert writing.update(text).added == 1
    assert not writing_with(default_graph="strict").update(text).changed


MISTAKES: dict[str, tuple[Write | str, type[KgError]]] = {
    "syntax": ("INSERT DATA {", QuerySyntaxError),
    "missing graph": ("CLEAR GRAPH <urn:missing>", OperationFailed),
    "dataset twice": ("WITH <urn:g> DELETE { ?s ?p 1 } WHERE { ?s ?p ?o }", BadParameter),
    "load": ("LOAD <http://127.0.0.1:9/>", LoadRefused),
    "service": ("DELETE { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", ServiceRefused),
    "deep": (f"DELETE {{ ?s ?p ?o }} WHERE {'{' * 20_000} ?s ?p ?o {'}' * 20_000}", QueryTooComplex),
    "description": ("INSERT { GRAPH ?g { <urn:a> <urn:b> 1 } } WHERE { GRAPH ?g { ?d a void:Dataset } }", QueryRefused),
    "document": (put("urn:g", b"<a> <b>\n c ."), DocumentSyntaxError),
    "format": (put("urn:g", b"", "application/n-quads"), UnsupportedFormat),
    "no graph": (Write("delete", "me", graph="urn:missing"), GraphNotFound),
    "too late": (Write("update", "me", text="CLEAR DEFAULT", expected=("0123456789abcdef",)), PreconditionFailed),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_said_and_changes_nothing(writing: Writing, name: str) -> None:
    before = writing.store.current_id()
    write, kind = MISTAKES[name]
    using = ("urn:g",) if name == "dataset twice" else ()
    if isinstance(write, str):
        write = Write("update", "me", text=write, using_graphs=using)
    with pytest.raises(kind):
        writing.write(write)
    assert writing.store.current_id() == before


def test_errors_keep_what_they_carry(writing: Writing) -> None:
    with pytest.raises(QuerySyntaxError) as syntax:
        writing.update("CLEAR DEFAULT ;\n  NONSENSE")
    assert (syntax.value.line, syntax.value.column) == (2, 3)
    with pytest.raises(PreconditionFailed) as late:
        writing.update("CLEAR DEFAULT", expected=("0123456789abcdef",))
    assert late.value.current == writing.store.current_id()
    assert writing.update("CLEAR DEFAULT", expected=(late.value.current,)).revision == late.value.current


def test_violation_of_the_shapes_gets_the_report(writing: Writing) -> None:
    measure = "https://w3id.org/policy-kg/id/measure/bare"
    before = writing.store.current_id()
    for write in (
        Write("update", "me", text=f"INSERT DATA {{ GRAPH <urn:x> {{ <{measure}> a pkg:Measure }} }}"),
        put("urn:x", f"<{measure}> a <https://w3id.org/policy-kg/ontology#Measure> .".encode()),
    ):
        with pytest.raises(ValidationFailed) as caught:
            writing.write(write)
        assert {item.focus for item in caught.value.violations} == {"measure/bare"}
        assert {"evidence", "measure-policy", "label-zh"} <= {item.rule for item in caught.value.violations}
    assert writing.store.current_id() == before


def test_write_over_its_time_is_ended_and_changes_nothing(writing_with: Callable[..., Writing]) -> None:
    writing = writing_with(write_timeout=3.0)
    writing.run(writing.writer.start())
    before, began = writing.store.current_id(), time.monotonic()
    with pytest.raises(QueryTimeout) as caught:
        writing.update(ENDLESS)
    assert time.monotonic() - began < 6
    assert caught.value.limit == {"name": "time", "value": 3.0, "unit": "seconds"}
    assert writing.store.current_id() == before
    assert writing.update("INSERT DATA { GRAPH <urn:after> { <urn:a> <urn:p> 1 } }").changed
    assert list(writing.settings.directory.glob(".new-*")) == []


def test_write_over_its_memory_is_ended_and_changes_nothing(writing_with: Callable[..., Writing]) -> None:
    writing = writing_with(worker_memory=160 << 20)
    before = writing.store.current_id()
    with pytest.raises(LimitExceeded) as caught:
        writing.update(HUNGRY)
    assert caught.value.name == "memory"
    assert writing.store.current_id() == before


def test_write_that_sorts_what_has_no_order_changes_nothing(writing: Writing) -> None:
    before = writing.store.current_id()
    with pytest.raises(Unsortable):
        writing.update(
            "INSERT { GRAPH <urn:g> { <urn:a> <urn:p> ?o } } WHERE "
            f"{{ SELECT ?o {{ VALUES ?o {{ {MIXED} }} }} ORDER BY ?o }}"
        )
    assert writing.store.current_id() == before


def test_writes_wait_for_each_other_and_not_without_end(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "WAITING", 2)

    async def many() -> list[object]:
        texts = [f"INSERT DATA {{ GRAPH <urn:many> {{ <urn:a{number}> <urn:p> 1 }} }}" for number in range(5)]
        writes = (writing.writer.write(Write("update", "me", text=text)) for text in texts)
        return list(await asyncio.gather(*writes, return_exceptions=True))

    found: list[object] = writing.run(many())
    refused = [item for item in found if isinstance(item, Overloaded)]
    written = [item for item in found if isinstance(item, WriteResult)]
    assert (len(refused), len(written)) == (2, 3)
    assert len({item.seq for item in written}) == 3
    assert len(writing.select("SELECT ?s { GRAPH <urn:many> { ?s ?p ?o } }")) == 3


def test_write_goes_on_when_nobody_waits_for_it_any_more(writing: Writing) -> None:
    async def impatient() -> None:
        write = Write("update", "me", text="INSERT DATA { GRAPH <urn:left> { <urn:a> <urn:p> 1 } }")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(writing.writer.write(write), 0.02)
        await writing.writer.write(Write("update", "me", text="CLEAR DEFAULT"))

    writing.run(impatient())
    assert writing.select("SELECT ?o { GRAPH <urn:left> { ?s ?p ?o } }") == ["1"]


def workers_of(writing: Writing) -> list[int]:
    """Return the processes that the zygote of a writer has forked (Linux)."""
    zygote = writing.writer.process
    return [int(pid) for pid in Path(f"/proc/{zygote}/task/{zygote}/children").read_text(encoding="ascii").split()]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the children of a process are read from /proc")
def test_worker_that_crashes_is_an_error_that_changes_nothing(writing_with: Callable[..., Writing]) -> None:
    writing = writing_with()
    before = writing.store.current_id()

    async def crash(number: signal.Signals) -> None:
        await writing.writer.start()
        task = asyncio.ensure_future(writing.writer.write(Write("update", "me", text=ENDLESS)))
        while not workers_of(writing):
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        os.kill(workers_of(writing)[0], number)
        await task

    with pytest.raises(LimitExceeded):
        writing.run(crash(signal.SIGSEGV))
    with pytest.raises(StoreError, match="nothing was changed"):
        writing.run(crash(signal.SIGTERM))
    assert writing.store.current_id() == before
    assert writing.update("INSERT DATA { GRAPH <urn:after> { <urn:a> <urn:p> 1 } }").changed


def test_missing_shapes_are_said_at_the_start(writing_with: Callable[..., Writing], tmp_path: Path) -> None:
    (tmp_path / "ontology" / "shapes").mkdir(parents=True)
    writing = writing_with(ontology=tmp_path / "ontology")
    with pytest.raises(KgError, match="has no shapes"):
        writing.writer.check()
    with pytest.raises(KgError, match="has no shapes"):
        writing.run(writing.writer.start())


def test_a_process_writes_from_the_first_write_until_there_was_none_for_long(
    writing_with: Callable[..., Writing], monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = writing_with()
    writing.writer.check()
    assert writing.writer.process == 0
    texts = [f"INSERT DATA {{ GRAPH <urn:g> {{ <urn:a{number}> <urn:p> 1 }} }}" for number in range(3)]
    assert writing.update(texts[0]).changed
    first = writing.writer.process
    monkeypatch.setattr(writer, "KEPT", 0.2)
    assert writing.update(texts[1]).changed
    assert writing.writer.process == first != 0
    writing.run(asyncio.sleep(0.6))
    assert writing.writer.process == 0
    assert not Path(f"/proc/{first}").exists()
    assert writing.update(texts[2]).changed
    assert writing.writer.process not in {0, first}
    assert writing.select("SELECT ?s { GRAPH <urn:g> { ?s ?p ?o } }") == ["urn:a0", "urn:a1", "urn:a2"]


def test_a_process_stays_as_long_as_somebody_writes(
    writing_with: Callable[..., Writing], monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = writing_with(write_timeout=1.5)
    writing.run(writing.writer.start())
    monkeypatch.setattr(writer, "KEPT", 0.2)
    assert writing.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } }").changed
    first = writing.writer.process
    with pytest.raises(QueryTimeout):
        writing.update(ENDLESS)
    assert writing.writer.process == first != 0


def test_small_write_takes_no_longer_than_someone_waits(writing: Writing) -> None:
    """About 0.3 s on two idle cores; the bound is for busy ones."""

    def once(number: int) -> float:
        began = time.monotonic()
        writing.update(f"INSERT DATA {{ GRAPH <urn:quick> {{ <urn:a{number}> <urn:p> 1 }} }}")
        return time.monotonic() - began

    assert min(once(number) for number in range(4)) < 2


def test_the_process_that_writes_is_made_of_little() -> None:
    code = "import sys, kg.writing.worker as w; print([n for n in ('asyncio', 'pydantic', 'yaml') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"
