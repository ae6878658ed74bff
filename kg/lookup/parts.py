"""Parts of a list: an opaque cursor says where the next one begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from kg.errors import BadParameter

T = TypeVar("T")


def part_of(items: Sequence[T], limit: int, cursor: str | None) -> tuple[Sequence[T], str | None]:
    """Return a part of a list, and the cursor of the next one, or None where this is the last.

    >>> some, following = part_of("abc", 2, None)
    >>> some, part_of("abc", 2, following)
    ('ab', ('c', None))

    Raises:
        BadParameter: the cursor is none of ours, or past the end.
    """
    start = _offset(cursor)
    if start and start >= len(items):
        words = "is past the end of the list; begin again without cursor", "已超出列表末尾；请去掉 cursor 重新开始"
        raise BadParameter("cursor", cursor or "", *words)
    following = start + limit
    return items[start:following], cursor_at(following) if following < len(items) else None


def cursor_at(offset: int) -> str:
    """Return the cursor of the part that begins so many items after the first one."""
    return base64.urlsafe_b64encode(f"o{offset}".encode()).decode().rstrip("=")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if not (text.startswith("o") and text[1:].isdigit()):
            raise ValueError(text)
        return int(text[1:])
    except (ValueError, binascii.Error) as error:
        words = "is not a cursor of this service; take it from `next`", "不是本服务给出的 cursor；请取自 `next`"
        raise BadParameter("cursor", cursor, *words) from error
