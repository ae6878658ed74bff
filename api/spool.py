"""Answers that wait in files for their readers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Final, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_CHUNK: Final = 1 << 16
SLOWEST: Final = 64 << 10
"""Bytes a second that a client reads at least, after its `patience`; else the connection is broken."""


class File(Protocol):
    """An open file of a size, which is closed by whoever sends it."""

    @property
    def descriptor(self) -> int:
        """What it is open as."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class SpoolResponse(Response):
    """Sends an answer from its file, as fast as the client reads and no faster; the worker is long free.

    `patience` is the seconds that a client may take to read the next part before the connection is broken.
    """

    def __init__(self, file: File, media_type: str, headers: Mapping[str, str], patience: float) -> None:
        self._file = file
        self._patience = patience
        super().__init__(b"", media_type=media_type, headers={**headers, "Content-Length": str(file.size)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send the response.

        Raises:
            TimeoutError: the client does not read on; the connection is broken, so that nobody takes it for whole.
        """
        try:
            async with asyncio.timeout(self._patience + self._file.size / SLOWEST):
                await self._send(send)
        finally:
            self._file.close()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sent = 0
        while sent < self._file.size:
            chunk = os.pread(self._file.descriptor, _CHUNK, sent)
            if not chunk:
                raise OSError("the file of an answer is shorter than it was")
            sent += len(chunk)
            body = {"type": "http.response.body", "body": chunk, "more_body": sent < self._file.size}
            await asyncio.wait_for(send(body), self._patience)
