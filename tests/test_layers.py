"""Imports run one way, each library has its place, and files and functions stay small enough to read."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Low to high. A module of `kg` imports from its own layer and those before it; each
# new module gets its place here.
BASE = ("lazy", "errors", "terms", "resources", "settings", "iris", "kinds", "folding", "numerals")
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__init__",),
    BASE,
    ("federation",),
    ("engine",),
    ("columns",),
    ("facts",),
    ("build",),
    ("inference",),
    ("validate",),
    ("revisions",),
    ("metadata",),
    ("workers",),
    ("writing",),
    ("inputs", "limits"),
    ("query",),
    ("lookup", "network", "export"),
    ("questions",),
    ("pinyin",),
    ("search",),
    ("resolve",),
    ("agents",),
    ("mcp",),
    ("pipeline",),
    ("synth",),
    ("cli",),
    ("__main__",),
)
RANK = {area: rank for rank, layer in enumerate(LAYERS) for area in layer}

# Narrower than the layers: the seam to the RDF engine knows nothing of what is built with it.
NARROW = {
    "engine": {"__init__", "lazy", "errors", "terms", "settings", "iris"},
    "federation": {"__init__", "errors"},
    # The process that makes the tables imports nothing else of ours.
    "pinyin": {"__init__"},
    # It reads texts and writes bytes as the seam has them, and knows nothing of the engine behind it.
    "columns": {"__init__", "terms", "engine"},
    # A worker is forked from what it imports, so that it imports little.
    "workers": {"__init__", "errors", "engine", "columns"},
    # A corpus is facts that the build compiles and the rules are applied to; it knows nothing of stores and queries.
    "synth": {"__init__", "errors", "terms", "iris", "engine", "facts", "build", "inference"},
}

# A library, and the only modules that may import it.
CONFINED = {
    "pyoxigraph": ("kg.engine",),
    "rdflib": ("kg.build", "kg.inference", "kg.validate"),
    "pyshacl": ("kg.build", "kg.validate"),
    "networkx": ("kg.network",),
    "numpy": ("kg.columns", "kg.engine"),
    "yaml": ("kg.facts",),
    "openpyxl": ("kg.questions",),
    "opencc": ("kg.search",),
    "pypinyin": ("kg.pinyin",),
    "rapidfuzz": ("kg.search",),
    "fastapi": ("api",),
    "fastapi_offline": ("api",),
    "starlette": ("api",),
    "uvicorn": ("api", "kg.cli"),
    "h11": ("api",),
    "prometheus_client": ("api",),
    "mcp": ("kg.mcp", "kg.cli.mcp", "api.mcp"),
    "mcp_types": ("kg.mcp",),
}

# Where a library is imported by another name than it is declared, or comes with another one by contract.
DECLARED_AS = {
    "fastapi_offline": "fastapi-offline",
    "h11": "uvicorn",
    "mcp_types": "mcp",
    "multipart": "python-multipart",
    "prometheus_client": "prometheus-client",
    "pydantic_core": "pydantic",
    "starlette": "fastapi",
    "yaml": "pyyaml",
}

MAX_FILE = 500
MAX_FUNCTION = 60


@dataclass(frozen=True)
class Import:
    """One imported module, and where: `within` names the function around it, and is empty at module level."""

    importer: str
    target: str
    line: int
    within: str

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"

    def of(self, *packages: str) -> bool:
        """Return whether the target is one of these modules, or below one."""
        return below(self.target, packages)


@dataclass
class Reader(ast.NodeVisitor):
    """Collects the imports of one module."""

    module: str
    package: str
    known: frozenset[str]
    found: list[Import] = field(default_factory=list)
    within: list[str] = field(default_factory=list)

    def add(self, target: str, line: int) -> None:
        self.found.append(Import(self.module, target, line, ".".join(self.within)))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.add(alias.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            parts = self.package.split(".")
            base = ".".join([*parts[: len(parts) - node.level + 1], *([base] if base else [])])
        for alias in node.names:
            full = f"{base}.{alias.name}"
            self.add(full if full in self.known else base, node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in {"import_module", "__import__"} and node.args:
            target = node.args[0]
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                self.add(target.value, node.lineno)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.within.append(node.name)
        self.generic_visit(node)
        self.within.pop()

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)


def below(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def sources(root: Path) -> dict[str, Path]:
    """Return the Python files of `kg` and `api` by module name; the front end's folders hold none of ours."""
    found: dict[str, Path] = {}
    for path in sorted([*root.glob("kg/**/*.py"), *root.glob("api/**/*.py")]):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[:2] in {("api", "web"), ("api", "static")}:
            continue
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(root: Path) -> list[Import]:
    files = sources(root)
    found: list[Import] = []
    for module, path in files.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        reader = Reader(module, package, frozenset(files))
        reader.visit(ast.parse(path.read_text(encoding="utf-8"), str(path)))
        found += reader.found
    return found


