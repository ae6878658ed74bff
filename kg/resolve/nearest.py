"""The nearest readings of a text: what may have been meant, each as a question that can be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kg.resolve.forms import FORM_BY_NAME
from kg.resolve.model import Candidate, Filled, Form, Reading, Slot, Suggestion, Texts
from kg.resolve.naming import Naming
from kg.resolve.numbers import Amount, Month, amount_of
from kg.resolve.texts import LANGUAGES, Language
from kg.resolve.words import COLLECTIONS, Collection

_UNITS: Final[Mapping[Language, tuple[str, ...]]] = {"zh": ("元", "台", "辆"), "en": (" CNY", " devices", " vehicles")}
"""What a number without a unit may be of."""

MOST: Final = 5
"""How many nearest readings are given."""

_TYPICAL: Final[Mapping[str, tuple[str, ...]]] = {
    "policy": ("measures-of-policy", "describe"),
    "measure": ("sectors-of", "where-stated", "describe"),
    "sector": ("measures-touching", "targets-of", "products-of"),
    "platform": ("supports", "where-is", "who-runs"),
    "organization": ("measures-involving", "platforms-of"),
    "place": ("platforms-in", "measures-in-place"),
    "target": ("describe", "deadline-of"),
    "indicator": ("indicator-value", "deadline-of"),
    "product": ("measures-for-product", "targets-of"),
    "theme": ("measures-by-theme", "targets-of"),
}
"""Kind → what is mostly asked of its things."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form that a text has the words of, and the texts in its slots, of which some are no things."""

    form: Form
    tag: str
    language: Language
    slots: Mapping[str, tuple[str, int, int]]
    filled: Mapping[str, Filled]

    @property
    def words(self) -> int:
        """How much of the text stands in no slot: the less, the less it says."""
        return -sum(end - start for _, start, end in self.slots.values())


def said(reading: Reading, naming: Naming) -> Texts:
    """Return a reading in words of both languages, which ask the same question when they are sent.

    A thing whose label is also another's goes by an alias, or by its `kind/id`.
    """
    found: dict[Language, str] = {}
    for language in LANGUAGES:
        text = reading.form.said(reading.tag)[language]
        for name, item in reading.filled.items():
            text = text.replace(f"{{{name}}}", _value(item, naming, language))
        found[language] = text
    return found


def suggestion(reading: Reading, naming: Naming) -> Suggestion:
    """Return a reading as a suggestion."""
    return Suggestion(said(reading, naming), reading.form.name, reading.arguments(), reading.variant)


def _value(item: Filled, naming: Naming, language: Language) -> str:
    value = item.value
    if isinstance(value, Candidate):
        return naming.called(value, language, item.slot.takes)
    if isinstance(value, Amount | Month):
        return value.said(language)
    if isinstance(value, Collection):
        return value.label[language]
    return str(value)


