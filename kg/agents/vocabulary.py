"""The tool `schema`: classes, properties and example queries as the graph itself describes them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kg.agents.arguments import LONGEST_NAME, Language, SchemaArguments
from kg.agents.reading import Reading
from kg.agents.texts import joined, say, shown
from kg.agents.things import Result
from kg.errors import NotFound
from kg.lookup.things import Labels
from kg.terms import OWL, PREFIXES, RDF

_CLASSES: Final = ("owl:Class", "rdfs:Class")
_PROPERTIES: Final = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty", "rdf:Property")
_APPARATUS: Final = (OWL, RDF)
_EXAMPLES_WITH_QUERY: Final = 5


def schema(reading: Reading, arguments: SchemaArguments) -> Result:
    """Return classes, properties, prefixes, graphs and example queries, or those of them that a text is in.

    Raises:
        NotFound: the text is in none of them; `nearest` are terms whose names look like it.
    """
    language = arguments.language
    graph = reading.iris.graph("ontology")
    classes = [term for term in _terms(reading, graph, _CLASSES) if not term["iri"].startswith(_APPARATUS)]
    properties = _terms(reading, graph, _PROPERTIES)
    _add_ends(reading, properties)
    examples = _examples(reading)
    wanted = (arguments.about or "").casefold()
    if wanted:
        classes, properties, examples = (
            [item for item in items if wanted in _words(item)] for items in (classes, properties, examples)
        )
        if not (classes or properties or examples):
            raise NotFound("term", arguments.about or "", near_terms(reading, wanted))
    data = {
        "prefixes": dict(PREFIXES),
        "graphs": list(reading.lookup.reader.engine.graph_names()),
        "classes": classes,
        "properties": properties,
        "examples": examples,
        "revision": reading.revision,
    }
    return Result(data, joined(_lines(data, language, wanted)))


def vocabulary(reading: Reading) -> list[str]:
    """Return the IRIs of all terms that the graph declares or is said to use."""
    kinds = ", ".join((*_CLASSES, *_PROPERTIES))
    rows = reading.lookup.reader.select(
        f"""SELECT DISTINCT ?t WHERE {{
            {{ ?t a ?kind FILTER(?kind IN ({kinds})) }} UNION {{ ?partition void:property|void:class ?t }} }}"""
    )
    return sorted(row["t"].value for row in rows if row["t"].kind == "iri")


def term_names(reading: Reading) -> dict[str, str]:
    """Return the short names of all terms by their names alone, folded; of two with the same, ours is meant."""
    known = dict.fromkeys(reading.iris.short(term) for term in vocabulary(reading))
    shorts = sorted((short for short in known if ":" in short), key=lambda short: short.startswith("pkg:"))
    return {short.partition(":")[2].casefold(): short for short in shorts}


def near_terms(reading: Reading, wanted: str, names: Mapping[str, str] | None = None) -> list[str]:
    """Return the short names of the terms whose names look like an IRI or the name of one, the nearest first.

    `names` are those of `term_names`, for who looks for several.
    """
    by_name = term_names(reading) if names is None else names
    local = reading.iris.short(wanted).rpartition(":")[2].casefold()
    local = local.rsplit("/", 1)[-1].rsplit("#", 1)[-1][:LONGEST_NAME]
    near = difflib.get_close_matches(local, by_name, n=3, cutoff=0.8) or difflib.get_close_matches(local, by_name, n=1)
    return [by_name[name] for name in near]


def _terms(reading: Reading, graph: str, kinds: Sequence[str]) -> list[dict[str, Any]]:
    rows = reading.lookup.reader.select(
        f"""SELECT DISTINCT ?t ?definition WHERE {{ GRAPH <{graph}> {{ ?t a ?kind FILTER(?kind IN ({", ".join(kinds)}))
            OPTIONAL {{ ?t skos:definition ?definition }} }} }} ORDER BY ?t"""
    )
    definitions: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["t"].kind == "iri":
            known = definitions.setdefault(row["t"].value, {})
            if "definition" in row:
                known[row["definition"].language or "en"] = row["definition"].value
    names = reading.lookup.reader.names(definitions)
    return [
        {
            "term": reading.iris.short(iri),
            "iri": iri,
            "label": dict(names.get(iri, {})),
            "definition": definition,
        }
        for iri, definition in definitions.items()
    ]


def _add_ends(reading: Reading, properties: Sequence[dict[str, Any]]) -> None:
    """Add to each property the classes that it leads from and to."""
    rows = reading.lookup.reader.select(
        """SELECT DISTINCT ?p ?end ?class WHERE {
            { ?p rdfs:domain|schema:domainIncludes ?class BIND("from" AS ?end) }
            UNION { ?p rdfs:range|schema:rangeIncludes ?class BIND("to" AS ?end) } } ORDER BY ?p ?end ?class"""
    )
    ends: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["class"].kind == "iri":
            ends.setdefault((row["p"].value, row["end"].value), []).append(reading.iris.short(row["class"].value))
    for item in properties:
        for end in ("from", "to"):
            item[end] = ends.get((item["iri"], end), [])


def _examples(reading: Reading) -> list[dict[str, Any]]:
    rows = reading.lookup.reader.select(
        """SELECT ?example ?question ?query WHERE { ?example a sh:SPARQLExecutable ; rdfs:comment ?question ;
            sh:select|sh:ask|sh:construct|sh:describe ?query } ORDER BY ?example ?question"""
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = row["example"].value.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        item = found.setdefault(row["example"].value, {"name": name, "question": {}, "query": row["query"].value})
        item["question"][row["question"].language or "en"] = row["question"].value
    return list(found.values())


def _words(item: Mapping[str, Any]) -> str:
    texts: list[Labels] = [item.get(key, {}) for key in ("label", "definition", "question")]
    return " ".join(
        [item.get("term", ""), item.get("query", ""), *(value for text in texts for value in text.values())]
    ).casefold()


def _lines(data: Mapping[str, Any], language: Language, wanted: str) -> Iterable[str]:
    yield say(language, "Prefixes (need not be declared): ", "前缀（无需声明）：") + " ".join(
        f"{prefix}: <{namespace}>" for prefix, namespace in data["prefixes"].items()
    )
    for key, title in (
        ("classes", say(language, "Classes", "类")),
        ("properties", say(language, "Properties", "属性")),
    ):
        yield f"{title} ({len(data[key])}):"
        for item in data[key]:
            ends = f" ({'|'.join(item['from'])} → {'|'.join(item['to'])})" if item.get("from") or item.get("to") else ""
            definition = shown(item["definition"], language)
            yield f"- {item['term']}{ends} {shown(item['label'], language)}{f': {definition}' if definition else ''}"
    yield f"{say(language, 'Example queries', '示例查询')} ({len(data['examples'])}):"
    written = len(data["examples"]) if wanted else _EXAMPLES_WITH_QUERY
    for number, item in enumerate(data["examples"]):
        yield f"- {item['name']}: {shown(item['question'], language)}"
        if number < written:
            yield "\n".join(f"    {line}" for line in item["query"].splitlines() if not line.startswith("PREFIX"))
    if len(data["examples"]) > written:
        yield say(
            language,
            "The structured result has the text of each; `about` narrows it.",
            "结构化结果含全部查询文本；用 `about` 缩小范围。",
        )
