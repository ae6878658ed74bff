"""What can go wrong between this server and another one, in words for both kinds of readers."""

from __future__ import annotations

from typing import Final, Literal

from kg.errors import QueryError

Reason = Literal["unknown-host", "address", "redirect", "size", "time", "calls", "connection", "answer", "status"]

_WORDS: Final[dict[Reason, tuple[str, str]]] = {
    "unknown-host": ("its host is not known: {detail}", "无法解析其主机名：{detail}"),
    "address": (
        "its host has an address that is not public; only an operator can allow that, as {detail}#private",
        "其主机的地址不是公网地址；只有运营者可以用 {detail}#private 允许",
    ),
    "redirect": (
        "it redirects to {detail}, and only redirects within the same origin are followed, three at most",
        "它重定向到 {detail}；只跟随同源重定向，最多三次",
    ),
    "size": ("its answers are larger than the {detail} bytes that are read", "其回答超过可读取的 {detail} 字节"),
    "time": ("it did not answer within the time of the query", "它没有在查询时限内回答"),
    "calls": ("one query may make {detail} calls at most", "一次查询最多可以调用 {detail} 次"),
    "connection": ("no connection: {detail}", "无法连接：{detail}"),
    "answer": ("its answer cannot be read: {detail}", "无法读取其回答：{detail}"),
    "status": ("it answered with status {detail}", "它回答的状态码是 {detail}"),
}


class RemoteFailure(QueryError):
    """Another server, which may be called, gave no usable answer.

    `target` is the IRI called, `reason` a fixed word, `detail` what is particular; `en` and `zh` are whole sentences.
    """

    def __init__(self, reason: Reason, target: str, detail: str = "") -> None:
        """Keep what was called and why it failed."""
        self.reason = reason
        self.target = target
        self.detail = detail
        english, chinese = _WORDS[reason]
        self.en = f"the call of {target} failed: {english.format(detail=detail)}"
        self.zh = f"调用 {target} 失败：{chinese.format(detail=detail)}"
        super().__init__(self.en)