def area(module: str) -> str:
    """Return the part of `kg` that a module belongs to: `engine` for `kg.engine.worker`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def upward(found: list[Import]) -> list[str]:
    """Return the imports inside `kg` that break the order of the layers."""
    edges = [edge for edge in found if below(edge.importer, ("kg",)) and edge.of("kg")]
    wrong = []
    for edge in edges:
        here, there = area(edge.importer), area(edge.target)
        allowed = {name for name, rank in RANK.items() if rank <= RANK[here]}
        if here != there and there not in NARROW.get(here, allowed):
            wrong.append(str(edge))
    return wrong


def strays(found: list[Import]) -> list[str]:
    """Return the imports of a library outside its place."""
    return [
        str(edge)
        for edge in found
        for library, places in CONFINED.items()
        if edge.of(library) and not below(edge.importer, places)
    ]


def is_lazy_in_serve(edge: Import) -> bool:
    """Return whether an import stands inside a function of the serve command."""
    return bool(edge.within) and "serve" in f"{edge.importer.rpartition('.')[2]}.{edge.within}"


def crossings(found: list[Import]) -> list[str]:
    """Return the imports that tie `kg` to the web, or `api` to the command line."""
    wrong = []
    for edge in found:
        if below(edge.importer, ("kg.cli",)) and edge.of("api", "uvicorn"):
            if not is_lazy_in_serve(edge):
                wrong.append(f"{edge}, not inside a function of serve")
            continue
        forbidden = ("api",) if below(edge.importer, ("kg",)) else ("kg.cli", "kg.__main__")
        if edge.of(*forbidden):
            wrong.append(str(edge))
    return wrong


@pytest.fixture(scope="module")
def found() -> list[Import]:
    return imports(ROOT)


def test_the_checks_below_see_the_code(found: list[Import]) -> None:
    modules = sources(ROOT)
    assert len({area(module) for module in modules if below(module, ("kg",))}) >= 12
    assert len([module for module in modules if below(module, ("api",))]) >= 5
    assert len([edge for edge in found if edge.of("kg")]) >= 20


def test_every_module_of_kg_has_a_layer() -> None:
    areas = {area(module) for module in sources(ROOT) if below(module, ("kg",))}
    assert areas - RANK.keys() == set(), "give it a place in LAYERS"


def test_no_import_goes_upward(found: list[Import]) -> None:
    assert upward(found) == []


def test_no_import_goes_in_a_circle(found: list[Import]) -> None:
    graph: dict[str, set[str]] = {}
    for edge in found:
        if below(edge.importer, ("kg",)) and edge.of("kg") and area(edge.importer) != area(edge.target):
            graph.setdefault(area(edge.importer), set()).add(area(edge.target))
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports in a circle: {' → '.join(error.args[1])}")


def test_kg_knows_nothing_of_the_web_and_api_nothing_of_the_cli(found: list[Import]) -> None:
    assert crossings(found) == []


def test_each_library_is_imported_in_its_place_only(found: list[Import]) -> None:
    assert strays(found) == []


def test_every_imported_library_is_a_declared_dependency(found: list[Import]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[\s<>=!~;\[]", line)[0].lower() for line in project["dependencies"]}
    libraries = {edge.target.partition(".")[0] for edge in found} - sys.stdlib_module_names - {"kg", "api"}
    assert len(libraries) >= 5
    assert {DECLARED_AS.get(name, name) for name in libraries} - declared == set()


def test_checks_report_what_they_forbid(tmp_path: Path) -> None:
    files = {
        "kg/__init__.py": "",
        "kg/facts.py": "from . import query\nimport rdflib\n",
        "kg/query.py": "import importlib\nimportlib.import_module('api.app')\n",
        "kg/engine/__init__.py": "",
        "kg/engine/worker.py": "from ..facts import read\nfrom . import wire\nimport pyoxigraph\n",
        "kg/engine/wire.py": "from kg.errors import KgError\n",
        "kg/errors.py": "",
        "kg/cli.py": "import uvicorn\ndef serve():\n    from api.app import create_app\n",
        "api/__init__.py": "",
        "api/app.py": "from kg.cli import main\nfrom kg import query\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = imports(tmp_path)
    assert upward(found) == [
        "kg.engine.worker:1 imports kg.facts",
        "kg.facts:1 imports kg.query",
    ]
    assert strays(found) == ["kg.facts:2 imports rdflib"]
    assert crossings(found) == [
        "api.app:1 imports kg.cli",
        "kg.cli:1 imports uvicorn, not inside a function of serve",
        "kg.query:2 imports api.app",
    ]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_and_functions_are_short_enough_to_read() -> None:
    wrong = []
    for path in sources(ROOT).values():
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
        length = len(text.splitlines())
        if length > MAX_FILE:
            wrong.append(f"{name} has {length} lines, {MAX_FILE} at most (300 is better)")
        for node in functions(ast.parse(text)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                wrong.append(f"{name}:{node.lineno} {node.name} has {length} lines, {MAX_FUNCTION} at most")
    assert wrong == []
