"""That a query is left to the engine."""

from __future__ import annotations


class Refused(Exception):
    """The columns do not answer this query: what it asks for, or a value that it met, is not theirs to judge."""
