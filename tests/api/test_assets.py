"""`/static/…`: the style sheet and the scripts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.assets import OWN, SHEETS, Assets
from tests.api.helpers import assert_problem
from tests.conftest import ROOT

MANIFEST = {
    "_shared.js": {"file": "assets/shared-1.js", "css": ["assets/shared-1.css"]},
    "src/site.ts": {"file": "assets/site-1.js", "isEntry": True, "imports": ["_shared.js"]},
    "src/explore.ts": {
        "file": "assets/explore-1.js",
        "isEntry": True,
        "imports": ["_shared.js", "src/site.ts"],
        "dynamicImports": ["src/heavy.ts"],
    },
    "src/heavy.ts": {"file": "assets/heavy-1.js", "isDynamicEntry": True},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build with a manifest, and a file beside it that is not to be served."""
    (tmp_path / "styles").mkdir()
    for name in (*SHEETS, *OWN):
        (tmp_path / "styles" / f"{name}.css").write_text(f".{name} {{}}")
    assets = tmp_path / "static" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "static" / "manifest.json").write_text(json.dumps(MANIFEST))
    for name in ("shared-1.js", "site-1.js", "explore-1.js", "heavy-1.js"):
        (assets / name).write_text(f"// {name}")
    (assets / "shared-1.css").write_text("a {}")
    (assets / "notes.txt").write_text("not for the world")
    return tmp_path


def test_an_entry_loads_what_it_imports_and_nothing_that_it_may_load_later(folder: Path) -> None:
    assets = Assets(folder)
    entry = assets.entry("explore")
    assert entry.scripts == ("assets/explore-1.js", "assets/shared-1.js", "assets/site-1.js")
    assert [name.partition("-")[0] for name in entry.styles] == ["assets/shared", "explore"]
    assert assets.find("assets/heavy-1.js") is not None
    assert assets.entry("nothing").scripts == ()


def test_only_what_a_browser_loads_is_there(folder: Path) -> None:
    assets = Assets(folder)
    assert len(assets.names) == 5 + 1 + len(OWN)
    for name in ("manifest.json", "assets/notes.txt", "../styles/base.css", "assets/../assets/site-1.js", ""):
        assert assets.find(name) is None, name


def test_another_style_is_another_name_and_another_digest(folder: Path) -> None:
    first = Assets(folder)
    (folder / "styles" / "home.css").write_text(".changed {}")
    second = Assets(folder)
    assert first.sheet != second.sheet
    assert first.digest != second.digest


def test_without_a_build_there_is_the_style_sheet_alone(folder: Path) -> None:
    (folder / "static" / "manifest.json").unlink()
    assets = Assets(folder)
    assert len(assets.names) == 1 + len(OWN)
    assert all(name.endswith(".css") for name in assets.names)
    assert assets.entry("site").scripts == ()


def test_a_file_is_kept_for_ever_and_comes_compressed(client: TestClient) -> None:
    name = Assets().sheet
    plain = client.get(f"/static/{name}", headers={"accept-encoding": "identity"})
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"] == "text/css; charset=utf-8"
    assert plain.headers["x-content-type-options"] == "nosniff"
    with client.stream("GET", f"/static/{name}", headers={"accept-encoding": "gzip"}) as packed:
        content = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(content) == plain.content
    assert len(content) < len(plain.content) / 2
    assert "Accept-Encoding" in packed.headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip;q=0", None), ("gzip;q=0, *", None), ("gzipped", None), ("br;q=1.0, GZIP;q=0.2", "gzip"), ("*", "gzip")],
)
def test_only_who_takes_gzip_gets_it(client: TestClient, accepted: str, coding: str | None) -> None:
    answer = client.get(f"/static/{Assets().sheet}", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.text.startswith((ROOT / "api/styles/base.css").read_text("utf-8")[:40])


@pytest.mark.parametrize("name", ["nothing.css", "manifest.json", "..%2fapp.py", "%2e%2e/app.py", "assets/"])
def test_what_there_is_not_is_said_so(client: TestClient, name: str) -> None:
    assert_problem(client.get(f"/static/{name}"), 404, "no-such-path")
