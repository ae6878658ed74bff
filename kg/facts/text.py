"""Texts as files: reading them strictly as UTF-8, and their lines."""

from __future__ import annotations

from pathlib import Path

from kg.errors import Problem, SourceError


def read_text(path: Path, limit: int | None = None) -> str:
    """Return the text of a UTF-8 file as it is, a byte order mark and carriage returns included.

    Raises:
        SourceError: the file cannot be read, is larger than `limit` bytes, or is not UTF-8.
    """
    file = str(path)
    try:
        if not path.is_file():
            message = "is a folder, not a file" if path.is_dir() else "does not exist"
            raise SourceError([Problem(file, 0, 0, "", message)])
        size = path.stat().st_size
        if limit is not None and size > limit:
            hint = f"the limit is {limit:,} bytes; divide the facts among several sources"
            raise SourceError([Problem(file, 0, 0, "", f"has {size:,} bytes", hint)])
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError([Problem(file, 0, 0, "", f"cannot be read: {error.strerror}")]) from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, begin = before.count(b"\n") + 1, before.rfind(b"\n") + 1
        column = len(before[begin:].decode("utf-8", "replace")) + 1
        message = f"is not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start}"
        hint = "save the file as UTF-8; GBK and UTF-16 are what editors often choose instead"
        raise SourceError([Problem(file, line, column, "", message, hint)]) from error


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a text, without their ends and without a byte order mark.

    >>> split_lines("一\r\n二\n")
    ['一', '二']
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
