"""Why the graph says something: the rules by which it follows, their premises, and the clauses that state those."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from kg.engine import Term
from kg.errors import BadParameter, NotFound, QuerySyntaxError
from kg.iris import is_iri
from kg.kinds import RELATIONS
from kg.lookup.derivations import Derivations, Fact, derivations
from kg.lookup.finder import Finder, several_things
from kg.lookup.following import CONCLUSIONS
from kg.lookup.reader import Key, Reader, values_of
from kg.lookup.things import Citation, Labels, Reference
from kg.terms import DCTERMS, ELI, ONTOLOGY_IRI, PKG, PREFIXES, RDF, RDFS, SKOS, TOUCHES_SECTOR

Stands = Literal["inferred", "stated", "vocabulary", "unstated"]
"""How a triple stands in the graph: it follows, a source states it, the ontology has it, or it has no evidence."""

MOST_REASONS: Final = 500
"""How many reasons one explanation has, those of its premises included."""

MOST_DEEP: Final = 20
"""How deep reasons are below one another: many programs refuse JSON that is deeper."""

REUSED: Mapping[str, Labels] = {
    ELI + "date_publication": {"zh": "公布日期", "en": "published on"},
    DCTERMS + "description": {"zh": "说明", "en": "description"},
    SKOS + "definition": {"zh": "定义", "en": "definition"},
    SKOS + "altLabel": {"zh": "别名", "en": "also called"},
    SKOS + "prefLabel": {"zh": "名称", "en": "called"},
    RDFS + "label": {"zh": "名称", "en": "called"},
    RDF + "type": {"zh": "类别为", "en": "is a"},
    SKOS + "broader": {"zh": "上位为", "en": "is below"},
}
"""What properties are called that are not ours, so that the graph has no label of them."""
_WHATEVER = "?statement rdf:subject <{}> ; rdf:predicate <{}> ; rdf:object {} ."


@dataclass(frozen=True, slots=True)
class Reason:
    """One way in which a triple follows: a rule, and its premises, each with its own explanation."""

    rule: Reference
    premises: tuple[Explanation, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the reason as JSON."""
        return {"rule": self.rule.to_json(), "premises": [premise.to_json() for premise in self.premises]}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A triple, how it stands in the graph, the clauses that state it, and the ways in which it follows.

    `reasons_omitted` says that it has reasons that are not given, for the tree is large enough.
    """

    subject: Reference
    predicate: str
    predicate_label: Labels
    object: Reference | Term
    stands: Stands
    evidence: tuple[Citation, ...]
    reasons: tuple[Reason, ...]
    reasons_omitted: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the tree as JSON."""
        value = self.object
        return {
            "subject": self.subject.to_json(),
            "predicate": self.predicate,
            "predicate_label": dict(self.predicate_label),
            "object": value.to_json() if isinstance(value, Reference) else value.value,
            "stands": self.stands,
            "evidence": [citation.to_json() for citation in self.evidence],
            "reasons": [reason.to_json() for reason in self.reasons],
        } | ({"reasons_omitted": True} if self.reasons_omitted else {})


def explain(reader: Reader, finder: Finder, subject: str, predicate: str, value: str) -> Explanation:
    """Return why the graph says a triple; its ends are named by id, IRI or exact name, an object that is none by text.

    Raises:
        NotFound: nothing has the name, or the graph does not say it.
        BadParameter: there is no such property, or a name has several things that the graph says this of.
    """
    property_iri = _property(reader, predicate or TOUCHES_SECTOR)
    starts = _things(finder, subject)
    query = f"SELECT DISTINCT ?s ?o WHERE {{ {values_of('s', starts)} ?s <{property_iri}> ?o }} ORDER BY ?s ?o"
    try:
        said = [(row["s"].value, property_iri, row["o"]) for row in reader.select(query)]
    except QuerySyntaxError as error:  # what looks like an IRI is none
        raise NotFound("statement", f"{subject} {predicate} {value}") from error
    facts = [fact for fact in said if fact[2].kind == "literal" and fact[2].value == value]
    if not facts:
        ends = _things(finder, value)
        facts = [fact for fact in said if fact[2].value in ends]
        if not facts:
            raise _not_said(reader, starts, property_iri, ends, said)
    _only("subject", subject, {start for start, _, _ in facts}, reader)
    _only("object", value, {end.value for _, _, end in facts}, reader)
    return _Explaining(reader, facts[0]).explanation()


def _only(parameter: str, wanted: str, meant: Iterable[str], reader: Reader) -> None:
    """Refuse a name of several things of which the same is said: which one was meant makes another explanation."""
    ids = [reader.iris.short(iri) for iri in sorted(meant)]
    if len(ids) > 1:
        raise several_things(parameter, wanted, ids)


def _not_said(reader: Reader, starts: list[str], predicate: str, ends: list[str], said: list[Fact]) -> NotFound:
    """Return the error that the graph does not say something; what it says instead is near."""
    here = reader.iris.short
    return NotFound(
        "statement",
        f"{here(starts[0])} {here(predicate)} {here(ends[0])}",
        [f"{here(subject)} {here(predicate)} {here(value.value)}" for subject, _, value in said][:5],
    )


