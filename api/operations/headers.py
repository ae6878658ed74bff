"""Headers that every answer has: what a browser may do with it, and that any origin may read it (CORS)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import methods_of

EXPOSED: Final = (
    "Content-Disposition",
    "Content-Language",
    "Content-Location",
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "Server-Timing",
    "WWW-Authenticate",
    "X-Request-ID",
    "X-Revision",
)
"""What a script of another origin may read of an answer."""

ALLOWED: Final = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Language",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "Mcp-Method",
    "Mcp-Name",
    "Mcp-Protocol-Version",
    "Mcp-Session-Id",
    "Prefer",
    "Slug",
    "X-Request-ID",
    "X-Requested-With",
)
"""What a script of another origin may send; `*` would not cover Authorization (Fetch standard, section 3.2.3)."""

_FRAMES: Final = "frame-ancestors 'none'"
NO_DOCUMENT: Final = f"default-src 'none'; base-uri 'none'; form-action 'none'; {_FRAMES}"
"""The policy of answers that bring none of their own: data, which a browser is not to run."""

DOCS: Final = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    f"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; {_FRAMES}"
)
"""The policy of `/docs`, whose page starts its own script."""

_SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Data are there to be read by others; what is private here needs a token in a header, which no page sends unasked.
    "Cross-Origin-Resource-Policy": "cross-origin",
    # Without credentials, so that no page can write with what a browser keeps.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(EXPOSED),
}
_DAY: Final = "86400"


class HeadersMiddleware:
    """Adds the headers, and answers OPTIONS."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        docs = scope["path"] == f"{scope.get('root_path', '')}/docs"

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message.get("headers", ())))
                policy = headers.get("Content-Security-Policy")
                for name, value in _SECURITY.items():
                    # A page that says itself who may frame it is not to be contradicted.
                    if name != "X-Frame-Options" or "frame-ancestors" not in (policy or ""):
                        headers.setdefault(name, value)
                if policy is None:
                    headers["Content-Security-Policy"] = DOCS if docs else NO_DOCUMENT
                elif "frame-ancestors" not in policy:
                    headers["Content-Security-Policy"] = f"{policy}; {_FRAMES}"
                message = {**message, "headers": headers.raw}
            await send(message)

        if scope["method"] == "OPTIONS":
            methods = methods_of(Request(scope))
            preflight = "access-control-request-method" in Headers(scope=scope)
            if methods and (preflight or "OPTIONS" not in methods):
                await _answer_options(methods, complete)
                return
        await self._app(scope, receive, complete)


async def _answer_options(methods: Sequence[str], send: Send) -> None:
    """Say which methods a path takes, and to a browser that asks for a page of another origin, that it may."""
    allowed = ", ".join(dict.fromkeys([*methods, "OPTIONS"]))
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": ", ".join(ALLOWED),
        "Access-Control-Max-Age": _DAY,
        "Cache-Control": f"public, max-age={_DAY}",
        "Vary": "Access-Control-Request-Method, Access-Control-Request-Headers",
    }
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
