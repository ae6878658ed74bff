"""`kg revisions`, and what `kg build` and `kg serve --empty` leave in the history."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg.iris import DEFAULT_BASE
from kg.revisions import RevisionStore, local_author
from tests.cli.test_cli import kg
from tests.conftest import ROOT
from tests.revisions.helpers import ONE, applying, copied, current_lines, dropping, line

MADE = {"base_iri": DEFAULT_BASE, "triples": 1}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build, a write that adds one quad and removes one, and one that drops a graph."""
    store = RevisionStore(tmp_path_factory.mktemp("template"))
    store.publish(ONE, MADE, author="ann@host", note="the first")
    change = applying(add=(line("2"), line("甲", "http://example.org/other")), remove=(line("1"),))
    store.write(change, kind="update", author="bob", note="为何")
    store.write(dropping("http://example.org/other"), kind="graph-store", author="bob")
    return store.root


@pytest.fixture
def store(template: Path, tmp_path: Path) -> RevisionStore:
    return copied(template, tmp_path / "kg-store")


def ids(store: RevisionStore) -> list[str]:
    """Return the ids of the publications, oldest first."""
    return [entry.revision for entry in store.history()][::-1]


def test_list_says_who_published_what_when_and_why(tmp_path: Path, store: RevisionStore) -> None:
    done = kg("revisions", "list", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    third, second, first = (text.split() for text in done.stdout.splitlines())
    when = [entry.published for entry in store.history()][::-1]
    assert first == ["1", ids(store)[0], when[0], "build", "+1", "-0", "ann@host", "the", "first"]
    assert second == ["2", ids(store)[1], when[1], "update", "+2", "-1", "bob", "为何"]
    assert third == ["*", "3", ids(store)[2], when[2], "graph-store", "+0", "-1", "bob"]


def test_list_as_json_and_with_a_limit(tmp_path: Path, store: RevisionStore) -> None:
    store.prune(2)
    found = json.loads(kg("revisions", "list", "--json", cwd=tmp_path).stdout)
    assert [(item["seq"], item["current"], item["kept"]) for item in found] == [
        (3, True, True),
        (2, False, True),
        (1, False, False),
    ]
    assert (found[2]["author"], found[2]["note"], found[2]["kind"]) == ("ann@host", "the first", "build")
    assert kg("revisions", "list", cwd=tmp_path).stdout.splitlines()[2].startswith("- ")
    assert len(kg("revisions", "list", "--limit", "1", cwd=tmp_path).stdout.splitlines()) == 1


def test_diff_prints_lines_and_ends_as_diff_does(tmp_path: Path, store: RevisionStore) -> None:
    first, second, third = ids(store)
    done = kg("revisions", "diff", first, second, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        f"- {line('1')}",
        f"+ {line('2')}",
        f"+ {line('甲', 'http://example.org/other')}",
        "+ # graph <http://example.org/other>",
    ]
    back = kg("revisions", "diff", second, cwd=tmp_path)
    assert back.stdout.splitlines() == [
        f"- {line('甲', 'http://example.org/other')}",
        "- # graph <http://example.org/other>",
    ]
    same = kg("revisions", "diff", third, third[:8], cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, "")


def test_diff_as_json_and_with_a_limit(tmp_path: Path, store: RevisionStore) -> None:
    first, second, _ = ids(store)
    done = kg("revisions", "diff", first, second, "--json", "--limit", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "before": first,
        "after": second,
        "lines": 4,
        "added": [line("2")],
        "removed": [line("1")],
        "created": ["http://example.org/other"],
        "dropped": [],
    }
    assert done.stderr == "1 of 4 lines\n"
    assert len(kg("revisions", "diff", first, second, "--limit", "2", cwd=tmp_path).stdout.splitlines()) == 2


def test_diff_in_trouble_exits_with_2(tmp_path: Path, store: RevisionStore) -> None:
    missing = kg("revisions", "diff", "0123456789abcdef", cwd=tmp_path)
    assert missing.returncode == 2
    assert "no revision '0123456789abcdef'" in missing.stderr
    (store.root / "current").write_text("nonsense")
    damaged = kg("revisions", "diff", ids_on_disk(store)[0], cwd=tmp_path)
    assert damaged.returncode == 2
    assert "kg build" in damaged.stderr


def ids_on_disk(store: RevisionStore) -> list[str]:
    return sorted(store.ids())


def test_rollback_by_the_first_characters_of_an_id(tmp_path: Path, store: RevisionStore) -> None:
    first = ids(store)[0]
    done = kg("revisions", "rollback", first[:8], "--note", "oops", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert current_lines(store) == {line("1")}
    entry = next(store.history())
    assert (entry.kind, entry.note, entry.author, entry.revision) == ("rollback", "oops", local_author(), first)
    assert done.stdout.split()[:3] == ["*", "4", first]
    answer = kg("query", "SELECT ?o WHERE { ?s ?p ?o }", "--format", "csv", cwd=tmp_path)
    assert answer.stdout.split() == ["o", "1"]


def test_rollback_to_what_is_not_here_exits_with_2_and_changes_nothing(tmp_path: Path, store: RevisionStore) -> None:
    before = store.current_id()
    done = kg("revisions", "rollback", "0123456789abcdef", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"] == "NotFound"
    assert before in done.stderr
    assert store.current_id() == before


def test_prune_says_what_went(tmp_path: Path, store: RevisionStore) -> None:
    first, second, third = ids(store)
    done = kg("revisions", "prune", "--keep", "2", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{first}\n", "1 removed, 2 kept\n")
    again = kg("revisions", "prune", "--keep", "1", "--json", cwd=tmp_path)
    assert json.loads(again.stdout) == {"removed": [second], "kept": [third]}
    assert kg("revisions", "prune", "--keep", "0", cwd=tmp_path).returncode == 2
    assert kg("revisions", "rollback", first, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("arguments", [["list"], ["diff", "abc"], ["rollback", "abc"], ["prune", "--keep", "1"]])
def test_where_nothing_is_published_each_command_says_so(tmp_path: Path, arguments: list[str]) -> None:
    done = kg("revisions", *arguments, cwd=tmp_path)
    assert done.returncode == (2 if arguments[0] == "diff" else 1)
    assert "nothing has been published in kg-store: run `kg build`" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_build_leaves_its_author_and_note_in_the_history(tmp_path: Path) -> None:
    assert kg("build", "--note", "why", "--keep-revisions", "5", cwd=tmp_path).returncode == 0
    (entry,) = RevisionStore(tmp_path / "kg-store").history()
    assert (entry.author, entry.note, entry.kind, entry.removed) == (local_author(), "why", "build", 0)


def test_serve_empty_begins_a_store_without_data(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    command = [sys.executable, "-c", "from kg.cli import main; main(prog_name='kg')", "serve", "--empty", "--port", "0"]
    # A shell has what it starts in the background ignore Ctrl-C: what the server says must be true there as well.
    with subprocess.Popen(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command],
        cwd=tmp_path,
        env={**clean, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        try:
            said = [server.stderr.readline(), server.stderr.readline()]
            server.send_signal(signal.SIGINT)
            assert server.wait(60) == 0
        finally:
            server.kill()
    revision = RevisionStore(tmp_path / "kg-store").current()
    assert "without data" in said[0]
    assert f"revision {revision.id}: http://127.0.0.1:" in said[1]
    assert (revision.manifest["triples"], revision.manifest["metadata"]) == (0, False)
    assert revision.open().count() == 0
    assert "inputs" not in revision.manifest


def test_a_build_says_what_it_leaves_behind(tmp_path: Path) -> None:
    sample = ("--seeds", str(ROOT / "tests" / "data" / "sample" / "seeds"))
    store = RevisionStore(tmp_path / "kg-store")
    assert "not in it" not in kg("build", *sample, cwd=tmp_path).stderr
    built = store.current_id()
    assert f"revision {built}" in (again := kg("build", *sample, cwd=tmp_path).stdout)
    assert "is current already in kg-store" in again
    written = store.write(applying(add=(line("2"),)), kind="update", author="bob").revision.id
    done = kg("build", *sample, cwd=tmp_path)
    assert (done.returncode, store.current_id()) == (0, built)
    assert f"What was written by bob on {next(iter(store.history())).published[:10]}" in done.stderr
    assert f"kg revisions rollback {written} --store " in done.stderr
    assert "not in it" not in kg("build", *sample, cwd=tmp_path).stderr
    store.rollback(written, author="ann")
    assert f"(revision {written}) is not in it" in kg("build", *sample, cwd=tmp_path).stderr
    store.rollback(built, author="ann")
    assert "not in it" not in kg("build", *sample, cwd=tmp_path).stderr
