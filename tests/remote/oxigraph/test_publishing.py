"""Publishing at a service: versions of graphs that nobody sees, one winner, nothing half, nothing left behind."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.engine import QueryRequest, ResultFormat
from kg.engine.remote.control import Control
from kg.engine.remote.engine import RemoteEngine
from kg.engine.remote.loading import planned_lines
from kg.engine.remote.names import MARK, Generation
from kg.errors import PreconditionFailed, RevisionPruned
from kg.revisions import Publication, RemoteRevisionStore, RevisionStore
from kg.revisions.remote import publishing
from kg.settings import Settings
from tests.conftest import Placed
from tests.reliability.serving import Serving, serving

BASE = "https://w3id.org/policy-kg/"
MADE = {"base_iri": BASE, "triples": 1, "metadata": False}
TOKEN = "correct-horse-battery-staple"
ONE = b'<urn:s> <urn:p> "one" .\n<urn:s> <urn:q> <urn:g:b> .\n'
TWO = b'<urn:s> <urn:p> "one" .\n<urn:s> <urn:p> "two" .\n<urn:g:b> <urn:from> <urn:document> .\n'


@pytest.fixture
def store(placed: Placed) -> RemoteRevisionStore:
    """A store of two graphs that share a triple."""
    made = RemoteRevisionStore(placed("own"))
    made.publish([("urn:g:a", ONE), ("urn:g:b", TWO)], MADE)
    return made


def engine_of(store: RemoteRevisionStore) -> RemoteEngine:
    return store.reader.current().open()


def values(store: RemoteRevisionStore, query: str) -> list[list[str]]:
    return sorted([str(value) for _, value in sorted(row.items())] for row in engine_of(store).select(query))


def all_names(store: RemoteRevisionStore) -> set[str]:
    """Return the names of all graphs that the service has."""
    return {str(row["g"]) for row in store.reader.control.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")}


def test_the_union_is_a_merge(store: RemoteRevisionStore) -> None:
    assert values(store, "SELECT (COUNT(*) AS ?n) WHERE { ?s <urn:p> ?o }") == [["2"]]
    assert values(store, "SELECT ?o WHERE { <urn:s> <urn:p> ?o }") == [["one"], ["two"]]
    assert values(store, "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s <urn:p> ?o } }") == [["3"]]


def test_graphs_have_the_names_of_the_revision_wherever_they_stand(store: RemoteRevisionStore) -> None:
    assert values(store, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }") == [["urn:g:a"], ["urn:g:b"]]
    assert values(store, "SELECT ?g WHERE { GRAPH ?g {} }") == [["urn:g:a"], ["urn:g:b"]]
    assert values(store, "SELECT ?d WHERE { GRAPH ?g { ?s <urn:p> 'two' } ?g <urn:from> ?d }") == [["urn:document"]]
    assert values(store, "SELECT ?d WHERE { GRAPH ?g { ?g <urn:from> ?d } }") == [["urn:document"]]
    assert values(store, "SELECT DISTINCT (STR(?g) AS ?t) WHERE { GRAPH ?g { ?s <urn:q> ?o } }") == [["urn:g:a"]]
    assert values(store, "SELECT ?s WHERE { GRAPH <urn:g:a> { ?s <urn:q> <urn:g:b> } }") == [["urn:s"]]
    assert values(store, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } FILTER(?g = <urn:g:b>) }") == [["urn:g:b"]]
    every = engine_of(store).answer(QueryRequest("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }"), ResultFormat.JSON)
    assert set(json.loads(every.content)["head"]["vars"]) == {"g", "s", "p", "o"}
    assert MARK.encode() not in every.content


def test_nobody_sees_what_else_the_service_holds(store: RemoteRevisionStore, placed: Placed) -> None:
    other = RemoteRevisionStore(placed("other"))
    other.publish([("urn:g:a", b'<urn:s> <urn:secret> "hidden" .\n')], MADE)
    control = store.reader.control
    name = next(iter(engine_of(other).held.graphs.values())).iri
    for query in (
        "SELECT ?o WHERE { ?s <urn:secret> ?o }",
        "SELECT ?o WHERE { GRAPH ?g { ?s <urn:secret> ?o } }",
        f"SELECT ?o WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}",
        f"SELECT ?o FROM <{name}> WHERE {{ ?s ?p ?o }}",
        f"SELECT ?o FROM NAMED <{name}> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"SELECT ?o WHERE {{ GRAPH <{MARK}control> {{ ?s ?p ?o }} }}",
        f"SELECT ?o WHERE {{ GRAPH <{engine_of(store).held.generation.names}> {{ ?s ?p ?o }} }}",
    ):
        found = engine_of(store).answer(QueryRequest(query), ResultFormat.CSV)
        # A variable of the translation may show in none of them; nothing of the other store does.
        assert found.content.strip() == b"o", query
    assert control.pointed() is not None


def test_graphs_that_did_not_change_are_shared(store: RemoteRevisionStore) -> None:
    before = engine_of(store).held.graphs
    store.publish([("urn:g:a", ONE), ("urn:g:b", TWO + b'<urn:s> <urn:p> "three" .\n')], MADE)
    after = engine_of(store).held.graphs
    assert after["urn:g:a"].iri == before["urn:g:a"].iri
    assert after["urn:g:b"].iri != before["urn:g:b"].iri
    assert values(store, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }") == [["5"]]


def test_old_generations_go_and_take_along_what_nobody_else_has(
    store: RemoteRevisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "GRACE", -100.0)
    first = engine_of(store).held
    for number in range(4):
        store.publish([("urn:g:a", ONE), ("urn:g:b", b'<urn:s> <urn:p> "%d" .\n' % number)], MADE)
    names = all_names(store)
    assert first.generation.everything not in names
    assert first.graphs["urn:g:b"].iri not in names
    assert first.graphs["urn:g:a"].iri in names, "the later ones have it, too"
    states = [kept.state for kept in store.reader.control.generations()]
    assert sorted(states) == ["leaving", "whole", "whole", "whole"]
    with pytest.raises(Exception, match="not held any more"):
        read_late(store, first.generation)


def replace_copy(store: RemoteRevisionStore) -> Settings:
    address = store.reader.service.address
    name = f"{address.query}#{address.store}"
    return Settings(store=name, store_update=address.update or None, store_copy=store.root)


def read_late(store: RemoteRevisionStore, generation: Generation) -> None:
    """Read on in a generation, some time after it was last known to be there."""
    engine = engine_of(store)
    control = store.reader.control
    held = replace(engine.held, generation=generation)
    late = RemoteEngine(engine.service, held, lambda: control.is_whole(generation))
    late._confirmed = time.monotonic() - 60
    late.select("SELECT * WHERE { ?s ?p ?o }")


def test_what_a_publisher_that_died_has_left_is_swept(store: RemoteRevisionStore) -> None:
    control, dead = store.reader.control, Generation.new()
    control.begin(dead, 1)
    control.insert(dead.names, planned_lines(dead, ["urn:g:a", "urn:g:b"]))
    control.insert(dead.everything, ["<urn:s> <urn:p> <urn:o> ."])
    control.insert(dead.graph("urn:g:a"), ["<urn:s> <urn:p> <urn:o> ."])
    assert values(store, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }") == [["4"]], "the one that is published is whole"
    store.publish([("urn:g:a", ONE)], MADE)
    assert not {dead.everything, dead.names, dead.graph("urn:g:a")} & all_names(store)
    assert dead.id not in {kept.generation.id for kept in control.generations()}


def test_of_two_who_publish_at_once_one_wins(store: RemoteRevisionStore, placed: Placed) -> None:
    settings = replace_copy(store)
    outcomes: list[str] = []
    barrier = threading.Barrier(3)

    def publish(number: int) -> None:
        mine = RemoteRevisionStore(replace(settings, store_copy=placed("racing").store_copy))
        barrier.wait()
        try:
            made = mine.publish([("urn:g:a", b"<urn:s> <urn:p> <urn:%d> .\n" % number)], MADE, author=str(number))
            outcomes.append(made.id)
        except PreconditionFailed as error:
            outcomes.append(f"lost to {error.current}")

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(publish, range(3)))
    entries = list(store.history())
    won = [each for each in outcomes if not each.startswith("lost")]
    assert len(entries) == 1 + len(won), "what was acknowledged is in the history, and nothing else"
    assert [entry.seq for entry in entries] == list(range(len(entries), 0, -1))
    assert {entry.revision for entry in entries[:-1]} == set(won)
    assert store.current_id() == entries[0].revision
    pattern = f"GRAPH <{MARK}control:{store.reader.service.address.store}> {{ ?s <{MARK}pointer> ?o }}"
    assert len(store.reader.control.select(f"SELECT ?o WHERE {{ {pattern} }}")) == 1


def test_the_pointer_moves_from_where_it_was_alone(store: RemoteRevisionStore) -> None:
    control: Control = store.reader.control
    here = control.pointed()
    assert here is not None
    entry = next(iter(store.history()))
    later = json.loads(json.dumps({name: getattr(entry, name) for name in Publication.__slots__} | {"seq": 2}))
    assert not control.move(replace(here, seq=9), replace(here, seq=2), later)
    assert control.pointed() == here
    assert len(list(store.history())) == 1


def test_another_working_copy_takes_over(store: RemoteRevisionStore, placed: Placed) -> None:
    first = store.current_id()
    store.publish([("urn:g:a", ONE)], MADE, note="second")
    other = RemoteRevisionStore(replace(replace_copy(store), store_copy=placed("elsewhere").store_copy))
    assert [entry.note for entry in other.history()] == ["second", ""]
    delta = other.difference(first, other.current_id())
    assert (len(delta.added), len(delta.removed), delta.dropped) == (0, 3, frozenset({"urn:g:b"}))
    back = other.rollback(first, author="me")
    assert (back.seq, back.revision) == (3, first)
    assert store.current_id() == first
    assert values(store, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }") == [["4"]]


def test_a_write_begins_with_what_the_working_copy_follows(
    store: RemoteRevisionStore, placed: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where something else is published between following and fetching."""
    other = RemoteRevisionStore(replace(replace_copy(store), store_copy=placed("behind").store_copy))
    followed = store.current_id()
    follow = other._follow

    def follow_and_be_late() -> None:
        follow()
        monkeypatch.setattr(other, "_follow", follow)
        store.publish([("urn:g:a", b"<urn:s> <urn:p> <urn:later> .\n")], MADE)

    monkeypatch.setattr(other, "_follow", follow_and_be_late)
    other.prepare()
    assert RevisionStore(other.root).current().id == followed


