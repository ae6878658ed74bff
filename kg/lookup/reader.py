"""Reading things out of the graph: a few SPARQL queries for any number of things, whatever their kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.engine import Engine, Term
from kg.engine.interface import Row
from kg.iris import Iris, is_iri
from kg.lookup.remembered import Known
from kg.lookup.things import Citation, Labels, Reference
from kg.terms import DCTERMS, SKOS, sparql_prologue

Key = tuple[str, str, str]
"""Subject, predicate and object of a triple; a literal object by its text."""

Citations = tuple[dict[str, tuple[Citation, ...]], dict[Key, tuple[Citation, ...]]]
"""Citations of things, and of triples."""


MOST_LABELS: Final = 20_000
"""Of how many resources the labels are remembered: of vocabularies, places and policies, which are named again and
again. It is some 10 MB."""

MOST_SOURCES: Final = 5_000
"""Of how many sources the titles and addresses are remembered."""

UNTOLD: Final = "oa:hasBody, rdf:subject, rdf:object, rdf:predicate"
"""By what statements and annotations point at what they are about: citations tell of it."""


def values_of(name: str, iris: Iterable[str]) -> str:
    """Return a VALUES clause over IRIs; leaves out what is none, which no graph can have."""
    return f"VALUES ?{name} {{ {' '.join(f'<{iri}>' for iri in iris if is_iri(iri))} }}"


@dataclass(frozen=True, slots=True)
class Triples:
    """The triples of some things, and by IRI what points at them; each by thing and property, in order."""

    outgoing: Mapping[str, Mapping[str, Sequence[Term]]]
    incoming: Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Description:
    """What the graph says of some things: their triples, those that point at them, names, citations."""

    triples: Triples
    names: Mapping[str, Labels]
    of_things: Mapping[str, tuple[Citation, ...]]
    of_triples: Mapping[Key, tuple[Citation, ...]]


class Reader:
    """Runs the queries of a look-up."""

    def __init__(self, engine: Engine, iris: Iris) -> None:
        """Read from an engine; `iris` tells things from other resources."""
        self.engine = engine
        self.iris = iris
        self._labels: Known[str, Labels | None] = Known(MOST_LABELS)
        self._titles: Known[str, tuple[Labels, str]] = Known(MOST_SOURCES)

    def select(self, query: str) -> list[Row]:
        """Run a SELECT query with the project's prefixes."""
        return self.engine.select(sparql_prologue() + query)

    def triples(self, things: Sequence[str], pointing: Collection[str] | None = None) -> Triples:
        """Return the triples of things, and of what points at them all, or what does so by some properties.

        A sector is pointed at by every measure that touches it, of which a description may need none.
        """
        if not things:
            return Triples({}, {})
        outgoing: dict[str, dict[str, list[Term]]] = {}
        for row in self.select(f"SELECT ?s ?p ?o WHERE {{ {values_of('s', things)} ?s ?p ?o }} ORDER BY ?s ?p ?o"):
            outgoing.setdefault(row["s"].value, {}).setdefault(row["p"].value, []).append(row["o"])
        incoming: dict[str, dict[str, list[str]]] = {}
        which = f"FILTER(?p NOT IN ({UNTOLD}))"
        if pointing is not None:
            which = values_of("p", sorted(pointing))
        query = f"SELECT ?s ?p ?o WHERE {{ {values_of('o', things)} {which} ?s ?p ?o {self.told} }}"
        # Put in order here: of many rows, an engine on disk reads the terms again and again to compare them.
        for row in sorted(self.select(query), key=lambda row: (row["s"].value, row["p"].value)):
            incoming.setdefault(row["o"].value, {}).setdefault(row["p"].value, []).append(row["s"].value)
        return Triples(outgoing, incoming)

    @property
    def told(self) -> str:
        """The filter of what points at things: what only describes the dataset does not, nor what has no name."""
        return f"FILTER(ISIRI(?s) && ?s != <{self.iris.graph('metadata')}#dataset>)"

    def describe(
        self, things: Sequence[str], triples: Triples, others: Iterable[str], pointing: Sequence[Key] | None = None
    ) -> Description:
        """Return the names and the citations of things and of their triples.

        Args:
            things: the things.
            triples: their triples.
            others: what is named besides whatever their triples lead to.
            pointing: of which triples that point at them there are to be citations; of all, where they are not given.
        """
        ends = {
            term.value
            for terms in triples.outgoing.values()
            for items in terms.values()
            for term in items
            if term.kind == "iri"
        }
        if not things:
            return Description(triples, {}, {}, {})
        of_things, of_triples = self.citations(things, objects=pointing is None)
        if pointing:
            of_triples = self.citations_of_triples(pointing) | of_triples
        return Description(triples, self.names({*ends, *others, *things}), of_things, of_triples)

    def names(self, iris: Iterable[str]) -> Mapping[str, Labels]:
        """Return the labels of resources by language."""
        known = self._labels.of(sorted(set(iris)), self._read_names)
        return {iri: labels for iri, labels in known.items() if labels is not None}

    def _read_names(self, iris: Sequence[str]) -> dict[str, Labels | None]:
        found: dict[str, dict[str, str]] = {}
        wanted = values_of("s", iris)
        query = f"SELECT ?s ?label WHERE {{ {wanted} ?s rdfs:label ?label }} ORDER BY ?s DESC(LANG(?label)) ?label"
        for row in self.select(query):
            found.setdefault(row["s"].value, {}).setdefault(row["label"].language or "en", row["label"].value)
        return {iri: found.get(iri) for iri in iris}

    def reference(self, iri: str, names: Mapping[str, Labels]) -> Reference:
        """Return a resource by name; what has no label is called by the end of its IRI."""
        parsed = self.iris.parse(iri)
        kind, local = parsed if parsed else ("resource", iri)
        return Reference(local, iri, kind, names.get(iri) or {"zh": local, "en": local})

    def citations(
        self, things: Sequence[str], *, objects: bool = True
    ) -> tuple[dict[str, tuple[Citation, ...]], dict[Key, tuple[Citation, ...]]]:
        """Return the citations of things, and those of the statements that have one of them as subject or object.

        Without `objects`, as subject alone: of a sector or a place, very many statements are objects.
        """
        named = values_of("thing", things)
        # The clauses stand within each part: joined to all parts together, every clause of the graph would be read.
        clauses = """?evidence oa:hasTarget ?clause ; pkg:reading ?reading .
              ?clause oa:hasSource ?passage ; oa:hasSelector ?q , ?position .
              ?q oa:exact ?quote . ?position oa:start ?start ; oa:end ?end .
              ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source ."""
        statement = f"?evidence oa:hasBody ?body . ?body rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o . {clauses}"
        as_object = f"UNION {{ {named} ?body rdf:object ?thing . {statement} }}" if objects else ""
        rows = self.select(
            f"""SELECT ?thing ?s ?p ?o ?clause ?quote ?line ?start ?end ?reading ?source WHERE {{
              {{ {named} ?evidence oa:hasBody ?thing . {clauses} FILTER NOT EXISTS {{ ?thing rdf:subject ?any }} }}
              UNION {{ {named} BIND(?thing AS ?body) {statement} }}
              UNION {{ {named} ?body rdf:subject ?thing . {statement} }}
              {as_object}
            }} ORDER BY ?source ?line ?start ?end ?reading"""
        )
        sources = self._sources({row["source"].value for row in rows})
        of_things: dict[str, dict[str, Citation]] = defaultdict(dict)
        of_triples: dict[Key, dict[str, Citation]] = defaultdict(dict)
        for row in rows:
            citation = self._citation(row, sources)
            if "s" in row:
                key = (row["s"].value, row["p"].value, row["o"].value)
                of_triples[key].setdefault(citation.iri, citation)
            else:
                of_things[row["thing"].value].setdefault(citation.iri, citation)
        return (
            {thing: tuple(found.values()) for thing, found in of_things.items()},
            {key: tuple(found.values()) for key, found in of_triples.items()},
        )

    def citations_of_triples(self, triples: Sequence[Key] | None = None) -> dict[Key, tuple[Citation, ...]]:
        """Return the citations of some triples between resources, or of all triples where none are given."""
        named = ""
        if triples is not None:
            rows_of = " ".join(f"(<{s}> <{p}> <{o}>)" for s, p, o in triples if all(map(is_iri, (s, p, o))))
            named = f"VALUES (?s ?p ?o) {{ {rows_of} }}"
        rows = self.select(
            f"""SELECT ?s ?p ?o ?clause ?quote ?line ?start ?end ?reading ?source WHERE {{
              {named} ?body rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
              ?evidence oa:hasBody ?body ; oa:hasTarget ?clause ; pkg:reading ?reading .
              ?clause oa:hasSource ?passage ; oa:hasSelector ?q , ?position .
              ?q oa:exact ?quote . ?position oa:start ?start ; oa:end ?end .
              ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source .
            }} ORDER BY ?source ?line ?start ?end ?reading"""
        )
        sources = self._sources({row["source"].value for row in rows})
        found: dict[Key, dict[str, Citation]] = defaultdict(dict)
        for row in rows:
            citation = self._citation(row, sources)
            found[row["s"].value, row["p"].value, row["o"].value].setdefault(citation.iri, citation)
        return {key: tuple(citations.values()) for key, citations in found.items()}

    def clauses(self, clauses: Sequence[str]) -> dict[str, Citation]:
        """Return clauses by their IRIs; where one is read in several ways, as what it states."""
        if not clauses:
            return {}
        rows = self.select(
            f"""SELECT ?clause ?quote ?line ?start ?end ?reading ?source WHERE {{
              {values_of("clause", clauses)}
              ?evidence oa:hasTarget ?clause ; pkg:reading ?reading .
              ?clause oa:hasSource ?passage ; oa:hasSelector ?q , ?position .
              ?q oa:exact ?quote . ?position oa:start ?start ; oa:end ?end .
              ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source .
            }} ORDER BY ?clause ?reading"""
        )
        sources = self._sources({row["source"].value for row in rows})
        return {row["clause"].value: self._citation(row, sources) for row in rows}

    def _citation(self, row: Row, sources: Mapping[str, tuple[Labels, str]]) -> Citation:
        source = row["source"].value
        title, url = sources.get(source, ({}, ""))
        return Citation(
            iri=row["clause"].value,
            quote=row["quote"].value,
            source=(self.iris.parse(source) or ("", source))[1],
            line=int(row["line"].value),
            start=int(row["start"].value),
            end=int(row["end"].value),
            reading=(self.iris.parse(row["reading"].value) or ("", row["reading"].value))[1],
            title=title,
            url=url,
        )

    def _sources(self, sources: set[str]) -> dict[str, tuple[Labels, str]]:
        return self._titles.of(sorted(sources), self._read_sources)

    def _read_sources(self, sources: Sequence[str]) -> dict[str, tuple[Labels, str]]:
        names = self.names(sources)
        rows = self.select(f"SELECT ?s ?url WHERE {{ {values_of('s', sources)} ?s schema:url ?url }}")
        urls = {row["s"].value: row["url"].value for row in rows}
        return {source: (names.get(source, {}), urls.get(source, "")) for source in sources}


def texts(terms: Iterable[Term]) -> Labels | None:
    """Return texts by language, or None where there are none."""
    found = {term.language or "en": term.value for term in sorted(terms, key=lambda term: term.language, reverse=True)}
    return found or None


ALIAS = SKOS + "altLabel"
DESCRIPTIONS = (DCTERMS + "description", SKOS + "definition")
