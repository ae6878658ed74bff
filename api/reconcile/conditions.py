"""Conditions of a query: whether a thing has, of a property, one of the values that are asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api.reconcile.data import Data
from api.reconcile.properties import Property, Value, property_named
from api.reconcile.queries import Condition, EntityValue
from kg.folding import folded
from kg.lookup import Reference, Thing

_DATE: Final = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:[t ].*)?")


@dataclass(frozen=True, slots=True)
class _Keys:
    """What values are compared by: texts without case, IRIs of things, numbers."""

    texts: frozenset[str]
    iris: frozenset[str]
    numbers: tuple[float, ...] = ()

    def meets(self, wanted: _Keys) -> bool:
        """Tell whether one of the values is one of those wanted."""
        if not (self.texts.isdisjoint(wanted.texts) and self.iris.isdisjoint(wanted.iris)):
            return True
        return any(math.isclose(one, other, rel_tol=1e-9) for one in self.numbers for other in wanted.numbers)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A property, and the values of which a thing must have one."""

    property: Property
    keys: _Keys

    @classmethod
    def of(cls, data: Data, condition: Condition, parameter: str) -> Wanted:
        """Return what a condition wants.

        Raises:
            BadParameter: there is no such property.
        """
        texts, iris, numbers = set(), set(), []
        for value in condition.v:
            if isinstance(value, EntityValue):
                iri = data.iri(value.id)
                if iri is not None:
                    iris.add(iri)
                else:  # of another service: only its name can be known here
                    texts.add(folded(value.name or value.id))
                continue
            text = "true" if value is True else "false" if value is False else str(value)
            key = folded(text)
            date = _DATE.fullmatch(key)
            texts |= {key, date.group(1) if date else key}
            iris.add(data.iri(text.strip()) or text)
            numbers += _numbers(text)
        known = property_named(condition.pid, parameter)
        return cls(known, _Keys(frozenset(texts), frozenset(iris), tuple(numbers)))

    def met_by(self, data: Data, iri: str, known: Thing | None = None) -> bool:
        """Tell whether a thing (an IRI) has one of the values; it is read where it is not known."""

        def read() -> _Keys:
            thing = known or data.thing(iri)
            return _keys(data, self.property.of(data, thing) if thing else ())

        keys = data.values.get((iri, self.property.id), read)
        return isinstance(keys, _Keys) and keys.meets(self.keys)


def _keys(data: Data, values: Iterable[Value]) -> _Keys:
    texts: set[str] = set()
    iris: set[str] = set()
    numbers: list[float] = []
    for value in values:
        content = value.content
        if isinstance(content, Reference):
            iris.add(content.iri)
            texts |= _names(data, content)
        elif isinstance(content, Mapping):
            texts |= {folded(text) for text in content.values()}
        elif isinstance(content, int | float):
            numbers.append(content)
        elif value.shape == "date":
            texts |= {content[:4], content[:7], content}
        else:
            texts.add(folded(str(content)))
    return _Keys(frozenset(texts), frozenset(iris), tuple(numbers))


def _names(data: Data, reference: Reference) -> set[str]:
    return {folded(name) for name in (reference.id, *reference.label.values(), *data.names_of(reference.iri))}


def _numbers(text: str) -> list[float]:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return []
    return [number] if math.isfinite(number) else []
