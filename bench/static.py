"""A bare answer that is always the same, from the server that ours runs on: what HTTP alone costs there.

`python -m bench.static PORT BYTES`
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.types import Receive, Scope, Send


def main(port: int, size: int) -> None:
    """Serve until ended."""
    body = b"x" * size
    headers = [(b"content-type", b"application/octet-stream"), (b"content-length", str(size).encode())]

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    uvicorn.run(
        app, host="127.0.0.1", port=port, loop="uvloop", lifespan="off", ws="none", access_log=False, log_level="error"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
