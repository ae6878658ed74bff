"""What the server and its workers say to each other: JSON with a length before it, content, and maybe a descriptor."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from kg import errors
from kg.errors import KgError, Problem, Violation

HEAD: Final = struct.Struct(">IQ")
"""Length of the JSON, length of the content."""

INLINE: Final = 1 << 18
"""Answers up to this size come within the message, larger ones as a file."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: `head` is JSON, `content` bytes; `descriptor` is an open file, -1 where there is none."""

    head: Mapping[str, Any]
    content: bytes = b""
    descriptor: int = -1


def pack(head: Mapping[str, Any], content: bytes = b"") -> bytes:
    """Return a message as bytes."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return HEAD.pack(len(text), len(content)) + text + content


def unpack(buffer: bytearray) -> Message | None:
    """Take the first message off a buffer, or return None while it is incomplete."""
    if len(buffer) < HEAD.size:
        return None
    length, size = HEAD.unpack_from(buffer)
    end = HEAD.size + length + size
    if len(buffer) < end:
        return None
    head = json.loads(buffer[HEAD.size : HEAD.size + length].decode("utf-8", "surrogatepass"))
    content = bytes(buffer[HEAD.size + length : end])
    del buffer[:end]
    return Message(head, content)


def receive(connection: socket.socket) -> Message | None:
    """Wait for a message; None where the other side has closed."""
    buffer = bytearray()
    while True:
        message = unpack(buffer)
        if message is not None:
            return message
        part = connection.recv(1 << 16)
        if not part:
            return None
        buffer += part


def error_head(error: KgError) -> dict[str, Any]:
    """Return an error as the head of a message."""
    return {"error": type(error).__name__, "said": str(error), "data": _plain(vars(error))}


def error_of(head: Mapping[str, Any]) -> KgError:
    """Return the error that a head names: of a class of `kg.errors`, with what it carried."""
    found = getattr(errors, str(head["error"]), KgError)
    kind = found if isinstance(found, type) and issubclass(found, KgError) else KgError
    error = kind.__new__(kind)
    error.args = (head["said"],)
    for name, value in head["data"].items():
        setattr(error, name, tuple(map(_restored, value)) if isinstance(value, list) else value)
    return error


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [*map(_packed, value)] if isinstance(value, tuple) else value for name, value in data.items()}


def _packed(item: Any) -> Any:
    """Return a problem or a violation as JSON; anything else is that already."""
    return {"class": type(item).__name__, "fields": asdict(item)} if isinstance(item, Problem | Violation) else item


def _restored(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    kind = Problem if item["class"] == "Problem" else Violation
    return kind(**item["fields"])
