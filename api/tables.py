"""Descriptions as tables: a row for each fact of a thing and each clause that states it, as CSV (RFC 4180)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kg.lookup import Thing
from kg.questions import Value, comma_separated

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
COLUMNS: Final = (
    "subject",
    "relation",
    "value",
    "value_zh",
    "value_en",
    "quote",
    "source",
    "line",
    "start",
    "end",
    "reading",
    "url",
    "clause",
)

_NO_FACT: Final = {"id", "iri", "type", "evidence", "states", "aliases", "measures_touching", "omitted"}
_FOLLOWS: Final = {"touches": "sector", "due_by": "deadline", "located_within": "place"}
Json = Mapping[str, Any]


def facts_csv(thing: Thing) -> bytes:
    """Return the facts of a thing: `subject` is its IRI, `relation` the key that JSON has for it.

    A thing at the other end has its IRI in `value` and its labels in `value_zh` and `value_en`; a text in one language
    has it there alone. A fact without a clause is a row without one.
    """
    return b"".join(comma_separated(COLUMNS, _rows(thing)))


def _rows(thing: Thing) -> Iterator[list[Value | None]]:
    for relation, value, evidence in _facts(thing.to_json()):
        for citation in evidence or [{}]:
            cells = {"subject": thing.iri, "relation": relation, **value, **_cited(citation)}
            yield [cells.get(name) for name in COLUMNS]


def _facts(json: Json) -> Iterator[tuple[str, dict[str, Any], list[Json]]]:
    yield "label", _texts(json["label"]), json["evidence"]
    for language, aliases in json["aliases"].items():
        for alias in aliases:
            yield "aliases", _texts({language: alias}), []
    for key, value in json.items():
        if key in _NO_FACT or key == "label" or key.endswith("_evidence") or value in (None, "", [], {}):
            continue
        stated = json.get(f"{key}_evidence") or []
        for item in value if isinstance(value, list) else [value]:
            yield key, *_fact(key, item, stated)


def _fact(key: str, item: Any, stated: list[Json]) -> tuple[dict[str, Any], list[Json]]:
    """Return the cells of a value, and its clauses."""
    if isinstance(item, bool):
        return {"value": "true" if item else "false"}, stated
    if not isinstance(item, Mapping):
        return {"value": item}, stated
    evidence = item.get("evidence") or stated
    end = item.get(_FOLLOWS.get(key, ""), item)
    if isinstance(end, Mapping) and "iri" in end:
        return {"value": end["iri"], **_texts(end.get("label") or {})}, evidence
    if "value" in item:
        value = item["value"]
        return (_texts(value) if isinstance(value, Mapping) else {"value": value}), evidence
    if set(item) <= {"zh", "en"}:
        return _texts(item), evidence
    return {"value": " ".join(str(part) for part in item.values() if not isinstance(part, list | Mapping))}, evidence


def _texts(labels: Json) -> dict[str, Any]:
    return {f"value_{language}": text for language, text in labels.items() if language in {"zh", "en"}}


def _cited(citation: Json) -> dict[str, Any]:
    """Return the cells of a clause; none where there is none."""
    if not citation:
        return {}
    cells = {name: citation[name] for name in ("quote", "source", "line", "start", "end", "reading", "url")}
    return {**cells, "clause": citation["iri"]}
