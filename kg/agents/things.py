"""The tools about things: search, describe, measures touching a sector, targets, two things side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kg.agents.arguments import (
    CompareArguments,
    DescribeArguments,
    Language,
    SearchArguments,
    TargetsArguments,
    TouchingArguments,
)
from kg.agents.reading import Reading, cut
from kg.agents.texts import cited, counted, figure, joined, named, say, shown, way
from kg.errors import NotFound
from kg.kinds import RELATIONS
from kg.lookup import Page, Thing

_IDENTITY: Final = ("id", "iri", "type", "label")
_OF_TARGET: Final = (
    "quantitative",
    "comparator",
    "value",
    "unit",
    "value_normalized",
    "unit_normalized",
    "deadline",
    "deadline_year",
    "deadline_evidence",
    "wording",
    "policy",
    "indicator",
    "measure",
    "measures",
    "scope",
)
_FOLLOWING: Final = {
    "touches": ("sector", "Touches", "涉及"),
    "due_by": ("deadline", "Due by", "期限为"),
    "located_within": ("place", "Within", "在其内"),
}
"""What follows by rules: its key, what the other end is called there, and the words for it."""
_APART: Final = {
    *_IDENTITY,
    *_FOLLOWING,
    "aliases",
    "description",
    "evidence",
    "measure",
    "deadline_evidence",
    "omitted",
}
_CLAUSES: Final = 3
_LINKS: Final = 100
"""How many links of each key a description has."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gives: data that its output schema describes, and the same for a reader."""

    data: dict[str, Any]
    text: str


def search(reading: Reading, arguments: SearchArguments) -> Result:
    """Return the things that a text names, ranked, each with what matched and where the thing is named."""
    language = arguments.language
    matches = reading.search.search(arguments.query, kinds=arguments.kinds or (), limit=arguments.limit)
    evidence = reading.named([match.reference.iri for match in matches])
    items = [
        {
            **match.reference.to_json(),
            "display": shown(match.reference.label, language),
            "score": round(match.score, 4),
            "matched": {
                "text": match.matched.text,
                "language": match.matched.language,
                "how": match.matched.how,
            },
            **cut(evidence.get(match.reference.iri, ()), _CLAUSES),
        }
        for match in matches
    ]
    lines = [
        say(
            language,
            f"{len(items)} found for “{arguments.query}”.",
            f"“{arguments.query}”：找到 {len(items)} 项。",
        )
    ]
    for number, item in enumerate(items, 1):
        matched = f"{item['matched']['how']}: {item['matched']['text']}"
        lines.append(f"{number}. {named(item, language)} · {item['score']:.2f} · {matched}")
        lines += cited(item, language)
    return Result({"items": items, "revision": reading.revision}, joined(lines))


def describe(reading: Reading, arguments: DescribeArguments) -> Result:
    """Return a thing with its values and relations, each with the clauses that state it.

    Raises:
        NotFound, BadParameter: as `Reading.find`.
    """
    language = arguments.language
    thing = reading.find("thing", arguments.thing, arguments.kind, most=_LINKS)
    data = {**thing.to_json(), "display": shown(thing.label, language), "revision": reading.revision}
    names = key_names(reading, thing.type)
    lines = [named(data, language)]
    others = [name for names_ in thing.aliases.values() for name in names_]
    if others:
        lines.append(f"{say(language, 'Also called', '别名')}: {', '.join(others)}")
    if thing.description:
        lines.append(shown(thing.description, language))
    if thing.type == "target":
        lines.append(figure(data, language))
    lines += cited(data, language)
    for key, value in data.items():
        if key not in _APART | {"display", "revision"} and value not in (None, [], {}):
            name = shown(names.get(key), language) or key
            lines += _entry(name, value, language)
            if left := thing.omitted.get(key):
                lines.append(
                    say(
                        language, f"{name}: {left} more; `query` has them", f"{name}：另有 {left} 项，可用 `query` 查得"
                    )
                )
    for key, (end, en, zh) in _FOLLOWING.items():
        for conclusion in data.get(key) or ():
            lines.append(f"{say(language, en, zh)} {named(conclusion[end], language)}")
            lines += way(conclusion, language)
    return Result(data, joined(lines))


