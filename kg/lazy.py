"""Libraries that are read when they are first used: the start of a server is no time for what few requests need."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Lazy:
    """Stands for a module.

    >>> Lazy("math").floor(2.5)
    2
    """

    def __init__(self, name: str) -> None:
        """Name the module."""
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module has; Python's own lock sees to it that it is read once."""
        return getattr(import_module(self._name), attribute)
