"""From errors to problems: one table says what status, type, title and words each error has over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any, Final

from api import errors as over_http
from api.words import KIND_WORDS, Language, Words, limit_words, quantity_words
from kg import errors
from kg.errors import KgError
from kg.federation import RemoteFailure

PROBLEM_BASE: Final = "https://w3id.org/policy-kg/problems/"
"""What the `type` of every problem begins with; the same for every installation, so that clients may compare it."""


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
_CONNECTIONS: Final = (
    ("Too many connections", "连接过多"),
    (
        "There are too many open connections; try again in {retry_after} seconds.",
        "打开的连接过多，请在 {retry_after} 秒后重试。",
    ),
)

SHAPES: Final[Mapping[type[KgError], Shape]] = {
    KgError: _shape(500, "internal", *_INTERNAL, log_id="log_id"),
    over_http.InternalError: _shape(500, "internal", *_INTERNAL, log_id="log_id"),
    over_http.ApiError: _shape(500, "internal", *_INTERNAL, log_id="log_id"),
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
        ("The store cannot be used", "存储不可用"),
        (
            "The store cannot be used now; nothing that was published is lost. The log has more under {log_id}.",
            "存储暂时不可用；已发布的内容没有丢失。日志编号为 {log_id}。",
        ),
        log_id="log_id",
    ),
    errors.StoreFailed: _shape(
        502,
        "store-failed",
        ("The store gave no usable answer", "存储没有给出可用的回答"),
        ("{en}.", "{zh}。"),
    ),
    errors.StoreUnreachable: _shape(
        503,
        "store-unreachable",
        ("The store cannot be reached", "无法连接存储"),
        ("{en}; try again in {retry_after} seconds.", "{zh}；请在 {retry_after} 秒后重试。"),
    ),
    errors.StoreTimeout: _shape(
        504,
        "store-timeout",
        ("The store did not answer in time", "存储没有及时回答"),
        ("{en}.", "{zh}。"),
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
    errors.RevisionPruned: _shape(
        410,
        "revision-pruned",
        ("The revision has been pruned", "该版本已被清理"),
        (
            "Revision {revision} was published here once, and has been pruned: it cannot be read or gone back to.",
            "版本 {revision} 曾在此发布，现已清理，无法再读取或恢复。",
        ),
    ),
    errors.GraphExists: _shape(
        412,
        "graph-exists",
        ("The graph is there already", "图已存在"),
        (
            "If-None-Match: * writes a graph only where there is none, and there is one; nothing was changed.",
            "If-None-Match: * 仅在图不存在时写入，而该图已存在；没有做任何改动。",
        ),
    ),
    errors.QuerySyntaxError: _shape(
        400,
        "query-syntax",
        ("The query is not SPARQL", "查询语句有语法错误"),
        ("Line {line}, column {column}: {error}", "第 {line} 行第 {column} 列：{zh}"),
        line="line",
        column="column",
    ),
    errors.QueryRefused: _shape(
        403,
        "query-refused",
        ("The query asks for what is not allowed here", "查询要求了此处不允许的操作"),
        ("{error}.", "查询被拒绝：{error}。"),
    ),
    errors.ServiceRefused: _shape(
        403,
        "service-refused",
        ("The query calls another service", "查询调用了其他服务"),
        ("{error}.", "{zh}。"),
        target="target",
        allowed="allowed",
    ),
    errors.LoadRefused: _shape(
        403,
        "load-refused",
        ("The update loads a document", "更新要求加载文档"),
        ("{error}.", "{zh}。"),
        target="target",
        allowed="allowed",
    ),
    errors.PreconditionFailed: _shape(
        412,
        "precondition-failed",
        ("Another revision is current", "当前版本已改变"),
        (
            "The current revision is {current}, and not one that the request was for; nothing was changed. "
            "Read it again, and send what is to be changed then.",
            "当前版本是 {current}，不是请求所针对的版本；没有做任何改动。请重新读取后再提交。",
        ),
        current="current",
    ),
    errors.DocumentSyntaxError: _shape(
        400,
        "document-syntax",
        ("The document cannot be read", "文档有语法错误"),
        ("Line {line}, column {column}: {error}", "第 {line} 行第 {column} 列：{zh}"),
        line="line",
        column="column",
    ),
    errors.NoRoom: _shape(
        503,
        "no-room",
        ("There is no room for the answer now", "暂时没有空间存放结果"),
        (
            "The answer is large, and there is no room now to keep it for sending; a smaller one can be given.",
            "结果较大，目前没有空间暂存；较小的结果可以给出。",
        ),
    ),
    errors.Unsortable: _shape(
        422,
        "unsortable",
        ("The values have no order", "这些值无法排序"),
        (
            "{error}. Sort by STR(…), or by values of one kind.",
            "ORDER BY 的值属于不同种类（例如数字与文本混杂），无法排序。请按 STR(…) 排序，或只按同一种类的值排序。",
        ),
    ),
    errors.UnknownFunction: _shape(
        400,
        "unknown-function",
        ("There is no such function", "没有这个函数"),
        (
            "There is no function <{function}> here; there are those of SPARQL 1.1.",
            "此处没有函数 <{function}>；可用的是 SPARQL 1.1 的函数。",
        ),
        function="function",
    ),
    errors.UnknownTerm: _shape(
        400,
        "unknown-term",
        ("The ontology has no such term", "本体中没有这个术语"),
        ("Line {line}, column {column}: {error}.", "第 {line} 行第 {column} 列：本体中没有 {term}。"),
        term="term",
        nearest="nearest",
        line="line",
        column="column",
    ),
    errors.OperationFailed: _shape(
        400,
        "operation-failed",
        ("An operation of the update cannot be done", "更新中的一个操作无法执行"),
        (
            "{error}. Nothing was changed; with SILENT the update goes on where an operation cannot be done.",
            "{error}。没有做任何改动；加上 SILENT 可在操作无法执行时继续。",
        ),
        operation="operation",
        line="line",
        column="column",
    ),
    errors.GraphNotFound: _shape(
        404,
        "graph-not-found",
        ("There is no such graph", "没有这个图"),
        ("The dataset has no graph <{wanted}>.", "数据集中没有图 <{wanted}>。"),
        wanted="wanted",
    ),
    RemoteFailure: _shape(
        502,
        "service-failed",
        ("Another service gave no answer", "其他服务没有给出可用的回答"),
        ("{en}.", "{zh}。"),
        target="target",
        reason="reason",
    ),
    errors.GraphKeptByStore: _shape(
        403,
        "graph-kept-by-store",
        ("The service alone writes this graph", "该图只由本服务写入"),
        ("{error}.", "{zh}。"),
        graph="graph",
    ),
    errors.RemoteGraphRefused: _shape(
        403,
        "remote-graph-refused",
        ("The query reads a graph that is not here", "查询要求读取此处没有的图"),
        ("{error}.", "FROM {target} 被拒绝：数据集中没有这个图，也不会从网上获取。"),
        target="target",
    ),
    errors.LimitExceeded: _shape(
        422,
        "limit-exceeded",
        ("A limit was exceeded", "超出限制"),
        (
            "It was stopped: the limit of {limit_name} is {limit_text}. "
            "Nothing of an answer was sent, and nothing was changed.",
            "执行已停止：{limit_name}上限为 {limit_text}。未返回任何部分结果，也没有做任何改动。",
        ),
        limit="limit",
    ),
    errors.QueryTimeout: _shape(
        504,
        "query-timeout",
        ("The query or write took too long", "查询或写入超时"),
        (
            "It was stopped at its limit of {limit_text}. Nothing of an answer was sent, and nothing was changed.",
            "执行在 {limit_text}的时限到达时被停止。未返回任何部分结果，也没有做任何改动。",
        ),
        limit="limit",
    ),
    errors.QueryTooComplex: _shape(
        400,
        "query-too-complex",
        ("The query is too long or nested too deep", "查询过长或嵌套过深"),
        ("The limit of {limit_name} is {limit_text}.", "{limit_name}上限为 {limit_text}。"),
        limit="limit",
    ),
    errors.Overloaded: _shape(
        503,
        "overloaded",
        ("Too much at once", "当前查询或写入过多"),
        (
            "Too many queries, or writes, run and wait already; try again in {retry_after} seconds.",
            "正在执行和排队的查询或写入过多，请在 {retry_after} 秒后重试。",
        ),
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
    over_http.NotAcceptable: _shape(
        406,
        "not-acceptable",
        ("No acceptable format", "没有可接受的格式"),
        ("Accept names none of the formats that there are: {supported}.", "Accept 中没有可提供的格式：{supported}。"),
        supported="supported",
    ),
    over_http.UnsupportedBody: _shape(
        415,
        "unsupported-body",
        ("The body's media type is not read here", "不支持的请求体类型"),
        ("The body is of type {wanted}; it may be {supported}.", "请求体类型为 {wanted}；可用类型：{supported}。"),
        supported="supported",
    ),
    over_http.BodyTooLarge: _shape(
        413,
        "too-large",
        ("The body is too large", "请求体过大"),
        ("The body may have {limit_text} at most.", "请求体不得超过 {limit_text}。"),
        limit="limit",
    ),
    **{
        cls: _shape(
            status,
            slug,
            title,
            ("The limit of {limit_name} is {limit_text}.", "{limit_name}上限为 {limit_text}。"),
            limit="limit",
        )
        for cls, status, slug, title in (
            (over_http.RequestLimit, 413, "too-large", ("The body is too large", "请求体过大")),
            (over_http.AddressTooLong, 414, "address-too-long", ("The address is too long", "请求地址过长")),
            (over_http.HeadersTooLarge, 431, "headers-too-large", ("The headers are too large", "请求头过大")),
            (over_http.TooManyHeaders, 431, "headers-too-large", ("The headers are too large", "请求头过大")),
            (over_http.TooManyParameters, 400, "too-many-parameters", ("Too many parameters", "参数过多")),
            (over_http.BatchTooLarge, 413, "batch-too-large", ("The batch is too large", "批量过大")),
        )
    },
    over_http.SlowBody: _shape(
        408,
        "slow-request",
        ("The request came too slowly", "请求发送过慢"),
        ("The request did not arrive within {limit_text}.", "请求未能在 {limit_text}内全部到达。"),
        limit="limit",
    ),
    over_http.TryAgain: _shape(503, "too-many-connections", *_CONNECTIONS),
    over_http.TooManyConnections: _shape(503, "too-many-connections", *_CONNECTIONS),
    over_http.RateLimited: _shape(
        429,
        "rate-limited",
        ("Too many requests", "请求过于频繁"),
        (
            "One client may send {limit_text} on average; try again in {retry_after} seconds.",
            "每个客户端平均可发送 {limit_text}，请在 {retry_after} 秒后重试。",
        ),
        limit="limit",
    ),
    over_http.Unauthorized: _shape(
        401,
        "unauthorized",
        ("A token is needed", "需要令牌"),
        (
            "Send a token that may write: `Authorization: Bearer …`.",
            "请随请求发送有写入权限的令牌：`Authorization: Bearer …`。",
        ),
    ),
    over_http.InvalidToken: _shape(
        401,
        "invalid-token",
        ("The token is not known", "令牌无效"),
        ("The bearer token is not one of those that may write.", "该令牌没有写入权限。"),
    ),
    over_http.WritesDisabled: _shape(
        403,
        "writes-disabled",
        ("This service only reads", "此服务只读"),
        (
            "No token is configured, so nothing is written. Operators set KG_WRITE_TOKEN, or KG_WRITE_TOKEN_FILE.",
            "未配置令牌，因此不接受写入。管理员可设置 KG_WRITE_TOKEN 或 KG_WRITE_TOKEN_FILE。",
        ),
    ),
    over_http.ForeignOrigin: _shape(
        403,
        "foreign-origin",
        ("A page of another origin asks", "请求来自其他来源的网页"),
        (
            "Pages of {origin} may not ask this; programs, pages of this machine, and those of KG_PUBLIC_URL may.",
            "来自 {origin} 的网页不得请求此处；程序、本机网页以及 KG_PUBLIC_URL 的网页可以。",
        ),
        origin="origin",
    ),
    over_http.MalformedRequest: _shape(
        400, "malformed-request", ("The request is malformed", "请求格式有误"), ("{en}", "{zh}")
    ),
    over_http.UnknownParameter: _shape(
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
    over_http.NoSuchPath: _shape(
        404,
        "no-such-path",
        ("There is nothing here", "此处没有内容"),
        ("There is no {path}.", "没有 {path}。"),
        nearest="nearest",
    ),
    over_http.WrongMethod: _shape(
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
    if isinstance(error, errors.BadParameter) and language == "zh":
        shown["hint"] = error.hint_zh
    limit = getattr(error, "limit", None)
    if isinstance(limit, Mapping):
        shown["limit_name"] = limit_words(str(limit["name"]), language)
        shown["limit_text"] = quantity_words(limit["value"], str(limit["unit"]), language)
    data = {key: _plain(getattr(error, name, log_id)) for name, key in shape.data.items()}
    if isinstance(error, errors.BadParameter):
        data["allowed"] = shown["hint"]
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
