"""From a seed to the graph of its source: every fact as a triple, with the statement and the clause behind it."""

from __future__ import annotations

import datetime
from decimal import Decimal

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS, XSD

from kg.build.lines import Lines
from kg.build.ontology import Ontology
from kg.build.statements import Sink, Writer
from kg.facts import Facts, Named, Place, Platform, Policy, Relation, ScopeRelation, Seed, Source, Target, Text, Value
from kg.iris import Iris
from kg.kinds import CLASSES, KIND_BY_COLLECTION, RELATIONS
from kg.terms import ELI, PKG, PROV, QUDT, SCHEMA, TIME


def compile_seed(seed: Seed, ontology: Ontology) -> Graph:
    """Return the graph of one source; the same seed gives the same triples."""
    graph = Graph(bind_namespaces="none")
    _compile(seed.source, seed.facts, ontology, graph)
    return graph


def compile_lines(source: Source, facts: Facts, ontology: Ontology) -> tuple[str, ...]:
    """Return the sorted lines of the graph of one source, as `NamedGraph.ntriples` has them, in half the time."""
    lines = Lines()
    _compile(source, facts, ontology, lines)
    return lines.sorted()


def _compile(source: Source, facts: Facts, ontology: Ontology, sink: Sink) -> None:
    compiler = Compiler(ontology, Writer(sink, ontology.iris, source))
    compiler.source(source)
    compiler.facts(facts)


