"""Things, lists and coverage of one revision, with the clauses that state them."""

from kg.lookup.lookup import Lookup
from kg.lookup.things import Citation, Labels, Link, Page, Reference, Stated, Step, Thing, Touch

__all__ = ["Citation", "Labels", "Link", "Lookup", "Page", "Reference", "Stated", "Step", "Thing", "Touch"]
