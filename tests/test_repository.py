"""What stands in the repository is fit for strangers: no machine's paths, no foreign hosts, no dead links."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from bench.tested import TESTED

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", ".store", "dist", "node_modules", "__pycache__"}

# Put together from pieces, for this file is read as well.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(host))
        for host in (
            ("pypi", "org"),
            ("python" + "hosted", "org"),
            ("registry", "npmjs"),
            ("registry", "yarnpkg"),
            ("npmmirror", "com"),
            ("deb", "debian", "org"),
            ("archive", "ubuntu", "com"),
        )
    )
)
# The end of an IRI may read the same (…/id/work/1): only a path that begins there counts.
MACHINE_PATH = re.compile(r"(?<![\w.\-{}<>)\]])/(?:home/\w|Users/\w|root/|work/)")
EXTERNAL = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
LOADED_RELATIONS = {
    "stylesheet",
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "icon",
    "manifest",
    "dns-prefetch",
}
CSS_LOAD = re.compile(r"(?:@import\s+|url\(\s*)[\"']?\s*(?:https?:)?//[^\s\"')]+", re.IGNORECASE)
JS_LOAD = re.compile(r"\b(?:from|import|importScripts)\b\s*\(?\s*[\"'](?:https?:)?//[^\"']+")


def tracked() -> list[Path]:
    """Return the files that git tracks or would track; without git (an sdist), all that are not output."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        paths = [ROOT / name for name in names if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in paths if path.is_file())


def texts() -> dict[str, str]:
    """Return the tracked text files by name; a file with a NUL or that is not UTF-8 is not text."""
    found: dict[str, str] = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        try:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def matches(pattern: re.Pattern[str], files: dict[str, str]) -> list[str]:
    """Return the places, as `file:line: line`, where a pattern occurs."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


class Loads(HTMLParser):
    """Collects what a page loads from another host; a link that a reader may follow is not loaded."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)
        self.close()
        self.found += CSS_LOAD.findall(page) + JS_LOAD.findall(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        addresses = [given.get(name, "") for name in ("src", "srcset", "data", "poster")]
        if tag == "link" and LOADED_RELATIONS & set(given.get("rel", "").lower().split()):
            addresses.append(given.get("href", ""))
        self.found += [f"<{tag}> {address}" for address in addresses if EXTERNAL.match(address)]


def relative_links(markdown: str) -> list[str]:
    """Return the targets of the links and images in Markdown that lead neither to a host nor an anchor."""
    prose = re.sub(r"(?ms)^\s*(```|~~~).*?^\s*\1", "", markdown)
    prose = re.sub(r"`[^`\n]*`", "", prose)
    inline = re.findall(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\)", prose)
    reference = re.findall(r"(?m)^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)", prose)
    return [link for link in inline + reference if not re.match(r"[A-Za-z][\w+.-]*:|#|//", link)]


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    found = texts()
    assert len(found) >= 30, "the checks of this file must see the repository"
    return found


def test_no_file_names_a_package_registry(files: dict[str, str]) -> None:
    assert matches(REGISTRIES, files) == []


def test_no_file_names_a_path_of_a_machine(files: dict[str, str]) -> None:
    assert matches(MACHINE_PATH, files) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cd /" + "work/main", True),
        ("store: '/" + "home/ann/store'", True),
        ("file:///" + "root/x", True),
        ("https://example.org/" + "work/1", False),
        ("{base}/" + "work/1", False),
        ("frame" + "work/x", False),
    ],
)
def test_machine_path_pattern(text: str, expected: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) is expected


def test_pages_load_nothing_from_another_host(files: dict[str, str]) -> None:
    pages = {name: text for name, text in files.items() if re.match(r"api/.*\.(html|jinja|j2|css|js|svg)$", name)}
    assert len([name for name in pages if name.endswith(".html")]) >= 1
    assert {name: found for name, text in pages.items() if (found := Loads(text).found)} == {}


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ('<script src="https://cdn.example/x.js"></script>', 1),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', 1),
        ("<style>@import url(https://cdn.example/x.css)</style>", 1),
        ('<script type="module">import x from "https://cdn.example/x.js"</script>', 1),
        ('<a href="https://example.org/">a link</a><link rel="license" href="https://example.org/l">', 0),
        ('<script src="/static/x.js"></script><link rel="stylesheet" href="{{ base }}/x.css">', 0),
    ],
)
def test_loads_tells_loading_from_linking(page: str, count: int) -> None:
    assert len(Loads(page).found) == count


def test_relative_links_of_markdown_resolve(files: dict[str, str]) -> None:
    pages = {name: text for name, text in files.items() if name.endswith(".md")}
    assert len(pages) >= 3
    links = [(name, link) for name, text in pages.items() for link in relative_links(text)]
    dead = []
    for name, link in links:
        target = unquote(re.split(r"[?#]", link)[0])
        base = ROOT if target.startswith("/") else (ROOT / name).parent
        if not (base / target.lstrip("/")).exists():
            dead.append(f"{name}: {link}")
    assert dead == []


def test_relative_links_are_found_in_prose_only() -> None:
    text = "[a](docs/a.md#x) ![b](b.png 'B') [c](https://c.example) [d](#d)\n\n[e]: e.md\n"
    text += "\n```\n[f](f.md)\n```\n`[g](g.md)`"
    assert relative_links(text) == ["docs/a.md#x", "b.png", "e.md"]


def test_readme_is_short(files: dict[str, str]) -> None:
    assert 10 <= len(files["README.md"].splitlines()) <= 120


def test_changelog_says_what_changed(files: dict[str, str]) -> None:
    headings = re.findall(r"(?mi)^## \[?(unreleased|\d+\.\d+\.\d+)\b", files["CHANGELOG.md"])
    assert headings


def test_every_promise_of_the_bench_names_tests_that_exist() -> None:
    named = [test for promise in TESTED for test in promise.tests]
    assert len(TESTED) >= 20
    for test in named:
        path, _, name = test.partition("::")
        there = ROOT / "tests" / path
        assert there.is_dir() or there.is_file(), test
        assert not name or f"def {name}(" in there.read_text("utf-8"), test
