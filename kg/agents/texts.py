"""How results read: one line a thing, each fact followed by its quotation and where that stands, in zh or en."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kg.agents.arguments import Language

_SIGNS: Final = {"gt": ">", "ge": "≥", "eq": "=", "le": "≤", "lt": "<", "approx": "≈"}
_LISTED: Final = 3
"""How many citations of one thing are written out in the text; all are in the structured result."""

Json = Mapping[str, Any]


def say(language: Language, en: str, zh: str) -> str:
    """Return the words of a language.

    >>> say("zh", "none", "没有")
    '没有'
    """
    return zh if language == "zh" else en


def shown(labels: Mapping[str, str] | None, language: Language) -> str:
    """Return a label in a language, or in the other where it has only that."""
    return (labels.get(language) or next(iter(labels.values()), "")) if labels else ""


def quoted(citation: Json, language: Language) -> str:
    """Return a citation as a sentence ends with it.

    >>> quoted({"quote": "算力", "source": "s", "line": 2, "start": 5, "end": 7, "url": "https://example.org/"}, "en")
    '“算力” (s, line 2, characters 5–7, https://example.org/)'
    """
    where = say(
        language,
        f"{citation['source']}, line {citation['line']}, characters {citation['start']}–{citation['end']}",
        f"{citation['source']}，第 {citation['line']} 行，第 {citation['start']}–{citation['end']} 字",
    )
    comma = say(language, ", ", "，")
    text = f"{where}{comma}{citation['url']}" if citation.get("url") else where
    return say(language, f"“{citation['quote']}” ({text})", f"“{citation['quote']}”（{text}）")


def cited(item: Json, language: Language, indent: str = "   ") -> list[str]:
    """Return the lines of an item's citations; what is not written out is counted."""
    evidence: Sequence[Json] = item.get("evidence") or ()
    lines = [f"{indent}{quoted(citation, language)}" for citation in evidence[:_LISTED]]
    left = len(evidence) - len(lines) + int(item.get("evidence_omitted", 0))
    if left > 0:
        lines.append(f"{indent}{say(language, f'and {left} more clauses', f'另有 {left} 处原文')}")
    return lines


def named(reference: Json, language: Language) -> str:
    """Return a thing by its name and its id."""
    label = shown(reference["label"], language)
    return f"{label} [{reference['type']}/{reference['id']}]"


def way(touch: Json, language: Language) -> list[str]:
    """Return the lines of a way by which something follows: one a step, each with its clauses."""
    lines = []
    for step in touch["via"]:
        ends = [shown(step[end]["label"], language) for end in ("subject", "object")]
        lines.append(f"   - {ends[0]} → {step['predicate']} → {ends[1]}")
        lines += cited(step, language, "     ")
    return lines


def figure(target: Json, language: Language) -> str:
    """Return a target's number with its sign, unit and year, or its outcome in words."""
    year = f" · {target['deadline_year']}" if target.get("deadline_year") else ""
    if target.get("value") is None:
        return f"{target.get('wording') or shown(target['label'], language)}{year}"
    value = f"{target['value']:,g}" if abs(target["value"]) < 1e15 else f"{target['value']:g}"
    unit = target["unit"] or ""
    text = f"{_SIGNS.get(target['comparator'] or '', '')} {value} {unit}".strip()
    if target.get("value_normalized") is not None and target["unit_normalized"] != unit:
        text += f" (= {target['value_normalized']:g} {target['unit_normalized']})"
    return text + year


def counted(shown_count: int, total: int, language: Language) -> str:
    """Return that so many of all are shown, where some are left out."""
    if shown_count >= total:
        return ""
    left = total - shown_count
    return say(language, f" ({left} omitted; go on with `cursor`)", f"（省略 {left} 条；用 `cursor` 继续）")


def joined(lines: Iterable[str]) -> str:
    """Return lines as one text, without those that are empty at its ends."""
    return "\n".join(lines).strip("\n")
