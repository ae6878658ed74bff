"""Finding things by name, whatever a client holds: one immutable index for each revision."""

from kg.search.index import SearchIndex
from kg.search.model import CONFIDENT, EXACT_WAYS, HOWS, How, Match, Matched

__all__ = ["CONFIDENT", "EXACT_WAYS", "HOWS", "How", "Match", "Matched", "SearchIndex"]
