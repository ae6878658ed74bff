"""What the engine's parser says of a text, in the words and places of whoever wrote it."""

from __future__ import annotations

import re
from typing import Final

from kg.errors import QueryError, QuerySyntaxError, UnknownFunction

_POSITION: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_CLASS: Final = re.compile(r"\[(?:'[^\]]*?'|_)(?:[^\[\]]*)\]")
_FUNCTION: Final = re.compile(r"custom function <([^>]*)> is not supported")
_UPDATE: Final = re.compile(
    r"(?ix) (?> \s++ | \#[^\r\n]*+ | prefix\b[^<]*+<[^>]*+> | base\b[^<]*+<[^>]*+> )*+"
    r"(insert|delete|load|clear|drop|create|add|move|copy|with)\b"
)
_IS_UPDATE: Final = (
    "this is an update and no query: send it by POST as `update`, with a token",
    "这是更新而不是查询：请以 `update` 参数用 POST 发送，并附令牌",
)
_SHOWN: Final = 8
_UNCLEAR: Final = (
    "this is not expected here, or something is missing before it",
    "此处不应出现该内容，或者其前面缺少内容",
)


def query_error(error: SyntaxError, text: str) -> QuerySyntaxError:
    """Return the engine's error as one of ours; an update that was sent as a query is told so."""
    update = _UPDATE.match(text)
    if update is None:
        return syntax_error(error, text)
    before = text[: update.start(1)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return QuerySyntaxError(_IS_UPDATE[0], line, column, _IS_UPDATE[1])


def syntax_error(error: SyntaxError, text: str) -> QuerySyntaxError:
    """Return the engine's error as one of ours."""
    match = _POSITION.search(str(error))
    if match is None:
        return QuerySyntaxError(str(error))
    line, column, message = int(match.group(1)), int(match.group(2)), match.group(3).strip()
    zh = ""
    if "Prefix not found" in message:
        before = text.splitlines()[line - 1][: column - 1] if text.splitlines()[line - 1 : line] else ""
        name = re.search(r"([\w-]*):\S*$", before)
        message = f"the prefix {name.group(1)}: is not declared" if name else "a prefix is not declared"
        zh = f"前缀 {name.group(1)}: 未声明" if name else "有前缀未声明"
    elif message.startswith("expected"):
        message, zh = _expectation(message.removeprefix("expected").removeprefix(" one of"))
    return QuerySyntaxError(message, line, column, zh)


def failure(error: Exception, what: str = "the query could not be evaluated") -> QueryError:
    """Return what the engine raised while it evaluated as one of our errors."""
    match = _FUNCTION.search(str(error))
    return UnknownFunction(match.group(1)) if match else QueryError(f"{what}: {error}")


def _expectation(listed: str) -> tuple[str, str]:
    """Return what the parser would have taken, as far as that helps: it lists characters, and what it looked for ahead.

    >>> _expectation(' ",", ")"')
    ('expected , or )', '此处应为 , 或 )')
    >>> _expectation(" LATERAL, SERVICE, [_]")[0]
    'this is not expected here, or something is missing before it'
    """
    if "[_]" in listed:  # the parser looked for what must not stand there
        return _UNCLEAR
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|([A-Za-z]\w*)', _CLASS.sub("", listed))
    found = [quoted.replace('\\"', '"') or word for quoted, word in words]
    if not 0 < len(found) <= _SHOWN or _CLASS.search(listed):
        return _UNCLEAR
    first, last = ", ".join(found[:-1]), found[-1]
    if not first:
        return f"expected {last}", f"此处应为 {last}"
    return f"expected {first} or {last}", f"此处应为 {first} 或 {last}"