class Compiler:
    """Writes the things of one source."""

    def __init__(self, ontology: Ontology, writer: Writer) -> None:
        """Keep the ontology, which resolves units, and the writer of the source's graph."""
        self.ontology = ontology
        self.iris: Iris = ontology.iris
        self.writer = writer

    def source(self, source: Source) -> None:
        """Describe the source document, and say that its graph is derived from it."""
        document = self.thing("source", source.id)
        add = self.writer.add
        for class_iri in (PKG + "SourceDocument", SCHEMA + "NewsArticle"):
            add(document, RDF.type, URIRef(class_iri))
        self.labels(document, source.title)
        for language, title in (("zh", source.title.zh), ("en", source.title.en)):
            add(document, DCTERMS.title, Literal(title, lang=language))
        for author in source.authors:
            add(document, SCHEMA + "author", Literal(author))
        add(document, DCTERMS.publisher, self.thing("organization", source.publisher))
        add(document, DCTERMS.issued, _date(source.published))
        add(document, DCTERMS.language, Literal(source.language))
        add(document, SCHEMA + "url", URIRef(str(source.url)))
        add(document, PKG + "textDigest", Literal(source.sha256))
        add(URIRef(self.iris.graph("source", source.id)), PROV + "wasDerivedFrom", document)

    def facts(self, facts: Facts) -> None:
        """Write every thing of every section, then every relation."""
        for collection in Facts.model_fields:
            if collection == "units":
                continue
            kind = KIND_BY_COLLECTION[collection].name
            for item in getattr(facts, collection):
                thing = self.thing(kind, item.key)
                self.identity(thing, kind, item)
                self.relations(thing, kind, item)
        for unit in facts.units:
            self.writer.evidence(URIRef(self.ontology.units[unit.ref].iri), unit.evidence)
        for policy in facts.policies:
            self.policy(policy)
        for platform in facts.platforms:
            self.positioning(platform)
        for place in facts.places:
            self.positioning(place)
        for measure in facts.measures:
            thing = self.thing("measure", measure.key)
            kind_iri = self.thing("measure-kind", measure.kind)
            self.writer.state(thing, PKG + "measureKind", kind_iri, measure.evidence, "context")
            policy_iri = self.thing("policy", measure.policy)
            self.writer.state(thing, PKG + "inPolicy", policy_iri, measure.evidence, "context")
        for target in facts.targets:
            self.target(target)

    def thing(self, kind: str, key: str) -> URIRef:
        """Return the IRI of a thing."""
        return URIRef(self.iris.mint(kind, key))

    def labels(self, thing: URIRef, label: Text) -> None:
        """Give a thing its labels, both as rdfs:label and skos:prefLabel, so that either habit finds them."""
        for predicate in (RDFS.label, SKOS.prefLabel):
            self.writer.add(thing, predicate, Literal(label.zh, lang="zh"))
            self.writer.add(thing, predicate, Literal(label.en, lang="en"))

    def identity(self, thing: URIRef, kind: str, item: object) -> None:
        """Write classes, labels, aliases, description and the evidence that the source names the thing."""
        if isinstance(item, Named | Target):
            if item.label is not None:
                self.labels(thing, item.label)
            for language, aliases in (("zh", item.aliases.zh), ("en", item.aliases.en)):
                for alias in aliases:
                    self.writer.add(thing, SKOS.altLabel, Literal(alias, lang=language))
            if item.description is not None:
                self.writer.add(thing, DCTERMS.description, Literal(item.description.zh, lang="zh"))
                self.writer.add(thing, DCTERMS.description, Literal(item.description.en, lang="en"))
            for class_iri in CLASSES[_type_of(kind, item)]:
                self.writer.add(thing, RDF.type, URIRef(class_iri))
        evidence = getattr(item, "evidence", [])
        self.writer.evidence(thing, evidence)
        self.writer.stated_in(thing, evidence)

    def relations(self, thing: URIRef, kind: str, item: object) -> None:
        """Write the relations of a thing, each with its own evidence."""
        for relation in RELATIONS:
            if relation.subject != kind:
                continue
            stated = getattr(item, relation.key, None)
            for link in stated if isinstance(stated, list) else []:
                other = self._linked(link, relation.objects)
                subject, value = (other, thing) if relation.backwards else (thing, other)
                self.writer.state(subject, relation.property_iri, value, link.evidence)

    def _linked(self, link: Relation | ScopeRelation, kinds: tuple[str, ...]) -> URIRef:
        if isinstance(link, ScopeRelation):
            kind, _, key = link.to.partition("/")
            return self.thing(kind, key)
        return self.thing(kinds[0], link.to)

    def policy(self, policy: Policy) -> None:
        """Write what only a policy has: its date, its declared counts, its purposes."""
        thing = self.thing("policy", policy.key)
        if policy.published is not None:
            date = _date(policy.published.date)
            self.writer.state(thing, ELI + "date_publication", date, policy.published.evidence)
        for name, stated in (
            ("declaredMeasures", policy.declared_measures),
            ("declaredAspects", policy.declared_aspects),
        ):
            if stated is not None:
                self.writer.state(thing, PKG + name, Literal(stated.count), stated.evidence)
        for purpose in policy.purposes:
            self._stated_text(thing, "purpose", purpose)

    def positioning(self, item: Platform | Place) -> None:
        """Write what the source says that a platform or place is meant to be."""
        if item.positioning is not None:
            kind = "platform" if isinstance(item, Platform) else "place"
            self._stated_text(self.thing(kind, item.key), "positioning", item.positioning)

    def _stated_text(self, thing: URIRef, name: str, text: Text) -> None:
        evidence = getattr(text, "evidence", [])
        self.writer.state(thing, PKG + name, Literal(text.zh, lang="zh"), evidence)
        self.writer.state(thing, PKG + name, Literal(text.en, lang="en"), evidence)

    def target(self, target: Target) -> None:
        """Write what only a target has: indicator, value, deadline, wording."""
        thing = self.thing("target", target.id)
        state = self.writer.state
        state(thing, PKG + "inPolicy", self.thing("policy", target.policy), target.evidence, "context")
        state(thing, PKG + "hasIndicator", self.thing("indicator", target.indicator), target.evidence)
        for item in target.evidence:
            self.writer.add(thing, PKG + "wording", Literal(item.clause, lang=self.writer.source.language))
        if target.value is not None:
            self.value(thing, target.id, target.value)
        state(thing, PKG + "deadline", self.deadline(target.deadline.year), target.deadline.evidence)
        if target.scope_categories is not None:
            count = target.scope_categories
            state(thing, PKG + "scopeCategories", Literal(count.count), count.evidence)

    def value(self, thing: URIRef, key: str, value: Value) -> None:
        """Write comparator, the quantity as stated, and the quantity in the comparable unit."""
        unit = self.ontology.units[value.unit]
        comparator = self.thing("comparator", value.comparator)
        self.writer.state(thing, PKG + "comparator", comparator, value.evidence)
        stated = self.thing("quantity", key)
        self.writer.state(thing, PKG + "quantity", stated, value.evidence)
        number = Decimal(str(value.number))
        self._quantity(stated, Literal(_plain(number), datatype=XSD.decimal), unit.iri)
        names = self.ontology.concepts.objects(URIRef(unit.iri), SKOS.prefLabel)
        english = next((str(name) for name in names if getattr(name, "language", "") == "en"), value.unit)
        times = " × " if english[:1].isdigit() else " "
        self.writer.add(stated, RDFS.label, Literal(f"{_plain(number)} {value.unit}", lang="zh"))
        self.writer.add(stated, RDFS.label, Literal(f"{_plain(number)}{times}{english}", lang="en"))
        normalized = URIRef(self.iris.mint("quantity", key, "normalized"))
        self.writer.add(thing, PKG + "normalizedQuantity", normalized)
        self.writer.add(normalized, PROV + "wasDerivedFrom", stated)
        self._quantity(normalized, Literal(float(number * unit.multiplier), datatype=XSD.double), unit.normalized)

    def _quantity(self, node: URIRef, number: Literal, unit: str) -> None:
        self.writer.add(node, RDF.type, URIRef(QUDT + "QuantityValue"))
        self.writer.add(node, QUDT + "numericValue", number)
        self.writer.add(node, QUDT + "hasUnit", URIRef(unit))

    def deadline(self, year: int) -> URIRef:
        """Return the instant that a year is read as: its last day."""
        instant = self.thing("instant", f"{year}-12-31")
        self.writer.add(instant, RDF.type, URIRef(TIME + "Instant"))
        self.writer.add(instant, TIME + "inXSDgYear", Literal(str(year), datatype=XSD.gYear))
        self.writer.add(instant, TIME + "inXSDDate", Literal(f"{year}-12-31", datatype=XSD.date))
        self.writer.add(instant, RDFS.label, Literal(f"{year}年", lang="zh"))
        self.writer.add(instant, RDFS.label, Literal(f"{year}", lang="en"))
        return instant


def _type_of(kind: str, item: Named | Target) -> str:
    if isinstance(item, Target):
        return "quantitative" if item.value is not None else "qualitative"
    return str(getattr(item, "type", kind))


def _date(value: datetime.date) -> Literal:
    return Literal(value.isoformat(), datatype=XSD.date)


def _plain(number: Decimal) -> str:
    """Return a decimal without exponent and without zeros that say nothing: 40.0 → 40.

    >>> _plain(Decimal("4400.0")), _plain(Decimal("0.50"))
    ('4400', '0.5')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
