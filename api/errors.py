"""From errors to problems: one table says what status, type, title and words each error has over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any, Final

from api.words import KIND_WORDS, Language, Words
from kg import errors
from kg.errors import KgError

PROBLEM_BASE: Final = "https://w3id.org/policy-kg/problems/"
"""What the `type` of every problem begins with; the same for every installation, so that clients may compare it."""


class ApiError(KgError):
    """Base of the errors that only exist over HTTP."""


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


class BodyTooLarge(ApiError):
    """The body is larger than the path reads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"more than {limit} bytes")


class UpdateRefused(errors.QueryRefused):
    """An update sent to an endpoint that only reads."""


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
        super().__init__(method)


class InternalError(ApiError):
    """Something that is our fault; `log_id` finds the record in the log."""

    def __init__(self, log_id: str) -> None:
        self.log_id = log_id
        super().__init__(log_id)


@dataclass(frozen=True, slots=True)
class Shape:
    """How an error looks over HTTP.

    `detail` is a sentence in each language with the error's attributes in braces, `{error}` being its message.
    `data` says which attributes stand in the problem besides, by the key that they have there.
    """

    status: int
    slug: str
    title: Words
    detail: Words
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The IRI of this type of problem."""
        return PROBLEM_BASE + self.slug


def _shape(status: int, slug: str, title: Sequence[str], detail: Sequence[str], **data: str) -> Shape:
    """Return a shape from texts in the order en, zh; `data` is key in the problem = attribute of the error."""
    return Shape(
        status,
        slug,
        Words(en=title[0], zh=title[1]),
        Words(en=detail[0], zh=detail[1]),
        {v: k for k, v in data.items()},
    )


_INTERNAL: Final = (
    ("The service failed", "服务内部错误"),
    ("This is our fault. The log has more under {log_id}.", "这是服务的问题，日志编号为 {log_id}。"),
)
_STATED: Final = ("{error}", "{error}")

SHAPES: Final[Mapping[type[KgError], Shape]] = {
    KgError: _shape(500, "internal", *_INTERNAL, log_id="log_id"),
    InternalError: _shape(500, "internal", *_INTERNAL, log_id="log_id"),
    ApiError: _shape(500, "internal", *_INTERNAL, log_id="log_id"),
    errors.SettingError: _shape(500, "internal", *_INTERNAL, log_id="log_id"),
    errors.QueryError: _shape(
        500,
        "query-failed",
        ("The query could not be evaluated", "查询无法求值"),
        (
            "The query is SPARQL, but it could not be evaluated. The log has more under {log_id}.",
            "查询语句合法，但无法求值。日志编号为 {log_id}。",
        ),
        log_id="log_id",
    ),
    errors.SourceError: _shape(
        422, "source-wrong", ("A source file is wrong", "来源文件有误"), _STATED, problems="problems"
    ),
    errors.ValidationFailed: _shape(
        422, "validation-failed", ("The graph violates its contract", "图不符合约束"), _STATED, report="violations"
    ),
    errors.StoreError: _shape(
        503,
        "store-unavailable",
        ("The store cannot be read", "存储无法读取"),
        ("The store cannot be read now. The log has more under {log_id}.", "存储暂时无法读取。日志编号为 {log_id}。"),
        log_id="log_id",
    ),
    errors.RevisionNotFound: _shape(
        503,
        "not-ready",
        ("No revision is open yet", "尚无可用版本"),
        (
            "Nothing has been published in this store yet; `kg build` publishes a first revision.",
            "该存储中尚未发布任何版本；请运行 `kg build` 发布。",
        ),
    ),
    errors.QuerySyntaxError: _shape(
        400,
        "query-syntax",
        ("The query is not SPARQL", "查询语句有语法错误"),
        ("Line {line}, column {column}: {error}", "第 {line} 行第 {column} 列：{error}"),
        line="line",
        column="column",
    ),
    errors.QueryRefused: _shape(
        403,
        "query-refused",
        ("The query asks for what is not allowed here", "查询要求了此处不允许的操作"),
        ("{error}.", "查询被拒绝：{error}。"),
    ),
    UpdateRefused: _shape(
        403,
        "update-refused",
        ("This endpoint only reads", "此端点只读"),
        ("Updates are not taken here; send a query.", "此处不接受更新，请发送查询。"),
    ),
    errors.UnsupportedFormat: _shape(
        406,
        "unsupported-format",
        ("The answer cannot be written in this format", "结果无法以该格式给出"),
        (
            "This answer cannot be given as {wanted}; it can be given as {supported}.",
            "该结果无法以 {wanted} 给出；可用格式：{supported}。",
        ),
        wanted="wanted",
        supported="supported",
    ),
    NotAcceptable: _shape(
        406,
        "not-acceptable",
        ("No acceptable format", "没有可接受的格式"),
        ("Accept names none of the formats that there are: {supported}.", "Accept 中没有可提供的格式：{supported}。"),
        supported="supported",
    ),
    UnsupportedBody: _shape(
        415,
        "unsupported-body",
        ("The body's media type is not read here", "不支持的请求体类型"),
        ("The body is of type {wanted}; it may be {supported}.", "请求体类型为 {wanted}；可用类型：{supported}。"),
        supported="supported",
    ),
    BodyTooLarge: _shape(
        413,
        "too-large",
        ("The body is too large", "请求体过大"),
        ("The body may have {limit} bytes at most.", "请求体不得超过 {limit} 字节。"),
        limit="limit",
    ),
    MalformedRequest: _shape(400, "malformed-request", ("The request is malformed", "请求格式有误"), ("{en}", "{zh}")),
    UnknownParameter: _shape(
        400,
        "unknown-parameter",
        ("There is no such parameter", "没有这个参数"),
        (
            "{name} is not a parameter here. Parameters are {known}.",
            "此处没有参数 {name}。可用参数：{known}。",
        ),
        parameter="name",
        nearest="nearest",
        supported="known",
    ),
    errors.BadParameter: _shape(
        400,
        "bad-parameter",
        ("A parameter has an impossible value", "参数值无效"),
        ("{name}={value} {hint}.", "参数 {name} 的值“{value}”无效：{hint}。"),
        parameter="name",
        value="value",
        allowed="hint",
    ),
    errors.NotFound: _shape(
        404,
        "not-found",
        ("There is no such thing", "没有这个事物"),
        ("There is no {kind} “{wanted}”.", "没有{kind}“{wanted}”。"),
        kind="kind",
        wanted="wanted",
        nearest="nearest",
    ),
    NoSuchPath: _shape(
        404,
        "no-such-path",
        ("There is nothing here", "此处没有内容"),
        ("There is no {path}.", "没有 {path}。"),
        nearest="nearest",
    ),
    WrongMethod: _shape(
        405,
        "wrong-method",
        ("The method is not allowed here", "此处不允许该方法"),
        ("{method} is not allowed here; allowed are {allowed}.", "此处不允许 {method}；可用方法：{allowed}。"),
        allowed="allowed",
    ),
}
"""Error → how it looks. A test fails where a class of the library is missing."""


def shape_of(error: KgError) -> Shape:
    """Return the shape of an error: that of its class, or of the nearest class above."""
    return next(SHAPES[cls] for cls in type(error).__mro__ if cls in SHAPES)


def problem_of(error: KgError, language: Language, log_id: str = "") -> dict[str, Any]:
    """Return the members of the problem document of an error (RFC 9457), without `instance`."""
    shape = shape_of(error)
    shown = {name: _shown(value) for name, value in vars(error).items()}
    shown = {"log_id": log_id, **shown, "error": str(error).rstrip(".")}
    if isinstance(error, errors.NotFound) and error.kind in KIND_WORDS:
        shown["kind"] = KIND_WORDS[error.kind].in_(language)
    data = {key: _plain(getattr(error, name, log_id)) for name, key in shape.data.items()}
    return {
        "type": shape.type,
        "title": shape.title.in_(language),
        "status": shape.status,
        "detail": shape.detail.in_(language).format_map(shown),
        **{key: value for key, value in data.items() if value != ""},
    }


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
