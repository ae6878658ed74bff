"""The look-up: things, lists and coverage of one revision, read by SPARQL through the engine's seam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from kg.engine import Engine
from kg.errors import BadParameter, NotFound
from kg.iris import Iris
from kg.kinds import KIND_BY_NAME, KINDS
from kg.lookup.describing import Describer
from kg.lookup.explaining import Explanation, explain
from kg.lookup.finder import Finder, filter_names, no_filter
from kg.lookup.following import following
from kg.lookup.parts import part_of
from kg.lookup.ranks import Ranks
from kg.lookup.reader import Reader
from kg.lookup.remembered import Lists, Once
from kg.lookup.things import Conclusion, Links, Page, Thing, Touch
from kg.lookup.touches import Touching, count_touching, touched_by, touching
from kg.terms import ONTOLOGY_IRI

MAX_LIMIT = 1000
_MOST_TOUCHING: Final = 100_000
"""How many measures the sets of those that touch a sector have together that are remembered."""


class Lookup:
    """Answers for one revision, to any number of threads; what it remembers is right for as long as that is read."""

    def __init__(self, engine: Engine, iris: Iris) -> None:
        """Look up in the revision that an engine reads."""
        self.reader = Reader(engine, iris)
        self.finder = Finder(self.reader)
        self.iris = iris
        self._describer = Describer(self.reader)
        self._touching: Lists[tuple[str, bool], Touching] = Lists(_MOST_TOUCHING)
        self._meta: Once[str, Mapping[str, Any]] = Once()
        self._ranks: Once[str, Ranks] = Once()

    def resolve(self, kind: str, wanted: str, parameter: str = "") -> str:
        """Return the IRI that a short id, a typed id, a full IRI or an exact name in either language means.

        Raises:
            NotFound: there is none; or, where it is not the value of a parameter, the name has several.
            BadParameter: it is the value of a parameter, and the name has several.
        """
        return self.finder.resolve(kind, wanted, parameter)

    def thing(self, kind: str, wanted: str, *, most: int | None = None) -> Thing:
        """Return one thing, with all that it is related to, or with `most` links of each key.

        Raises:
            NotFound: there is none of this kind, or the name has several; `nearest` are ids.
        """
        iri = self.resolve(kind, wanted)
        return self._with_conclusions(self._describer.things(kind, [iri], most=most)[0])

    def several(self, kind: str, iris: Sequence[str]) -> list[Thing]:
        """Return things of a kind by their IRIs, in this order, without what follows of them, as in lists."""
        return self._describer.things(kind, iris)

    def _with_conclusions(self, thing: Thing) -> Thing:
        """Return a thing with what follows of it."""
        kind, iri = thing.type, thing.iri
        return replace(
            thing,
            touches=self.touched(iri) if kind == "measure" else None,
            follows=self.follows(kind, iri),
            measures_touching=count_touching(self.reader, iri) if kind == "sector" else None,
        )

    def touched(self, measure: str) -> tuple[Touch, ...]:
        """Return the sectors that a measure (an IRI) touches without going up the taxonomy, each with the ways."""
        return touched_by(self.reader, measure)

    def follows(self, kind: str, iri: str) -> Mapping[str, tuple[Conclusion, ...]]:
        """Return what else follows of a thing (an IRI) by rules, by keys of JSON: `due_by`, `located_within`."""
        return following(self.reader, kind, iri)

    def things(
        self,
        kind: str,
        filters: Mapping[str, str],
        *,
        limit: int = 100,
        cursor: str | None = None,
        transitive: bool = True,
        most: int | None = None,
    ) -> Page:
        """Return a part of the list of things of a kind that pass the filters.

        Args:
            kind: a kind of `kg.kinds.KINDS`.
            filters: name → value; see `filter_names`.
            limit: how many at most, 1 to 1000.
            cursor: where to go on, from the `next` of the part before.
            transitive: whether `touches` includes the sectors below the one given.
            most: how many links of each key an item has at most; None for all.

        Raises:
            NotFound: a filter names a thing that there is not.
            BadParameter: a filter, limit or cursor has an impossible value, or a filter names several things.
        """
        _check(limit)
        for name, value in filters.items():
            if name not in filter_names(kind):
                raise no_filter(kind, name, value)
        iris = self.finder.things(kind, filters)
        touched = None
        if "touches" in filters:
            sector = self.resolve("sector", filters["touches"], "touches")
            touched = self._touching.of(
                (sector, transitive), lambda: touching(self.reader, sector, transitive=transitive)
            )
            iris = [iri for iri in iris if iri in touched.measures]
        part, following = part_of(iris, limit, cursor)
        items = self._describer.things(kind, part, touched.touches(part) if touched else {}, most=most)
        return Page(tuple(items), len(iris), following)

    def describe(self, iri: str, *, concluded: bool = True, most: int | None = None) -> Thing | None:
        """Return whatever the graph says of an IRI under the base, or None where it says nothing.

        Without `concluded`, what follows of the thing by rules is neither read nor there, as in lists. With `most`, it
        has so many links of each key at most.
        """
        thing = self._describer.describe(iri, most=most)
        return self._with_conclusions(thing) if thing is not None and concluded else thing

    def links(self, wanted: str, key: str, *, limit: int = 100, cursor: str | None = None) -> Links:
        """Return a part of what a thing is related to by a key of its JSON.

        Args:
            wanted: the thing: a short id that is unique, `kind/id`, a full IRI, or an exact name in either language.
            key: the key, such as `measures`.
            limit: how many at most, 1 to 1000.
            cursor: where to go on, from the `next` of the part before.

        Raises:
            NotFound: there is no such thing.
            BadParameter: the thing has no such key, or its name has several, or limit or cursor is impossible.
        """
        _check(limit)
        found = self._describer.links(self._meant(wanted), key, limit, cursor)
        if found is None:
            raise NotFound("thing", wanted)
        return found

    def _meant(self, wanted: str) -> str:
        """Return the IRI that a text means: of what has no list, and so no name, the IRI or `kind/id` says it."""
        parsed = self.iris.parse(wanted)
        if parsed and parsed[0] not in KIND_BY_NAME:
            return wanted
        try:
            return self.finder.resolve(None, wanted, "of")
        except NotFound:
            kind, slash, local = wanted.partition("/")
            if not slash or parsed or kind in KIND_BY_NAME:
                raise
            try:
                return self.iris.mint(kind, *local.split("/"))
            except UnicodeEncodeError:  # half a character, which is in no IRI
                raise NotFound("thing", wanted) from None

    def explain(self, subject: str, predicate: str, value: str) -> Explanation:
        """Return why the graph says a triple: the rules by which it follows, and the clauses that it rests on.

        Args:
            subject: a short id that is unique, `kind/id`, a full IRI, or an exact name in either language.
            predicate: a property by IRI, `pkg:name`, name or JSON key; empty for `touchesSector`.
            value: the object, in the same ways as the subject, or a literal by its text.

        Raises:
            NotFound: nothing has the name, or the graph does not say it; `nearest` has what comes near.
            BadParameter: there is no such property, or a name has several things of which the graph says it.
        """
        return explain(self.reader, self.finder, subject, predicate, value)

    def ranks(self) -> Ranks:
        """Return which targets come first where not all of them are shown."""
        return self._ranks.of("", lambda: Ranks.read(self.reader, self.finder.order("target")))

    def meta(self) -> dict[str, Any]:
        """Return counts by collection, the coverage of each policy, the ontology's version, and the sources."""
        return dict(self._meta.of("", self._read_meta))

    def _read_meta(self) -> Mapping[str, Any]:
        counts = {kind.collection: self.finder.count(kind.name) for kind in KINDS}
        version = self.reader.select(f"SELECT ?v WHERE {{ <{ONTOLOGY_IRI}> owl:versionInfo ?v }}")
        return {
            "triples": self.reader.engine.count() - self._described(),
            "counts": counts,
            "coverage": self._coverage(),
            "ontology_version": version[0]["v"].value if version else None,
            "sources": self._sources(),
        }

    def _described(self) -> int:
        """Return how many triples only describe the dataset."""
        graph = self.iris.graph("metadata")
        return int(self.reader.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")[0]["n"].value)

    def _coverage(self) -> list[dict[str, Any]]:
        rows = self.reader.select(
            """SELECT ?policy (SAMPLE(?m) AS ?measures) (SAMPLE(?a) AS ?aspects)
                 (COUNT(DISTINCT ?titled) AS ?named) (COUNT(DISTINCT ?provision) AS ?detailed) WHERE {
               ?policy a pkg:Policy .
               OPTIONAL { ?policy pkg:declaredMeasures ?m } OPTIONAL { ?policy pkg:declaredAspects ?a }
               OPTIONAL { ?measure pkg:inPolicy ?policy ; pkg:measureKind ?kind .
                 BIND(IF(STRENDS(STR(?kind), "/titled"), ?measure, ?none) AS ?titled)
                 BIND(IF(STRENDS(STR(?kind), "/provision"), ?measure, ?none) AS ?provision) }
             } GROUP BY ?policy ORDER BY ?policy"""
        )
        names = self.reader.names(row["policy"].value for row in rows)
        return [
            {
                "policy": self.reader.reference(row["policy"].value, names).to_json(),
                "declared_measures": int(row["measures"].value) if "measures" in row else None,
                "declared_aspects": int(row["aspects"].value) if "aspects" in row else None,
                "modelled_measures": int(row["named"].value),
                "modelled_provisions": int(row["detailed"].value),
            }
            for row in rows
        ]

    def _sources(self) -> list[dict[str, Any]]:
        rows = self.reader.select(
            """SELECT ?source ?url ?issued WHERE {
                 ?source a pkg:SourceDocument ; schema:url ?url ; dcterms:issued ?issued } ORDER BY ?source"""
        )
        names = self.reader.names(row["source"].value for row in rows)
        return [
            {
                **self.reader.reference(row["source"].value, names).to_json(),
                "published": row["issued"].value,
                "url": row["url"].value,
            }
            for row in rows
        ]


def _check(limit: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        words = f"must be a whole number from 1 to {MAX_LIMIT}", f"应为 1 到 {MAX_LIMIT} 的整数"
        raise BadParameter("limit", str(limit), *words)
