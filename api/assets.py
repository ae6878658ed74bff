"""`/static/…`: the style sheet and the built scripts, each named after its content and so kept for ever by browsers."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import Response

from api.described import typed_answer
from api.errors import NoSuchPath
from api.negotiation import takes_coding

PREFIX: Final = "/static"
MANIFEST: Final = "manifest.json"
SHEETS: Final = ("base", "parts", "home", "thing", "search", "print")
"""The parts of the style sheet of every page, in the order in which they are written."""
OWN: Final = ("explore", "query", "targets")
"""The entries whose pages have a style sheet of their own beside it."""

_FOLDER: Final = Path(__file__).parent
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
}


@dataclass(slots=True)
class Asset:
    """A file as it is sent; its compressed form is made when it is first asked for."""

    content: bytes
    media_type: str
    _compressed: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def compressed(self) -> bytes:
        """The content, as gzip has it."""
        with self._lock:
            if not self._compressed:
                self._compressed = gzip.compress(self.content, 9, mtime=0)
            return self._compressed


@dataclass(frozen=True, slots=True)
class Entry:
    """What the page of an entry loads, as names below `/static/`: modules, the entry's own first, and style sheets."""

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


class Assets:
    """The files below `/static/`. Without a build of `api/web` there are no scripts; the pages are whole without."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        """Read the style sheet, and the build where there is one."""
        self._files: dict[str, Asset] = {}
        self.sheet = self._add_sheet("style", [folder / "styles" / f"{name}.css" for name in SHEETS])
        self._own = {name: self._add_sheet(name, [folder / "styles" / f"{name}.css"]) for name in OWN}
        self._manifest: Mapping[str, Any] = {}
        built = folder / "static"
        if (built / MANIFEST).is_file():
            self._manifest = json.loads((built / MANIFEST).read_text("utf-8"))
            for path in sorted(built.rglob("*")):
                if path.suffix in _TYPES:
                    self._files[path.relative_to(built).as_posix()] = Asset(path.read_bytes(), _TYPES[path.suffix])

    @property
    def digest(self) -> str:
        """Names all of them: another build, or another style sheet, has another digest."""
        return hashlib.sha256("\n".join(self._files).encode()).hexdigest()[:16]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files."""
        return tuple(self._files)

    def find(self, name: str) -> Asset | None:
        """Return a file by its name below `/static/`."""
        return self._files.get(name)

    def entry(self, name: str) -> Entry:
        """Return what the page of an entry loads; nothing where it is not built.

        >>> Assets().entry("no-such-page").scripts
        ()
        """
        scripts: dict[str, None] = {}
        styles: dict[str, None] = {}

        def add(key: str) -> None:
            part = self._manifest.get(key)
            if part is None or part["file"] in scripts:
                return
            scripts[part["file"]] = None
            styles.update(dict.fromkeys(part.get("css", ())))
            for imported in part.get("imports", ()):
                add(imported)

        add(f"src/{name}.ts")
        return Entry(tuple(scripts), (*styles, *([self._own[name]] if name in self._own else ())))

    def _add_sheet(self, name: str, parts: Sequence[Path]) -> str:
        """Add a style sheet made of files, and return its name."""
        sheet = "\n".join(path.read_text("utf-8") for path in parts)
        named = f"{name}-{hashlib.sha256(sheet.encode()).hexdigest()[:10]}.css"
        self._files[named] = Asset(sheet.encode(), _TYPES[".css"])
        return named


def assets_router() -> APIRouter:
    """Return the router of `/static`."""
    router = APIRouter(tags=["pages"])
    kinds = sorted({kind.partition(";")[0] for kind in _TYPES.values()})

    @router.get(PREFIX + "/{name:path}", summary="A file of the pages", responses=typed_answer(kinds, 404))
    def asset(request: Request, name: Annotated[str, InPath(examples=["style.css"])]) -> Response:
        """Return the style sheet or a script; a name has one content for ever."""
        assets: Assets = request.app.state.assets
        found = assets.find(name)
        if found is None:
            raise NoSuchPath(f"{PREFIX}/{name}", [])
        headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
        if takes_coding(request.headers.get("accept-encoding"), "gzip"):
            return Response(
                found.compressed, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(found.content, media_type=found.media_type, headers=headers)

    return router