def test_a_revision_that_is_nowhere_any_more_is_said_to_be_pruned(
    store: RemoteRevisionStore, placed: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "GRACE", -100.0)
    first = store.current_id()
    for number in range(2):
        store.publish([("urn:g:a", b"<urn:s> <urn:p> <urn:%d> .\n" % number)], MADE)
    assert first in store.prune(1)
    other = RemoteRevisionStore(replace(replace_copy(store), store_copy=placed("nothing").store_copy))
    assert first not in other.ids()
    with pytest.raises(RevisionPruned):
        other.resolve(first)


def test_numbers_and_texts_come_back_as_they_were(placed: Placed) -> None:
    lines = [
        '<urn:s> <urn:p> "6.0E19"^^<http://www.w3.org/2001/XMLSchema#double> .',
        '<urn:s> <urn:p> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
        '<urn:s> <urn:p> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .',
        '<urn:s> <urn:p> "2027"^^<http://www.w3.org/2001/XMLSchema#gYear> .',
        '<urn:s> <urn:p> "医疗 😀 \\"quoted\\"\\nsecond line \\\\ end"@zh .',
        '<urn:s> <urn:p> "" .',
        "<urn:s> <urn:q> _:node .",
        "_:node <urn:p> 7 .",
    ]
    store = RemoteRevisionStore(placed("terms"))
    made = store.publish([("urn:g:a", "\n".join(lines[:-1]).encode())], MADE)
    local = RevisionStore(store.root).current().open()
    query = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    assert sorted(map(repr, engine_of(store).select(query))) == sorted(map(repr, local.select(query)))
    elsewhere = RemoteRevisionStore(replace(replace_copy(store), store_copy=placed("again").store_copy))
    elsewhere.prepare()
    assert elsewhere.current().id == made.id, "the id is the hash of what came back"


