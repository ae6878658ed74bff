"""Whether two answers say the same: tables as bags of rows, graphs as sets, blank nodes up to their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from tests.conformance.terms import Term, by_value, of_node, to_node

Row = tuple[tuple[str, Term], ...]
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Table:
    """A result: its variables and its rows, each as pairs of variable and term, without what is unbound."""

    variables: frozenset[str]
    rows: tuple[Row, ...]
    ordered: bool = False

    @classmethod
    def of(cls, variables: Iterable[str], rows: Iterable[Mapping[str, Term]], *, ordered: bool = False) -> Table:
        """Return a table from rows as mappings."""
        return cls(frozenset(variables), tuple(tuple(sorted(row.items())) for row in rows), ordered)


Answer = Table | bool


def table_of_graphs(graphs: Mapping[str, Graph]) -> Table:
    """Return the quads of some graphs, each once; the default graph has the empty name."""
    found = [
        {"s": of_node(s), "p": of_node(p), "o": of_node(o), **({"g": ("iri", name, "", "")} if name else {})}
        for name, graph in graphs.items()
        for s, p, o in graph
    ]
    return Table.of("gspo", found)


def difference(expected: Answer, actual: Answer) -> str | None:
    """Return how an answer differs from what is expected, or None where it does not.

    Numbers and truth values are compared by value, since an engine may keep them so (`1.0` as `1`); never by type.
    """
    if isinstance(expected, bool) or isinstance(actual, bool):
        return None if expected is actual else f"expected {_brief(expected)}, got {_brief(actual)}"
    if expected.variables != actual.variables:
        return f"expected the variables {sorted(expected.variables)}, got {sorted(actual.variables)}"
    expected, actual = _valued(expected), _valued(actual)
    wanted, got = ([_signature(row) for row in table.rows] for table in (expected, actual))
    if expected.ordered and wanted != got and Counter(wanted) == Counter(got):
        return f"the order differs: expected {wanted[:_SHOWN]}, got {got[:_SHOWN]}"
    missing, more = Counter(wanted) - Counter(got), Counter(got) - Counter(wanted)
    if missing or more:
        return f"missing {_some(missing)}; not expected {_some(more)}"
    if any(_blanks(row) for row in expected.rows) and not isomorphic(
        _encoded(expected, expected.ordered), _encoded(actual, expected.ordered)
    ):
        return f"blank nodes are shared otherwise: expected {_linked(expected)}, got {_linked(actual)}"
    return None


def _valued(table: Table) -> Table:
    rows = tuple(tuple((name, by_value(term)) for name, term in row) for row in table.rows)
    return Table(table.variables, rows, table.ordered)


def _blanks(row: Row) -> bool:
    return any(term[0] == "blank" for _, term in row)


def _signature(row: Row) -> str:
    """Return a row as text in which all blank nodes look alike."""
    return " ".join(f"{name}={_written(term)}" for name, term in row)


def _linked(table: Table) -> list[str]:
    """Return some rows by the names of their blank nodes."""
    return [" ".join(f"{name}=_:{term[1]}" for name, term in row if term[0] == "blank") for row in table.rows[:_SHOWN]]


def _written(term: Term) -> str:
    kind, value, datatype, language = term
    if kind == "literal":
        return f"{value!r}@{language}" if language else f"{value!r}^^{datatype.rpartition('#')[2]}"
    return "_:" if kind == "blank" else f"<{value}>" if kind == "iri" else repr(value)


def _encoded(table: Table, ordered: bool) -> Graph:
    """Return a graph that is isomorphic to that of another table only if the tables are: one node a different row."""
    graph = Graph()
    counted = Counter(enumerate(table.rows)) if ordered else Counter((0, row) for row in table.rows)
    for (position, row), count in counted.items():
        node = BNode()
        about: list[tuple[str, Node]] = [("count", Literal(count)), ("position", Literal(position))]
        for name, value in (*about, *((f"value:{name}", to_node(term)) for name, term in row)):
            graph.add((node, URIRef(f"urn:row:{name}"), value))
    return graph


def _some(rows: Counter[str]) -> str:
    shown = [f"{count} × {row}" if count > 1 else row for row, count in sorted(rows.items())[:_SHOWN]]
    return f"[{'; '.join(shown)}{' …' if len(rows) > _SHOWN else ''}]"


def _brief(answer: Answer) -> str:
    return str(answer).lower() if isinstance(answer, bool) else f"{len(answer.rows)} rows"
