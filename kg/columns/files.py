"""Columns in a file, which processes map and so share; one process writes it, and others see when it is whole."""

from __future__ import annotations

import mmap
import os
import pickle
import struct
from collections.abc import Sequence
from itertools import accumulate
from typing import IO, Final

from kg.columns.columns import Columns
from kg.columns.tables import Tables

_HEAD: Final = struct.Struct("<Q")
_ALIGNED: Final = 64


def write_columns(columns: Columns, file: IO[bytes]) -> None:
    """Write columns into an empty file; until all is written, nobody finds any in it.

    Raises:
        OSError: the disk is full.
    """
    buffers: list[pickle.PickleBuffer] = []
    tables = pickle.dumps(columns.tables, protocol=5, buffer_callback=buffers.append)
    parts = [buffer.raw() for buffer in buffers]
    sizes = [len(part) for part in parts]
    index = pickle.dumps((tables, sizes))
    file.seek(_HEAD.size)
    file.write(index)
    for place, part in zip(_places(len(index), sizes), parts, strict=False):
        file.seek(place)
        file.write(part)
    file.truncate(_places(len(index), sizes)[-1])
    file.flush()
    os.pwrite(file.fileno(), _HEAD.pack(len(index)), 0)


def read_columns(file: IO[bytes]) -> Columns | None:
    """Return the columns that a file of ours has, mapped into memory; None as long as it is not whole.

    Raises:
        OSError: there is no room for it among the addresses of this process.
    """
    head = os.pread(file.fileno(), _HEAD.size, 0)
    length = _HEAD.unpack(head)[0] if len(head) == _HEAD.size else 0
    if not length:
        return None
    whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    tables, sizes = pickle.loads(whole[_HEAD.size : _HEAD.size + length])
    parts = [whole[place : place + size] for place, size in zip(_places(length, sizes), sizes, strict=False)]
    found: Tables = pickle.loads(tables, buffers=parts)
    return Columns(found)


def _places(length: int, sizes: Sequence[int]) -> list[int]:
    """Return where each part of these sizes begins, and where the last one ends, behind an index of a length."""
    start = _aligned(_HEAD.size + length)
    return [start + place for place in accumulate(map(_aligned, sizes), initial=0)]


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


__all__ = ["read_columns", "write_columns"]
