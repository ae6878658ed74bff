"""One request and what it is answered from: the snapshot, the language, and the manner in which answers are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote, unquote, urlencode

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.assets import Assets
from api.negotiation import names, preferred_language
from api.replays import MOMENT, allow_replay
from api.sharing import Made, Sharing
from api.state import Snapshot, Snapshots
from api.words import Language
from kg import __version__
from kg.errors import BadParameter
from kg.settings import Settings
from kg.terms import ONTOLOGY_IRI
from kg.workers.asked import digest_of

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
CONTEXT_PATH: Final = "/context/v1.jsonld"
REPEATED: Final = ("is given more than once", "只能给出一次")
"""What is wrong with a parameter that is given twice."""

CACHING: Final = "public, no-cache"
"""Caches may keep an answer, and ask with its ETag whether it still holds: another revision may come any second."""
CONTENT_SECURITY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
"""Our pages load what this server has, and run no script that stands in them, whatever a label may contain."""


def language_of(request: Request) -> Language | None:
    """Return the language that a request asks for, by its path, `lang` or its headers, or None where it names none."""
    of_path: Language | None = getattr(request.state, "language", None)
    if of_path:
        return of_path
    wanted = request.query_params.get("lang")
    if wanted in {"zh", "en"}:
        return "zh" if wanted == "zh" else "en"
    return preferred_language(request.headers.get("accept-language"))


def in_language(request: Request, language: Language) -> str:
    """Return the query of a request with another language."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    return f"?{urlencode([*pairs, ('lang', language)])}"


def kept(request: Request, language: Language) -> str:
    """Return the query that links of a page keep: the language, where one was chosen by it."""
    return f"?lang={language}" if "lang" in request.query_params else ""


def etag(*parts: str) -> str:
    """Return a strong entity tag (RFC 9110, section 8.8.3) of what determines an answer."""
    return f'"{digest_of(*parts)}"'


def matches(header: str | None, tag: str) -> bool:
    """Tell whether an If-None-Match header holds a tag; the comparison is the weak one (RFC 9110, section 13.1.2)."""
    if header is None:
        return False
    return header.strip() == "*" or tag in {item.strip().removeprefix("W/") for item in header.split(",")}


def json_bytes(value: object, *, pretty: bool = False) -> bytes:
    """Return JSON in UTF-8, indented where a person reads it."""
    separators = None if pretty else (",", ":")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2 if pretty else None, separators=separators)
    return text.encode() + b"\n"


