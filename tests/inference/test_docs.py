"""docs/inference.md: its table is that of the folder, and its example is what the command prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from rdflib import URIRef

from kg.build import NamedGraph
from kg.inference import read_rules
from kg.revisions import Revision
from kg.settings import Settings
from kg.terms import PKG
from tests.cli.test_cli import kg
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "inference.md").read_text(encoding="utf-8")
RULES = read_rules(ROOT / "ontology" / "rules")


def test_the_table_of_rules_is_that_of_the_folder() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \| (.+) \|$", TEXT, re.MULTILINE)
    assert rows == [(rule.name, rule.en, rule.zh) for rule in RULES]


def test_rules_that_conclude_nothing_are_named(graphs: tuple[NamedGraph, ...]) -> None:
    used = {str(rule).rpartition("/")[2] for rule in graphs[-1].graph.objects(None, URIRef(PKG + "byRule"))}
    said = re.findall(r"^`([\w-]+)` concludes nothing yet", TEXT, re.MULTILINE)
    assert set(said) == {rule.name for rule in RULES} - used


def test_the_example_prints_what_is_shown(tmp_path: Path, settings: Settings, revision: Revision) -> None:
    assert revision.id
    (command, shown) = re.findall(r"```console\n\$ kg ([^\n]*)\n(.*?)```", TEXT, re.DOTALL)[0]
    done = kg(*shlex.split(command), "--store", str(settings.store), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    position = 0
    for piece in shown.split("…"):
        position = done.stdout.find(piece, position)
        assert position >= 0, piece
        position += len(piece)
