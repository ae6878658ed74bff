"""Who may write: bearer tokens (RFC 6750) from the environment and from a file, never kept as they are."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import stat
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.errors import InvalidToken, Unauthorized, WritesDisabled
from kg.errors import SettingError
from kg.settings import Settings

NAMELESS: Final = "token"
"""Who the history says has written where the token has no name: the one of `KG_WRITE_TOKEN`."""

SHORT: Final = 16
"""Characters below which a token can be guessed."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_LARGEST: Final = 1 << 20
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """A name, and the digest of the token that stands for it."""

    name: str
    digest: bytes


class Tokens:
    """The tokens that may write; the file of them is read again when it changes."""

    def __init__(self, settings: Settings) -> None:
        """Read them.

        Raises:
            SettingError: the file cannot be read, or is not one of tokens.
        """
        self._path = settings.write_token_file
        self._own: tuple[_Known, ...] = ()
        if settings.write_token is not None:
            if _TOKEN.fullmatch(settings.write_token) is None:
                raise SettingError(f"KG_WRITE_TOKEN is no bearer token; it may have {_ALLOWED}")
            _warn_if_short(settings.write_token, "KG_WRITE_TOKEN")
            self._own = (_Known(NAMELESS, _digest(settings.write_token)),)
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] | None = None
        self._filed: tuple[_Known, ...] = ()
        if self._path is not None:
            self._stamp = _stamp(self._path)
            self._filed = _read(self._path)

    @property
    def enabled(self) -> bool:
        """Whether anybody could write: a token is configured, or a file that may come to have some."""
        return bool(self._own) or self._path is not None

    def author(self, authorization: str | None) -> str:
        """Return the name of who sends an Authorization header.

        Raises:
            WritesDisabled: no token is configured.
            InvalidToken: the token is not known.
            Unauthorized: there is no token.
        """
        if not self.enabled:
            raise WritesDisabled
        scheme, _, token = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized
        digest, found = _digest(token.strip()), None
        # Every token is compared, and by digest: the time taken tells neither how much of one was right, nor which.
        for known in (*self._own, *self._current()):
            if hmac.compare_digest(known.digest, digest) and found is None:
                found = known.name
        if found is None:
            raise InvalidToken
        return found

    def _current(self) -> tuple[_Known, ...]:
        """Return the tokens of the file as it is now; none while it cannot be read: to remove it is to revoke them."""
        if self._path is None:
            return ()
        with self._lock:
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._filed = _read(self._path)
                    _LOG.info("tokens read again from %s: %d", self._path, len(self._filed))
                except SettingError as error:
                    self._filed = ()
                    _LOG.error("no token of the file is taken any more: %s", error)
            return self._filed


_ALLOWED: Final = "letters, digits and -._~+/, and = at its end"


def _read(path: Path) -> tuple[_Known, ...]:
    """Return what a file of tokens has.

    Raises:
        SettingError: it cannot be read, or a line is not `name token`; the message never holds a token.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_LARGEST + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingError(f"KG_WRITE_TOKEN_FILE {path} cannot be read: {why}") from error
    if len(text) > _LARGEST:
        raise SettingError(f"KG_WRITE_TOKEN_FILE {path} is larger than {_LARGEST} bytes")
    if stat.S_IMODE(mode) & 0o077:
        _LOG.warning("other users of this machine can read %s; `chmod 600` keeps the tokens to yourself", path)
    found: list[_Known] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 2 or _TOKEN.fullmatch(words[1]) is None:
            raise SettingError(
                f"KG_WRITE_TOKEN_FILE {path}, line {number}: it must be a name, white space, and a token of {_ALLOWED}"
            )
        _warn_if_short(words[1], f"the token of {words[0]}")
        found.append(_Known(words[0], _digest(words[1])))
    return tuple(found)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file does."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size


def _warn_if_short(token: str, whose: str) -> None:
    if len(token) < SHORT:
        _LOG.warning("%s has fewer than %d characters and can be guessed", whose, SHORT)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
