"""The counts of a dataset as VoID: each key of `kg.engine.statistics` is a few lines, which come and go with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from kg.engine.statistics import Key
from kg.metadata.names import Names
from kg.metadata.triples import a, both, iri, line, number
from kg.terms import PREFIXES, PROV, RDFS, SD, VOID, VOID_EXT

TOTALS: Final = {
    "triples": VOID + "triples",
    "entities": VOID + "entities",
    "subjects": VOID + "distinctSubjects",
    "objects": VOID + "distinctObjects",
    "classes": VOID + "classes",
    "properties": VOID + "properties",
}
"""The counts of the whole dataset, which stand there even if they are 0, and the property of each."""

_NOT_COUNTED: Final = (
    "哪些属性以此类事物为值，此处未计：统计所需的开销超过了一次写入。下一次构建会重新统计。",
    "Which properties lead to things of this class is not counted here: that would have cost more than a write may. "
    "The next build counts again.",
)


def place_of(names: Names, key: Key) -> tuple[str, str]:
    """Return subject and predicate of the line that has a count; a key that is only there or not has no such line."""
    kind, *rest = key
    if kind in TOTALS:
        return names.dataset, TOTALS[kind]
    if kind in {"property-subjects", "property-objects"}:
        what = "distinctSubjects" if kind == "property-subjects" else "distinctObjects"
        return names.digest("property", *rest), VOID + what
    if kind == "default-graph":
        return names.part("default-graph"), VOID + "triples"
    return names.digest(kind, *rest), VOID + ("entities" if kind == "class" else "triples")


def lines_of(names: Names, key: Key, count: int) -> list[str]:
    """Return the lines of a count; none where it is 0, but for the totals."""
    kind, *rest = key
    if count <= 0 and kind not in TOTALS:
        return []
    if kind == "source":
        return [line(names.dataset, PROV + "wasDerivedFrom", iri(rest[0]))]
    if kind == "named-graph":
        return _named_graph(names, rest[0])
    lines = [line(*place_of(names, key), number(count))]
    if kind in {"class", "property"}:
        lines += _partition(names.dataset, kind, names.digest(kind, *rest), rest[0])
    elif kind == "class-property":
        lines += _partition(names.digest("class", rest[0]), "property", names.digest(kind, *rest), rest[1])
    elif kind == "class-property-class":
        lines += _partition(names.digest("class-property", *rest[:2]), "class", names.digest(kind, *rest), rest[2])
    elif kind == "class-property-datatype":
        part = names.digest(kind, *rest)
        lines.append(line(names.digest("class-property", *rest[:2]), VOID_EXT + "datatypePartition", iri(part)))
        lines.append(line(part, VOID_EXT + "datatype", iri(rest[2])))
    elif kind == "default-graph":
        part = names.part("default-graph")
        lines += [line(names.dataset, SD + "defaultGraph", iri(part)), *a(part, SD + "Graph")]
    return lines


def uncounted_lines(names: Names, cls: str) -> list[str]:
    """Return the lines which say of a class that the properties that lead to it are not counted."""
    return both(names.digest("class", cls), RDFS + "comment", *_NOT_COUNTED)


def vocabulary_lines(names: Names, terms: Iterable[str]) -> set[str]:
    """Return the lines that name the vocabularies of classes and properties in use, of those that we know."""
    used: Collection[str] = list(terms)
    return {
        line(names.dataset, VOID + "vocabulary", iri(namespace))
        for namespace in PREFIXES.values()
        if any(term.startswith(namespace) for term in used)
    }


def _partition(whole: str, kind: str, part: str, term: str) -> list[str]:
    return [line(whole, f"{VOID}{kind}Partition", iri(part)), line(part, VOID + kind, iri(term))]


def _named_graph(names: Names, graph: str) -> list[str]:
    """Return the lines of a named graph of the dataset: SPARQL 1.1 Service Description, section 3.2.7."""
    named, part = names.digest("named-graph", graph), names.digest("graph", graph)
    return [
        line(names.dataset, SD + "namedGraph", iri(named)),
        *a(named, SD + "NamedGraph"),
        line(named, SD + "name", iri(graph)),
        line(named, SD + "graph", iri(part)),
        *a(part, SD + "Graph", VOID + "Dataset"),
        line(names.dataset, VOID + "subset", iri(part)),
    ]
