"""Whether facts agree with the clauses that they quote, and with what is known of their source."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Final

from kg.errors import Problem
from kg.facts.draft import Draft, Entry
from kg.facts.models import Policy, Target
from kg.facts.values import Evidence, StatedCount, Value
from kg.numerals import Numeral, comparators, multiples, narrow, numerals, years

_DAY: Final = re.compile(r"(\d{1,2})月(\d{1,2})日")
_YEAR: Final = re.compile(r"(\d{4})年")

UNWRITTEN_UNITS: Final = {"倍", "比率"}
"""Units that a clause may imply: 倍增 is a multiple, a bare 0.5 may be a ratio."""

GROWTH: Final = ("增", "提高", "提升", "上升", "扩大", "翻")


def check_agreement(draft: Draft, units: Collection[str]) -> Iterator[Problem]:
    """Yield what disagrees between the facts of one folder, their clauses and their source."""
    document = draft.facts_document
    first: dict[object, int] = {}
    for entry in draft.entries:
        for path, model in entry.walk():
            if isinstance(model, Evidence) and draft.lines is not None and model.line > draft.lines:
                hint = f"the source has {draft.lines} lines (source.yaml, lines)"
                yield document.problem((*path, "line"), f"there is no line {model.line} in the source", hint)
            elif isinstance(model, StatedCount):
                clauses = [narrow(each.clause) for each in model.evidence]
                if not any(numeral.value == model.count for clause in clauses for numeral in numerals(clause)):
                    yield document.problem((*path, "count"), *_not_there(Decimal(model.count), clauses))
            elif isinstance(model, Value):
                for key, message, hint in check_value(model, units):
                    yield document.problem((*path, key), message, hint)
        if isinstance(entry.model, Policy):
            later = list(_check_policy(draft, entry, entry.model))
            yield from later or _check_date(draft, entry, entry.model)
        if isinstance(entry.model, Target):
            yield from _check_target(draft, entry, entry.model, first)


def _check_policy(draft: Draft, entry: Entry, policy: Policy) -> Iterator[Problem]:
    stated = policy.published
    if stated is not None and draft.published is not None and stated.date > draft.published:
        message = f"the policy was published on {stated.date}, after the source that reports it"
        hint = f"the source was published on {draft.published} (source.yaml, published)"
        yield draft.facts_document.problem((*entry.path, "published", "date"), message, hint)


def _check_date(draft: Draft, entry: Entry, policy: Policy) -> Iterator[Problem]:
    """Hold the day of publication against the day, and the year where there is one, that its clause has."""
    if policy.published is None:
        return
    date = policy.published.date
    clauses = [narrow(each.clause) for each in policy.published.evidence]
    days = {(int(month), int(day)) for clause in clauses for month, day in _DAY.findall(clause)}
    stated = {int(year) for clause in clauses for year in _YEAR.findall(clause)}
    path = (*entry.path, "published", "date")
    if (date.month, date.day) not in days:
        said = " and ".join(f"{month}月{day}日" for month, day in sorted(days))
        hint = f"it has {said}" if said else "quote a clause that has month and day, such as 6月6日"
        yield draft.facts_document.problem(path, f"{date} does not stand in the clause “{clauses[0]}”", hint)
    elif stated and date.year not in stated:
        hint = f"it has {' and '.join(str(year) for year in sorted(stated))}年"
        yield draft.facts_document.problem(path, f"the clause “{clauses[0]}” has another year than {date}", hint)


def _check_target(draft: Draft, entry: Entry, target: Target, first: dict[object, int]) -> Iterator[Problem]:
    document, year = draft.facts_document, target.deadline.year
    path = (*entry.path, "deadline", "year")
    clauses = [each.clause for each in target.deadline.evidence]
    found = sorted({each for clause in clauses for each in years(clause)})
    if year not in found:
        hint = f"it has {' and '.join(str(each) for each in found)}" if found else "quote a clause that has the year"
        yield document.problem(path, f"{year} does not stand in the clause “{clauses[0]}”", hint)
    if draft.published is not None and year < draft.published.year:
        hint = f"the source was published in {draft.published.year} (source.yaml, published)"
        yield document.problem(path, f"the deadline {year} had passed when the source was published", hint)
    what: object = target.value and (target.value.comparator, target.value.number, target.value.unit)
    clause = None if target.value else tuple((each.line, each.start, each.end) for each in target.evidence)
    scope = frozenset(each.to for each in target.scope)
    same = (target.policy, target.indicator, year, scope, what, clause)
    line = document.position(entry.path)[0]
    if same in first:
        message = "states the same as another target: indicator, deadline, scope and value"
        yield document.problem((*entry.path, "id"), message, f"the first is in line {first[same]}; keep one of them")
    first.setdefault(same, line)


def check_value(value: Value, units: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield key, message and hint for what a value of a known unit says otherwise than its clause."""
    if value.unit not in units:
        return
    number = Decimal(repr(value.number))
    clauses = [narrow(each.clause) for each in value.evidence]
    mentions = [(clause, each) for clause in clauses for each in numerals(clause) if each.value == number]
    if not mentions and value.unit == "倍":
        mentions = [(clause, each) for clause in clauses for each in multiples(clause) if each.value == number]
    if not mentions:
        yield "number", *_not_there(number, clauses)
        return
    stated = [_unit_at(clause, each, units) for clause, each in mentions]
    if value.unit in stated:
        mentions = [mention for mention, unit in zip(mentions, stated, strict=True) if unit == value.unit]
    elif value.unit not in UNWRITTEN_UNITS and (any(stated) or not any(value.unit in clause for clause, _ in mentions)):
        said = next((unit for unit in stated if unit), "")
        hint = f"it says {_plain(number)} {said}" if said else "quote a clause that has the unit"
        yield (
            "unit",
            f"{value.unit} does not stand after {_plain(number)} in the clause “{mentions[0][0]}”",
            hint,
        )
        return
    allowed: dict[str, str] = {}
    for clause, each in mentions:
        allowed |= comparators(clause, each, value.unit)
    if value.comparator not in allowed:
        said = " or ".join(
            f"{word}, which is {each}" if word else f"an exact figure, which is {each}"
            for each, word in allowed.items()
        )
        yield (
            "comparator",
            f"{value.comparator} is not what the clause “{mentions[0][0]}” says",
            f"it says {said}",
        )
    if value.unit == "%" and number > 100 and not any(word in clause for clause, _ in mentions for word in GROWTH):
        yield "number", f"{_plain(number)} % is more than the whole", "only growth can be more than 100 %"


def _unit_at(clause: str, numeral: Numeral, units: Collection[str]) -> str:
    """Return the longest known unit that stands at a number, or nothing."""
    if clause[: numeral.start].endswith("百分之"):
        return "%"
    after = clause[numeral.end :].lstrip()
    candidates = (after, after[1:].lstrip()) if after[:1] in {"多", "余"} else (after,)
    fitting = [unit for unit in units if any(each.startswith(unit) for each in candidates)]
    return max(fitting, key=len, default="")


def _not_there(number: Decimal, clauses: list[str]) -> tuple[str, str]:
    plain = (each for clause in clauses for each in numerals(clause) if clause[each.end - 1] not in "万亿")
    found = list(dict.fromkeys(_plain(each.value) for each in plain))
    hint = f"it has {' and '.join(found)}" if found else "it has no number; quote the clause that states it"
    return f"{_plain(number)} does not stand in the clause “{clauses[0]}”", hint


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
