"""What the dataset is and holds, as a document: what a revision says of itself, and the addresses of this service."""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from api.exchange import Exchange
from api.state import Snapshot
from kg.engine import EmbeddedEngine, GraphFormat
from kg.engine.remote.engine import RemoteEngine
from kg.engine.remote.loading import write_quads
from kg.metadata import Names, Release, address_lines, description, read_examples
from kg.metadata.catalogue import DESCRIPTION, DISTRIBUTIONS, KEYWORDS, LICENSE, PUBLISHER, TITLE
from kg.resources import ontology_folder
from kg.settings import Settings
from kg.terms import DCTERMS, RDF, SH

WELL_KNOWN: Final = "/.well-known/void"
COUNTED_UP_TO: Final = 200_000
"""Quads of a revision without a description up to which it is counted when somebody asks."""

_KEPT: Final = 8
_ROOT: Final = re.compile(r"^https?://[^\s<>\"{}|\\^`\x00-\x20]+$")
_EXAMPLE: Final = re.compile(rf"^<([^>]*)> <{re.escape(RDF)}type> <{re.escape(SH)}SPARQLExecutable> \.$", re.MULTILINE)


def root_of(exchange: Exchange) -> str | None:
    """Return the URL under which a client reaches this service, without a last slash.

    None where it is no IRI: the Host header is the client's, and must not get into a graph.
    """
    url = exchange.request.url
    root = f"{url.scheme}://{url.netloc}{exchange.path('')}"
    return root if _ROOT.match(root) else None


def describedby(exchange: Exchange) -> str:
    """Return the link from an answer to the description of the dataset."""
    return f'<{exchange.path(WELL_KNOWN)}>; rel="describedby"; type="text/turtle"'


class DatasetDescription:
    """The descriptions of the revision that is served; hangs on the app."""

    def __init__(self, settings: Settings) -> None:
        """Describe what a store of these settings serves."""
        self._settings = settings
        self._lock = threading.Lock()
        self._revision = ""
        self._lines = b""
        self._written: OrderedDict[tuple[str | None, GraphFormat], bytes] = OrderedDict()

    def stored(self, snapshot: Snapshot) -> bytes | None:
        """Return the description that a revision carries, as N-Triples, or None where it has none."""
        if Names(snapshot.iris).graph not in snapshot.graph_names:
            return None
        return self.lines(snapshot)

    def lines(self, snapshot: Snapshot) -> bytes:
        """Return the description of a revision, as N-Triples: the one that it carries, or one made now."""
        with self._lock:
            if self._revision != snapshot.revision.id:
                self._lines = self._read(snapshot)
                self._revision = snapshot.revision.id
                self._written.clear()
            return self._lines

    def document(self, exchange: Exchange, format: GraphFormat) -> bytes:
        """Return the description with the addresses of this service, in a syntax."""
        root, names = root_of(exchange), Names(exchange.snapshot.iris)
        lines = self.lines(exchange.snapshot)
        with self._lock:
            known = self._written.get((root, format)) if self._revision == exchange.snapshot.revision.id else None
        if known is not None:
            return known
        examples = _EXAMPLE.findall(lines.decode())
        addresses = "".join(f"{item}\n" for item in address_lines(names, root, examples)) if root else ""
        content = in_syntax(names.graph, lines + addresses.encode(), format)
        with self._lock:
            if self._revision == exchange.snapshot.revision.id:
                self._written[root, format] = content
                while len(self._written) > _KEPT:
                    self._written.popitem(last=False)
        return content

    def block(self, exchange: Exchange) -> dict[str, Any]:
        """Return what search engines of datasets read in a page: a schema.org Dataset as JSON-LD."""
        root, names, manifest = root_of(exchange), Names(exchange.snapshot.iris), exchange.snapshot.revision.manifest
        chinese = exchange.language == "zh"
        found: dict[str, Any] = {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "@id": names.dataset,
            "name": TITLE[0 if chinese else 1],
            "alternateName": TITLE[1 if chinese else 0],
            "description": DESCRIPTION[0 if chinese else 1],
            "keywords": list(KEYWORDS[0 if chinese else 1]),
            "inLanguage": ["zh", "en"],
            "license": LICENSE,
            "isAccessibleForFree": True,
            "creator": {"@type": "Organization", "name": PUBLISHER},
            "version": exchange.snapshot.revision.id,
        }
        lines = self.stored(exchange.snapshot) or b""
        for key, predicate in (("datePublished", DCTERMS + "issued"), ("dateModified", DCTERMS + "modified")):
            day = re.search(rf'^<{re.escape(names.dataset)}> <{re.escape(predicate)}> "([^"]*)"', lines.decode(), re.M)
            if day is not None:
                found[key] = day.group(1)
        if not lines:
            found["dateModified"] = str(manifest["published"])
        if root:
            found["url"] = f"{root}/"
            found["distribution"] = [
                {
                    "@type": "DataDownload",
                    "name": title,
                    "encodingFormat": media_type,
                    "contentUrl": f"{root}/download/graph.{extension}",
                }
                for extension, (media_type, title) in DISTRIBUTIONS.items()
            ]
        return found

    def _read(self, snapshot: Snapshot) -> bytes:
        graph = Names(snapshot.iris).graph
        if graph in snapshot.graph_names:
            return b"".join(snapshot.engine.dump(GraphFormat.N_TRIPLES, graph))
        manifest = snapshot.revision.manifest
        release = Release(snapshot.revision.id, str(manifest.get("parent") or ""), str(manifest["published"])[:10])
        examples = read_examples((self._settings.ontology or ontology_folder()) / "questions", snapshot.iris)
        if "inputs" not in manifest:
            examples = ()  # a store that was begun without data has nothing that our questions ask for
        counted = snapshot.engine.count() <= COUNTED_UP_TO
        with _directory(snapshot, counted=counted) as path:
            return description(path, snapshot.iris, examples, release, counted=counted)


@contextlib.contextmanager
def _directory(snapshot: Snapshot, *, counted: bool) -> Iterator[Path]:
    """Give the directory of a revision; one that is at a service comes into a temporary one, where it is counted."""
    if not isinstance(snapshot.engine, RemoteEngine):
        yield snapshot.revision.data
        return
    with tempfile.TemporaryDirectory() as folder:
        path, names = Path(folder) / "oxigraph", snapshot.engine.graph_names() if counted else ()
        write_quads(path, names, snapshot.engine.quads(names, unnamed=counted))
        yield path


def in_syntax(graph: str, lines: bytes, format: GraphFormat) -> bytes:
    """Return lines of N-Triples, made by us and not large, in another syntax."""
    return b"".join(EmbeddedEngine.of_graphs([(graph, lines)]).dump(format, graph))
