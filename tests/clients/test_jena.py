"""Apache Jena's `rsparql` and `rupdate`, from Debian's package."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from rdflib import RDFS, Graph, Literal, URIRef

from tests.clients import facts
from tests.clients.conftest import Service

JARS = Path("/usr/share/java")
# Debian's jars do not name each other, and all that lie there together contradict each other.
NEEDED = """
    jena-cmds jena-arq jena-core jena-base jena-iri jena-tdb jena-tdb2 jena-rdfconnection jena-shacl jena-shex
    jena-dboe-base jena-dboe-index jena-dboe-storage jena-dboe-trans-data jena-dboe-transaction slf4j-api slf4j-nop
    commons-cli commons-codec commons-compress commons-csv commons-io commons-lang3 dexx.collection gson guava
    failureaccess httpclient httpcore jackson-core jackson-databind jackson-annotations jsonld-java thrift
    titanium-json-ld jakarta.json-api protobuf
"""
INSTALLED = shutil.which("java") is not None and (JARS / "jena-cmds.jar").exists()

pytestmark = [
    pytest.mark.xdist_group("clients"),
    pytest.mark.skipif(
        not INSTALLED, reason="java or Debian's libapache-jena-java is missing; tests/clients/install.sh installs them"
    ),
]


@pytest.fixture(scope="module")
def class_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Debian moved Jena's copy of Xerces to another package, but not the messages that it does not start without."""
    folder = tmp_path_factory.mktemp("jena")
    moved = "org/apache/jena/ext/"
    with zipfile.ZipFile(JARS / "jena-core.jar") as archive:
        for name in archive.namelist():
            if name.startswith(moved) and name.endswith(".properties"):
                target = folder / name.removeprefix(moved)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    return ":".join(map(str, [folder, *(JARS / f"{name}.jar" for name in NEEDED.split())]))


def run(class_path: str, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = ["java", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-cp", class_path]
    return subprocess.run([*line, command, *arguments], capture_output=True, encoding="utf-8", timeout=120, check=False)


def rsparql(class_path: str, service: Service, *arguments: str) -> str:
    done = run(class_path, "arq.rsparql", "--service", service.sparql, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("post", [(), ("--post",)])
def test_select(class_path: str, service: Service, post: tuple[str, ...]) -> None:
    found = json.loads(rsparql(class_path, service, *post, "--results=json", facts.SELECT_LABELS))
    assert {(row["label"]["value"], row["label"]["xml:lang"]) for row in found["results"]["bindings"]} == facts.LABELS


def test_number_keeps_value_and_type(class_path: str, service: Service) -> None:
    (row,) = json.loads(rsparql(class_path, service, "--results=json", facts.NUMBER))["results"]["bindings"]
    assert row["value"]["datatype"] == f"{facts.XSD}decimal"
    assert float(row["value"]["value"]) == 60


@pytest.mark.parametrize(("query", "expected"), [(facts.ASK_TRUE, "Yes"), (facts.ASK_FALSE, "No")])
def test_ask(class_path: str, service: Service, query: str, expected: str) -> None:
    assert rsparql(class_path, service, query).strip() == f"Ask => {expected}"


def test_construct(class_path: str, service: Service) -> None:
    text = rsparql(class_path, service, "--results=ntriples", facts.CONSTRUCT)
    graph = Graph().parse(data=text, format="nt")
    labels = set(graph.objects(URIRef(facts.HEALTHCARE), RDFS.label))
    assert labels == {Literal(value, lang=language) for value, language in facts.LABELS}
    assert len(graph) == 3


def test_describe(class_path: str, service: Service) -> None:
    graph = Graph().parse(data=rsparql(class_path, service, f"DESCRIBE <{facts.HEALTHCARE}>"), format="turtle")
    assert (URIRef(facts.HEALTHCARE), RDFS.label, Literal("医疗", lang="zh")) in graph


def test_update_without_token_is_refused(class_path: str, service: Service, tmp_path: Path) -> None:
    graph = facts.graph_of_test("jena")
    file = tmp_path / "insert.ru"
    file.write_text(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <urn:p> 1 }} }}", "utf-8")
    done = run(class_path, "arq.rupdate", "--service", service.sparql, "--update", str(file))
    assert done.returncode != 0
    assert "401" in done.stderr
    assert rsparql(class_path, service, f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").strip() == "Ask => No"
