"""docs/reconciliation.md says what is so; its steps in OpenRefine are those of test_openrefine.py."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.reconcile.endpoint import MAX_FORM
from api.reconcile.matching import CLEAR, SURE
from api.reconcile.properties import PROPERTIES
from api.reconcile.queries import BATCH_SIZE, MAX_IDS
from kg.search import HOWS
from tests.api.test_api_documentation import run, squeezed
from tests.conftest import ROOT
from tests.reconcile import openrefine
from tests.reconcile.conftest import Asking
from tests.reconcile.documentation import OPERATIONS, STEPS, TABLE, TEXT, rows
from tests.reconcile.names import NAMES

CURL = r"```console\n\$ (curl [^\n]*)\n(.*?)```"
EXAMPLES = re.findall(CURL, TEXT, re.DOTALL)
MATCHES = re.findall(r"^\| `([^`]+)` \| (?:`(\w+)`)? *\| (?:`([^`]+)`)? *\|$", TEXT, re.MULTILINE)
WORDS = Path("/usr/share/openrefine/webapp/modules/core/langs/translation-en.json")


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=["queries", "extend"])
def test_an_example_answers_as_it_is_shown(client: TestClient, command: str, shown: str) -> None:
    answer, position = squeezed(run(client, command).text), 0
    for piece in squeezed(shown).split("…"):
        found = answer.find(piece, position)
        assert found >= 0, f"{piece!r} does not follow in {answer[position:]}"
        position = found + len(piece)


def test_there_are_no_other_commands_than_those_that_are_tested() -> None:
    commands = re.findall(r"^ *\$ (.*)$", TEXT, re.MULTILINE)
    others = [command for command in commands if command not in {command for command, _ in EXAMPLES}]
    # `make serve` runs `kg serve`, which test_openrefine.py starts; the package is what the Makefile installs, and its
    # command what test_openrefine.py starts.
    assert others == ["make serve", "sudo apt-get install --no-install-recommends openrefine", "openrefine"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^serve: .*\n\t@exec \$\(VENV\)/bin/kg serve ", makefile, re.MULTILINE)
    assert "tests/debian.sh OpenRefine openrefine openrefine\n" in makefile
    assert openrefine.COMMAND is None or Path(openrefine.COMMAND).name == others[-1]


def test_there_are_five_steps() -> None:
    assert re.findall(r"^(\d)\. ", STEPS, re.MULTILINE) == ["1", "2", "3", "4", "5"]


@pytest.mark.skipif(not WORDS.is_file(), reason="OpenRefine is missing; make clients installs it")
def test_the_menus_have_the_names_that_they_have_in_openrefine() -> None:
    named = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", STEPS)
    assert len(named) >= 15
    shown = {html.unescape(word).strip(" »…") for word in json.loads(WORDS.read_text("utf-8")).values()}
    ours = {known.name.en for known in PROPERTIES.values()}
    assert [name for name in named if name.strip("…") not in shown and name not in ours] == []


@pytest.mark.parametrize(("name", "kind", "id"), MATCHES)
def test_a_name_matches_as_the_table_says(asking: Asking, name: str, kind: str, id: str) -> None:
    assert asking.match({"query": name, "type": kind} if kind else name) == (id or None)


def test_the_result_shown_is_that_of_the_service(asking: Asking) -> None:
    assert [row.name for row in rows()] == TABLE.splitlines()[1:]
    for row in rows():
        found = asking.candidates(row.name)
        assert [item["name"] for item in found if item["match"]] == ([row.matched] if row.matched else [])
        best = {item["id"] for item in found if item["score"] == found[0]["score"]}
        assert not row.likeliest or best == row.likeliest


def test_the_numbers_are_those_of_the_code(asking: Asking) -> None:
    text = " ".join(TEXT.split())
    sure, unsure = sum(bool(named.matched) for named in NAMES), sum(bool(named.likeliest) for named in NAMES)
    assert f"{len(NAMES)} names, labelled by hand" in text
    assert f"{sure} that name one thing, {unsure} that a person has to decide, {len(NAMES) - sure - unsure} of" in text
    assert f"takes the {sure} and no other; of the {unsure}, the candidates" in text
    assert f"its score is {100 * SURE:.0f} or more and no other comes within {100 * CLEAR:.0f}" in text
    assert f"up to {BATCH_SIZE} queries (`batchSize`), or names up to {MAX_IDS} things" in text
    assert f"A form has up to {MAX_FORM >> 10} KiB" in text
    assert len(MATCHES) >= 10
    assert set(re.findall(r"`(\w+)`", text.partition("`found_by_…` (")[2].partition(";")[0])) == set(HOWS)
    manifest = asking.manifest()
    for operation in json.loads(OPERATIONS):
        spaces = operation.get("config", operation)
        assert [spaces[name] for name in ("identifierSpace", "schemaSpace")] == [
            manifest["identifierSpace"],
            manifest["schemaSpace"],
        ]
    for name in ("Sectors concerned, by whatever way", "Deadline"):
        assert f"*{name}*" in STEPS
        assert name in {known.name.en for known in PROPERTIES.values()}
