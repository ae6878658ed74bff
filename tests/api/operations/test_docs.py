"""What docs/operations.md and docs/threat-model.md say is so: tables are those of the code, the tests named exist."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.operations.clients import Proxies
from api.operations.connections import CONNECTIONS, HEAD_SECONDS, PER_CLIENT
from api.operations.requests import MAX_ADDRESS, MAX_HEADERS, MAX_PARAMETERS
from api.operations.server import GRACE_SECONDS, LONGEST_GRACE
from api.protocol import BODY_SECONDS
from kg.settings import Settings, format_size, parse_size
from tests.conftest import ROOT

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
THREATS = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
HEAD = "| flag | variable | default | what it is |\n|---|---|---|---|\n"


def settings_table() -> str:
    """Return the table of settings in Markdown."""
    rows = []
    for item in fields(Settings):
        default: Any = item.default
        if item.metadata["kind"] is parse_size:
            default = format_size(default)
        flag = "" if item.metadata["secret"] else f"`--{item.name.replace('_', '-')}`"
        shown = "" if default is None or default is False or default == "" else f"`{default}`"
        rows.append(f"| {flag} | `KG_{item.name.upper()}` | {shown} | {item.metadata['help']} |\n")
    return HEAD + "".join(rows)


def test_the_table_of_settings_is_that_of_the_code() -> None:
    assert settings_table() in OPERATIONS, f"put this into docs/operations.md:\n{settings_table()}"
    assert OPERATIONS.count(HEAD) == 1


def test_the_numbers_are_those_of_the_code() -> None:
    text = " ".join(OPERATIONS.split())
    said = (
        f"an address of {MAX_ADDRESS >> 10} KiB, headers of {MAX_HEADERS >> 10} KiB, {MAX_PARAMETERS} parameters; "
        f"{HEAD_SECONDS:g} s for the head of a request, {BODY_SECONDS:g} s for its body; "
        f"{CONNECTIONS} connections, {PER_CLIENT} of one client"
    )
    assert said in text
    assert f"until their deadline and {GRACE_SECONDS} s more, {LONGEST_GRACE} s at most" in text
    assert Proxies.parse(Settings().trusted_proxies).trust("127.0.0.1")


def test_every_metric_is_named(client: TestClient) -> None:
    registry = client.app.state.operations.metrics.registry  # type: ignore[attr-defined]
    found = {f"{family.name}{'_total' if family.type == 'counter' else ''}" for family in registry.collect()}
    ours = {name for name in found if name.startswith("kg_")} | {"kg_connections", "kg_connections_refused_total"}
    table = OPERATIONS.partition("## Metrics")[2].partition("\n## ")[0]
    assert ours == set(re.findall(r"`(kg_\w+)(?:\{[\w,]+\})?`", table.partition("Worth an alarm")[0]))
    assert len(ours) >= 18


def names_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", THREATS)
    assert len(named) >= 20
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert not name or name in names_of(ROOT / path), f"{path}::{name}"


@pytest.mark.parametrize("line", [row for row in THREATS.splitlines() if re.match(r"\| [A-Z]\d+ \|", row)])
def test_every_promise_names_what_proves_it(line: str) -> None:
    assert line.count("|") == 5
    assert "`tests/" in line


def test_there_are_promises() -> None:
    numbers = re.findall(r"^\| ([A-Z]\d+) \|", THREATS, re.MULTILINE)
    assert len(numbers) == len(set(numbers)) >= 15
