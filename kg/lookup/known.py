"""What things are called: an id is looked up by itself, and a name among all names of a kind, which are read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.engine.interface import Row
from kg.folding import folded
from kg.iris import Iris
from kg.kinds import KIND_BY_NAME
from kg.lookup.reader import Reader
from kg.lookup.remembered import Once

_SYMBOLS: Final = "rdfs:label|skos:altLabel|qudt:symbol"
"""What names things that have no list of their own."""

_LONGEST: Final = 500
"""How many characters an id may have to be looked up by itself; a longer one is looked for among all ids."""

_END: Final = re.compile(r"(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+")
"""What follows the base in an IRI that a query may name: an engine refuses one with a stray %."""


def members_of(kind: str, iris: Iris) -> str:
    """Return the pattern of the things of a kind; those without a list of their own come with a `?name`."""
    if kind in KIND_BY_NAME:
        return f"?thing a <{KIND_BY_NAME[kind].class_iri}> ."
    return f'?thing {_SYMBOLS} ?name FILTER STRSTARTS(STR(?thing), "{iris.mint(kind, "")}")'


@dataclass(frozen=True, slots=True, repr=False)
class KnownNames:
    """The names of the things of one kind, folded as they are compared."""

    names: Mapping[str, frozenset[str]]
    """IRI → names; none where a thing has only its id."""
    by_name: Mapping[str, Sequence[str]]
    """Name → the IRIs of what has it, sorted."""
    by_id: Mapping[str, Sequence[str]]
    """Id → the IRIs that say it: one, but for those that are escaped in several ways."""

    @classmethod
    def of(cls, kind: str, rows: Iterable[Row], parse: Callable[[str], tuple[str, str] | None]) -> KnownNames:
        """Return the names that rows of `thing` and `name` have; `parse` gives the kind and id of an IRI."""
        names: dict[str, set[str]] = {}
        for row in rows:
            known = names.setdefault(row["thing"].value, set())
            if "name" in row:
                known.add(folded(row["name"].value))
        by_name: dict[str, list[str]] = {}
        by_id: dict[str, list[str]] = {}
        for iri, found in names.items():
            for name in found:
                by_name.setdefault(name, []).append(iri)
            parsed = parse(iri)
            if parsed and parsed[0] == kind:
                by_id.setdefault(parsed[1], []).append(iri)
        return cls(
            {iri: frozenset(found) for iri, found in names.items()},
            {name: tuple(sorted(iris)) for name, iris in by_name.items()},
            {id: tuple(iris) for id, iris in by_id.items()},
        )


_NOTHING: Final = KnownNames({}, {}, {})


class Names:
    """The ids and names of one revision; those of a kind are read when a text is first found to be no id of it."""

    def __init__(self, reader: Reader) -> None:
        """Read with a reader."""
        self._reader = reader
        self._listed: Once[str, KnownNames] = Once()
        self._others: Once[str, Mapping[str, KnownNames]] = Once()

    def with_id(self, kinds: Sequence[str], local: str, *given: str) -> dict[str, list[str]]:
        """Return the IRIs of the things of kinds that have an id, by kind; it costs the same whatever else there is.

        Args:
            kinds: the kinds; several if all of them have lists.
            local: the id.
            given: an IRI that says it.
        """
        spelled = {iri: kind for kind in kinds for iri in self._spelled(kind, local, *given)}
        if not spelled:
            return {}
        if all(kind in KIND_BY_NAME for kind in kinds):
            pairs = " ".join(f"(<{iri}> <{KIND_BY_NAME[kind].class_iri}>)" for iri, kind in spelled.items())
            pattern = f"VALUES (?thing ?class) {{ {pairs} }} ?thing a ?class"
        else:
            pattern = f"VALUES ?thing {{ {' '.join(f'<{iri}>' for iri in spelled)} }} ?thing {_SYMBOLS} ?name"
        found: dict[str, list[str]] = {}
        for row in self._reader.select(f"SELECT DISTINCT ?thing WHERE {{ {pattern} }} ORDER BY ?thing"):
            found.setdefault(spelled[row["thing"].value], []).append(row["thing"].value)
        return found

    def named(self, kind: str, wanted: str, local: str | None = None) -> list[str]:
        """Return the IRIs of the things of a kind that have a name, sorted.

        An id that cannot be looked up by itself, for how it or its IRI is written, is found here, and goes before.
        """
        known = self.of(kind)
        return list(known.by_id.get(wanted if local is None else local) or known.by_name.get(folded(wanted), ()))

    def of(self, kind: str) -> KnownNames:
        """Return the names of all things of a kind.

        What has no list of its own (a unit, a source) goes by its symbol too, and has a name, or it is not among them.
        """
        if kind in KIND_BY_NAME:
            return self._listed.of(kind, lambda: self._read(kind))
        return self._others.of("", self._read_others).get(self._reader.iris.mint(kind, ""), _NOTHING)

    def _spelled(self, kind: str, local: str, *given: str) -> list[str]:
        """Return the IRIs that an id may have: as they are minted, and as others may write them without escapes."""
        iris = self._reader.iris
        try:
            minted = iris.mint(kind, local), iris.mint(kind, *local.split("/"))
        except UnicodeEncodeError:  # half a character, which is in no IRI
            return []
        start = iris.mint(kind, "")
        spelled = dict.fromkeys((*given, *minted, f"{start}{local}"))
        return [iri for iri in spelled if _can_be_asked(iri, start) and iris.parse(iri) == (kind, local)]

    def _read(self, kind: str) -> KnownNames:
        pattern = f"{members_of(kind, self._reader.iris)} OPTIONAL {{ ?thing rdfs:label|skos:altLabel ?name }}"
        rows = self._reader.select(f"SELECT ?thing ?name WHERE {{ {pattern} }}")
        return KnownNames.of(kind, rows, self._reader.iris.parse)

    def _read_others(self) -> Mapping[str, KnownNames]:
        """Return the names of what has no list of its own, by how the IRIs of its kind begin.

        All of it is read at once, so that nothing is read again for kinds that there are not.
        """
        start = f"{self._reader.iris.base}id/"
        rows = self._reader.select(
            f'SELECT ?thing ?name WHERE {{ ?thing {_SYMBOLS} ?name FILTER STRSTARTS(STR(?thing), "{start}") }}'
        )
        by_kind: dict[str, list[Row]] = {}
        for row in rows:
            kind, slash, _ = row["thing"].value.removeprefix(start).partition("/")
            if slash and kind not in KIND_BY_NAME:
                by_kind.setdefault(kind, []).append(row)
        parse = self._reader.iris.parse
        return {f"{start}{kind}/": KnownNames.of(kind, of_kind, parse) for kind, of_kind in by_kind.items()}


def _can_be_asked(iri: str, start: str) -> bool:
    """Tell whether a query may name an IRI that begins so."""
    end = iri.removeprefix(start)
    return len(end) <= _LONGEST and _END.fullmatch(end) is not None
