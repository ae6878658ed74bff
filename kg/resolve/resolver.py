"""From a text to what it means: a name, a question with its answer, or the nearest readings and no answer.

A text is answered where a form's pattern takes it as a whole, each slot is filled by what is named beyond doubt, and no
other reading speaks of other things. Everything else is not guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Final

from kg.errors import BadParameter
from kg.folding import is_blank
from kg.lookup import Lookup
from kg.questions import Questions
from kg.resolve import bags
from kg.resolve.answers import ROWS, answer
from kg.resolve.forms import FORM_BY_NAME, FORMS
from kg.resolve.grammar import Grammar, grammar
from kg.resolve.model import Ambiguity, Candidate, Entity, Filled, Form, Reading, Resolution, Slot, Value
from kg.resolve.naming import MUCH_LESS, Naming
from kg.resolve.nearest import Attempt, Nearest, said
from kg.resolve.numbers import amount_of, month_of, year_of
from kg.resolve.queries import is_answerable, sparql_of
from kg.resolve.segments import segmentations
from kg.resolve.texts import LANGUAGES, Language, Sentence, language_of, sentence
from kg.resolve.words import collection_of
from kg.search import SearchIndex

LONGEST: Final = 500
"""How many characters a text may have."""


class Resolver:
    """Reads texts about one revision; holds the names of its things."""

    def __init__(self, lookup: Lookup, index: SearchIndex, questions: Questions, revision: str | None = None) -> None:
        """Read the names of a revision; forms whose canned question is not there are left out."""
        self._lookup = lookup
        self._questions = questions
        self._revision = revision
        self._naming = Naming(lookup, index)
        self._grammar: Grammar = grammar()
        self._forms = {form.name: form for form in FORMS if is_answerable(form, questions)}
        self._nearest = Nearest(self._naming, self._forms.values())

    def resolve(self, text: str, language: Language | str | None = None, rows: int = ROWS) -> Resolution:
        """Return what a text means, and the answer where it is a question of one of the forms.

        Args:
            text: a name or a question in Chinese or English.
            language: what a text without Han characters is in, where that is known.
            rows: how many rows an answer shows, at most `MOST_ROWS`.

        Raises:
            BadParameter: there is no text, or it is longer than `LONGEST`.
        """
        if is_blank(text):
            words = "is empty; give a name or a question", "为空；请给出名称或问题"
            raise BadParameter("q", text, *words)
        if len(text) > LONGEST:
            words = f"has more than {LONGEST} characters", f"超过 {LONGEST} 个字符"
            raise BadParameter("q", f"{text[:40]}…", *words)
        detected: Language = "zh" if language == "zh" else language_of(text)
        if self._naming.is_name(text):
            return self._name(text, detected, rows)
        attempts: list[Attempt] = []
        readings = [reading for reading in self._readings(text, attempts) if reading.sure]
        if not readings:
            readings = [reading for reading in self._by_words(text) if reading.sure]
        if not readings:
            named = self._name(text, detected, rows)
            return named if named.kind == "name" else self._unknown(text, attempts, detected)
        readings.sort(key=lambda reading: reading.language != detected)
        meant = _distinct(_alike(_likeliest(readings)))
        return self._question(text, meant[0], rows) if len(meant) == 1 else self._ambiguous(text, meant)

    def _readings(self, text: str, attempts: list[Attempt]) -> Iterator[Reading]:
        """Yield the readings of a text, in the order of the forms; what is not filled goes to `attempts`."""
        for language in LANGUAGES:
            read = sentence(text, language)
            if not read.text:
                continue
            for pattern in self._grammar.patterns(language):
                form = self._forms.get(pattern.form)
                if form is None:
                    continue
                for spans in pattern.matches(read):
                    yield from self._filled(form, pattern.tag, language, read, spans, attempts)

    def _by_words(self, text: str) -> Iterator[Reading]:
        """Yield the readings of a text by what its words mean one by one; where each of them is known."""
        language = language_of(text)
        read = sentence(text, language)
        for tokens in segmentations(read, language, self._naming):
            yield from bags.readings(read, language, tokens, self._forms)

    def _filled(
        self,
        form: Form,
        tag: str,
        language: Language,
        read: Sentence,
        spans: Mapping[str, tuple[int, int]],
        attempts: list[Attempt],
    ) -> Iterator[Reading]:
        """Yield the readings of a pattern that matched: one for each way to fill its slots."""
        places = {name: read.span(*span) for name, span in spans.items()}
        texts = {name: (read.original[start:end], start, end) for name, (start, end) in places.items()}
        values: dict[str, list[Filled]] = {}
        for name, (written, start, end) in texts.items():
            slot = form.slots[name]
            folded = read.text[slice(*spans[name])].strip()
            found = self._values(slot, written, folded, language)
            values[name] = [Filled(slot, value, start, end) for value in found]
        if all(values.values()):
            for chosen in product(*values.values()):
                filled = dict(zip(values, chosen, strict=True))
                things = [item.value.reference.iri for item in chosen if isinstance(item.value, Candidate)]
                if len(things) == len(set(things)):
                    yield Reading(form, tag, language, filled)
            return
        sure = {name: found[0] for name, found in values.items() if found}
        attempts.append(Attempt(form, tag, language, texts, sure))

    def _values(self, slot: Slot, written: str, folded: str, language: Language) -> list[Value]:
        if slot.is_thing:
            return list(self._naming.find(written, slot.takes))
        read: Mapping[str, Callable[[], Value | None]] = {
            "year": lambda: year_of(folded),
            "month": lambda: month_of(folded),
            "amount": lambda: amount_of(folded, language),
            "collection": lambda: collection_of(folded, language),
        }
        value = read[slot.takes[0]]()
        return [value] if value is not None else []

    def _name(self, text: str, language: Language, rows: int) -> Resolution:
        """Return a text as the name of a thing with what the graph says of it, or of several things."""
        bare = sentence(text, language).text
        found = self._naming.find(text) or self._naming.find(bare) or self._naming.loosely(bare)
        start = len(text) - len(text.lstrip())
        end = len(text.rstrip())
        entities = tuple(Entity(text[start:end], start, end, candidate) for candidate in found)
        readings = [self._described(candidate, language, start, end) for candidate in found]
        if len(found) == 1:
            sparql = sparql_of(readings[0], self._questions, self._lookup.iris)
            return Resolution(
                query=text,
                language=language,
                kind="name",
                reading=readings[0],
                words=said(readings[0], self._naming),
                entities=entities,
                answer=answer(self._lookup, readings[0], sparql, rows),
                sparql=sparql,
                alternatives=self._nearest.beside(readings[0]),
                revision=self._revision,
            )
        return Resolution(
            query=text,
            language=language,
            kind="name" if found else "unknown",
            entities=entities,
            ambiguities=(self._ambiguity(text, start, end, found),) if found else (),
            alternatives=self._nearest.among(readings),
            revision=self._revision,
        )

    def _described(self, candidate: Candidate, language: Language, start: int, end: int) -> Reading:
        form = FORM_BY_NAME["describe"]
        return Reading(form, "", language, {"x": Filled(form.slots["x"], candidate, start, end)})

    def _question(self, text: str, reading: Reading, rows: int) -> Resolution:
        sparql = sparql_of(reading, self._questions, self._lookup.iris)
        return Resolution(
            query=text,
            language=reading.language,
            kind="question",
            reading=reading,
            words=said(reading, self._naming),
            entities=tuple(_entities(text, [reading])),
            answer=answer(self._lookup, reading, sparql, rows),
            sparql=sparql,
            alternatives=self._nearest.beside(reading),
            revision=self._revision,
        )

    def _ambiguous(self, text: str, readings: list[Reading]) -> Resolution:
        """Return that a text may be read in several ways: none of them is answered."""
        by_place: dict[tuple[int, int], dict[str, Candidate]] = {}
        for reading in readings:
            for item in reading.filled.values():
                if isinstance(item.value, Candidate):
                    by_place.setdefault((item.start, item.end), {})[item.value.reference.iri] = item.value
        return Resolution(
            query=text,
            language=readings[0].language,
            kind="question",
            entities=tuple(_entities(text, readings)),
            ambiguities=tuple(
                self._ambiguity(text, start, end, tuple(found.values()))
                for (start, end), found in by_place.items()
                if len(found) > 1
            ),
            alternatives=self._nearest.among(readings),
            revision=self._revision,
        )

    def _ambiguity(self, text: str, start: int, end: int, found: tuple[Candidate, ...]) -> Ambiguity:
        """Return that a part of a text may name several things, pilot zones in a place among them."""
        known = {candidate.reference.iri: candidate for candidate in found}
        for candidate in found:
            for zone in self._naming.zones_in(candidate):
                known.setdefault(zone.reference.iri, zone)
        return Ambiguity(text[start:end], start, end, tuple(known.values()))

    def _unknown(self, text: str, attempts: list[Attempt], language: Language) -> Resolution:
        return Resolution(
            query=text,
            language=language,
            kind="unknown",
            alternatives=self._nearest.of(text, attempts, language),
            revision=self._revision,
        )


def _likeliest(readings: list[Reading]) -> list[Reading]:
    """Return the readings but for those whose names of things are much less the things' own than another's are.

    `AI chips` is the label of a product and the id of a theme: the product is meant.
    """
    return [reading for reading in readings if not any(_is_likelier(other, reading) for other in readings)]


def _is_likelier(one: Reading, other: Reading) -> bool:
    gaps = [
        mine.value.grade - its.value.grade
        for mine in one.filled.values()
        for its in other.filled.values()
        if isinstance(mine.value, Candidate)
        and isinstance(its.value, Candidate)
        and mine.start < its.end
        and its.start < mine.end
    ]
    return bool(gaps) and max(gaps) >= MUCH_LESS and min(gaps) >= 0


def _alike(readings: list[Reading]) -> list[Reading]:
    """Return the comparisons of things of one kind, where there are any: a city is compared with a city."""
    if any(reading.form.name != "compare" for reading in readings):
        return readings
    return [reading for reading in readings if len({thing.reference.type for thing in reading.things}) == 1] or readings


def _distinct(readings: list[Reading]) -> list[Reading]:
    """Return the readings that speak of different things; of those of the same, the form that comes first."""
    order = {name: place for place, name in enumerate(FORM_BY_NAME)}
    found: dict[frozenset[str], Reading] = {}
    for reading in sorted(readings, key=lambda reading: order[reading.form.name]):
        found.setdefault(frozenset(reading.plain().values()), reading)
    return list(found.values())


def _entities(text: str, readings: list[Reading]) -> Iterator[Entity]:
    seen = set()
    for reading in readings:
        for item in reading.filled.values():
            if isinstance(item.value, Candidate) and (item.start, item.value.reference.iri) not in seen:
                seen.add((item.start, item.value.reference.iri))
                yield Entity(text[item.start : item.end], item.start, item.end, item.value)