def key_names(reading: Reading, kind: str) -> dict[str, Mapping[str, str]]:
    """Return what the relations of a kind are called in the graph, by their keys in JSON."""
    of_kind = {relation.key: relation.property_iri for relation in RELATIONS if relation.subject == kind}
    names = reading.lookup.reader.names(of_kind.values())
    return {key: names.get(iri, {}) for key, iri in of_kind.items()}


def _entry(name: str, value: Any, language: Language) -> Iterable[str]:
    """Return the lines of one key of a thing."""
    items = value if isinstance(value, list) else [value]
    for item in items:
        if isinstance(item, Mapping) and "iri" in item and "label" in item:
            yield f"{name}: {named(item, language)}"
            yield from cited(item, language)
        elif isinstance(item, Mapping) and "value" in item and "evidence" in item:
            text = item["value"]
            yield f"{name}: {shown(text, language) if isinstance(text, Mapping) else text}"
            yield from cited(item, language)
        elif isinstance(item, Mapping):
            yield f"{name}: {shown(item, language) if set(item) <= {'zh', 'en'} else ' '.join(map(str, item.values()))}"
        else:
            yield f"{name}: {item}"


def measures_touching(reading: Reading, arguments: TouchingArguments) -> Result:
    """Return the measures that touch a sector, each with every way by which it does, step by step.

    Raises:
        NotFound: there is no such sector, policy or theme.
        BadParameter: the cursor is none.
    """
    language = arguments.language
    sector = reading.find("sector", arguments.sector, "sector", most=1)
    given = {"policy": arguments.policy, "theme": arguments.theme}
    filters = {"touches": sector.iri, **_resolved(reading, given)}
    page = reading.lookup.things(
        "measure", filters, limit=arguments.limit, cursor=arguments.cursor, transitive=arguments.transitive
    )
    items = [_brief(thing, language, ("kind", "policy", "touches")) for thing in page.items]
    name = shown(sector.label, language)
    left = counted(len(items), page.total, language)
    lines = [say(language, f"{page.total} measures touch {name}{left}.", f"{page.total} 项措施涉及{name}{left}。")]
    for number, item in enumerate(items, 1):
        lines.append(f"{number}. {named(item, language)}")
        for touch in item["touches"]:
            direct = say(language, "directly", "直接") if touch["direct"] else say(language, "by way of", "经由")
            lines.append(f"   {direct}: {named(touch['sector'], language)}")
            lines += way(touch, language)
    reference = {key: sector.to_json()[key] for key in _IDENTITY}
    return Result({"sector": reference, **_listed(reading, page, items)}, joined(lines))


def targets(reading: Reading, arguments: TargetsArguments) -> Result:
    """Return the targets that pass the filters, with number, unit, deadline, and the clauses that state them.

    Raises:
        NotFound: a filter names what there is not.
        BadParameter: the cursor is none.
    """
    language = arguments.language
    given = arguments.filters()
    plain = {name: given[name] for name in ("deadline", "comparator", "quantitative", "q") if name in given}
    filters = plain | _resolved(reading, {name: value for name, value in given.items() if name not in plain})
    page = reading.lookup.things("target", filters, limit=arguments.limit, cursor=arguments.cursor)
    items = [_brief(thing, language, _OF_TARGET) for thing in page.items]
    left = counted(len(items), page.total, language)
    lines = [say(language, f"{page.total} targets{left}.", f"{page.total} 个目标{left}。")]
    for number, item in enumerate(items, 1):
        lines.append(f"{number}. {named(item, language)}: {figure(item, language)}")
        lines += cited(item, language)
    return Result(_listed(reading, page, items), joined(lines))


