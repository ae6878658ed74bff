"""The wheel works on its own: in a clean environment, away from the checkout, it serves the same graph."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import httpx2
import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
READY_WITHIN = 90.0


def environment() -> dict[str, str]:
    """Return the environment without what would lead a command back to this checkout or its settings."""
    foreign = ("KG_", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command to its end and return what it printed; a failure shows both streams."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def normalised(name: str) -> str:
    """Return a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(lock: str) -> list[str]:
    """Return the requirements of a lock file, each with its continuation lines joined."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line.strip() for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


def pins(lock: str) -> dict[str, str]:
    """Return name and version of each requirement of a lock file."""
    found: dict[str, str] = {}
    for line in requirements(lock):
        match = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line)
        assert match, f"{lock}: not pinned exactly: {line[:80]}"
        name = normalised(match[1])
        assert name not in found, f"{lock}: {name} has one version for all Pythons, or none"
        found[name] = match[2]
    return found


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"(?i).*(?:://|find-links|index-url|file:|\.(?:org|com|net|io)\b).*", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_and_hashes_every_requirement(lock: str) -> None:
    assert len(pins(lock)) >= 20
    without = [line for line in requirements(lock) if not re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", line)]
    assert without == []


def test_lock_holds_every_runtime_dependency(project: dict[str, Any]) -> None:
    declared = [re.split(r"[\s<>=!~;\[]", line)[0] for line in project["project"]["dependencies"]]
    assert len(declared) >= 10
    assert {normalised(name) for name in declared} - pins("requirements.lock").keys() == set()


def test_locks_agree_and_hold_the_build_backend() -> None:
    runtime, development = (pins(lock) for lock in LOCKS)
    assert runtime.items() - development.items() == set()
    assert "hatchling" in runtime


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist, and the wheel that was built from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (path,) = dist.glob("policy_kg-*-py3-none-any.whl")
    return path


@pytest.mark.xdist_group("packaging")
def test_wheel_holds_code_data_and_pages_only(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for pattern in (
        "kg/data/ontology/policy.ttl",
        "kg/data/ontology/vocabularies/*.ttl",
        "kg/data/seeds/*/source.yaml",
        "kg/data/seeds/*/facts.yaml",
        "api/*.html",
        "api/styles/base.css",
        "api/static/manifest.json",
        "api/static/assets/site-*.js",
        "*.dist-info/licenses/LICENSE",
        "*.dist-info/licenses/LICENSE-DATA",
    ):
        assert [name for name in names if fnmatch(name, pattern)], f"the wheel lacks {pattern}"
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"kg", "api"}
    unwanted = re.compile(r"(^|/)(tests?|node_modules|__pycache__)/|^api/web/|(^|/)test_[^/]*\.py$")
    assert [name for name in names if unwanted.search(name)] == []


@pytest.mark.xdist_group("packaging")
def test_sdist_holds_what_a_fork_needs(dist: Path) -> None:
    (path,) = dist.glob("policy_kg-*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        "api/web/package-lock.json",
        "api/static/manifest.json",
        "ontology/policy.ttl",
        "tests/test_packaging.py",
        "Makefile",
        ".ci/run",
        *LOCKS,
    ):
        assert name in names, f"the sdist lacks {name}"
    for pattern in ("seeds/*/facts.yaml", "docs/*"):
        assert [name for name in names if fnmatch(name, pattern)], f"the sdist lacks {pattern}"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `kg` command of a clean environment with the locked runtime and the wheel."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    run(sys.executable, "-m", "venv", folder, cwd=ROOT)
    pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "--requirement", ROOT / "requirements.lock", cwd=folder)
    run(*pip, "--no-index", "--no-deps", wheel, cwd=folder)
    return folder / "bin" / "kg"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(client: httpx2.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        assert process.poll() is None, f"kg serve ended with {process.returncode}:\n{log.read_text()}"
        try:
            if client.get("/health/ready").status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"not ready within {READY_WITHIN:.0f} s:\n{log.read_text()}")


def meta_of_served(kg: Path, folder: Path) -> dict[str, Any]:
    """Serve from an empty folder, return the answer of `/api/v1/meta`, and end the server by its id."""
    port, log = free_port(), folder.parent / "serve.log"
    command = [str(kg), "serve", "--host", "127.0.0.1", "--port", str(port), "--store", str(folder / "store")]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=out, stderr=out)
    try:
        # The loopback is never behind a proxy, whatever the environment says.
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as client:
            wait_until_ready(client, process, log)
            answer = client.get("/api/v1/meta")
        assert answer.status_code == httpx2.codes.OK, answer.text
        meta: dict[str, Any] = answer.json()
        process.terminate()
        process.wait(timeout=20)
        return meta
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.xdist_group("packaging")
def test_installed_command_explains_itself(installed: Path, tmp_path: Path) -> None:
    text = run(installed, "--help", cwd=tmp_path)
    for command in ("build", "validate", "evidence", "query", "serve", "export"):
        assert command in text


@pytest.mark.xdist_group("packaging")
def test_installed_wheel_serves_the_revision_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    meta = meta_of_served(installed, empty)
    assert [path.name for path in empty.iterdir()] == ["store"]
    main = "from kg.cli import main; main()"
    built = run(sys.executable, "-c", main, "build", "--store", tmp_path / "store", "--json", cwd=ROOT)
    assert re.fullmatch(r"\w{8,}", meta["revision"])
    assert meta["revision"] == json.loads(built)["revision"]
