"""Writing the text of a synthetic source, line by line, and quoting each clause where it stands."""

from __future__ import annotations

import hashlib
from typing import Literal

from kg.facts import Evidence

Reading = Literal["stated", "name", "context"]


class Page:
    """A text that grows at its end.

    >>> page = Page()
    >>> page.say("为此，")
    >>> evidence = page.quote("建设智慧医院")
    >>> evidence.line, evidence.start, evidence.end
    (1, 3, 9)
    """

    def __init__(self) -> None:
        self._finished: list[str] = []
        self._line = ""

    def say(self, text: str) -> None:
        """Write words that state nothing."""
        self._line += text

    def quote(self, clause: str, reading: Reading = "stated") -> Evidence:
        """Write a clause, and return where it stands."""
        start = len(self._line)
        self._line += clause
        return Evidence(
            line=len(self._finished) + 1, start=start, end=start + len(clause), clause=clause, reading=reading
        )

    def end(self, text: str = "。") -> None:
        """Finish a line."""
        self._finished.append(self._line + text)
        self._line = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The finished lines."""
        return tuple(self._finished)

    @property
    def sha256(self) -> str:
        """The digest of the text in UTF-8, with a line feed after each line."""
        return hashlib.sha256("".join(f"{line}\n" for line in self._finished).encode()).hexdigest()
