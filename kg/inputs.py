"""The files that a build reads, by their digests: what a revision was made of, and whether they have changed since."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kg.resources import ontology_folder, seeds_folder
from kg.revisions import Revision
from kg.settings import Settings


def input_digests(ontology_path: Path, seeds_path: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that a build reads, by its path from the two folders."""
    files = [("ontology", ontology_path, path) for path in sorted(ontology_path.rglob("*.ttl"))]
    files += [("ontology", ontology_path, path) for path in sorted((ontology_path / "hygiene").glob("*.rq"))]
    files += [("ontology", ontology_path, path) for path in sorted((ontology_path / "rules").glob("*.rq"))]
    files += [("seeds", seeds_path, path) for path in sorted(seeds_path.glob("*/*.yaml"))]
    return {
        f"{name}/{path.relative_to(root).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()
        for name, root, path in files
        if "examples" not in path.relative_to(root).parts and path.is_file()
    }


def is_stale(settings: Settings, revision: Revision) -> bool:
    """Tell whether the files that a revision was built from have changed since; one of no files is never stale."""
    if "inputs" not in revision.manifest:
        return False
    digests = input_digests(settings.ontology or ontology_folder(), settings.seeds or seeds_folder())
    return bool(revision.manifest["inputs"] != digests)
