"""`kg load` as a person runs it: what was exported comes back as the same revision; what is wrong changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kg.engine import File
from kg.errors import BadParameter
from kg.pipeline import load
from kg.settings import Settings
from tests.cli.test_cli import kg
from tests.conftest import ROOT

EXPORT = ("export", "--format", "nq", "--output", "graph.nq")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a built store, and its export."""
    folder = tmp_path_factory.mktemp("load")
    built = kg("build", "--store", "built", "--json", cwd=folder)
    assert built.returncode == 0, built.stderr
    (folder / "built.json").write_text(built.stdout, encoding="utf-8")
    assert kg(*EXPORT, "--store", "built", cwd=folder).returncode == 0
    return folder


def test_an_export_is_loaded_as_the_same_revision_with_the_same_description(folder: Path) -> None:
    built = json.loads((folder / "built.json").read_text("utf-8"))
    done = kg("load", "graph.nq", "--store", "loaded", "--note", "moved", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    manifest = json.loads(done.stdout)
    assert (manifest["revision"], manifest["triples"]) == (built["revision"], built["triples"])
    assert manifest["validated"] is True
    assert kg(*EXPORT[:3], "--output", "again.nq", "--store", "loaded", cwd=folder).returncode == 0
    assert (folder / "again.nq").read_bytes() == (folder / "graph.nq").read_bytes()
    counts = "SELECT ?s ?p ?o { GRAPH <https://w3id.org/policy-kg/graph/metadata> { ?s ?p ?o } } ORDER BY ?s ?p ?o"
    rows = [
        kg("query", counts, "--store", store, "--format", "csv", cwd=folder).stdout for store in ("built", "loaded")
    ]
    assert rows[0] == rows[1]
    assert rows[0].count("\n") > 1000
    history = kg("revisions", "list", "--store", "loaded", "--json", cwd=folder)
    (entry,) = json.loads(history.stdout)
    assert (entry["kind"], entry["note"], entry["added"]) == ("load", "moved", built["triples"])


def test_standard_input_is_loaded_over_what_was_there(folder: Path) -> None:
    content, code = (folder / "graph.nq").read_bytes(), "from kg.cli import main; main()"
    command = [sys.executable, "-c", code, "load", "-", "--format", "nq", "--store", "in"]
    for _ in range(2):
        done = subprocess.run(
            command, cwd=folder, input=content, capture_output=True, check=False, env={"PYTHONPATH": str(ROOT)}
        )
        assert done.returncode == 0, done.stderr
        assert b" quads in in\n" in done.stdout
    (only,) = json.loads(kg("revisions", "list", "--store", "in", "--json", cwd=folder).stdout)
    assert only["seq"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.nq"], 1, "missing.nq: cannot be read: No such file or directory"),
        (["wrong.nq"], 1, "wrong.nq:2:17: "),
        (
            ["graph.txt"],
            2,
            "the format of graph.txt is not told by its name; --format may be jsonld, nq, nt, rdf, trig, ttl",
        ),
        (["-"], 2, "the format of - is not told by its name"),
        ([], 2, "Missing argument 'FILE...'"),
        (["violating.nq"], 1, "Violation: measure/gd-ai45-ai-phones rdfs:label: There must be one label"),
        (["graph.nt", "--graph", "no iri"], 2, "graph='no iri': it must be an absolute IRI"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(arguments: list[str], code: int, said: str, folder: Path) -> None:
    (folder / "wrong.nq").write_text(
        "<urn:s> <urn:p> <urn:o> <urn:g> .\n<urn:s> <urn:p> <no iri> <urn:g> .\n", encoding="utf-8"
    )
    (folder / "graph.nt").write_text("<urn:s> <urn:p> <urn:o> .\n", encoding="utf-8")
    term = "https://w3id.org/policy-kg/id/measure/gd-ai45-ai-phones"
    label = f'<{term}> <http://www.w3.org/2000/01/rdf-schema#label> "another label"@en <urn:g> .\n'
    (folder / "violating.nq").write_text((folder / "graph.nq").read_text("utf-8") + label, encoding="utf-8")
    before = sorted(path.name for path in (folder / "built").rglob("*"))
    done = kg("load", *arguments, "--store", "built", cwd=folder)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in (folder / "built").rglob("*")) == before


def test_what_is_too_much_to_validate_has_to_be_trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.pipeline.MOST_VALIDATED", 100)
    settings, files = Settings(store=folder / "trusted"), [File(folder / "graph.nq", "nq")]
    with pytest.raises(BadParameter, match=r"more than the 100 that are validated at once; --no-validate trusts them"):
        load(settings, files)
    assert not (folder / "trusted" / "current").exists()
    assert load(settings, files, validated=False).manifest["validated"] is False
