"""The values of properties of things: what a client adds to its table as columns."""

from __future__ import annotations

from typing import Any, Final

from api.reconcile.allowance import Allowance
from api.reconcile.data import Data
from api.reconcile.matching import type_json
from api.reconcile.properties import Property, Value, properties_of, property_named
from api.reconcile.queries import ExtendQuery, PropertyQuery
from api.words import Language, Words
from kg.errors import BadParameter

_LIMIT: Final = Words("How many values at most (0: all)", "最多取几个值（0 表示全部）")
_LIMIT_HELP: Final = Words("Of several values, the first ones are taken.", "有多个值时，取前若干个。")
_LANGUAGE: Final = Words("Language of names and texts", "名称与文字的语言")
_LANGUAGE_HELP: Final = Words(
    "Where a text has no such language, the one it has is given.", "没有该语言的文字时，给出已有的语言。"
)
_AS_ASKED: Final = Words("as the service is asked", "与服务相同")


def settings_json(language: Language) -> list[dict[str, Any]]:
    """Return the settings that a property may have, for the manifest."""
    return [
        {
            "name": "limit",
            "label": _LIMIT.in_(language),
            "type": "number",
            "default": 0,
            "help_text": _LIMIT_HELP.in_(language),
        },
        {
            "name": "language",
            "label": _LANGUAGE.in_(language),
            "type": "select",
            "default": "",
            "help_text": _LANGUAGE_HELP.in_(language),
            "choices": [
                {"value": "", "name": _AS_ASKED.in_(language)},
                {"value": "zh", "name": "中文"},
                {"value": "en", "name": "English"},
            ],
        },
    ]


def extend(data: Data, query: ExtendQuery, language: Language, allowance: Allowance) -> dict[str, Any]:
    """Return the values of the properties, by the ids as they were given; what there is not has no values.

    Raises:
        BadParameter: a property, or a setting, is none.
        QueryTimeout: it takes too long.
    """
    wanted = [(property_named(item.id, "extend"), item, *_settings(item, language)) for item in query.properties]
    rows: dict[str, dict[str, Any]] = {}
    for id in allowance.each(dict.fromkeys(query.ids)):
        thing = data.thing(id)
        rows[id] = {
            item.id: [value.to_json(chosen) for value in _first(known.of(data, thing), limit, chosen)] if thing else []
            for known, item, limit, chosen in wanted
        }
    return {"meta": [_meta(known, item, language) for known, item, _, _ in wanted], "rows": rows}


def proposals(kinds: list[str], limit: int | None, language: Language) -> list[dict[str, str]]:
    """Return the properties that things of some kinds have."""
    return [property_json(known, language) for known in properties_of(kinds)[:limit]]


def property_json(known: Property, language: Language) -> dict[str, str]:
    """Return a property by name."""
    return {"id": known.id, "name": known.name.in_(language), "description": known.described(language)}


def _first(values: list[Value], limit: int, language: Language) -> list[Value]:
    # An alias is a text of one language: those of the other one are no translations of it.
    texts = [value for value in values if not isinstance(value.content, dict) or language in value.content]
    kept = texts or values
    return kept[:limit] if limit else kept


def _meta(known: Property, item: PropertyQuery, language: Language) -> dict[str, Any]:
    meta: dict[str, Any] = {"id": item.id, "name": known.name.in_(language)}
    if len(known.targets) == 1:
        meta["type"] = type_json(known.targets[0], language)
    return meta


def _settings(item: PropertyQuery, language: Language) -> tuple[int, Language]:
    limit, chosen = 0, language
    for name, value in (item.settings or {}).items():
        text = "" if value is None else str(value).strip()
        if name == "limit":
            digits = text.removesuffix(".0") or "0"
            if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
                raise BadParameter("limit", text[:200], "must be a whole number from 0 on", "应为不小于 0 的整数")
            limit = int(digits)
        elif name == "language":
            if text not in {"", "zh", "en"}:
                raise BadParameter("language", text[:200], "may be zh or en", "可为 zh 或 en")
            chosen = "zh" if text == "zh" else "en" if text == "en" else language
        else:
            raise BadParameter(
                "settings", name[:200], "is no setting; there are limit, language", "可用：limit、language"
            )
    return limit, chosen
