"""What a clause states: the way back from the quotation to the facts that rest on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kg.lookup.links import Ends
from kg.lookup.reader import Reader
from kg.lookup.things import Citation, Step, Thing

READ_IN_ORDER: Final[Mapping[str, str]] = {"passage": "has_source_of", "source": "is_part_of_of"}
"""What has parts that are read one after the other: its kind, and the key of the clauses or passages."""


def describe_clause(reader: Reader, clause: str) -> dict[str, Any]:
    """Return quotation and position of a clause, its source, and what it states: things by name, and triples."""
    rows = reader.select(
        f"""SELECT ?quote ?line ?start ?end ?source ?url WHERE {{
            <{clause}> oa:hasSource ?passage ; oa:hasSelector ?q , ?p .
            ?q oa:exact ?quote . ?p oa:start ?start ; oa:end ?end .
            ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source . ?source schema:url ?url }}"""
    )
    if not rows:
        return {}
    row = rows[0]
    names = reader.names([row["source"].value])
    return {
        "quote": row["quote"].value,
        "line": int(row["line"].value),
        "start": int(row["start"].value),
        "end": int(row["end"].value),
        "source": reader.reference(row["source"].value, names).to_json(),
        "url": row["url"].value,
        **_facts(reader, clause),
    }


def _facts(reader: Reader, clause: str) -> dict[str, Any]:
    rows = reader.select(
        f"""SELECT DISTINCT ?body ?s ?p ?o WHERE {{ ?evidence oa:hasTarget <{clause}> ; oa:hasBody ?body .
            OPTIONAL {{ ?body rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }} }} ORDER BY ?s ?p ?o ?body"""
    )
    iris = {term.value for row in rows for term in row.values() if term.kind == "iri"}
    names = reader.names(iris)
    things = [reader.reference(row["body"].value, names).to_json() for row in rows if "s" not in row]
    facts = []
    for row in rows:
        if "s" not in row:
            continue
        predicate = reader.iris.short(row["p"].value)
        subject = reader.reference(row["s"].value, names)
        if row["o"].kind == "iri":
            step = Step(subject, predicate, reader.reference(row["o"].value, names)).to_json()
            del step["evidence"]
        else:
            step = {"subject": subject.to_json(), "predicate": predicate, "object": row["o"].value}
        facts.append({**step, "predicate_label": dict(names.get(row["p"].value, {}))})
    return {"names": things, "states": facts}


def with_clauses(reader: Reader, statement: Thing) -> Thing:
    """Return a statement with the clauses that state its triple."""
    ends = {key: [link.to.iri for link in statement.links.get(key, ())] for key in ("subject", "predicate", "object")}
    ends["object"] = ends["object"] or [str(statement.values.get("object", ""))]
    triple = tuple(iris[0] for iris in ends.values() if iris)
    _, by_triple = reader.citations(ends["subject"], objects=False)
    found = next((citations for key, citations in by_triple.items() if key == triple), ())
    return replace(statement, evidence=found)


def clauses_of(reader: Reader, passage: str) -> list[Citation]:
    """Return the clauses of a passage as they are read; of two that begin together the longer comes first."""
    rows = reader.select(f"SELECT DISTINCT ?clause WHERE {{ ?clause a pkg:Clause ; oa:hasSource <{passage}> }}")
    found = reader.clauses([row["clause"].value for row in rows])
    return sorted(found.values(), key=lambda each: (each.start, -each.end, each.iri))


def in_reading_order(reader: Reader, whole: str, kind: str, ends: Ends) -> Ends:
    """Return the relations of a passage or a source, its clauses or passages as they are read; others stay as they are.

    What has no place is last.
    """
    if kind not in READ_IN_ORDER:
        return ends
    parts = _passages_of(reader, whole) if kind == "source" else [each.iri for each in clauses_of(reader, whole)]
    places = {part: place for place, part in enumerate(parts)}
    key = READ_IN_ORDER[kind]
    ordered = sorted(ends.get(key, {}).items(), key=lambda end: places.get(end[0], len(places)))
    return {**ends, key: dict(ordered)} if ordered else ends


def _passages_of(reader: Reader, source: str) -> list[str]:
    rows = reader.select(
        f"SELECT ?passage ?line WHERE {{ ?passage dcterms:isPartOf <{source}> ; pkg:lineNumber ?line }} ORDER BY ?line"
    )
    return [row["passage"].value for row in rows]
