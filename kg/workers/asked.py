"""What names a query and its answer: the entity tag, and what the log says of the text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from kg.engine import QueryRequest


def digest_of(*parts: str) -> str:
    """Return 32 hexadecimal digits that stand for some texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def tag_of(tagged: Sequence[str], request: QueryRequest) -> str:
    """Return the entity tag, without quotes, of the answer to a query.

    `tagged` is what it depends on besides: the version of the program, the revision, and the names of the formats of
    tables and of graphs that it may have.
    """
    version, revision, results, graph = tagged
    return digest_of(version, revision, repr((revision, request, results, graph)))


def traits_of(text: str) -> dict[str, Any]:
    """Return what the log says of a query, which may be nobody's business itself."""
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
    return {"query": digest, "length": len(text)}
