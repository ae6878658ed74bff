"""What a service answers, as the engine inside the process would: the same terms, in the same formats."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyoxigraph as ox

from kg.engine.interface import Row, Term
from kg.engine.remote.names import BLANK, HIDDEN, MARK
from kg.engine.remote.service import Reply
from kg.errors import StoreFailed
from kg.terms import XSD

SOLUTIONS: Final = "application/sparql-results+json"
TRIPLES: Final = "application/n-triples, text/turtle;q=0.5"

_PARTIAL: Final = "x-sql-state"
_MOST_ROWS: Final = "x-sparql-maxrows"
"""Headers by which Virtuoso says that an answer is cut, or at how many rows it cuts."""

_GRAPH_TYPES: Final = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
}
Binding = dict[str, str]


@dataclass(frozen=True, slots=True)
class Solutions:
    """The solutions of a SELECT, each as in the JSON of results, without the variables of our translation."""

    variables: Sequence[str]
    bindings: Sequence[Mapping[str, Binding]]

    def to_json(self) -> bytes:
        """Return them as JSON, as the engine inside the process writes it."""
        return _json({"head": {"vars": self.variables}, "results": {"bindings": self.bindings}})

    def rows(self) -> list[Row]:
        """Return them as terms."""
        return [{name: _term(value) for name, value in binding.items()} for binding in self.bindings]


def solutions_of(reply: Reply, hidden: str = HIDDEN) -> Solutions:
    """Return the solutions that a service has answered with, without the variables whose names begin so.

    Raises:
        StoreFailed: the answer cannot be read, or is not whole.
    """
    found = _object(reply)
    try:
        variables = [name for name in found["head"].get("vars", ()) if not name.startswith(hidden)]
        bindings = [
            {name: _normal(binding[name]) for name in variables if name in binding}
            for binding in found["results"]["bindings"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable("these are no solutions", "不是查询结果") from error
    _check_whole(reply, len(bindings))
    return Solutions(variables, bindings)


def solutions_json(reply: Reply, hidden: str = HIDDEN) -> bytes:
    """Return the solutions that a service has answered with as JSON, without variables whose names begin so.

    What Oxigraph's server writes is what the engine inside the process writes: it is passed on, unless it has names
    that nobody is to see.

    Raises:
        StoreFailed: the answer cannot be read, or is not whole.
    """
    same = reply.headers.get("server", "").startswith("Oxigraph") and reply.media_type == SOLUTIONS
    if same and MARK.encode() not in reply.content and hidden.encode() not in reply.content:
        return reply.content
    return solutions_of(reply, hidden).to_json()


def boolean_of(reply: Reply) -> bool:
    """Return what a service has answered to an ASK; Virtuoso answers with a table.

    Raises:
        StoreFailed: the answer cannot be read.
    """
    found = _object(reply)
    if isinstance(found.get("boolean"), bool):
        return bool(found["boolean"])
    try:
        rows = found["results"]["bindings"]
        return bool(rows) and rows[0]["__ASK_RETVAL"]["value"] in {"1", "true"}
    except (KeyError, TypeError) as error:
        raise _unreadable("this is no answer to ASK", "不是 ASK 的回答") from error


def boolean_json(value: bool) -> bytes:
    """Return the answer to an ASK as JSON, as the engine inside the process writes it."""
    return _json({"head": {}, "boolean": value})


def triples_of(reply: Reply) -> Iterator[ox.Triple]:
    """Yield the triples that a service has answered with.

    Raises:
        StoreFailed: the answer cannot be read, or is not whole.
    """
    format = _GRAPH_TYPES.get(reply.media_type)
    if format is None:
        raise _unreadable(f"its type is {reply.media_type or 'not said'}", f"其类型为 {reply.media_type or '未知'}")
    count = 0
    try:
        for quad in ox.parse(reply.content, format):
            count += 1
            yield ox.Triple(_node(quad.subject), quad.predicate, _node(quad.object))
    except (SyntaxError, ValueError) as error:
        raise _unreadable("these are no triples", "不是三元组") from error
    _check_whole(reply, count)


def _object(reply: Reply) -> dict[str, Any]:
    try:
        found = json.loads(reply.content)
    except (ValueError, RecursionError) as error:
        raise _unreadable("it is no JSON", "不是 JSON") from error
    if not isinstance(found, dict):
        raise _unreadable("it is no JSON object", "不是 JSON 对象")
    return found


def _check_whole(reply: Reply, rows: int) -> None:
    """Refuse what a service has cut: it answers 200 to that, and says so in a header alone."""
    most = reply.headers.get(_MOST_ROWS, "")
    if _PARTIAL in reply.headers or (most.isdecimal() and 0 < int(most) <= rows):
        raise StoreFailed(
            f"the SPARQL service that holds the data cut its answer short, at {rows} rows",
            f"存放数据的 SPARQL 服务截断了回答，只有 {rows} 行",
        )


def _unreadable(en: str, zh: str) -> StoreFailed:
    return StoreFailed(
        f"the SPARQL service that holds the data gave an answer that cannot be read: {en}",
        f"无法读取存放数据的 SPARQL 服务的回答：{zh}",
    )


def _normal(term: dict[str, Any]) -> Binding:
    """Return a term of a result as the engine inside the process writes it."""
    kind, value = str(term["type"]), str(term["value"])
    if kind == "uri":
        return (
            {"type": "bnode", "value": value[len(BLANK) :]}
            if value.startswith(BLANK)
            else {"type": kind, "value": value}
        )
    if kind == "bnode":
        return {"type": kind, "value": value.removeprefix("_:")}
    language, datatype = str(term.get("xml:lang") or ""), str(term.get("datatype") or "")
    if language:
        return {"type": "literal", "value": value, "xml:lang": language.lower()}
    if not datatype or datatype == XSD + "string":
        return {"type": "literal", "value": value}
    return {"type": "literal", "value": canonical(value, datatype), "datatype": datatype}


def _term(binding: Binding) -> Term:
    if binding["type"] == "uri":
        return Term("iri", binding["value"])
    if binding["type"] == "bnode":
        return Term("blank", binding["value"])
    return Term("literal", binding["value"], binding.get("xml:lang", ""), binding.get("datatype", ""))


def _node(term: Any) -> Any:
    if isinstance(term, ox.NamedNode) and term.value.startswith(BLANK):
        return ox.BlankNode(term.value[len(BLANK) :])
    if isinstance(term, ox.Literal) and not term.language:
        datatype = term.datatype.value
        value = canonical(term.value, datatype)
        return term if value == term.value else ox.Literal(value, datatype=term.datatype)
    return term


def canonical(value: str, datatype: str) -> str:
    """Return the lexical form that the engine inside the process gives a number, which services write differently.

    >>> canonical("6e+19", "http://www.w3.org/2001/XMLSchema#double")
    '60000000000000000000'
    """
    writer = _WRITERS.get(datatype)
    try:
        return writer(value) if writer else value
    except (ValueError, InvalidOperation, OverflowError):  # what is no number is kept as it is
        return value


def _double(value: str) -> str:
    number = float(value)
    if math.isnan(number) or math.isinf(number):
        return "NaN" if math.isnan(number) else "INF" if number > 0 else "-INF"
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _boolean(value: str) -> str:
    return {"1": "true", "0": "false"}.get(value, value)


def _integer(value: str) -> str:
    return str(int(value))


def _decimal(value: str) -> str:
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_WRITERS: Final[Mapping[str, Callable[[str], str]]] = {
    XSD + "double": _double,
    XSD + "float": _double,
    XSD + "boolean": _boolean,
    XSD + "integer": _integer,
    XSD + "decimal": _decimal,
}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
