"""One write after the other, each in a process of its own: clone, apply, validate, describe, flush, publish.

    writer (asyncio, in the server) ─→ zygote (pySHACL and the shapes loaded) ─→ worker (forked for one write)

What is acknowledged is on disk; what is an error has changed nothing. The writer is in `kg.writing.writer`: the
processes of the other two are made of little.
"""

from kg.writing.model import Write, WriteResult

__all__ = ["Write", "WriteResult"]
