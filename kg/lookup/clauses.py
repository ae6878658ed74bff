"""What a clause states: the way back from the quotation to the facts that rest on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from kg.lookup.reader import Reader
from kg.lookup.things import Citation, Step, Thing

_CLAUSES: Final = "has_source_of"
"""The key of the clauses of a passage."""
_PASSAGES: Final = "is_part_of_of"
"""The key of the passages of a source."""


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


def in_reading_order(reader: Reader, whole: Thing) -> Thing:
    """Return a passage with its clauses, or a source with its passages, as they are read; what has no place is last."""
    if whole.type == "source":
        key, parts = _PASSAGES, _passages_of(reader, whole.iri)
    else:
        key, parts = _CLAUSES, [each.iri for each in clauses_of(reader, whole.iri)]
    places = {part: place for place, part in enumerate(parts)}
    ordered = tuple(sorted(whole.links.get(key, ()), key=lambda link: places.get(link.to.iri, len(places))))
    return replace(whole, links={**whole.links, key: ordered}) if ordered else whole


def _passages_of(reader: Reader, source: str) -> list[str]:
    rows = reader.select(
        f"SELECT ?passage ?line WHERE {{ ?passage dcterms:isPartOf <{source}> ; pkg:lineNumber ?line }} ORDER BY ?line"
    )
    return [row["passage"].value for row in rows]
