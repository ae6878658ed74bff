"""A corpus is the same everywhere, grows at its end, and has the shapes of real policies."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from itertools import islice
from operator import add
from pathlib import Path

import pytest

from kg.build import build_graphs, load_ontology
from kg.errors import SourceError
from kg.iris import Iris
from kg.synth import Corpus, Counts, Part
from kg.terms import PKG, RDF
from kg.validate import validate
from tests.conftest import ROOT
from tests.synth.conftest import POLICIES, named_graphs

# Of what the generator itself writes for three policies of seed 7; the graphs of the ontology change with the ontology.
DIGEST = "daf75ebd7e81d134fa784e7efef6468fb2177b15e1a836b55a1870708120950e"
OWN_PARTS = 2
SHARED_PARTS = 4


def content(parts: tuple[Part, ...]) -> bytes:
    return b"".join(part.write("nq") for part in parts)


def of_policies(parts: tuple[Part, ...], count: int) -> tuple[Part, ...]:
    return parts[: SHARED_PARTS + 2 * count]


def pairs(parts: tuple[Part, ...], name: str) -> Iterator[tuple[str, str]]:
    """Yield graph and object of each triple of a property."""
    for part in parts:
        for line in part.lines:
            _, predicate, value = line.split(" ", 2)
            if predicate == f"<{PKG}{name}>":
                yield part.graph, value.removesuffix(" .").strip("<>")


def test_the_bytes_of_a_number_and_a_seed_are_pinned(parts: tuple[Part, ...]) -> None:
    """They are to be the same on every machine and Python; a change of the generator or of a rule changes them."""
    assert hashlib.sha256(content(of_policies(parts, 3)[OWN_PARTS:])).hexdigest() == DIGEST


def test_another_process_with_other_hashes_and_zone_writes_the_same_bytes(parts: tuple[Part, ...]) -> None:
    code = (
        "import hashlib, pathlib, sys; from kg.iris import Iris; from kg.synth import Corpus\n"
        "found = b''.join(part.write('nq') for part in Corpus(pathlib.Path('ontology'), Iris(), 7).parts(3))\n"
        "print(hashlib.sha256(found).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4", "TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(content(of_policies(parts, 3))).hexdigest()


def test_a_larger_corpus_begins_with_the_smaller_one(corpus: Corpus, parts: tuple[Part, ...]) -> None:
    assert tuple(corpus.parts(20)) == of_policies(parts, 20)


def test_another_seed_gives_another_corpus(parts: tuple[Part, ...]) -> None:
    other = tuple(islice(Corpus(ROOT / "ontology", Iris(), 8).parts(1), SHARED_PARTS + 2))
    assert other[:SHARED_PARTS] == parts[:SHARED_PARTS]
    assert other[SHARED_PARTS] != parts[SHARED_PARTS]


def test_the_graphs_of_the_ontology_are_those_of_a_build(parts: tuple[Part, ...]) -> None:
    own = build_graphs(load_ontology(ROOT / "ontology", Iris()), ())
    assert [(part.graph, "\n".join(part.lines)) for part in parts[:OWN_PARTS]] == [
        (graph.iri, graph.ntriples().decode().strip()) for graph in own
    ]


def test_each_policy_has_a_graph_of_its_source_and_no_quad_stands_twice(parts: tuple[Part, ...]) -> None:
    names = Counter(part.graph for part in parts)
    sources = [name for name in names if "/graph/source/" in name]
    assert len(sources) == POLICIES + 1
    assert names[Iris().graph("inferred")] == POLICIES + 1
    quads = [(part.graph, line) for part in parts for line in part.lines]
    assert len(quads) == len(set(quads)) == reduce(add, (part.counts for part in parts)).quads


def test_the_counts_are_those_of_the_graph(parts: tuple[Part, ...]) -> None:
    counted = reduce(add, (part.counts for part in parts), Counts())
    typed = Counter(
        (line.split(" ")[2].removeprefix(f"<{PKG}").rstrip(">"))
        for line in {line for part in parts for line in part.lines}
        if f" <{RDF}type> " in line
    )
    assert counted.policies == typed["Policy"] == POLICIES
    assert counted.measures == typed["Measure"] > 2 * POLICIES
    assert counted.targets == typed["Target"] > POLICIES
    assert counted.platforms == typed["Platform"] == 20
    assert counted.indicators == typed["Indicator"] == 20
    assert counted.places == typed["Place"] == 86


def test_a_policy_has_about_five_hundred_quads(parts: tuple[Part, ...]) -> None:
    found = [len(part.lines) for part in parts[SHARED_PARTS:]]
    sizes = sorted(map(sum, zip(found[::2], found[1::2], strict=True)))
    assert 400 < sum(sizes) / POLICIES < 700
    assert sizes[-1] > 3 * sizes[POLICIES // 2]  # a long tail, as of a log-normal distribution
    assert sizes[0] > 100


def test_sectors_are_skewed_and_all_in_use(parts: tuple[Part, ...], corpus: Corpus) -> None:
    found = Counter(sector for _, sector in pairs(parts, "appliesToSector"))
    counts = [count for _, count in found.most_common()]
    assert len(found) == len(corpus.world.sectors)
    assert counts[0] > 5 * counts[len(counts) // 2]
    assert sum(counts[:5]) > sum(counts) / 2


def test_comparators_are_skewed_as_in_the_first_real_source(parts: tuple[Part, ...]) -> None:
    found = Counter(comparator.rsplit("/", 1)[1] for _, comparator in pairs(parts, "comparator"))
    assert found.most_common(1)[0][0] == "ge"
    assert {"ge", "gt", "eq", "le", "approx"} <= found.keys()


def test_platforms_are_shared_by_policies(parts: tuple[Part, ...]) -> None:
    found: dict[str, set[str]] = {}
    for graph, platform in pairs(parts, "supportsPlatform"):
        found.setdefault(platform, set()).add(graph)
    assert max(map(len, found.values())) >= 3


@pytest.mark.parametrize("count", [1, 3])
def test_a_corpus_violates_nothing(parts: tuple[Part, ...], count: int) -> None:
    report = validate(named_graphs(of_policies(parts, count)), ROOT / "ontology")
    assert (report.violations, report.warnings) == ((), ())


def test_ntriples_are_the_same_lines_without_names(parts: tuple[Part, ...]) -> None:
    part = parts[SHARED_PARTS]
    assert part.write("nt").decode().splitlines() == list(part.lines)
    assert part.write("nq").decode().replace(f" <{part.graph}> .\n", " .\n") == part.write("nt").decode()


def test_vocabularies_that_lack_what_policies_are_made_of_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "vocabularies").mkdir()
    for name in ("policy.ttl", "reused.ttl"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match="has no sector, no product, no theme, no platform-kind, no unit"):
        Corpus(tmp_path, Iris(), 1)
