"""`kg synth` as a person runs it: files that are whole or not there, pipes that close, errors that help."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_cli import kg
from tests.conftest import ROOT

MEGABYTE = 1024  # ru_maxrss counts in kilobytes


def test_a_file_is_what_standard_output_has(tmp_path: Path) -> None:
    done = kg("synth", "--policies", "2", "--seed", "7", "--output", "corpus.nq", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    summary, content = json.loads(done.stdout), (tmp_path / "corpus.nq").read_bytes()
    assert summary["policies"] == 2
    assert summary["quads"] == content.count(b"\n")
    assert summary["bytes"] == len(content)
    assert summary["sha256"] == hashlib.sha256(content).hexdigest()
    assert kg("synth", "--policies", "2", "--seed", "7", cwd=tmp_path).stdout.encode() == content
    assert [path.name for path in tmp_path.iterdir()] == ["corpus.nq"]
    assert done.stderr == ""


def test_ntriples_go_over_what_was_there_under_another_base(tmp_path: Path) -> None:
    (tmp_path / "corpus.nt").write_text("old", encoding="utf-8")
    base = ("--base-iri", "https://example.org/kg/")
    done = kg("synth", "--policies", "1", "--format", "nt", "-o", "corpus.nt", *base, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("corpus.nt: ")
    assert " triples: 1 policies" in done.stdout
    text = (tmp_path / "corpus.nt").read_text(encoding="utf-8")
    assert "/graph/inferred" not in text
    assert "https://example.org/kg/id/policy/synth-00001" in text
    assert "https://w3id.org/policy-kg/id/" not in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--policies", "0"], 2, "0 is not in the range 1<=x<=1000000"),
        (["--policies", "many"], 2, "'many' is not a valid integer range"),
        ([], 2, "Missing option '--policies'"),
        (["--policies", "1", "--seed", "-1"], 2, "-1 is not in the range"),
        (["--policies", "1", "--output", "missing/corpus.nq"], 2, "cannot write missing/corpus.nq: No such file"),
        (["--policies", "1", "--output", "."], 2, "is a directory"),
        (["--policies", "1", "--json"], 2, "--json goes with --output FILE"),
        (["--policies", "1", "--ontology", "nothing"], 1, "policy.ttl: is missing"),
        (["--policies", "1", "--output", "/dev/full"], 1, "error: cannot write /dev/full: No space left"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], code: int, said: str, tmp_path: Path) -> None:
    if "/dev/full" in arguments and not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    done = kg("synth", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def run(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from kg.cli import main; main(prog_name='kg')", "synth", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_reader_that_goes_ends_it_without_a_traceback(tmp_path: Path) -> None:
    with run("--policies", "100000", cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"<http")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_broken_off_leaves_what_was_there(ending: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "corpus.nq").write_text("old", encoding="utf-8")
    with run("--policies", "100000", "--output", "corpus.nq", cwd=tmp_path) as process:
        until = time.monotonic() + 60
        while not any(path.stat().st_size for path in tmp_path.glob(".corpus.nq.*.part")):
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(ending)
        _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert b"Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["corpus.nq"]
    assert (tmp_path / "corpus.nq").read_text(encoding="utf-8") == "old"


def peak(policies: int) -> int:
    """Return the most memory that a process of its own takes for a corpus, in kilobytes."""
    code = (
        "import pathlib, resource; from kg.iris import Iris; from kg.synth import Corpus\n"
        f"for part in Corpus(pathlib.Path('ontology'), Iris(), 7).parts({policies}): part.write('nq')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return int(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts in kilobytes on Linux alone")
def test_memory_does_not_grow_with_the_corpus() -> None:
    """A hundred policies more are 12 MB of quads more."""
    assert peak(110) - peak(10) < 8 * MEGABYTE
