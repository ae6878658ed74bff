"""From a reading to the SPARQL that is run: terms are put into the text of a form, or into a canned question.

What a caller wrote never gets there: things come as IRIs of the graph, years and numbers as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from kg.errors import NotFound, SourceError
from kg.iris import Iris
from kg.kinds import KIND_BY_COLLECTION, RELATIONS
from kg.lookup.explaining import REUSED
from kg.lookup.finder import RELATED
from kg.questions import Questions
from kg.resolve.model import Candidate, Form, Reading
from kg.resolve.numbers import Amount, unit_iri
from kg.resolve.words import Collection
from kg.terms import DCTERMS, ELI, PKG, PREFIXES, SKOS

STATED: Final = tuple(
    dict.fromkeys(
        (
            *(relation.property_iri for relation in RELATIONS),
            *(
                PKG + name
                for name in ("positioning", "purpose", "declaredMeasures", "declaredAspects", "wording", "comparator")
            ),
            ELI + "date_publication",
            DCTERMS + "description",
            SKOS + "definition",
            SKOS + "altLabel",
        )
    )
)
"""The properties by which a thing is described and compared, besides what follows by the rules."""

CALLED: Final[Mapping[str, Mapping[str, str]]] = {
    **REUSED,
    SKOS + "broader": {"zh": "上位", "en": "part of the wider"},
}
"""What properties of other vocabularies are called where the graph has no name for them."""

FOLLOWING: Final = (PKG + "touchesSector", PKG + "locatedWithin")
"""The inferred properties that are shown of a thing."""

_PLACEHOLDER: Final = re.compile(r"\$(\w+)")
_QUOTED: Final = re.compile(r'<[^<>\s]*>|"[^"\n]*"')
_PREFIXED: Final = re.compile(r"(?<![\w?$-])([A-Za-z][\w-]*):")
_DEADLINE: Final[Mapping[str, str]] = {
    "target": "VALUES ?target {{ <{}> }}",
    "indicator": "?target pkg:hasIndicator <{}> .",
    "measure": "<{}> pkg:hasTarget ?target .",
}


def is_answerable(form: Form, questions: Questions) -> bool:
    """Tell whether the query of a form is there: a folder of questions of one's own need not have each."""
    try:
        return not form.asked.question or questions.get(form.asked.question) is not None
    except (NotFound, SourceError):
        return False


def sparql_of(reading: Reading, questions: Questions, iris: Iris) -> str:
    """Return the SPARQL that answers a reading; it runs as it is."""
    asked = reading.form.asked
    if asked.question:
        values = {name: _value(reading, slot) for name, slot in asked.parameters.items()}
        return questions.get(asked.question).text(values)
    terms = _Terms(reading, iris)
    body = _PLACEHOLDER.sub(lambda found: terms.term(found[1]), asked.sparql)
    body = "\n".join(line for line in body.split("\n") if line.strip())
    used = set(_PREFIXED.findall(_QUOTED.sub(" ", body)))
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items() if name in used) + f"\n{body}\n"


def _value(reading: Reading, slot: str) -> str:
    value = reading.filled[slot].value
    return value.reference.iri if isinstance(value, Candidate) else str(value)


class _Terms:
    """The terms that stand for the placeholders of one reading."""

    def __init__(self, reading: Reading, iris: Iris) -> None:
        self._reading = reading
        self._iris = iris

    def term(self, name: str) -> str:
        """Return what stands for a placeholder: a slot, or one of those below."""
        if name in self._reading.filled and name not in {"value", "collection"}:
            value = self._reading.filled[name].value
            return f"<{value.reference.iri}>" if isinstance(value, Candidate) else str(value)
        found: Mapping[str, Callable[[], str]] = {
            "tag": self._tag,
            "things": lambda: " ".join(f"<{thing.reference.iri}>" for thing in self._reading.things),
            "stated": lambda: " ".join(f"<{iri}>" for iri in STATED),
            "following": lambda: " ".join(f"<{iri}>" for iri in FOLLOWING),
            "inferred": lambda: f"<{self._iris.graph('inferred')}>",
            "pattern": self._pattern,
            "class": self._class,
            "value": lambda: self._amount.literal,
            "unit": lambda: f"<{unit_iri(self._amount.unit, self._iris.mint('unit', ''))}>",
            "counted": self._counted,
            "more": lambda: f"<{self._iris.mint('comparator', 'gt')}>",
            "less": lambda: f"<{self._iris.mint('comparator', 'lt')}>",
        }
        return found[name]()

    def _tag(self) -> str:
        choices = self._reading.form.asked.choices
        return choices.get(self._reading.tag, choices[""])

    @property
    def _amount(self) -> Amount:
        value = self._reading.filled["value"].value
        assert isinstance(value, Amount)
        return value

    def _counted(self) -> str:
        ending = self._amount.counted
        return f'FILTER (STRENDS(?unit, "{ending}"))' if ending else ""

    def _pattern(self) -> str:
        """Return how a target is tied to the thing that the question is about, as lists of targets filter by it."""
        thing = self._reading.things[0].reference
        if self._reading.form.name == "deadline-of":
            return _DEADLINE[thing.type].format(thing.iri)
        return RELATED["target"][thing.type][1].format(thing.iri).replace("?thing", "?target") + " ."

    def _class(self) -> str:
        value = self._reading.filled["collection"].value
        assert isinstance(value, Collection)
        return f"<{PKG}{value.class_name}>" if value.class_name else f"<{KIND_BY_COLLECTION[value.name].class_iri}>"
