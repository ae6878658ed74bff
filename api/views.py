"""From a thing to what its page shows, in one language: a target's figure, facts and relations with their clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from api.words import COMPARATOR_SIGNS, MEASURE_KIND_WORDS, Language, key_words
from kg.lookup import Thing, Touch
from kg.lookup.following import FOLLOWING

_ENDS: Final = {"touches": Touch.MEMBER} | {
    key: make.MEMBER for keys in FOLLOWING.values() for key, (_, make) in keys.items()
}
"""What follows by rules: its keys, and what the thing at the other end is called there."""
_IDENTITY: Final = {
    "id",
    "iri",
    "type",
    "label",
    "aliases",
    "description",
    "evidence",
    "states",
    "omitted",
    *_ENDS,
}
_LABELS: Final = {"pref_label", "title"}
_IN_FIGURE: Final = {"quantitative", "comparator", "value", "unit", "unit_label", "classes"}
_NORMALIZED: Final = {"value_normalized", "unit_normalized", "unit_normalized_label"}
_DEADLINE: Final = {"deadline", "deadline_year", "deadline_evidence"}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with its name and the clauses that state it; `url` where it is a web address, `key` as JSON has it."""

    name: str
    text: str
    evidence: Sequence[Json] = ()
    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """The things at the other ends of a relation, the first ones where some are left out; `key` as JSON has it."""

    name: str
    others: Sequence[Json]
    key: str
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class Following:
    """What follows of a thing by rules: a name for all of it, and each conclusion with the thing at its end."""

    name: str
    conclusions: Sequence[tuple[Json, Json]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A target in words: what is to be the case, and by which year; each is empty where it is not said."""

    words: str
    year: str


@dataclass(frozen=True, slots=True)
class View:
    """What the page of a thing shows."""

    thing: Thing
    title: str
    subtitle: str
    aliases: str
    description: str
    figure: str
    outcome: Outcome | None
    facts: Sequence[Fact]
    relations: Sequence[Relation]
    follows: Sequence[Following]
    states: Sequence[Json]
    evidence: Sequence[Json]


def text_in(labels: Mapping[str, str] | None, language: Language) -> str:
    """Return a text in a language, or in the other where it has only that."""
    if not labels:
        return ""
    return labels.get(language) or next(iter(labels.values()))


def view_of(thing: Thing, language: Language) -> View:
    """Return the view of a thing."""
    json = thing.to_json()
    title = text_in(thing.label, language)
    others = [text for name, text in thing.label.items() if name != language and text != title]
    aliases = [alias for names in thing.aliases.values() for alias in names]
    return View(
        thing=thing,
        title=title or thing.id,
        subtitle=" · ".join(others),
        aliases="、".join(aliases) if language == "zh" else ", ".join(aliases),
        description=text_in(thing.description, language),
        figure=figure_of(json, language) if thing.type == "target" else "",
        outcome=outcome_of(json) if thing.type == "target" else None,
        facts=list(_facts(json, language)),
        relations=list(_relations(json, language)),
        follows=list(_follows(json, language)),
        states=json.get("states") or (),
        evidence=json["evidence"],
    )


def figure_of(target: Json, language: Language) -> str:
    """Return a target in figures, such as `> 60 EFLOPS · 2027`; empty where it has no number.

    English has no 亿 and no 万, so there the normalised number is shown where the unit as stated has such a factor.

    >>> label = {"zh": "亿元人民币", "en": "100 million CNY"}
    >>> target = {"comparator": "gt", "value": 4400, "unit": "亿元", "unit_label": label, "value_normalized": 4.4e11}
    >>> figure_of({**target, "deadline_year": 2027}, "en"), figure_of({**target, "deadline_year": 2027}, "zh")
    ('> 440 billion CNY · 2027', '> 4,400亿元 · 2027年')
    """
    if target.get("value") is None:
        return ""
    amount = _amount_en(target) if language == "en" else _amount_zh(target)
    figure = f"{COMPARATOR_SIGNS.get(target['comparator'] or '', '')} {amount}".strip()
    if not target.get("deadline_year"):
        return figure
    return f"{figure} · {target['deadline_year']}{'年' if language == 'zh' else ''}"


def outcome_of(target: Json) -> Outcome | None:
    """Return a target without a number as its source words it; None of one with a number, and of what says neither.

    >>> outcome_of({"wording": "智能终端产品供给丰富", "deadline_year": 2027})
    Outcome(words='智能终端产品供给丰富', year='2027')
    """
    words, year = str(target.get("wording") or ""), str(target.get("deadline_year") or "")
    return Outcome(words, year) if target.get("value") is None and (words or year) else None


_FACTOR = re.compile(r"^(?:[\d,]+ million|[\d,]+|trillion) ")


def _amount_zh(target: Json) -> str:
    symbol = target["unit"] or ""
    return f"{number(target['value'])}{' ' if symbol.isascii() and symbol != '%' else ''}{symbol}"


def _amount_en(target: Json) -> str:
    symbol = target["unit"] or ""
    if symbol.isascii():
        return _amount_zh(target)
    noun = text_in(target["unit_label"], "en") or symbol
    if _FACTOR.match(noun):
        return f"{in_words(target['value_normalized'])} {_FACTOR.sub('', noun)}"
    return f"{number(target['value'])}{' × the baseline' if noun == 'multiple of the baseline' else f' {noun}'}"


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def in_words(value: float) -> str:
    """Return a large number as English has it.

    >>> in_words(4.4e11), in_words(3.5e6), in_words(1500)
    ('440 billion', '3.5 million', '1,500')
    """
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{number(round(value / size, 3))} {name}"
    return number(value)


def number(value: float) -> str:
    """Return a number as people write it, without places that say nothing.

    >>> number(4400.0), number(6e19), number(0.5)
    ('4,400', '6 × 10¹⁹', '0.5')
    """
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    mantissa, _, exponent = f"{value:g}".partition("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_RAISED)}" if exponent else mantissa


def _facts(json: Json, language: Language) -> Iterator[Fact]:
    for key, value in json.items():
        if key in _IDENTITY | _LABELS | _IN_FIGURE | _NORMALIZED | _DEADLINE or value in (None, "", [], {}):
            continue
        name = key_words(key, language)
        for item in value if isinstance(value, list) else [value]:
            if not (isinstance(item, Mapping) and "iri" in item):
                fact = _fact(name, key, item, language)
                # The words of a target are what its clauses say.
                evidence = json["evidence"] if key == "wording" else fact.evidence
                yield replace(fact, key=key, evidence=evidence)
    if json.get("value_normalized") is not None:
        unit = json["unit_normalized"]
        is_symbol = unit.isascii() and not (language == "zh" and unit.islower())  # `count` is a word
        shown = unit if is_symbol else text_in(json["unit_normalized_label"], language)
        text = f"{number(json['value_normalized'])} {shown}"
        yield Fact(key_words("value_normalized", language), text, json["evidence"], key="value_normalized")
    if json.get("deadline"):
        text = f"{json['deadline_year']} ({json['deadline']})"
        yield Fact(key_words("deadline", language), text, json["deadline_evidence"], key="deadline")


def _fact(name: str, key: str, item: Any, language: Language) -> Fact:
    if isinstance(item, Mapping) and "value" in item:
        value = item["value"]
        return Fact(name, text_in(value, language) if isinstance(value, Mapping) else str(value), item["evidence"])
    if isinstance(item, Mapping):
        return Fact(name, " ".join(str(part) for part in item.values()))
    text = str(item)
    if key == "kind" and text in MEASURE_KIND_WORDS:
        text = MEASURE_KIND_WORDS[text].in_(language)
    return Fact(name, text, url=text if text.startswith(("http://", "https://")) else "")


def _follows(json: Json, language: Language) -> Iterator[Following]:
    for key, end in _ENDS.items():
        if json.get(key):
            yield Following(key_words(key, language), [(found[end], found) for found in json[key]])


def _relations(json: Json, language: Language) -> Iterator[Relation]:
    for key, value in json.items():
        if key in _IDENTITY:
            continue
        items = value if isinstance(value, list) else [value]
        others = [item for item in items if isinstance(item, Mapping) and "iri" in item and "label" in item]
        if others:
            yield Relation(key_words(key, language), others, key, json.get("omitted", {}).get(key, 0))
