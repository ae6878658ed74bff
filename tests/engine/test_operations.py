"""How an update is taken apart."""

from __future__ import annotations

import pytest

from kg.engine.operations import Data, Manage, Modify, split
from kg.engine.parsing import checked
from kg.errors import QuerySyntaxError


def test_operations_are_separated_outside_of_everything_else() -> None:
    text = """
    PREFIX a: <http://a/> # ; } INSERT
    INSERT DATA { a:x a:y "; } DELETE" , '''} ;''' , <http://x;y> } ;
    WITH a:g DELETE { ?s ?p ?o ; a:q 1 } INSERT { ?s a:p ?o } USING a:h USING NAMED <i> WHERE { ?s ?p ?o ; a:q ?r } ;
    DELETE WHERE { GRAPH ?g { ?s ?p ?o } } ;
    """
    data, modify, shortcut = split(text)
    assert isinstance(data, Data)
    assert data.insert
    assert data.quads.text.startswith("{ a:x")
    assert isinstance(modify, Modify)
    assert modify.delete is not None
    assert modify.insert is not None
    assert modify.delete.text == "{ ?s ?p ?o ; a:q 1 }"
    assert (modify.with_graph, modify.using, modify.using_named) == ("a:g", ("a:h",), ("<i>",))
    assert modify.prologue == "PREFIX a: <http://a/>\n"
    assert isinstance(shortcut, Modify)
    assert shortcut.delete is shortcut.where
    assert shortcut.insert is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LOAD <a>", ("LOAD", False, "<a>", "DEFAULT")),
        ("load silent <a> into graph <b>", ("LOAD", True, "<a>", "<b>")),
        ("CLEAR SILENT NAMED", ("CLEAR", True, "NAMED", "")),
        ("DROP GRAPH x:all", ("DROP", False, "x:all", "")),
        ("CREATE SILENT GRAPH <a>", ("CREATE", True, "<a>", "")),
        ("COPY DEFAULT TO <a>", ("COPY", False, "DEFAULT", "<a>")),
        ("MOVE SILENT GRAPH <a> TO DEFAULT", ("MOVE", True, "<a>", "DEFAULT")),
        ("ADDDEFAULTTOGRAPH<a>", ("ADD", False, "DEFAULT", "<a>")),
    ],
)
def test_graph_management_is_read(text: str, expected: tuple[str, bool, str, str]) -> None:
    (found,) = split(text)
    assert isinstance(found, Manage)
    assert (found.verb, found.silent, found.source, found.target) == expected


def test_declarations_hold_for_what_follows() -> None:
    first, second = split("PREFIX a: <u:1> CLEAR ALL ; PREFIX a: <u:2> BASE <u:> DROP GRAPH a:x")
    assert first.prologue == "PREFIX a: <u:1>\n"
    assert second.prologue == "PREFIX a: <u:1>\nPREFIX a: <u:2>\nBASE <u:>\n"
    text = "CLEAR ALL ; PREFIX a: <urn:> DROP SILENT GRAPH a:x ; BASE <http://x/> INSERT DATA { a:a a:b <z> }"
    assert len(checked(text)) == 3


def test_declarations_alone_are_an_update_of_nothing() -> None:
    assert checked("# nothing\nPREFIX a: <urn:a>") == []
    assert checked("") == []


def test_blank_nodes_are_not_shared_by_operations() -> None:
    with pytest.raises(QuerySyntaxError, match="_:a cannot be shared"):
        checked("INSERT DATA { _:a <u:p> 1 } ; INSERT DATA { _:a <u:p> 2 }")
    with pytest.raises(QuerySyntaxError, match="_:a is written in two operations") as caught:
        checked("INSERT DATA { _:a <u:p> 1 } ;\nPREFIX x: <u:> INSERT DATA { _:a x:p 2 }")
    assert (caught.value.line, caught.value.column) == (2, 16)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("INSERT DATA { <u:s> <u:p> }", 1, 27),
        ("PREFIX a: <urn:>\nCLEAR ALL ;\n  INSERT DATA { a:s a:p ?x }", 3, 29),
        ("CLEAR ALL ;\nPREFIX a: <urn:>\n  INSERT DATA { a:s a:p ?x }", 3, 29),
        ("CLEAR ALL ;\n  INSERT DATA { nix:s <u:p> 1 }", 2, 22),
        ("CLEAR ALL ; PREFIX a: <urn:>\n INSERT DATA { nix:s <u:p> 1 }", 2, 21),
        ("INSERT DATA { <u:s> <u:p> 1", 1, 28),
        ("SELECT * { ?s ?p ?o }", 1, 1),
        ("CLEAR ALL\nCLEAR ALL", 2, 1),
        ("PREFIX a <urn:> CLEAR ALL", 1, 9),
    ],
)
def test_errors_are_where_they_stand_in_the_text(text: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        checked(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_undeclared_prefix_is_named() -> None:
    with pytest.raises(QuerySyntaxError, match="the prefix nix: is not declared"):
        checked("CLEAR ALL ;\n  INSERT DATA { nix:s <u:p> 1 }")
