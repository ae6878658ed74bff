"""What there was to work with: texts that prove little when they are counted, as the code was written beside them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kg.resolve.texts import key
from tests.resolution.evaluate import DEVELOPMENT, ROOT, files, halves, read
from tests.resolution.examples import NEAR_MISSES, PARAPHRASES, UNANSWERED, WORDINGS, in_docs

_CODE: Final = re.compile("search|resol")
_PIECES: Final = re.compile(r"[`*“”\"()|,;:→={}\[\]。？?，、；：（）]|\. |\n| for | is | and ")
"""Between what a page of the documentation may give as an example: a cell, a span, what is in quotes, a clause."""


def material() -> dict[str, set[str]]:
    """Return the key of each text that there was to work with, and where it stands.

    These are the development half, the paraphrases and wordings, the texts that are not answered, all pages of the
    documentation, and every string in the code of search and resolution and in its tests.
    """
    found: dict[str, set[str]] = {}
    for where, text in (*_sets(), *_docs(), *_code()):
        found.setdefault(key(text), set()).add(where)
    return found


def _sets() -> Iterator[tuple[str, str]]:
    development = [labelled.text for path in halves(files())[DEVELOPMENT] for labelled in read(path)]
    sets: dict[str, Iterable[str]] = {
        "development": development,
        "paraphrases": (labelled.text for labelled in PARAPHRASES),
        "wordings": (text for text, _, _ in WORDINGS),
        "unanswered": (*UNANSWERED, *NEAR_MISSES),
        "forms": (text for _, _, text in in_docs()),
    }
    for name, texts in sets.items():
        for text in texts:
            yield name, text


def _docs() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for piece in _PIECES.split(path.read_text(encoding="utf-8")):
            yield path.name, piece


def _code() -> Iterator[tuple[str, str]]:
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for text in (node.value, *re.findall('"([^"]+)"', node.value)):
                    yield path.name, text


def _files() -> Iterator[Path]:
    for folder in ("kg", "api", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if _CODE.search(str(path.relative_to(ROOT))):
                yield path
