"""The description of the real seeds: counts held against SPARQL, DCAT against shapes, examples run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
from rdflib import DCTERMS, RDF, RDFS, SH, VOID, XSD, BNode, Graph, Literal, Namespace, URIRef

from kg.build import NamedGraph
from kg.engine import EmbeddedEngine, Engine, GraphFormat, QueryRequest, ResultFormat, write_store
from kg.iris import Iris
from kg.metadata import Names, Release, address_lines, describe, description, read_examples
from kg.revisions import Revision
from kg.terms import PREFIXES
from tests.metadata.stores import graph_of

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "ontology" / "questions"
NAMES = Names(Iris())
DATASET = URIRef(NAMES.dataset)
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID_EXT = Namespace("http://ldf.fi/void-ext#")


@pytest.fixture(scope="module")
def described(revision: Revision) -> Engine:
    """The published revision, whose union has the description in it."""
    return revision.open()


@pytest.fixture(scope="module")
def metadata(described: Engine) -> Graph:
    return Graph().parse(data=b"".join(described.dump(GraphFormat.N_TRIPLES, NAMES.graph)), format="nt")


def numbers(engine: EmbeddedEngine, query: str) -> dict[tuple[str, ...], int]:
    """Return the rows of an aggregate: all but the last variable → the last one."""
    content = engine.answer(QueryRequest(query), ResultFormat.CSV).content.decode()
    return {tuple(row[:-1]): int(row[-1]) for row in list(csv.reader(io.StringIO(content)))[1:]}


def integer(graph: Graph, subject: URIRef, predicate: URIRef) -> int:
    (value,) = graph.objects(subject, predicate)
    assert isinstance(value, Literal)
    assert value.datatype == XSD.integer
    return int(value)


def test_description_has_no_blank_node(metadata: Graph) -> None:
    assert not [term for triple in metadata for term in triple if isinstance(term, BNode)]
    subjects = {str(subject) for subject in metadata.subjects()}
    assert all(subject.startswith(NAMES.graph) for subject in subjects)


@pytest.mark.parametrize(
    ("predicate", "query"),
    [
        (VOID.triples, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        (VOID.distinctSubjects, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        (VOID.distinctObjects, "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        (VOID.classes, "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }"),
        (VOID.properties, "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
        (
            VOID.entities,
            "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o "
            'FILTER(STRSTARTS(STR(?s), "https://w3id.org/policy-kg/id/")) }',
        ),
    ],
)
def test_totals_are_those_of_the_data(metadata: Graph, engine: EmbeddedEngine, predicate: URIRef, query: str) -> None:
    assert integer(metadata, DATASET, predicate) == numbers(engine, query)[()]


def test_classes_are_counted(metadata: Graph, engine: EmbeddedEngine) -> None:
    found = {
        (str(metadata.value(part, VOID["class"])),): integer(metadata, URIRef(str(part)), VOID.entities)
        for part in metadata.objects(DATASET, VOID.classPartition)
    }
    assert found == numbers(engine, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    assert len(found) >= 40


@pytest.mark.parametrize(
    ("predicate", "count"),
    [
        (VOID.triples, "COUNT(*)"),
        (VOID.distinctSubjects, "COUNT(DISTINCT ?s)"),
        (VOID.distinctObjects, "COUNT(DISTINCT ?o)"),
    ],
)
def test_properties_are_counted(metadata: Graph, engine: EmbeddedEngine, predicate: URIRef, count: str) -> None:
    found = {
        (str(metadata.value(part, VOID.property)),): integer(metadata, URIRef(str(part)), predicate)
        for part in metadata.objects(DATASET, VOID.propertyPartition)
    }
    assert found == numbers(engine, f"SELECT ?p ({count} AS ?n) {{ ?s ?p ?o }} GROUP BY ?p")


def partitions(metadata: Graph) -> Iterator[tuple[str, str, URIRef]]:
    for cls in metadata.objects(DATASET, VOID.classPartition):
        for part in metadata.objects(cls, VOID.propertyPartition):
            name = str(metadata.value(cls, VOID["class"]))
            yield name, str(metadata.value(part, VOID.property)), URIRef(str(part))


def test_properties_of_classes_are_counted(metadata: Graph, engine: EmbeddedEngine) -> None:
    found = {(cls, name): integer(metadata, part, VOID.triples) for cls, name, part in partitions(metadata)}
    assert found == numbers(engine, "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c ?p")


@pytest.mark.parametrize(
    ("links", "names", "query"),
    [
        (VOID.classPartition, VOID["class"], "SELECT ?c ?p ?d (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o . ?o a ?d }"),
        (
            VOID_EXT.datatypePartition,
            VOID_EXT.datatype,
            "SELECT ?c ?p ?d (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?d) }",
        ),
    ],
)
def test_what_properties_of_classes_lead_to_is_counted(
    metadata: Graph, engine: EmbeddedEngine, links: URIRef, names: URIRef, query: str
) -> None:
    found = {
        (cls, name, str(metadata.value(end, names))): integer(metadata, URIRef(str(end)), VOID.triples)
        for cls, name, part in partitions(metadata)
        for end in metadata.objects(part, links)
    }
    assert found == numbers(engine, f"{query} GROUP BY ?c ?p ?d")
    assert len(found) >= 100


def test_named_graphs_are_counted(metadata: Graph, graphs: tuple[NamedGraph, ...]) -> None:
    found = {}
    for named in metadata.objects(DATASET, SD.namedGraph):
        part = URIRef(str(metadata.value(named, SD.graph)))
        assert (DATASET, VOID.subset, part) in metadata
        found[str(metadata.value(named, SD.name))] = integer(metadata, part, VOID.triples)
    assert found == {graph.iri: len(graph.graph) for graph in graphs}


def test_what_is_named_is_there(metadata: Graph, engine: EmbeddedEngine) -> None:
    examples = [str(thing) for thing in metadata.objects(DATASET, VOID.exampleResource)]
    assert len(examples) == 10
    for thing in examples:
        assert numbers(engine, f"SELECT (COUNT(*) AS ?n) {{ <{thing}> ?p ?o }}")[()] > 0
    vocabularies = {str(iri) for iri in metadata.objects(DATASET, VOID.vocabulary)}
    assert {PREFIXES["pkg"], PREFIXES["skos"], PREFIXES["oa"]} <= vocabularies <= set(PREFIXES.values())
    assert PREFIXES["void"] not in vocabularies
    sources = {str(source) for source in metadata.objects(DATASET, URIRef(PREFIXES["prov"] + "wasDerivedFrom"))}
    assert sources == {Iris().mint("source", "dayoo-20240607")}


# ── DCAT ────────────────────────────────────────────────────────────────────

# What DCAT-AP 3 makes mandatory or recommends for a catalogue entry, and what this project promises beside it.
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix void: <http://rdfs.org/ns/void#> . @prefix ex: <urn:shape:> .
ex:dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dcterms:title ; sh:uniqueLang true ; sh:minCount 2 ; sh:languageIn ( "zh" "en" ) ] ,
    [ sh:path dcterms:description ; sh:uniqueLang true ; sh:minCount 2 ; sh:languageIn ( "zh" "en" ) ] ,
    [ sh:path dcat:keyword ; sh:minCount 2 ; sh:datatype rdf:langString ] ,
    [ sh:path dcterms:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
    [ sh:path ( dcterms:publisher foaf:name ) ; sh:minCount 1 ] ,
    [ sh:path dcterms:issued ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ;
      sh:lessThanOrEquals dcterms:modified ] ,
    [ sh:path dcterms:modified ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ] ,
    [ sh:path dcat:version ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "^[0-9a-f]{16}$" ] ,
    [ sh:path dcat:distribution ; sh:minCount 6 ; sh:class dcat:Distribution ] ,
    [ sh:path void:sparqlEndpoint ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path void:dataDump ; sh:minCount 6 ; sh:nodeKind sh:IRI ] ,
    [ sh:path void:uriSpace ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:Literal ] ,
    [ sh:path void:triples ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ] .
ex:distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:downloadURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:mediaType ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcterms:license ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
ex:service a sh:NodeShape ; sh:targetClass dcat:DataService ;
  sh:property [ sh:path dcterms:title ; sh:minCount 2 ] ,
    [ sh:path dcat:endpointURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:endpointDescription ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:servesDataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .
"""


