"""The update operation of the SPARQL 1.1 Protocol (section 2.2), case by case."""

from __future__ import annotations

import json

import pytest

from tests.conformance.asking import FORM, OBJECTS, UPDATE, assert_problem, form, get, held, objects, path_of
from tests.conformance.client import Headers, Target

pytestmark = pytest.mark.xdist_group("protocol")

G1, G2, NEW = "urn:g:1", "urn:g:2", "urn:g:new"
USING, USING_NAMED = "using-graph-uri", "using-named-graph-uri"
INSERT = f'INSERT DATA {{ GRAPH <{NEW}> {{ <urn:s> <urn:p> "% + & é 注" }} }}'
COPY_OBJECTS = f"INSERT {{ GRAPH <{NEW}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"
COPY_NAMED = f"INSERT {{ GRAPH <{NEW}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}"


@pytest.fixture
def target(target: Target) -> Target:
    """What a test writes is replaced before the next one."""
    target.loaded = None
    return target


def test_update_by_form(target: Target) -> None:
    reply = target.send("POST", path_of(target), [FORM, *target.authorization], form(("update", INSERT)))
    assert reply.status == 200, reply.text
    assert held(target, NEW) == {"% + & é 注"}


def test_update_directly(target: Target) -> None:
    reply = target.send("POST", path_of(target), [UPDATE, *target.authorization], INSERT.encode())
    assert reply.status == 200, reply.text
    told = json.loads(reply.body)
    assert (told["changed"], told["added"], told["removed"]) == (True, 1, 0)
    assert reply.headers["etag"] == f'"{told["revision"]}"'
    assert held(target, NEW) == {"% + & é 注"}


def test_an_update_is_seen_by_the_next_query(target: Target) -> None:
    for number in range(5):
        assert target.update(f"INSERT DATA {{ GRAPH <{NEW}> {{ <urn:s> <urn:p> {number} }} }}").status == 200
        assert held(target, NEW) == {str(each) for each in range(number + 1)}


def test_an_update_that_changes_nothing_publishes_nothing(target: Target) -> None:
    first = json.loads(target.update(INSERT).body)
    again = json.loads(target.update(INSERT).body)
    assert (again["changed"], again["revision"]) == (False, first["revision"])


def test_operations_of_one_update_see_each_other_or_none_is_done(target: Target) -> None:
    reply = target.update(f"{INSERT} ; DELETE WHERE {{ GRAPH <{NEW}> {{ ?s ?p ?o }} }} ; DROP GRAPH <urn:g:absent>")
    assert_problem(reply, 400, "operation-failed")
    assert held(target, NEW) == set()
    assert target.update(f"{INSERT} ; COPY <{NEW}> TO <urn:g:copy>").status == 200
    assert held(target, "urn:g:copy") == {"% + & é 注"}


@pytest.mark.parametrize(
    ("dataset", "update", "expected"),
    [
        ([], COPY_OBJECTS, {"default"}),
        ([], COPY_NAMED, {"one", "two"}),
        ([(USING, G1)], COPY_OBJECTS, {"one"}),
        ([(USING, G1), (USING, G2)], COPY_OBJECTS, {"one", "two"}),
        ([(USING, G1)], COPY_NAMED, set()),
        ([(USING_NAMED, G2)], COPY_NAMED, {"two"}),
        ([(USING_NAMED, G1), (USING_NAMED, G2)], COPY_NAMED, {"one", "two"}),
        ([(USING_NAMED, G2)], COPY_OBJECTS, set()),
        ([(USING, G1), (USING_NAMED, G2)], COPY_OBJECTS, {"one"}),
        ([(USING, G1), (USING_NAMED, G2)], COPY_NAMED, {"two"}),
        ([(USING, "urn:g:absent")], COPY_OBJECTS, set()),
    ],
)
@pytest.mark.parametrize("way", ["direct", "form", "form and url"])
def test_dataset_of_an_update(
    target: Target, dataset: list[tuple[str, str]], update: str, expected: set[str], way: str
) -> None:
    if way == "direct":
        reply = target.send("POST", path_of(target, *dataset), [UPDATE, *target.authorization], update.encode())
    else:
        inside, outside = (dataset, []) if way == "form" else ([], dataset)
        body = form(("update", update), *inside)
        reply = target.send("POST", path_of(target, *outside), [FORM, *target.authorization], body)
    assert reply.status == 200, reply.text
    assert held(target, NEW) == expected


