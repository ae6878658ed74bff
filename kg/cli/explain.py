"""`kg explain`: why the graph says something, as a tree down to the clauses, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from kg.agents.arguments import Language
from kg.agents.texts import cited, named, say, shown
from kg.cli.console import to_json
from kg.engine import Engine
from kg.iris import Iris
from kg.lookup import Lookup

Json = Mapping[str, Any]

_STANDS: Final = {
    "vocabulary": ("our own vocabulary has it", "本图词表所定"),
    "unstated": ("the graph has it, and no source states it", "图中有此事实，但无来源陈述"),
}


def explain_triple(
    subject: str,
    predicate: str,
    value: str,
    language: Language,
    engine: Engine,
    iris: Iris,
    revision: str,
    *,
    as_json: bool,
) -> None:
    """Print why the graph says a triple.

    Raises:
        NotFound: nothing has a name, or the graph does not say it.
        BadParameter: there is no such property, or a name has several things of which the graph says it.
    """
    found = Lookup(engine, iris).explain(subject, predicate, value).to_json()
    if as_json:
        click.echo(to_json({**found, "revision": revision}))
    else:
        for line in _lines(found, language, ""):
            click.echo(line)


def _named(reference: Json, language: Language) -> str:
    """Return a thing by its name and id, and a class by its name alone."""
    return shown(reference["label"], language) if reference["type"] == "resource" else named(reference, language)


def _lines(triple: Json, language: Language, indent: str) -> Iterator[str]:
    """Yield a triple, what states it, and each way in which it follows, one step further in."""
    relation = shown(triple["predicate_label"], language) or triple["predicate"]
    value = triple["object"]
    end = value if isinstance(value, str) else _named(value, language)
    yield f"{indent}{named(triple['subject'], language)} — {relation} → {end}"
    yield from cited(triple, language, f"{indent}  ")
    if triple["stands"] in _STANDS:
        en, zh = _STANDS[triple["stands"]]
        yield f"{indent}  {say(language, f'({en})', f'（{zh}）')}"
    for number, reason in enumerate(triple["reasons"], 1):
        several = len(triple["reasons"]) > 1
        why = say(language, "because", "因为") if not several else say(language, f"reason {number}", f"理由 {number}")
        colon = say(language, ": ", "：")
        yield f"{indent}  {why}{colon}{shown(reason['rule']['label'], language)} [rule/{reason['rule']['id']}]"
        for premise in reason["premises"]:
            yield from _lines(premise, language, f"{indent}    ")
    if triple.get("reasons_omitted"):
        en, zh = "(it has more reasons: ask for it by itself)", "（另有理由，可单独查询）"
        yield f"{indent}  {say(language, en, zh)}"
