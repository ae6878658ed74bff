"""JSON Schemas of the facts format, for editors; `python -m kg.facts.schema` writes them to docs/schema/."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import StringSchema

from kg.facts.models import Facts, Source

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "schema"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_TITLES: Final[dict[str, tuple[type[BaseModel], str]]] = {
    "facts.schema.json": (Facts, "Facts of a source (facts.yaml)"),
    "source.schema.json": (Source, "Source document (source.yaml)"),
}


class _Generator(GenerateJsonSchema):
    """Says of text what the loader does: an unquoted number or boolean is text where text is wanted."""

    def str_schema(self, schema: StringSchema) -> JsonSchemaValue:
        """Return the schema of a text."""
        return {**super().str_schema(schema), "type": ["string", "number", "boolean"]}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas by the names of their files."""
    return {
        name: {
            "$schema": DIALECT,
            **model.model_json_schema(schema_generator=_Generator),
            "title": title,
        }
        for name, (model, title) in _TITLES.items()
    }


def as_text(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path = FOLDER) -> list[Path]:
    """Write the schemas into a folder, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in json_schemas().items():
        path = folder / name
        path.write_text(as_text(schema), encoding="utf-8", newline="\n")
        written.append(path)
    return written


if __name__ == "__main__":
    for each in write_schemas(*map(Path, sys.argv[1:2])):
        print(each)
