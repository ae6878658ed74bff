"""The look-up: things, lists and coverage of one revision, read by SPARQL through the engine's seam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from kg.engine import Engine
from kg.errors import BadParameter
from kg.iris import Iris
from kg.kinds import KIND_BY_NAME, KINDS, RELATIONS, key_of
from kg.lookup.clauses import describe_clause, in_reading_order, with_clauses
from kg.lookup.explaining import Explanation, explain
from kg.lookup.finder import Finder, filter_names, no_filter
from kg.lookup.following import following
from kg.lookup.kinds import Particulars
from kg.lookup.parts import part_of
from kg.lookup.reader import ALIAS, DESCRIPTIONS, Description, Reader, texts
from kg.lookup.remembered import Lists, Once
from kg.lookup.things import Conclusion, Link, Page, Thing, Touch
from kg.lookup.touches import Touching, count_touching, touched_by, touching
from kg.terms import ONTOLOGY_IRI, RDF, RDFS

MAX_LIMIT = 1000
_MOST_TOUCHING: Final = 100_000
"""How many measures the sets of those that touch a sector have together that are remembered."""
_POINTING: Final[Mapping[str, frozenset[str]]] = {
    kind.name: frozenset(
        each.property_iri
        for each in RELATIONS
        if (each.subject == kind.name and each.backwards)
        or (kind.name in each.objects and each.inverse and not each.backwards)
    )
    for kind in KINDS
}
"""Kind → the properties by which what points at its things is told of them."""
_NAMELESS = {RDF + "type", RDFS + "label"}
_PLUMBING = {"type", "has_selector", "has_target_of"}


class Lookup:
    """Answers for one revision, to any number of threads; what it remembers is right for as long as that is read."""

    def __init__(self, engine: Engine, iris: Iris) -> None:
        """Look up in the revision that an engine reads."""
        self.reader = Reader(engine, iris)
        self.finder = Finder(self.reader)
        self.iris = iris
        self._touching: Lists[tuple[str, bool], Touching] = Lists(_MOST_TOUCHING)
        self._meta: Once[str, Mapping[str, Any]] = Once()

    def resolve(self, kind: str, wanted: str, parameter: str = "") -> str:
        """Return the IRI that a short id, a typed id, a full IRI or an exact name in either language means.

        Raises:
            NotFound: there is none; or, where it is not the value of a parameter, the name has several.
            BadParameter: it is the value of a parameter, and the name has several.
        """
        return self.finder.resolve(kind, wanted, parameter)

    def thing(self, kind: str, wanted: str) -> Thing:
        """Return one thing.

        Raises:
            NotFound: there is none of this kind, or the name has several; `nearest` are ids.
        """
        iri = self.resolve(kind, wanted)
        return self._with_conclusions(self._things(kind, [iri], {})[0])

    def several(self, kind: str, iris: Sequence[str]) -> list[Thing]:
        """Return things of a kind by their IRIs, in this order, without what follows of them, as in lists."""
        return self._things(kind, list(iris), {})

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
    ) -> Page:
        """Return a part of the list of things of a kind that pass the filters.

        Args:
            kind: a kind of `kg.kinds.KINDS`.
            filters: name → value; see `filter_names`.
            limit: how many at most, 1 to 1000.
            cursor: where to go on, from the `next` of the part before.
            transitive: whether `touches` includes the sectors below the one given.

        Raises:
            NotFound: a filter names a thing that there is not.
            BadParameter: a filter, limit or cursor has an impossible value, or a filter names several things.
        """
        if not 1 <= limit <= MAX_LIMIT:
            words = f"must be a whole number from 1 to {MAX_LIMIT}", f"应为 1 到 {MAX_LIMIT} 的整数"
            raise BadParameter("limit", str(limit), *words)
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
        items = self._things(kind, list(part), touched.touches(part) if touched else {})
        return Page(tuple(items), len(iris), following)

    def describe(self, iri: str, *, concluded: bool = True) -> Thing | None:
        """Return whatever the graph says of an IRI under the base, or None where it says nothing.

        Without `concluded`, what follows of the thing by rules is neither read nor there, as in lists.
        """
        parsed = self.iris.parse(iri)
        if parsed is None:
            return None
        kind = parsed[0]
        description = self.reader.describe([iri], _POINTING.get(kind))
        if not description.outgoing:
            return None
        if kind in KIND_BY_NAME:
            thing = self._things(kind, [iri], {}, description)[0]
            return self._with_conclusions(thing) if concluded else thing
        found = self._generic(iri, kind, description)
        if kind in {"passage", "source"}:
            return in_reading_order(self.reader, found)
        return with_clauses(self.reader, found) if kind == "statement" else found

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

    def _things(
        self,
        kind: str,
        iris: list[str],
        touches: Mapping[str, tuple[Touch, ...]],
        description: Description | None = None,
    ) -> list[Thing]:
        description = description or self.reader.describe(iris, _POINTING.get(kind))
        particulars = Particulars(self.reader, description)
        return [
            self._thing(
                kind, iri, description, particulars.of(kind, iri), self._links(kind, iri, description), touches.get(iri)
            )
            for iri in iris
        ]

    def _thing(
        self,
        kind: str,
        iri: str,
        description: Description,
        values: Mapping[str, Any],
        links: Mapping[str, tuple[Link, ...]],
        touches: tuple[Touch, ...] | None,
    ) -> Thing:
        outgoing = description.outgoing.get(iri, {})
        aliases: dict[str, list[str]] = {"zh": [], "en": []}
        for term in outgoing.get(ALIAS, ()):
            aliases.setdefault(term.language or "en", []).append(term.value)
        reference = self.reader.reference(iri, description.names)
        return Thing(
            id=reference.id,
            iri=iri,
            type=kind,
            label=reference.label,
            aliases=aliases,
            description=next((found for name in DESCRIPTIONS if (found := texts(outgoing.get(name, ())))), None),
            values=values,
            links=links,
            evidence=description.of_things.get(iri, ()),
            touches=touches,
        )

    def _links(self, kind: str, iri: str, description: Description) -> dict[str, tuple[Link, ...]]:
        links: dict[str, list[Link]] = {}
        for relation in RELATIONS:
            if relation.subject == kind:
                links.setdefault(relation.key, []).extend(
                    self._ends(iri, relation.property_iri, description, relation.backwards)
                )
            if kind in relation.objects and relation.inverse:
                found = self._ends(iri, relation.property_iri, description, not relation.backwards)
                links.setdefault(relation.inverse, []).extend(
                    link for link in found if link.to.type == relation.subject
                )
        return {key: tuple({link.to.iri: link for link in found}.values()) for key, found in links.items()}

    def _ends(self, iri: str, property_iri: str, description: Description, backwards: bool) -> list[Link]:
        if backwards:
            ends = list(description.incoming.get(iri, {}).get(property_iri, ()))
            triples = [(end, property_iri, iri) for end in ends]
        else:
            ends = [
                term.value for term in description.outgoing.get(iri, {}).get(property_iri, ()) if term.kind == "iri"
            ]
            triples = [(iri, property_iri, end) for end in ends]
        return [
            Link(self.reader.reference(end, description.names), description.of_triples.get(triple, ()))
            for end, triple in zip(ends, triples, strict=True)
        ]

    def _generic(self, iri: str, kind: str, description: Description) -> Thing:
        values: dict[str, Any] = {}
        links: dict[str, tuple[Link, ...]] = {}
        for property_iri, terms in description.outgoing[iri].items():
            name = key_of(property_iri)
            if name in _PLUMBING:
                continue
            literals = [term for term in terms if term.kind == "literal"]
            if literals and property_iri not in _NAMELESS and property_iri not in {ALIAS, *DESCRIPTIONS}:
                values[name] = [term.value for term in literals] if len(literals) > 1 else literals[0].value
            others = [term.value for term in terms if term.kind == "iri"]
            if others:
                links[name] = tuple(Link(self.reader.reference(other, description.names)) for other in others)
        if kind == "clause":
            values.update(describe_clause(self.reader, iri))
        for property_iri, subjects in description.incoming.get(iri, {}).items():
            name = f"{key_of(property_iri)}_of"
            if name in _PLUMBING:
                continue
            links[name] = tuple(Link(self.reader.reference(other, description.names)) for other in subjects)
        return self._thing(kind, iri, description, values, links, None)
