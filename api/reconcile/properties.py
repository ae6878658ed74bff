"""The properties of things that reconciliation knows: the relations of `kg.kinds` in both directions, and values."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from api.reconcile.data import Data, id_of
from api.views import text_in
from api.words import KIND_WORDS, MEASURE_KIND_WORDS, Language, Words, key_words
from kg.errors import BadParameter
from kg.folding import folded
from kg.kinds import KIND_BY_NAME, KINDS, RELATIONS
from kg.lookup import Reference, Stated, Thing

Shape = Literal["str", "int", "float", "date"]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a property: another thing, or a literal, which may be a text in several languages."""

    shape: Shape | Literal["entity"]
    content: Any

    def to_json(self, language: Language) -> dict[str, Any]:
        """Return the value as the specification writes it."""
        if isinstance(self.content, Reference):
            return {"id": id_of(self.content), "name": text_in(self.content.label, language)}
        if isinstance(self.content, Mapping):
            return {self.shape: text_in(self.content, language)}
        return {self.shape: f"{self.content}T00:00:00Z" if self.shape == "date" else self.content}


Read = Callable[[Data, Thing], Iterable[Value]]


@dataclass(frozen=True, slots=True)
class Property:
    """A property: which kinds have it, and the kinds of its values where these are things."""

    id: str
    name: Words
    kinds: tuple[str, ...]
    targets: tuple[str, ...]
    read: Read

    def of(self, data: Data, thing: Thing) -> list[Value]:
        """Return the values that a thing has of it, none where its kind has no such property."""
        return list(self.read(data, thing)) if thing.type in self.kinds else []

    def described(self, language: Language) -> str:
        """Return which kinds of things have it."""
        if len(self.kinds) == len(KINDS):
            return "所有类型" if language == "zh" else "of everything"
        names = [KIND_WORDS[kind].in_(language) for kind in self.kinds]
        return f"适用于：{'、'.join(names)}" if language == "zh" else f"of: {', '.join(names)}"


_WORDS: Final[Mapping[str, Words]] = {
    "kind": Words("Kind of measure", "措施类别"),
    "kinds": Words("Kinds of platform", "平台类别"),
    "broader": Words("Broader", "上位概念"),
    "narrower": Words("Narrower", "下位概念"),
    "part_of": Words("Part of measure", "所属措施"),
    "parts": Words("Parts", "包括的措施"),
}
"""Where the word of a page says too little without the page around it."""


def _relation(key: str) -> Property:
    kinds = [relation.subject for relation in RELATIONS if relation.key == key]
    targets = [kind for relation in RELATIONS if relation.key == key for kind in relation.objects]
    for relation in RELATIONS:
        if relation.inverse == key:
            kinds += relation.objects
            targets.append(relation.subject)

    def read(_data: Data, thing: Thing) -> Iterable[Value]:
        for link in thing.links.get(key, ()):
            known = link.to.type in KIND_BY_NAME
            yield Value("entity", link.to) if known else Value("str", link.to.label)

    words = _WORDS.get(key) or Words(key_words(key, "en"), key_words(key, "zh"))
    return Property(key, words, _in_order(kinds), _in_order(targets), read)


def _in_order(kinds: Iterable[str]) -> tuple[str, ...]:
    found = set(kinds)
    return tuple(kind.name for kind in KINDS if kind.name in found)


def _value(key: str, words: Words, *kinds: str, shape: Shape = "str") -> Property:
    def read(_data: Data, thing: Thing) -> Iterable[Value]:
        found = thing.values.get(key)
        for item in found if isinstance(found, list) else [found]:
            content = item.value if isinstance(item, Stated) else item
            if isinstance(content, Mapping) and "evidence" in content:
                content = content["value"]
            if content is not None:
                yield _literal(shape, content)

    return Property(key, words, kinds, (), read)


def _literal(shape: Shape, content: Any) -> Value:
    if isinstance(content, bool):
        # The prose of the specification knows truth values; its schema of answers has no place for them.
        return Value("str", "true" if content else "false")
    if isinstance(content, Mapping) and "scheme" in content:
        return Value("str", f"{content['scheme']} {content['code']}")
    if isinstance(content, int | float):
        return Value("int" if isinstance(content, int) else "float", content)
    return Value(shape, content)


def _computed(key: str, words: Words, kinds: tuple[str, ...], read: Read, *targets: str) -> Property:
    return Property(key, words, kinds, targets, read)


def _sectors(data: Data, thing: Thing) -> Iterable[Value]:
    """Return the sectors that follow for a measure; of other things, of which no rule says any, those that are stated.

    Stated are their own sectors, and those of the products that they serve or are confined to.
    """
    if thing.type == "measure":
        return [Value("entity", sector) for sector in data.touched(thing.iri)]
    found: dict[str, Reference] = {}
    for key in ("scope", "serves_sectors", "associated_sectors", "serves_products"):
        for link in thing.links.get(key, ()):
            if link.to.type == "sector":
                found[link.to.iri] = link.to
            elif link.to.type == "product":
                product = data.thing(link.to.iri)
                links = product.links.get("serves_sectors", ()) if product else ()
                found.update({further.to.iri: further.to for further in links})
    return [Value("entity", sector) for sector in found.values()]


def _deadlines(data: Data, thing: Thing) -> Iterable[Value]:
    """Return the days that follow for a measure; for others, of which no rule says any, those that targets state."""
    if thing.type == "measure":
        return [Value("date", date) for date in data.due(thing.iri)]
    things = [thing] if thing.type == "target" else [data.thing(link.to.iri) for link in thing.links["targets"]]
    dates = {target.values["deadline"] for target in things if target and target.values.get("deadline")}
    return [Value("date", date) for date in sorted(dates)]


