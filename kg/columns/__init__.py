"""Answers analytical queries over a revision's triples as columns of numbers; what it is not sure of, it refuses.

Oxigraph evaluates solutions one by one; here, whole columns are joined and grouped at once, which is faster where a
query touches much, and slower where it touches little. A query is taken only if all of it is of the kinds that are read
here and it has an aggregate or a path of any length; its answer is that of Oxigraph, or there is none.
"""

from kg.columns.columns import Columns
from kg.columns.files import read_columns, write_columns
from kg.columns.refusal import Refused

__all__ = ["Columns", "Refused", "read_columns", "write_columns"]
