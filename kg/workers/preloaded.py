"""The process that has imported what zygotes need, and forks them: so each has it at once, and shares its memory."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from typing import Final

from kg.workers.confine import give_back_memory, name_process
from kg.workers.forking import Forking
from kg.workers.zygote import become_zygote

_NEEDED: Final = ("kg.workers.queries", "kg.workers.translating")
"""What is needed by the most; the validator of those that write, which is as large again, is theirs to import."""


def main(descriptor: int) -> None:
    """Fork zygotes, as is told through a socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, and the server its zygotes
    os.environ["RUST_BACKTRACE"] = "0"  # a trace would push what the engine said out of the last words that are kept
    name_process("kg.workers.preloaded")
    for module in _NEEDED:
        importlib.import_module(module)
    gc.collect()
    give_back_memory()
    gc.freeze()
    Forking(socket.socket(fileno=descriptor), become_zygote).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
