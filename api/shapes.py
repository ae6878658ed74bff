"""The shapes of the ontology's folder, read once and written in any syntax."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from kg.engine import EmbeddedEngine, GraphFormat
from kg.resources import ontology_folder
from kg.settings import Settings

_GRAPH: Final = "https://w3id.org/policy-kg/graph/shapes"


class Shapes:
    """The shapes, read when first asked for."""

    def __init__(self, settings: Settings) -> None:
        """Read from the folder of the settings, or from the one that comes with the package."""
        self._settings = settings
        self._lock = threading.Lock()
        self._written: dict[GraphFormat, bytes] = {}

    def written(self, format: GraphFormat) -> bytes:
        """Return the shapes in a syntax; Turtle as people wrote it, one file after the other.

        Raises:
            SourceError: a file of the folder is not Turtle.
        """
        with self._lock:
            if format not in self._written:
                self._written[format] = self._write(format)
            return self._written[format]

    def _write(self, format: GraphFormat) -> bytes:
        folder: Path = (self._settings.ontology or ontology_folder()) / "shapes"
        files = sorted(folder.glob("*.ttl"))
        if format is GraphFormat.TURTLE:
            return b"\n".join(path.read_bytes().rstrip() + b"\n" for path in files)
        # What reads Turtle line by line, few ask for and every start would wait for.
        from kg.build import NamedGraph  # noqa: PLC0415
        from kg.build.ontology import read_turtle  # noqa: PLC0415

        engine = EmbeddedEngine.of_graphs((_GRAPH, NamedGraph(_GRAPH, read_turtle(path)).ntriples()) for path in files)
        return b"".join(engine.dump(format, _GRAPH))
