"""The commands, run as a person runs them: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.revisions import Revision
from kg.settings import Settings
from tests.conftest import ROOT


def kg(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with no `KG_` variable but the ones given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    command = [sys.executable, "-c", "from kg.cli import main; main(prog_name='kg')", *arguments]
    paths = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**clean, **paths, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def store(revision: Revision, settings: Settings) -> str:
    assert revision.id
    return str(settings.store)


def test_build_prints_the_revision_and_publishes_it(tmp_path: Path, revision: Revision) -> None:
    done = kg("build", "--store", "store", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    manifest = json.loads(done.stdout)
    assert manifest["revision"] == revision.id == (tmp_path / "store" / "current").read_text().split()[0]
    assert manifest["triples"] > 10_000
    assert "ontology/policy.ttl" in manifest["inputs"]


def test_two_builds_in_other_places_and_languages_give_one_id(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    shutil.copytree(ROOT / "seeds", tmp_path / "two" / "seeds")
    shutil.copytree(ROOT / "ontology", tmp_path / "two" / "ontology")
    first = kg("build", "--json", cwd=tmp_path / "one", PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC")
    second = kg(
        "build",
        "--json",
        "--seeds",
        "seeds",
        "--ontology",
        "ontology",
        cwd=tmp_path / "two",
        PYTHONHASHSEED="2",
        TZ="Asia/Shanghai",
    )
    assert json.loads(first.stdout)["revision"] == json.loads(second.stdout)["revision"]


def test_validate_publishes_nothing(tmp_path: Path) -> None:
    done = kg("validate", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no violation" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_in_a_facts_file_publishes_nothing_and_exits_with_1(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    facts = tmp_path / "seeds" / "dayoo-20240607" / "facts.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text.replace("{to: healthcare,", "{to: helthcare,", 1), encoding="utf-8")
    done = kg("build", "--seeds", "seeds", "--store", "store", cwd=tmp_path)
    assert done.returncode == 1
    line = text[: text.index("{to: healthcare,")].count("\n") + 1
    assert f"facts.yaml:{line}:" in done.stderr
    assert "healthcare" in done.stderr
    assert not (tmp_path / "store").exists()


def test_query_prints_json_by_default_where_there_is_no_terminal(tmp_path: Path, store: str) -> None:
    query = "SELECT (COUNT(?m) AS ?n) WHERE { ?m a pkg:Measure }"
    done = kg("query", query, "--store", store, cwd=tmp_path)
    assert json.loads(done.stdout)["results"]["bindings"][0]["n"]["value"] == "57"


def test_query_as_a_table_uses_short_names(tmp_path: Path, store: str) -> None:
    query = "SELECT ?sector ?label WHERE { ?sector a pkg:Sector ; rdfs:label ?label } ORDER BY ?sector ?label LIMIT 1"
    done = kg("query", query, "--format", "table", "--store", store, cwd=tmp_path)
    assert done.stdout.splitlines()[2].split() == ["sector/agriculture", "Agriculture"]
    assert done.stderr.strip() == "1 row"


def test_query_from_a_file_and_as_turtle(tmp_path: Path, store: str) -> None:
    (tmp_path / "q.rq").write_text("CONSTRUCT WHERE { ?p a pkg:Policy ; rdfs:label ?l }", encoding="utf-8")
    done = kg("query", "--file", "q.rq", "--store", store, cwd=tmp_path)
    assert "pkg:Policy" in done.stdout
    assert "人工智能赋能千行百业" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["query", "SELECT * WHERE { ?s ?p }"], "error: line 1, column 25"),
        (["query", "SELECT * WHERE { ?s ?p ?o }", "--format", "ttl"], "a graph format"),
        (["query"], "either a query or --file"),
        (["query", "ASK {}", "--format", "docx"], "docx"),
        (["export"], "--format"),
        (["frobnicate"], "frobnicate"),
        (["build", "--base-iri", "nowhere"], "must start with http"),
        (["serve", "--port", "99999"], "99999"),
    ],
)
def test_a_wrong_call_exits_with_2_and_says_why(tmp_path: Path, store: str, arguments: list[str], words: str) -> None:
    done = kg(*arguments, cwd=tmp_path, KG_STORE=store)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_in_the_environment_is_refused(tmp_path: Path) -> None:
    done = kg("query", "ASK {}", cwd=tmp_path, KG_STROE="x")
    assert done.returncode == 2
    assert "did you mean KG_STORE" in done.stderr


def test_export_writes_a_file_that_is_the_same_as_standard_output(tmp_path: Path, store: str) -> None:
    done = kg("export", "--format", "nt", "-o", "out.nt", "--store", store, cwd=tmp_path)
    assert done.returncode == 0
    assert kg("export", "--format", "nt", "--store", store, cwd=tmp_path).stdout == (tmp_path / "out.nt").read_text(
        "utf-8"
    )


def test_evidence_locates_a_clause_in_a_text(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("第一行\n到2027年，算力规模超过60EFLOPS\n", encoding="utf-8")
    done = kg("evidence", "--text", "text.txt", "--locate", "算力规模超过60EFLOPS", cwd=tmp_path)
    assert done.stdout.strip() == "{line: 2, start: 7, end: 21, clause: 算力规模超过60EFLOPS}"
    missing = kg("evidence", "--text", "text.txt", "--locate", "算力翻番", cwd=tmp_path)
    assert (missing.returncode, missing.stdout) == (1, "")


def test_evidence_finds_every_clause_of_the_article(tmp_path: Path) -> None:
    data = Path(os.environ.get("KG_CONFORMANCE_DATA", ROOT.parent / "shared"))
    article = data / "seed" / "article.txt"
    if not article.exists():
        pytest.skip(
            f"the article's text is not at {article}; set KG_CONFORMANCE_DATA to the folder that has seed/article.txt"
        )
    done = kg("evidence", "--text", str(article), "--json", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["found"] == report["clauses"] > 500
    assert report["same_text"] is True


def test_evidence_against_another_text_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("完全不同的文字\n" * 22, encoding="utf-8")
    done = kg("evidence", "--text", "other.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert "0 of " in done.stdout
    assert "facts.yaml:" in done.stderr


@pytest.mark.parametrize("command", ["build", "validate", "evidence", "query", "export", "serve", "revisions"])
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    done = kg(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert command in kg("--help", cwd=tmp_path).stdout
    assert "--" in done.stdout