@pytest.mark.parametrize("parameter", [USING, USING_NAMED])
@pytest.mark.parametrize(
    "update",
    [
        f"INSERT {{ GRAPH <{NEW}> {{ ?s ?p ?o }} }} USING <{G2}> WHERE {{ ?s ?p ?o }}",
        f"INSERT {{ GRAPH <{NEW}> {{ ?s ?p ?o }} }} using named <{G2}> WHERE {{ ?s ?p ?o }}",
        f"WITH <{NEW}> INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH <{G2}> {{ ?s ?p ?o }} }}",
        f"{INSERT} ; # a comment\nwith\n<{NEW}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    ],
)
def test_a_dataset_in_the_text_and_beside_it_is_refused(target: Target, update: str, parameter: str) -> None:
    reply = target.update(update, **{parameter.replace("-", "_"): [G1]})
    assert_problem(reply, 400, "bad-parameter")
    assert held(target, NEW) == set()


def test_words_of_a_dataset_inside_strings_are_data(target: Target) -> None:
    update = f'INSERT {{ GRAPH <{NEW}> {{ <urn:s> <urn:p> "USING <x> WITH <y>" }} }} WHERE {{ ?with ?p "one" }} # USING'
    reply = target.update(update, using_graph_uri=[G1])
    assert reply.status == 200, reply.text
    assert held(target, NEW) == {"USING <x> WITH <y>"}


@pytest.mark.parametrize("name", [USING, USING_NAMED])
def test_graphs_are_named_by_absolute_iris(target: Target, name: str) -> None:
    problem = assert_problem(target.update(INSERT, **{name.replace("-", "_"): ["relative"]}), 400, "bad-parameter")
    assert problem["parameter"] == name


def test_an_update_by_get_is_refused(target: Target) -> None:
    reply = get(target, ("update", "DROP ALL"), headers=target.authorization)
    assert reply.status in {400, 405}
    if reply.status == 405:
        assert "POST" in reply.headers["allow"]
    reply.problem()
    assert objects(target.query(OBJECTS)) == {"default"}


def test_several_updates_are_refused(target: Target) -> None:
    body = form(("update", INSERT), ("update", "DROP ALL"))
    assert_problem(target.send("POST", path_of(target), [FORM, *target.authorization], body), 400, "malformed-request")
    assert objects(target.query(OBJECTS)) == {"default"}


@pytest.mark.parametrize(
    ("update", "line"),
    [("INSERT DATA {\n <urn:s> <urn:p>\n}", 3), ("DROP ALL ;\nDROPP ALL", 2), ("ASK {}", 1)],
)
def test_a_syntax_error_says_where_and_nothing_is_done(target: Target, update: str, line: int) -> None:
    problem = assert_problem(target.update(update), 400, "query-syntax")
    assert problem["line"] == line
    assert 1 <= problem["column"] <= len(update.split("\n")[line - 1]) + 1
    assert objects(target.query(OBJECTS)) == {"default"}


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "Bearer wrong-token-0123456789")],
        [("Authorization", "Bearer")],
        [("Authorization", "Basic Y29uZm9ybWFuY2U6dG9rZW4=")],
    ],
    ids=["none", "wrong", "empty", "basic"],
)
def test_a_write_needs_the_token(target: Target, headers: Headers) -> None:
    reply = target.send("POST", path_of(target), [UPDATE, *headers], b"DROP ALL")
    assert reply.status == 401, reply.text
    assert reply.headers["www-authenticate"].startswith("Bearer")
    reply.problem()
    assert objects(target.query(OBJECTS)) == {"default"}


def test_the_name_of_the_scheme_has_no_case(target: Target) -> None:
    reply = target.send("POST", path_of(target), [UPDATE, ("authorization", f"bearer {target.token}")], INSERT.encode())
    assert reply.status == 200


def test_a_lost_update_is_prevented(target: Target) -> None:
    revision = json.loads(target.update(INSERT).body)["revision"]
    assert target.update(f"DROP GRAPH <{G1}>").status == 200
    headers = [UPDATE, *target.authorization, ("If-Match", f'"{revision}"')]
    assert_problem(target.send("POST", path_of(target), headers, b"DROP ALL"), 412, "precondition-failed")
    assert objects(target.query(OBJECTS)) == {"default"}
