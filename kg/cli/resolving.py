"""`kg resolve` and `kg search`: names and questions on the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import click

from kg.agents.arguments import Language, language_in
from kg.agents.texts import cited, figure, named, say, shown, way
from kg.cli.console import to_json
from kg.engine import Engine
from kg.errors import BadParameter
from kg.folding import is_blank
from kg.iris import Iris
from kg.lookup import Lookup
from kg.questions import Questions
from kg.resolve import Resolver
from kg.resolve.answers import MOST_ROWS
from kg.search import SearchIndex
from kg.search.texts import MAX_TEXT

Json = Mapping[str, Any]
_COUNTED: Final = {
    "declared": ("{} measures declared", "宣布 {} 条措施"),
    "titled": ("{} named in the source", "原文点名 {} 条"),
    "provisions": ("{} provisions", "具体举措 {} 项"),
}
"""What the numbers of coverage count, in English and Chinese."""


def resolve_text(
    text: str, language: str | None, engine: Engine, iris: Iris, questions: Questions, revision: str, *, as_json: bool
) -> bool:
    """Print what a text means; False where it is not answered.

    Raises:
        BadParameter: the text is empty or too long.
    """
    resolver = Resolver(Lookup(engine, iris), SearchIndex.of(engine, iris), questions, revision)
    found = resolver.resolve(text, language, MOST_ROWS).to_json()
    if as_json:
        click.echo(to_json(found))
    else:
        shown_in: Language = "zh" if (language or found["language"]) == "zh" else "en"
        for line in _lines(found, shown_in):
            click.echo(line)
    return found["answer"] is not None


def search_text(
    text: str, kinds: Sequence[str], limit: int, engine: Engine, iris: Iris, revision: str, *, as_json: bool
) -> None:
    """Print the things that a text may name, the likeliest first.

    Raises:
        BadParameter: the text is blank or too long.
    """
    if is_blank(text) or len(text) > MAX_TEXT:
        shown_text = text if len(text) <= MAX_TEXT else f"{text[:20]}…"
        hint = f"must have 1 to {MAX_TEXT} characters, not only blanks"
        raise BadParameter("text", shown_text, hint, f"应为 1 至 {MAX_TEXT} 个字符，且不能只有空白")
    found = SearchIndex.of(engine, iris).search(text, kinds=kinds, limit=limit)
    if as_json:
        items = [match.to_json() for match in found]
        click.echo(to_json({"items": items, "total": len(items), "revision": revision}))
        return
    if not found:
        words = "No name is like this text.", "没有与之相近的名称。"
        click.echo(say(language_in([text]), *words), err=True)
    for match in found:
        label = match.reference.label
        both = " · ".join(dict.fromkeys(label[language] for language in ("zh", "en") if language in label))
        matched = f"{match.matched.how}: {match.matched.text}"
        click.echo(f"{match.score:.2f}  {match.reference.type}/{match.reference.id}  {both}  ({matched})")


def _lines(found: Json, language: Language) -> Iterator[str]:
    """Yield a resolution as it reads: how the text was read, rows and clauses, what else it may mean, the query."""
    interpretation, answer = found["interpretation"], found["answer"]
    if interpretation is not None:
        yield f"{shown(interpretation['words'], language)}  [{_arguments(interpretation)}]"
    for ambiguity in found["ambiguities"]:
        names = ", ".join(named(item["thing"], language) for item in ambiguity["candidates"])
        yield say(language, f"“{ambiguity['text']}” may be {names}.", f"“{ambiguity['text']}”可能指：{names}。")
    if answer is None and not found["ambiguities"]:
        yield say(language, "This was not understood.", "未能理解。")
    if answer is not None:
        yield from _answer(answer, language)
    if found["alternatives"]:
        yield say(language, "May be meant:", "是否想问：") if answer is None else say(language, "See also:", "另见：")
        for alternative in found["alternatives"]:
            yield f"  {shown(alternative['question'], language)}"
    if found["sparql"] is not None:
        yield say(language, "Asked with this SPARQL:", "所用的 SPARQL：")
        yield from (f"  {line}" for line in found["sparql"].strip().splitlines())


def _arguments(interpretation: Json) -> str:
    parts = []
    for name, value in interpretation["arguments"].items():
        parts.append(f"{name}={value['type']}/{value['id']}" if isinstance(value, Mapping) else f"{name}={value}")
    variant = [f"variant={interpretation['variant']}"] if interpretation["variant"] else []
    return " ".join([interpretation["form"], *variant, *parts])


def _answer(answer: Json, language: Language) -> Iterator[str]:
    total = answer["total"]
    if answer["value"] is not None:
        counted = answer["rows"] if not answer["omitted"] else ()
        kinds = Counter(shown(kind["label"], language) for row in counted if (kind := row["values"].get("kind")))
        parts = [f"{name} {count}" for name, count in kinds.most_common()]
        en, zh = (f" ({', '.join(parts)})", f"（{'，'.join(parts)}）") if parts else ("", "")
        yield say(language, f"{answer['value']} in all{en}:", f"共 {answer['value']} 项{zh}：")
    elif not total:
        yield say(language, "The graph states none.", "图中没有相关陈述。")
    else:
        yield say(language, f"{total} result{'s' if total != 1 else ''}:", f"{total} 条结果：")
    if answer["rows"] and "first" in answer["rows"][0]["values"]:
        yield say(language, "(< the first only, > the second only, = both)", "（< 仅前者，> 仅后者，= 两者皆是）")
    for number, row in enumerate(answer["rows"], 1):
        yield f"{number}. {_head(row, language)}"
        for touch in row["touches"]:
            yield f"   {shown(touch['rule']['label'], language)}"
            yield from way(touch, language)
        if not row["touches"]:
            yield from cited(row, language)
            if row["evidence"] and all(each["states"] == "name" for each in row["evidence"]):
                words = "These clauses only name the thing.", "以上原文仅提及该事物，并不陈述该行。"
                yield f"   {say(language, *words)}"
    if answer["omitted"]:
        yield say(language, f"{answer['omitted']} more are left out.", f"另有 {answer['omitted']} 条未列出。")


def _head(row: Json, language: Language) -> str:
    """Return the first line of a row: the thing, and what is shown of it."""
    values = row["values"]
    if "relation" in values and "direction" in values:
        return _fact(row, language)
    parts = [named(row["thing"], language)] if row["thing"] else []
    if "normalized" in values:
        target = {
            "value": values["number"],
            "unit": values["unit"],
            "comparator": (values["comparator"] or {}).get("id"),
            "deadline_year": values["year"],
            "wording": values["wording"],
            "label": row["thing"]["label"],
            "value_normalized": values["normalized"],
            "unit_normalized": values["normalized_unit"],
        }
        return f"{parts[0]}: {figure(target, language)}"
    parts += [_labelled(name, text, language) for name, value in values.items() for text in _texts(value, language)]
    return " · ".join(parts)


def _labelled(name: str, text: str, language: Language) -> str:
    """Return a number with what it counts; other values say by themselves what they are."""
    words = _COUNTED.get(name)
    return say(language, *words).format(text) if words else text


def _fact(row: Json, language: Language) -> str:
    values = row["values"]
    relation = shown(values["relation"]["label"], language) or values["relation"]["iri"]
    value = " ".join(_texts(values["value"], language))
    text = f"{relation}: {value}" if values["direction"] == "of" else f"← {relation}: {value}"
    if "first" in values:
        sides = {(True, True): "=", (True, False): "<", (False, True): ">"}
        return f"{sides[values['first'], values['second']]} {text}"
    return text


def _texts(value: Any, language: Language) -> Iterable[str]:
    """Return a value as texts: a thing by its name, each of a list, a literal as it is."""
    if value is None:
        return []
    if isinstance(value, list):
        return [text for item in value for text in _texts(item, language)]
    if isinstance(value, Mapping):
        return [
            named(value, language)
            if "id" in value
            else shown(value.get("label"), language) or str(value.get("iri", ""))
        ]
    return [str(value)]
