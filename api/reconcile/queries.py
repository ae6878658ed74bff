"""What clients send: batches of queries, and queries for the values of properties, as the specification has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from api.errors import BatchTooLarge
from api.validation import bad_parameter
from kg.errors import BadParameter

BATCH_SIZE: Final = 50
"""Queries that one request may have."""

MAX_IDS: Final = 500
"""Things whose properties one request may ask for."""

MOST: Final = 10
"""Types and properties of one query, and values of one property."""

T = TypeVar("T")


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityValue(_Sent):
    """A value that is a thing itself, as when its column has been reconciled before."""

    id: str
    name: str | None = None


Scalar = str | bool | int | float | EntityValue


def _listed(given: object) -> object:
    """Return what may be one or several as a list."""
    return given if given is None or isinstance(given, list) else [given]


class Condition(_Sent):
    """A property, and the value, or the values of which the thing must have one; one alone may be sent as it is."""

    pid: str
    v: Annotated[list[Scalar], Field(max_length=MOST), BeforeValidator(_listed)]


class Query(_Sent):
    """One name that is to be matched."""

    query: str | None = None
    type: Annotated[Annotated[list[str], Field(max_length=MOST)] | None, BeforeValidator(_listed)] = None
    limit: Annotated[float, Field(ge=1)] | None = None
    properties: Annotated[list[Condition], Field(max_length=MOST)] | None = None
    type_strict: Literal["any", "should", "all"] | None = None

    @model_validator(mode="after")
    def _asks(self) -> Query:
        if self.query is None and not self.properties:
            raise ValueError("a query has a `query`, `properties`, or both")
        return self

    @property
    def types(self) -> list[str]:
        """The types that it is confined to, none where it may be anything."""
        return [name for name in self.type or () if name]


class PropertyQuery(_Sent):
    """A property that is asked for, and how its values are to be given."""

    id: str
    settings: dict[str, JsonValue] | None = None


class ExtendQuery(_Sent):
    """The things whose properties are asked for, and the properties."""

    ids: list[str]
    properties: Annotated[list[PropertyQuery], Field(max_length=100)]


_KINDS_OF_SCALAR: Final = frozenset({"str", "bool", "int", "float"})
_BATCH: Final = TypeAdapter(dict[str, Query])
_QUERY: Final = TypeAdapter(Query)
_EXTEND: Final = TypeAdapter(ExtendQuery)


def batch_of(text: str) -> dict[str, Query]:
    """Return the queries of a batch.

    Raises:
        BadParameter: it is not a batch in JSON.
        BatchTooLarge: there are more than `BATCH_SIZE`.
    """
    batch = _read(_BATCH, "queries", text)
    if len(batch) > BATCH_SIZE:
        raise BatchTooLarge(BATCH_SIZE, "queries")
    return batch


def query_of(text: str) -> Query:
    """Return the single query that a text is: an object in JSON, or a name as it stands.

    Raises:
        BadParameter: it begins as an object does, and is no query.
    """
    return _read(_QUERY, "query", text) if text.lstrip().startswith("{") else Query(query=text)


def extend_of(text: str) -> ExtendQuery:
    """Return the query for values that a text in JSON is.

    Raises:
        BadParameter: it is none.
        BatchTooLarge: it names more than `MAX_IDS` things.
    """
    query = _read(_EXTEND, "extend", text)
    if len(query.ids) > MAX_IDS:
        raise BatchTooLarge(MAX_IDS, "items")
    return query


def _read(adapter: TypeAdapter[T], name: str, text: str) -> T:
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            said = first["ctx"]["error"]
            raise BadParameter(name, text[:200], f"is not JSON: {said}", f"不是有效的 JSON：{said}") from None
        if first["type"] == "value_error":
            words = "has a query without `query` and `properties`", "其中有既无 `query` 又无 `properties` 的查询"
            raise BadParameter(name, text[:200], *words) from None
        if not first["loc"]:
            raise BadParameter(name, text[:200], "must be an object in JSON", "应为 JSON 对象") from None
        if _is_scalar(first["loc"]):
            # Of all that a value may be, pydantic tells what it is not first.
            first["loc"], first["type"] = first["loc"][:-1], "scalar"
        found = bad_parameter(first, members="those of the specification")
        # Which query it is, and which member of it: `queries.q7.limit`.
        where = ".".join(dict.fromkeys((name, str(first["loc"][0])[:100], found.name[:100])))
        raise BadParameter(where, found.value, found.hint, found.hint_zh) from None


def _is_scalar(place: Sequence[int | str]) -> bool:
    """Tell whether an error is about a value of a condition: its place then ends with `v`, a number, and a type.

    >>> _is_scalar(("q0", "properties", 0, "v", 2, "str")), _is_scalar(("str",))
    (True, False)
    """
    return len(place) > 2 and place[-3] == "v" and isinstance(place[-2], int) and place[-1] in _KINDS_OF_SCALAR