def with_addresses(metadata: Graph) -> Graph:
    lines = address_lines(NAMES, "https://kg.example.org", ())
    return metadata + Graph().parse(data="\n".join(lines), format="nt")


def test_dataset_is_a_whole_entry_of_a_catalogue(metadata: Graph) -> None:
    shapes = Graph().parse(data=SHAPES, format="turtle")
    conforms, _, text = pyshacl.validate(with_addresses(metadata), shacl_graph=shapes, inference="none")
    assert conforms, text


def test_shapes_miss_what_is_not_there(metadata: Graph) -> None:
    """Otherwise the test above would prove nothing."""
    shapes = Graph().parse(data=SHAPES, format="turtle")
    for predicate in (DCTERMS.title, DCTERMS.publisher, DCAT.version, DCAT.accessURL, DCAT.mediaType, VOID.dataDump):
        graph = with_addresses(metadata)
        graph.remove((None, predicate, None))
        assert pyshacl.validate(graph, shacl_graph=shapes, inference="none")[0] is False, predicate


def test_days_are_those_that_the_data_names(metadata: Graph) -> None:
    ontology = Graph().parse(ROOT / "ontology" / "policy.ttl", format="turtle")
    iri = URIRef("https://w3id.org/policy-kg/ontology")
    assert metadata.value(DATASET, DCTERMS.issued) == ontology.value(iri, DCTERMS.created)
    assert metadata.value(DATASET, DCTERMS.modified) == ontology.value(iri, DCTERMS.modified)


