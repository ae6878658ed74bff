"""The README's commands are run, and what it shows is what they answer."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.revisions import Revision
from kg.settings import Settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ (.*?)```\n(?:\n```json\n(.*?)```)?", README, re.DOTALL)


def parts(block: str) -> tuple[list[str], list[str]]:
    """Split a console block into the command's words and the lines of output shown."""
    lines = block.splitlines()
    for count in range(1, len(lines) + 1):
        try:
            return shlex.split("\n".join(lines[:count])), lines[count:]
        except ValueError:
            continue
    raise AssertionError(f"unbalanced quotes in {block!r}")


def is_within(shown: Any, real: Any) -> bool:
    """Tell whether an excerpt is part of an answer: keys may be left out, and of lists the end."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return all(key in real and is_within(value, real[key]) for key, value in shown.items())
    if isinstance(shown, list) and isinstance(real, list):
        return len(shown) <= len(real) and all(is_within(one, two) for one, two in zip(shown, real, strict=False))
    return bool(shown == real)


def is_shown(shown: list[str], real: list[str]) -> bool:
    """Tell whether lines are those of an output; where `…` stands, some are left out."""
    parts = [list(part) for is_left_out, part in itertools.groupby(shown, lambda line: line == "…") if not is_left_out]
    position = 0
    for part in parts:
        places = (place for place in range(position, len(real)) if real[place : place + len(part)] == part)
        found = next(places, None)
        if found is None or (found and not position and shown[0] != "…"):
            return False
        position = found + len(part)
    return position == len(real) or shown[-1] == "…"


def test_the_readme_has_three_questions() -> None:
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("block", [block for block, _ in BLOCKS if block.startswith("kg ")])
def test_kg_commands_answer_what_the_readme_shows(
    block: str, settings: Settings, revision: Revision, tmp_path: Path
) -> None:
    words, shown = parts(block)
    command = [sys.executable, "-c", "from kg.cli import main; main(prog_name='kg')", *words[1:]]
    environment = {"PYTHONPATH": str(ROOT), "KG_STORE": str(settings.store), "PYTHONUTF8": "1", "PATH": ""}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert revision.id
    assert is_shown(shown, done.stdout.splitlines())
    assert len(shown) > 2


@pytest.mark.parametrize(("block", "excerpt"), [(block, json) for block, json in BLOCKS if block.startswith("curl ")])
def test_urls_answer_what_the_readme_shows(block: str, excerpt: str, settings: Settings, revision: Revision) -> None:
    words, _ = parts(block)
    url = urlsplit(words[-1])
    with TestClient(create_app(settings, revision)) as client:
        response = client.get(quote(url.path) + (f"?{url.query}" if url.query else ""))
    assert response.status_code == 200, response.text
    assert is_within(json.loads(excerpt), response.json())


def test_an_excerpt_that_is_not_in_the_answer_is_noticed() -> None:
    assert is_within({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}, {}], "d": 0})
    assert not is_within({"a": [{"b": 2}]}, {"a": [{"b": 1}]})
    assert not is_within({"x": None}, {"a": 1})
    assert is_shown(["a", "…", "c", "…"], ["a", "b", "c", "d"])
    assert not is_shown(["a", "…", "c"], ["a", "b", "c", "d"])
    assert not is_shown(["b", "…"], ["a", "b"])
    assert not is_shown(["a", "x"], ["a", "b"])
