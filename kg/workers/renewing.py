"""Answers what a worker is asked, in a thread of its own; in another one after each that was demoted.

What has the lowest scheduling class cannot leave it without privileges, but whom a thread starts begins with the class
of that thread. So the first thread of a worker only starts those that evaluate, and is never demoted itself: a worker
goes on, with all that it has read of its revision, and its next query is not held back for the last one.

A thread of the lowest class may not get the processor for long, not even to end. So who has had a worker demoted asks
it `{"again": true}`, and has it answer others when it has answered that: `{}`, from the first thread.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kg.workers.messages import Message, pack, receive

AGAIN: Final = {"again": True}
"""Asks whether the next query will not be held back."""

_SHORTLY: Final = 0.001


class Renewing:
    """Answers the messages of one connection."""

    def __init__(self, connection: socket.socket, answer: Callable[[Message], None]) -> None:
        """Have `answer` called with each of them."""
        self._connection = connection
        self._answer = answer
        self._left: list[Message] = []
        self._replaced = False

    def run(self, first: Message) -> None:
        """Answer a message, and those that come, until the connection closes or an answer fails."""
        message: Message | None = first
        while message is not None:
            self._replaced = False
            thread = threading.Thread(target=self._serve, args=(message,))
            thread.start()
            thread.join()
            _wait_until_gone(thread)
            message = self._left.pop() if self._left else receive(self._connection) if self._replaced else None
            while message is not None and message.head == AGAIN:
                self._connection.sendall(pack({}))
                message = receive(self._connection)

    def _serve(self, first: Message) -> None:
        """Answer until this thread was demoted; what it has read then, and not begun, is left."""
        message: Message | None = first
        while message is not None:
            self._answer(message)
            if is_demoted():
                self._replaced = True
                return
            message = receive(self._connection)
            if message is not None and (message.head == AGAIN or is_demoted()):
                self._left.append(message)
                return


def is_demoted() -> bool:
    """Tell whether this thread runs only where no other one wants to."""
    return hasattr(os, "SCHED_IDLE") and os.sched_getscheduler(0) == os.SCHED_IDLE


def _wait_until_gone(thread: threading.Thread) -> None:
    """Wait until the next thread can have the stack of one that has ended: two would be too much for a worker."""
    while Path(f"/proc/self/task/{thread.native_id}").exists():
        time.sleep(_SHORTLY)