def displayed(value: Any, language: Language) -> Any:
    """Return JSON in which every object with a `label` in languages also has `display`, its text in one of them.

    >>> displayed({"label": {"zh": "医疗", "en": "Healthcare"}}, "zh")
    {'label': {'zh': '医疗', 'en': 'Healthcare'}, 'display': '医疗'}
    """
    if isinstance(value, list):
        return [displayed(item, language) for item in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        result[key] = displayed(item, language)
        if key == "label" and isinstance(item, dict) and item:
            result["display"] = item.get(language) or next(iter(item.values()))
    return result


def _ascii(text: str) -> str:
    """Return an IRI, or text with IRIs, as URIs are written (RFC 3987, section 3.1); what is escaped already stays.

    >>> _ascii("/doc/sector/医"), _ascii("/doc/sector/%E5%8C%BB")
    ('/doc/sector/%E5%8C%BB', '/doc/sector/%E5%8C%BB')
    """
    return "".join(character if character.isascii() else quote(character, errors="replace") for character in text)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request with the snapshot that answers it.

    `display` is the language that JSON is to show besides the labels in both, None where the client named none.
    """

    request: Request
    snapshot: Snapshot
    display: Language | None

    @property
    def language(self) -> Language:
        """The language of pages and messages."""
        return self.display or "en"

    @property
    def reads_html(self) -> bool:
        """Whether a browser asks."""
        return names(self.request.headers.get("accept"), "text/html")

    @property
    def patience(self) -> float:
        """The seconds that the client may take to read on."""
        settings: Settings = self.request.app.state.settings
        return settings.send_timeout

    def path(self, path: str) -> str:
        """Return a path of this service as clients see it, below the prefix that a proxy gives it."""
        return f"{self.request.scope.get('root_path', '')}{path}"

    def here(self, **changes: str) -> str:
        """Return the URL of this request with some parameters changed."""
        url = self.request.url
        pairs = [pair for pair in self.request.query_params.multi_items() if pair[0] not in changes]
        path = quote(unquote(url.path), safe="/-._~!$,;=:@")
        return f"{url.scheme}://{url.netloc}{path}?{urlencode([*pairs, *changes.items()])}"

    def page_of(self, iri: str) -> str:
        """Return where this service describes an IRI; others stay, and what is no web address is empty."""
        things = f"{self.snapshot.iris.base}id/"
        if iri.startswith(things):
            path, mark, fragment = f"/doc/{iri.removeprefix(things)}".partition("#")
        elif iri.startswith(f"{ONTOLOGY_IRI}#"):
            path, mark, fragment = f"/ontology{iri.removeprefix(ONTOLOGY_IRI)}".partition("#")
        else:
            return iri if iri.startswith(("http://", "https://")) else ""
        return f"{self.path(_ascii(path))}{self.kept}{mark}{_ascii(fragment)}"

    @property
    def kept(self) -> str:
        """The query that the links of a page keep: a language that was chosen stays chosen from page to page."""
        return kept(self.request, self.language)

    def in_language(self, language: Language) -> str:
        """Return the address of this page, with all that was asked of it, in a language."""
        return in_language(self.request, language)

    def json(
        self,
        make: Callable[[], Mapping[str, Any]],
        *,
        links: Iterable[str] = (),
        leading: Callable[[Mapping[str, Any]], Iterable[str]] | None = None,
        variant: str = "",
    ) -> Response:
        """Answer with JSON, to which the revision and the display texts are added; `leading` makes links from it."""

        def content() -> Made:
            value: Any = {**make(), "revision": self.snapshot.revision.id}
            shown = displayed(value, self.display) if self.display else value
            return json_bytes(shown, pretty=self.reads_html), tuple(leading(value)) if leading else ()

        context = f'<{self.path(CONTEXT_PATH)}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
        kind = f"{variant} {self.display} {'indented' if self.reads_html else ''}"
        return self._answer(
            JSON, content, links=(context, *links), variant=kind, lasting=not variant, leading=leading is not None
        )

    def html(self, make: Callable[[], str], *, links: Iterable[str] = (), variant: str = "") -> Response:
        """Answer with a page; `variant` names what it depends on besides the revision and the URL."""
        assets: Assets = self.request.app.state.assets
        headers = {"Content-Language": self.language, "Content-Security-Policy": CONTENT_SECURITY}
        kind = f"{self.language} {assets.digest} {variant}"
        return self.answer(
            HTML, lambda: make().encode(), links=links, variant=kind, headers=headers, lasting=not variant
        )

    def answer(
        self,
        media_type: str,
        make: Callable[[], bytes],
        *,
        links: Iterable[str] = (),
        variant: str = "",
        headers: Mapping[str, str] | None = None,
        lasting: bool | None = None,
    ) -> Response:
        """Answer with content that the revision, the URL and the representation determine; it is not made for a 304.

        The answer to the same request may be sent again: if `lasting`, as long as the revision is served, and else for
        a moment, for a variant may depend on more than the request and the revision.
        """
        return self._answer(
            media_type, lambda: (make(), ()), links=links, variant=variant, headers=headers, lasting=lasting
        )

    def _answer(
        self,
        media_type: str,
        make: Callable[[], Made],
        *,
        links: Iterable[str],
        variant: str,
        headers: Mapping[str, str] | None = None,
        lasting: bool | None,
        leading: bool = False,
    ) -> Response:
        tag, links = self.tag(*self.asked, media_type, variant), tuple(links)
        # A 304 has the links of the answer, or none: a cache would take what it has for all that there are.
        unchanged = self.headers(tag, () if leading else links) | dict(headers or {})
        headers = self.headers(tag, links) | dict(headers or {})
        lasting = not variant if lasting is None else lasting
        allow_replay(self.request.scope, self.snapshot, None if lasting else MOMENT)
        if self.is_known(tag) and self.request.headers.get("if-none-match", "").strip() != "*":
            return Response(status_code=304, headers=unchanged)
        sharing: Sharing = self.request.app.state.sharing
        content, more = sharing.of(tag, make)
        if more:
            headers |= self.headers(tag, (*links, *more))
        if self.is_known(tag):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=media_type, headers=headers)

    def computed(self, media_type: str, content: bytes, *, links: Iterable[str] = ()) -> Response:
        """Answer with content that only itself determines: a query may ask for the time, or for a random number."""
        tag = etag(self.snapshot.revision.id, media_type, hashlib.sha256(content).hexdigest())
        if self.is_known(tag):
            return self.not_modified(tag, links)
        return Response(content, media_type=media_type, headers=self.headers(tag, links))

    def tag(self, *parts: str) -> str:
        """Return the entity tag of an answer that the revision and these parts determine."""
        return etag(__version__, self.snapshot.revision.id, *parts)

    def is_known(self, tag: str) -> bool:
        """Tell whether the client says that it has the answer with a tag."""
        return self.request.method in {"GET", "HEAD"} and matches(self.request.headers.get("if-none-match"), tag)

    def not_modified(self, tag: str, links: Iterable[str] = ()) -> Response:
        """Answer that what the client has still holds."""
        return Response(status_code=304, headers=self.headers(tag, links))

    def headers(self, tag: str | None, links: Iterable[str] = ()) -> dict[str, str]:
        """Return the headers of an answer; without a tag, it is not to be kept."""
        headers = {
            "Vary": "Accept, Accept-Language",
            "Cache-Control": CACHING if tag else "no-store",
            "X-Revision": self.snapshot.revision.id,
        }
        if tag:
            headers["ETag"] = tag
        joined = _ascii(", ".join(links))
        return {**headers, "Link": joined} if joined else headers

    @property
    def asked(self) -> tuple[str, ...]:
        """What the address of this request asks for: of two that differ in it, never the same.

        The path and the query are taken as they were sent: put together again and parsed, two may be alike.
        """
        scope, url = self.request.scope, self.request.url
        path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        return url.scheme, url.netloc, path.decode("latin-1"), scope["query_string"].decode("latin-1")


async def _exchange(request: Request) -> Exchange:
    snapshots: Snapshots = request.app.state.snapshots
    snapshot = snapshots.fresh()
    if snapshot is None:
        snapshot = await run_in_threadpool(snapshots.current)
    return Exchange(request, snapshot, language_of(request))


ExchangeDep = Annotated[Exchange, Depends(_exchange)]
"""What a route takes to be handed its exchange."""


def once_each(request: Request) -> None:
    """Refuse a query parameter that is given twice: to take one of the two would be a guess.

    Raises:
        BadParameter: a parameter is repeated.
    """
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name in seen:
            raise BadParameter(name, value, *REPEATED)
        seen.add(name)
