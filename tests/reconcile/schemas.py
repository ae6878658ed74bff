"""The JSON schemas of the specification, which lie beside the checkout as the test suites of the W3C do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from tests.conftest import ROOT

NAMES = (
    "data-extension-property-proposal",
    "data-extension-query",
    "data-extension-response",
    "manifest",
    "reconciliation-query-batch",
    "reconciliation-result-batch",
    "suggest-entities-response",
    "suggest-properties-response",
    "suggest-types-response",
    "type",
)


def folder() -> Path:
    return Path(os.environ.get("KG_CONFORMANCE_DATA") or ROOT.parent / "shared") / "reconciliation-0.2"


PRESENT = (folder() / "manifest.json").is_file()
WHY_ABSENT = (
    "the schemas of the Reconciliation API are not there (../shared/reconciliation-0.2 beside the checkout); "
    "KG_CONFORMANCE_DATA may name the folder that has reconciliation-0.2/"
)


_NOT_HELD_AGAINST: list[str] = []
"""The schemas that the test that is running wanted, and that are not there."""


@pytest.fixture(autouse=True)
def aloud() -> Iterator[None]:
    """Skip, after a test, if a schema that it wanted was not there."""
    _NOT_HELD_AGAINST.clear()
    yield
    skip_if_not_held()


def skip_if_not_held() -> None:
    """Skip, with the reason, if schemas were wanted that are not there."""
    wanted = sorted(set(_NOT_HELD_AGAINST))
    _NOT_HELD_AGAINST.clear()
    if wanted:
        pytest.skip(f"not held against {', '.join(wanted)}: {WHY_ABSENT}")


@cache
def validator(name: str) -> Draft7Validator:
    """Return what validates by a schema; the schemas refer to each other."""
    read = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder().glob("*.json"))}
    resources = [(schema["$id"], DRAFT7.create_resource(schema)) for schema in read.values()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft7Validator(read[name], registry=registry)


def assert_valid(name: str, value: object) -> None:
    """Assert that a value is as a schema of the specification has it.

    Without the schemas, the test goes on with what it asserts besides, and is reported as skipped as well, with the
    reason (see `aloud`).
    """
    if not PRESENT:
        _NOT_HELD_AGAINST.append(name)
        return
    wrong = [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(value)]
    assert wrong == [], wrong[:5]
