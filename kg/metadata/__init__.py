"""The graph that describes the dataset in the dataset: VoID, DCAT, prefixes and example queries.

It counts everything but itself, is no part of what the id of a revision stands for, and is written by the store alone.
"""

from kg.metadata.catalogue import Release, address_lines
from kg.metadata.describing import describe, describe_change, description
from kg.metadata.examples import Example, read_examples
from kg.metadata.names import Names
from kg.metadata.publishing import Describing, describing_change

__all__ = [
    "Describing",
    "Example",
    "Names",
    "Release",
    "address_lines",
    "describe",
    "describe_change",
    "describing_change",
    "description",
    "read_examples",
]
