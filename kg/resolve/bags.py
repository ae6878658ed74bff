"""Forms by the words that a question of them has, in whatever order: for texts that no row of the grammar takes.

A bag has the senses that a text must have, those that it may have, and what it speaks of: things, a year, an amount,
a collection. A text is of a bag where each of its words has a sense of the bag and each thing fits a slot. No word is
left over; so that a word which says something else (*not*, *budget*, a second thing) leaves the text to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from kg.resolve.model import Candidate, Filled, Form, Reading, Value
from kg.resolve.roles import Roles
from kg.resolve.segments import Token
from kg.resolve.texts import Language, Sentence
from kg.resolve.vocabulary import sense_of
from kg.resolve.words import COLLECTIONS

MOST_WORDS: Final = 30
"""How many parts a sentence may have that is read word by word."""

_ABOUT: Final = "touch make support might serve and been passive"


@dataclass(frozen=True, slots=True)
class Bag:
    """The senses of the words of a form: each of `needs` (`a|b`: one of them), and any of `may`.

    `when` and `cmp` are how the year and the amount must stand: `by`, `before`, `month`, `in`; `above`, `least`, …
    With `order`, what it needs must stand in this order.
    """

    form: str
    needs: str
    may: str = ""
    tag: str = ""
    when: str = ""
    cmp: str = ""
    collection: bool = False
    order: bool = False


def _timed(form: str, needs: str, may: str) -> Iterator[Bag]:
    """Yield how a form is asked of a year; what *is reached* then has been reached, unless it *must be*."""
    for more, besides in (("", f"{may} due when"), (" modal met|done", f"{may} due when modal met done")):
        yield Bag(f"{form}-by", needs + more, besides, when="by")
        yield Bag(f"{form}-by", needs + more, besides, "before", when="before")
        yield Bag(f"{form}-by", needs + more, besides, "month", when="month")
        yield Bag(f"{form}-in", needs + more, besides, when="in")


BAGS: Final[Sequence[Bag]] = (
    Bag("measures-touching", "measures", _ABOUT),
    Bag("how-many-touching", "measures many", _ABOUT),
    Bag("measures-for-product", "measures", _ABOUT),
    Bag("how-many-for-product", "measures many", _ABOUT),
    Bag("measures-by-theme", "measures", f"{_ABOUT} under theme"),
    Bag("measures-by-theme", "everything theme|under", "theme under everything been"),
    Bag("measures-in-place", "measures", f"{_ABOUT} in-place city"),
    Bag("measures-involving", "measures", f"{_ABOUT} in-place"),
    Bag("supports", "measures", _ABOUT),
    Bag("supports", "support", "who make might measures passive and been"),
    Bag("measures-of-policy", "measures|everything", "make under everything been"),
    Bag("parts-of", "parts under|make|parts", "measures under make touch"),
    Bag("parts-of", "parts", "measures under make touch"),
    Bag("parts-of", "measures under", "make"),
    Bag("measures-due-by", "measures due", "make have", when="by"),
    Bag("measures-due-by", "measures due", "make have", "before", when="before"),
    Bag("measures-due-by", "measures modal met|done", "make due", when="by"),
    Bag("measures-due-by", "measures modal met|done", "make due", "before", when="before"),
    Bag("measures-with-targets", "measures have targets", "make", order=True),
    Bag("measures-with-targets", "have targets measures", "make", order=True),
    Bag("measures-with-targets", "measures have quantified targets", "quantified", "quantified", order=True),
    Bag("measures-with-targets", "measures have quantified", "quantified", "quantified", order=True),
    Bag("measures-with-targets", "have quantified measures", "quantified targets", "quantified", order=True),
    Bag("targets-of", "targets", "touch make and"),
    Bag("targets-of", "targets modal met|due|done", "touch make and"),
    *_timed("targets-due", "targets", "make have"),
    *_timed("how-many-due", "targets many", "make"),
    *_timed("targets-of-due", "targets", "touch make and"),
    Bag("targets-above", "targets", "make figure modal met due", cmp="above"),
    Bag("targets-above", "targets", "make figure modal met due", "least", cmp="least"),
    Bag("targets-below", "targets", "make figure modal met due", cmp="below"),
    Bag("targets-below", "targets", "make figure modal met due", "most", cmp="most"),
    Bag("quantitative-targets", "targets quantified", "make quantified"),
    Bag("qualitative-targets", "targets qualitative", "make have"),
    Bag("indicator-value-in", "figure|targets|met", "figure modal targets met due many", when="by"),
    Bag("indicator-value-in", "figure|targets|met", "figure modal targets met due many", when="in"),
    Bag("indicator-value", "figure|targets", "modal figure targets met many"),
    Bag("indicator-value", "figure|targets modal done", "modal figure targets many"),
    Bag("deadline-of", "when", "due modal met done targets when"),
    Bag("who-runs", "who run", "run passive", "run"),
    Bag("who-runs", "who build", "build been passive", "build"),
    Bag("who-runs", "who charge", "charge run build passive"),
    Bag("who-runs", "who build run", "charge and passive been"),
    Bag("who-runs", "operator", "who run", "run"),
    Bag("who-runs", "developer", "who build", "build"),
    Bag("where-is", "where", "where"),
    Bag("platforms-of", "platforms run", "make passive", "run"),
    Bag("platforms-of", "platforms build", "make been charge passive", "build"),
    Bag("platforms-of", "platforms charge", "charge make run build passive"),
    Bag("platforms-in", "platforms", "city make might"),
    Bag("platforms-in", "ComputePlatform", "city make might", "compute"),
    Bag("platforms-serving", "platforms|ComputePlatform", "serve touch support passive might and"),
    Bag("sectors-of", "sectors", "touch serve make might and passive"),
    Bag("sectors-served", "sectors", "touch serve might and passive"),
    Bag("products-of", "products", "touch serve make might and passive"),
    Bag("sectors-without-measures", "sectors without measures", "touch make", order=True),
    Bag("sectors-without-measures", "without measures sectors", "touch make", order=True),
    Bag("where-stated", "stated where|source", "stated source where touch been"),
    Bag("describe", "describe", "describe"),
    Bag("compare", "compare", "compare and"),
    Bag("list", "", "make", collection=True),
    Bag("how-many", "many", "make", collection=True),
    Bag("published-when", "published", "when been"),
    Bag("coverage", "declared covered many|figure", "measures might"),
    Bag("coverage", "declared measures figure", "covered might"),
    Bag("coverage", "measures covered figure|many", "declared might"),
    Bag("coverage", "coverage", "measures policies make figure many"),
)  # fmt: skip


def readings(
    read: Sentence, language: Language, tokens: Sequence[Token], forms: Mapping[str, Form]
) -> Iterator[Reading]:
    """Yield the readings of a sentence that is cut into words: of those of the same things, the most specific one."""
    found: dict[frozenset[tuple[str, str]], list[tuple[int, Reading]]] = {}
    roles = Roles(read.text, tokens, language)
    for bag in BAGS if len(tokens) <= MOST_WORDS else ():
        form = forms.get(bag.form)
        if form is None or not _has_senses(bag, tokens) or not roles.fit(bag.form):
            continue
        for reading in _filled(bag, form, read, language, tokens):
            known = found.setdefault(frozenset(reading.plain().items()), [])
            known.append((len(bag.needs.split()), reading))
    for several in found.values():
        most = max(needs for needs, _ in several)
        best = [reading for needs, reading in several if needs == most]
        if len({reading.form.name for reading in best}) == 1:
            yield best[0]


def _has_senses(bag: Bag, tokens: Sequence[Token]) -> bool:
    """Tell whether each word has a sense of the bag, and each sense that it needs a word of its own."""
    words = [token.senses for token in tokens if token.is_word]
    needs = [frozenset(need.split("|")) for need in bag.needs.split()]
    known = frozenset(bag.may.split()).union({""}, *needs)
    if bag.collection:
        known |= {sense_of(collection) for collection in COLLECTIONS}
    if not all(senses & known for senses in words):
        return False
    return _in_order(needs, words) if bag.order else _each_by_its_own(needs, words)


def _in_order(needs: Sequence[frozenset[str]], words: Sequence[frozenset[str]]) -> bool:
    left = iter(words)
    return all(any(need & senses for senses in left) for need in needs)


def _each_by_its_own(needs: Sequence[frozenset[str]], words: Sequence[frozenset[str]]) -> bool:
    """Tell whether each need is met by another word: a matching of a graph with two sides, by augmenting paths."""
    met: dict[int, int] = {}

    def find(need: int, tried: set[int]) -> bool:
        for place, senses in enumerate(words):
            if senses & needs[need] and place not in tried:
                tried.add(place)
                if place not in met or find(met[place], tried):
                    met[place] = need
                    return True
        return False

    return all(find(need, set()) for need in range(len(needs)))


def _filled(bag: Bag, form: Form, read: Sentence, language: Language, tokens: Sequence[Token]) -> Iterator[Reading]:
    """Yield the form with what the sentence speaks of, where that is neither more nor less than its slots take."""
    values = _values(bag, form, tokens)
    for chosen in product(*values.values()) if values is not None else ():
        iris = [value.reference.iri for _, value in chosen if isinstance(value, Candidate)]
        if len(iris) == len(set(iris)):
            filled = {
                name: Filled(form.slots[name], value, *read.span(token.start, token.end))
                for name, (token, value) in zip(values or (), chosen, strict=True)
            }
            yield Reading(form, bag.tag, language, filled)


def _values(bag: Bag, form: Form, tokens: Sequence[Token]) -> dict[str, list[tuple[Token, Value]]] | None:
    """Return what may fill each slot; None where the sentence speaks of more, or of less, or otherwise of it."""
    years = [token for token in tokens if token.when is not None]
    amounts = [token for token in tokens if token.amount is not None]
    named = [token for token in tokens if token.names]
    things = [name for name, slot in form.slots.items() if slot.is_thing]
    spoken = (
        len(named),
        [token.when.how for token in years if token.when],
        [it.amount.how for it in amounts if it.amount],
    )
    if spoken != (len(things), [bag.when] if bag.when else [], [bag.cmp] if bag.cmp else []):
        return None
    values: dict[str, list[tuple[Token, Value]]] = {}
    for name, token in zip(things, named, strict=True):
        taken = form.slots[name].takes
        values[name] = [(token, candidate) for candidate in token.names if candidate.reference.type in taken]
    for token in years:
        if token.when is not None:
            values["year"] = [(token, token.when.year)]
            if token.when.month is not None:
                values["month"] = [(token, token.when.month)]
    for token in amounts:
        if token.amount is not None:
            values["value"] = [(token, token.amount.amount)]
    if bag.collection:
        values["collection"] = [(token, it) for token in tokens for it in COLLECTIONS if sense_of(it) in token.senses]
        if len({token for token, _ in values["collection"]}) != 1:
            return None
    return values