class Nearest:
    """Finds the nearest readings of texts."""

    def __init__(self, naming: Naming, forms: Iterable[Form]) -> None:
        """Suggest questions of some forms."""
        self._naming = naming
        self._forms = {form.name: form for form in forms}

    def of(self, text: str, attempts: Sequence[Attempt], language: Language) -> tuple[Suggestion, ...]:
        """Return what may be meant: the same question of what is near, what is asked of things named, examples."""
        found: dict[tuple[str, str], Suggestion] = {}
        for reading in self._readings(text, attempts, language):
            known = (reading.form.name, repr(reading.plain()))
            if known not in found:
                found[known] = suggestion(reading, self._naming)
            if len(found) == MOST:
                break
        return tuple(found.values())

    def beside(self, reading: Reading) -> tuple[Suggestion, ...]:
        """Return the same question of other things whose names have the name in them, or else what these are.

        Beside all measures stands how many there should be.
        """
        found = []
        for name, item in reading.filled.items():
            if not isinstance(item.value, Candidate):
                continue
            for other in self._naming.near(item.value.text, limit=8):
                if other.how != "part" or other.reference.iri == item.value.reference.iri:
                    continue
                if other.reference.type in item.slot.takes:
                    changed = {**reading.filled, name: Filled(item.slot, other, item.start, item.end)}
                    found.append(Reading(reading.form, reading.tag, reading.language, changed))
                else:
                    found.append(self._about(FORM_BY_NAME["describe"], other, reading.language))
        found = found[:3]
        if reading.form.name == "describe":
            found += self._zones(reading.things, reading.language)
        if reading.form.name in {"list", "how-many"} and reading.arguments()["collection"] == "measures":
            found += self._coverage(reading.language)
        return tuple(suggestion(other, self._naming) for other in found)

    def among(self, readings: Sequence[Reading]) -> tuple[Suggestion, ...]:
        """Return readings of a name as suggestions, and what the pilot zones are that lie in the places among them."""
        things = [thing for reading in readings for thing in reading.things]
        zones = self._zones(things, readings[0].language) if readings else []
        known = {thing.reference.iri for thing in things}
        found = [*readings, *(zone for zone in zones if zone.things[0].reference.iri not in known)]
        return tuple(suggestion(reading, self._naming) for reading in found)

    def _coverage(self, language: Language) -> list[Reading]:
        """Return the question of how many measures were declared, and how many of them are there."""
        form = self._forms.get("coverage")
        return [Reading(form, "", language, {})] if form is not None else []

    def _zones(self, things: Iterable[Candidate], language: Language) -> list[Reading]:
        zones = {zone.reference.iri: zone for thing in things for zone in self._naming.zones_in(thing)}
        return [self._about(FORM_BY_NAME["describe"], zone, language) for zone in zones.values()]

    def _readings(self, text: str, attempts: Sequence[Attempt], language: Language) -> Iterator[Reading]:
        for attempt in sorted(attempts, key=lambda attempt: -attempt.words)[:8]:
            yield from self._of_what_is_near(attempt)
        for _, candidates in self._naming.mentioned(text):
            for candidate in candidates[:2]:
                for name in _TYPICAL[candidate.reference.type]:
                    if name in self._forms:
                        yield self._about(self._forms[name], candidate, language)
        if len(text) <= 40:
            for candidate in self._naming.near(text):
                yield self._about(FORM_BY_NAME["describe"], candidate, language)
        yield from self._examples(language)

    def _of_what_is_near(self, attempt: Attempt) -> Iterator[Reading]:
        """Yield a form of the things that are near to what stands in its slots."""
        missing = [name for name in attempt.slots if name not in attempt.filled]
        if len(missing) != 1:
            return
        name = missing[0]
        slot, (text, start, end) = attempt.form.slots[name], attempt.slots[name]
        if slot.takes == ("amount",):
            amounts = [amount_of(f"{text}{unit}", attempt.language) for unit in _UNITS[attempt.language]]
            for amount in amounts:
                if amount is not None:
                    yield Reading(
                        attempt.form,
                        attempt.tag,
                        attempt.language,
                        {**attempt.filled, name: Filled(slot, amount, start, end)},
                    )
        if not slot.is_thing:
            return
        mentioned = [candidate for _, found in self._naming.mentioned(text) for candidate in found]
        near = [candidate for candidate in mentioned if candidate.reference.type in slot.takes]
        for candidate in [*near, *self._naming.near(text, slot.takes, 2)][:2]:
            filled = {**attempt.filled, name: Filled(slot, candidate, start, end)}
            yield Reading(attempt.form, attempt.tag, attempt.language, filled)

    def _about(self, form: Form, candidate: Candidate, language: Language) -> Reading:
        name = next(iter(form.slots))
        return Reading(form, "", language, {name: Filled(form.slots[name], candidate, 0, 0)})

    def _examples(self, language: Language) -> Iterator[Reading]:
        """Yield questions that the graph can answer whatever it holds."""
        for name in ("list", "targets-due-by", "coverage"):
            form = self._forms.get(name)
            if form is not None:
                slots = {slot: it for slot, it in form.slots.items() if it.takes != ("month",)}
                yield Reading(form, "", language, {slot: Filled(it, _example(it), 0, 0) for slot, it in slots.items()})


def _example(slot: Slot) -> Any:
    return next(found for found in COLLECTIONS if found.name == "sectors") if slot.takes == ("collection",) else 2027
