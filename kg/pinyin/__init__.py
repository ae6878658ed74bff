"""How Chinese is read aloud: the dictionaries of pypinyin as tables, which are made in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from importlib import import_module

from kg.pinyin.readings import Choices, Readings

__all__ = ["Choices", "Readings", "packed_apart", "readings"]

_LOCK = threading.Lock()
_MADE: list[Readings] = []


def readings() -> Readings:
    """Return the readings; whoever asks first waits until the tables are made."""
    with _LOCK:
        if not _MADE:
            _MADE.append(Readings(packed_apart()))
        return _MADE[0]


def packed_apart() -> bytes:
    """Return the tables, made in a process that ends: the dictionaries take thirty times as much, and would stay.

    Where there can be no such process, they are made here.
    """
    # Our settings, the token among them, are none of its business.
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    command = [sys.executable, "-m", "kg.pinyin.packing"]
    try:
        done = subprocess.run(command, env=foreign, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    except (OSError, subprocess.CalledProcessError):
        here: bytes = import_module("kg.pinyin.packing").packed()
        return here
    return done.stdout
