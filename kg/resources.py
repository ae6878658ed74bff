"""Where the data that travels with the package lies: the ontology and the seeds, in the wheel or in the checkout."""

from __future__ import annotations

from pathlib import Path

from kg.errors import StoreError


def _folder(name: str) -> Path:
    package = Path(__file__).resolve().parent
    for candidate in (package / "data" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise StoreError(f"the folder {name}/ is neither in the installed package nor beside it; reinstall policy-kg")


def ontology_folder() -> Path:
    """Return the folder of `policy.ttl`, the vocabularies, shapes, hygiene rules and questions."""
    return _folder("ontology")


def seeds_folder() -> Path:
    """Return the folder with one sub-folder a source."""
    return _folder("seeds")
