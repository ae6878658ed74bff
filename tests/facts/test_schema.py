"""The JSON Schemas that editors use are those of the models, and accept what the loader accepts."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kg.facts.document import read_document
from kg.facts.schema import FOLDER, as_text, json_schemas

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [*(ROOT / "seeds").iterdir(), *(ROOT / "tests" / "data" / "sample" / "seeds").iterdir()]
NAMES = ["facts", "source"]


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def as_json(value: Any) -> Any:
    """What an editor makes of the file: JSON has no dates."""
    return json.loads(json.dumps(value, default=datetime.date.isoformat))


@pytest.mark.parametrize("name", NAMES)
def test_committed_schema_is_that_of_the_models(name: str) -> None:
    file = f"{name}.schema.json"
    assert (FOLDER / file).read_text(encoding="utf-8") == as_text(json_schemas()[file]), "run python -m kg.facts.schema"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("name", NAMES)
def test_seed_is_valid(name: str, folder: Path) -> None:
    document = read_document(folder / f"{name}.yaml")
    assert [error.message for error in validator(name).iter_errors(as_json(document.data))] == []


@pytest.mark.parametrize("name", NAMES)
def test_seed_names_its_schema(name: str) -> None:
    for folder in (ROOT / "seeds").iterdir():
        first = (folder / f"{name}.yaml").read_text(encoding="utf-8").split("\n")[0]
        reference = first.removeprefix("# yaml-language-server: $schema=")
        assert (folder / reference).resolve() == FOLDER / f"{name}.schema.json"


EVIDENCE = {"line": 1, "start": 0, "end": 2, "clause": "医疗"}


@pytest.mark.parametrize(
    ("facts", "valid"),
    [
        ({"sectors": [{"ref": "healthcare", "evidence": EVIDENCE}]}, True),
        ({"sectors": [{"ref": "healthcare", "evidence": [EVIDENCE, EVIDENCE]}]}, True),
        ({"sectors": [{"ref": "healthcare", "evidence": {**EVIDENCE, "clause": 45}}]}, True),
        ({"sectors": [{"ref": "healthcare", "evidence": []}]}, False),
        ({"sectors": [{"ref": "healthcare"}]}, False),
        ({"sectors": [{"ref": "Health care", "evidence": EVIDENCE}]}, False),
        ({"sectors": [{"ref": "healthcare", "evidence": EVIDENCE, "note": 1}]}, False),
        ({"sektors": []}, False),
    ],
)
def test_schema_tells_right_from_wrong(facts: object, valid: bool) -> None:
    assert validator("facts").is_valid(facts) is valid


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_described(name: str) -> None:
    schema = json_schemas()[f"{name}.schema.json"]
    models = {schema["title"]: schema, **schema.get("$defs", {})}
    bare = [
        f"{model}.{key}"
        for model, each in models.items()
        for key, info in each["properties"].items()
        if "description" not in info
    ]
    assert bare == []


def test_command_writes_the_schemas(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "kg.facts.schema", str(tmp_path / "schema")]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    assert sorted(path.name for path in (tmp_path / "schema").iterdir()) == ["facts.schema.json", "source.schema.json"]
