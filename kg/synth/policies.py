"""One synthetic policy: a source with its text, and the facts that the text states."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Final

from kg.facts import (
    Evidence,
    Facts,
    Indicator,
    Measure,
    Organization,
    Platform,
    Policy,
    Relation,
    Source,
    StatedCount,
    StatedDate,
    StatedText,
    Text,
)
from kg.synth.dice import Dice
from kg.synth.page import Page
from kg.synth.places import CITIES, Place
from kg.synth.register import office_names, office_of, source_of
from kg.synth.targets import Targets
from kg.synth.words import FIELDS, NOUNS, PLANS, PURPOSES, TOPICS, VERBS
from kg.synth.world import Concept, World, platforms_by
from kg.synth.world import Platform as Shared

SIZES: Final = (1,) * 24 + (2,) * 34 + (3,) * 19 + (4,) * 9 + (5,) * 5 + (6, 6, 7, 7, 8, 9, 10, 13)
"""How many measures policies have: quantiles of a log-normal distribution."""
TAIL: Final = (20, 24, 28, 33, 39, 46, 53, 60)
"""And those of the largest one in a hundred."""

_ISSUED: Final = (2, 3, 5, 6, 7, 9, 12, 18, 22, 16)
"""How often each year from 2017 to 2026 is the year of issue."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source, its facts, and the lines of its text."""

    source: Source
    facts: Facts
    lines: tuple[str, ...]


def policy_document(world: World, number: int) -> Document:
    """Return a policy of a world; numbers count from 1. No policy depends on how many there are."""
    return _Author(world, number).write()


