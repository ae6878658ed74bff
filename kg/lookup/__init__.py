"""Things, lists and coverage of one revision, with the clauses that state them."""

from kg.lookup.comparing import GROUPS, SORTS, Comparison, Group, collated, compare
from kg.lookup.explaining import Explanation, Reason
from kg.lookup.leading import Leading, leading, leading_by_year
from kg.lookup.lookup import Lookup
from kg.lookup.targets import FACETS, MAX_TARGETS, THINGS, Brief, Option, Targets
from kg.lookup.things import Citation, Conclusion, Labels, Link, Links, Page, Reference, Stated, Step, Thing, Touch

__all__ = [
    "FACETS",
    "GROUPS",
    "MAX_TARGETS",
    "SORTS",
    "THINGS",
    "Brief",
    "Citation",
    "Comparison",
    "Conclusion",
    "Explanation",
    "Group",
    "Labels",
    "Leading",
    "Link",
    "Links",
    "Lookup",
    "Option",
    "Page",
    "Reason",
    "Reference",
    "Stated",
    "Step",
    "Targets",
    "Thing",
    "Touch",
    "collated",
    "compare",
    "leading",
    "leading_by_year",
]
