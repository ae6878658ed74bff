"""The errors that only exist over HTTP; `api/problem_shapes.py` says how these and those of the library look there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kg.errors import KgError

Limit = Mapping[str, object]
"""A limit for programs: `{"name", "value", "unit"}`."""

REALM: Final = "policy-kg"


class ApiError(KgError):
    """Base of the errors that only exist over HTTP."""


class ClientGone(Exception):
    """The client closed the connection before its answer was ready; nobody is there to be told."""


class UnknownParameter(ApiError):
    """A query parameter that the path does not have; a filter ignored in silence would give a wrong answer."""

    def __init__(self, name: str, known: Sequence[str], nearest: Sequence[str] = ()) -> None:
        self.name = name
        self.known = tuple(known)
        self.nearest = tuple(nearest)
        super().__init__(f"no parameter {name!r}")


class MalformedRequest(ApiError):
    """A request that is not what the protocol asks for, said in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        self.en = en
        self.zh = zh
        super().__init__(en)


class NotAcceptable(ApiError):
    """None of the formats that the client accepts can be given."""

    def __init__(self, supported: Sequence[str]) -> None:
        self.supported = tuple(supported)
        super().__init__(f"one of {', '.join(self.supported)}")


class UnsupportedBody(ApiError):
    """The body's media type is not one that the path reads."""

    def __init__(self, wanted: str, supported: Sequence[str]) -> None:
        self.wanted = wanted or "none"
        self.supported = tuple(supported)
        super().__init__(f"a body of type {self.wanted}")


class RequestLimit(ApiError):
    """A request that is larger, or slower, than what is read; `name`, `value` and `unit` say what was too much."""

    name = "body"
    unit = "bytes"

    def __init__(self, value: float) -> None:
        self.value = value
        super().__init__(f"more than {value:g} {self.unit}")

    @property
    def limit(self) -> Limit:
        """The limit for programs."""
        return {"name": self.name, "value": self.value, "unit": self.unit}


class BodyTooLarge(RequestLimit):
    """The body is larger than the path reads."""


class SlowBody(RequestLimit):
    """The request did not arrive in time, its head or its body."""

    name = "arrival"
    unit = "seconds"


class AddressTooLong(RequestLimit):
    """The address has more bytes than are read; a long query goes into the body."""

    name = "address"


class HeadersTooLarge(RequestLimit):
    """The headers have more bytes than are read."""

    name = "headers"


class TooManyHeaders(HeadersTooLarge):
    """There are more headers than are read."""

    unit = "headers"


class TooManyParameters(RequestLimit):
    """There are more parameters than are read, in the address and in a form together."""

    name = "parameters"
    unit = "parameters"


class BatchTooLarge(RequestLimit):
    """One request asks for more things at once than are answered together; `unit` says what they are."""

    name = "batch"

    def __init__(self, value: float, unit: str) -> None:
        self.unit = unit
        super().__init__(value)


class TryAgain(ApiError):
    """Nothing is wrong but the moment; `retry_after` is in how many seconds to try again."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"try again in {retry_after} s")


class RateLimited(TryAgain):
    """A client sends more requests a second than one may; `value` is how many."""

    def __init__(self, retry_after: int, value: float) -> None:
        super().__init__(retry_after)
        self.value = value

    @property
    def limit(self) -> Limit:
        """The limit for programs."""
        return {"name": "rate", "value": self.value, "unit": "requests a second"}


class TooManyConnections(TryAgain):
    """A client, or all together, has more connections open than are served."""


class Unauthorized(ApiError):
    """What is asked for needs a bearer token, and none came; `headers` say so to programs (RFC 6750, section 3)."""

    headers: Mapping[str, str] = {"WWW-Authenticate": f'Bearer realm="{REALM}"'}


class InvalidToken(Unauthorized):
    """The bearer token is not one that is known here."""

    headers: Mapping[str, str] = {"WWW-Authenticate": f'Bearer realm="{REALM}", error="invalid_token"'}


class WritesDisabled(ApiError):
    """The server has no token, so that nobody can write."""


class ForeignOrigin(ApiError):
    """A page of another origin asks for what only programs, and pages of our own, may ask for."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        super().__init__(origin)


class NoSuchPath(ApiError):
    """There is nothing at this path."""

    def __init__(self, path: str, nearest: Sequence[str] = ()) -> None:
        self.path = path
        self.nearest = tuple(nearest)
        super().__init__(path)


class WrongMethod(ApiError):
    """The path does not take this method; `allowed` are those that it takes."""

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        self.method = method
        self.allowed = tuple(allowed)
        self.headers = {"Allow": ", ".join(allowed)}
        super().__init__(method)


class InternalError(ApiError):
    """Something that is our fault; `log_id` finds the record in the log."""

    def __init__(self, log_id: str) -> None:
        self.log_id = log_id
        super().__init__(log_id)
