"""The settings: one frozen class, read from flags and the environment, each with its default and one-line help."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

from kg.errors import SettingError
from kg.iris import DEFAULT_BASE, Iris

DefaultGraph = Literal["union", "strict"]
LogFormat = Literal["json", "text", "none"]
_SIZE: Final = re.compile(r"^(\d+)\s*(?:([KMGT])i?)?B?$", re.IGNORECASE)


def _setting(default: Any, text: str, kind: Callable[[str], Any] = str, *, secret: bool = False) -> Any:
    """Return a field with its one line of help, and how its text is read."""
    return field(default=default, repr=not secret, metadata={"help": text, "kind": kind, "secret": secret})


def parse_size(text: str) -> int:
    """Return a number of bytes written as `1048576`, `512MiB` or `1G`; K, M, G, T count in 1024.

    >>> parse_size("1GiB"), parse_size("64 k")
    (1073741824, 65536)
    """
    match = _SIZE.match(text.strip())
    if match is None:
        raise ValueError("it must be a number of bytes, like 1048576, 512MiB or 1GiB")
    return int(match.group(1)) << (10 * " KMGT".index((match.group(2) or " ").upper()))


def format_size(size: int) -> str:
    """Return a number of bytes as people write it.

    >>> format_size(64 << 20), format_size(1000)
    ('64MiB', '1000')
    """
    for power, unit in ((40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size and size % (1 << power) == 0:
            return f"{size >> power}{unit}"
    return str(size)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("it must be a whole number") from None


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("it must be a number") from None
    if not math.isfinite(value):
        raise ValueError("it must be a number")
    return value


def _place(text: str) -> Path | str:
    """Return a directory, or the address of a service, which stays a text."""
    return text if text.startswith(("http://", "https://")) else Path(text)


def _switch(text: str) -> bool:
    if text.lower() not in {"1", "true", "yes", "on", "0", "false", "no", "off", ""}:
        raise ValueError("it may be true or false")
    return text.lower() in {"1", "true", "yes", "on"}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; the environment variable of each is `KG_` and its name in capitals."""

    store: Path | str = _setting(
        Path("kg-store"),
        "Directory of the revisions, or http(s)://… of a SPARQL service (#NAME: one of several there); built if empty.",
        _place,
    )
    store_update: str | None = _setting(
        None, "Address for updates of a store that is a SPARQL service, where it is not that for queries."
    )
    store_user: str | None = _setting(None, "User name at the SPARQL service of the store.")
    store_password: str | None = _setting(None, "Password at the SPARQL service of the store.", secret=True)
    store_token: str | None = _setting(None, "Bearer token for the SPARQL service of the store.", secret=True)
    store_copy: Path | None = _setting(
        None, "Directory in which revisions for a SPARQL service are made; one of the user's cache if not given.", Path
    )
    base_iri: str = _setting(DEFAULT_BASE, "Base of the IRIs of things; must end with a slash.")
    default_graph: DefaultGraph = _setting(
        "union", "What a pattern outside GRAPH sees: union (every graph) or strict (only the default graph)."
    )
    memory_quads: int = _setting(
        100_000, "Up to how many quads a revision is read into memory; larger ones stay on disk.", _whole
    )
    columns_quads: int = _setting(
        50_000, "From how many triples on aggregates, paths and text searches use columns; 0: never.", _whole
    )
    ontology: Path | None = _setting(
        None, "Folder of the ontology; the one that comes with the package if not given.", Path
    )
    seeds: Path | None = _setting(None, "Folder of the seeds; the one that comes with the package if not given.", Path)
    empty: bool = _setting(False, "Start a store that does not exist without any data, instead of the seeds.", _switch)
    keep_revisions: int = _setting(100, "How many revisions are kept; older ones go as new ones come. 0: all.", _whole)
    write_token: str | None = _setting(
        None, "Bearer token for updates; without one, and without a file of them, nothing is written.", secret=True
    )
    write_token_file: Path | None = _setting(
        None, "File of bearer tokens, one a line: a name for the history, white space, the token.", Path
    )
    workers: int = _setting(0, "How many queries run at once; 0 chooses by this machine's memory, up to 16.", _whole)
    query_timeout: float = _setting(10.0, "Seconds that a query may take; `timeout=` may ask for less.", _number)
    write_timeout: float = _setting(60.0, "Seconds that a write may take, its validation included.", _number)
    send_timeout: float = _setting(60.0, "Seconds that a client may take to read on; then it is left.", _number)
    worker_memory: int = _setting(1 << 30, "Memory that a query may take, like 512MiB or 1GiB.", parse_size)
    max_rows: int = _setting(200_000, "Rows, or triples, that an answer may have.", _whole)
    max_bytes: int = _setting(64 << 20, "Size that an answer may have, like 64MiB.", parse_size)
    max_query_length: int = _setting(100_000, "Characters that a query may have.", _whole)
    max_query_nesting: int = _setting(500, "Levels of brackets that a query may have.", _whole)
    max_upload: int = _setting(64 << 20, "Size that an update, or a graph sent to /store, may have.", parse_size)
    cache_bytes: int = _setting(32 << 20, "Memory for answers that are asked for again; 0: none are kept.", parse_size)
    rate_limit: float | None = _setting(
        None,
        "Requests a second that one client may send on average; 0: any number. Unless given: 50 where the server "
        "listens beyond this machine, else 0.",
        _number,
    )
    service_allow: str = _setting(
        "", "Origins that SERVICE and LOAD may call, by commas, like https://query.wikidata.org; none unless given."
    )
    trusted_proxies: str = _setting(
        "127.0.0.1,::1", "Addresses of proxies whose X-Forwarded-For is believed, by commas."
    )
    public_url: str | None = _setting(
        None, "Address under which clients reach this server, for links; that of the request if not given."
    )
    metrics_bind: str | None = _setting(
        None, "Address and port for Prometheus, like 127.0.0.1:9464; not served unless given."
    )
    log: LogFormat = _setting("json", "How requests are logged on standard error: json, text or none.")

    def __post_init__(self) -> None:
        """Refuse values that cannot be."""
        Iris(self.base_iri)
        for name, choices in (("default_graph", get_args(DefaultGraph)), ("log", get_args(LogFormat))):
            value = getattr(self, name)
            if value not in choices:
                raise SettingError(f"KG_{name.upper()} is {value!r}; it may be {' or '.join(choices)}")
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise SettingError(f"KG_{name.upper()} is {value}; it must be {least} or more")
        for name in ("store", "store_update"):
            _check_address(f"KG_{name.upper()}", getattr(self, name))
        if self.public_url is not None and not self.public_url.startswith(("http://", "https://")):
            raise SettingError(f"KG_PUBLIC_URL is {self.public_url!r}; it must begin with http:// or https://")

    @property
    def directory(self) -> Path:
        """The directory of the store.

        Raises:
            SettingError: the store is a SPARQL service.
        """
        if isinstance(self.store, str):
            raise SettingError(f"KG_STORE is {self.store}, and must be a directory here")
        return self.store

    @property
    def iris(self) -> Iris:
        """The IRIs under the base."""
        return Iris(self.base_iri)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **flags: Any) -> Settings:
        """Return the settings of an environment; a flag that is not None wins.

        Raises:
            SettingError: a `KG_` variable is unknown or has a value that it cannot have.
        """
        known = {f"KG_{item.name.upper()}": item.name for item in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environment.items():
            if not name.startswith("KG_") or name in TEST_VARIABLES:
                continue
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
                raise SettingError(f"{name} is not a setting{hint}")
            values[known[name]] = parse(known[name], text)
        values.update({name: value for name, value in flags.items() if value is not None})
        return cls(**values)


def _check_address(name: str, address: object) -> None:
    """Refuse the address of a service that cannot be one, or that holds what it would be logged with."""
    if not isinstance(address, str):
        return
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(f"{name} is {address!r}; the address of a service begins with http:// or https://")
    if parts.fragment and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", parts.fragment):
        raise SettingError(f"{name} names the store {parts.fragment!r}; it may have letters, digits, - and _")
    if parts.username or parts.password:
        raise SettingError(f"{name} names a user; KG_STORE_USER and KG_STORE_PASSWORD are for that")


TEST_VARIABLES = frozenset({"KG_CONFORMANCE_DATA", "KG_LONG", "KG_SOAK_SECONDS"})
"""Variables with our prefix that are the test suite's, not the program's."""


_LEAST: Final = {
    "memory_quads": 0,
    "columns_quads": 0,
    "keep_revisions": 0,
    "workers": 0,
    "query_timeout": 0.01,
    "write_timeout": 0.1,
    "send_timeout": 0.1,
    "worker_memory": 64 << 20,
    "max_rows": 1,
    "max_bytes": 1024,
    "max_query_length": 100,
    "max_query_nesting": 1,
    "max_upload": 0,
    "cache_bytes": 0,
    "rate_limit": 0,
}


def parse(name: str, text: str) -> Any:
    """Return the value of a setting from its text.

    Raises:
        SettingError: the text cannot be read; the value itself is not always repeated, since it may be a secret.
    """
    item = next(item for item in fields(Settings) if item.name == name)
    try:
        return item.metadata["kind"](text)
    except ValueError as error:
        raise SettingError(f"KG_{name.upper()} is {text!r}; {error}") from error
