"""Things, lists and coverage of one revision, with the clauses that state them."""

from kg.lookup.explaining import Explanation, Reason
from kg.lookup.lookup import Lookup
from kg.lookup.things import Citation, Conclusion, Labels, Link, Page, Reference, Stated, Step, Thing, Touch

__all__ = [
    "Citation",
    "Conclusion",
    "Explanation",
    "Labels",
    "Link",
    "Lookup",
    "Page",
    "Reason",
    "Reference",
    "Stated",
    "Step",
    "Thing",
    "Touch",
]
