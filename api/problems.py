"""Handlers that turn every error into `application/problem+json` (RFC 9457), or into a page for a browser."""

from __future__ import annotations

import difflib
import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.errors import InternalError, MalformedRequest, NoSuchPath, WrongMethod
from api.exchange import CONTENT_SECURITY, HTML, json_bytes, language_of
from api.negotiation import names
from api.pages import Pages
from api.problem_shapes import problem_of
from api.validation import bad_parameter
from kg.errors import KgError

PROBLEM: Final = "application/problem+json"
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FOR_PROGRAMS: Final = ("/api/", "/sparql", "/store", "/mcp", "/reconcile", "/health/", "/openapi.json")
"""Paths whose errors are JSON even for a browser."""

_RETRY_AFTER: Final = 5
"""Seconds after which to try again where the error itself does not know."""

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
"""Characters that stand in no path."""

_LOG: Final = logging.getLogger(__name__)


def add_handlers(app: FastAPI) -> None:
    """Make an app answer every error with a problem."""
    app.add_exception_handler(KgError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, respond_unknown)


def _on_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, KgError):
        return respond_unknown(request, error)
    return respond(request, error)


def _on_invalid(request: Request, error: Exception) -> Response:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    if not found:
        return respond_unknown(request, error)
    wrong = bad_parameter(found[0])
    return respond(request, wrong, {"limit": 1000} if wrong.name == "limit" else {})


def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return respond(request, NoSuchPath(_path_of(request), _near_paths(request)))
    if status == 405:
        return respond(request, WrongMethod(request.method, methods_of(request)))
    if 400 <= status < 500:
        said = str(getattr(error, "detail", error))
        return respond(request, MalformedRequest(said, said))
    return respond_unknown(request, error)


def respond_unknown(request: Request, error: Exception) -> Response:
    """Return the problem that a fault of ours is; it is logged under the id that the problem gives."""
    log_id = secrets.token_hex(6)
    _LOG.error("%s %s %s", log_id, request.method, request.url.path, exc_info=error)
    return respond(request, InternalError(log_id), log_id=log_id)


def respond(
    request: Request,
    error: KgError,
    more: Mapping[str, Any] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    log_id: str = "",
) -> Response:
    """Return the problem that an error is; a fault of ours is logged under the id that the problem gives."""
    language = language_of(request) or "en"
    problem = problem_of(error, language, log_id or secrets.token_hex(6))
    if problem["status"] >= 500 and not log_id and "log_id" in problem:
        _LOG.error("%s %s %s", problem["log_id"], request.method, request.url.path, exc_info=error)
    # A URI reference (RFC 9457, section 3.1.5), with the letters of all languages as they are read.
    problem |= {"instance": CONTROL.sub(lambda found: f"%{ord(found[0]):02X}", request.scope["path"]), **(more or {})}
    shared = {
        "Vary": "Accept, Accept-Language",
        "Cache-Control": "no-store",
        "Content-Language": language,
        **getattr(error, "headers", {}),
        **(headers or {}),
    }
    if problem["status"] in {429, 503}:
        shared["Retry-After"] = str(getattr(error, "retry_after", _RETRY_AFTER))
    accept, path = request.headers.get("accept"), _path_of(request)
    if names(accept, "text/html") and not path.startswith(FOR_PROGRAMS):
        pages: Pages = request.app.state.pages
        content = pages.problem(problem, language, request).encode()
        return Response(
            content, problem["status"], {**shared, "Content-Security-Policy": CONTENT_SECURITY}, media_type=HTML
        )
    return Response(
        json_bytes(problem, pretty=names(accept, "text/html")), problem["status"], shared, media_type=PROBLEM
    )


def methods_of(request: Request) -> list[str]:
    """Return the methods that the path takes, none where there is no such path.

    The framework itself names those of the first route alone.
    """
    routes = request.app.router.routes

    def taken(method: str) -> bool:
        scope = {**request.scope, "method": "GET" if method == "HEAD" else method}
        return any(route.matches(scope)[0] is Match.FULL for route in routes)

    return [method for method in METHODS if taken(method)]


def _near_paths(request: Request) -> list[str]:
    return difflib.get_close_matches(_path_of(request), request.app.state.paths, n=3)


def _path_of(request: Request) -> str:
    """Return the path below the prefix that a proxy gives to this service."""
    root: str = request.scope.get("root_path", "")
    return request.url.path.removeprefix(root)
