"""docs/api.md says what is so: its examples are run, its tables are held against the code."""

from __future__ import annotations

import itertools
import re
import shlex

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.assets import Assets
from api.formats import QUERY_FORMATS
from api.problem_shapes import SHAPES
from api.routers.documents import FORMATS
from kg.kinds import KINDS
from kg.lookup.finder import filter_names
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ (curl [^\n]*)\n(.*?)```", TEXT, re.DOTALL)
FILLED = {
    "{name}": Assets().sheet,
    "{id}": "healthcare",
    "{kind}": "sector",
    "{local}": "healthcare",
    "{slug}": "coverage",
    "{collection}": "sectors",
}


def run(client: TestClient, command: str) -> Response:
    """Run a curl command against the app."""
    words = shlex.split(command)[1:]
    url = next(word for word in words if word.startswith("http://localhost:8000")).removeprefix("http://localhost:8000")
    given = list(itertools.pairwise(words))
    headers = dict(value.split(": ", 1) for option, value in given if option == "-H")
    data = dict(value.split("=", 1) for option, value in given if option == "--data-urlencode")
    assert {word for word in words if word.startswith("-")} <= {"-s", "-H", "--data-urlencode"}
    return client.post(url, data=data, headers=headers) if data else client.get(url, headers=headers)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_there_are_enough_examples() -> None:
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_answers_as_it_is_shown(client: TestClient, command: str, shown: str) -> None:
    answer, position = squeezed(run(client, command).text), 0
    for piece in squeezed(shown).split("…"):
        found = answer.find(piece, position)
        assert found >= 0, f"{piece!r} does not follow in {answer[position : position + 2000]}"
        position = found + len(piece)


def test_every_path_that_is_named_exists(client: TestClient) -> None:
    table = TEXT.partition("## Paths")[2].partition("\n## ")[0]
    paths = re.findall(r"`(/[^`\s]*)`", table)
    assert len(paths) >= 28
    for path in paths:
        filled = path
        for name, value in FILLED.items():
            filled = filled.replace(name, value)
        assert client.get(filled).status_code in {200, 303}, path


def test_every_path_of_openapi_is_named(client: TestClient) -> None:
    named = set(re.findall(r"`(/[^`\s]*)`", TEXT))
    for path in client.get("/openapi.json").json()["paths"]:
        plain = path.replace(":path", "")
        general = re.sub(r"/api/v1/\w+/\{id\}$", "/api/v1/sectors/{id}", plain)
        with_extension = general.replace("graph.{extension}", "graph.trig").replace(".{extension}", ".ttl")
        assert with_extension in named or with_extension == "/problems/{slug}", path


def test_the_table_of_errors_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `([\w-]+)` \| (.*?) ?\|$", TEXT, re.MULTILINE)
    assert {(int(status), slug) for status, slug, _ in rows} == {
        (shape.status, shape.slug) for shape in SHAPES.values()
    }
    for _, slug, helps in rows:
        keys = {key for shape in SHAPES.values() if shape.slug == slug for key in shape.data.values()}
        assert keys <= set(re.findall(r"`(\w+)`", helps)), slug


def test_the_tables_of_formats_and_filters_are_those_of_the_code() -> None:
    for format in QUERY_FORMATS:
        assert f"| `{format}` | `" in TEXT
    for extension, media_type in FORMATS.items():
        assert f"| `.{extension}` | `{media_type}`" in TEXT
    filters = TEXT.partition("| filter | of |")[2].partition("\n\n")[0]
    for kind in KINDS:
        for name in filter_names(kind.name):
            row = [line for line in filters.splitlines() if f"`{name}`" in line.partition(" | ")[0]]
            assert any(kind.collection in line or "every list" in line for line in row), (kind.collection, name)
