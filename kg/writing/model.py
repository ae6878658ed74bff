"""A write and what it led to, as the server and the worker tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Write:
    """A write: a SPARQL update, or an operation on a graph; who makes it, and on what.

    `graph` None is the default graph. `using_graphs` and `using_named_graphs` are the protocol's parameters. `expected`
    are the revisions one of which must be the current one; none: any.
    """

    operation: Literal["update", "put", "post", "delete"]
    author: str
    text: str = ""
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()
    graph: str | None = None
    content: bytes = b""
    media_type: str = ""
    base: str = ""
    note: str = ""
    expected: tuple[str, ...] = ()

    def pack(self) -> tuple[dict[str, Any], bytes]:
        """Return the write as JSON, and its text or content as bytes."""
        head = asdict(self)
        text, content = head.pop("text"), head.pop("content")
        return head, text.encode("utf-8", "surrogatepass") if self.operation == "update" else content

    @classmethod
    def unpack(cls, head: Mapping[str, Any], content: bytes) -> Write:
        """Return the write that `pack` has packed."""
        values: dict[str, Any]
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in head.items()}
        if values["operation"] == "update":
            return cls(**values, text=content.decode("utf-8", "surrogatepass"))
        return cls(**values, content=content)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What a write led to: the revision that is current now, the number of its publication, and how much changed.

    `changed` is false where all was so already. `existed` tells whether the graph was there before.
    """

    revision: str
    seq: int
    changed: bool
    added: int
    removed: int
    existed: bool = True