def compare(reading: Reading, arguments: CompareArguments) -> Result:
    """Return two things side by side: for each key what both have, and what only one of them has.

    Raises:
        NotFound, BadParameter: as `Reading.find`.
    """
    language = arguments.language
    left = reading.find("left", arguments.left, arguments.kind)
    right = reading.find("right", arguments.right, arguments.kind)
    sides = [_facts(left), _facts(right)]
    names = {**key_names(reading, left.type), **key_names(reading, right.type)}
    rows = []
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        here, there = sides[0].get(key, {}), sides[1].get(key, {})
        label = {"zh": key, "en": key, **names.get(key, {})}
        rows.append(
            {
                "key": key,
                "label": label,
                "both": [{"left": here[name], "right": there[name]} for name in here if name in there],
                "only_left": [item for name, item in here.items() if name not in there],
                "only_right": [item for name, item in there.items() if name not in here],
            }
        )
    data = {
        side: {**{key: thing.to_json()[key] for key in _IDENTITY}, "display": shown(thing.label, language)}
        for side, thing in (("left", left), ("right", right))
    }
    return Result({**data, "rows": rows, "revision": reading.revision}, joined(_compared(data, rows, language)))


def _compared(data: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], language: Language) -> Iterable[str]:
    yield f"{named(data['left'], language)} | {named(data['right'], language)}"
    words = (
        ("only_left", shown(data["left"]["label"], language)),
        ("only_right", shown(data["right"]["label"], language)),
    )
    for row in rows:
        yield f"{shown(row['label'], language)}:"
        for pair in row["both"]:
            yield f" = {_value(pair['left'], language)}"
            yield from cited(pair["left"], language)
            yield from cited(pair["right"], language)
        for key, name in words:
            for item in row[key]:
                yield f" {say(language, 'only', '仅')} {name}: {_value(item, language)}"
                yield from cited(item, language)


def _value(item: Mapping[str, Any], language: Language) -> str:
    value = item["value"]
    if isinstance(value, Mapping):
        return named(value, language) if "iri" in value else shown(value, language)
    return str(value)


def _facts(thing: Thing) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the facts of a thing: key → what tells two values apart → value and evidence."""
    json = thing.to_json()
    found: dict[str, dict[str, dict[str, Any]]] = {"type": {thing.type: {"value": thing.type, "evidence": []}}}
    for key, value in json.items():
        if key in _APART or value in (None, "", [], {}):
            continue
        entries = [_fact(item, json["evidence"]) for item in (value if isinstance(value, list) else [value])]
        found[key] = dict(entries)
    for name, (end, _, _) in _FOLLOWING.items():
        for conclusion in json.get(name) or ():
            reference = {key: conclusion[end][key] for key in _IDENTITY}
            known = found.setdefault(name, {})
            fact = known.setdefault(reference["iri"], {"value": reference, "evidence": []})
            have = {citation["iri"] for citation in fact["evidence"]}
            fact["evidence"] += [citation for citation in conclusion["evidence"] if citation["iri"] not in have]
    return found


def _fact(item: Any, evidence: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Return one value with what states it: a number of a target is stated by what states the target."""
    if isinstance(item, Mapping) and "iri" in item:
        return item["iri"], {"value": {key: item[key] for key in _IDENTITY}, "evidence": item["evidence"]}
    if isinstance(item, Mapping) and "value" in item:
        return str(item["value"]), {"value": item["value"], "evidence": item["evidence"]}
    if isinstance(item, Mapping) and not set(item) <= {"zh", "en"}:
        item = " ".join(map(str, item.values()))
    return str(item), {"value": item, "evidence": list(evidence)}


def _brief(thing: Thing, language: Language, keys: Iterable[str]) -> dict[str, Any]:
    json = thing.to_json()
    found = {key: json[key] for key in (*_IDENTITY, *keys) if key in json}
    return {**found, "display": shown(thing.label, language), "evidence": json["evidence"]}


def _listed(reading: Reading, page: Page, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a part of a list as JSON; `omitted` are those of the whole list that this part has not."""
    return {
        "items": list(items),
        "total": page.total,
        "omitted": page.total - len(items),
        "next": page.next,
        "revision": reading.revision,
    }


def _resolved(reading: Reading, given: Mapping[str, str | None]) -> dict[str, str]:
    """Return filters by other things with the IRIs of those.

    Raises:
        NotFound: there is no such thing; `nearest` is what is near to it by name.
        BadParameter: the name has several.
    """
    found = {}
    for kind, value in given.items():
        if value is None:
            continue
        try:
            found[kind] = reading.lookup.resolve(kind, value, kind)
        except NotFound:
            raise NotFound(kind, value, reading.near(value, [kind])) from None
    return found