def _property(reader: Reader, given: str) -> str:
    """Return the IRI of a property by its IRI, its short name with or without prefix, or its key in JSON."""
    prefix, colon, local = given.partition(":")
    if colon and is_iri(given):
        if prefix in PREFIXES:
            return PREFIXES[prefix] + local
        if "://" in given:
            return given
    by_key = {relation.key: relation.property_iri for relation in RELATIONS}
    by_key |= {key: property_iri for key, (property_iri, _) in CONCLUSIONS.items()}
    if given in by_key:
        return by_key[given]
    known = {
        row["p"].value.removeprefix(PKG): row["p"].value
        for row in reader.select(f"SELECT ?p WHERE {{ ?p rdfs:isDefinedBy <{ONTOLOGY_IRI}> ; rdfs:range ?range }}")
    }
    if given not in known:
        near = difflib.get_close_matches(given, [*known, *by_key], n=1)
        example = near[0] if near else "touchesSector"
        words = (
            f"is no property of the ontology; see /ontology, for example {example}",
            f"不是本体的属性；见 /ontology，例如 {example}",
        )
        raise BadParameter("predicate", given, *words)
    return known[given]


def _things(finder: Finder, wanted: str) -> list[str]:
    """Return the IRIs of the things of any kind that an id, an IRI or an exact name may mean; there is at least one.

    Raises:
        NotFound: there is none.
    """
    if "://" in wanted and is_iri(wanted):
        return [wanted]
    found = finder.matches(None, wanted)
    if found:
        return sorted(found)
    kind, slash, local = wanted.partition("/")
    if slash and kind and local:
        return [finder.reader.iris.mint(*wanted.split("/"))]  # a date, say, which has an id and no collection
    raise NotFound("thing", wanted, finder.nearest(None, wanted))


@dataclass(slots=True)
class _Node:
    """A triple of the tree; `above` are it and those that it is to explain."""

    fact: Fact
    above: frozenset[Fact]
    reasons: list[tuple[str, list[_Node]]] = field(default_factory=list)
    omitted: bool = False


def _tree(known: Derivations, fact: Fact) -> list[_Node]:
    """Return the nodes of the tree of a triple, those that are nearer to it first.

    No reason rests on a triple that it is to explain. There is an end to the tree, however many ways the graph has.
    """
    nodes = [_Node(fact, frozenset((fact,)))]
    room = MOST_REASONS
    for node in nodes:  # grows meanwhile
        for each in known.get(node.fact, ()):
            if any(premise in node.above and premise in known for premise in each.premises):
                continue
            if not room or len(node.above) > MOST_DEEP:
                node.omitted = True
                break
            room -= 1
            premises = [_Node(premise, node.above | {premise}) for premise in each.premises]
            node.reasons.append((each.rule, premises))
            nodes += premises
    return nodes


class _Explaining:
    """Explains one triple; what all its premises need is read at once."""

    def __init__(self, reader: Reader, fact: Fact) -> None:
        self.reader = reader
        subject, predicate, value = fact
        written = f"<{value.value}>" if value.kind == "iri" else "?o"
        self.known: Derivations = derivations(reader, _WHATEVER.format(subject, predicate, written))
        self.nodes = _tree(self.known, fact)
        facts = {node.fact for node in self.nodes}
        things = sorted({end for s, _, o in facts for end in ((s, o.value) if o.kind == "iri" else (s,))})
        rules = {rule for node in self.nodes for rule, _ in node.reasons}
        self.names: Mapping[str, Labels] = reader.names({*things, *rules, *(p for _, p, _ in facts)})
        self.evidence: Mapping[Key, tuple[Citation, ...]] = reader.citations(things, objects=False)[1]
        self.own = self._in_ontology(things)

    def explanation(self) -> Explanation:
        """Return the triple with its reasons.

        A premise that has none, although it follows, follows only from what it is to explain: then it is no reason.
        """
        made: dict[int, Explanation] = {}
        for node in reversed(self.nodes):
            reasons = [
                Reason(self.reader.reference(rule, self.names), tuple(made[id(premise)] for premise in premises))
                for rule, premises in node.reasons
                if all(id(premise) in made for premise in premises)
            ]
            if reasons or node.omitted or node.fact not in self.known or node is self.nodes[0]:
                made[id(node)] = self._explained(node, reasons)
        return made[id(self.nodes[0])]

    def _explained(self, node: _Node, reasons: Sequence[Reason]) -> Explanation:
        subject, predicate, value = node.fact
        evidence = self.evidence.get((subject, predicate, value.value), ())
        follows = bool(reasons) or node.omitted
        stands: Stands = "inferred" if follows else "vocabulary" if node.fact in self.own else "unstated"
        return Explanation(
            self.reader.reference(subject, self.names),
            self.reader.iris.short(predicate),
            self.names.get(predicate) or REUSED.get(predicate, {}),
            self.reader.reference(value.value, self.names) if value.kind == "iri" else value,
            "stated" if evidence else stands,
            evidence,
            tuple(reasons),
            node.omitted,
        )

    def _in_ontology(self, things: list[str]) -> set[Fact]:
        graphs = " ".join(f"<{self.reader.iris.graph(name)}>" for name in ("ontology", "vocabularies"))
        rows = self.reader.select(
            f"SELECT ?s ?p ?o WHERE {{ VALUES ?g {{ {graphs} }} {values_of('s', things)} GRAPH ?g {{ ?s ?p ?o }} }}"
        )
        return {(row["s"].value, row["p"].value, row["o"]) for row in rows}
