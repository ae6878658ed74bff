"""The names under which a service holds revisions, and how terms are written there.

    urn:x-kg:control, urn:x-kg:control:<store>   the pointer, the publications, what each generation holds
    urn:x-kg:<generation>:all                the merge of all graphs of a revision, which the union default graph reads
    urn:x-kg:<generation>:none               the triples that stand in no named graph
    urn:x-kg:<generation>:names              which graph of the service is which named graph of the revision
    urn:x-kg:<generation>:graph:<IRI>        a named graph, as it came about in that generation

A *generation* is one revision as it was written to the service. A named graph that has not changed since an earlier
generation is not written again: `names` says where it is.

Blank nodes are written as IRIs (RDF 1.1 Concepts, section 3.5): a service gives a label of its own to each that it is
sent, so that what is sent in several parts, or changed later, could not be told to be the same node.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

MARK: Final = "urn:x-kg:"
"""How all names begin that nobody outside ever sees."""

CONTROL: Final = f"{MARK}control"
NAMES: Final = f"{MARK}is"
"""The property from a graph of the service to the name that it has in the revision."""

PLANNED: Final = f"{MARK}planned"
"""The property from a graph that is about to be written to its name: what is left of it can be found by that."""

SIZE: Final = f"{MARK}size"
HASH: Final = f"{MARK}hash"
BLANK: Final = f"{MARK}blank:"
NOTHING: Final = f"{MARK}nothing"
"""A graph that is not there: the default graph of a dataset that names none."""

HIDDEN: Final = "kg_graph_"
"""How the names of the variables begin that a translated query has beside its own."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The names of a generation."""

    id: str

    @classmethod
    def new(cls) -> Generation:
        """Return one that nobody else has."""
        return cls(secrets.token_hex(6))

    @property
    def iri(self) -> str:
        """The generation itself."""
        return f"{MARK}generation:{self.id}"

    @property
    def everything(self) -> str:
        """The graph that merges all graphs."""
        return f"{MARK}{self.id}:all"

    @property
    def unnamed(self) -> str:
        """The graph of what stands in no named graph."""
        return f"{MARK}{self.id}:none"

    @property
    def names(self) -> str:
        """The graph that says which graph is which."""
        return f"{MARK}{self.id}:names"

    def graph(self, name: str) -> str:
        """Return the graph for a named graph that is written in this generation."""
        return f"{MARK}{self.id}:graph:{name}"


def string(text: str) -> str:
    r"""Return a text as a literal of SPARQL.

    >>> print(string('say "a"'))
    "say \"a\""
    """
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(character, escaped)
    return f'"{text}"'
