"""docs/network.md says what is so: every command in it is run, and answers as it is shown."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from api.app import create_app
from kg.cli import main
from kg.network import FORMATS
from kg.network.centrality import WORK
from kg.network.communities import MAX_PAIRS
from kg.network.lazy import PATIENCE, RESOLUTION_PLACES
from kg.network.neighbourhood import MAX_DEPTH, MAX_NODES, MAX_SHOWN
from kg.network.paths import MAX_LENGTH, MAX_PATHS
from kg.network.reading import MAX_EDGES
from kg.revisions import Revision
from kg.settings import Settings
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "network.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ ([^\n]*)\n(.*?)```", TEXT, re.DOTALL)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def follows(shown: str, answer: str) -> None:
    """Assert that the pieces that are shown, between dots, follow each other in an answer."""
    answer, position = squeezed(answer), 0
    for piece in squeezed(shown).split("…"):
        found = answer.find(piece, position)
        assert found >= 0, f"{piece!r} does not follow in {answer[position : position + 2000]}"
        position = found + len(piece)


def test_there_are_enough_examples() -> None:
    assert len(EXAMPLES) >= 8
    assert {command.split()[0] for command, _ in EXAMPLES} == {"kg", "curl"}


@pytest.mark.parametrize(("command", "shown"), [each for each in EXAMPLES if each[0].startswith("curl ")])
def test_a_request_answers_as_it_is_shown(command: str, shown: str, settings: Settings, revision: Revision) -> None:
    words = shlex.split(command)[1:]
    url = next(word for word in words if word.startswith("http://localhost:8000")).removeprefix("http://localhost:8000")
    headers = dict(value.split(": ", 1) for option, value in itertools.pairwise(words) if option == "-H")
    with TestClient(create_app(settings, revision)) as client:
        follows(shown, client.get(url, headers=headers).text)


@pytest.mark.parametrize(("command", "shown"), [each for each in EXAMPLES if each[0].startswith("kg ")])
def test_a_command_answers_as_it_is_shown(
    command: str, shown: str, settings: Settings, revision: Revision, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)[1:]
    done = CliRunner().invoke(main, words, env={"KG_STORE": str(settings.store)})
    assert (done.exit_code, revision.id != "") == (0, True), done.output
    follows(shown, done.output)
    for option, name in itertools.pairwise(words):
        if option in {"--output", "-o"}:
            assert (tmp_path / name).stat().st_size > 100


def test_formats_and_limits_are_those_of_the_code() -> None:
    for format in FORMATS:
        assert f"| `{format}` | `{FORMATS[format].partition(';')[0]}` |" in TEXT
    assert f"{RESOLUTION_PLACES} decimal places" in TEXT.replace("two", "2")
    limits = {
        "depth": MAX_DEPTH,
        "things shown": MAX_NODES,
        "steps": MAX_LENGTH,
        "paths": MAX_PATHS,
        "edges of one answer": MAX_SHOWN,
        "edges of the network": MAX_EDGES,
        "pairs of measures": MAX_PAIRS,
        "sources × edges": WORK,
        "seconds": int(PATIENCE),
    }
    for name, value in limits.items():
        assert f"| {name} | {value:,} |" in TEXT, name