def test_same_data_is_described_by_the_same_bytes(graphs: tuple[NamedGraph, ...], tmp_path: Path) -> None:
    examples, release = read_examples(QUESTIONS, Iris()), Release("0" * 16)
    written = []
    for name, order in (("a", graphs), ("b", graphs[::-1])):
        write_store(tmp_path / name, ((graph.iri, graph.ntriples()) for graph in order))
        written.append(description(tmp_path / name, Iris(), examples, release))
    assert written[0] == written[1]
    describe(tmp_path / "a", Iris(), examples, release)
    assert description(tmp_path / "a", Iris(), examples, release) == written[0], "it does not count itself"
    assert graph_of(tmp_path / "a", NAMES.graph) == set(written[0].decode().splitlines())


def test_description_without_counting_says_what_the_dataset_is(graphs: tuple[NamedGraph, ...], tmp_path: Path) -> None:
    write_store(tmp_path / "a", ((graph.iri, graph.ntriples()) for graph in graphs))
    content = description(tmp_path / "a", Iris(), (), Release("0" * 16), counted=False)
    graph = Graph().parse(data=content, format="nt")
    assert (DATASET, RDF.type, DCAT.Dataset) in graph
    assert list(graph.objects(predicate=VOID.triples)) == []


# ── Example queries, and what the editor of SIB asks for ────────────────────


def test_every_question_is_an_example_in_both_languages(metadata: Graph) -> None:
    examples = set(metadata.subjects(RDF.type, SH.SPARQLExecutable))
    assert len(examples) == len(list(QUESTIONS.glob("*.rq"))) >= 30
    for example in examples:
        assert (example, RDF.type, SH.SPARQLSelectExecutable) in metadata
        comments = {str(getattr(text, "language", "")) for text in metadata.objects(example, RDFS.comment)}
        assert comments == {"zh", "en"}
        assert list(metadata.objects(example, SH.prefixes)) == [URIRef(NAMES.part("prefixes"))]
        assert list(metadata.objects(example, URIRef(PREFIXES["schema"] + "keywords")))


def test_examples_give_the_answers_of_the_questions(metadata: Graph, described: Engine) -> None:
    """Over the union that has the description in it, which must not disturb them."""
    for path in sorted(QUESTIONS.glob("*.rq")):
        (query,) = metadata.objects(URIRef(NAMES.part("example", path.stem)), SH.select)
        answer = described.answer(QueryRequest(str(query)), ResultFormat.CSV).content.decode().replace("\r\n", "\n")
        assert answer == path.with_suffix(".csv").read_text(encoding="utf-8"), path.stem


def test_examples_follow_the_base() -> None:
    examples = {example.name: example for example in read_examples(QUESTIONS, Iris("http://kg.example/"))}
    assert "<http://kg.example/id/product/smart-terminals>" in examples["measures-for-product"].query
    assert "policy-kg/id/" not in "".join(example.query for example in examples.values())
    assert examples["measures-for-product"].keywords == ("Product", "concernsProduct")


def test_files_that_put_no_question_are_no_examples(tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text("SELECT * {}", encoding="utf-8")
    (tmp_path / "b.rq").write_text("# question.en: Is there?\nASK {}", encoding="utf-8")
    (found,) = read_examples(tmp_path, Iris())
    assert (found.name, found.form, found.en, found.zh, found.query) == ("b", "ask", "Is there?", "", "ASK {}\n")


def test_editor_of_sib_finds_classes_examples_and_prefixes(described: Engine) -> None:
    """The three queries that sib-swiss/sparql-editor sends (its README), against the default graph."""
    schema = described.select(
        """SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype WHERE {
             ?cp void:class ?subjectClass ; void:propertyPartition ?pp . ?pp void:property ?prop .
             OPTIONAL { { ?pp void:classPartition [ void:class ?objectClass ] }
               UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] } } }"""
    )
    rows = {tuple(str(row.get(name, "")) for name in ("subjectClass", "prop", "objectClass")) for row in schema}
    pkg = PREFIXES["pkg"]
    assert (pkg + "Measure", pkg + "appliesToSector", pkg + "Sector") in rows
    datatypes = {(str(row["prop"]), str(row["objectDatatype"])) for row in schema if "objectDatatype" in row}
    assert (pkg + "lineNumber", str(XSD.integer)) in datatypes
    examples = described.select(
        "SELECT DISTINCT ?sq ?comment ?query { ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; "
        "sh:select|sh:ask|sh:construct|sh:describe ?query } ORDER BY ?sq"
    )
    assert len(examples) == 2 * len(list(QUESTIONS.glob("*.rq")))
    prefixes = described.select("SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix }")
    assert {str(row["prefix"]): str(row["namespace"]) for row in prefixes} == PREFIXES