@dataclass
class _Author:
    """Writes the text of one policy, and notes what each clause states."""

    world: World
    number: int
    dice: Dice = field(init=False)
    page: Page = field(default_factory=Page)
    measures: list[Measure] = field(default_factory=list)
    named: dict[str, Platform] = field(default_factory=dict)
    bodies: list[Organization] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.key = f"synth-{self.number:05d}"
        self.dice = self.world.dice("policy", self.number)
        self.province, self.place = self.world.place(self.dice)
        year = 2017 + self.dice.weighted(_ISSUED)
        self.issued = datetime.date(year, 1 + self.dice.below(12), 1 + self.dice.below(28))
        self.targets = Targets(self.key, self.number, year, self.page, self.dice)
        size = self.dice.below(len(SIZES) + 1)
        self.size = SIZES[size] if size < len(SIZES) else self.dice.pick(TAIL)
        self.themes = self.dice.several(self.world.themes, min(1 + self.dice.below(2), self.size))

    def write(self) -> Document:
        policy = self._heading()
        for number in range(platforms_by(self.number - 1), platforms_by(self.number)):
            self._introduce(self.world.platform(number))
        self._overall_targets()
        for _ in range(self.size):
            self._measure()
        facts = Facts(
            policies=[policy],
            indicators=self.indicators,
            organizations=self.bodies,
            platforms=list(self.named.values()),
            measures=self.measures,
            targets=self.targets.written,
        )
        title = policy.label or Text(zh=self.key, en=self.key)
        published = self.issued + datetime.timedelta(days=self.dice.below(10))
        source = source_of(
            self.page, self.key, (f"{title.zh}全文", f"Text of the {title.en}"), office_of(self.province), published
        )
        return Document(source, facts, self.page.lines)

    def _heading(self) -> Policy:
        """Write what the policy is, where and since when it is in force, what for, and under which themes."""
        page, day = self.page, self.issued
        (field_zh, field_en), (plan_zh, plan_en) = self.dice.skewed(FIELDS), self.dice.skewed(PLANS)
        label = Text(
            zh=f"{self.place.zh}{field_zh}{plan_zh}（合成 {self.number:05d}）",
            en=f"{self.place.en} {plan_en} on {field_en} (synthetic {self.number:05d})",
        )
        name = page.quote(f"《{label.zh}》")
        page.say("于")
        published = StatedDate(date=day, evidence=[page.quote(f"{day.year}年{day.month}月{day.day}日印发")])
        page.say("，")
        force = Relation(to=self.place.id, evidence=[page.quote(f"适用于{self.place.zh}")])
        page.say("，")
        declared = StatedCount(count=self.size, evidence=[page.quote(f"共{self.size}条措施")])
        page.say("，旨在")
        aim, aim_en = self.dice.pick(PURPOSES)
        purpose = StatedText(zh=aim, en=aim_en, evidence=[page.quote(aim)])
        themes = []
        for theme in self.themes:
            page.say("，包括")
            themes.append(Relation(to=theme.id, evidence=[page.quote(theme.zh)]))
        page.end()
        return Policy(
            id=self.key,
            label=label,
            published=published,
            declared_measures=declared,
            purposes=[purpose],
            jurisdictions=[force],
            themes=themes,
            evidence=[name],
        )

    def _introduce(self, shared: Shared) -> None:
        """Write of a platform that no policy before this one has named."""
        page = self.page
        name = page.quote(shared.zh)
        page.say("，")
        kind = Relation(to=shared.kind.id, evidence=[page.quote(f"作为{shared.kind.zh}")])
        page.say("，")
        place = Relation(to=shared.place.id, evidence=[page.quote(f"落户{shared.place.zh}")])
        page.say("，")
        product = Relation(to=shared.product.id, evidence=[page.quote(f"服务{shared.product.zh}")])
        page.say("，由")
        if shared.brings_developer:
            label = Text(zh=shared.developer_zh, en=shared.developer_en)
            evidence = [page.quote(label.zh)]
            self.bodies.append(Organization(id=shared.developer, label=label, evidence=evidence))
        else:
            page.say(shared.developer_zh)
        developer = Relation(to=shared.developer, evidence=[page.quote("研发", "context")])
        page.end()
        self.named[shared.id] = Platform(
            id=shared.id,
            type="compute-platform" if shared.computes else "platform",
            label=Text(zh=shared.zh, en=shared.en),
            evidence=[name],
            kinds=[kind],
            located_in=[place],
            serves_products=[product],
            developed_by=[developer],
        )

    def _overall_targets(self) -> None:
        """Write the targets of the policy itself: those of new indicators, and now and then another one."""
        fresh = self.targets.fresh()
        for indicator in fresh:
            clause = self.targets.add(indicator)
            if clause is not None:
                label = Text(zh=indicator.zh, en=indicator.en)
                named = clause.model_copy(update=_first(clause, len(indicator.zh)))
                self.indicators.append(Indicator(id=indicator.id, label=label, evidence=[named]))
                self.page.end()
        if not fresh and self.dice.chance(35) and self.targets.add(self.targets.any_indicator()) is not None:
            self.page.end()

    def _measure(self) -> None:
        """Write a measure, what it touches, and its targets."""
        dice, page = self.dice, self.page
        key = f"{self.key}-m{len(self.measures) + 1:02d}"
        sectors = dice.several(self.world.sectors, dice.weighted((52, 38, 7, 2, 1)))
        products = dice.several(self.world.products, dice.weighted((48, 42, 8, 2)))
        title = self._title(products[:1], sectors[:1])
        page.say(f"（{len(self.measures) + 1}）")
        clause = page.quote(title.zh)
        measure = Measure(
            id=key,
            label=title,
            kind="titled" if not self.measures or dice.chance(45) else "provision",
            policy=self.key,
            evidence=[clause],
            sectors=self._relations(sectors, clause, "面向{}领域"),
            products=self._relations(products, clause, "发展{}"),
            platforms=self._platforms(),
            organizations=self._organizations(),
            places=self._places(),
            themes=self._theme(clause),
        )
        self.measures.append(self._placed(measure, clause))
        for _ in range(dice.weighted((74, 19, 5, 2))):
            page.say("；")
            scope = sectors[0] if sectors and dice.chance(30) else None
            if self.targets.add(self.targets.any_indicator(), key, scope) is None:
                page.say("持续推进")
        # As in the first real source, a line states two or three measures.
        if len(self.measures) % 3 == 0 or len(self.measures) == self.size:
            page.end()
        else:
            page.say("。")

    def _title(self, products: list[Concept], sectors: list[Concept]) -> Text:
        """Return a title that no other measure of the policy has; it names one product and one sector at most."""
        (verb, verb_en), (noun, noun_en) = self.dice.pick(VERBS), self.dice.pick(NOUNS)
        first = [*products, *sectors]
        topic, topic_en = (first[0].zh, first[0].en) if first else self.dice.pick(TOPICS)
        where, where_en = "", ""
        if products and sectors:
            where, where_en = f"在{sectors[0].zh}领域", f" in {sectors[0].en}"
        zh, en, phase = f"{where}{verb}{topic}{noun}", f"{verb_en} {noun_en} {topic_en}{where_en}", 1
        while zh in self.titles:
            phase += 1
            zh = f"{where}{verb}第{phase}期{topic}{noun}"
            en = f"{verb_en} phase {phase} of {noun_en} {topic_en}{where_en}"
        self.titles.add(zh)
        return Text(zh=zh, en=en)

    def _relations(self, concepts: list[Concept], title: Evidence, form: str) -> list[Relation]:
        """Return relations to concepts: the first is in the title, each other one in a clause of its own."""
        found: list[Relation] = []
        for concept in concepts:
            clause = title
            if found:
                self.page.say("，")
                clause = self.page.quote(form.format(concept.zh))
            found.append(Relation(to=concept.id, evidence=[clause]))
        return found

    def _platforms(self) -> list[Relation]:
        if not self.dice.chance(8):
            return []
        shared = self.world.platform(self.dice.skewed(range(platforms_by(self.number))))
        self.page.say("，依托")
        clause = self.page.quote(shared.zh)
        if shared.id not in self.named:
            kind = "compute-platform" if shared.computes else "platform"
            self.named[shared.id] = Platform.model_validate({"ref": shared.id, "type": kind, "evidence": [clause]})
        return [Relation(to=shared.id, evidence=[clause])]

    def _organizations(self) -> list[Relation]:
        if not self.dice.chance(6):
            return []
        self.page.say("，由")
        clause = self.page.quote(f"{office_names(self.province)[0]}牵头")
        return [Relation(to=office_of(self.province), evidence=[clause])]

    def _places(self) -> list[Relation]:
        cities: tuple[Place, ...] = CITIES[self.province]
        if not cities or not self.dice.chance(6):
            return []
        city = self.dice.pick(cities)
        self.page.say("，")
        return [Relation(to=city.id, evidence=[self.page.quote(f"在{city.zh}先行先试")])]

    def _theme(self, clause: Evidence) -> list[Relation]:
        if not self.dice.chance(40):
            return []
        theme = self.dice.pick(self.themes)
        return [Relation(to=theme.id, evidence=[clause.model_copy(update={"reading": "context"})])]

    def _placed(self, measure: Measure, clause: Evidence) -> Measure:
        """Return a measure as a part of a titled one before it, now and then, where it is a provision."""
        titled = [each for each in self.measures if each.kind == "titled"]
        if measure.kind == "titled" or not titled or not self.dice.chance(30):
            return measure
        whole = Relation(to=titled[-1].key, evidence=[clause.model_copy(update={"reading": "context"})])
        return measure.model_copy(update={"part_of": [whole]})


def _first(clause: Evidence, length: int) -> dict[str, object]:
    """Return what the first characters of a clause have otherwise than the whole of it."""
    return {"end": clause.start + length, "clause": clause.clause[:length]}
