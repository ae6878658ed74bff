"""docs/synth.md says what is so: every command in it is run, and answers as it is shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.synth.policies import SIZES, TAIL
from kg.synth.world import platforms_by
from tests.conftest import ROOT
from tests.network.test_documentation import follows

TEXT = (ROOT / "docs" / "synth.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ kg ([^\n]*)\n(.*?)```", TEXT, re.DOTALL)


def test_the_commands_answer_as_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # one after the other: what the first has written is loaded by the last
    for command, shown in EXAMPLES:
        done = CliRunner().invoke(main, shlex.split(command))
        assert done.exit_code == 0, done.output
        follows(shown, done.output)
    assert len(EXAMPLES) >= 4


def test_numbers_in_the_text_are_those_of_the_code() -> None:
    assert f"{min(SIZES)} to {max(TAIL)} a policy" in TEXT
    shown = ", ".join(f"{platforms_by(number)} with {name}" for number, name in ((100, "100"), (20_000, "20,000")))
    assert f"2 with one policy, {shown}" in TEXT
    assert sum(size <= 2 for size in SIZES) > len(SIZES) / 2
    assert min(TAIL) == 20