def _labels(_data: Data, thing: Thing) -> Iterable[Value]:
    return [Value("str", thing.label)]


def _aliases(_data: Data, thing: Thing) -> Iterable[Value]:
    return [Value("str", {language: name}) for language, names in thing.aliases.items() for name in names]


def _descriptions(_data: Data, thing: Thing) -> Iterable[Value]:
    return [Value("str", thing.description)] if thing.description else []


def _measure_kinds(_data: Data, thing: Thing) -> Iterable[Value]:
    words = MEASURE_KIND_WORDS.get(str(thing.values.get("kind")))
    return [Value("str", {"zh": words.zh, "en": words.en})] if words else []


def _quotations(_data: Data, thing: Thing) -> Iterable[Value]:
    return [Value("str", citation.quote) for citation in thing.evidence]


def _sources(_data: Data, thing: Thing) -> Iterable[Value]:
    return [Value("str", url) for url in dict.fromkeys(citation.url for citation in thing.evidence)]


_ALL: Final = tuple(kind.name for kind in KINDS)
_KEYS: Final = tuple(dict.fromkeys(key for relation in RELATIONS for key in (relation.key, relation.inverse) if key))
PROPERTIES: Final[Mapping[str, Property]] = {
    found.id: found
    for found in (
        _computed("label", Words("Name", "名称"), _ALL, _labels),
        _computed("aliases", Words("Also called", "别名"), _ALL, _aliases),
        _computed("description", Words("Description", "说明"), _ALL, _descriptions),
        _computed("iri", Words("IRI", "IRI 标识"), _ALL, lambda _data, thing: [Value("str", thing.iri)]),
        _computed(
            "sector",
            Words("Sectors concerned, by whatever way", "涉及行业（含间接）"),
            ("measure", "platform", "organization", "place", "target", "product"),
            _sectors,
            "sector",
        ),
        *(_relation(key) for key in _KEYS),
        _computed("kind", _WORDS["kind"], ("measure",), _measure_kinds),
        _computed("deadline", Words("Deadline", "期限"), ("policy", "measure", "target", "indicator"), _deadlines),
        _value("deadline_year", Words("Year of the deadline", "期限年份"), "target"),
        _value("comparator", Words("Comparator", "比较关系"), "target"),
        _value("value", Words("Number", "数值"), "target"),
        _value("unit", Words("Unit", "单位"), "target"),
        _value("unit_label", Words("Unit in words", "单位名称"), "target"),
        _value("value_normalized", Words("Number in comparable units", "归一化数值"), "target"),
        _value("unit_normalized", Words("Comparable unit", "归一化单位"), "target"),
        _value("quantitative", Words("Whether it has a number", "是否量化"), "target"),
        _value("wording", Words("Wording of the source", "原文措辞"), "target"),
        _value("scope_categories", Words("Number of categories", "门类数"), "target"),
        _value("published", Words("Published", "发布日期"), "policy", shape="date"),
        _value("declared_measures", Words("Measures declared by the policy", "政策宣布的措施数"), "policy"),
        _value("declared_aspects", Words("Aspects declared by the policy", "政策宣布的方面数"), "policy"),
        _value("purposes", Words("Purposes", "目的"), "policy"),
        _value("classes", Words("Classes", "所属类"), "platform", "place"),
        _value("positioning", Words("Positioning", "定位与状况"), "platform", "place"),
        _value("notations", Words("Codes in classifications", "分类代码"), "sector", "product", "theme"),
        _computed("evidence", Words("Quotations that name it", "点名它的原文"), _ALL, _quotations),
        _computed("source", Words("Sources on the web", "来源网页"), _ALL, _sources),
    )
}
"""Every property by its id."""

_BY_NAME: Final = {
    folded(name): found for found in PROPERTIES.values() for name in (found.name.en, found.name.zh, found.id)
}


def property_named(wanted: str, parameter: str) -> Property:
    """Return the property that an id, or a name in either language, names.

    Raises:
        BadParameter: there is none.
    """
    found = PROPERTIES.get(wanted) or _BY_NAME.get(folded(wanted))
    if found is None:
        near = difflib.get_close_matches(folded(wanted), _BY_NAME, n=3)
        known = ", ".join(dict.fromkeys(_BY_NAME[name].id for name in near)) or ", ".join(PROPERTIES)
        raise BadParameter(
            parameter, wanted[:200], f"is no property; there are {known}", f"不是可用的属性；可用：{known}"
        )
    return found


def kind_named(wanted: str, parameter: str) -> str:
    """Return the kind that an id, the IRI of a class, or a name in either language, names.

    Raises:
        BadParameter: there is none.
    """
    key = folded(wanted)
    for kind in KINDS:
        words = KIND_WORDS[kind.name]
        if wanted == kind.class_iri or key in {kind.name, kind.collection, folded(words.en), words.zh}:
            return kind.name
    known = ", ".join(KIND_BY_NAME)
    raise BadParameter(parameter, wanted[:200], f"is no type; types are {known}", f"不是可用的类型；可用：{known}")


def properties_of(kinds: Iterable[str]) -> list[Property]:
    """Return the properties that things of any of these kinds have; of all kinds where none is given."""
    wanted = set(kinds)
    return [found for found in PROPERTIES.values() if not wanted or wanted & set(found.kinds)]