@pytest.fixture(scope="module")
def two(placed: Placed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, Serving]]:
    """Two servers of ours over one store, each as a process of its own with a working copy of its own."""
    settings, logs = placed("shared"), tmp_path_factory.mktemp("logs")
    RemoteRevisionStore(settings).publish([("urn:g:a", ONE)], MADE)
    variables = {"KG_WRITE_TOKEN": TOKEN, "KG_LOG": "none"}
    variables |= {"KG_STORE_UPDATE": settings.store_update} if settings.store_update else {}
    with contextlib.ExitStack() as stack:
        started = [
            stack.enter_context(
                serving(
                    settings.store,
                    logs / f"{name}.log",
                    {**variables, "KG_STORE_COPY": str(tmp_path_factory.mktemp(name))},
                )
            )
            for name in ("one", "other")
        ]
        yield started[0], started[1]


def send(server: Serving, **form: str) -> Any:
    request = Request(f"{server.url}/sparql", urlencode(form).encode(), {"Accept": "application/json"})
    request.add_header("Authorization", f"Bearer {TOKEN}")
    try:
        with urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        return {"status": error.code, **json.loads(error.read())}


def test_servers_that_share_a_store_see_each_other(two: tuple[Serving, Serving]) -> None:
    one, other = two
    made = send(one, update="INSERT DATA { GRAPH <urn:g:new> { <urn:s> <urn:p> 'by one' } }")
    assert made["changed"] is True, made
    time.sleep(1.2)  # a look at the pointer is good for a second
    assert send(other, query="ASK { GRAPH <urn:g:new> { <urn:s> <urn:p> 'by one' } }")["boolean"] is True
    again = send(other, update="INSERT DATA { GRAPH <urn:g:new> { <urn:s> <urn:p> 'by other' } }")
    assert again["seq"] == made["seq"] + 1, again
    time.sleep(1.2)
    assert send(one, query="ASK { GRAPH <urn:g:new> { <urn:s> <urn:p> 'by one', 'by other' } }")["boolean"] is True


def test_writes_at_several_servers_at_once_are_all_kept_or_refused(two: tuple[Serving, Serving]) -> None:
    def write(number: int) -> Any:
        return send(two[number % 2], update=f"INSERT DATA {{ <urn:s> <urn:n> {number} }}")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(write, range(6)))
    kept = {number for number, answer in enumerate(answers) if answer.get("changed")}
    assert {answer["status"] for answer in answers if "status" in answer} <= {412}, answers
    assert kept
    time.sleep(1.2)
    for server in two:
        found = send(server, query="SELECT ?n WHERE { GRAPH ?g { <urn:s> <urn:p> ?x } }")
        assert found["results"]["bindings"], found
    count = send(two[0], query="SELECT ?n WHERE { <urn:s> <urn:n> ?n }")
    there = {int(row["n"]["value"]) for row in count["results"]["bindings"]}
    assert there == kept


def test_an_app_finds_what_was_published_after_it_began(placed: Placed) -> None:
    settings = placed("later")
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "not-ready")
        RemoteRevisionStore(settings).publish([("urn:g:a", ONE)], MADE)
        time.sleep(1.1)
        assert client.get("/health/ready").status_code == 200
        assert client.get("/sparql", params={"query": "ASK { <urn:s> <urn:p> 'one' }"}).json()["boolean"] is True
